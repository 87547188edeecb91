"""Amounts as people read them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html

from payments.models.labels import ACCOUNT_KIND_LABELS
from payments.money import exact_figures, figures, shown
from payments.states import AccountKind

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()
STEP_TONES = {"paid": "done", "failed": "rest", "approved": "done", "refused": "no"}


@register.filter
def rupees(paisa: int) -> str:
    """ "PKR 25,000"; put it into a span.code, so that it stays as it is in Urdu."""
    return shown(paisa)


@register.filter
def pkr(paisa: int | None) -> SafeString | str:
    """The same, kept together and left to right; "" for None."""
    return "" if paisa is None else format_html('<span class="code" dir="ltr">{}</span>', shown(paisa))


@register.filter
def rate(bp: int | None) -> SafeString | str:
    """ "9 %" or "12.5 %" of hundredths of a percent; "" for None."""
    if bp is None:
        return ""
    text = f"{Decimal(bp) / 100:.2f}".rstrip("0").rstrip(".")
    return format_html('<span class="code" dir="ltr">{}&nbsp;%</span>', text)


@register.filter
def paisa_figures(paisa: int) -> str:
    """ "25,000", for a column whose head says PKR."""
    return figures(paisa)


@register.filter
def paisa_exact(paisa: int) -> str:
    """ "25,000.00", for the books."""
    return exact_figures(paisa)


@register.filter
def paisa_abs(paisa: int) -> str:
    """The same without its sign."""
    return exact_figures(abs(paisa))


@register.filter
def account_kind(kind: str) -> str:
    return str(ACCOUNT_KIND_LABELS[AccountKind(kind)])


@register.filter
def encoding_name(code: str) -> str:
    """ "UTF-8" for "utf-8-sig", as people write it."""
    return code.removesuffix("-sig").upper()


@register.filter
def step_tone(state: str) -> str:
    """The tone of a try or a slip."""
    return STEP_TONES.get(state, "us")
