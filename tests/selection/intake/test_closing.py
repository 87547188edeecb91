"""What the end of a round means for applications that are not submitted: reminders, and corrections cut off."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from selection.applications import clock
from selection.intake import services as intake_services
from selection.intake.tasks import remind_of_closing, restore_submitted
from selection.models import Application
from selection.rounds import services as rounds_services
from selection.rounds.tasks import keep_calendar
from tdap_portal.audit.outbox import deliver_all, held_back
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director
from tests.factories.selection import ApplicationFactory, RoundFactory, owner_of
from tests.factories.smes import MemberFactory
from tests.selection import made

pytestmark = pytest.mark.django_db


def told(file, template=None) -> list[Message]:
    rows = Message.objects.filter(to=owner_of(file)).order_by("pk")
    return list(rows.filter(template=template) if template else rows)


def moved(file):
    """Begun before the reminders."""
    Application.objects.filter(pk=file.pk).update(created_at=timezone.now() - timedelta(days=20))
    return file


@pytest.fixture
def evening():
    """Six o'clock in Pakistan, three days and some hours from now."""
    return timezone.localtime().replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=5)


@pytest.fixture
def round_(evening):
    return RoundFactory(closes_at=evening)


def every_bell(moment):
    with time_machine.travel(moment, tick=False):
        for task in (keep_calendar, remind_of_closing, restore_submitted):
            task()
        deliver_all()


def test_a_draft_and_a_file_being_corrected_are_reminded_by_each_rule_and_a_submitted_one_never(round_, evening):
    draft, submitted = moved(ApplicationFactory(round=round_)), made.scored(round=round_)
    corrected = moved(made.held(round=round_))
    owner = owner_of(draft)
    owner.language, owner.mobile, owner.mobile_verified = "ur", "+923001234567", True
    owner.save(update_fields=["language", "mobile", "mobile_verified"])
    intake_services.reopen_application(actor=owner_of(corrected), application=corrected)

    for hours in range(-24 * 5, 24, 6):
        every_bell(evening + timedelta(hours=hours))

    reminders = told(draft, "application.closing_soon")
    assert (len(reminders), {row.language for row in reminders}) == (3, {"ur"})
    assert [sorted(row.dispatches.values_list("channel", flat=True)) for row in reminders] == [
        ["mail"],
        ["mail", "sms"],
        ["mail", "sms"],
    ]
    assert len(told(corrected, "application.closing_soon")) == 3
    assert "took the application" in told(corrected, "application.closing_soon")[0].body
    assert {row.template for row in told(submitted)} == {"application.submitted", "application.scored"}


def test_reminders_come_seven_and_two_days_before_and_on_the_last_day(round_, evening):
    file = moved(ApplicationFactory(round=round_))
    midnight = evening.replace(hour=0)
    for moment, number in (
        (midnight - timedelta(days=7, seconds=1), 0),
        (midnight - timedelta(days=7), 1),
        (midnight - timedelta(days=2, seconds=1), 1),
        (midnight - timedelta(days=2), 2),
        (midnight - timedelta(seconds=1), 2),
        (midnight, 3),
        (evening - timedelta(seconds=1), 3),
    ):
        every_bell(moment)
        assert len(told(file, "application.closing_soon")) == number


def test_who_begins_after_a_reminder_waits_for_the_next(round_, evening):
    file = ApplicationFactory(round=round_)
    Application.objects.filter(pk=file.pk).update(created_at=evening - timedelta(days=2))
    every_bell(evening - timedelta(days=1))
    assert told(file, "application.closing_soon") == []
    every_bell(evening - timedelta(hours=6))
    assert len(told(file, "application.closing_soon")) == 1


def test_a_later_date_is_told_and_reminded_of_anew(round_, evening):
    file = moved(ApplicationFactory(round=round_))
    every_bell(evening - timedelta(days=2))
    later = evening + timedelta(days=10)
    rounds_services.change_closing(actor=director(), round=round_, closes_at=later)
    deliver_all()
    (message,) = told(file, "round.closing_changed")
    assert f"{day_words(later)}, 18:00" in message.body
    every_bell(evening)
    assert len(told(file, "application.closing_soon")) == 1
    every_bell(later - timedelta(days=2))
    assert len(told(file, "application.closing_soon")) == 2


