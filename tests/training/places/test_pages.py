"""The pages of places: the firm's choice, and what officials read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tdap_portal.accounts.roles import Role
from tdap_portal.audit import outbox
from tdap_portal.core.calendar import today
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.selection import RoundFactory
from tests.factories.training_places import (
    CohortFactory,
    fill,
    member_of,
    move_to,
    owner_of,
    programme_manager,
    put,
    seated,
    taken_back,
)
from tests.queries import queries_of, repeated
from tests.smes.pages import text_of
from training.models import Place
from training.places import selectors
from training.states import CohortState, PlaceState

pytestmark = pytest.mark.django_db
PAGES_FOR_OFFICIALS = ("/training/places/", "/training/places/{cohort}/", "/training/places/{cohort}/roster.csv")


@pytest.fixture
def cohort():
    return CohortFactory(code="LHR-1")


@pytest.fixture
def offer(cohort):
    return seated()


@pytest.fixture
def owner(client, offer):
    client.force_login(owner_of(offer))
    return owner_of(offer)


def page_of(offer, cohort=None, act=""):
    return f"/training/firm/{offer.application.public_id}/place/" + (f"{cohort.public_id}/{act}" if cohort else "")


def who(person=None, **changed):
    return {"who": person.public_id if person else "other", "attendee": "" if person else "Rabia Noor", **changed}


# ---------------------------------------------------------------------------------------------------------- the firm


def test_the_home_and_the_offer_lead_to_the_choice_and_then_to_the_place(client, offer, cohort, owner):
    for address in ("/file/", f"/file/{offer.application.public_id}/offer/"):
        text = text_of(client.get(address))
        assert f'href="{page_of(offer)}"' in text
        assert "1 cohort is as you accepted it" in text

    put(offer, cohort)

    assert "Your place: cohort LHR-1" in text_of(client.get("/file/"))


def test_the_home_of_a_firm_that_waits_says_its_number_and_without_a_cohort_that_none_is_open(
    client, offer, cohort, owner
):
    put(seated(), cohort, PlaceState.WAITING, minutes_ago=9)
    put(offer, cohort, PlaceState.WAITING)
    assert "Number 2 of its waiting list" in text_of(client.get("/file/"))

    Place.objects.all().delete()
    move_to(cohort, CohortState.PLANNED)

    assert "The cohorts of your training are not open yet" in text_of(client.get("/file/"))


def test_a_floor_below_asks_nobody_where_no_module_is_named(client, offer, owner, settings):
    settings.FIRM_ASKS = []
    text = text_of(client.get("/file/"))
    assert "The seat is yours" in text
    assert page_of(offer) not in text


def test_cohorts_are_shown_with_what_is_left_those_of_another_town_below_with_words(client, offer, cohort, owner):
    put(seated(), cohort)
    CohortFactory(code="KHI-1", city="Karachi")
    CohortFactory(code="OTHER-1", round=RoundFactory())
    CohortFactory(code="PLAN-1", state="planned")

    answer = client.get(page_of(offer))

    text = text_of(answer)
    assert "19 of 20 places" in text
    assert [card.cohort.code for card in answer.context["choice"].fitting] == ["LHR-1"]
    assert [card.cohort.code for card in answer.context["choice"].others] == ["KHI-1"]
    assert "Your firm accepted its seat for: In person, Lahore. This cohort is: In person, Karachi." in text


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("", ["ANY-1", "LHR-1", "LHR-2"]),
        ("?language=en", ["LHR-2"]),
        ("?time=evening", ["ANY-1", "LHR-2"]),
        ("?language=pa", []),
        ("?language=xx&time=yy", ["ANY-1", "LHR-1", "LHR-2"]),
    ],
)
def test_cohorts_are_chosen_by_language_and_time_of_day(client, offer, cohort, owner, words, codes):
    CohortFactory(code="LHR-2", language="en", time_of_day="evening")
    CohortFactory(code="ANY-1", time_of_day="any")
    answer = client.get(page_of(offer) + words)
    assert sorted(card.cohort.code for card in answer.context["choice"].fitting) == codes


def test_a_place_is_taken_on_the_page_by_the_person_named_in_the_offer(client, offer, cohort, owner):
    offer.attendee = owner.name
    offer.save()
    form = client.get(page_of(offer, cohort)).context["who"]
    assert form.initial["who"] == owner.public_id  # named in the offer, and one of the firm's people

    answer = client.post(page_of(offer, cohort), who(owner), follow=True)

    assert "The place in LHR-1 is yours." in text_of(answer)
    assert Place.objects.get().attendee_user == owner


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(client, offer, owner):
    elsewhere = CohortFactory(city="Karachi")
    answer = client.post(page_of(offer, elsewhere), who(attendee="Hamza Noor"))
    assert answer.status_code == 422
    assert "We can come all the same: In person, Karachi." in text_of(answer)
    assert "Hamza Noor" in text_of(answer)
    answer = client.post(page_of(offer, elsewhere), who(attendee="", agrees_elsewhere="on"))
    assert "Write who will come to the training." in text_of(answer)
    assert Place.objects.count() == 0
    assert client.post(page_of(offer, elsewhere), who(agrees_elsewhere="on")).status_code == 302


def test_a_cohort_that_filled_up_while_the_page_stood_open_offers_its_waiting_list(client, offer, owner):
    full = CohortFactory(places=1, code="LHR-2")
    client.get(page_of(offer, full))
    fill(full)

    answer = client.post(page_of(offer, full), who())

    assert answer.status_code == 422
    text = text_of(answer)
    assert "All places of LHR-2 are taken" in text
    assert f'action="{page_of(offer, full, "wait/")}"' in text
    assert "waits for a place in LHR-2" in text_of(client.post(page_of(offer, full, "wait/"), who(), follow=True))
    assert 'Waiting list of <span class="code">LHR-2</span>: number 1' in text_of(client.get(page_of(offer)))
    assert client.post(page_of(offer, full, "stop-waiting/")).status_code == 302
    assert Place.objects.get(application=offer.application).state == PlaceState.GIVEN_UP


def test_moving_on_the_page_and_staying_on_a_list(client, offer, cohort, owner):
    full, other = CohortFactory(places=1, code="LHR-2"), CohortFactory(code="LHR-3")
    fill(full)
    put(offer, cohort)
    assert client.post(page_of(offer, full, "wait/")).status_code == 302  # who comes is known
    assert "Stay on the waiting list of LHR-2" in text_of(client.get(page_of(offer, other)))

    answer = client.post(page_of(offer, other, "change/"), {"keeps_waiting": "on"}, follow=True)

    assert "Your firm moved to LHR-3." in text_of(answer)
    living = Place.objects.filter(application=offer.application, state__in=["held", "waiting"])
    assert dict(living.values_list("cohort__code", "state")) == {"LHR-3": "held", "LHR-2": "waiting"}


def test_two_tabs_end_with_words_and_one_place(client, offer, cohort, owner):
    other = CohortFactory(code="LHR-2")
    client.post(page_of(offer, cohort), who())
    answer = client.post(page_of(offer, other), who())
    assert answer.status_code == 422
    assert "The firm has a place in LHR-1 already." in text_of(answer)
    assert Place.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "says"),
    [("running", "has begun"), ("finished", "is over"), ("cancelled", "was called off")],
)
def test_a_cohort_that_is_not_open_any_more_says_so(client, offer, cohort, owner, state, says):
    move_to(cohort, CohortState(state))
    assert says in text_of(client.get(page_of(offer, cohort)))
    answer = client.post(page_of(offer, cohort), who())
    assert (answer.status_code, says in text_of(answer)) == (422, True)


def test_a_planned_cohort_is_not_there_and_one_of_another_round_says_so(client, offer, cohort, owner):
    other = CohortFactory(round=RoundFactory())
    assert "is for firms of another round" in text_of(client.get(page_of(offer, other)))
    assert client.post(page_of(offer, other), who()).status_code == 422
    move_to(cohort, CohortState.PLANNED)
    assert (
        client.get(page_of(offer, cohort)).status_code == client.post(page_of(offer, cohort), who()).status_code == 404
    )


def test_a_firm_without_an_accepted_seat_is_led_back_in_words(client, offer, cohort, owner):
    taken_back(offer)
    for act in ("", "wait/", "change/", "stop-waiting/"):
        answer = client.post(page_of(offer, cohort, act), who(), follow=True)
        assert "There is none now." in text_of(answer)
    assert "There is none now." in text_of(client.get(page_of(offer), follow=True))
    assert Place.objects.count() == 0


def test_a_trainee_reads_and_cannot_choose(client, offer, cohort):
    client.force_login(member_of(offer, "trainee"))
    assert "An owner or a preparer of the firm chooses the place." in text_of(client.get(page_of(offer)))
    assert "An owner or a preparer of the firm chooses the place." in text_of(client.get(page_of(offer, cohort)))
    for act in ("", "wait/", "change/", "stop-waiting/"):
        assert client.post(page_of(offer, cohort, act), who()).status_code == 403
    assert client.post(page_of(offer) + "attendee/", who()).status_code == 403
    assert Place.objects.count() == 0


def test_the_place_of_another_firm_is_not_there(client, offer, cohort):
    client.force_login(owner_of(seated()))
    assert client.get(page_of(offer)).status_code == client.get(page_of(offer, cohort)).status_code == 404
    for act in ("", "wait/", "change/", "stop-waiting/"):
        assert client.post(page_of(offer, cohort, act), who()).status_code == 404
    assert client.post(page_of(offer) + "attendee/", who()).status_code == 404


def test_another_person_is_noted_on_the_page(client, offer, cohort, owner):
    put(offer, cohort)
    person = member_of(offer, "trainee", user__name="Hamza Noor")
    assert client.post(page_of(offer) + "attendee/", who(attendee="")).status_code == 422
    answer = client.post(page_of(offer) + "attendee/", who(person), follow=True)
    assert "It is noted who comes." in text_of(answer)
    assert Place.objects.get().attendee == "Hamza Noor"


@pytest.mark.parametrize(
    ("deposit", "says"), [(500_000, "a deposit of PKR 5,000"), (0, "Nothing is to be paid for the place")]
)
def test_the_page_says_of_a_deposit_that_it_is_asked_for_with_the_place(client, cohort, deposit, says):
    offer = seated(deposit=deposit)
    client.force_login(owner_of(offer))
    text = text_of(client.get(page_of(offer)))
    assert says in text
    assert ("Once you have a place we ask you for it" in text) is bool(deposit)


def test_a_firm_whose_cohort_was_called_off_is_told_to_choose_again(client, offer, cohort, owner):
    put(offer, cohort)
    move_to(cohort, CohortState.CANCELLED)
    CohortFactory(code="LHR-2")
    text = text_of(client.get(page_of(offer)))
    assert "Cohort LHR-1 was called off." in text
    assert "Choose LHR-2" in text


def test_the_pages_are_there_in_urdu(client, offer, cohort, owner):
    urdu = {"accept-language": "ur"}
    assert "گروپ" in text_of(client.get(page_of(offer), headers=urdu))
    text = text_of(client.get(page_of(offer, cohort), headers=urdu))
    assert "Take the place" not in text
    assert "گروپ" in text


def test_the_choice_asks_as_much_for_thirty_cohorts_as_for_three(client, offer, cohort, owner):
    for number in range(2):
        CohortFactory(code=f"LHR-{number + 900}")
    few = queries_of(client, page_of(offer))
    for number in range(27):
        CohortFactory(code=f"LHR-{number + 950}")
    many = queries_of(client, page_of(offer))
    assert (len(many), repeated(many)) == (len(few), [])
    assert len(many) == 11


def test_long_lists_of_cohorts_are_turned_over_each_by_itself(client, offer, cohort, owner):
    for number in range(22):
        CohortFactory(code=f"LHR-{number + 2}")
        CohortFactory(code=f"KHI-{number}", city="Karachi")
    first = client.get(page_of(offer)).context["choice"]
    assert (len(first.fitting), len(first.others)) == (20, 20)
    second = client.get(page_of(offer), {"others": first.others_page.next}).context["choice"]
    assert [card.cohort.code for card in second.fitting] == [card.cohort.code for card in first.fitting]
    assert {card.cohort.code for card in second.others} == {"KHI-20", "KHI-21"}
    third = client.get(page_of(offer), {"cursor": first.fitting_page.next}).context["choice"]
    assert [card.cohort.code for card in third.fitting] == ["LHR-21", "LHR-22", "LHR-23"]


@pytest.mark.parametrize("mode", ["", "online", "in_person"])
@pytest.mark.parametrize("city", ["", "Lahore"])
def test_the_list_asks_the_database_by_the_same_rule_as_a_single_cohort(mode, city):
    seat = seated(mode=mode, city=city)
    for given in ("online", "in_person", "mixed"):
        for place in ["" if given == "online" else "Lahore", "" if given == "online" else "Karachi"]:
            CohortFactory(mode=given, city=place)
    fitting = set(selectors.fitting_cohorts(seat))
    assert fitting == {row for row in selectors.open_cohorts_for(seat) if selectors.fits(seat, row)}
    assert fitting.isdisjoint(selectors.other_cohorts(seat))
    assert len(fitting) + selectors.other_cohorts(seat).count() == 6


# --------------------------------------------------------------------------------------------------------- officials


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.PROGRAMME_MANAGER, 200),
        (Role.OFFICER, 200),
        (Role.APPROVER, 200),
        (Role.FINANCE_OFFICER, 403),
        (Role.ADMINISTRATOR, 403),
        (Role.PARTNER, 404),
        (None, 404),
    ],
)
def test_rosters_are_for_who_runs_the_training_and_for_the_desk(client, cohort, role, status):
    client.force_login(UserFactory(roles=(role,) if role else ()))
    pages = [page.format(cohort=cohort.public_id) for page in PAGES_FOR_OFFICIALS]
    assert {client.get(page).status_code for page in pages} == {status}


def test_the_desk_sees_firms_without_a_place_and_how_full_cohorts_are(client, cohort):
    lost, waits, placed = seated(days_ago=4), seated(), seated()
    put(placed, cohort)
    put(waits, cohort, PlaceState.WAITING)
    client.force_login(programme_manager())

    answer = client.get("/training/places/")

    text = text_of(answer)
    assert "2 firms with a seat have no place in a cohort" in text
    assert [seat.application_id for seat, _accepted in answer.context["rows"]] == [
        lost.application_id,
        waits.application_id,
    ]
    assert "1 of 20 taken" in text
    assert placed.application.sme.name not in text


@pytest.mark.sqlite_leg
def test_the_list_of_firms_goes_on_over_pages(client, monkeypatch):
    monkeypatch.setattr("training.places.views.PAGE", 2)
    offers = [seated(days_ago=9 - at) for at in range(3)]
    client.force_login(officer())
    first = client.get("/training/places/")
    second = client.get("/training/places/", {"cursor": first.context["page"].next})
    found = [seat.application_id for page in (first, second) for seat, _words in page.context["rows"]]
    assert found == [offer.application_id for offer in offers]


@pytest.mark.sqlite_leg
def test_the_list_of_cohorts_goes_on_over_pages_by_itself(client, monkeypatch):
    monkeypatch.setattr("training.places.views.PAGE", 2)
    for at in range(3):
        CohortFactory(code=f"KHI-{at}", starts_on=today() + timedelta(days=at))
        seated(days_ago=9 - at)
    client.force_login(officer())
    first = client.get("/training/places/", {"cursor": client.get("/training/places/").context["page"].next})
    assert 'aria-labelledby="cohorts-h"' in first.content.decode()
    words = {"cohorts": first.context["cohorts_page"].next, "cursor": ""}
    second = client.get("/training/places/", words)
    found = [row.code for page in (first, second) for row, _given in page.context["cohorts"]]
    assert found == ["KHI-0", "KHI-1", "KHI-2"]
    assert len(first.context["rows"]) == 1  # the other list stays where it was
    assert second.context["cohorts_page"].next is None


def test_the_roster_names_who_comes_and_who_waits_in_order(client, cohort):
    held, first, second = seated(), seated(), seated()
    put(held, cohort, attendee="Hamza Noor")
    put(second, cohort, PlaceState.WAITING, minutes_ago=1)
    put(first, cohort, PlaceState.WAITING, minutes_ago=5)
    put(first, CohortFactory(code="LHR-2"))
    client.force_login(director())

    answer = client.get(f"/training/places/{cohort.public_id}/")

    assert "Hamza Noor" in text_of(answer)
    assert [row.application_id for row in answer.context["waiting"]] == [first.application_id, second.application_id]
    assert "LHR-2" in text_of(answer)
    assert client.get("/training/places/zzzzzzzzzzzz/").status_code == 404


def test_the_table_of_the_roster_runs_nothing(client, cohort):
    put(seated(), cohort, attendee="=1+1")
    client.force_login(programme_manager())
    text = client.get(f"/training/places/{cohort.public_id}/roster.csv").content.decode()
    assert "'=1+1" in text
    assert len(text.strip().splitlines()) == 2


@pytest.mark.parametrize("page", ["/training/places/", "/training/places/{cohort}/"])
def test_the_desks_pages_ask_as_much_for_many_firms_as_for_few(client, cohort, page):
    client.force_login(programme_manager())
    url = page.format(cohort=cohort.public_id)
    for _ in range(2):
        put(seated(), cohort)
        put(seated(), cohort, PlaceState.WAITING)
        seated()
    few = queries_of(client, url)
    for _ in range(5):
        put(seated(), cohort)
        put(seated(), cohort, PlaceState.WAITING)
        seated()
    many = queries_of(client, url)
    assert (len(many), len(few), repeated(many)) == (6, 6, [])


def test_the_history_of_the_file_says_what_became_of_the_place(client, offer, cohort, owner):
    client.post(page_of(offer, cohort), who())
    client.post(page_of(offer, CohortFactory(code="LHR-2"), "change/"))
    outbox.deliver_all()
    client.force_login(director())
    text = text_of(client.get(f"/desk/{offer.application.public_id}/"))
    assert "The firm has a place in cohort LHR-1" in text
    assert "The firm moved from cohort LHR-1 to LHR-2" in text
