"""A receipt computed again by whoever has it: page, command, and the card that the firm downloads."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from selection.check.forms import MAX_CARD_BYTES
from selection.engine.card import Card
from selection.engine.policy import Policy
from selection.engine.score import score
from selection.models import ScoreCard
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, decided, owner_of
from tests.markup import flat
from tests.selection.engine.situations import ON, evidence, facts

pytestmark = pytest.mark.django_db
URL = "/receipt/check/"


@pytest.fixture
def file():
    return decided(ApplicationFactory(scored=True, round=RoundFactory(policy="2026-2")))


def card_of(row) -> dict:
    return ScoreCard.objects.get(application=row).card


def asked(client, row, seal: str) -> str:
    return flat(client.post(URL, {"file": row.file_number.lower(), "seal": seal}).content.decode())


def sent(client, card: object) -> str:
    content = card if isinstance(card, bytes) else json.dumps(card).encode()
    answer = client.post(URL, {"card": SimpleUploadedFile("card.json", content, "application/json")})
    assert answer.status_code == 200
    return flat(answer.content.decode())


# ------------------------------------------------------------------------------------------------------- by the seal


def test_whoever_has_number_and_seal_hears_that_it_is_the_same_and_nothing_of_the_firm(client, file):
    seal = Card.from_json(card_of(file)).short_seal
    page = asked(client, file, seal)
    assert "Yes: the same facts give the same points" in page
    assert "2026-2" in page
    for private in (file.sme_name, str(file.points), "As printed, and as computed", "Export experience"):
        assert private not in page


@pytest.mark.parametrize("wrong", ["number", "seal"])
def test_a_wrong_number_and_a_wrong_seal_read_the_same(client, file, wrong):
    seal = Card.from_json(card_of(file)).short_seal
    if wrong == "number":
        file.file_number = "R99-0001"
    page = asked(client, file, "0123 4567 89ab" if wrong == "seal" else seal)
    assert "We do not know this number with this seal" in page
    assert "Yes: the same facts" not in page


def test_a_short_seal_is_refused_so_that_nobody_guesses(client, file):
    page = asked(client, file, card_of(file)["seal"][:11])
    assert "A seal has twelve signs" in page
    assert "Yes: the same facts" not in page


def test_a_card_that_was_changed_in_the_database_is_found_by_its_seal(client, file):
    card = card_of(file)
    seal = card["seal"]
    card["facts"]["employees"] = 4000
    ScoreCard.objects.filter(application=file).update(card=card)
    assert "No: this card was changed after it was sealed" in asked(client, file, seal)


def test_the_receipt_leads_to_the_page_with_number_and_seal_filled_in(client, file):
    client.force_login(owner_of(file))
    receipt = flat(client.get(reverse("selection:receipt", args=[file.public_id])).content.decode())
    seal = card_of(file)["seal"][:12]
    link = f"{URL}?file={file.file_number}&amp;seal={seal}"
    assert f'href="{link}"' in receipt
    client.logout()
    page = flat(client.get(link.replace("&amp;", "&")).content.decode())
    assert f'value="{seal}"' in page
    assert "Yes: the same facts" not in page, "a link alone computes nothing"


def test_the_page_is_asked_thirty_times_a_minute_and_no_more(client, file, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"receipt_check": "2/m/ip"}
    answers = [client.post(URL, {"file": "R1-0001", "seal": "0" * 12}).status_code for _time in range(3)]
    assert answers == [200, 200, 429]


def test_codes_of_receipts_are_tried_thirty_times_a_minute_and_no_more(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"receipt_check": "2/m/ip"}
    answers = [client.get(f"/receipt/ABCDEFGHJ{letter}/").status_code for letter in "KLM"]
    assert answers == [404, 404, 429]


# ------------------------------------------------------------------------------------------------------- by the card


def test_a_whole_card_shows_each_criterion_as_printed_and_as_computed(client, file):
    page = sent(client, card_of(file))
    assert "Yes: the same facts give the same points" in page
    assert "As printed, and as computed" in page
    assert page.count('<td class="is-num">' + card_of(file)["total"] + "</td>") == 2
    assert "not equal" not in page
    assert file.sme_name not in page


def test_a_forged_point_is_shown_beside_the_computed_one(client, file):
    card = card_of(file)
    card["parts"][0]["points"] = "12.00"
    page = sent(client, card)
    assert "No: this card was changed after it was sealed" in page
    assert page.count("<b>not equal</b>") == 1


def test_a_card_that_somebody_made_up_computes_and_is_still_not_ours(client, file):
    made_up = score(facts(sme=file.sme.public_id), evidence(), Policy.version_of("2026-1"), on=ON)
    page = sent(client, made_up.to_json())
    assert "It computes, but the portal did not give this card" in page
    assert "Yes: the same facts" not in page


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no JSON at all", "We cannot read this as a score card"),
        (b"[" * 100_000, "We cannot read this as a score card"),
        (b"[1, 2]", "We cannot read this as a score card"),
        (b'{"schema": 1}', "We cannot read this as a score card"),
        (b"\xff\xfe\x00", "We cannot read this as a score card"),
        (b" " * (MAX_CARD_BYTES + 1), "This is no score card: it is larger than 256 kB."),
        (b"", "The submitted file is empty."),
    ],
)
def test_what_is_no_card_is_said_and_raises_nothing(client, content, says):
    assert says in sent(client, content)


def test_other_engines_and_unknown_policies_are_said(client, file):
    card = Card.from_json(card_of(file))
    for changed, says in (
        ({"engine_version": "0.9"}, "Computed by another engine"),
        ({"policy_version": "2031-7"}, "We do not know this policy"),
        ({"policy_digest": "0" * 64}, "This is not the policy that we keep"),
    ):
        other = replace(card, **changed)
        assert says in sent(client, replace(other, seal=other.computed_seal()).to_json())


def test_a_large_body_of_a_visitor_never_reaches_the_disk(client, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    assert "Choose the card, a file of at most 256 kB." in sent(client, {"schema": 1, "long": "x" * 200})


def test_what_is_uploaded_is_not_kept(client, file, django_assert_num_queries):
    rows = ScoreCard.objects.count()
    card = card_of(file)
    with django_assert_num_queries(1):  # whether the seal is one of ours
        sent(client, card)
    assert ScoreCard.objects.count() == rows


# -------------------------------------------------------------------------------------------------- the firm's download


def test_the_firm_downloads_its_card_and_it_computes(client, file):
    client.force_login(owner_of(file))
    answer = client.get(reverse("selection:card", args=[file.public_id]))
    assert answer["Content-Disposition"] == f'attachment; filename="score-card-{file.file_number}.json"'
    assert answer.json() == card_of(file)
    client.logout()
    assert "Yes: the same facts give the same points" in sent(client, answer.content)


@pytest.mark.parametrize(
    ("person", "status"), [(officer, 200), (director, 200), (UserFactory, 404), (partner_person, 404)]
)
def test_who_may_read_a_receipt_may_download_its_card(client, file, person, status):
    client.force_login(person())
    assert client.get(reverse("selection:card", args=[file.public_id])).status_code == status


def test_before_the_decision_the_firm_downloads_nothing(client):
    row = ApplicationFactory(scored=True)
    client.force_login(owner_of(row))
    answer = client.get(reverse("selection:card", args=[row.public_id]))
    assert (answer.status_code, answer.url) == (302, reverse("selection:receipt", args=[row.public_id]))


# --------------------------------------------------------------------------------------------------------- the command


def told(what: str) -> str:
    out = StringIO()
    call_command("compute_again", what, stdout=out)
    return out.getvalue()


def test_the_command_computes_by_file_number_by_seal_and_from_a_file(file, tmp_path):
    card = card_of(file)
    path = tmp_path / "card.json"
    path.write_text(json.dumps(card))
    by_number = told(file.file_number.lower())
    assert by_number == told(card["seal"]) == told(Card.from_json(card).short_seal) == told(str(path))
    assert by_number.startswith(f"equal: seal {Card.from_json(card).short_seal}, policy 2026-2, engine ")
    assert "NOT EQUAL" not in by_number


def test_the_command_fails_for_what_is_not_the_same(file, tmp_path):
    card = card_of(file)
    card["parts"][0]["points"] = "12.00"
    path = tmp_path / "card.json"
    path.write_text(json.dumps(card))
    with pytest.raises(CommandError, match="1 of 1 cards do not come out"):
        told(str(path))
    path.write_text("no JSON")
    with pytest.raises(CommandError, match="is no JSON"):
        told(str(path))
    with pytest.raises(CommandError, match="There is no score card"):
        told("R99-0001")
