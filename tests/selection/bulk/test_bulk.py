"""Acts on many files: the plan says what will happen, and the confirmed plan does just that, once."""

from __future__ import annotations

import pytest
import time_machine
from django.core import signing
from django.db.models.signals import pre_save

from selection.bulk import services as bulk_services
from selection.desk import services as desk_services
from selection.models import Application, BulkAct, Decision, Question, Reading, Recommendation, SavedView
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import State
from tdap_portal.audit import outbox
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.accounts import director, officer
from tests.factories.selection import RoundFactory
from tests.selection import made

pytestmark = pytest.mark.django_db
DECLINE = {"reason_codes": ["papers_missing"], "words": "The papers did not come."}


@pytest.fixture
def round_():
    return RoundFactory()


def plan(actor, kind, files=(), choices=None, *, round_):
    return bulk_services.plan_bulk(
        actor=actor, kind=kind, round=round_, files=[file.public_id for file in files], choices=choices or {}
    )


def states(*files) -> list[str]:
    return [made.fresh(file).state for file in files]


def test_a_plan_names_what_will_happen_and_what_is_left_out_and_changes_nothing(round_):
    by = officer()
    read, other, early = made.reviewed(by, round=round_), made.reviewed(round=round_), made.scored(round=round_)
    found, _signed = plan(by, "recommend_decline", [read, other, early], DECLINE, round_=round_)
    assert [row.pk for row in found.will] == [read.pk]
    assert {row.pk: str(why) for row, why in found.left_out} == {
        other.pk: "Only an officer who has read this file can recommend on it.",
        early.pk: "The file is in another state now, in which this cannot be done.",
    }
    assert states(read, other, early) == [State.REVIEWED, State.REVIEWED, State.SCORED]


@pytest.mark.sqlite_leg
def test_a_confirmed_plan_is_done_and_confirming_twice_does_it_once(round_):
    by = officer()
    files = [made.reviewed(by, round=round_) for _file in range(2)]
    _found, signed = plan(by, "recommend_decline", files, DECLINE, round_=round_)
    first, again = (bulk_services.confirm_bulk(actor=by, plan=signed) for _click in range(2))
    assert first == again
    assert (first.done, first.left_out, first.finished_at is not None) == (2, [], True)
    assert states(*files) == [State.RECOMMENDED, State.RECOMMENDED]
    assert Recommendation.objects.count() == 2


@pytest.mark.sqlite_leg
def test_running_a_finished_act_again_changes_nothing(round_):
    by = officer()
    _found, signed = plan(by, "ask", [made.scored(round=round_)], _question(), round_=round_)
    act = bulk_services.confirm_bulk(actor=by, plan=signed)
    assert bulk_services.run_bulk(bulk_id=act.pk) is False
    assert bulk_services.run_bulk(bulk_id=0) is False
    assert Question.objects.count() == 1


def _question():
    return {
        "title": "Send the return.",
        "words": "It is needed.",
        "fields": [],
        "document_kinds": ["tax_return"],
        "answer_days": 5,
    }


def test_a_file_that_moved_on_between_plan_and_act_is_left_out_with_the_reason(round_):
    by = officer()
    one, other = made.reviewed(by, round=round_), made.reviewed(by, round=round_)
    _found, signed = plan(by, "recommend_decline", [one, other], DECLINE, round_=round_)
    made.in_state(other, State.WITHDRAWN)
    act = bulk_services.confirm_bulk(actor=by, plan=signed)
    assert (act.done, [number for number, _why in act.left_out]) == (1, [other.file_number])
    assert states(one, other) == [State.RECOMMENDED, State.WITHDRAWN]


@pytest.mark.parametrize("where", [0, 10, -1])
def test_a_plan_that_was_changed_on_its_way_is_refused(round_, where):
    by = officer()
    file = made.reviewed(by, round=round_)
    _found, signed = plan(by, "recommend_decline", [file], DECLINE, round_=round_)
    letters = list(signed)
    letters[where] = "A" if letters[where] != "A" else "B"
    with pytest.raises(DomainError) as refused:
        bulk_services.confirm_bulk(actor=by, plan="".join(letters))
    assert refused.value.code == "plan_broken"
    assert states(file) == [State.REVIEWED]


def test_a_plan_signed_for_something_else_is_refused():
    with pytest.raises(DomainError) as refused:
        bulk_services.confirm_bulk(actor=officer(), plan=signing.dumps({"kind": "decide"}, salt="another"))
    assert refused.value.code == "plan_broken"


def test_a_plan_belongs_to_who_made_it(round_):
    by = officer()
    _found, signed = plan(by, "recommend_decline", [made.reviewed(by, round=round_)], DECLINE, round_=round_)
    with pytest.raises(NotAllowed):
        bulk_services.confirm_bulk(actor=officer(), plan=signed)
    assert BulkAct.objects.count() == 0


