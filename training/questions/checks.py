"""What a question must be before anybody can answer it. Pure; words are message ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tdap_portal.core.marks import gettext_noop as _
from training.states import QuestionKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MIN_OPTIONS: Final = 2
MAX_OPTIONS: Final = 6
FEW: Final = _("Write at least two answers.")
TWICE: Final = _("Two answers say the same.")
HALF: Final = _("Write each answer in both languages.")
ONE: Final = _("Mark exactly one answer as right.")
SOME: Final = _("Mark at least two answers as right, or choose “One right answer”.")
ALL: Final = _("Where every answer is right, nothing is asked. Add one that is not.")


def wrong_with(kind: str, options: Sequence[Mapping[str, str]], right: Sequence[int]) -> str:
    """The sentence that says what is wrong; "" where nothing is. options: [{"en", "ur"}]; right: positions in them."""
    if len(options) < MIN_OPTIONS:
        return FEW
    if any(not option["en"] or not option["ur"] for option in options):
        return HALF
    for language in ("en", "ur"):
        if len({option[language].casefold() for option in options}) < len(options):
            return TWICE
    if kind == QuestionKind.SINGLE:
        return "" if len(right) == 1 else ONE
    if len(right) < MIN_OPTIONS:
        return SOME
    return ALL if len(right) == len(options) else ""
