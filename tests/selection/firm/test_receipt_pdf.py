"""The receipt as a PDF: the words of the page in the order of the page, in both languages, with a code that anybody can check."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from django.conf import settings
from django.urls import reverse

from selection.models import Composition, Decision, ScoreCard
from selection.models.cards import new_receipt_code
from selection.scoring import services as scoring_services
from selection.states import Outcome
from tests.factories.accounts import officer
from tests.factories.selection import ApplicationFactory, decided, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    return decided(ApplicationFactory(scored=True), words="A strong file.")


def pdf_for(client, person, file):
    client.force_login(person)
    return client.get(reverse("selection:receipt_pdf", args=[file.public_id]))


def words_in(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return plain(" ".join(page.get_textpage().get_text_range() for page in document))


def plain(text: str) -> str:
    """Letters and figures alone: lines break elsewhere on paper."""
    return re.sub(r"[^0-9A-Za-z]+", "", text)


def words_of_page(client, file) -> list[str]:
    from tdap_portal.web.documents import blocks_of

    html = client.get(reverse("selection:receipt", args=[file.public_id])).content.decode()
    article = html[html.index('<article class="receipt"') : html.index("</article>")]
    return [text for block in blocks_of(article) for text in (block.text, *block.cells[:1], *block.cells[-1:]) if text]


def test_the_pdf_has_every_word_of_the_page(client, file):
    response = pdf_for(client, owner_of(file), file)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert file.file_number in response["Content-Disposition"]
    found = words_in(response.content)
    texts = words_of_page(client, file)
    assert len(texts) > 20
    assert [line for text in texts for line in text.split("\n") if plain(line) not in found] == []
    assert f"{file.points}" in " ".join(texts)


def halves_of(pdf: bytes) -> tuple[int, int]:
    """Dark points on the left and on the right half of the first page, without its edges."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil().convert("L")
    left, right = picture.crop((60, 60, 297, 700)), picture.crop((297, 60, 535, 700))
    return sum(value < 100 for value in left.tobytes()), sum(value < 100 for value in right.tobytes())


def test_the_urdu_pdf_is_drawn_from_the_right(client, file):
    english = halves_of(pdf_for(client, owner_of(file), file).content)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ur"
    urdu = halves_of(pdf_for(client, owner_of(file), file).content)
    assert english[0] > english[1]
    assert urdu[1] > urdu[0]


def test_no_receipt_is_made_before_the_decision_or_for_a_stranger(client):
    waiting = ApplicationFactory(scored=True)
    response = pdf_for(client, owner_of(waiting), waiting)
    assert (response.status_code, response.url) == (302, reverse("selection:receipt", args=[waiting.public_id]))
    assert pdf_for(client, officer(), waiting).status_code == 200
    stranger = owner_of(ApplicationFactory())
    assert pdf_for(client, stranger, waiting).status_code == 404


# ------------------------------------------------------------------------------------------------------------ its code


def by_code(client, code):
    client.logout()
    return client.get(reverse("receipt_by_code", args=[code]))


def test_the_code_of_a_receipt_tells_anybody_that_it_is_genuine(client, file):
    card = ScoreCard.objects.get(application=file)
    for spelling in (card.code, card.code_shown, card.code.lower(), f" {card.code[:3]} {card.code[3:]}"):
        response = by_code(client, spelling)
        html = response.content.decode()
        assert response.status_code == 200
        assert "This receipt is genuine" in html
        assert all(text in html for text in (file.file_number, file.sme_name, f"{card.points} of 100", "Selected"))
    client.force_login(owner_of(file))
    page = client.get(reverse("selection:receipt", args=[file.public_id])).content.decode()
    assert reverse("receipt_by_code", args=[card.code_shown]) in page


def test_an_unknown_code_is_not_found_in_words(client, file):
    for code in ("BCDFG-HJKMN", "x", "1" * 300, ScoreCard.objects.get(application=file).code[:9]):
        response = by_code(client, code)
        assert response.status_code == 404
        assert "No receipt has this code" in response.content.decode()


