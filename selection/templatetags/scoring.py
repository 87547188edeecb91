"""Words of the engine in the reader's language, and code lists by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_bidi, gettext

from selection.models.labels import ROUND_STATE_LABELS, STATE_LABELS, TRACK_LABELS
from smes.vocabulary import wording
from smes.vocabulary.places import PROVINCES
from smes.vocabulary.sectors import SECTORS
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from datetime import date

    from django.utils.safestring import SafeString

    from selection.engine.card import Reason
    from tdap_portal.charts.drawing import Figure

register = template.Library()
TONES = {
    "draft": "you", "submitted": "us", "held": "you", "scored": "us", "in_review": "us", "reviewed": "us", "recommended": "us",
    "selected": "done", "waitlisted": "us", "declined": "no", "withdrawn": "rest",
    "planned": "rest", "open": "done", "decided": "done",
}  # fmt: skip


@register.filter
def said(reason: Reason | None) -> str:
    """A sentence of the engine."""
    return reason.format(gettext) if reason else ""


@register.filter
def translated(message_id: str) -> str:
    """Words that a pure file keeps as a message id."""
    return gettext(message_id) if message_id else ""


@register.filter
def sector_name(code: str | None) -> str:
    """The sector's own name; "Another sector" for none of the priority ones."""
    known = SECTORS.get(code or "")
    return known.label(get_language() or "en") if known else gettext("Another sector")


@register.filter
def province_name(code: str | None) -> str:
    known = PROVINCES.get(code or "")
    return known.label(get_language() or "en") if known else gettext("Not told")


@register.filter
def track_name(code: str) -> Any:
    labels: dict[Any, Any] = TRACK_LABELS
    return labels.get(code, code)


@register.filter
def state_name(code: str) -> Any:
    labels: dict[Any, Any] = {**ROUND_STATE_LABELS, **STATE_LABELS}
    return labels.get(code, code)


@register.filter
def state_tone(code: str) -> str:
    """Who must move, as the theme's tone."""
    return TONES.get(code, "rest")


@register.filter
def drawn(figure: Figure) -> SafeString:
    """The picture of a figure alone, for a page that gives it its own frame. The drawing escapes its words."""
    return mark_safe(figure.drawing.svg(str(figure.title), rtl=get_language_bidi()))


@register.filter
def paper_name(code: str) -> str:
    return wording.paper_name(code)


@register.filter
def days_left(day: date) -> int:
    """Days until then; below 0 when it is past."""
    return (day - today()).days
