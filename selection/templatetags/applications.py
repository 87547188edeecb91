"""What the codes of rounds and applications are called on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from selection.desk.summary import reason_words
from selection.models.labels import OUTCOME_LABELS, ROUND_STATE_LABELS, STATE_LABELS, TRACK_LABELS
from selection.rounds.words import closing_day, closing_words

if TYPE_CHECKING:
    from decimal import Decimal

register = template.Library()
register.filter("reasons", reason_words)
register.filter("closing", closing_words)
register.filter("closing_day", closing_day)
TONES = {
    "draft": "you", "submitted": "us", "held": "you", "scored": "us", "in_review": "us", "reviewed": "us", "recommended": "us",
    "selected": "done", "waitlisted": "us", "declined": "no", "given_back": "rest", "withdrawn": "rest",
    "planned": "rest", "open": "done", "decided": "done",
}  # fmt: skip


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
def outcome_name(code: str) -> Any:
    labels: dict[Any, Any] = OUTCOME_LABELS
    return labels[code]


@register.filter
def below(gap: Decimal) -> str:
    """How far below the line, without the sign."""
    return f"{-gap:.1f}"