def test_the_code_shows_no_state_before_the_decision(client):
    waiting = ApplicationFactory(scored=True)
    html = by_code(client, ScoreCard.objects.get(application=waiting).code).content.decode()
    assert "This receipt is genuine" in html
    assert "State today" not in html


def test_a_receipt_that_a_newer_score_replaced_says_so(client):
    row = ApplicationFactory(scored=True)
    old = ScoreCard.objects.get(application=row)
    row.facts = row.facts | {"website": not row.facts.get("website")}
    row.facts_version += 1
    row.save()
    row.frozen.create(version=row.facts_version, facts=row.facts)
    scoring_services.score_application(application_id=row.pk)
    assert ScoreCard.objects.filter(application=row).count() == 2
    assert "the file was scored again since" in by_code(client, old.code).content.decode()
    newest = ScoreCard.objects.filter(application=row).order_by("-pk").first()
    assert "holds today" in by_code(client, newest.code).content.decode()


def test_no_spreadsheet_takes_a_code_for_a_number_or_a_date():
    codes = {new_receipt_code() for _ in range(100_000)}
    assert len(codes) > 99_990
    shown = {f"{code[:5]}-{code[5:]}" for code in codes}
    assert not any(re.fullmatch(r"[0-9]+[eE][0-9]+|0[0-9]+", code) for code in codes | shown)
    assert not any(re.search(r"[0-9AEIOUY]", code) for code in codes)  # neither MAR-12 nor any word


def test_the_rule_behind_a_decision_stands_on_the_receipt(client):
    from tests.selection.seats.filled import WOMEN, closed_round, composed, reviewed_files, rule, sent, signed

    round_ = closed_round(seats=1)
    first, second = reviewed_files(round_, {"points": "80"}, {"points": "60", "women_led": True})
    signed(sent(composed(round_, rules=[rule(*WOMEN, floor=1)])))
    for row, reason in (
        (first, "the rules of this round gave the seat to another firm"),
        (second, "The rules of this round gave your firm its seat"),
    ):
        client.force_login(owner_of(row))
        html = client.get(reverse("selection:receipt", args=[row.public_id])).content.decode()
        assert "The rule of this round: Women-led, at least 1." in html
        assert reason in html
    assert first.sme_name not in html


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("budget", "The rule of this round: Budget, at most PKR 900,000."),
        ("locked_in", "The rule of this round: Firms held in by hand."),
        ("locked_out", "The rule of this round: Firms held out by hand."),
        ("seats", "The rule of this round: Seats: 1."),
        (
            "rules",
            "The rules together: Women-led, at least 1; New exporters, at most 1; Budget, at most PKR 900,000.",
        ),
    ],
)
def test_a_lock_the_budget_and_several_rules_together_are_named_too(client, code, words):
    from tests.selection.seats.filled import WOMEN, closed_round, composed, reviewed_files, rule, sent, signed

    round_ = closed_round(seats=1)
    first, _second = reviewed_files(round_, {"points": "80"}, {"points": "60", "women_led": True})
    signed(sent(composed(round_, rules=[rule(*WOMEN, floor=1), rule("new_exporter", ["yes"], cap=1)])))
    Composition.objects.filter(round=round_).update(budget_rupees=900_000)
    Decision.objects.filter(application=first).update(by_rule=code)
    client.force_login(owner_of(first))

    html = client.get(reverse("selection:receipt", args=[first.public_id])).content.decode()

    assert words in html
    assert first.sme_name in html


def test_a_file_decided_by_itself_names_no_rule(client):
    row = decided(ApplicationFactory(scored=True), Outcome.WAITLIST)
    client.force_login(owner_of(row))
    html = client.get(reverse("selection:receipt", args=[row.public_id])).content.decode()
    assert "The rule of this round" not in html
