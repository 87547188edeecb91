"""Appeals and offers by the API: a firm reads its own, officials what their pages show, nobody else anything."""

from __future__ import annotations

import pytest

from selection.appeals import selectors as appeals_selectors
from selection.appeals import services as appeals_services
from selection.models import Conflict, Decision, Round
from selection.states import AppealOutcome, OfferState, Outcome, State, Verdict
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.selection import owner_of
from tests.factories.smes import MemberFactory
from tests.selection.api.test_api import as_, file_url
from tests.selection.appeals import made
from tests.selection.seats.offers import world

pytestmark = pytest.mark.django_db
LIST = "/api/v1/desk/appeals/"
BETTER = {"quality_control": "third_party", "ecommerce_staff": 6, "catalogue_products": 400}


def own(file, person=None) -> dict:
    return as_(person or owner_of(file)).get(f"/api/v1/applications/{file.public_id}/").json()


def one(appeal) -> str:
    return f"{LIST}{appeal.public_id}/"


# ------------------------------------------------------------------------------------------------------- the firm's own


def test_a_firm_reads_until_when_it_can_appeal_and_then_where_its_appeal_stands():
    file = made.decided_file(Outcome.DECLINE)
    appeals_services.keep_draft(actor=owner_of(file), application=file, points=[made.point()])
    ends = appeals_selectors.window_ends(Decision.objects.get(application=file))
    assert (own(file)["appeal"], own(file)["appeal_until"]) == (None, ends.isoformat())

    appeal = made.drawn(file)
    told = own(file, MemberFactory(sme=file.sme).user)
    assert told["appeal_until"] is None
    assert (told["appeal"]["code"], told["appeal"]["state"], told["appeal"]["outcome"]) == (appeal.code, "sent", "")
    assert told["appeal"]["director"] == appeal.director.name
    assert [point["words"] for point in told["appeal"]["points_made"]] == [made.WORDS]


def test_the_answer_is_that_of_the_page():
    file = made.decided_file()
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=1)
    appeal = made.answered(made.drawn(file), AppealOutcome.UPHELD, made.finding(**BETTER))

    told = own(file)["appeal"]

    assert (told["outcome"], told["from_reserve"], told["answer"]) == ("upheld", True, made.REASON)
    assert (told["points_before"], told["points_after"]) == (str(appeal.points), str(appeal.points_after))
    assert told["points_made"][0]["corrections"] == BETTER
    assert own(file)["state"] == "selected"


def test_a_firm_whose_appeal_was_closed_reads_that_it_can_appeal_again_once_its_seat_is_taken_back():
    file = made.decided_file()
    made.sent(file)
    made.made.in_state(file, State.SELECTED)
    appeals_services.close(application_id=file.pk)
    assert (own(file)["appeal"]["state"], own(file)["appeal_until"]) == ("closed", None)

    made.made.in_state(file, State.WAITLISTED)

    ends = appeals_selectors.window_ends(Decision.objects.get(application=file))
    assert (own(file)["appeal"], own(file)["appeal_until"]) == (None, ends.isoformat())


def test_a_selected_firm_and_one_that_waits_for_its_decision_can_appeal_against_nothing():
    for file in (made.decided_file(Outcome.SELECT), made.made.scored()):
        assert (own(file)["appeal"], own(file)["appeal_until"]) == (None, None)


@pytest.mark.parametrize("number", [1, 2])
def test_the_list_costs_the_same_for_one_appeal_and_for_two(number, django_assert_num_queries):
    files = [made.decided_file() for _file in range(number)]
    for file in files:
        made.drawn(file)
    for file in files[1:]:
        MemberFactory(sme=file.sme, user=owner_of(files[0]))
    client = as_(owner_of(files[0]))
    with django_assert_num_queries(8):
        assert len(client.get("/api/v1/applications/").json()["results"]) == number


# ------------------------------------------------------------------------------------------------------------- the desk


