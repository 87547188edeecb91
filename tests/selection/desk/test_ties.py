"""What an official who is tied to a firm may see of its file: page, queue, lists and API hide the same."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from selection.models import Conflict, Letter, Reading
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory, director
from tests.factories.selection import RoundFactory
from tests.factories.smes import MemberFactory
from tests.selection import made

pytestmark = pytest.mark.django_db
COMMENT, DECIDED = "Comment-of-a-reader", "Words-of-the-decision"
HIDDEN = {"score", "points", "recommendations", "decisions"}
PAGES = (
    "/desk/{id}/",
    "/desk/?tab=all&open={id}",
    "/desk/?tab=all",
    "/desk/?tab=line",
    "/desk/?tab=all&order=points",
    "/desk/?tab=all&order=points&sector=sports_goods&province=PK-PB",
    "/desk/bulk/?tab=all&order=points",
    "/receipt/{id}/",
    "/home/officer/",
    "/home/director/",
)


@pytest.fixture
def file():
    """Recommended, decided and put on the waiting list: everything there is to hide."""
    round_ = RoundFactory(seats=1)
    made.scored(round=round_)
    row = made.recommended(round=round_)
    Reading.objects.filter(application=row).update(comment=COMMENT)
    codes = ["seats_full"]
    review_services.decide(
        actor=director(),
        application=row,
        outcome="waitlist",
        reason_codes=codes,
        words=DECIDED,
        basis=review_selectors.basis_of(row),
    )
    return made.fresh(row)


def tied_to(file, how):
    person = UserFactory(roles=(Role.OFFICER, Role.APPROVER))
    if how == "conflict":
        Conflict.objects.create(official=person, sme=file.sme, words="My cousin.")
    elif how == "member":
        MemberFactory(sme=file.sme, user=person)
    return person


def told_by_api(client, file):
    """The file and its row in the queue, as the API tells them."""
    one = client.get(f"/api/v1/desk/files/{file.public_id}/").json()
    listed = client.get(f"/api/v1/desk/files/?round={file.round.code}").json()["results"]
    return one, next(row for row in listed if row["id"] == file.public_id)


def addresses(file):
    return [page.format(id=file.public_id) for page in PAGES if not page.startswith("/receipt/")] + [
        reverse("selection:receipt", args=[file.public_id])
    ]


@pytest.mark.parametrize("how", ["conflict", "member", "free"])
def test_page_and_api_hide_the_same_from_whoever_is_tied(client, file, how):
    client.force_login(tied_to(file, how))
    one, row = told_by_api(client, file)
    context = client.get(f"/desk/{file.public_id}/").context
    empty_in_api = {key for key in HIDDEN if not one[key]}
    empty_on_page = {key for key in HIDDEN - {"points"} if not context[key]}
    if how == "free":
        assert (empty_in_api, empty_on_page, row["points"]) == (set(), set(), f"{file.points:.2f}")
        assert all(reading["judged"] for reading in one["readings"])
    else:
        assert (empty_in_api, empty_on_page | {"points"}, row["points"]) == (HIDDEN, HIDDEN, None)
        assert [reading["judged"] for reading in one["readings"]] == [None, None]
        assert [reading.judged for reading in context["readings"]] == [None, None]


@pytest.mark.parametrize("how", ["conflict", "member", "free"])
def test_no_page_of_the_desk_tells_a_tied_official_what_was_judged(client, file, how):
    client.force_login(tied_to(file, how))
    told = {COMMENT, DECIDED, made.WORDS, "Recommended: Select"}
    text = "".join(client.get(address).content.decode() for address in addresses(file)[:-1])
    assert {words for words in told if words in text} == (told if how == "free" else set())


@pytest.mark.parametrize("how", ["conflict", "member", "free"])
@pytest.mark.parametrize("address", [page for page in PAGES if "?" in page])
def test_a_row_of_a_tied_firm_has_no_points_and_no_place_by_points(client, file, how, address):
    client.force_login(tied_to(file, how))
    text = client.get(address.format(id=file.public_id)).content.decode()
    rows = [row for row in re.findall(r"<tr.*?</tr>", text, re.DOTALL) if file.public_id in row]
    shows_place = "points" in address or "line" in address
    if how == "free":
        assert [f"{file.points:.1f}" in row or "bulk" in address for row in rows] == [True]
    else:
        assert [f"{file.points:.1f}" in row for row in rows] == ([] if shows_place else [False])


@pytest.mark.parametrize("how", ["conflict", "member", "free"])
def test_whoever_is_tied_does_not_write_as_the_desk(client, file, how):
    client.force_login(tied_to(file, how))
    address = reverse("selection:desk_write", args=[file.public_id])
    assert (address in client.get(f"/desk/{file.public_id}/").content.decode()) == (how == "free")
    answer = client.post(address, {"letter": "Come and see us.", "token": "t"})
    assert answer.status_code == (302 if how == "free" else 403)
    assert Letter.objects.count() == (how == "free")
