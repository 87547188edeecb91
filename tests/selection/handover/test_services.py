"""Who leaves, returns, changes role or hands over: the open files go to somebody in the same act, or are marked as nobody's."""

from __future__ import annotations

import pytest

from selection.handover import selectors, services
from selection.models import Reading
from selection.review import services as review_services
from selection.states import State
from tdap_portal.accounts import services as accounts_services
from tdap_portal.accounts.models import User
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import UserFactory, administrator, director, officer
from tests.selection import made

pytestmark = pytest.mark.django_db
WHY = "Moves to Quetta on 1 March."


def part_of(person, file) -> tuple[bool, list[bool]]:
    """Is the officer; for each reading whether it is in."""
    file = made.fresh(file)
    return file.officer == person, [reading.done_at is not None for reading in file.readings.filter(reader=person)]


def nobodys() -> set:
    return set(selectors.files_that_nobody_has())


@pytest.mark.sqlite_leg
def test_who_leaves_gives_the_open_files_to_a_successor_in_the_same_act():
    boss, gone, other, new = administrator(), officer(), officer(), officer()
    read = made.assigned(gone, other)
    review_services.record_reading(actor=gone, application=read, **made.READ)
    unread, second = made.assigned(gone, other), made.assigned(other, gone)
    ended = made.in_state(made.assigned(gone, other), State.DECLINED)
    services.lock_out(actor=boss, person=gone, to=[new], reason=WHY)
    assert not User.objects.get(pk=gone.pk).is_active
    assert [part_of(new, file) for file in (read, unread, second, ended)] == [
        (True, []),  # the reading that is in stays with who gave it
        (True, [False]),
        (False, [False]),
        (False, []),
    ]
    assert [part_of(gone, file) for file in (read, unread, second)] == [(False, [True]), (False, []), (False, [])]
    assert nobodys() == set()
    handed = Event.objects.filter(name="application.handed_over").order_by("pk")
    assert {(event.actor, event.data["reason"], event.data["to"]) for event in handed} == {(boss, WHY, new.public_id)}
    assert handed.count() == 3


def test_the_officer_who_took_over_may_recommend_though_the_readings_are_of_others():
    gone, other, new = officer(), officer(), officer()
    file = made.reviewed(gone, other)
    services.lock_out(actor=administrator(), person=gone, to=[new], reason=WHY)
    review_services.recommend(
        actor=new, application=file, outcome="select", reason_codes=["ready_to_sell"], words=made.WORDS
    )
    assert made.fresh(file).state == State.RECOMMENDED


def test_without_a_successor_the_files_wait_for_nobody_yet_and_are_given_later():
    gone, other, new, boss = officer(), officer(), officer(), director()
    files = [made.assigned(gone, other), made.assigned(other, gone), made.reviewed(gone, other)]
    services.lock_out(actor=administrator(), person=gone, to=(), reason=WHY)
    assert nobodys() == set(files)
    assert [part_of(gone, file) for file in files] == [(False, []), (False, []), (False, [True])]
    given, left_out = services.give_files(
        actor=boss, files=[file.public_id for file in files], to=[new], reason="Takes Lahore."
    )
    assert (given, left_out, nobodys()) == (3, [], set())
    assert [part_of(new, file) for file in files] == [(True, [False]), (False, [False]), (True, [])]
    again = services.give_files(actor=boss, files=[files[0].public_id], to=[new], reason="Twice.")
    assert again == (0, [])  # a double click


def test_files_that_nobody_has_are_spread_over_the_officers_named_and_sent_twice_give_nothing_more():
    gone, busy, free, boss = officer(), officer(), officer(), director()
    for _file in range(2):
        made.assigned(busy, officer())
    files = [made.assigned(gone, officer()) for _file in range(4)]
    services.lock_out(actor=administrator(), person=gone, reason=WHY)
    ticked = [file.public_id for file in files]
    assert services.give_files(actor=boss, files=ticked, to=[busy, free], reason="Lahore.") == (4, [])
    assert [made.fresh(file).officer for file in files] == [free, free, busy, free]
    assert services.give_files(actor=boss, files=ticked, to=[free, busy], reason="Twice.") == (0, [])
    assert (nobodys(), Event.objects.filter(name="application.handed_over").count()) == (set(), 4)