def test_a_director_lists_and_narrows_what_the_page_lists():
    rejected = made.answered(made.drawn(made.decided_file()), AppealOutcome.REJECTED, made.finding(Verdict.WRONG))
    waiting = made.drawn(made.decided_file())
    client = as_(director())

    assert {row["code"] for row in client.get(LIST).json()["results"]} == {rejected.code, waiting.code}
    assert [row["id"] for row in client.get(f"{LIST}?state=sent").json()["results"]] == [waiting.public_id]
    assert len(client.get(f"{LIST}?state=draft").json()["results"]) == 2, "not known, so passed over"
    narrowed = client.get(f"{LIST}?round={rejected.round.code}").json()["results"]
    assert [row["file"] for row in narrowed] == [rejected.application.file_number]
    assert client.get(f"{LIST}?round=R999").json()["results"] == []


def test_whoever_had_a_part_learns_that_there_is_one_and_its_outcome_alone():
    file = made.decided_file()
    appeal = made.drawn(file)
    reader = as_(file.readings.first().reader)

    told = reader.get(one(appeal))
    assert (told.json()["state"], told.json()["written"], told.json()["director"]) == ("sent", None, None)
    assert made.WORDS not in told.content.decode()
    assert made.WORDS in as_(appeal.director).get(one(appeal)).content.decode()
    made.answered(appeal, AppealOutcome.REJECTED, made.finding(Verdict.WRONG))
    assert reader.get(one(appeal)).json()["written"]["answer"] == made.REASON


def test_a_draft_and_a_firm_that_one_is_tied_to_are_not_there():
    file, other = made.decided_file(), made.decided_file()
    draft = appeals_services.keep_draft(actor=owner_of(file), application=file, points=[made.point()])
    appeal, boss = made.sent(other), director()
    Conflict.objects.create(official=boss, sme=other.sme, words="A cousin.")

    assert as_(boss).get(one(draft)).status_code == 404
    assert as_(boss).get(one(appeal)).status_code == 404
    assert as_(boss).get(LIST).json()["results"] == []
    assert as_(director()).get(one(appeal)).status_code == 200


@pytest.mark.parametrize("who", [administrator, partner_person, UserFactory])
def test_nobody_else_learns_of_appeals(who):
    file = made.decided_file()
    appeal = made.sent(file)
    for client in (as_(who()), as_(owner_of(file))):
        assert (client.get(LIST).status_code, client.get(one(appeal)).status_code) == (404, 404)
    assert as_(officer()).get(LIST).status_code == 403
    assert as_(who()).get(f"/api/v1/applications/{file.public_id}/").status_code == 404


# -------------------------------------------------------------------------------------------------------------- offers


@pytest.fixture
def offered():
    row = world.put(world.composed(seats=1), State.SELECTED, 80)
    return row, world.seat(row)


def test_a_firm_reads_its_offer_with_its_terms(offered):
    row, offer = offered

    told = own(row, row.sme.created_by)["offer"]

    assert (told["state"], told["deadline"], told["from_place"]) == (
        "open",
        offer.deadline.astimezone().isoformat(),
        None,
    )
    assert told["terms"] == offer.terms.version
    assert told["commitments"] == [{"en": line["en"], "ur": line.get("ur", "")} for line in offer.terms.commitments]
    assert told["deposit_paisa"] == offer.terms.deposit_paisa
    type(offer).objects.filter(pk=offer.pk).update(
        state=OfferState.ACCEPTED.value, mode="online", attendee="Rabia Noor", typed_name="Noor Ahmed"
    )
    told = own(row, row.sme.created_by)["offer"]
    assert (told["state"], told["mode"], told["attendee"]) == ("accepted", "online", "Rabia Noor")


def test_an_official_reads_its_state_and_nothing_of_who_attends(offered):
    row, offer = offered
    type(offer).objects.filter(pk=offer.pk).update(attendee="Rabia Noor")

    told = as_(officer()).get(file_url(row)).json()["offer"]

    assert set(told) == {"state", "offered_at", "deadline", "answered_at"}
    assert told["state"] == "open"


def test_an_official_who_is_tied_to_the_firm_reads_nothing_of_it(offered):
    row, _offer = offered
    tied = officer()
    MemberFactory(sme=row.sme, user=tied)

    assert as_(tied).get(file_url(row)).json()["offer"] is None


def test_a_file_without_an_offer_says_so():
    file = made.made.scored()

    assert own(file)["offer"] is None
    assert as_(officer()).get(file_url(file)).json()["offer"] is None
