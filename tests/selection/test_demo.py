"""The demo tells what the README says of it, and the worker's beat changes nothing in it that a visitor would wonder at."""

from __future__ import annotations

import faulthandler
import gc
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from selection.appeals import services as appeals_services
from selection.models import Appeal, Application, Composition, Nomination, Offer, Round
from selection.nominations import services as nominations_services
from selection.rounds import services as rounds_services
from selection.seats.composer.pools import candidates_of, files_to_fill_from
from selection.seats.composer.rules import first_rules
from selection.seats.offers import promoting
from selection.seats.offers import services as offers_services
from selection.states import AppealOutcome, NominationState, OfferState, RoundState, State
from tdap_portal.accounts.demo import login_of
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Delivery
from tdap_portal.core.calendar import today
from tdap_portal.core.demo import clock_at
from tdap_portal.notifications.models import Message
from tests.selection.seats.filled import composed
from training.models import Absence, Attendance, Certificate, Cohort, Place, Session
from training.states import CohortState

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def demo(settings):
    faulthandler.cancel_dump_traceback_later()  # on a machine with much else to do it takes longer than any one test may
    settings.DEMO = True
    thresholds = gc.get_threshold()
    call_command("seed_demo", stdout=StringIO())
    gc.set_threshold(*thresholds)


def test_the_demo_tells_its_story(demo):
    the_first_round_was_decided_by_a_composition_and_its_list_moved()
    one_appeal_was_upheld_and_one_rejected()
    the_round_in_review_can_be_composed_at_once()
    there_are_nominations_in_every_state()
    the_four_firms_stand_as_the_readme_says()
    a_cohort_is_over_two_run_one_firm_falls_behind_and_a_clash_waits()
    nothing_failed()
    the_beat_changes_nothing_on_the_first_day()
    of_the_offers_only_the_open_one_runs_out_in_the_weeks_after()


def the_first_round_was_decided_by_a_composition_and_its_list_moved():
    round_ = Round.objects.get(number=1)
    assert round_.state == RoundState.DECIDED
    decision = round_.decisions.get()
    assert (decision.sent_by.email, decision.signed_by.email) == (login_of("director"), login_of("director2"))
    assert (decision.done, decision.planned) == (decision.planned, decision.lines.count())
    assert is_proven(decision.composition)
    counts = Counter(Offer.objects.filter(round=round_).values_list("state", flat=True))
    accepted = counts.pop(OfferState.ACCEPTED)
    assert counts == {
        OfferState.DECLINED: 2,
        OfferState.EXPIRED: 1,
        OfferState.GIVEN_BACK: 1,
        OfferState.OPEN: 1,
    }
    assert accepted == round_.seats - round_.appeal_reserve - 1  # the open one
    left = Offer.objects.filter(state__in=[OfferState.DECLINED, OfferState.GIVEN_BACK])
    assert all(left.values_list("reason_code", flat=True))
    moved_up = Offer.objects.filter(round=round_, from_place__isnull=False)
    assert moved_up.count() == 4
    assert set(moved_up.values_list("instead_of__state", flat=True)) == set(counts) - {OfferState.OPEN}
    for offer in moved_up:
        letters = Message.objects.filter(to=offer.application.sme.created_by, template="application.selected")
        assert letters.count() == 1, offer.application.file_number
    noor = Offer.objects.get(application__sme__created_by__email=login_of("noor"))
    assert noor.state == OfferState.ACCEPTED
    assert Application.objects.filter(round=round_, state=State.WAITLISTED).exists()


def one_appeal_was_upheld_and_one_rejected():
    upheld, rejected = Appeal.objects.order_by("outcome")[::-1]
    assert (upheld.outcome, rejected.outcome) == (AppealOutcome.UPHELD, AppealOutcome.REJECTED)
    assert {upheld.answered_by.email, rejected.answered_by.email} == {login_of("director3")}
    assert upheld.points_after > upheld.points
    assert upheld.from_reserve
    assert Offer.objects.get(application=upheld.application).state == OfferState.ACCEPTED
    assert rejected.points_after == rejected.points
    assert rejected.application.state == State.DECLINED
    for appeal in (upheld, rejected):
        letters = Message.objects.filter(to=appeal.application.sme.created_by, template="appeal.answered")
        assert letters.count() == 1


