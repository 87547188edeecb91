"""Codes of a file in the words of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from selection.desk.summary import reason_words
from selection.models.labels import OUTCOME_LABELS
from selection.states import Outcome
from smes.vocabulary import wording

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

register = template.Library()


@register.filter
def sector_words(code: str) -> str:
    return wording.sector_name(code) or "—"


@register.filter
def paper_words(kind: str) -> str:
    return wording.paper_name(kind)


@register.filter
def paper_state(state: str) -> tuple[Any, str]:
    """Words and tone."""
    return wording.PAPER_STATES[state]  # type: ignore[index]


@register.filter
def outcome_words(outcome: str) -> Any:
    return OUTCOME_LABELS[Outcome(outcome)]


@register.filter
def reasons(codes: Iterable[str]) -> list[str]:
    return reason_words(codes)


@register.filter
def tenths(points: Decimal) -> str:
    return f"{points:.1f}"


@register.filter
def below(gap: Decimal) -> str:
    """How far below the line, without the sign."""
    return f"{-gap:.1f}"