def test_a_file_without_both_its_readers_gets_two_of_the_officers_named_or_says_that_one_is_missing():
    gone, left, one, two, boss = officer(), officer(), officer(), officer(), director()
    files = [made.assigned(gone, left) for _file in range(2)]
    for person in (gone, left):
        services.lock_out(actor=administrator(), person=person, reason=WHY)
    first, second = ([file.public_id] for file in files)
    given, left_out = services.give_files(actor=boss, files=first, to=[one], reason="Lahore.")
    assert (given, [row for row, _why in left_out], nobodys()) == (1, [files[0]], set(files))
    assert services.give_files(actor=boss, files=second, to=[one, two], reason="Lahore.") == (1, [])
    readers = {reading.reader for reading in made.fresh(files[1]).readings.all()}
    assert (readers, made.fresh(files[1]).officer, nobodys()) == ({one, two}, two, {files[0]})
    again = services.give_files(actor=boss, files=second, to=[one, two], reason="Twice.")
    assert again == (0, [])  # a second click gives nothing to anybody else


def test_who_is_tied_is_passed_over_for_the_others_and_named_only_where_nobody_may():
    gone, tied, free, boss = officer(), officer(), officer(), director()
    files = [made.assigned(gone, officer()) for _file in range(2)]
    for file in files:
        review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    services.lock_out(actor=administrator(), person=gone, reason=WHY)
    first, second = ([file.public_id] for file in files)
    assert services.give_files(actor=boss, files=first, to=[tied, free], reason="Lahore.") == (1, [])
    given, left_out = services.give_files(actor=boss, files=second, to=[tied], reason="Lahore.")
    assert (given, [row for row, _why in left_out]) == (0, [files[1]])
    with pytest.raises(DomainError) as refused:
        services.give_files(actor=boss, files=second, to=[], reason="Lahore.")
    assert refused.value.code == "nobody_named"


def test_evenly_goes_to_who_has_least_and_never_to_who_is_tied_or_the_other_reader():
    gone, other, tied, free = officer(), officer(), officer(), officer()
    files = [made.assigned(gone, other) for _ in range(3)]
    review_services.declare_conflict(actor=tied, application=files[0], words="Cousins.")
    services.lock_out(actor=administrator(), person=gone, to=[other, tied, free], reason=WHY)
    assert [made.fresh(file).officer for file in files] == [free, tied, tied]
    assert nobodys() == set()


def test_what_nobody_may_take_is_nobodys_where_the_person_leaves_and_stays_where_the_person_stays():
    person, other = officer(), officer()
    file = made.assigned(person, other)
    services.hand_over(actor=director(), person=person, to=[other], reason="Much to do.")
    assert part_of(person, file) == (True, [False])
    services.lock_out(actor=administrator(), person=person, to=[other], reason=WHY)
    assert (part_of(person, file), nobodys()) == ((False, []), {file})


def test_a_director_hands_over_the_files_of_who_stays():
    person, other, new, boss = officer(), officer(), officer(), director()
    file = made.assigned(person, other)
    for _click in range(2):
        services.hand_over(actor=boss, person=person, to=[new], reason="On leave until May.")
    assert (part_of(new, file), User.objects.get(pk=person.pk).is_active) == ((True, [False]), True)
    assert Event.objects.filter(name="application.handed_over").count() == 1


@pytest.mark.parametrize("who", [officer, UserFactory])
def test_others_hand_nothing_over(who):
    person = officer()
    made.assigned(person)
    with pytest.raises(NotAllowed):
        services.hand_over(actor=who(), person=person, to=[officer()], reason="Mine.")
    with pytest.raises(NotAllowed):
        services.give_files(actor=who(), files=[], to=[officer()], reason="Mine.")


def test_a_director_locks_nobody_out_and_changes_no_role():
    person = officer()
    with pytest.raises(NotAllowed):
        services.lock_out(actor=director(), person=person, reason=WHY)
    with pytest.raises(NotAllowed):
        services.change_roles(actor=director(), person=person, roles=set(), reason=WHY)
    assert User.objects.get(pk=person.pk).has_role(Role.OFFICER)


def test_nobody_chooses_who_judges_their_own_firm():
    gone, other, new, boss = officer(), officer(), officer(), director()
    file = made.assigned(gone, other)
    review_services.declare_conflict(actor=boss, application=file, words="Cousins.")
    services.hand_over(actor=boss, person=gone, to=[new], reason="Mine.")
    assert part_of(gone, file) == (True, [False])
    services.lock_out(actor=administrator(), person=gone, reason=WHY)
    given, left_out = services.give_files(actor=boss, files=[file.public_id], to=[new], reason="Mine.")
    assert (given, [row for row, _why in left_out]) == (0, [file])