def test_a_plan_is_good_for_an_hour(round_):
    by = officer()
    with time_machine.travel("2027-03-16 09:00+05:00", tick=False):
        _found, signed = plan(by, "ask", [made.scored(round=round_)], _question(), round_=round_)
    with (
        time_machine.travel("2027-03-16 10:01+05:00", tick=False),
        pytest.raises(DomainError) as refused,
    ):
        bulk_services.confirm_bulk(actor=by, plan=signed)
    assert refused.value.code == "plan_too_old"


def test_a_plan_with_nothing_to_do_is_not_made(round_):
    file = made.scored(round=round_)
    with pytest.raises(DomainError) as refused:
        plan(officer(), "recommend_decline", [file], DECLINE, round_=round_)
    assert (refused.value.code, [number for number, _why in refused.value.data["left_out"]]) == (
        "nothing_to_do",
        [file.file_number],
    )


@pytest.mark.parametrize(
    ("make", "kind"),
    [(director, "ask"), (director, "recommend_decline"), (officer, "decide")],
)
def test_a_plan_nobody_could_carry_out_is_not_made(round_, make, kind):
    with pytest.raises(NotAllowed):
        plan(make(), kind, [made.scored(round=round_)], _question(), round_=round_)


@pytest.mark.parametrize("is_tied", [True, False])
def test_a_director_does_not_see_in_a_bulk_act_what_was_proposed_for_a_firm_one_is_tied_to(client, round_, is_tied):
    by, boss = officer(), director()
    own, other, early = (
        made.reviewed(by, round=round_), made.reviewed(by, round=round_), made.reviewed(round=round_)
    )  # fmt: skip
    _found, signed = plan(by, "recommend_decline", [own, other], DECLINE, round_=round_)
    act = bulk_services.confirm_bulk(actor=by, plan=signed)
    act.files = [*act.files, early.pk]
    act.left_out, act.last_id = [[early.file_number, "A condition is not met."]], early.pk
    act.save()
    if is_tied:
        for file in (own, early):
            review_services.declare_conflict(actor=boss, application=file, words="A cousin.")
    client.force_login(boss)
    page = client.get(f"/desk/bulk/{act.public_id}/").content.decode()
    numbers = [file.file_number in page for file in (own, other, early)]
    assert numbers == [not is_tied, True, not is_tied]


def test_who_lost_the_role_does_not_confirm(round_):
    by = officer()
    _found, signed = plan(by, "ask", [made.scored(round=round_)], _question(), round_=round_)
    by.role_grants.all().delete()
    by.__dict__.pop("roles")
    by._prefetched_objects_cache = {}
    with pytest.raises(NotAllowed):
        bulk_services.confirm_bulk(actor=by, plan=signed)


# ------------------------------------------------------------------------------------------------- assigning, deciding


def test_many_files_get_the_same_two_readers_but_not_of_a_firm_one_is_tied_to(round_):
    first, second = officer(), officer()
    free, tied = made.scored(round=round_), made.scored(round=round_)
    review_services.declare_conflict(actor=second, application=tied, words="Cousins.")
    choices = {"first": first.public_id, "second": second.public_id}
    found, signed = plan(director(), "assign", [free, tied], choices, round_=round_)
    assert ([row.pk for row in found.will], [row.pk for row, _why in found.left_out]) == ([free.pk], [tied.pk])
    bulk_services.confirm_bulk(actor=_actor_of(signed), plan=signed)
    assert states(free, tied) == [State.IN_REVIEW, State.SCORED]


def test_files_of_ones_own_firm_are_left_out_of_assigning_and_of_the_sharing(round_):
    people, boss = [officer(), officer()], director()
    own, other = made.scored(round=round_), made.scored(round=round_)
    review_services.declare_conflict(actor=boss, application=own, words="Cousins.")
    first, second = (person.public_id for person in people)
    found, _signed = plan(boss, "assign", [own, other], {"first": first, "second": second}, round_=round_)
    assert ([row.pk for row in found.will], [row.pk for row, _why in found.left_out]) == ([other.pk], [own.pk])
    _found, signed = plan(boss, "auto_assign", choices={"officers": [first, second]}, round_=round_)
    act = bulk_services.confirm_bulk(actor=boss, plan=signed)
    assert (act.done, [number for number, _why in act.left_out]) == (1, [own.file_number])


def _actor_of(signed):
    from tdap_portal.accounts.models import User

    return User.objects.get(pk=signing.loads(signed, salt=bulk_services.SALT)["actor"])


