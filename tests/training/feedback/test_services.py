"""What people say of a session: asked once, answered by web and SMS, counted five at a time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError
from tdap_portal.notifications import inbound
from tdap_portal.notifications.models import Dispatch, InboundSms, Message
from tdap_portal.notifications.texts import sms_length
from tests.factories.accounts import UserFactory
from tests.training import made
from training.feedback import selectors, services
from training.models import Attendance, FeedbackAsk, FeedbackCount, SessionFeedback

pytestmark = pytest.mark.django_db


def ended(hours_ago=2, cohort=None, **values):
    """A session that ended some hours ago."""
    row = made.session(cohort or made.cohort(), **values)
    row.ends_at = timezone.now() - timedelta(hours=hours_ago)
    row.starts_at = row.ends_at - timedelta(minutes=row.minutes)
    row.save()
    return row


def came(session, *, status="present", person=None, **values):
    """The place of somebody who was marked."""
    person = person or UserFactory()
    place = made.place(session.cohort, person, asked_at=session.starts_at - timedelta(days=30), **values)
    if status:
        Attendance.objects.create(session=session, place=place, status=status)
    return place


def say(place, session, useful=5, clear=4, words="", **values):
    return services.give_feedback(
        actor=place.attendee_user, session=session, place=place, useful=useful, clear=clear, words=words, **values
    )


# -------------------------------------------------------------------------------------------------------------- asking


@pytest.mark.sqlite_leg
def test_those_who_came_are_asked_once_in_their_language():
    session = ended()
    place = came(session, person=UserFactory(language="ur"))
    came(session, status="late")
    for status in ("absent", "excused", "open", ""):
        came(session, status=status)
    assert services.ask_those_who_came() == 2
    assert services.ask_those_who_came() == 0
    message = Message.objects.get(to=place.attendee_user)
    assert (message.template, message.language) == ("feedback.asked", "ur")
    assert message.url == f"/training/feedback/{session.public_id}/"
    assert Message.objects.count() == 2
    assert Event.objects.filter(name="feedback.asked").count() == 2


@pytest.mark.parametrize("hours_ago", [-1, 24 * 3 + 1])
def test_nobody_is_asked_before_the_end_or_days_after_it(hours_ago):
    came(ended(hours_ago))
    assert services.ask_those_who_came() == 0


def test_nobody_is_asked_of_a_session_that_was_called_off():
    session = ended()
    came(session)
    session.cancelled_at = timezone.now()
    session.save()
    assert services.ask_those_who_came() == 0


def test_a_roll_that_is_typed_in_late_asks_those_it_names():
    session = ended(48)
    came(session)
    services.ask_those_who_came()
    came(session)
    assert services.ask_those_who_came() == 1


def test_where_nobody_with_an_account_comes_the_owner_is_asked():
    session = ended()
    place = made.place(session.cohort, asked_at=session.starts_at - timedelta(days=1))
    Attendance.objects.create(session=session, place=place, status="present")
    services.ask_those_who_came()
    assert Message.objects.get().to == place.sme.created_by
    assert FeedbackAsk.objects.get().person == place.sme.created_by


def test_whoever_answered_before_is_not_asked():
    session = ended()
    place = came(session)
    say(place, session)
    assert services.ask_those_who_came() == 0
    assert not Message.objects.exists()


def test_a_person_who_wants_no_sms_gets_none():
    from tdap_portal.notifications.services import set_preferences

    person = UserFactory(mobile="+923001234567", mobile_verified=True)
    set_preferences(user=person, wanted={"sms": False})
    came(session := ended(), person=person)
    services.ask_those_who_came()
    assert session
    assert Dispatch.objects.get(channel="sms").state == "skipped"


@pytest.mark.parametrize(("language", "parts"), [("en", 1), ("ur", 2)])
def test_the_questions_are_short_enough_for_an_sms(language, parts, settings):
    settings.SITE_URL = "https://portal.tdap.example"
    session = ended(title="A very long title of a session that nobody reads in an SMS at all")
    came(session, person=UserFactory(mobile="+923001234567", mobile_verified=True, language=language))
    services.ask_those_who_came()
    text = Dispatch.objects.get(channel="sms").text
    assert sms_length(text).parts <= parts, text
    assert "5 4" in text
    for template in ("feedback.unclear", "sms.not_understood"):
        with translation.override(language):
            from tdap_portal.notifications.services import _render

            said = _render(template, "sms.txt", {})
        assert sms_length(said).parts <= 2, said


# -------------------------------------------------------------------------------------------------------------- answers


@pytest.mark.sqlite_leg
def test_an_answer_is_kept_and_changed_and_the_same_again_is_nothing():
    session = ended()
    place = came(session)
    first = say(place, session, words="call 0300-1234567")
    assert (first.words, first.via) == ("call •••", "web")
    say(place, session, words="call 0300-1234567")
    say(place, session, useful=2)
    say(place, session, useful=2)
    row = SessionFeedback.objects.get()
    assert (row.useful, row.words) == (2, "")
    events = Event.objects.filter(name__startswith="feedback.").order_by("pk")
    assert list(events.values_list("name", flat=True)) == ["feedback.given", "feedback.changed"]
    assert "call" not in json.dumps(list(events.values_list("data", flat=True)))


@pytest.mark.parametrize(("hours_ago", "code"), [(-2, "not_yet"), (24 * 7 + 1, "closed")])
def test_answers_are_taken_for_seven_days_from_the_end(hours_ago, code):
    session = ended(hours_ago)
    place = came(session)
    with pytest.raises(DomainError) as refusal:
        say(place, session)
    assert refusal.value.code == code
    assert say(came(other := ended(24 * 7 - 1)), other)


@pytest.mark.parametrize("status", ["absent", "excused", "open", ""])
def test_who_did_not_come_says_nothing(status):
    session = ended()
    with pytest.raises(DomainError) as refusal:
        say(came(session, status=status), session)
    assert refusal.value.code == "was_not_there"


@pytest.mark.parametrize("marks", [(0, 5), (5, 6), (-1, 1)])
def test_marks_lie_between_1_and_5(marks):
    session = ended()
    with pytest.raises(DomainError) as refusal:
        say(came(session), session, *marks)
    assert refusal.value.code == "out_of_bounds"


def test_a_session_that_was_called_off_takes_none():
    session = ended()
    place = came(session)
    session.cancelled_at = timezone.now()
    session.save()
    with pytest.raises(DomainError) as refusal:
        say(place, session)
    assert refusal.value.code == "called_off"


@pytest.mark.sqlite_leg
def test_nothing_is_shown_of_four_and_then_of_five_and_then_of_ten():
    session = ended()
    places = [came(session) for _ in range(11)]
    seen = []
    for number, place in enumerate(places, 1):
        say(place, session, useful=1 + number % 5, words=f"w{number}")
        count = FeedbackCount.objects.filter(session=session).first()
        seen.append(count.answers if count else 0)
    assert seen == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]
    say(places[0], session, useful=5, words="another")
    count = FeedbackCount.objects.get()
    assert "another" not in count.words
    assert (sum(count.useful), len(count.words)) == (10, 10)


# ------------------------------------------------------------------------------------------------------------- by SMS


@pytest.fixture
def person():
    return UserFactory(mobile="+923001234567", mobile_verified=True)


def reply(text, number=1):
    inbound.keep(json.dumps({"id": f"m-{number}", "from": "+923001234567", "text": text}).encode())
    inbound.read_due()


def test_an_sms_answers_the_session_of_which_the_person_was_asked_last(person):
    cohort = made.cohort()
    older, newer = ended(40, cohort), ended(3, cohort)
    place = came(older, person=person)
    Attendance.objects.create(session=newer, place=place, status="present")
    services.ask_those_who_came()
    reply("۵ ۴ اچھی تصویریں")
    row = SessionFeedback.objects.get()
    assert (row.session, row.useful, row.clear, row.words, row.via) == (newer, 5, 4, "اچھی تصویریں", "sms")
    reply("3 3", 2)
    row.refresh_from_db()
    assert (row.useful, row.words, SessionFeedback.objects.count()) == (3, "", 1)
    assert not Message.objects.exclude(template="feedback.asked").exists()


def test_an_unclear_sms_is_answered_once(person):
    came(ended(), person=person)
    services.ask_those_who_came()
    for number in range(3):
        reply("it was good", number)
    assert Message.objects.filter(template="feedback.unclear").count() == 1
    assert not Message.objects.filter(template="sms.not_understood").exists()
    reply("5 5", 9)
    assert SessionFeedback.objects.count() == 1


def test_an_sms_of_somebody_who_was_not_asked_is_none_of_ours(person):
    reply("5 4")
    assert InboundSms.objects.get().state == "unread"
    assert not SessionFeedback.objects.exists()


def test_an_sms_after_the_seven_days_changes_nothing(person):
    session = ended()
    came(session, person=person)
    services.ask_those_who_came()
    session.ends_at = timezone.now() - timedelta(days=7, minutes=1)
    session.starts_at = session.ends_at - timedelta(hours=2)
    session.save()
    reply("5 4")
    assert not SessionFeedback.objects.exists()


@pytest.mark.sqlite_leg
def test_an_sms_sent_twice_by_the_provider_counts_once(person):
    came(ended(), person=person)
    services.ask_those_who_came()
    reply("5 4", 1)
    reply("1 1", 2)
    reply("5 4", 1)
    assert SessionFeedback.objects.get().useful == 1


def test_the_mark_was_taken_back_before_the_sms_came(person):
    came(ended(), person=person)
    services.ask_those_who_came()
    Attendance.objects.update(status="absent")
    reply("5 4")
    assert not SessionFeedback.objects.exists()


def test_what_an_sms_answers_costs_no_more_with_many_asks(person, django_assert_max_num_queries):
    cohort = made.cohort()
    session = ended(3, cohort)
    came(session, person=person)
    services.ask_those_who_came()
    with django_assert_max_num_queries(1):
        assert selectors.last_ask(person, now=timezone.now()).session == session
