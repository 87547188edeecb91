"""Officials who take the same firm at one moment, and answers that arrive together, on a real PostgreSQL."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tdap_portal.audit.models import Event
from tdap_portal.notifications import inbound
from tdap_portal.notifications.models import InboundSms
from tests.factories.accounts import UserFactory
from tests.selection.test_at_once import at_once
from tests.training.feedback.test_services import came, ended, say
from training.engagement import services, watching
from training.feedback import services as feedback_services
from training.models import Call, FeedbackCount, Nudge, SessionFeedback, WatchLine

from .behind import absent, caller
from .test_watching import night_over, workday

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def without_the_lock(line):
    return list(WatchLine.objects.select_related("sme", "claimed_by").filter(sme=line.sme_id, ended_on=None))


@pytest.mark.parametrize("guarded", [True, False])
def test_one_of_ten_officials_takes_a_call(monkeypatch, guarded):
    line, officials = absent(), [caller() for _ in range(10)]
    if not guarded:
        from threading import Barrier

        meet = Barrier(10, timeout=30)

        def unlocked(row):
            found = without_the_lock(row)
            meet.wait()
            return found

        monkeypatch.setattr(services, "_locked", unlocked)

    said = at_once(*[lambda actor=actor: services.claim(actor=actor, line=line) for actor in officials])

    refused = Counter(one for one in said if isinstance(one, str))
    if not guarded:
        assert refused == {}
        return
    assert refused == {"claimed": 9}
    assert Event.objects.filter(name="call.claimed").count() == 1


def test_a_note_that_is_sent_four_times_at_once_is_one():
    line, actor = absent(), caller()
    note = {"actor": actor, "line": line, "key": "a" * 32, "outcome": "will_come"}
    at_once(*[lambda: services.note_call(**note)] * 4)
    assert Call.objects.count() == 1


def test_answers_that_come_together_are_counted_five_at_a_time():
    session = ended()
    places = [came(session) for _ in range(12)]
    at_once(*[lambda place=place: say(place, session) for place in places])
    assert SessionFeedback.objects.count() == 12
    assert FeedbackCount.objects.get().answers == SessionFeedback.objects.exclude(counted_at=None).count() == 10


def test_two_workers_ask_everybody_once_and_read_an_sms_once():
    session = ended()
    person = UserFactory(mobile="+923001234567", mobile_verified=True)
    came(session, person=person)
    assert sum(at_once(*[feedback_services.ask_those_who_came] * 3)) == 1
    inbound.keep(json.dumps({"id": "m", "from": "+923001234567", "text": "5 4"}).encode())
    InboundSms.objects.update(state="waiting")  # the ring of the act has had it read
    SessionFeedback.objects.all().delete()
    assert sum(at_once(*[inbound.read_due] * 3)) == 1
    assert Event.objects.filter(name="feedback.given").count() == 2


def test_the_provider_that_sends_one_message_four_times_at_once_has_it_kept_once():
    body = json.dumps({"id": "m", "from": "+923001234567", "text": "5 4"}).encode()
    said = at_once(*[lambda: inbound.keep(body).pk] * 4)
    assert len(set(said)) == 1


def test_two_workers_write_to_a_person_once():
    for _ in range(3):
        absent()
    at = workday()
    night_over(at.date())
    at_once(*[lambda: watching.nudge_those_behind(now=at)] * 3)
    assert Nudge.objects.count() == 3
