"""A session that ends in the middle of a form costs a sign-in and nothing else."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from selection.intake import services as intake_services
from tdap_portal.web import keeping
from tests.factories.accounts import UserFactory, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, owner_of
from tests.factories.smes import SmeFactory
from tests.markup import flat
from tests.selection import made

pytestmark = pytest.mark.django_db


class Ended(Client):
    """A browser whose session has ended: it has forgotten the cookie of the session."""

    def of(self, person) -> Ended:
        self.force_login(person)
        self.get(reverse("smes:firms"))
        del self.cookies[settings.SESSION_COOKIE_NAME]
        Session.objects.all().delete()
        return self


@pytest.fixture
def ended():
    return Ended().of(UserFactory())


def back_in(client, person, response) -> str:
    """The page after signing in again, where the person was going."""
    assert response.status_code == 302
    page = response.url.partition("?next=")[2].replace("%3F", "?").replace("%3D", "=")
    client.force_login(person)
    answer = client.get(page)
    assert answer.status_code == 200, page
    return answer.content.decode()


def test_a_reading_that_was_typed_too_long_is_in_its_form_again(ended):
    reader = officer()
    file = made.assigned(reader)
    typed = {"commitment": "4", "product_fit": "6", "outcome": "select", "comment": "An hour of work."}

    response = ended.of(reader).post(reverse("selection:desk_read", args=[file.public_id]), typed)
    html = back_in(ended, reader, response)

    assert "Your session had ended. Sign in and go on: what you wrote is kept." in html
    assert "An hour of work.</textarea>" in html
    assert '<option value="4" selected>' in html
    assert '<option value="6" selected>' in html
    assert "An hour of work." not in ended.get(reverse("selection:desk_file", args=[file.public_id])).content.decode()


@pytest.mark.parametrize(
    ("act", "typed", "fold"),
    [
        ("desk_write", {"letter": "Dear firm, words."}, "Write to the firm"),
        ("desk_conflict", {"ties": "Dear firm, words."}, "I am tied to this firm"),
    ],
)
def test_a_folded_form_of_the_file_is_open_again(ended, act, typed, fold):
    reader = officer()
    file = made.assigned(reader)
    html = flat(
        back_in(ended, reader, ended.of(reader).post(reverse(f"selection:{act}", args=[file.public_id]), typed))
    )
    assert f'" open><summary>{fold}' in html
    assert "Dear firm, words." in html


def test_what_one_person_typed_is_not_shown_to_another_who_signs_in_at_the_same_browser(ended):
    reader, other = officer(), officer()
    file = made.assigned(reader, other)
    typed = {"commitment": "4", "product_fit": "6", "outcome": "decline", "comment": "A sealed word."}
    response = ended.of(reader).post(reverse("selection:desk_read", args=[file.public_id]), typed)
    html = back_in(ended, other, response)
    assert ("Your reading" in html, "A sealed word." in html, '<option value="4" selected>' in html) == (
        True,
        False,
        False,
    )
    assert keeping.KEY not in ended.session
    assert "A sealed word." not in back_in(ended, reader, response)


def test_every_tick_of_a_question_is_kept(ended):
    reader = officer()
    file = made.assigned(reader)
    kinds = ["tax_return", "electricity_bill"]
    typed = {"title": "Which loom?", "words": "w", "document_kinds": kinds, "answer_days": "7"}
    html = back_in(ended, reader, ended.of(reader).post(reverse("selection:desk_ask", args=[file.public_id]), typed))
    assert 'value="Which loom?"' in html
    assert [html.partition(f'value="{kind}"')[2].partition(">")[0].count("checked") for kind in kinds] == [1, 1]


def test_every_ticked_file_of_a_bulk_act_is_kept(ended):
    reader = officer()
    files = [made.scored(round=RoundFactory(number=7))]
    files.append(made.scored(round=files[0].round))
    url = f"{reverse('selection:desk_bulk')}?kind=ask&tab=all&round=R7"
    response = ended.of(reader).post(url, {"title": "Which loom?", "file": [files[0].public_id]})
    ended.force_login(reader)
    html = ended.get(url).content.decode()
    assert response.status_code == 302
    assert 'value="Which loom?"' in html
    ticks = [html.partition(f'value="{file.public_id}"')[2].partition(">")[0].count("checked") for file in files]
    assert ticks == [1, 0]


def test_what_was_written_for_one_firm_does_not_end_in_the_file_of_another(ended):
    first = SmeFactory(complete=True, name="First firm")
    second = SmeFactory(complete=True, name="Second firm", created_by=first.created_by)
    round_ = RoundFactory(number=4)
    for sme in (first, second):
        intake_services.start_application(actor=first.created_by, round=round_, sme=sme)
    address = f"/apply/R4/?firm={second.public_id}"

    response = ended.of(first.created_by).post(address, {"track": "general", "motivation": "Words for the second."})
    html = back_in(ended, first.created_by, response)

    assert ("Second firm" in html, "Words for the second." in html) == (True, True)


def test_the_browser_keeps_a_question_to_one_firm_apart_from_those_to_others(client):
    reader = officer()
    client.force_login(reader)
    files = [made.assigned(reader), made.assigned(reader)]
    pages = [client.get(reverse("selection:desk_ask", args=[file.public_id])).content.decode() for file in files]
    assert [f'data-keep="desk-question-{file.public_id}"' in html for file, html in zip(files, pages, strict=True)] == [
        True
    ] * 2


def test_a_step_of_the_profile_is_kept_but_no_number_of_a_person(ended):
    sme = SmeFactory(complete=True)
    typed = {"owner-0-name": "Saima", "owner-0-cnic": "35202-7654321-9", "owner-0-share_pct": "60"}
    response = ended.of(sme.created_by).post(reverse("smes:step", args=[sme.public_id, "owners"]), typed)
    assert "7654321" not in str(ended.session.items())
    html = back_in(ended, sme.created_by, response)
    assert 'value="Saima"' in html
    assert 'value="60"' in html
    assert "7654321" not in html


@pytest.mark.parametrize(("name", "back"), [("verify_undo", "verify_paper"), ("desk_cancel_question", "desk_file")])
def test_an_act_without_words_leads_back_to_its_page(ended, name, back):
    file = made.assigned()
    address = [file.public_id, "abcdefghjkmn"]
    response = ended.post(reverse(f"selection:{name}", args=address))
    page = reverse(f"selection:{back}", args=address if back == "verify_paper" else address[:1])
    assert response.url == f"/accounts/login/?next={page}"


def test_a_part_of_a_page_sends_the_whole_window_to_sign_in(ended):
    file = made.assigned()
    url = reverse("selection:desk_read", args=[file.public_id])
    response = ended.post(url, {"comment": "x"}, headers={"hx-request": "true"})
    assert response["HX-Redirect"] == f"/accounts/login/?next={reverse('selection:desk_file', args=[file.public_id])}"


def letter(client, words="x" * 19_000):
    row = ApplicationFactory(scored=True)
    if isinstance(client, Ended):
        client.of(owner_of(row))
    return client.post(reverse("selection:letters", args=[row.public_id]), {"words": words}), row


def test_a_stranger_fills_no_sessions():
    for mark in ("", "1", "1:forged", "1:1abcde:forged"):
        stranger = Client()
        stranger.cookies[keeping.MARK] = mark
        stranger.cookies[settings.SESSION_COOKIE_NAME] = "made0up0by0somebody0who0is0wrong"
        response, _row = letter(stranger)
    assert (response.status_code, Session.objects.count()) == (302, 0)


def test_only_so_many_forms_are_kept_in_a_minute(ended):
    mark = ended.cookies[keeping.MARK].value
    letter(ended)
    assert Session.objects.count() == 1
    for minute in (0, 1):
        cache.set(f"kept-forms-{int(keeping.time.time()) // 60 + minute}", keeping.MAX_PER_MINUTE)
    stranger = Client()
    stranger.cookies[keeping.MARK] = mark
    letter(stranger)
    assert Session.objects.count() == 1


def test_signing_in_without_a_password_gives_the_session_its_full_length_too(ended):
    response, row = letter(ended, "Dear desk.")
    assert ended.session.get_expiry_age() == keeping.KEPT_SECONDS
    assert "Dear desk." in back_in(ended, owner_of(row), response)
    assert ended.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_what_is_kept_waits_an_hour_and_signing_in_gives_the_session_its_full_length(ended):
    _response, row = letter(ended, "Dear desk.")
    assert ended.session.get_expiry_age() == keeping.KEPT_SECONDS
    person = owner_of(row)
    person.set_password("Long-enough-words-1")
    person.save()
    ended.post("/accounts/login/", {"login": person.email, "password": "Long-enough-words-1"})
    assert ended.session.get_expiry_age() == settings.SESSION_COOKIE_AGE
    assert "Dear desk.</textarea>" in ended.get(reverse("selection:letters", args=[row.public_id])).content.decode()


# ------------------------------------------------------------------------------------------- switching the language


def test_switching_the_language_keeps_what_was_typed_in_the_step_but_no_private_number(client):
    sme = SmeFactory()
    page = reverse("smes:step", args=[sme.public_id, "identity"])
    client.force_login(sme.created_by)
    html = flat(client.get(page).content.decode())
    assert f'form="typed" formaction="/language/?next={page}"' in html.replace("%2F", "/")
    typed = {"name": "Typed Works", "ntn": "7654321-9", "language": "ur"}
    answer = client.post(f"/language/?next={page}", typed)
    assert answer.url == page
    sme.refresh_from_db()
    assert sme.name != "Typed Works"
    html = client.get(page).content.decode()
    assert 'lang="ur" dir="rtl"' in html
    assert 'value="Typed Works"' in html
    assert "7654321-9" not in html
    assert "دوبارہ لکھیں" in html
    assert 'value="Typed Works"' not in client.get(page).content.decode()


def test_enter_in_a_step_presses_no_language(client):
    """A browser presses the first button of a form, wherever it stands; the head of the page comes before the step."""
    sme = SmeFactory()
    client.force_login(sme.created_by)
    html = flat(client.get(reverse("smes:step", args=[sme.public_id, "identity"])).content.decode())
    assert html.index('form="typed" name="enter"') == html.index('form="typed"')


def test_switching_the_language_of_a_visitor_keeps_nothing(client):
    client.post("/language/?next=/accounts/signup/", {"name": "Typed Person", "language": "ur"})
    assert "Typed Person" not in client.get("/accounts/signup/").content.decode()


def test_switching_the_language_leads_to_no_other_host(client):
    assert client.post("/language/?next=https://elsewhere.example/", {"language": "ur"}).url == "/"