def test_closing_early_is_told_to_who_has_a_draft_each_firm_once(round_):
    draft, submitted = ApplicationFactory(round=round_), made.scored(round=round_)
    second = ApplicationFactory(round=round_)
    MemberFactory(sme=second.sme, user=owner_of(draft), role="owner")
    rounds_services.close_round(actor=director(), round=round_)
    deliver_all()
    deliver_all()
    assert len(told(draft, "round.closed_early")) == 2
    assert (len(told(second, "round.closed_early")), told(submitted, "round.closed_early")) == (1, [])


def test_closing_by_its_date_is_no_news(round_, evening):
    draft = ApplicationFactory(round=round_)
    every_bell(evening)
    assert told(draft, "round.closed_early") == []


def test_only_a_round_that_has_not_closed_gets_another_date_and_one_to_come(round_):
    def refused(**params):
        with pytest.raises(DomainError) as refusal:
            rounds_services.change_closing(actor=director(), **params)
        return refusal.value.code

    assert refused(round=round_, closes_at=timezone.now() - timedelta(minutes=1)) == "dates"
    with pytest.raises(WrongState):
        rounds_services.change_closing(
            actor=director(), round=RoundFactory(closed=True), closes_at=timezone.now() + timedelta(days=1)
        )


def test_the_director_changes_the_date_on_a_page(client, round_, evening):
    client.force_login(director())
    later = evening + timedelta(days=1)
    address = reverse("selection:round_closing", args=[round_.code])
    assert client.get(address).status_code == 200
    assert client.post(address, {"closes_at": later.strftime("%Y-%m-%dT%H:%M")}).status_code == 302
    round_.refresh_from_db()
    assert round_.closes_at == later
    assert client.post(address, {"closes_at": "2020-01-01T10:00"}).status_code == 200


# ------------------------------------------------------------------------------------------------ corrections cut off


def reopened(round_):
    """Late, and noted as late, when its firm takes it back; the firm then writes something else."""
    file = made.held(round=round_)
    file.clock_started_on, file.late_noted_at = today() - timedelta(days=60), timezone.now()
    file.clock_pauses = [[(today() - timedelta(days=50)).isoformat(), (today() - timedelta(days=48)).isoformat()]]
    clock.redate(file, on=today())
    file.save()
    owner = owner_of(file)
    draft = intake_services.reopen_application(actor=owner, application=file)
    changed = {"track": "startup", "motivation": "Something else.", "commitment_name": "Somebody"}
    intake_services.save_application_draft(actor=owner, application=draft, **changed)
    return file


KEPT = (
    "state", "track", "motivation", "commitment_name", "clock_started_on", "clock_pauses", "due_on", "late_noted_at",
    "facts", "facts_version", "submitted_at", "file_number",
)  # fmt: skip


@pytest.mark.parametrize("delivered", [True, False])
def test_a_file_whose_correction_came_too_late_counts_as_it_was_submitted(round_, delivered):
    file = reopened(round_)
    if delivered:
        rounds_services.close_round(actor=director(), round=round_)
        deliver_all()
    else:  # the worker died in the middle: the sweep finds it
        with held_back():
            rounds_services.close_round(actor=director(), round=round_)
        restore_submitted()
    deliver_all()
    after = made.fresh(file)
    assert {name: getattr(after, name) for name in KEPT} == {name: getattr(file, name) for name in KEPT}
    assert after.before_reopening is None
    assert len(told(file, "application.restored")) == 1
    assert told(file, "round.closed_early") == []


def test_the_page_of_the_closing_says_how_many_are_being_corrected(client, round_):
    reopened(round_)
    client.force_login(director())
    address = reverse("selection:round_act", args=[round_.code, "close"])
    assert "1 submitted file is being corrected by its firm" in client.get(address).content.decode()


def test_a_correction_submitted_in_time_is_what_counts(round_):
    file = reopened(round_)
    intake_services.submit_application(actor=owner_of(file), application=file, declared=True)
    rounds_services.close_round(actor=director(), round=round_)
    deliver_all()
    after = made.fresh(file)
    assert (after.motivation, after.facts_version, after.before_reopening) == ("Something else.", 2, None)
    assert told(file, "application.restored") == []


def test_nothing_is_restored_while_the_round_is_open(round_):
    file = reopened(round_)
    restore_submitted()
    assert (intake_services.restore_submitted(application_id=file.pk), made.fresh(file).state) == (False, "draft")


def test_a_round_is_not_finished_over_a_file_that_is_being_corrected(round_):
    reopened(round_)
    with held_back():
        rounds_services.close_round(actor=director(), round=round_)
    with pytest.raises(DomainError) as refusal:
        rounds_services.finish_round(actor=director(), round=round_)
    assert refusal.value.code == "files_open"
