"""A decision of many files in words, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.applications.reasons import words_of
from selection.models.labels import OUTCOME_LABELS
from selection.seats.composer.overview import FirmShown, files_shown
from selection.seats.composer.wording import limits_in_words
from selection.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django_stubs_ext import StrOrPromise

    from selection.models import DecisionLine, RoundDecision

    from .selectors import Differences

LEFT_AS_WAS: dict[str, StrOrPromise] = {
    "withdrawn": _("The firm withdrew it."),
    "given_back": _("The firm gave the seat back."),
    "same": _("It stood there already."),
    "asked": _("The firm was asked something: it is decided when it has answered."),
    "accepted": _("The firm has accepted its seat: taking it away is an act of its own, with a reason."),
    "decided": _("It was decided by itself meanwhile."),
    "not_decided": _("It has no decision that could be changed so."),
    "obstacle": _("Something stands against selecting it by now."),
    "seats_full": _("No seat was free any more."),
    "fault": _("A fault kept it from being done. It is noted for the administrators."),
}
NAMED = 40  # firms of a list of differences; the others are counted


@dataclass(frozen=True, slots=True)
class LineShown:
    public_id: str
    file_number: str
    name: str
    outcome: StrOrPromise
    reasons: str
    rule: str
    is_override: bool
    words: str
    left: StrOrPromise
    is_done: bool


def lines_shown(decision: RoundDecision, lines: Iterable[DecisionLine]) -> list[LineShown]:
    rules = rules_of(decision)
    return [
        LineShown(
            public_id=line.application.public_id,
            file_number=line.application.file_number,
            name=line.application.sme_name,
            outcome=OUTCOME_LABELS[Outcome(line.outcome)],
            reasons=" ".join(gettext(reason.words) for reason in words_of(line.reason_codes)),
            rule=rules.get(line.by_rule, ""),
            is_override=line.is_override,
            words=line.words,
            left=LEFT_AS_WAS.get(line.left_as_was, ""),
            is_done=line.done_at is not None and not line.left_as_was,
        )
        for line in lines
    ]


def rules_of(decision: RoundDecision) -> dict[str, str]:
    """What held the composition in words, by code; {} where there is none."""
    return limits_in_words(decision.composition) if decision.composition else {}


@dataclass(frozen=True, slots=True)
class DifferencesShown:
    """As selectors.Differences, with the files in words; each list is cut at NAMED, its length said beside it."""

    in_by_rule: list[FirmShown]
    in_by_rule_count: int
    out_by_rule: list[FirmShown]
    out_by_rule_count: int
    against_officers: list[tuple[FirmShown, StrOrPromise, StrOrPromise]]
    against_officers_count: int
    only_now: list[FirmShown]
    only_before: list[FirmShown]


def differences_shown(found: Differences) -> DifferencesShown:
    apart = found.against_officers[:NAMED]
    lists = [found.in_by_rule, found.out_by_rule, found.only_now, found.only_before]
    files = files_shown([*(pk for ids in lists for pk in ids[:NAMED]), *(pk for pk, _one, _other in apart)])

    def named(ids: Sequence[int]) -> list[FirmShown]:
        return [files[pk] for pk in ids[:NAMED] if pk in files]

    return DifferencesShown(
        in_by_rule=named(found.in_by_rule),
        in_by_rule_count=len(found.in_by_rule),
        out_by_rule=named(found.out_by_rule),
        out_by_rule_count=len(found.out_by_rule),
        against_officers=[
            (files[pk], OUTCOME_LABELS[Outcome(recommended)], OUTCOME_LABELS[Outcome(decided)])
            for pk, recommended, decided in apart
            if pk in files
        ],
        against_officers_count=len(found.against_officers),
        only_now=named(found.only_now),
        only_before=named(found.only_before),
    )
