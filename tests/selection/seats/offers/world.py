"""Rounds whose seats were given, with those who have one and those who wait."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from selection.applications import tallies
from selection.models import Application, Composition, Decision, Offer, Round, RoundDecision
from selection.seats.offers import selectors, services
from selection.states import CompositionState, OfferState, Outcome, RoundState, State
from tdap_portal.audit import outbox
from tdap_portal.core.models import new_public_id
from tests.factories.accounts import director
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.factories.smes import SmeFactory, verified_papers

PROVINCES = {"Punjab": "PK-PB", "Sindh": "PK-SD", "Balochistan": "PK-BA", "KP": "PK-KP"}


def rule(attribute, value, number, *, is_floor=True):
    return {
        "attribute": attribute,
        "values": [value],
        "is_floor": is_floor,
        "number": number,
        "per_mille": None,
        "weight": None,
    }


def composed(*, seats, rules=(), reserve=0, **kwargs) -> Round:
    """A round in review whose seats were given as a whole under these rules, by a decision that is carried out."""
    round_ = RoundFactory(seats=seats, appeal_reserve=reserve, **kwargs)
    first, second = director(), director()
    moment = timezone.now()
    composition = Composition.objects.create(
        round=round_,
        number=1,
        made_by=first,
        seats=seats,
        rules=list(rules),
        state=CompositionState.READY.value,
        finished_at=moment,
    )
    RoundDecision.objects.create(
        round=round_,
        composition=composition,
        sent_by=first,
        words="Seats for all provinces.",
        basis="0" * 64,
        signed_by=second,
        signed_at=moment,
        finished_at=moment,
    )
    return round_


def in_review(round_: Round) -> Round:
    Round.objects.filter(pk=round_.pk).update(
        state=RoundState.IN_REVIEW.value, closes_at=timezone.now() - timedelta(hours=1)
    )
    round_.refresh_from_db()
    return round_


def put(round_: Round, state: State, points, *, papers=True, **columns) -> Application:
    """A file that was decided so, by the newest signed decision of its round where there is one."""
    row = ApplicationFactory(round=round_, scored=True)
    if papers:
        verified_papers(row.sme)
    before = tallies.cell_of(row)
    row.points, row.state, row.decided_at = Decimal(points), state.value, timezone.now()
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    tallies.shift(row, before=before)
    decision = selectors.composition_in_force(round_)
    Decision.objects.create(
        application=row,
        approver=decision.signed_by if decision else director(),
        outcome=Outcome.SELECT.value if state == State.SELECTED else Outcome.WAITLIST.value,
        reason_codes=["strong_score" if state == State.SELECTED else "seats_full"],
        words="",
        round_decision=decision,
    )
    return row


def many(round_: Round, state: State, points, number) -> list[Application]:
    """The same in little time: files without papers, each of a firm of its own, with the facts of the first."""
    rows = [put(round_, state, points, papers=False)]
    signed = rows[0].decisions.get()
    for at in range(1, number):
        copy = Application.objects.get(pk=rows[0].pk)
        copy.pk, copy.public_id, copy.sme = None, new_public_id(), SmeFactory()
        copy.file_number = f"{round_.code}-{copy.tie_key[:1]}{rows[0].pk}{at:03d}"
        copy.started_by, copy.sme_name = copy.sme.created_by, copy.sme.name
        copy.save(force_insert=True)
        tallies.shift(copy, before=None)
        Decision.objects.create(
            application=copy, approver=signed.approver, outcome=signed.outcome, reason_codes=signed.reason_codes
        )
        rows.append(copy)
    return rows


def seat(row: Application, *, accepted=False) -> Offer:
    """Its offer, open or accepted."""
    made = services.make_offer(application=row, decision=row.decisions.get())
    if accepted:
        Offer.objects.filter(pk=made.pk).update(
            state=OfferState.ACCEPTED.value, answered_by=row.sme.created_by, answered_at=timezone.now()
        )
        made.refresh_from_db()
    return made


def leave(offer: Offer) -> Offer:
    owner = offer.application.sme.created_by
    act = services.give_back if offer.state == OfferState.ACCEPTED else services.decline_offer
    return act(actor=owner, offer=offer, reason_code="no_time")


def deliver() -> None:
    outbox.deliver_all()


def names_with_seats(files: dict[str, Application]) -> set[str]:
    held = {State.SELECTED.value}
    return {name for name, row in files.items() if Application.objects.get(pk=row.pk).state in held}


def waiting_names(round_: Round, files: dict[str, Application]) -> list[str]:
    names = {row.pk: name for name, row in files.items()}
    return [names[row.pk] for row in selectors.waiting_files(round_)]
