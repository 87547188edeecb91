"""The page of a person, the acts on it, and the files that nobody has: who sees them, and what a sent form does."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from selection.handover import selectors, services
from selection.review import services as review_services
from tdap_portal.accounts.models import User
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.smes import MemberFactory, SmeFactory
from tests.markup import flat
from tests.selection import made

pytestmark = pytest.mark.django_db
ACTS = ("person_lock_out", "person_return", "person_roles", "person_hand_over")
WHY = "Moves to Quetta on 1 March."


def address(name: str, person) -> str:
    return reverse(f"selection:{name}", args=[person.public_id])


@pytest.fixture
def boss(client):
    person = administrator(name="Imran Ali")
    client.force_login(person)
    return person


@pytest.mark.parametrize("name", ["person", *ACTS])
@pytest.mark.parametrize("who", [officer, partner_person, UserFactory])
def test_the_pages_of_a_person_are_not_there_for_others(client, who, name):
    client.force_login(who())
    assert client.get(address(name, officer())).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [("person", 200), ("person_hand_over", 200), ("person_lock_out", 403), ("person_roles", 403)]
)
def test_a_director_sees_officers_and_may_only_hand_over(client, name, status):
    client.force_login(director())
    person = officer()
    made.assigned(person)
    assert client.get(address(name, person)).status_code == status
    assert client.get(address(name, UserFactory())).status_code == 404  # somebody of a firm


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("name", ["person", *ACTS])
def test_an_administrator_opens_every_page_in_both_languages(client, boss, language, name):
    client.cookies["django_language"] = language
    person = officer()
    made.assigned(person)
    page = client.get(address(name, person))
    assert (page.status_code, f'lang="{language}"' in page.content.decode()) == (200, True)


def test_locking_out_lists_the_open_files_and_gives_them_to_whom_the_form_names(client, boss):
    person, new = officer(name="Usman Ghani"), officer(name="Ayesha Karim")
    file = made.assigned(person)
    page = flat(client.get(address("person_lock_out", person)).content.decode())
    assert file.file_number in page
    assert "Ayesha Karim: 0 readings open, 0 files wait" in page
    sent = {"to": new.public_id, "reason": WHY}
    for _double_click in range(2):
        answer = client.post(address("person_lock_out", person), sent)
        assert answer.status_code in (302, 200)
    assert (made.fresh(file).officer, User.objects.get(pk=person.pk).is_active) == (new, False)
    assert Event.objects.filter(name="person.locked_out").count() == 1
    shown = flat(client.get(address("person", person)).content.decode())
    assert WHY in shown
    assert "Let in again" in shown
    client.post(address("person_return", person), {"reason": "Back."})
    assert User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize("wrong", [{"reason": WHY}, {"to": "evenly"}, {"to": "x", "reason": WHY}, {}])
def test_a_form_with_something_missing_comes_back_and_does_nothing(client, boss, wrong):
    person = officer()
    made.assigned(person)
    answer = client.post(address("person_lock_out", person), wrong)
    assert (answer.status_code, User.objects.get(pk=person.pk).is_active) == (200, True)


def test_the_roles_of_an_officer_with_files_are_taken_only_with_a_word_on_the_files(client, boss):
    person = officer()
    file = made.assigned(person)
    url = address("person_roles", person)
    assert client.post(url, {"roles": ["programme_manager"], "reason": WHY}).status_code == 200
    assert client.post(url, {"roles": ["programme_manager"], "to": "nobody", "reason": WHY}).status_code == 302
    assert (User.objects.get(pk=person.pk).roles, made.fresh(file).officer) == ({Role.PROGRAMME_MANAGER}, None)


def test_the_last_administrator_is_told_why_the_role_stays(client, boss):
    answer = client.post(address("person_roles", boss), {"roles": [], "reason": WHY})
    assert "last administrator who can sign in" in answer.content.decode()
    administrator()
    answer = client.post(address("person_roles", boss), {"roles": [], "reason": WHY}, follow=True)
    assert (answer.status_code, User.objects.get(pk=boss.pk).roles) == (200, set())


@pytest.mark.parametrize(("who", "status"), [(director, 200), (administrator, 200), (officer, 404), (UserFactory, 404)])
def test_files_that_nobody_has_are_a_list_for_directors_and_administrators(client, who, status):
    client.force_login(who())
    assert client.get(reverse("selection:nobody")).status_code == status


def test_files_that_nobody_has_are_given_by_their_ticks(client):
    gone, new, boss = officer(), officer(), director()
    files = [made.assigned(gone) for _ in range(3)]
    services.lock_out(actor=administrator(), person=gone, reason=WHY)
    client.force_login(boss)
    home = flat(client.get(reverse("selection:director_home")).content.decode())
    assert "Give 3 files to an officer" in home
    page = flat(client.get(reverse("selection:nobody")).content.decode())
    assert [file.file_number in page for file in files] == [True, True, True]
    url = reverse("selection:nobody")
    assert "Tick at least one file" in client.post(url, {"to": new.public_id, "reason": WHY}).content.decode()
    ticked = [file.public_id for file in files[:2]]
    answer = client.post(url, {"file": ticked, "to": new.public_id, "reason": WHY}, follow=True)
    assert "2 files have their officer." in answer.content.decode()
    assert set(selectors.files_that_nobody_has()) == {files[2]}
    assert [made.fresh(file).officer for file in files] == [new, new, None]


def test_the_list_says_how_many_each_officer_has_and_spreads_the_ticked_files_over_several(client):
    gone, one, two = officer(), officer(name="Sana Tariq"), officer(name="Bilal Nasir")
    made.assigned(one)
    files = [made.assigned(gone) for _ in range(3)]
    services.lock_out(actor=administrator(), person=gone, reason=WHY)
    client.force_login(director())
    url = reverse("selection:nobody")
    page = flat(client.get(url).content.decode())
    assert re.search(r"Sana Tariq: 1 reading open since \d+ \w+ \d{4}, 1 file waits", page)
    sent = {"file": [file.public_id for file in files], "to": [one.public_id, two.public_id], "reason": WHY}
    assert "3 files have their officer." in client.post(url, sent, follow=True).content.decode()
    assert [made.fresh(file).officer for file in files] == [two, one, two]
    again = client.post(url, sent, follow=True).content.decode()
    assert "have their officer" not in again
    assert [made.fresh(file).officer for file in files] == [two, one, two]


def test_the_history_of_a_file_says_who_gave_it_on(client):
    gone, new, boss = officer(), officer(), director(name="Hina Qureshi")
    file = made.assigned(gone)
    services.hand_over(actor=boss, person=gone, to=[new], reason="On leave until May.")
    client.force_login(boss)
    page = flat(client.get(reverse("selection:desk_file", args=[file.public_id])).content.decode())
    assert "Given to another officer" in page
    assert "On leave until May." in page


def test_locking_out_the_only_owner_of_a_firm_names_the_firm(client, boss):
    owner = UserFactory()
    alone, shared = SmeFactory(created_by=owner, name="Soan Gems"), SmeFactory(created_by=owner, name="Indus Gloves")
    for sme, can_sign_in in ((alone, False), (shared, True)):
        MemberFactory(sme=sme, role="owner", user=UserFactory(is_active=can_sign_in))
    page = flat(client.get(address("person_lock_out", owner)).content.decode())
    assert ("Soan Gems" in page, "Indus Gloves" in page) == (True, False)


def test_a_recommendation_that_fell_with_a_reading_says_so(client):
    by = officer()
    file = made.recommended(by)
    review_services.declare_conflict(actor=by, application=file, words="Cousins.")
    client.force_login(director())
    page = flat(client.get(reverse("selection:desk_file", args=[file.public_id])).content.decode())
    assert "Returned: a reading that it rests on no longer counts." in page