def test_files_are_decided_as_they_were_recommended_in_the_officers_words(round_):
    boss = director()
    one = made.recommended(round=round_)
    other = made.recommended(outcome="decline", codes=["product_not_ready"], round=round_)
    found, signed = plan(boss, "decide", [one, other], round_=round_)
    assert found.outcomes == {"select": 1, "decline": 1}
    bulk_services.confirm_bulk(actor=boss, plan=signed)
    assert states(one, other) == [State.SELECTED, State.DECLINED]
    assert set(Decision.objects.values_list("outcome", "words")) == {("select", made.WORDS), ("decline", made.WORDS)}


def test_a_recommendation_that_changed_after_the_plan_is_not_decided(round_):
    by, boss = officer(), director()
    file = made.recommended(by, round=round_)
    _found, signed = plan(boss, "decide", [file], round_=round_)
    review_services.return_to_officer(
        actor=director(), application=file, words="Look again.", basis=review_selectors.basis_of(file)
    )
    review_services.recommend(
        actor=by, application=file, outcome="decline", reason_codes=["product_not_ready"], words="x"
    )
    act = bulk_services.confirm_bulk(actor=boss, plan=signed)
    assert (act.done, len(act.left_out)) == (0, 1)
    assert states(file) == [State.RECOMMENDED]


def test_who_recommended_is_left_out_of_deciding(round_):
    from tdap_portal.accounts.roles import Role
    from tests.factories.accounts import UserFactory

    both = UserFactory(roles=(Role.OFFICER, Role.APPROVER))
    own, other = made.recommended(both, round=round_), made.recommended(round=round_)
    found, _signed = plan(both, "decide", [own, other], round_=round_)
    assert ([row.pk for row in found.will], [row.pk for row, _why in found.left_out]) == ([other.pk], [own.pk])


def test_a_round_is_shared_out_evenly_and_past_the_ties(round_):
    people = [officer() for _person in range(3)]
    files = [made.scored(round=round_) for _file in range(6)]
    review_services.declare_conflict(actor=people[0], application=files[0], words="Cousins.")
    boss = director()
    found, signed = plan(boss, "auto_assign", choices={"officers": [p.public_id for p in people]}, round_=round_)
    assert (found.number, found.will) == (6, [])
    act = bulk_services.confirm_bulk(actor=boss, plan=signed)
    assert (act.done, act.left_out) == (6, [])
    loads = [Reading.objects.filter(reader=person).count() for person in people]
    assert (sorted(loads), states(*files)) == ([4, 4, 4], [State.IN_REVIEW] * 6)
    assert not files[0].readings.filter(reader=people[0]).exists()


def test_a_file_that_fewer_than_two_may_read_is_left_out_of_the_sharing(round_):
    one, other = officer(), officer()
    file = made.scored(round=round_)
    review_services.declare_conflict(actor=one, application=file, words="Cousins.")
    boss = director()
    _found, signed = plan(boss, "auto_assign", choices={"officers": [one.public_id, other.public_id]}, round_=round_)
    act = bulk_services.confirm_bulk(actor=boss, plan=signed)
    assert (act.done, [number for number, _why in act.left_out]) == (0, [file.file_number])


# ---------------------------------------------------------------------------------------------------- by the worker


@pytest.mark.sqlite_leg
def test_a_long_plan_is_done_by_the_worker_in_pieces_that_carry_each_other_on(round_, monkeypatch):
    monkeypatch.setattr(bulk_services, "CHUNK", 2)
    people, boss = [officer(), officer()], director()
    files = [made.scored(round=round_) for _file in range(5)]
    _found, signed = plan(boss, "auto_assign", choices={"officers": [p.public_id for p in people]}, round_=round_)
    with outbox.held_back():
        act = bulk_services.confirm_bulk(actor=boss, plan=signed)
    assert (act.done, act.finished_at, set(states(*files))) == (0, None, {State.SCORED})
    outbox.deliver_due()
    act.refresh_from_db()
    assert act.done == 2  # one piece per delivery, each seen at once
    outbox.deliver_all()
    act.refresh_from_db()
    assert (act.done, act.finished_at is not None, set(states(*files))) == (5, True, {State.IN_REVIEW})


@pytest.mark.sqlite_leg
def test_a_piece_that_breaks_off_is_done_again_from_where_it_was(round_, monkeypatch):
    monkeypatch.setattr(bulk_services, "CHUNK", 2)
    by = officer()
    files = [made.scored(round=round_) for _file in range(3)]
    _found, signed = plan(by, "ask", files, _question(), round_=round_)
    with outbox.held_back():
        act = bulk_services.confirm_bulk(actor=by, plan=signed)
    seen = []

    def is_killed_once(instance, **_kwargs):
        seen.append(instance)
        if len(seen) == 2:
            raise KeyboardInterrupt

    pre_save.connect(is_killed_once, sender=Question)
    try:
        with pytest.raises(KeyboardInterrupt):
            bulk_services.run_bulk(bulk_id=act.pk)
    finally:
        pre_save.disconnect(is_killed_once, sender=Question)
    assert Question.objects.count() == 0
    while bulk_services.run_bulk(bulk_id=act.pk):
        pass
    act.refresh_from_db()
    assert (act.done, Question.objects.count(), Application.objects.filter(awaiting_firm=True).count()) == (3, 3, 3)


