"""The pages of offers: what the firm reads and sends, and what directors read and sign."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from selection.models import Application, Offer, SeatAct
from selection.seats.offers import overview, selectors, services, signing
from selection.states import OfferState, State
from tests.factories.accounts import director, officer
from tests.factories.smes import MemberFactory, SmeFactory
from tests.smes.pages import text_of

from . import world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def round_(module_db):
    return world.composed(seats=2)


@pytest.fixture(scope="module")
def files(round_):
    found = {
        "A": world.put(round_, State.SELECTED, 80),
        "B": world.put(round_, State.SELECTED, 78),
        "W": world.put(round_, State.WAITLISTED, 60),
    }
    world.seat(found["A"])
    world.seat(found["B"], accepted=True)
    world.deliver()
    return found


@pytest.fixture
def owner(files):
    return files["A"].sme.created_by


def page_of(row):
    return f"/file/{row.public_id}/offer/"


def words(owner, **changed):
    return {"attendee": "Rabia Noor", "agreed": "on", "typed_name": owner.name, **changed}


def test_the_home_of_a_selected_firm_leads_to_its_offer_as_the_one_thing_to_do(client, files, owner):
    client.force_login(owner)

    text = text_of(client.get("/file/"))

    assert "A seat is yours if you accept by" in text
    assert f'href="{page_of(files["A"])}"' in text


def test_an_owner_reads_accepts_and_then_sees_what_was_taken_on(client, files, owner):
    client.force_login(owner)
    text = text_of(client.get(page_of(files["A"])))
    assert "Nothing is to be paid now." in text
    assert "Come to at least eight of ten sessions" in text
    assert Offer.objects.get(application=files["A"]).opened_at is not None

    answer = client.post(page_of(files["A"]), words(owner), follow=True)

    assert "The seat is yours" in text_of(answer)
    assert "Rabia Noor" in text_of(answer)
    assert Offer.objects.get(application=files["A"]).state == OfferState.ACCEPTED


def test_who_comes_is_chosen_from_the_people_of_the_firm_or_typed(client, files, owner):
    member = MemberFactory(sme=files["A"].sme).user
    client.force_login(owner)
    page = client.get(page_of(files["A"]))
    choices = [name for name, _label in page.context["form"].fields["person"].choices]
    assert choices == [owner.name, member.name, ""]
    asked = text_of(page).partition("Your name, as a signature")[0]
    assert "(optional)" not in asked, "one of the two is needed"

    neither = client.post(page_of(files["A"]), words(owner, attendee=""))
    both = client.post(page_of(files["A"]), words(owner, person=member.name))
    stranger = client.post(page_of(files["A"]), words(owner, person="Mallory", attendee=""))
    assert [answer.status_code for answer in (neither, both, stranger)] == [422, 422, 422]
    assert "Choose who will come, or write the name of somebody else." in text_of(neither)
    assert "and wrote another name" in text_of(both)
    assert Offer.objects.get(application=files["A"]).state == OfferState.OPEN

    client.post(page_of(files["A"]), words(owner, person=member.name, attendee=""))
    assert Offer.objects.get(application=files["A"]).attendee == member.name


def test_the_page_is_there_in_urdu(client, files, owner):
    client.force_login(owner)
    client.cookies["language"] = "ur"

    text = text_of(client.get(page_of(files["A"]), headers={"accept-language": "ur"}))

    assert "نشست قبول کریں" in text
    assert "تربیت کے 10 میں سے کم از کم 8 سیشنوں میں شریک ہونا۔" in text


def test_a_page_that_was_opened_before_the_deadline_and_sent_after_it_is_answered_kindly(client, files, owner):
    client.force_login(owner)
    client.get(page_of(files["A"]))
    Offer.objects.filter(application=files["A"]).update(deadline=timezone.now() - timedelta(seconds=1))

    answer = client.post(page_of(files["A"]), words(owner))

    assert answer.status_code == 422
    assert "so nothing was changed" in text_of(answer)
    assert Offer.objects.get(application=files["A"]).state == OfferState.OPEN


def test_a_firm_that_declined_reads_what_it_can_do_and_no_steps_that_will_not_come(client, files, owner):
    client.force_login(owner)

    text = text_of(client.post(f"{page_of(files['A'])}decline/", {"reason_code": "too_far"}, follow=True))

    assert "What you can do now" in text
    assert f'href="/file/{files["A"].public_id}/receipt/"' in text
    for gone in ("What you commit to", "Training and certificate", "Nothing is to be paid now."):
        assert gone not in text


def test_what_was_typed_stands_in_the_form_that_comes_back(client, files, owner):
    client.force_login(owner)

    answer = client.post(page_of(files["A"]), words(owner, typed_name="Somebody", attendee="Hamza Noor"))

    assert answer.status_code == 422
    assert "Hamza Noor" in text_of(answer)


def test_whoever_is_no_owner_reads_the_offer_and_cannot_answer_it(client, files):
    other = MemberFactory(sme=files["A"].sme, role="preparer").user
    client.force_login(other)

    assert "Only an owner of the firm can accept or decline" in text_of(client.get(page_of(files["A"])))
    assert client.post(page_of(files["A"]), words(other)).status_code == 403
    assert client.post(page_of(files["A"]) + "decline/", {"reason_code": "no_time"}).status_code == 403


@pytest.mark.parametrize("address", ["", "decline/", "give-back/"])
def test_another_firms_offer_is_not_there(client, files, address):
    client.force_login(SmeFactory(complete=True).created_by)

    answer = client.post(page_of(files["A"]) + address, {"reason_code": "no_time"})

    assert answer.status_code == 404


def test_declining_asks_why_and_the_next_firm_gets_the_seat(client, files, owner):
    client.force_login(owner)
    assert client.post(page_of(files["A"]) + "decline/", {"reason_code": ""}).status_code == 422

    answer = client.post(page_of(files["A"]) + "decline/", {"reason_code": "too_far"}, follow=True)
    world.deliver()

    assert "The reason you gave: Too far to travel." in text_of(answer)
    assert selectors.seat_of(files["W"]) is not None


@pytest.mark.parametrize("address", ["/file/", "/file/{public_id}/"])
def test_a_waiting_firm_reads_its_place_and_that_no_round_was_before(client, files, address):
    client.force_login(files["W"].sme.created_by)

    text = text_of(client.get(address.format(public_id=files["W"].public_id)))

    assert "Place 1 of 1 on the waiting list" in text
    assert "There is no earlier round with offers yet" in text


def test_a_waiting_firm_reads_its_chance_as_a_range_until_the_list_is_closed(client, files, round_, monkeypatch):
    client.force_login(files["W"].sme.created_by)
    monkeypatch.setattr(selectors, "moved_before", lambda _round: [9, 4, 0])
    assert "between 50 and 75 in a hundred" in text_of(client.get("/file/"))

    terms = selectors.newest_terms(round_)
    terms.last_moment = timezone.now() + timedelta(hours=30)
    terms.save()

    text = text_of(client.get("/file/"))
    assert "The list is closed." in text
    assert "in a hundred" not in text


# ------------------------------------------------------------------------------------------------------- directors


def desk(round_, address=""):
    return f"/desk/rounds/{round_.code}/offers/{address}"


def test_the_numbers_of_the_round_are_the_sum_of_the_rows_beneath(client, files, round_):
    client.force_login(director())

    answer = client.get(desk(round_))

    parts = answer.context["parts"]
    assert sum(part.number for part in parts) == round_.places == 2
    assert len(answer.context["open"]) == answer.context["seats"].open == 1
    text = text_of(answer)
    assert "1 of 2 seats are taken" in text
    assert "1 firm has not opened its offer" in text


@pytest.mark.parametrize("address", ["", "terms/", "waiting/", "reserve/", "short/", "offers.csv", "offers.xlsx"])
def test_offers_of_a_round_are_for_directors(client, files, round_, address):
    client.force_login(officer())
    assert client.get(desk(round_, address)).status_code == 403
    client.force_login(files["A"].sme.created_by)
    assert client.get(desk(round_, address)).status_code == 404
    client.force_login(director())
    assert client.get(desk(round_, address)).status_code == 200


def test_one_director_proposes_and_another_signs_on_the_page(client, files, round_):
    first, second = director(), director()
    services.give_back(actor=files["B"].sme.created_by, offer=selectors.seat_of(files["B"]), reason_code="no_time")
    client.force_login(first)
    client.post(desk(round_, "reserve/"), {"reserve": "1", "words": "An appeal is on its way."})
    act = SeatAct.objects.get()
    assert "a second director signs it" in text_of(client.get(desk(round_)))
    assert client.post(desk(round_, f"acts/{act.public_id}/sign/")).status_code == 422

    client.force_login(second)
    assert client.post(desk(round_, f"acts/{act.public_id}/sign/")).status_code == 302

    round_.refresh_from_db()
    assert round_.appeal_reserve == 1


def test_a_reserve_of_seats_that_do_not_exist_is_refused_in_words(client, files, round_):
    client.force_login(director())

    answer = client.post(desk(round_, "reserve/"), {"reserve": "3", "words": "To be safe."})

    assert answer.status_code == 422
    assert "This is 3 seats more than there are" in text_of(answer)
    assert SeatAct.objects.count() == 0


def test_terms_are_set_on_the_page_and_read_by_the_next_offer(client, files, round_):
    client.force_login(director())
    page = client.get(desk(round_, "terms/"))
    assert "Deposits are not taken here yet" not in text_of(page)
    typed = {
        name: value
        for name, value in page.context["form"].initial.items()
        if value not in (None, "") and value is not False
    }

    answer = client.post(desk(round_, "terms/"), typed | {"term_days": "4", "towns": "Sialkot, lahore", "online": "on"})

    assert answer.status_code == 302
    terms = selectors.newest_terms(round_)
    assert (terms.version, terms.term_days) == (2, 4)
    assert terms.choices == [
        {"mode": "online", "city": ""},
        {"mode": "in_person", "city": "Sialkot"},
        {"mode": "in_person", "city": "Lahore"},
    ]


def test_a_reminder_from_the_page_reaches_the_firm_once_a_day(client, files, round_):
    client.force_login(director())
    offer = selectors.seat_of(files["A"])

    assert client.post(desk(round_, f"{offer.public_id}/remind/")).status_code == 302
    assert client.post(desk(round_, f"{offer.public_id}/remind/")).status_code == 422


def test_the_table_of_offers_has_every_offer_and_runs_nothing(client, files, round_):
    Application.objects.filter(pk=files["A"].pk).update(sme_name="=1+1")
    client.force_login(director())

    rows = client.get(desk(round_, "offers.csv")).content.decode().strip().splitlines()

    assert len(rows) == 3
    assert any("'=1+1" in row for row in rows)


def test_the_workbook_of_offers_is_the_table_with_texts_as_texts(client, files, round_):
    Application.objects.filter(pk=files["A"].pk).update(sme_name="=1+1")
    client.force_login(director())

    content = client.get(desk(round_, "offers.xlsx")).content

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert tuple(rows[0]) == overview.CSV_HEAD
    assert len(rows) == 3
    assert "=1+1" in [row[1] for row in rows]
    assert all(isinstance(row[3], float) for row in rows[1:])
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_an_act_that_was_returned_is_gone_from_the_page(client, files, round_):
    services.give_back(actor=files["B"].sme.created_by, offer=selectors.seat_of(files["B"]), reason_code="no_time")
    act = signing.propose_reserve(actor=director(), round=round_, reserve=1, words="An appeal.")
    client.force_login(director())
    assert client.post(desk(round_, f"acts/{act.public_id}/return/"), {"words": ""}).status_code == 422

    assert client.post(desk(round_, f"acts/{act.public_id}/return/"), {"words": "It was upheld."}).status_code == 302

    assert "Keep 1 seat for appeals." not in text_of(client.get(desk(round_)))