@pytest.mark.parametrize("taker", [lambda: officer(is_active=False), UserFactory])
def test_only_an_officer_who_can_sign_in_takes_files(taker):
    gone = officer()
    file = made.assigned(gone)
    with pytest.raises(DomainError) as refused:
        services.lock_out(actor=administrator(), person=gone, to=[taker()], reason=WHY)
    assert refused.value.code == "not_an_officer"
    assert (part_of(gone, file), User.objects.get(pk=gone.pk).is_active) == ((True, [False]), True)  # nothing was done


def test_who_is_an_officer_no_more_hands_over_and_who_becomes_one_too_does_not():
    boss, person, other, new = administrator(), officer(), officer(), officer()
    file = made.assigned(person, other)
    both = {Role.OFFICER, Role.PROGRAMME_MANAGER}
    services.change_roles(actor=boss, person=person, roles=both, to=[new], reason="Acts too.")
    assert part_of(person, file) == (True, [False])
    services.change_roles(
        actor=boss, person=person, roles={Role.PROGRAMME_MANAGER}, to=[new], reason="Programme manager now."
    )
    assert (part_of(person, file), part_of(new, file)) == ((False, []), (True, [False]))


def test_who_comes_back_finds_the_roles_and_not_the_files():
    boss, gone = administrator(), officer()
    file = made.assigned(gone)
    services.lock_out(actor=boss, person=gone, reason=WHY)
    services.bring_back(actor=boss, person=gone, reason="Back from Quetta.")
    assert User.objects.get(pk=gone.pk).has_role(Role.OFFICER)
    assert part_of(gone, file) == (False, [])
    assert Event.objects.get(name="person.let_in").data["reason"] == "Back from Quetta."


def test_every_act_on_a_person_asks_for_the_reason():
    boss, person = administrator(), officer()
    acts = (
        lambda: services.lock_out(actor=boss, person=person, reason=" "),
        lambda: services.bring_back(actor=boss, person=person, reason=" "),
        lambda: services.change_roles(actor=boss, person=person, roles=set(), reason=" "),
        lambda: services.hand_over(actor=boss, person=person, to=[officer()], reason=" "),
        lambda: services.give_files(actor=boss, files=[], to=[officer()], reason=" "),
    )
    for act in acts:
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "no_words"


@pytest.mark.parametrize(
    "leave",
    [
        lambda boss, person: accounts_services.set_active(actor=boss, user=person, is_active=False),
        lambda boss, person: accounts_services.revoke_role(actor=boss, user=person, role=Role.OFFICER),
    ],
)
def test_who_leaves_by_another_door_leaves_nothing_behind(leave):
    """As on the administration pages, which know no files."""
    boss, gone = administrator(), officer()
    file = made.assigned(gone)
    leave(boss, gone)
    deliver_all()
    assert (part_of(gone, file), nobodys()) == ((False, []), {file})


def test_a_file_that_is_assigned_at_the_very_moment_of_leaving_is_found_afterwards():
    boss, gone, new = administrator(), officer(), officer()
    file = made.assigned()
    services.lock_out(actor=boss, person=gone, to=[new], reason=WHY)
    Reading.objects.filter(application=file, place=2).update(reader=gone)  # by an act that began before
    deliver_all()
    assert (part_of(gone, file), part_of(new, file)) == ((False, []), (False, [False]))


def test_many_files_are_given_piece_by_piece(monkeypatch):
    monkeypatch.setattr(services, "CHUNK", 2)
    gone, new, tied = officer(), officer(), officer()
    files = [made.assigned(gone) for _ in range(5)]
    services.hand_over(actor=director(), person=gone, to=[new], reason="Much to do.")
    assert sum(part_of(new, file)[0] for file in files) == 2
    deliver_all()
    assert all(part_of(new, file)[0] for file in files)
    review_services.declare_conflict(actor=tied, application=files[0], words="Cousins.")
    services.lock_out(actor=administrator(), person=new, to=[tied], reason=WHY)
    deliver_all()
    assert nobodys() == {files[0]}
    assert all(part_of(tied, file)[0] for file in files[1:])
