"""Decisions of many files: what waits for a second signature, what it would change, how far it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from selection.models import Application, DecisionLine, Offer, Reading, Recommendation, RoundDecision
from selection.states import OfferState, Outcome, State
from tdap_portal.core.errors import NotFound

from .plan import Proposal, Ranked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from selection.models import Composition, Round
    from selection.seats.composer.pools import Candidate

    from .plan import Line


def decision_of(round_: Round, public_id: str) -> RoundDecision:
    """Raises NotFound."""
    rows = RoundDecision.objects.select_related("composition", "sent_by", "signed_by", "returned_by", "round")
    row = rows.filter(round=round_, public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def decision_by_id(pk: int) -> RoundDecision | None:
    """For the portal's own background work, which looks at its state before it acts."""
    return RoundDecision.objects.select_related("sent_by", "round").filter(pk=pk).first()


def decisions_of(round_: Round) -> QuerySet[RoundDecision]:
    """All of a round, the newest first."""
    return round_.decisions.select_related("composition", "sent_by", "signed_by").order_by("-pk")


def waiting_of(round_: Round) -> RoundDecision | None:
    """The one that waits for its second signature, or is being carried out; there is never more than one."""
    return decisions_of(round_).filter(finished_at=None, returned_at=None).first()


def files_of(decision: RoundDecision) -> QuerySet[Application]:
    return Application.objects.filter(pk__in=decision.lines.values("application"))


def held_files(round_: Round) -> list[int]:
    """Files at a shut gate of which nothing is asked any more, in the order in which they came."""
    rows = Application.objects.filter(round=round_, state=State.HELD, awaiting_firm=False)
    return list(rows.order_by("submitted_at", "pk").values_list("pk", flat=True))


def proposals_of(files: Iterable[int]) -> dict[int, Proposal]:
    """What officers recommend, by file: the newest recommendation that was not returned, else what both readers would do where
    they agree; files without either are left out."""
    ids = list(files)
    found: dict[int, Proposal] = {}
    readings: dict[int, set[str]] = {}
    for file, outcome in Reading.objects.filter(application__in=ids, done_at__isnull=False).values_list(
        "application_id", "outcome"
    ):
        readings.setdefault(file, set()).add(outcome)
    found |= {file: Proposal(outcomes.pop()) for file, outcomes in readings.items() if len(outcomes) == 1}
    made = Recommendation.objects.filter(application__in=ids, returned_at=None).order_by("pk")
    for row in made:
        found[row.application_id] = Proposal(row.outcome, tuple(row.reason_codes), row.words)
    return found


def ranked_of(composition: Composition, candidates: Sequence[Candidate]) -> Ranked:
    """The files of the composition's round as they are decided by it."""
    held = held_files(composition.round)
    ids = [row.pk for row in candidates]
    proposals = proposals_of([*ids, *held])
    result = composition.result
    # Who would have a seat without any rule, or without one of them: of all others it would be untrue that a rule took it.
    in_reach = {*result["plain"]["chosen"], *(pk for price in result["prices"] for pk in price["goes_out"] or ())}
    return Ranked(
        candidates=ids,
        chosen=frozenset(result["answer"]["chosen"]),
        why={int(file): code for file, code in result["why"].items()},
        passed_over={
            int(file): codes[0] for file, codes in result["passed_over"].items() if codes and int(file) in in_reach
        },
        held=held,
        # What only readers would do has no coded reason yet: it is shown, and does not decline by itself.
        proposals={file: one for file, one in proposals.items() if one.reason_codes},
    )


def basis_of(lines: Sequence[Line]) -> str:
    """SHA-256 over what was sent."""
    rows = [[line.file, line.outcome, list(line.reason_codes), line.by_rule, line.words] for line in lines]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


# ------------------------------------------------------------------------------------------------------- differences


@dataclass(frozen=True, slots=True)
class Differences:
    """Ids of files that a decision treats otherwise. in_by_rule, out_by_rule: against plain ranking. against_officers: what they
    recommend, and another outcome is decided; where a file that they would select finds no seat, that is the seats' doing, and it is not among them. only_now, only_before: against the composition that was found before."""

    in_by_rule: list[int]
    out_by_rule: list[int]
    against_officers: list[tuple[int, str, str]]
    only_now: list[int]
    only_before: list[int]


def differences_of(decision: RoundDecision, before: Composition | None) -> Differences:
    lines = list(decision.lines.order_by("pk").values_list("application_id", "outcome", "is_override"))
    selected = [file for file, outcome, _by_hand in lines if outcome == Outcome.SELECT]
    plain = decision.composition.result["plain"]["chosen"] if decision.composition else []
    proposals = proposals_of(file for file, _outcome, _by_hand in lines)
    earlier = before.result["answer"]["chosen"] if before else []
    return Differences(
        in_by_rule=[file for file in selected if file not in set(plain)] if plain else [],
        out_by_rule=[file for file in plain if file not in set(selected)],
        against_officers=[
            (file, proposals[file].outcome, outcome)
            for file, outcome, by_hand in lines
            if file in proposals
            and proposals[file].outcome != outcome
            and (by_hand or proposals[file].outcome != Outcome.SELECT)
        ],
        only_now=[file for file in selected if file not in set(earlier)] if before else [],
        only_before=[file for file in earlier if file not in set(selected)],
    )


def counts_of(decision: RoundDecision) -> dict[str, int]:
    """Lines by outcome."""
    outcomes = list(decision.lines.values_list("outcome", flat=True))
    return {outcome.value: outcomes.count(outcome.value) for outcome in Outcome}


def lines_shown(decision: RoundDecision) -> QuerySet[DecisionLine]:
    """The lines with their files, in the order in which they were sent."""
    return decision.lines.select_related("application").defer("application__facts").order_by("pk")


def with_accepted_offer(files: Iterable[int]) -> set[int]:
    offers = Offer.objects.filter(application__in=list(files), state=OfferState.ACCEPTED)
    return set(offers.values_list("application_id", flat=True))


def decided_files(round_: Round, numbers: Iterable[str]) -> QuerySet[Application]:
    """Files of a round by their printed number, whatever their state, that were submitted."""
    wanted = {number.strip().upper() for number in numbers}
    return Application.objects.filter(round=round_, file_number__in=wanted, submitted_at__isnull=False)
