"""The waiting list: a seat that is free goes to the firm that the rules of the round and the points put next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from selection.applications.locking import locked_round
from selection.applications.notices import take_back_letters
from selection.applications.selectors import newest_score
from selection.models import Application, Decision, Offer, PromotionHalt, Round
from selection.review import obstacles, places
from selection.seats.composer.pools import pool_of, rows_of
from selection.seats.composer.rules import rules_from
from selection.states import APPLICATION, Happened, Outcome, State
from smes.people import services as people_services
from tdap_portal.audit.services import record
from tdap_portal.core.sweeping import one_by_one

from . import selectors, services
from .terms import Reach, Term

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from selection.models import RoundDecision
    from tdap_portal.accounts.models import User

    from .promotion import Promotion

BY_ITSELF = (Reach.FULL, Reach.SHORT)


def sweep() -> int:
    """Give on what lies free in every round, where an event was lost; what beat rings. Returns how many offers were made."""
    return sum(len(made) for made in one_by_one(_fill, selectors.rounds_that_may_give_on()))


def _fill(round_id: int) -> list[Offer]:
    return fill_free_seats(round_id=round_id)


@transaction.atomic
def fill_free_seats(*, round_id: int) -> list[Offer]:
    """Offer every free seat of a round to the waiting firms that its rules and the points put next; where none can be given,
    say why. Safe to run twice, and by two workers at once: all is counted under the round's lock.

    Files are locked in the order of their ids, then their firms, then the round, as in every act that decides.
    """
    if not _may_have_to(round_id):
        return []
    waiting = _locked_waiting(round_id)
    for sme_id in sorted({row.sme_id for row in waiting}):
        people_services.hold_still(sme_id)
    round_ = locked_round(round_id)
    free = selectors.ledger_of(round_).free
    if not selectors.gives_seats_on(round_):
        return []
    if free < 1:
        _end_halt(round_)
        return []
    barred = {pk for pk, against in obstacles.obstacles_among(waiting).items() if against}
    decision = selectors.composition_in_force(round_)
    barred |= selectors.kept_out_by_hand([row.pk for row in waiting], decision)
    found = who_is_next(round_, decision, free=free, barred=barred)
    moment = selectors.database_now()
    term = selectors.term_now(services.terms_for(round_), moment)
    made: list[Offer] = []
    if term.reach in BY_ITSELF:
        files = {row.pk: row for row in waiting}
        heirless = list(selectors.without_heir(round_)[: len(found.promoted)])
        order = {row.pk: at for at, row in enumerate(selectors.waiting_rows(round_), start=1)}
        for at, pk in enumerate(found.promoted):
            files[pk].round = round_
            gone = heirless[at] if at < len(heirless) else None
            made.append(_promote(files[pk], term, place=order[pk], found=found, instead_of=gone))
    _note_halt(round_, free - len(made), found=found, term=term, waits=len(waiting), barred=len(barred))
    return made


def who_is_next(
    round_: Round, decision: RoundDecision | None, *, free: int, barred: Sequence[int] | set[int] = ()
) -> Promotion:
    """Who would get so many free seats now. barred: ids of waiting files that something stands against."""
    from .promotion import promotion  # noqa: PLC0415  numpy and the solver come with it

    holders = rows_of(Application.objects.filter(round=round_, state=State.SELECTED))
    waiting = [row for row in selectors.waiting_rows(round_) if row.pk not in set(barred)]
    composition = decision.composition if decision is not None else None
    in_order = sorted([*holders, *waiting], key=lambda row: row.order)
    return promotion(
        pool_of(in_order, composition.costs if composition else None),
        holders=[row.pk for row in holders],
        free=free,
        rules=rules_from(composition.rules) if composition else (),
        seats=composition.seats if composition else None,
        budget=composition.budget_rupees if composition and composition.costs else None,
    )


def _may_have_to(round_id: int) -> bool:
    """Asked before any lock, so that a round of many files is not locked for each of their events: whoever frees a seat leaves an
    event that asks again."""
    round_ = Round.objects.get(pk=round_id)
    if not selectors.gives_seats_on(round_):
        return False
    return selectors.ledger_of(round_).free > 0 or selectors.halt_of(round_) is not None


def _locked_waiting(round_id: int) -> list[Application]:
    rows = Application.objects.filter(round_id=round_id, state=State.WAITLISTED)
    return list(rows.select_for_update(of=("self",)).select_related("round", "sme").order_by("pk"))


def _promote(row: Application, term: Term, *, place: int, found: Promotion, instead_of: Offer | None) -> Offer:
    assert term.deadline is not None  # noqa: S101  it goes out by itself
    return select_from_list(
        row,
        deadline=term.deadline,
        is_short=term.reach == Reach.SHORT,
        place=place,
        passed_over={str(pk): code for pk, code in found.passed_over.items()},
        instead_of=instead_of,
    )


def select_from_list(
    row: Application,
    *,
    deadline: datetime,
    is_short: bool,
    place: int,
    passed_over: dict[str, str],
    instead_of: Offer | None,
    actor: User | None = None,
    words: str = "",
) -> Offer:
    """Select a waiting file that is locked with its round, and make its offer. The decision is answered for by whoever signed that
    the file waits; actor: the director who signs it by hand, None where it moves up by the rules."""
    waited = Decision.objects.filter(application=row).order_by("-pk").select_related("round_decision").first()
    if waited is None:
        raise LookupError(f"{row.file_number} waits without a decision.")
    move = APPLICATION.move("select", row.state)
    take_back_letters(row)
    made = Decision.objects.create(
        application=row,
        recommendation=waited.recommendation,
        approver=actor or waited.approver,
        outcome=Outcome.SELECT.value,
        reason_codes=["moved_up"],
        words=words,
        score_card=newest_score(row),
        round_decision=waited.round_decision,
        by_rule=next(iter(passed_over.values()), "") if place > 1 else "",
    )
    row.decided_at = timezone.now()
    places.move_file(row, move, "decided_at")
    record(move.event.value, subject=row, actor=actor, decision=made.public_id, reasons=made.reason_codes, place=place)
    return services.make_offer(
        application=row,
        decision=made,
        from_place=place,
        instead_of=instead_of,
        deadline=deadline,
        is_short=is_short,
        passed_over=passed_over,
    )


# ------------------------------------------------------------------------------------------------------------- halts


def _note_halt(round_: Round, left: int, *, found: Promotion, term: Term, waits: int, barred: int) -> None:
    """Keep why seats stay free, and tell of it once as long as it is the same."""
    if left < 1:
        _end_halt(round_)
        return
    reason, details = _why(round_, found, term, waits=waits, barred=barred)
    known = selectors.halt_of(round_)
    if known is not None and (known.reason, known.seats) == (reason, left):
        if known.details != details:
            known.details = details
            known.save(update_fields=["details", "updated_at"])
        return
    _end_halt(round_)
    made = PromotionHalt.objects.create(round=round_, reason=reason, seats=left, details=details)
    record(Happened.PROMOTION_HALTED.value, subject=round_, actor=None, halt=made.pk, reason=reason, seats=left)


def _why(round_: Round, found: Promotion, term: Term, *, waits: int, barred: int) -> tuple[str, dict[str, Any]]:
    if waits in {0, barred}:
        return "nobody_waits", {"barred": barred}
    if found.promoted and term.reach not in BY_ITSELF:
        terms = services.terms_for(round_)
        return "too_late", {
            "files": list(found.promoted),
            "last_moment": terms.last_moment and terms.last_moment.isoformat(),
        }
    clash = [{"code": one.code, "number": one.number, "nearest": one.nearest} for one in found.clash]
    passed_over = {str(pk): code for pk, code in found.passed_over.items()}
    return "rules", {"clash": clash, "passed_over": passed_over, "barred": barred}


def _end_halt(round_: Round) -> None:
    PromotionHalt.objects.filter(round=round_, ended_at=None).update(ended_at=timezone.now())
