"""Amounts on pages."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html

from payments.money import shown

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def rupees(paisa: int | None) -> str:
    """ "PKR 4,500,000", kept together and left to right; "" for None."""
    return "" if paisa is None else format_html('<span class="code" dir="ltr">{}</span>', shown(paisa))


@register.filter
def rate(bp: int | None) -> SafeString | str:
    """ "9 %" or "12.5 %" of hundredths of a percent; "" for None."""
    if bp is None:
        return ""
    text = f"{Decimal(bp) / 100:.2f}".rstrip("0").rstrip(".")
    return format_html('<span class="code" dir="ltr">{}&nbsp;%</span>', text)
