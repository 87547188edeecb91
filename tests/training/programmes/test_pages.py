"""The pages of the room: what they show, what they cost, and that nothing typed is lost."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tests.factories.accounts import UserFactory, officer, partner_person
from tests.factories.training import (
    CohortFactory,
    ProgrammeFactory,
    TrainerFactory,
    VenueFactory,
    place_in,
    programme_manager,
    publish,
)
from tests.queries import queries_of, repeated
from training.models import Absence, Cohort, MaterialVersion, Module, Programme, Trainer, Venue
from training.programmes import selectors

from .made import office

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def manager(client):
    person = programme_manager()
    client.force_login(person)
    return person


def page(client, name, /, *args, **query):
    return client.get(reverse(f"training:{name}", args=args), query).content.decode()


def send(client, name, /, *args, **data):
    return client.post(reverse(f"training:{name}", args=args), data)


# ------------------------------------------------------------------------------------------------------- the lists

LISTS = {"programmes": ProgrammeFactory, "trainers": TrainerFactory, "venues": VenueFactory, "cohorts": CohortFactory}


@pytest.mark.parametrize("name", [*LISTS, "public_calendar"])
def test_an_empty_list_says_what_will_stand_there(client, manager, name):
    assert '<div class="empty">' in page(client, name)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_five(client, manager, name):
    LISTS[name]()
    first = queries_of(client, reverse(f"training:{name}"))
    for _row in range(4):
        LISTS[name]()
    assert len(queries_of(client, reverse(f"training:{name}"))) == len(first) == 4
    assert repeated(first) == []


def test_the_calendar_costs_two_queries_however_many_cohorts_there_are(client):
    for _row in range(3):
        CohortFactory(state="open")
    assert len(queries_of(client, reverse("training:public_calendar"))) == 2


def cursor_of(text, way):
    return re.search(rf'rel="{way}" href="\?cursor=([^"&]+)"', text)[1]


@pytest.mark.sqlite_leg
@pytest.mark.parametrize("name", ["trainers", "venues", "cohorts"])
def test_a_long_list_is_turned_over_forth_and_back(client, manager, name):
    rows = [LISTS[name]() for _row in range(27)]
    keys = {row.public_id for row in rows}
    first = page(client, name)
    shown = {key for key in keys if key in first}
    second = page(client, name, cursor=cursor_of(first, "next"))
    assert (len(shown), {key for key in keys if key in second}) == (25, keys - shown)
    back = page(client, name, cursor=cursor_of(second, "prev"))
    assert {key for key in keys if key in back} == shown


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"Hira", "Gul", "Away"}),
        ({"city": "پشاور"}, {"Gul"}),
        ({"city": "Lahore"}, {"Hira", "Away"}),
        ({"skill": "cloud"}, {"Gul"}),
        ({"language": "ps"}, {"Gul"}),
        ({"active": "no"}, {"Away"}),
        ({"q": "hir"}, {"Hira"}),
        ({"skill": "nonsense", "order": "x", "active": "perhaps"}, {"Hira", "Gul", "Away"}),
    ],
)
def test_trainers_are_found_by_town_skill_language_and_name(client, manager, query, found):
    TrainerFactory(name="Hira")
    TrainerFactory(name="Gul", home_city="Swat", cities=["Peshawar"], skills=["cloud"], languages=["ps"])
    TrainerFactory(name="Away", is_active=False)
    text = page(client, "trainers", **query)
    assert {name for name in ("Hira", "Gul", "Away") if f"<bdi>{name}</bdi>" in text} == found


@pytest.mark.sqlite_leg
def test_a_town_written_in_urdu_is_found_as_well(client, manager):
    TrainerFactory(name="Hira", cities=["چکدرہ"])
    assert "<bdi>Hira</bdi>" in page(client, "trainers", city="چکدرہ")


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"city": "Karachi"}, {"KHI-1"}),
        ({"state": "open"}, {"ONL-1"}),
        ({"mode": "online"}, {"ONL-1"}),
        ({"language": "sd"}, {"KHI-1"}),
        ({"round": "R9"}, set()),
        ({"round": "x"}, {"KHI-1", "ONL-1"}),
    ],
)
def test_cohorts_are_narrowed_by_state_town_way_language_and_round(client, manager, query, found):
    CohortFactory(code="KHI-1", city="Karachi", language="sd")
    CohortFactory(code="ONL-1", mode="online", city="", state="open")
    text = page(client, "cohorts", **query)
    assert {code for code in ("KHI-1", "ONL-1") if code in text} == found


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(("query", "found"), [({"equipment": "computers"}, {"Lab"}), ({"mode": "online"}, {"Meeting"})])
def test_venues_are_found_by_what_is_there(client, manager, query, found):
    VenueFactory(name="Lab", equipment=["computers"])
    VenueFactory(name="Meeting", online=True)
    text = page(client, "venues", **query)
    assert {name for name in ("Lab", "Meeting") if f"<bdi>{name}</bdi>" in text} == found


# ---------------------------------------------------------------------------------------------------- the calendar


def test_everybody_sees_what_is_coming_with_the_places_left(client):
    planned, coming, full, over = (CohortFactory(state=state, places=2) for state in ("planned", *["open"] * 3))
    Cohort.objects.filter(pk=over.pk).update(starts_on=today() - timedelta(days=9), ends_on=today() - timedelta(days=1))
    place_in(coming)
    for _place in range(2):
        place_in(full)
    text = page(client, "public_calendar")
    assert {code for code in (planned.code, coming.code, full.code, over.code) if code in text} == {
        coming.code,
        full.code,
    }
    assert ("1 place left" in text, "All places are taken" in text, "provisional: its days" in text) == (
        True,
        True,
        True,
    )
    for session in coming.sessions.all():
        publish(session)
    assert "First session" in page(client, "public_calendar", city="Lahore")


def test_the_calendar_says_when_no_cohort_fits(client):
    CohortFactory(state="open")
    assert "No cohort fits" in page(client, "public_calendar", city="Quetta")


def test_a_visitor_and_a_firm_are_led_to_the_calendar_and_officials_to_the_cohorts(client):
    assert 'href="/training/"' in client.get("/rounds/").content.decode()
    client.force_login(partner_person())
    assert 'href="/training/"' in client.get("/rounds/").content.decode()
    client.force_login(officer())
    assert 'href="/training/cohorts/"' in client.get("/rounds/").content.decode()


# ------------------------------------------------------------------------------------------------------ programmes

PROGRAMME = {"code": "EXP-1", "name": "First export order", "attendance_percent": "80", "pass_mark": "60"}
MODULE = {
    "title": "Product pages", "minutes": "180", "skill": "listing", "equipment": ["projector"],
    "outcomes_en": "Write a page\n\n Take a photograph ", "outcomes_ur": "صفحہ لکھنا\nتصویر لینا",
}  # fmt: skip


def test_a_programme_is_set_up_and_gets_its_modules(client, manager):
    send(client, "programme_new", **PROGRAMME, is_active="on")
    programme = Programme.objects.get()
    send(client, "module_new", programme.public_id, **MODULE)
    first = programme.modules.get()
    assert first.outcomes == [
        {"en": "Write a page", "ur": "صفحہ لکھنا"},
        {"en": "Take a photograph", "ur": "تصویر لینا"},
    ]
    send(client, "module_new", programme.public_id, **{**MODULE, "title": "Prices"}, after=[first.public_id])
    second = programme.modules.get(position=2)
    assert list(second.after.all()) == [first]
    text = page(client, "programme", programme.public_id)
    assert ("Take a photograph" in text, "Module “Prices” was added" in text) == (True, True)
    client.cookies["django_language"] = "ur"
    assert "تصویر لینا" in page(client, "programme", programme.public_id)


def test_the_page_of_a_module_shows_what_it_has_and_changes_it(client, manager):
    programme = ProgrammeFactory(modules=2)
    first, second = selectors.modules_of(programme)
    second.after.set([first])
    Module.objects.filter(pk=second.pk).update(outcomes=[{"en": "Sell", "ur": ""}])
    text = page(client, "module_edit", programme.public_id, second.public_id)
    assert (">Sell</textarea>" in text.replace("\n", ""), text.count("checked")) == (True, 2)
    answer = send(client, "module_edit", programme.public_id, second.public_id, **MODULE)
    assert answer.status_code == 302
    assert (Module.objects.get(pk=second.pk).title, second.after.count()) == ("Product pages", 0)


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"outcomes_ur": "one\ntwo\nthree"}, "as many lines as in English"),
        ({"minutes": "5"}, "greater than or equal to 15"),
        ({"skill": "magic"}, "magic"),
        ({"title": ""}, "One thing to put right"),
    ],
)
def test_a_module_that_does_not_fit_is_shown_again_with_all_that_was_typed(client, manager, others, words):
    programme = ProgrammeFactory()
    text = send(client, "module_new", programme.public_id, **{**MODULE, **others}).content.decode()
    assert (words in text, "Take a photograph" in text) == (True, True)
    assert "Take a photograph" in page(client, "module_new", programme.public_id)  # kept until it is taken
    assert programme.modules.count() == 0


def test_modules_are_moved_by_buttons(client, manager):
    programme = ProgrammeFactory(modules=2)
    first, second = selectors.modules_of(programme)
    send(client, "module_move", programme.public_id, second.public_id, way="up", position="2")
    assert [one.pk for one in selectors.modules_of(programme)] == [second.pk, first.pk]
    first.after.set([second])
    answer = client.post(
        reverse("training:module_move", args=[programme.public_id, first.public_id]),
        {"way": "up", "position": "2"},
        follow=True,
    )
    assert "so it stays behind it" in answer.content.decode()
    send(client, "module_move", programme.public_id, first.public_id, way="up", position="x")


def test_what_was_typed_outlasts_the_end_of_the_session(client, manager):
    page(client, "programme_new")
    del client.cookies["sessionid"]
    send(client, "programme_new", **PROGRAMME)
    client.force_login(manager)
    assert 'value="First export order"' in page(client, "programme_new")


# ------------------------------------------------------------------------------------------------------- materials


def slides(name="slides.pptx", content=None):
    return SimpleUploadedFile(name, content or office())


def test_materials_are_sent_in_versions_and_packed(client, manager):
    programme = ProgrammeFactory(modules=1)
    module = programme.modules.get()
    send(
        client, "materials", programme.public_id, module=module.public_id, title="Slides", language="ur", file=slides()
    )
    first = MaterialVersion.objects.get()
    newer = office(extra={"ppt/slide2.xml": "<s/>"})
    send(client, "material", programme.public_id, first.material.public_id, file=slides(content=newer))
    text = page(client, "materials", programme.public_id)
    assert ("version 2" in text, "Offline pack, Urdu" in text) == (True, True)
    file = client.get(reverse("training:material_file", args=[programme.public_id, first.material.public_id, 1]))
    assert (b"".join(file), file["Content-Disposition"]) == (office(), 'attachment; filename="slides.pptx"')
    pack = client.get(reverse("training:material_pack", args=[programme.public_id, "ur"]))
    package = zipfile.ZipFile(io.BytesIO(b"".join(pack)))
    assert [package.read(name) for name in package.namelist()] == [newer]
    assert client.get(reverse("training:material_pack", args=[programme.public_id, "en"])).status_code == 404
    assert "Hand out" in page(client, "material_withdraw", programme.public_id, first.material.public_id)
    send(client, "material_withdraw", programme.public_id, first.material.public_id)
    assert "Nothing is handed out yet" in page(client, "materials", programme.public_id)
    assert "no longer handed out" in page(client, "material", programme.public_id, first.material.public_id)


def test_a_file_that_is_refused_is_refused_in_words_beside_its_field(client, manager):
    programme = ProgrammeFactory(modules=1)
    data = {"module": programme.modules.get().public_id, "title": "Slides", "language": "ur"}
    answer = send(client, "materials", programme.public_id, **data, file=slides(content=office(extra={"x.exe": "MZ"})))
    assert "holds a macro" in answer.content.decode()
    assert not MaterialVersion.objects.exists()


def test_a_trainer_and_a_firm_with_a_place_open_materials_and_nobody_else_does(client, manager):
    place = place_in(CohortFactory())
    programme = place.cohort.programme
    module = programme.modules.first()
    send(
        client, "materials", programme.public_id, module=module.public_id, title="Slides", language="ur", file=slides()
    )
    version = MaterialVersion.objects.get()
    ways = [
        reverse("training:materials", args=[programme.public_id]),
        reverse("training:material_file", args=[programme.public_id, version.material.public_id, 1]),
        reverse("training:material_pack", args=[programme.public_id, "ur"]),
    ]
    trainer = TrainerFactory(user=UserFactory()).user
    for person, status in (
        (trainer, 200),
        (place.sme.created_by, 200),
        (officer(), 200),
        (UserFactory(), 404),
        (partner_person(), 404),
    ):
        client.force_login(person)
        answers = [client.get(way) for way in ways]
        assert [answer.status_code for answer in answers] == [status] * 3
        assert all(b"".join(answer) for answer in answers)  # to its end, so that a file is closed
    client.force_login(trainer)
    assert send(client, "materials", programme.public_id, title="Mine").status_code == 403
    send(client, "material_withdraw", programme.public_id, version.material.public_id)
    assert not MaterialVersion.objects.get().material.is_withdrawn


# ------------------------------------------------------------------------------------------------ trainers, venues

TRAINER = {
    "name": "Hira Saleem", "home_city": "لاہور", "time_zone": "Asia/Karachi", "skills": ["listing", "cloud"], "languages": ["ur"],
    "cities": "Lahore, سیالکوٹ،Lahore", "weekdays": ["0", "5"], "weekly_sessions": "4", "is_active": "on",
}  # fmt: skip


def test_a_trainer_is_added_and_changed(client, manager):
    person = UserFactory(email="hira@example.pk")
    send(client, "trainer_new", **TRAINER, email="hira@example.pk")
    row = Trainer.objects.get()
    assert (row.user, row.home_city, row.cities, row.weekdays, row.is_online) == (
        person,
        "Lahore",
        ["Lahore", "Sialkot"],
        [0, 5],
        False,
    )
    text = page(client, "trainer_edit", row.public_id)
    assert ('value="Lahore, Sialkot"' in text, 'value="hira@example.pk"' in text) == (True, True)
    send(client, "trainer_edit", row.public_id, **{**TRAINER, "name": "Hira S."}, email="hira@example.pk")
    text = page(client, "trainer", row.public_id)
    assert ("Hira S." in text, "Monday, Saturday" in text, "hira@example.pk" in text) == (True, True, True)
    answer = send(client, "trainer_new", **{**TRAINER, "name": "B"}, email="nobody@example.pk")
    assert "no account with this e-mail" in answer.content.decode()


def test_a_trainer_teaches_somewhere(client, manager):
    assert "Name a town" in send(client, "trainer_new", **{**TRAINER, "cities": ""}).content.decode()


def moment(hours):
    return timezone.localtime(timezone.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_a_time_away_is_noted_and_the_published_sessions_in_it_are_named(client, manager):
    trainer, cohort = TrainerFactory(), CohortFactory()
    session = publish(cohort.sessions.first(), day=today() + timedelta(days=2), trainer=trainer)
    answer = client.post(
        reverse("training:trainer", args=[trainer.public_id]),
        {"starts_at": moment(1), "ends_at": moment(24 * 5)},
        follow=True,
    ).content.decode()
    assert ("The time is noted." in answer, f"{cohort.code}/{session.position}" in answer) == (True, True)
    overlap = send(client, "trainer", trainer.public_id, starts_at=moment(2), ends_at=moment(3)).content.decode()
    assert "noted already: from" in overlap
    past = send(client, "trainer", trainer.public_id, starts_at=moment(-3), ends_at=moment(-2)).content.decode()
    assert "over already" in past
    send(client, "absence_remove", trainer.public_id, Absence.objects.get().public_id)
    assert not Absence.objects.exists()


def test_a_room_has_its_hours_of_each_day(client, manager):
    values = {"name": "Expo room 2", "city": "Lahore", "seats": "48", "equipment": ["projector"], "is_active": "on"}
    hours = {"from_0": "09:00", "until_0": "17:00", "from_5": "10:00", "until_5": "13:30"}
    send(client, "venue_new", **values, **hours)
    row = Venue.objects.get()
    assert row.opening == {"0": ["09:00", "17:00"], "5": ["10:00", "13:30"]}
    text = page(client, "venue", row.public_id)
    assert ("10:00–13:30" in text, text.count("shut")) == (True, 5)
    assert 'value="13:30"' in page(client, "venue_edit", row.public_id)
    send(client, "venue_edit", row.public_id, **values, from_0="08:00", until_0="12:00")
    assert Venue.objects.get().opening == {"0": ["08:00", "12:00"]}
    send(client, "venue", row.public_id, starts_at=moment(1), ends_at=moment(9), words="Painting")
    assert "Painting" in page(client, "venue", row.public_id)
    send(client, "closing_remove", row.public_id, row.closings.get().public_id)
    assert row.closings.count() == 0


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"from_0": "09:00"}, "Write both hours"),
        ({"from_0": "17:00", "until_0": "09:00"}, "closes after it opens"),
        ({}, "at least one day"),
        ({"from_0": "09:00", "until_0": "17:00", "city": ""}, "needs the link"),
        ({"from_0": "09:00", "until_0": "17:00", "link": "https://meet.example/x"}, "has no link"),
        ({"from_0": "09:00", "until_0": "17:00", "city": "", "link": "javascript:alert(1)"}, "valid URL"),
    ],
)
def test_a_room_that_does_not_fit_is_refused_in_words(client, manager, others, words):
    values = {"name": "Expo room 2", "city": "Lahore", "seats": "48"}
    assert words in send(client, "venue_new", **{**values, **others}).content.decode()
    assert not Venue.objects.exists()


def test_the_link_of_a_meeting_is_shown_to_the_programme_manager_alone(client, manager):
    venue = VenueFactory(online=True)
    assert venue.link in page(client, "venue", venue.public_id)
    client.force_login(officer())
    assert venue.link not in page(client, "venue", venue.public_id)


# --------------------------------------------------------------------------------------------------------- cohorts


def cohort_values(programme, **others):
    first, last = (str(today() + timedelta(days=number)) for number in (14, 60))
    values = {
        "programme": programme.public_id, "mode": "in_person", "city": "Lahore", "language": "ur", "time_of_day": "morning",
        "starts_on": first, "ends_on": last, "places": "20", "weekly_sessions": "2",
    }  # fmt: skip
    return {**values, **others}


def test_a_cohort_goes_from_its_plan_into_the_calendar_and_is_called_off(client, manager):
    programme = ProgrammeFactory(modules=3)
    send(client, "cohort_new", **cohort_values(programme, code="lhr-7"))
    row = Cohort.objects.get()
    assert (row.code, row.round, row.sessions.count()) == ("LHR-7", None, 3)
    changed = {**cohort_values(programme), "places": "9"}
    send(client, "cohort_edit", row.public_id, **changed)
    assert 'value="9"' in page(client, "cohort_edit", row.public_id)
    assert "Open cohort LHR-7?" in page(client, "cohort_open", row.public_id)
    send(client, "cohort_open", row.public_id)
    assert "LHR-7" in page(client, "public_calendar")
    assert 'value="LHR-8"' in page(client, "cohort_clone", row.public_id)
    days = {"starts_on": str(today() + timedelta(days=70)), "ends_on": str(today() + timedelta(days=99))}
    send(client, "cohort_clone", row.public_id, code="", places="9", **days)
    assert Cohort.objects.get(code="LHR-8").cloned_from == row
    assert "Why it is cancelled" in page(client, "cohort_cancel", row.public_id)
    send(client, "cohort_cancel", row.public_id, reason="The hall was flooded.")
    text = page(client, "cohort", row.public_id)
    assert ("Cancelled: The hall was flooded." in text, "LHR-7" in page(client, "public_calendar")) == (True, False)


def test_a_plan_that_does_not_fit_is_refused_in_words_and_kept(client, manager):
    programme = ProgrammeFactory(modules=8)
    values = cohort_values(programme, ends_on=str(today() + timedelta(days=15)), weekly_sessions="1", places="17")
    text = send(client, "cohort_new", **values).content.decode()
    assert ("8 sessions need 8 weeks" in text, 'value="17"' in text) == (True, True)
    assert "Say in which town" in send(client, "cohort_new", **cohort_values(programme, city="")).content.decode()
    wrong = send(client, "cohort_new", **cohort_values(programme, code="Lahore four")).content.decode()
    assert "Write it like LHR-4" in wrong
    assert not Cohort.objects.exists()


def test_the_address_of_the_meetings_is_set_once_people_know_the_cohort_and_stands_in_no_history(client, manager):
    row = CohortFactory(state="running")
    session = row.sessions.get(position=2)
    here, there = "https://meet.example.org/j/1", "https://meet.example.org/j/2"
    assert (
        send(client, "cohort_joining", row.public_id, join_url=here, **{f"s-{session.public_id}": there}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.join_url, [one.join_url for one in row.sessions.order_by("position")]) == (here, ["", there, ""])
    assert here in page(client, "cohort_joining", row.public_id)
    event = Event.objects.get(name="cohort.joining_changed")
    assert event.data == {"code": row.code, "addresses": 2}
    assert "Addresses of its meetings were changed" in page(client, "cohort", row.public_id)
    send(client, "cohort_joining", row.public_id, join_url=here, **{f"s-{session.public_id}": there})
    assert Event.objects.filter(name="cohort.joining_changed").count() == 1


@pytest.mark.parametrize(
    "url", ["http://meet.example.org/j", "javascript:alert(1)", "https://", "https://x" * 100, "ftp://a.b/c"]
)
def test_an_address_that_is_not_safe_is_refused_beside_its_field(client, manager, url):
    row = CohortFactory(state="open")
    answer = send(client, "cohort_joining", row.public_id, join_url=url)
    row.refresh_from_db()
    assert (answer.status_code, row.join_url) == (200, "")
    assert "is-wrong" in answer.content.decode()


def test_nobody_else_sets_or_reads_where_a_meeting_is(client, manager):
    row = CohortFactory(state="open", join_url="https://meet.example.org/j/1")
    client.force_login(officer())
    assert send(client, "cohort_joining", row.public_id, join_url="").status_code == 403
    assert row.join_url not in page(client, "cohort", row.public_id)
    row.refresh_from_db()
    assert row.join_url == "https://meet.example.org/j/1"


def test_a_cohort_that_is_over_is_joined_nowhere(client, manager):
    row = CohortFactory(state="finished")
    answer = send(client, "cohort_joining", row.public_id, join_url="https://meet.example.org/j/1")
    assert "This cohort is over" in answer.content.decode()


def test_an_act_that_came_too_late_says_so(client, manager):
    row = CohortFactory(state="finished")
    answer = send(client, "cohort_open", row.public_id)
    assert (answer.status_code, "moved on" in answer.content.decode()) == (409, True)
    assert "moved on" in send(client, "cohort_cancel", row.public_id, reason="Late.").content.decode()
    changed = send(client, "cohort_edit", row.public_id, **cohort_values(row.programme))
    assert "Only a planned cohort can be changed" in changed.content.decode()


def test_the_page_of_a_cohort_costs_the_same_for_three_sessions_and_for_eight(client, manager):
    few, many = CohortFactory(), CohortFactory(programme=ProgrammeFactory(modules=8))
    for row in (few, many):
        for session in row.sessions.all():
            publish(session, trainer=TrainerFactory(), venue=VenueFactory())
    first, second = (queries_of(client, reverse("training:cohort", args=[row.public_id])) for row in (few, many))
    assert len(first) == len(second) == 6
    assert repeated(first) == []


@pytest.mark.parametrize("language", ["en", "ur"])
def test_other_officials_read_all_and_are_offered_no_act(client, language):
    client.force_login(officer())
    client.cookies["django_language"] = language
    cohort, trainer, venue = CohortFactory(), TrainerFactory(), VenueFactory()
    pages = [
        ("programmes",), ("programme", cohort.programme.public_id), ("materials", cohort.programme.public_id),
        ("trainers",), ("trainer", trainer.public_id), ("venues",), ("venue", venue.public_id), ("cohorts",),
        ("cohort", cohort.public_id),
    ]  # fmt: skip
    for name, *args in pages:
        text = page(client, name, *args)
        main = text.split("<main")[1].split("</main>")[0]
        assert ('method="post"' in main, "btn-primary" in main) == (False, False)
