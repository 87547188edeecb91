"""Readers and officers who leave, or turn out to be tied to a firm: their places open again, and somebody always hears."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from selection.correspondence import services as correspondence_services
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.rounds import services as rounds_services
from selection.scoring import services as scoring_services
from selection.states import Outcome, State
from smes.people import selectors as people_selectors
from smes.people import services as people_services
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.models import RoleGrant
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, NotAllowed
from tdap_portal.notifications.models import Dispatch, Message
from tests.factories.accounts import UserFactory, administrator, director, officer
from tests.factories.selection import RoundFactory, ask, owner_of
from tests.selection import made
from tests.selection.rounds.test_rounds import let_be_due

pytestmark = pytest.mark.django_db


def lock_out(person):
    person.is_active = False
    person.save(update_fields=["is_active"])


def open_readers(file) -> list[int]:
    return list(file.readings.filter(done_at=None).order_by("place").values_list("reader_id", flat=True))


# ------------------------------------------------------------------------------------------------- a reader who has left


@pytest.fixture
def half_read():
    """One reading is in and its reader was locked out; the other reader declared a conflict."""
    gone, tied = officer(), officer()
    file = made.assigned(gone, tied)
    review_services.record_reading(actor=gone, application=file, **made.READ)
    lock_out(gone)
    review_services.declare_conflict(actor=tied, application=file, words="My brother works there.")
    return made.fresh(file), gone


def test_two_others_read_a_file_whose_reader_has_left(client, half_read):
    file, gone = half_read
    first, second = officer(), officer()
    client.force_login(director())
    chosen = {"first": first.public_id, "second": second.public_id}
    answer = client.post(reverse("selection:desk_assign", args=[file.public_id]), chosen)
    file = made.fresh(file)
    assert (answer.status_code, answer.url) == (302, reverse("selection:desk_file", args=[file.public_id]))
    assert (file.state, file.officer, open_readers(file)) == (State.IN_REVIEW, first, [first.pk, second.pk])
    assert Event.objects.filter(name="application.assigned").last().data["dropped"] == [gone.public_id]


def test_the_reading_of_who_has_left_stays_where_the_director_wants_it(client, half_read):
    file, gone = half_read
    new = officer()
    client.force_login(director())
    address = reverse("selection:desk_assign", args=[file.public_id])
    assert f"{gone.name} (has left; the reading is in and would stay)" in client.get(address).content.decode()
    client.post(address, {"first": gone.public_id, "second": new.public_id})
    file = made.fresh(file)
    assert (file.state, file.officer, open_readers(file)) == (State.IN_REVIEW, new, [new.pk])
    review_services.record_reading(actor=new, application=file, **made.READ)
    assert made.fresh(file).state == State.REVIEWED


def test_who_has_left_gets_nothing_new_to_read():
    gone, other = officer(), officer()
    file = made.assigned(gone, other)
    lock_out(gone)
    with pytest.raises(NotAllowed):
        made.assigned(gone, officer(), file=file)


def test_a_reader_who_is_there_keeps_the_reading_that_is_in():
    """What holds for who has left does not hold for who is there."""
    there, other = officer(), officer()
    file = made.assigned(there, other)
    review_services.record_reading(actor=there, application=file, **made.READ)
    with pytest.raises(DomainError) as refused:
        made.assigned(officer(), officer(), file=file)
    assert refused.value.code == "reading_is_in"


@pytest.mark.parametrize("left", [lock_out, lambda person: RoleGrant.objects.filter(user=person).delete()])
def test_a_file_whose_readers_have_all_left_can_be_recommended(left):
    first, second, new = officer(), officer(), officer()
    file = made.reviewed(first, second)
    standing = review_selectors.standing_of(file)
    assert (bool(review_permissions.can_recommend(new, standing)), standing.in_charge) == (False, {first.pk, second.pk})
    left(first)
    assert not review_permissions.can_recommend(new, review_selectors.standing_of(file))  # the other reader is there
    left(second)
    review_services.recommend(
        actor=new, application=file, outcome=Outcome.SELECT, reason_codes=["ready_to_sell"], words=made.WORDS
    )
    assert (made.fresh(file).state, made.fresh(file).officer) == (State.RECOMMENDED, new)


def test_changed_facts_are_not_read_again_by_who_has_left():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    review_services.record_reading(actor=first, application=file, **made.READ)
    question = ask(file, by=second)
    lock_out(first)
    correspondence_services.answer_question(
        actor=owner_of(file), question=question, values={"capacity_per_month": 7_000}, answer="Seven thousand."
    )
    scoring_services.score_application(application_id=file.pk)
    deliver_all()
    file = made.fresh(file)
    assert (file.state, open_readers(file), file.officer) == (State.SCORED, [second.pk], None)  # waits for a reader
    made.assigned(officer(), second, file=file)


# --------------------------------------------------------------------------------------------------- a tie to the firm


def test_a_conflict_declared_after_both_readings_takes_that_reading_back():
    tied, other = officer(), officer()
    file = made.reviewed(tied, other)
    review_services.declare_conflict(actor=tied, application=file, words="We are partners in a shop.")
    file = made.fresh(file)
    assert (file.state, file.officer) == (State.IN_REVIEW, None)
    assert list(file.readings.values_list("reader_id", flat=True)) == [other.pk]
    assert file.nobody_since is not None
    made.assigned(other, officer(), file=file)
    assert made.fresh(file).nobody_since is None


@pytest.mark.parametrize("who", ["reader who recommended", "other reader"])
def test_a_recommendation_that_rests_on_a_tied_reading_goes_back(who):
    by = officer()
    file = made.recommended(by)
    readers = [reading.reader for reading in file.readings.order_by("place")]
    tied = by if who == "reader who recommended" else next(reader for reader in readers if reader != by)
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    file = made.fresh(file)
    assert (file.state, review_selectors.newest_recommendation(file)) == (State.IN_REVIEW, None)


def test_a_conflict_counts_in_all_open_files_of_the_firm_and_in_no_other():
    tied, other = officer(), officer()
    file = made.reviewed(tied, other)
    older = made.assigned(tied, other, sme=file.sme, round=RoundFactory())
    ended = made.recommended(tied, sme=file.sme, round=RoundFactory())
    made.in_state(ended, State.DECLINED)
    elsewhere = made.assigned(tied, other)
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    lost = [bool(row.readings.filter(reader=tied)) for row in (file, older, ended, elsewhere)]
    assert lost == [False, False, True, True]
    assert [made.fresh(row).officer for row in (file, older, elsewhere)] == [None, None, tied]
    assert Event.objects.filter(name="conflict.declared").count() == 2


def test_an_official_who_joins_a_firm_has_no_part_in_its_files():
    tied, other = officer(), officer()
    file = made.reviewed(tied, other)
    invitation = people_services.invite_member(actor=owner_of(file), sme=file.sme, role="trainee", email=tied.email)
    people_services.accept_invitation(actor=tied, invitation=invitation)
    deliver_all()
    file = made.fresh(file)
    assert (file.state, [reading.reader for reading in file.readings.all()]) == (State.IN_REVIEW, [other])


def test_the_floor_above_is_asked_for_ties_once_however_often_a_module_is_imported():
    """The registering stands in ready(): a module that registers by being imported would be there twice."""
    before = list(people_selectors._ties)
    importlib.reload(review_selectors)
    assert people_selectors._ties == before != []


# ------------------------------------------------------------------------------------------------------- who hears of it


def write(file):
    correspondence_services.write_letter(
        actor=owner_of(file), application=file, words="Our workshop burnt down last night. What do we do?"
    )


def near_its_date(_file):
    let_be_due(add_working_days(today(), 1))
    rounds_services.sound_promise_alarms()


def answer(file):
    question = ask(file, by=file.readings.order_by("-place").first().reader)
    correspondence_services.answer_question(actor=owner_of(file), question=question, answer="About 7,000.")


NEWS = {
    "letter.written_desk": write,
    "promise.due_soon": near_its_date,
    "question.answered_desk": answer,
}


def heard(template) -> set:
    deliver_all()
    return {message.to for message in Message.objects.filter(template=template)}


@pytest.mark.parametrize("template", NEWS)
def test_where_the_officer_has_left_the_other_reader_hears(template):
    gone, other = officer(), officer()
    officer(), director()
    file = made.assigned(gone, other)
    lock_out(gone)
    NEWS[template](file)
    assert heard(template) == {other}


@pytest.mark.parametrize("template", NEWS)
def test_the_officer_alone_hears_while_there_is_one(template):
    first, other = officer(), officer()
    file = made.assigned(first, other)
    NEWS[template](file)
    assert heard(template) == {first}


@pytest.mark.parametrize("template", ["letter.written_desk", "promise.due_soon"])
def test_of_a_file_that_nobody_has_all_hear_who_may_take_it(template):
    gone, second = officer(), officer()
    file = made.assigned(gone, second)
    free, boss = officer(), director()
    for person in (gone, second):
        lock_out(person)
    tied = officer()
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    NEWS[template](file)
    assert heard(template) == {free}
    lock_out(free)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        write(file)
        assert boss in heard("letter.written_desk")


def test_a_broken_promise_reaches_no_director_who_is_tied():
    file, tied = made.assigned(), director()
    (boss,) = accounts_selectors.people_with_role(Role.APPROVER).exclude(pk=tied.pk)
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    let_be_due(today() - timedelta(days=3))
    rounds_services.sound_promise_alarms()
    assert heard("promise.broken") == {boss, file.officer}


def test_letters_on_files_that_nobody_has_are_one_mail_a_day_for_each_officer():
    people = [officer() for _ in range(3)]
    files = [made.scored() for _ in range(4)]
    for file in (*files, files[0]):
        write(file)
    deliver_all()
    mails = Dispatch.objects.filter(message__to__in=people, channel="mail").exclude(template__startswith="account")
    assert sorted(mails.values_list("template", "message__to")) == [("desk.nobody", person.pk) for person in people]
    inbox = Message.objects.filter(template="letter.written_desk", to=people[0])
    assert inbox.count() == len(files)  # each file is there, once a day
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        write(files[0])
        deliver_all()
    assert mails.count() == 2 * len(people)


def test_without_officers_and_directors_the_administrator_hears():
    boss = administrator()
    UserFactory()
    file = made.scored()
    write(file)
    for person in review_selectors.officers():
        lock_out(person)
    for person in review_selectors.people_who_may_take(file):
        if person != boss:
            lock_out(person)
    assert heard("letter.written_desk") == {boss}
