"""A question whose day comes near and passes: reminders, the clock, the officer, more days, a late answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from selection.correspondence import services as correspondence_services
from selection.correspondence.rules import ANSWER_RULES, answer_rule
from selection.correspondence.tasks import pass_questions, remind_of_questions
from selection.desk.rows import promise_of
from selection.desk.selectors import desk_day
from selection.models import NO_DUE_DATE
from selection.review import services as review_services
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import add_working_days, forget_closed_days, today
from tdap_portal.core.errors import DomainError
from tdap_portal.core.models import ClosedDay
from tdap_portal.notifications.models import Channel, Dispatch, Message, Preference
from tests.factories.accounts import officer
from tests.factories.selection import RoundFactory, ask, owner_of
from tests.selection import made

pytestmark = pytest.mark.django_db
ASKED = date(2026, 12, 1)  # a Tuesday; ten working days later it is Tuesday, 15 December
ANSWER_BY = date(2026, 12, 15)


def at(day: date, hour: int = 9):
    return time_machine.travel(f"{day.isoformat()}T{hour:02d}:20:00+05:00", tick=False)


def bells(day: date) -> None:
    with at(day):
        remind_of_questions()
        pass_questions()
        deliver_all()


def open_round():
    """Open by the clock of the database too, whatever day it has."""
    long_ago, far = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    return RoundFactory(opens_at=long_ago, closes_at=far)


def reached_by_sms(person) -> None:
    person.mobile, person.mobile_verified = "+923001234567", True
    person.save(update_fields=["mobile", "mobile_verified"])


def told(person, template: str) -> list[Message]:
    return list(Message.objects.filter(to=person, template=template).order_by("pk"))


@pytest.fixture
def asked():
    """A file with its officer, submitted and asked on the same day."""
    with at(ASKED):
        by = officer()
        file = made.assigned(by, round=open_round())
        question = ask(file, by=by)
        deliver_all()
    reached_by_sms(owner_of(file))
    assert question.answer_by == ANSWER_BY
    return file, question, by


def test_a_question_that_nobody_answers_is_reminded_of_twice_and_ends_once(asked):
    file, _question, by = asked
    for days in range(60):
        bells(ASKED + timedelta(days=days))
        bells(ASKED + timedelta(days=days))

    reminders = told(owner_of(file), "question.due_soon")
    days = [event.at.date() for event in Event.objects.filter(name="question.due_soon").order_by("pk")]
    assert days == [date(2026, 12, 11), ANSWER_BY]  # Friday: two working days before Tuesday
    assert "by 15 December 2026" in reminders[0].subject
    sms = reminders[0].dispatches.get(channel="sms").text
    assert f"/file/{file.public_id}/question/" in sms
    assert "15 Dec" in sms
    assert len(told(owner_of(file), "question.passed")) == 1
    assert len(told(by, "question.passed_desk")) == 1
    assert [event.at.date() for event in Event.objects.filter(name="question.passed")] == [date(2026, 12, 16)]


def test_the_clock_counts_again_from_the_day_after_whenever_it_is_found(asked):
    file, question, _by = asked
    bells(date(2027, 1, 4))  # the worker was away for weeks

    file = made.fresh(file)
    question.refresh_from_db()
    assert file.clock_pauses == [["2026-12-01", "2026-12-16"]]
    # Fifteen working days from the 16th, which counts; Friday the 25th is a holiday.
    with at(date(2026, 12, 31)):
        assert file.due_on == add_working_days(date(2026, 12, 15), 15) == date(2027, 1, 6)
    assert (file.awaiting_firm, file.unanswered_since, question.passed_at is not None) == (False, ANSWER_BY, True)
    assert len(told(owner_of(file), "question.passed")) == 1
    assert told(owner_of(file), "question.due_soon") == []  # what was missed and is over is not made up for


def test_a_closed_day_moves_the_reminder_and_not_the_day(asked):
    file, _question, _by = asked
    ClosedDay.objects.create(day=date(2026, 12, 14), name="Closed by order", source="Cabinet Division")
    forget_closed_days()
    try:
        for day in range(7, 12):
            bells(date(2026, 12, day))
    finally:
        forget_closed_days()
    days = [event.at.date() for event in Event.objects.filter(name="question.due_soon")]
    assert days == [date(2026, 12, 10)]  # with the 14th closed two working days are left on Thursday
    assert made.fresh(file).awaiting_firm


def test_who_switched_sms_off_gets_none(asked):
    file, _question, _by = asked
    Preference.objects.create(user=owner_of(file), channel=Channel.SMS, wanted=False)
    bells(date(2026, 12, 11))
    (message,) = told(owner_of(file), "question.due_soon")
    assert message.dispatches.get(channel="sms").state == Dispatch.State.SKIPPED


def test_an_answered_question_is_neither_reminded_of_nor_ended(asked):
    file, question, _by = asked
    with at(date(2026, 12, 9)):
        correspondence_services.answer_question(actor=owner_of(file), question=question, answer="As written.")
    bells(ANSWER_BY)
    bells(date(2026, 12, 20))
    assert not Event.objects.filter(name__in=["question.due_soon", "question.passed"]).exists()
    assert made.fresh(file).unanswered_since is None


def test_the_desk_says_that_it_was_not_answered(asked):
    file, _question, _by = asked
    bells(date(2026, 12, 16))
    with at(date(2026, 12, 16)):
        promise = promise_of(made.fresh(file), of=15, day=desk_day())
    assert (promise.tone, promise.age) == ("no", "Not answered by 15\xa0December")
    assert promise.due != "—"


def test_the_firm_still_answers_late_and_the_clock_is_not_moved(asked):
    file, question, _by = asked
    bells(date(2026, 12, 16))
    due = made.fresh(file).due_on
    with at(date(2026, 12, 18)):
        correspondence_services.answer_question(
            actor=owner_of(file), question=question, values={"capacity_per_month": 7}
        )
    file = made.fresh(file)
    assert (file.unanswered_since, file.due_on, file.facts["capacity_per_month"]) == (None, due, 7)


def test_after_a_recommendation_it_is_too_late_and_the_reason_is_coded():
    with at(ASKED):
        by = officer()
        file = made.reviewed(by, round=open_round())
        question = ask(file, by=by)
    propose = {
        "outcome": "decline",
        "reason_codes": ["no_answer"],
        "words": "We asked on 1 December and heard nothing.",
    }
    with at(ANSWER_BY), pytest.raises(DomainError) as refused:
        review_services.recommend(actor=by, application=file, **propose)
    assert refused.value.code == "waits_for_firm"
    bells(date(2026, 12, 16))
    assert made.fresh(file).state == "reviewed"  # nothing is declined by itself
    with at(date(2026, 12, 16)):
        review_services.recommend(actor=by, application=file, **propose)
        with pytest.raises(DomainError) as late:
            correspondence_services.answer_question(actor=owner_of(file), question=question, answer="Now.")
    assert late.value.code == "not_asked"


def extend(file, by, question, **changes):
    params = {"days": 5, "reason": "The owner was ill."} | changes
    return correspondence_services.extend_question(actor=by, application=file, question=question.public_id, **params)


def test_an_officer_gives_more_days_once_and_the_clock_stands_still_again(asked):
    file, question, by = asked
    bells(date(2026, 12, 16))
    with at(date(2026, 12, 17)):
        extend(file, by, question)
        file = made.fresh(file)
        question.refresh_from_db()
        assert question.answer_by == date(2026, 12, 24)
        assert (file.awaiting_firm, file.due_on, file.unanswered_since) == (True, NO_DUE_DATE, None)
        assert file.clock_pauses == [["2026-12-01", "2026-12-16"], ["2026-12-17", None]]
        with pytest.raises(DomainError) as again:
            extend(file, by, question)
        assert again.value.code == "extended"
        deliver_all()
    assert "until 24\xa0December\xa02026" in told(owner_of(file), "question.extended")[0].body
    bells(date(2026, 12, 24))
    bells(date(2026, 12, 26))
    assert Event.objects.filter(name="question.due_soon").count() == 1  # those of the new day
    assert Event.objects.filter(name="question.passed").count() == 2
    assert made.fresh(file).clock_pauses[-1] == ["2026-12-17", "2026-12-25"]


@pytest.mark.parametrize(
    ("changes", "code"), [({"days": 0}, "out_of_range"), ({"days": 11}, "out_of_range"), ({"reason": " "}, "no_words")]
)
def test_more_days_that_cannot_be_given(asked, changes, code):
    file, question, by = asked
    with at(date(2026, 12, 3)), pytest.raises(DomainError) as refused:
        extend(file, by, question, **changes)
    assert refused.value.code == code
    question.refresh_from_db()
    assert (question.answer_by, question.extended_at) == (ANSWER_BY, None)


def test_a_bad_row_does_not_stop_the_others(asked, monkeypatch):
    file, _question, _by = asked
    with at(ASKED):
        other = made.assigned(round=open_round())
        ask(other)
    really = correspondence_services.clock.resume

    def broken(row, **kwargs):
        if row.pk == file.pk:
            raise ValueError("broken")
        really(row, **kwargs)

    monkeypatch.setattr(correspondence_services.clock, "resume", broken)
    bells(date(2026, 12, 16))
    assert made.fresh(file).awaiting_firm
    assert not made.fresh(other).awaiting_firm


def test_the_rules_on_answers_are_dated():
    assert (answer_rule(today()).days, answer_rule(today()).max_days) == (10, 40)
    assert answer_rule(date(2020, 1, 1)) == ANSWER_RULES[0]
    assert all(rule.source for rule in ANSWER_RULES)