def the_round_in_review_can_be_composed_at_once():
    round_ = Round.objects.get(number=2)
    ready = candidates_of(round_)
    assert len(ready) > round_.seats
    assert len(ready) * 3 >= files_to_fill_from(round_).count() * 2
    assert is_proven(Composition.objects.get(round=round_))
    director = Composition.objects.get(round=round_).made_by
    assert is_proven(composed(round_, by=director, rules=first_rules(today())))  # as the page begins it


def is_proven(composition: Composition) -> bool:
    """Feasible, with a certificate that the second function confirms and that leaves no gap."""
    answer = composition.result.get("answer", {})
    return composition.state == "ready" and composition.result["checked"] == [] and answer["bound"] == answer["points"]


def there_are_nominations_in_every_state():
    assert set(Nomination.objects.values_list("state", flat=True)) == {state.value for state in NominationState}


def the_four_firms_stand_as_the_readme_says():
    files = Application.objects.filter(sme__created_by__email__in=map(login_of, ("noor", "mehran", "chenab", "hala")))
    stand = {row.sme.created_by.email: (row.round.number, row.state, row.awaiting_firm) for row in files}
    assert stand == {
        login_of("noor"): (1, State.SELECTED, False),
        login_of("mehran"): (2, State.IN_REVIEW, False),
        login_of("chenab"): (2, State.IN_REVIEW, True),
        login_of("hala"): (3, State.DRAFT, False),
    }


def a_cohort_is_over_two_run_one_firm_falls_behind_and_a_clash_waits():
    states = dict(Cohort.objects.values_list("code", "state"))
    assert Counter(states.values()) == {"finished": 1, "running": 2, "open": 2, "planned": 1}
    over = Cohort.objects.get(state=CohortState.FINISHED)
    assert Place.objects.filter(cohort=over).count() == Certificate.objects.filter(place__cohort=over).count() > 2
    assert not Session.objects.filter(starts_at=None).exists()
    assert Attendance.objects.filter(session__cohort__state="running", status="absent").count() >= 2
    away = Absence.objects.get()
    assert away.trainer.sessions.filter(starts_at__range=(away.starts_at, away.ends_at)).exists()


def nothing_failed():
    """All that was recorded was delivered, but for the one file that is left to the worker, and a day of the books that was closed last."""
    waiting = Delivery.objects.exclude(state=Delivery.State.DONE).select_related("event")
    assert {row.event.name for row in waiting} <= {"application.submitted", "ledger.day_closed"}
    assert {row.attempts for row in waiting} <= {0}


def beat() -> None:
    rounds_services.keep_calendar()
    nominations_services.lapse_due()
    appeals_services.draw_waiting()
    appeals_services.sound_alarms()
    offers_services.remind_of_offers()
    offers_services.expire_offers()
    promoting.sweep()
    outbox.deliver_all()


def states() -> tuple[dict[int, str], ...]:
    return tuple(dict(rows.values_list("pk", "state")) for rows in (Offer.objects, Appeal.objects, Round.objects))


def the_beat_changes_nothing_on_the_first_day():
    before = states()
    with outbox.held_back():
        beat()
    assert states() == before


def of_the_offers_only_the_open_one_runs_out_in_the_weeks_after():
    before, *_others = states()
    with clock_at(timezone.now() + timedelta(days=30)), outbox.held_back():
        beat()
    after, *_others = states()
    assert {before[pk] for pk in before if before[pk] != after[pk]} == {OfferState.OPEN}
    assert [after[pk] for pk in set(after) - set(before)] == [OfferState.OPEN]  # the next one of the list is asked
