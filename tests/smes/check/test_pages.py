import pytest
from django.urls import reverse

from smes.check.selectors import results
from smes.templatetags.firms import marked
from smes.vocabulary.hs_search import MAX_QUERY_LENGTH
from tests.markup import flat

pytestmark = pytest.mark.django_db


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_hs_codes_are_searched_on_a_page_of_their_own(client):
    page = text_of(client.get(reverse("smes:hs_search"), {"q": "surgical scissors"}))
    assert '<span class="pick__code code">9018.90</span>' in page
    assert "<mark>surgical</mark> <mark>scissors</mark>" in page
    assert "HS 2022" in page
    assert 'type="checkbox"' not in page
    assert "found for" not in text_of(client.get(reverse("smes:hs_search")))
    assert "Nothing found for “&lt;b&gt;”." in text_of(client.get(reverse("smes:hs_search"), {"q": "<b>"}))


@pytest.mark.unit
def test_of_a_search_of_any_length_the_beginning_is_searched_repeated_and_marked():
    long = "polo " + "x" * MAX_QUERY_LENGTH + " shirt"
    assert results(long, None, [])["query"] == long[:MAX_QUERY_LENGTH]
    assert marked(["polo shirt"], long) == "<mark>polo</mark> shirt"


def test_a_service_is_led_to_the_list_of_services(client):
    page = text_of(client.get(reverse("smes:hs_search"), {"q": "call centre"}))
    assert "A service has no HS code." in page
    assert "Computer software" in page
    assert "Nothing found" not in page
    page = text_of(client.get(reverse("smes:hs_search"), {"q": "software"}))
    assert "Computer software" in page
    assert "Telecommunications services" not in page, "the one that fits is enough"
    assert "A service has no HS code." not in text_of(client.get(reverse("smes:hs_search"), {"q": "football"}))


def test_on_urdu_pages_a_product_has_its_urdu_name_first_and_english_is_marked(client):
    client.cookies["django_language"] = "ur"
    page = flat(text_of(client.get(reverse("smes:hs_search"), {"q": "football"})))
    assert page.index("فٹ بال") < page.index('<span lang="en" dir="ltr">Balls; inflatable</span>')


def test_htmx_gets_the_list_alone_with_boxes_where_asked(client):
    answer = client.get(
        reverse("smes:hs_search"), {"q": "football", "tick": "1", "hs": "950662"}, headers={"HX-Request": "true"}
    )
    page = flat(text_of(answer))
    assert "<html" not in page
    assert 'name="hs" value="950662" checked' in page
    assert "Chosen; it stands below" not in page


def test_a_product_with_a_box_of_its_own_has_no_second_one_in_the_list(client):
    asked = {"q": "football", "tick": "1", "hs": "950662", "listed": "950662"}
    page = flat(text_of(client.get(reverse("smes:hs_search"), asked, headers={"HX-Request": "true"})))
    assert 'value="950662"' not in page
    assert "Chosen; it stands below" in page


def test_the_nomenclature_is_walked_down_and_up(client):
    url = reverse("smes:hs_browse")
    assert 'href="/hs/?code=57"' in text_of(client.get(url))
    assert 'href="/hs/?code=5701"' in text_of(client.get(url, {"code": "57"}))
    heading = text_of(client.get(url, {"code": "5701"}))
    assert "5701.10" in heading
    assert 'href="/hs/?code=57"' in heading
    assert "Chapters of the HS" in text_of(client.get(url, {"code": "zz"}))
    assert "5701.10" in text_of(client.get(url, {"code": "570110"}))
