"""The head of every page: what stands side by side, what behind "More", and what gives way."""

from __future__ import annotations

import pytest

from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import HEAD_HOLDS, Navigation, NavItem, _behind_more, _letters
from tests.factories.accounts import UserFactory, administrator, director, officer
from tests.smes.pages import text_of
from tests.training.made import trainer

pytestmark = pytest.mark.django_db
PERSON = "/accounts/person/"


def head_of(client, user, path=PERSON):
    client.force_login(user)
    answer = client.get(path, follow=True)
    return answer.context["nav"], text_of(answer).partition("masthead__nav")[2].partition("</nav>")[0]


def programme_manager():
    return UserFactory(roles=(Role.PROGRAMME_MANAGER,))


@pytest.mark.parametrize("who", [programme_manager, officer, director, administrator])
def test_the_head_of_whoever_has_many_entries_keeps_the_rest_behind_more(client, who):
    nav, text = head_of(client, who())
    assert _letters(list(nav)) > HEAD_HOLDS
    assert _letters([*nav.first, *nav.last, NavItem("More", "")]) <= HEAD_HOLDS
    assert len({item.url for item in nav}) == len(nav)
    assert [item.label for item in nav.last][-1] == "Sign out"
    assert text.count("<a ") == len(nav)  # each is there without a script
    assert text.index("masthead__more") < text.index("masthead__rest") < text.index("/accounts/logout/")
    for item in nav.more:
        assert f'href="{item.url}"' in text.partition("masthead__rest")[2].partition("</div>")[0]


def test_who_has_few_entries_has_all_of_them_side_by_side(client):
    nav, text = head_of(client, UserFactory())
    assert nav.more == []
    assert "masthead__more" not in text


def test_more_says_that_the_page_is_one_of_those_behind_it(client):
    user = programme_manager()
    _nav, text = head_of(client, user, "/training/trainers/")
    assert '<summary aria-current="true">More</summary>' in text
    _nav, text = head_of(client, user, "/training/cohorts/")
    assert "<summary>More</summary>" in text


def test_a_trainer_without_a_firm_is_not_asked_to_register_one(client):
    user = UserFactory()
    trainer(user=user)
    _nav, text = head_of(client, user, "/training/day/")
    _nav, text = head_of(client, user, "/training/day/")
    assert "Your sessions" in text
    assert "Register your firm" not in text
    assert "Your file" not in text
    _nav, text = head_of(client, UserFactory())
    assert "Register your firm" in text


def test_what_has_no_room_on_a_line_goes_behind_more_from_the_end_and_what_waits_stays():
    def entry(label, order, **more):
        return NavItem(label, f"/{label}/", order=order, **more)

    own = [entry("A long name of a person " * 3, 90), entry("Sign out", 95)]
    items = [
        entry("Home", 5), entry("Payments", 14), entry("Books", 15, is_spare=True), entry("Messages", 40, count=3), entry("Cases", 41), *own,
    ]  # fmt: skip
    assert [item.label for item in _behind_more(items)] == ["Payments", "Books", "Cases"]
    assert _behind_more(items[:4]) == []


@pytest.mark.parametrize(
    ("counts", "told"), [([], None), ([None, 0], None), ([2, 5], 7), ([60, 40], "99+"), ([2, "99+"], "99+")]
)
def test_the_menu_of_a_phone_says_how_much_waits_in_all(counts, told):
    items = [NavItem("A", "/a/", count=count) for count in counts]
    assert Navigation(first=items, more=[], last=[]).count == told
