"""Who may do what with an application: a table per predicate, a row per role."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from selection.correspondence import permissions as correspondence_permissions
from selection.firm import journey
from selection.firm import permissions as firm_permissions
from selection.intake import permissions as intake_permissions
from selection.intake import services as intake_services
from selection.review import services as review_services
from selection.rounds import permissions as rounds_permissions
from selection.states import Outcome
from tdap_portal.accounts.roles import Role
from tdap_portal.core.models import ClosedDay
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, ask, decided, owner_of
from tests.factories.smes import MemberFactory, SmeFactory

pytestmark = pytest.mark.django_db


def people_of(row) -> dict:
    return {
        "owner": owner_of(row),
        **{role: MemberFactory(sme=row.sme, role=role).user for role in ("preparer", "finance", "trainee")},
        "owner of another firm": SmeFactory().created_by,
        "without a firm": UserFactory(),
        "officer": officer(),
        "director": director(),
        "administrator": administrator(),
        "partner": partner_person(),
    }


def granted(predicate, people: dict, *args) -> list[str]:
    return [name for name, person in people.items() if predicate(person, *args)]


def test_each_act_has_its_people():
    row = ApplicationFactory(scored=True)
    question = ask(row)
    people = people_of(row)

    assert granted(intake_permissions.can_apply, people, row.sme) == ["owner", "preparer"]
    assert granted(intake_permissions.can_submit, people, row) == ["owner"]
    assert granted(intake_permissions.can_withdraw, people, row) == ["owner"]
    assert granted(intake_permissions.can_reopen, people, row) == ["owner", "preparer"]
    assert granted(correspondence_permissions.can_answer, people, question) == ["owner", "preparer"]
    assert granted(correspondence_permissions.can_write_letter, people, row) == [
        "owner",
        "preparer",
        "finance",
        "officer",
        "director",
    ]
    assert granted(rounds_permissions.can_run_rounds, people) == ["director"]
    assert granted(intake_permissions.can_edit, people, row) == []


def test_a_draft_is_edited_by_those_who_write_and_has_no_desk():
    row = ApplicationFactory()
    people = people_of(row)

    assert granted(intake_permissions.can_edit, people, row) == ["owner", "preparer"]
    assert granted(correspondence_permissions.can_write_letter, people, row) == []


def test_before_the_decision_the_desk_alone_reads_the_receipt():
    row = ApplicationFactory(scored=True)
    people = {name: person for name, person in people_of(row).items() if name in ("owner", "officer", "director")}
    people["programme manager"] = UserFactory(roles=(Role.PROGRAMME_MANAGER,))

    assert granted(firm_permissions.can_read_receipt, people, row) == ["officer", "director"]
    assert granted(firm_permissions.can_read_receipt, people, decided(row, Outcome.DECLINE)) == [
        "owner",
        "officer",
        "director",
        "programme manager",
    ]


def test_officials_who_are_tied_to_the_firm_read_its_receipt_no_earlier_than_the_firm():
    row = ApplicationFactory(scored=True)
    member, cousin, free = officer(), officer(), officer()
    MemberFactory(sme=row.sme, user=member)
    review_services.declare_conflict(actor=cousin, application=row, words="Cousins.")
    people = {"member": member, "cousin": cousin, "free": free}

    assert granted(firm_permissions.can_read_receipt, people, row) == ["free"]
    assert granted(firm_permissions.can_read_receipt, people, decided(row)) == ["member", "cousin", "free"]


def test_a_draft_that_was_withdrawn_has_no_receipt_to_read():
    row = ApplicationFactory()
    intake_services.withdraw_application(actor=owner_of(row), application=row)
    row.refresh_from_db()

    assert (row.state, row.decided_at) == ("withdrawn", None)
    assert not firm_permissions.can_read_receipt(owner_of(row), row)


def test_a_question_that_was_taken_back_needs_no_answer():
    row = ApplicationFactory(scored=True)
    question = ask(row)
    question.cancelled_at = timezone.now()

    answer = correspondence_permissions.can_answer(owner_of(row), question)

    assert (bool(answer), str(answer.reason)) == (False, "We no longer need an answer to this question.")


# ------------------------------------------------------------------------------------------- words of the firm's page


def test_holidays_are_named_and_runs_of_days_stand_together():
    assert journey.holiday_words(date(2027, 3, 1), date(2027, 3, 31)) == (
        "10 to 12\xa0March (Eid al-Fitr) and 23\xa0March (Pakistan Day)"
    )
    assert journey.holiday_words(date(2027, 3, 1), date(2027, 3, 5)) == ""


def test_a_closure_that_an_official_entered_is_named_too():
    ClosedDay.objects.create(day=date(2027, 3, 31), name="Flood", source="Notification 7")
    ClosedDay.objects.create(day=date(2027, 4, 1), name="Flood", source="Notification 7")

    assert journey.holiday_words(date(2027, 3, 24), date(2027, 4, 2)) == "31\xa0March to 1\xa0April (Flood)"


def test_three_holidays_are_a_list():
    words = journey.holiday_words(date(2027, 3, 1), date(2027, 5, 30))

    assert words == (
        "10 to 12\xa0March (Eid al-Fitr), 23\xa0March (Pakistan Day), 17 to 19\xa0May (Eid al-Adha) and 28\xa0May (Youm-e-Takbeer)"
    )
