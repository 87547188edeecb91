"""Setting up programmes, trainers, rooms and cohorts."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from smes.papers.checks import CheckedPaper
from tdap_portal.audit.selectors import timeline
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tests.factories.accounts import UserFactory, officer
from tests.factories.training import (
    CohortFactory,
    ProgrammeFactory,
    TrainerFactory,
    VenueFactory,
    add_module,
    place_in,
    programme_manager,
    publish,
)
from training.cohorts import selectors as cohorts_selectors
from training.cohorts import services as cohorts_services
from training.materials import packs
from training.materials import selectors as materials_selectors
from training.materials import services as materials_services
from training.models import Absence, Cohort, Material, MaterialVersion, Module, Programme, Trainer, Venue
from training.programmes import selectors, services
from training.resources import selectors as resources_selectors
from training.resources import services as resources_services

pytestmark = [pytest.mark.db, pytest.mark.django_db]
ABOUT = {"name": "First export order", "attendance_percent": 80, "pass_mark": 60, "is_active": True}


def days(first=14, last=42):
    return {"starts_on": today() + timedelta(days=first), "ends_on": today() + timedelta(days=last)}


def values_of_cohort(**others):
    same = {"round": None, "mode": "in_person", "language": "ur", "city": "Lahore", "time_of_day": "morning"}
    return {**same, **days(), "places": 20, "weekly_sessions": 2, **others}


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def names_of(row) -> list[str]:
    return [event.name for event in timeline(row)]


# ----------------------------------------------------------------------------------------------------- programmes


@pytest.mark.sqlite_leg
def test_a_programme_is_set_up_once_and_its_short_name_is_not_given_again():
    manager = programme_manager()
    first = services.create_programme(actor=manager, code="EXP-1", **ABOUT)
    again = services.create_programme(actor=manager, code="EXP-1", **ABOUT)
    assert first == again
    assert names_of(first) == ["programme.created"]
    assert code_of(services.create_programme, actor=manager, code="EXP-1", **{**ABOUT, "pass_mark": 50}) == "code_taken"


@pytest.mark.parametrize(
    "act",
    [
        lambda who: services.create_programme(actor=who, code="X", **ABOUT),
        lambda who: services.change_programme(actor=who, programme=ProgrammeFactory(), **ABOUT),
        lambda who: add_module(ProgrammeFactory(), by=who),
        lambda who: cohorts_services.create_cohort(
            actor=who, programme=ProgrammeFactory(modules=1), **values_of_cohort()
        ),
        lambda who: cohorts_services.open_cohort(actor=who, cohort=CohortFactory()),
        lambda who: cohorts_services.cancel_cohort(actor=who, cohort=CohortFactory(), reason="No trainer."),
        lambda who: cohorts_services.clone_cohort(actor=who, cohort=CohortFactory(), places=5, **days()),
        lambda who: cohorts_services.change_cohort(actor=who, cohort=CohortFactory(), **values_of_cohort()),
        lambda who: resources_services.create_trainer(actor=who, name="A", home_city="Lahore"),
        lambda who: resources_services.create_venue(actor=who, name="A", city="Lahore", seats=1),
        lambda who: resources_services.note_absence(actor=who, trainer=TrainerFactory(), **hours(1, 2)),
        lambda who: resources_services.note_closing(actor=who, venue=VenueFactory(), **hours(1, 2)),
        lambda who: materials_services.withdraw_material(actor=who, material=None),
    ],
)
def test_another_official_sets_nothing_up(act):
    with pytest.raises(NotAllowed):
        act(officer())


def test_a_change_of_a_programme_leaves_the_sessions_of_its_cohorts_alone():
    programme = ProgrammeFactory(modules=2)
    cohort, manager = CohortFactory(programme=programme), programme_manager()
    before = list(cohort.sessions.values("position", "title", "minutes", "skill", "equipment"))
    module = programme.modules.get(position=1)
    changed = {"title": "Another", "minutes": 60, "skill": "cloud", "equipment": []}
    services.change_module(actor=manager, module=module, **changed)
    services.move_module(actor=manager, module=module, up=False, position=1)
    add_module(programme, title="One more", by=manager)
    assert list(cohort.sessions.values("position", "title", "minutes", "skill", "equipment")) == before
    assert [one.title for one in selectors.modules_of(programme)] == ["Module 2", "Another", "One more"]


def test_a_module_comes_after_earlier_ones_only_so_that_there_is_no_circle():
    programme, manager = ProgrammeFactory(modules=3), programme_manager()
    first, second, third = selectors.modules_of(programme)
    values = {"title": "Module 1", "minutes": 180}
    assert code_of(services.change_module, actor=manager, module=first, after=[second], **values) == "order"
    assert code_of(services.change_module, actor=manager, module=first, after=[first], **values) == "order"
    stranger = ProgrammeFactory(modules=1).modules.get()
    assert code_of(services.change_module, actor=manager, module=third, after=[stranger], **values) == "order"
    services.change_module(actor=manager, module=third, after=[first, second], title="Module 3")
    assert set(third.after.values_list("position", flat=True)) == {1, 2}


def test_a_module_is_not_moved_before_one_that_it_needs():
    programme, manager = ProgrammeFactory(modules=2), programme_manager()
    first, second = selectors.modules_of(programme)
    services.change_module(actor=manager, module=second, after=[first])
    assert code_of(services.move_module, actor=manager, module=second, up=True, position=2) == "order"
    assert code_of(services.move_module, actor=manager, module=first, up=False, position=1) == "order"
    services.change_module(actor=manager, module=second, after=[])
    services.move_module(actor=manager, module=second, up=True, position=2)
    assert [one.pk for one in selectors.modules_of(programme)] == [second.pk, first.pk]


def test_a_second_click_moves_nothing_more_and_the_ends_stay():
    programme, manager = ProgrammeFactory(modules=3), programme_manager()
    third = selectors.modules_of(programme)[2]
    for _click in range(2):
        services.move_module(actor=manager, module=third, up=True, position=3)
    assert [one.title for one in selectors.modules_of(programme)] == ["Module 1", "Module 3", "Module 2"]
    first = selectors.modules_of(programme)[0]
    services.move_module(actor=manager, module=first, up=True, position=1)
    assert Module.objects.get(pk=first.pk).position == 1


@pytest.mark.sqlite_leg
def test_the_same_module_sent_twice_is_one():
    programme, manager = ProgrammeFactory(), programme_manager()
    assert add_module(programme, by=manager) == add_module(programme, by=manager)
    assert programme.modules.count() == 1


# ------------------------------------------------------------------------------------------------------ materials


def file_of(content=b"%PDF", name="slides.pdf") -> CheckedPaper:
    return CheckedPaper(content, "application/pdf", "pdf", name, 1, f"{hash(content) & 0xFFFF:064x}")


def test_versions_are_kept_and_the_newest_counts():
    module, manager = ProgrammeFactory(modules=1).modules.get(), programme_manager()
    act = {"actor": manager, "module": module, "title": "Slides", "language": "ur"}
    first = materials_services.add_material(file=file_of(b"one"), **act)
    assert materials_services.add_material(file=file_of(b"one"), **act) == first
    second = materials_services.add_version(actor=manager, material=first.material, file=file_of(b"two"))
    again = materials_services.add_version(actor=manager, material=first.material, file=file_of(b"two"))
    assert (second.number, again) == (2, second)
    assert materials_selectors.newest_files(module.programme, "ur") == [second]
    assert materials_selectors.newest_files(module.programme, "en") == []


def test_what_is_withdrawn_is_handed_out_no_more_but_stays_for_officials():
    module, manager = ProgrammeFactory(modules=1).modules.get(), programme_manager()
    version = materials_services.add_material(
        actor=manager, module=module, title="Slides", language="ur", file=file_of()
    )
    for _click in range(2):
        materials_services.withdraw_material(actor=manager, material=version.material)
    programme, code = module.programme, version.material.public_id
    assert materials_selectors.newest_files(programme, "ur") == []
    assert materials_selectors.material_file(programme, code, 1, withdrawn=True) == version
    with pytest.raises(NotFound):
        materials_selectors.material_file(programme, code, 1, withdrawn=False)
    assert code_of(materials_services.add_version, actor=manager, material=version.material, file=file_of(b"x")) == (
        "withdrawn"
    )
    assert names_of(programme).count("material.withdrawn") == 1


def test_a_refused_file_leaves_nothing_in_the_vault(settings, monkeypatch):
    module, manager = ProgrammeFactory(modules=1).modules.get(), programme_manager()
    act = {"actor": manager, "module": module, "language": "ur", "file": file_of()}
    materials_services.add_material(title="One", **act)
    there = sorted(settings.VAULT_ROOT.rglob("*.pdf"))
    assert len(there) == 1
    monkeypatch.setattr(MaterialVersion.objects, "create", None)
    with pytest.raises(TypeError):
        materials_services.add_material(title="Two", **act)
    assert sorted(settings.VAULT_ROOT.rglob("*.pdf")) == there
    monkeypatch.undo()
    monkeypatch.setattr(materials_services, "MAX_MATERIALS", 1)
    assert code_of(materials_services.add_material, title="Two", **act) == "too_many_materials"
    assert Material.objects.count() == 1


@pytest.mark.sqlite_leg
def test_the_pack_holds_the_newest_files_in_order_and_is_the_same_each_time():
    programme, manager = ProgrammeFactory(modules=2), programme_manager()
    second, first = (programme.modules.get(position=position) for position in (2, 1))
    for module, title in ((second, "Sheet"), (first, "Slides")):
        act = {"actor": manager, "module": module, "title": title, "language": "ur"}
        version = materials_services.add_material(file=file_of(b"old" + title.encode()), **act)
        materials_services.add_version(actor=manager, material=version.material, file=file_of(title.encode()))
    rows = materials_selectors.newest_files(programme, "ur")
    pieces = list(packs.pack_of(rows))
    package = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert package.namelist() == ["01 Module 1/01 slides.pdf", "02 Module 2/02 slides.pdf"]
    assert [package.read(name) for name in package.namelist()] == [b"Slides", b"Sheet"]
    assert b"".join(packs.pack_of(materials_selectors.newest_files(programme, "ur"))) == b"".join(pieces)
    assert len(pieces) > 2  # it is sent while it is written


# --------------------------------------------------------------------------------------------- trainers and venues


def trainer_values(**others):
    same = {"name": "Hira Saleem", "home_city": "Lahore", "skills": ["listing"], "languages": ["ur"], "weekdays": [0]}
    return {**same, **others}


def hours(first, last):
    now = timezone.now().replace(microsecond=0)
    return {"starts_at": now + timedelta(hours=first), "ends_at": now + timedelta(hours=last)}


def test_a_trainer_is_tied_to_an_account_and_gets_no_role_by_it():
    manager, person = programme_manager(), UserFactory(email="hira@example.pk")
    row = resources_services.create_trainer(actor=manager, email="HIRA@example.pk", **trainer_values())
    assert (row.user, person.has_role(), person.is_official) == (person, False, False)
    assert resources_selectors.trainer_of(person) == row
    assert resources_services.create_trainer(actor=manager, email="hira@example.pk", **trainer_values()) == row
    other = trainer_values(name="Somebody else")
    assert (
        code_of(resources_services.create_trainer, actor=manager, email="hira@example.pk", **other) == "account_taken"
    )
    assert code_of(resources_services.create_trainer, actor=manager, email="no@example.pk", **other) == (
        "unknown_account"
    )
    resources_services.change_trainer(actor=manager, trainer=row, email="", **trainer_values())
    assert resources_selectors.trainer_of(person) is None
    assert Trainer.objects.count() == 1


def test_whoever_does_not_teach_at_present_is_no_trainer():
    person = UserFactory()
    row = TrainerFactory(user=person)
    assert resources_selectors.trainer_of(person) == row
    Trainer.objects.update(is_active=False)
    assert resources_selectors.trainer_of(person) is None


@pytest.mark.sqlite_leg
def test_times_away_do_not_overlap_and_the_same_sent_twice_is_one():
    manager, trainer = programme_manager(), TrainerFactory()
    act = {"actor": manager, "trainer": trainer}
    first = resources_services.note_absence(**act, **hours(10, 20))
    assert resources_services.note_absence(**act, **hours(10, 20)).pk == first.pk
    with pytest.raises(DomainError, match="noted already: from"):
        resources_services.note_absence(**act, **hours(19, 30))
    assert code_of(resources_services.note_absence, **act, **hours(30, 30)) == "dates"
    resources_services.note_absence(**act, **hours(20, 30))
    resources_services.note_absence(actor=manager, trainer=TrainerFactory(), **hours(10, 20))
    assert Absence.objects.filter(trainer=trainer).count() == 2
    for _click in range(2):
        resources_services.take_away_absence(actor=manager, absence=first)
    assert names_of(trainer) == ["trainer.away", "trainer.away", "trainer.back"]


def test_a_room_is_closed_for_a_time_and_reopened():
    manager, venue = programme_manager(), VenueFactory()
    closing = resources_services.note_closing(actor=manager, venue=venue, words="Painting", **hours(1, 5))
    assert list(resources_selectors.times_away(venue)) == [closing]
    resources_services.take_away_closing(actor=manager, closing=closing)
    assert names_of(venue) == ["venue.closed", "venue.reopened"]


def test_why_somebody_is_away_stands_in_no_history():
    trainer = TrainerFactory()
    resources_services.note_absence(actor=programme_manager(), trainer=trainer, words="Operation", **hours(1, 2))
    assert Absence.objects.get().words == "Operation"
    assert all("Operation" not in str(event.data) for event in timeline(trainer))


@pytest.mark.sqlite_leg
def test_the_load_counts_published_sessions_of_each_week():
    trainer, cohort = TrainerFactory(), CohortFactory()
    monday = cohort.starts_on - timedelta(days=cohort.starts_on.weekday())
    first, second, third = cohort.sessions.all()
    publish(first, day=monday, trainer=trainer)
    publish(second, day=monday + timedelta(days=6), hour=20, trainer=trainer)
    third.trainer, third.cancelled_at = trainer, timezone.now()
    publish(third, day=monday, trainer=trainer)
    load = dict(resources_selectors.weekly_load(trainer, on=today()))
    assert load[monday] == 2
    assert sum(load.values()) == 2
    assert resources_selectors.sessions_within(trainer, first.starts_at, first.ends_at) == [first]


# -------------------------------------------------------------------------------------------------------- cohorts


def test_a_cohort_gets_a_session_for_each_module_and_the_next_short_name():
    programme, manager = ProgrammeFactory(modules=3), programme_manager()
    CohortFactory(code="LHR-3")
    row = cohorts_services.create_cohort(actor=manager, programme=programme, **values_of_cohort())
    assert (row.code, row.state) == ("LHR-4", "planned")
    assert [(one.position, one.title, one.starts_at) for one in row.sessions.all()] == [
        (1, "Module 1", None),
        (2, "Module 2", None),
        (3, "Module 3", None),
    ]
    assert cohorts_services.create_cohort(actor=manager, programme=programme, **values_of_cohort()) == row
    assert Cohort.objects.filter(programme=programme).count() == 1


@pytest.mark.parametrize(
    ("others", "span", "code"),
    [
        ({"city": ""}, {"last": 70}, "city"),
        ({}, {"last": -1}, "dates"),
        ({}, {"first": -1}, "past"),
        ({}, {"first": 14, "last": 15}, "too_short"),
        ({"code": "TAKEN-1"}, {"last": 70}, "code_taken"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(others, span, code):
    CohortFactory(code="TAKEN-1")
    programme = ProgrammeFactory(modules=8)
    values = values_of_cohort(**days(**span), **others)
    assert code_of(cohorts_services.create_cohort, actor=programme_manager(), programme=programme, **values) == code
    assert not Cohort.objects.filter(programme=programme).exists()


def test_a_programme_without_modules_or_out_of_use_has_no_new_cohorts():
    manager = programme_manager()
    assert code_of(
        cohorts_services.create_cohort, actor=manager, programme=ProgrammeFactory(), **values_of_cohort()
    ) == ("no_modules")
    idle = ProgrammeFactory(modules=1, is_active=False)
    assert code_of(cohorts_services.create_cohort, actor=manager, programme=idle, **values_of_cohort()) == "not_active"


def test_an_online_cohort_has_no_town():
    values = values_of_cohort(mode="online", city="Lahore")
    row = cohorts_services.create_cohort(actor=programme_manager(), programme=ProgrammeFactory(modules=1), **values)
    assert (row.city, row.code) == ("", "ONL-1")


def test_a_cohort_is_cloned_in_one_act_without_times():
    manager, old = programme_manager(), CohortFactory(code="KHI-1", city="Karachi", language="sd")
    for session in old.sessions.all():
        publish(session, trainer=TrainerFactory())
    Programme.objects.filter(pk=old.programme_id).update(is_active=False)
    new = cohorts_services.clone_cohort(actor=manager, cohort=old, places=12, **days(60, 90))
    assert (new.code, new.city, new.language, new.places, new.cloned_from) == ("KHI-2", "Karachi", "sd", 12, old)
    assert [one.title for one in new.sessions.all()] == [one.title for one in old.sessions.all()]
    assert {(one.starts_at, one.trainer_id, one.sequence) for one in new.sessions.all()} == {(None, None, 0)}
    assert cohorts_services.clone_cohort(actor=manager, cohort=old, places=12, **days(60, 90)) == new


def test_a_cohort_is_changed_while_it_is_planned_alone():
    manager, cohort = programme_manager(), CohortFactory()
    cohorts_services.change_cohort(actor=manager, cohort=cohort, **values_of_cohort(places=7, city="Kasur"))
    cohort.refresh_from_db()
    assert (cohort.places, cohort.city) == (7, "Kasur")
    cohorts_services.open_cohort(actor=manager, cohort=cohort)
    with pytest.raises(WrongState):
        cohorts_services.change_cohort(actor=manager, cohort=cohort, **values_of_cohort())
    assert names_of(cohort) == ["cohort.created", "cohort.changed", "cohort.opened"]


def test_a_cohort_whose_first_day_is_over_is_not_opened():
    cohort = CohortFactory()
    Cohort.objects.update(starts_on=today() - timedelta(days=1))
    assert code_of(cohorts_services.open_cohort, actor=programme_manager(), cohort=cohort) == "past"


def test_a_cohort_is_cancelled_with_a_reason_and_with_its_sessions_to_come():
    manager, cohort = programme_manager(), CohortFactory(state="running")
    over, coming, _unplaced = cohort.sessions.all()
    publish(over, day=today() - timedelta(days=2))
    publish(coming)
    assert code_of(cohorts_services.cancel_cohort, actor=manager, cohort=cohort, reason="  ") == "no_reason"
    for _click in range(2):
        cohorts_services.cancel_cohort(actor=manager, cohort=cohort, reason="The hall was flooded.")
    rows = cohort.sessions.order_by("position")
    assert [(row.cancelled_at is not None, row.sequence) for row in rows] == [(False, 0), (True, 1), (True, 1)]
    assert names_of(cohort) == ["cohort.created", "cohort.cancelled"]
    with pytest.raises(WrongState):
        cohorts_services.cancel_cohort(actor=manager, cohort=CohortFactory(state="finished"), reason="Late.")


@pytest.mark.sqlite_leg
def test_the_worker_starts_and_finishes_cohorts_by_their_published_times():
    waiting, begun, running, done = (CohortFactory(state=state) for state in ("open", "open", "running", "running"))
    publish(waiting.sessions.first())
    publish(begun.sessions.first(), day=today() - timedelta(days=1))
    for cohort in (running, done):
        for session in cohort.sessions.all():
            publish(session, day=today() - timedelta(days=3))
    running.sessions.filter(position=3).update(starts_at=None, ends_at=None)
    assert cohorts_services.keep_cohorts() == [begun.code, done.code]
    assert cohorts_services.keep_cohorts() == []
    states = {row.code: row.state for row in Cohort.objects.all()}
    assert [states[row.code] for row in (waiting, begun, running, done)] == ["open", "running", "running", "finished"]
    running.sessions.filter(position=3).update(cancelled_at=timezone.now())
    assert cohorts_services.keep_cohorts() == [running.code]


@pytest.mark.sqlite_leg
def test_places_left_are_those_that_nobody_holds_or_waits_for():
    cohort = CohortFactory(places=3)
    place_in(cohort)
    place_in(cohort, state="waiting")
    assert cohorts_selectors.cohort_for(cohort.public_id).places_left == 1
    place_in(cohort)
    place_in(cohort)
    assert cohorts_selectors.cohort_for(cohort.public_id).places_left == 0


def test_a_firm_with_a_place_opens_the_materials_of_that_programme_alone():
    place = place_in(CohortFactory())
    owner, programme = place.sme.created_by, place.cohort.programme
    assert materials_selectors.programme_with_materials_for(owner, programme.public_id) == programme
    with pytest.raises(NotFound):
        materials_selectors.programme_with_materials_for(owner, ProgrammeFactory().public_id)
    type(place).objects.update(state="given_up")
    with pytest.raises(NotFound):
        materials_selectors.programme_with_materials_for(owner, programme.public_id)


def test_one_room_is_made_of_a_form_sent_twice():
    manager = programme_manager()
    values = {"name": "Expo room 2", "city": "Lahore", "seats": 48, "opening": {"0": ["09:00", "17:00"]}}
    assert resources_services.create_venue(actor=manager, **values) == resources_services.create_venue(
        actor=manager, **values
    )
    venue = Venue.objects.get()
    resources_services.change_venue(actor=manager, venue=venue, **{**values, "seats": 50})
    assert Venue.objects.get().seats == 50
