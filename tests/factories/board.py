"""Many nominees of a partner with all that came of them, made past the services in little time."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from selection.models import Application, Nomination, Offer
from selection.states import NominationState, OfferState, State
from smes.models import Sme
from smes.vocabulary.codes import PROVINCES, SECTORS
from tdap_portal.core.models import new_public_id
from tests.selection.seats.offers import world
from training.certificates.numbers import new_number
from training.models import Attendance, Certificate, Cohort, Place, Session
from training.states import CohortState, PlaceState

STATES = (State.SUBMITTED, State.IN_REVIEW, State.DECLINED, State.WAITLISTED, State.SELECTED, State.WITHDRAWN)
MARKED = ("present", "late", "excused", "absent", "open", None)


def nominees(partner, round_, number, *, made_by, dice=None, agreed=0.8, seats=0.4) -> list[Nomination]:
    """agreed, seats: share of the nominees that agreed and claimed it, of these the share with an accepted seat."""
    dice = dice or random.Random(1)
    first = world.put(round_, State.SELECTED, 80, papers=False)
    offer = world.seat(first, accepted=True)
    now = timezone.now()
    firms, files, decisions, offers, rows = [], [], [], [], []
    for at in range(number):
        state = dice.choice(list(NominationState)) if dice.random() > agreed else NominationState.AGREED
        claims = state == NominationState.AGREED and dice.random() < 0.9
        row = Nomination(
            partner=partner, round=round_, made_by=made_by, firm=f"Firm {at} of {round_.code}", mobile=f"+92300{at:07d}",
            key=f"{round_.pk}-{at}", token=f"{partner.pk}-{round_.pk}-{at}-".ljust(43, "x"), state=state.value,
            sector=dice.choice([*list(SECTORS)[:5], ""]), province=dice.choice([*list(PROVINCES)[:4], ""]),
            women_led=dice.choice([True, False, False, None]), remind_at=now,
            lapses_at=now + timedelta(days=dice.randrange(1, 20)), answered_at=now,
        )  # fmt: skip
        rows.append(row)
        if not claims:
            continue
        firm = Sme.objects.get(pk=first.sme_id) if not firms else _copy(firms[0])
        firm.pk, firm.public_id, firm.name = None, new_public_id(), f"Registered {round_.number}-{at}"
        firms.append(firm)
        row.sme = firm
        if dice.random() < 0.85:
            has_seat = dice.random() < seats
            file = _copy(first)
            file.pk, file.public_id, file.sme = None, new_public_id(), firm
            file.file_number, file.sme_name = f"{round_.code}-{partner.pk}-{at:05d}", firm.name
            file.state = State.SELECTED.value if has_seat else dice.choice(STATES).value
            files.append(file)
            if has_seat or dice.random() < 0.1:
                decision = _copy(offer.decision)
                decision.pk, decision.public_id, decision.application = None, new_public_id(), file
                decisions.append(decision)
                answer = _copy(offer)
                answer.pk, answer.public_id, answer.application = None, new_public_id(), file
                answer.decision = decision
                answer.state = (OfferState.ACCEPTED if has_seat else OfferState.DECLINED).value
                offers.append(answer)
    for made in (firms, files, decisions, offers):
        for at in range(0, len(made), 2_000):
            type(made[0]).objects.bulk_create(made[at : at + 2_000])
    Nomination.objects.bulk_create(rows)
    return rows


def _copy(row):
    found = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    found._state.adding = True
    return found


def train(rows, cohorts, *, dice=None, sessions=8) -> None:
    """Firms with a seat take places, come or stay away, and some are certified. cohorts: get their sessions here, most in the past."""
    dice = dice or random.Random(2)
    now = timezone.now()
    held = {cohort.pk: [_session(cohort, at, now) for at in range(sessions)] for cohort in cohorts}
    Session.objects.bulk_create([session for of_cohort in held.values() for session in of_cohort])
    held = {cohort.pk: list(Session.objects.filter(cohort=cohort).order_by("position")) for cohort in cohorts}
    pairs = {(row.sme_id, row.round_id) for row in rows if row.sme_id}
    files = [
        file
        for file in Application.objects.filter(state=State.SELECTED, sme__in=[sme for sme, _round in pairs]).order_by(
            "pk"
        )
        if (file.sme_id, file.round_id) in pairs
    ]
    seated = set(Offer.objects.filter(state=OfferState.ACCEPTED).values_list("application_id", flat=True))
    places, attended, certificates = [], [], []
    for file in files:
        if file.pk not in seated or dice.random() < 0.1:
            continue
        cohort = dice.choice(cohorts)
        place = Place(
            cohort=cohort, application=file, sme_id=file.sme_id, attendee="Rabia Noor", public_id=new_public_id(),
            asked_at=now - timedelta(days=100), state=dice.choices(["held", "waiting"], [9, 1])[0],
        )  # fmt: skip
        places.append(place)
    Place.objects.bulk_create(places)
    for place in Place.objects.filter(application__in=files, state=PlaceState.HELD):
        for session in held[place.cohort_id]:
            status = dice.choices(MARKED, [10, 2, 2, 5, 1, 3])[0]
            if session.ends_at < now and status:
                minutes = dice.choice([None, None, 45])
                attended.append(Attendance(session=session, place=place, status=status, minutes=minutes))
        if dice.random() < 0.3:
            certificates.append(_certificate(place, now))
    for at in range(0, len(attended), 5_000):
        Attendance.objects.bulk_create(attended[at : at + 5_000])
    Certificate.objects.bulk_create(certificates)


def _session(cohort, at, now) -> Session:
    begin = now - timedelta(days=60 - 10 * at)
    return Session(
        cohort=cohort, position=at + 1, title="Photographs that sell", minutes=120, skill="photography",
        starts_at=begin, ends_at=begin + timedelta(minutes=120), changed_at=now, public_id=new_public_id(),
        cancelled_at=now if at == 2 else None,
    )  # fmt: skip


def _certificate(place, now) -> Certificate:
    return Certificate(
        number=new_number(), place=place, application_id=place.application_id, facts={}, issued_at=now,
        public_id=new_public_id(),
    )  # fmt: skip


def running(cohort) -> Cohort:
    Cohort.objects.filter(pk=cohort.pk).update(state=CohortState.RUNNING.value)
    cohort.refresh_from_db()
    return cohort
