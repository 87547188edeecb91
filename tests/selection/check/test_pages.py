import pytest
from django.urls import reverse

from smes.check.eligibility import QUESTIONS
from tests.markup import flat
from tests.smes.check.test_eligibility import GOOD_FIRM

pytestmark = pytest.mark.django_db


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_check_asks_one_question_a_page_and_keeps_the_answers_in_the_address(client):
    url, answers = reverse("check"), {}
    for number, question in enumerate(QUESTIONS, start=1):
        page = text_of(client.get(url, answers))
        assert f"Question {number} of 11" in page
        assert f'type="radio" name="{question.code}"' in page
        assert all(f'type="hidden" name="{code}" value="{answer}"' in page for code, answer in answers.items())
        answers[question.code] = GOOD_FIRM[question.code]
    page = text_of(client.get(url, answers))
    assert "One track is open to you: General track" in flat(page)
    assert "Your firm exports directly." in page
    assert "sessionid" not in client.cookies, "nothing is stored"


def test_the_way_back_drops_only_the_last_answer(client):
    page = text_of(client.get(reverse("check"), {"makes": "yes", "sector": "rice"}))
    assert 'href="/check/?makes=yes"' in page


def test_an_unanswered_question_says_so(client):
    assert "Choose one answer to go on." in text_of(client.get(reverse("check"), {"asked": "makes"}))
    assert "Choose one answer" not in text_of(client.get(reverse("check"), {"makes": "yes", "asked": "makes"}))


SAYS = {
    "no bank account is no shut gate": ({"bank": "no"}, "One track is open to you", "No gate asks for it, but the bank's certificate"),
    "a trader is not shut out": ({"makes": "no"}, "One track is open to you", "No gate asks who made the goods."),
    "a service without exports": (
        {"makes": "service", "sector": "ict", "exports": "no"}, "Not yet: a gate is shut", "Supply one order to an export house",
    ),
    "a house without a name": (
        {"exports": "no", "house": "unnamed"}, "Not yet: a gate is shut", "Name the export house that you supply, and send its letter.",
    ),
    "no tax number": ({"registered": "no"}, "Not yet: a gate is shut", "Register with the Federal Board of Revenue"),
    "too large": ({"turnover": "large"}, "No track is open to you", "desk for large exporters"),
    "something else": ({"sector": "other"}, "No track is open to you", "You answered: “Something else”."),
    "carpets, young, no exports": (
        {"sector": "carpets", "age": "young", "exports": "no"}, "One track is open to you: Start-up track", "The other tracks",
    ),
    "carpets that are exported": (
        {"sector": "carpets"}, "2 tracks are open to you: General track, Carpet revival track", "Your firm makes carpets or rugs.",
    ),
    "no sales and older than five years": ({"turnover": "none"}, "One track is open to you: General track", "Firms up to 5 years old"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "headline", "says"), SAYS.values(), ids=SAYS)
def test_the_answer_says_which_track_is_open_and_what_would_open_a_shut_gate(client, change, headline, says):
    page = flat(text_of(client.get(reverse("check"), {**GOOD_FIRM, **change})))
    assert headline in page
    assert says in page.replace("&#x27;", "'")
    assert "ikely" not in page


def test_the_answer_names_the_policy_the_papers_and_that_points_decide(client):
    page = flat(text_of(client.get(reverse("check"), GOOD_FIRM)))
    assert '<span class="code">2026-2</span>' in page
    assert "An open gate is no seat" in page
    assert "earns little, until a paper shows it" in page
    papers = page[page.index("The papers it will take") :]
    assert (
        papers.index("Proof of an export")
        < papers.index("Some legal forms send besides:")
        < papers.index("Partnership deed")
    )


def test_nonsense_in_the_address_is_passed_over(client):
    page = text_of(client.get(reverse("check"), {"makes": "<script>", "evil": "1"}))
    assert "Question 1 of 11" in page
    assert "<script>1" not in page
    assert client.post(reverse("check")).status_code == 405
    assert client.get(reverse("keep_check")).status_code == 405