def test_a_file_with_a_fault_is_left_out_and_the_act_comes_to_its_end(round_, caplog):
    by = officer()
    bad, *others = files = [made.scored(round=round_) for _file in range(3)]
    _found, signed = plan(by, "ask", files, _question(), round_=round_)
    Application.objects.filter(pk=bad.pk).update(clock_pauses=7)
    act = bulk_services.confirm_bulk(actor=by, plan=signed)
    assert (act.done, act.finished_at is not None) == (2, True)
    assert act.left_out == [
        [bad.file_number, "This file could not be done. The fault is noted for the administrators."]
    ]
    assert f"failed for {bad.file_number}" in caplog.text
    assert [file.questions.count() for file in (bad, *others)] == [0, 1, 1]


# ------------------------------------------------------------------------------------------------------- saved views


@pytest.mark.sqlite_leg
def test_a_view_is_kept_renewed_and_taken_away():
    by = officer()
    desk_services.save_view(actor=by, name=" Rice ", query="tab=all&sector=rice")
    view = desk_services.save_view(actor=by, name="Rice", query="tab=mine&sector=rice")
    assert list(SavedView.objects.values_list("name", "query")) == [("Rice", "tab=mine&sector=rice")]
    with pytest.raises(NotFound):
        desk_services.forget_view(actor=officer(), view_id=view.pk)
    desk_services.forget_view(actor=by, view_id=view.pk)
    assert SavedView.objects.count() == 0


def test_a_view_needs_a_name_and_a_place():
    by = officer()
    with pytest.raises(DomainError) as refused:
        desk_services.save_view(actor=by, name=" ", query="")
    assert refused.value.code == "no_words"
    for number in range(desk_services.MAX_VIEWS):
        desk_services.save_view(actor=by, name=f"View {number}", query="tab=all")
    with pytest.raises(DomainError) as refused:
        desk_services.save_view(actor=by, name="One more", query="tab=all")
    assert refused.value.code == "too_many"


def test_a_person_without_the_desk_keeps_no_views():
    from tests.factories.accounts import UserFactory

    with pytest.raises(NotAllowed):
        desk_services.save_view(actor=UserFactory(), name="x", query="tab=all")


# -------------------------------------------------------------------------------------------------------- who has left


def lock_out(person):
    person.is_active = False
    person.save(update_fields=["is_active"])


def half_read(round_):
    """One reading is in, and its reader has left; the other place is open."""
    gone, tied = officer(), officer()
    file = made.assigned(gone, tied, round=round_)
    review_services.record_reading(actor=gone, application=file, **made.READ)
    lock_out(gone)
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    return made.fresh(file), gone


def test_two_others_are_assigned_in_bulk_to_a_file_whose_reader_has_left(round_):
    file, _gone = half_read(round_)
    first, second = officer(), officer()
    choices = {"first": first.public_id, "second": second.public_id}
    found, signed = plan(director(), "assign", [file], choices, round_=round_)
    assert found.left_out == []
    bulk_services.confirm_bulk(actor=_actor_of(signed), plan=signed)
    assert [reading.reader for reading in file.readings.order_by("place")] == [first, second]


def test_sharing_a_round_keeps_the_reading_of_who_has_left_and_gives_the_other_place(round_):
    file, gone = half_read(round_)
    made.in_state(file, State.SCORED)
    people = [officer(), officer()]
    _found, signed = plan(director(), "auto_assign", choices={"officers": [p.public_id for p in people]}, round_=round_)
    act = bulk_services.confirm_bulk(actor=_actor_of(signed), plan=signed)
    readers = [reading.reader for reading in file.readings.order_by("place")]
    assert (act.done, gone in readers, made.fresh(file).officer in people) == (1, True, True)


def test_who_leaves_in_the_midst_of_a_bulk_act_does_no_more(round_, monkeypatch):
    monkeypatch.setattr(bulk_services, "CHUNK", 1)
    boss, people = director(), [officer(), officer()]
    files = [made.scored(round=round_) for _ in range(3)]
    choices = {"first": people[0].public_id, "second": people[1].public_id}
    _found, signed = plan(boss, "assign", files, choices, round_=round_)
    act = bulk_services.confirm_bulk(actor=boss, plan=signed)
    bulk_services.run_bulk(bulk_id=act.pk)
    lock_out(boss)
    while bulk_services.run_bulk(bulk_id=act.pk):
        pass
    assert states(*files) == [State.IN_REVIEW, State.SCORED, State.SCORED]
