"""The firm's pages, for every kind of person, in every state of a file."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from selection.correspondence import services as correspondence_services
from selection.models import Application, Round
from selection.states import Outcome, RoundState
from smes.models import Document
from smes.profile.steps import STEPS
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.notifications.services import notify
from tests.factories.accounts import PASSWORD, UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, decided, owner_of
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory
from tests.queries import queries_of, repeated
from tests.smes.pages import send

pytestmark = pytest.mark.django_db
TOO_LARGE = {"turnover_pkr": 5_000_000_000}
OF_A_FILE = (
    "file",
    "submitted",
    "frozen",
    "reopen",
    "question",
    "letters",
    "withdraw",
    "receipt",
    "receipt_pdf",
    "card",
)


def url(name: str, row: Application) -> str:
    return reverse(f"selection:{name}", args=[row.public_id])


def page(client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def photograph() -> bytes:
    target = BytesIO()
    Image.new("RGB", (8, 8), "white").save(target, "PNG")
    return target.getvalue()


def headline(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def signed_in(client, user):
    client.force_login(user)
    return client


# ------------------------------------------------------------------------------------------------------ who sees what


@pytest.fixture(scope="module")
def decided_file(module_db):
    """A decided file of a round that is over."""
    row = decided(ApplicationFactory(scored=True, round=RoundFactory(number=9000)))  # a number that no test here takes
    Round.objects.filter(pk=row.round_id).update(state=RoundState.DECIDED.value)
    return row


@pytest.mark.parametrize("name", OF_A_FILE)
def test_a_file_of_another_firm_reads_as_not_found(client, name, decided_file):
    for stranger in (SmeFactory(complete=True).created_by, UserFactory(), partner_person()):
        assert signed_in(client, stranger).get(url(name, decided_file)).status_code == 404


@pytest.mark.parametrize("name", OF_A_FILE)
def test_nobody_opens_a_file_without_signing_in(client, name, decided_file):
    address = url(name, decided_file)

    response = client.get(address)

    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("name", [name for name in OF_A_FILE if name not in ("receipt", "receipt_pdf", "card")])
def test_officials_use_the_desk_and_not_the_firms_pages(client, name, decided_file):
    for person in (officer(), director()):
        assert signed_in(client, person).get(url(name, decided_file)).status_code == 404


@pytest.mark.parametrize("role", ["owner", "preparer", "finance", "trainee"])
def test_every_member_of_the_firm_sees_its_file(client, role):
    row = ApplicationFactory(scored=True)
    person = MemberFactory(sme=row.sme, role=role).user

    assert "You have our decision by" in page(signed_in(client, person), url("file", row))


def test_somebody_elses_firm_is_no_address(client):
    sme = SmeFactory()

    assert signed_in(client, UserFactory()).get(reverse("selection:firm", args=[sme.public_id])).status_code == 404
    assert sme.name in page(signed_in(client, sme.created_by), reverse("selection:firm", args=[sme.public_id]))


# ------------------------------------------------------------------------------------------------- the firm's home


def test_a_person_without_a_firm_is_asked_to_register_one(client):
    html = page(signed_in(client, UserFactory()), "/file/")

    assert headline(html) == "Register your firm, and your file begins here"
    assert reverse("smes:register") in html


def test_a_firm_without_an_application_chooses_a_round(client):
    sme = SmeFactory(complete=True)
    RoundFactory(number=4)

    html = page(signed_in(client, sme.created_by), "/file/")

    assert headline(html) == "Next: send “CNIC of the owner, both sides”"
    assert f"/apply/R4/?firm={sme.public_id}" in html


def test_a_firm_between_rounds_is_told_what_it_can_do_meanwhile(client):
    sme = SmeFactory()

    html = page(signed_in(client, sme.created_by), "/file/")

    assert headline(html) == "Next: who is the firm?"
    assert "No round is open today." in html


def test_officials_and_partners_are_sent_to_their_own_beginning(client):
    for person in (officer(), partner_person()):
        response = signed_in(client, person).get("/file/")
        assert (response.status_code, response.url) == (302, "/accounts/start/")


def test_each_state_has_its_sentence(client):
    found = {}
    for name, row in {
        "draft": ApplicationFactory(),
        "submitted": ApplicationFactory(submitted=True),
        "held": ApplicationFactory(scored=True, sme_values=TOO_LARGE),
        "scored": ApplicationFactory(scored=True),
        "selected": decided(ApplicationFactory(scored=True)),
        "waitlisted": decided(ApplicationFactory(scored=True), Outcome.WAITLIST),
        "declined": decided(ApplicationFactory(scored=True), Outcome.DECLINE),
    }.items():
        found[name] = re.sub(
            r"\d+\s\w+\s\d{4}", "DAY", headline(page(signed_in(client, owner_of(row)), url("file", row)))
        )

    assert found == {
        "draft": "Next: send “CNIC of the owner, both sides”",
        "submitted": "Your application is with us; we check the conditions now",
        "held": "A condition is not met: put it right, and your application goes on",
        "scored": "You have our decision by DAY",
        "selected": "You are selected",
        "waitlisted": "You are on the waiting list, place 1",
        "declined": "No place in this round; here is why, and what to do",
    }


def test_the_path_of_a_declined_firm_ends_with_its_decision(client):
    row = decided(ApplicationFactory(scored=True), Outcome.DECLINE)
    client.force_login(owner_of(row))

    text = page(client, "/file/")

    assert len(re.findall(r'class="path__step is-done', text)) == len(re.findall(r'class="path__step', text)) == 6
    assert "Decision and score receipt" in text
    assert "how to accept the place" not in text


def test_an_open_question_is_the_one_thing_to_do(client):
    row = ApplicationFactory(scored=True)
    question = ask(row)

    html = page(signed_in(client, owner_of(row)), "/file/")

    assert f"Answer by {day_words(question.answer_by)}" in html
    assert headline(html).startswith("Answer one question, and you have our decision by")
    assert "How many footballs could you make in a month?" in html
    assert "Clock stands still while you answer" in html


def test_before_the_decision_the_firm_sees_no_points(client):
    row = ApplicationFactory(scored=True)
    own = signed_in(client, owner_of(row))

    assert str(row.points) not in page(own, url("file", row))
    assert str(row.points) not in page(own, url("receipt", row))


def test_the_newest_living_file_comes_first_and_the_others_are_listed(client):
    old = decided(ApplicationFactory(scored=True), Outcome.DECLINE)
    new = ApplicationFactory(sme=old.sme)

    html = page(signed_in(client, owner_of(old)), "/file/")

    assert headline(html).startswith("Next: ")
    assert reverse("selection:apply", args=[new.round.code]) in html
    assert url("file", old) in html


def with_history(rows: int) -> Application:
    """A file with as many letters, earlier files, expiring papers, messages and answered questions."""
    row = ApplicationFactory(scored=True)
    for n in range(rows):
        decided(ApplicationFactory(sme=row.sme, scored=True), Outcome.DECLINE)
        correspondence_services.write_letter(actor=officer(), application=row, words=f"Letter {n}")
        DocumentFactory(sme=row.sme, kind="chamber_membership", expires_on=today() + timedelta(days=9))
        question = ask(row)
        correspondence_services.answer_question(
            actor=owner_of(row), question=question, values={"capacity_per_month": 5000 + n}
        )
        notify(to=owner_of(row), template="application.withdrawn", key=str(n), firm="x", file="y", round="z")
    return row


@pytest.fixture(scope="module")
def histories(module_db):
    """Files with one and with three of everything, all rounds over."""
    files = {rows: with_history(rows) for rows in (1, 3)}
    Round.objects.update(state=RoundState.DECIDED.value)
    return files


@pytest.mark.parametrize(
    ("name", "number"), [("file", 18), ("frozen", 6), ("receipt", 10), ("withdraw", 6), ("submitted", 6)]
)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_however_much_has_happened(client, name, number, rows, histories):
    row = histories[rows]
    if name == "receipt":
        row = decided(row)
    queries = queries_of(signed_in(client, owner_of(row)), url(name, row))
    assert (len(queries), repeated(queries)) == (number, [])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_letters_ask_for_the_role_anew_in_the_act_that_marks_them_read(client, rows, histories):
    row = histories[rows]
    queries = queries_of(signed_in(client, owner_of(row)), url("letters", row))
    assert len(queries) == 12
    assert [sql.split(" WHERE ")[0].split(" FROM ")[1] for sql in repeated(queries)] == ['"smes_member"']


@pytest.mark.parametrize("rows", [1, 3])
def test_applying_and_home_read_firm_and_profile_once(client, rows):
    sme = SmeFactory(complete=True)
    DocumentFactory.create_batch(rows, sme=sme, state="refused", reason="Not readable.")
    DocumentFactory.create_batch(rows, sme=sme, expires_on=today() + timedelta(days=9))
    for number in range(rows):
        RoundFactory(number=4 + number)
    own = signed_in(client, sme.created_by)
    home, apply = reverse("selection:firm_home"), reverse("selection:apply", args=["R4"])

    for address, number in ((home, 15), (apply, 7)):
        queries = queries_of(own, address)
        assert (address, len(queries), repeated(queries)) == (address, number, [])
    own.post(apply, {"track": "general"})
    for address, number in ((home, 15), (apply, 16)):
        queries = queries_of(own, address)
        assert (address, len(queries), repeated(queries)) == (address, number, [])


# ----------------------------------------------------------------------------------------------------------- applying


def test_applying_from_the_track_to_the_submitted_page(client):
    sme = SmeFactory(complete=True)
    round_ = RoundFactory(number=4)
    own = signed_in(client, sme.created_by)
    address = reverse("selection:apply", args=["R4"])

    assert "Choose a track" in page(own, address)
    own.post(address, {"track": "general"})
    html = page(own, address)
    assert headline(html) == "2 things are missing before you can submit"
    assert "Hand-stitched footballs (HS 9506.62), your main product" in html

    typed = {"track": "general", "motivation": "Sell footballs.", "commitment_name": "Saima", "declared": "on"}
    response = own.post(address, {**typed, "submit": "1"}, follow=True)

    row = Application.objects.get(round=round_)
    assert response.redirect_chain == [(url("submitted", row), 302)]
    assert headline(response.content.decode()) == "We have your application: file R4-0001"
    assert own.get(address).url == url("file", row)


def test_saving_a_draft_keeps_what_is_written(client):
    row = ApplicationFactory()
    own = signed_in(client, owner_of(row))

    address = reverse("selection:apply", args=[row.round.code])
    seen = own.get(address).context["seen"]
    own.post(address, {"track": "startup", "motivation": "Later", "save": "1", "seen": seen})

    row.refresh_from_db()
    assert (row.state, row.track, row.motivation, row.commitment_name) == ("draft", "startup", "Later", "")


def test_submitting_without_the_owners_word_says_so_and_keeps_the_text(client):
    row = ApplicationFactory()
    own = signed_in(client, owner_of(row))
    typed = {"track": "general", "motivation": "A new text", "commitment_name": "Saima", "submit": "1"}

    address = reverse("selection:apply", args=[row.round.code])
    html = own.post(address, typed | {"seen": own.get(address).context["seen"]}).content.decode()

    assert "Tick this before you submit." in html
    assert "A new text" in html
    row.refresh_from_db()
    assert (row.state, row.motivation) == ("draft", "A new text")


def test_a_preparer_fills_in_but_does_not_submit(client):
    row = ApplicationFactory()
    preparer = MemberFactory(sme=row.sme, role="preparer").user

    html = page(signed_in(client, preparer), reverse("selection:apply", args=[row.round.code]))

    assert "Only the owner of the firm can submit its application." in html
    assert 'name="submit"' not in html


def test_a_trainee_does_not_apply(client):
    row = ApplicationFactory()
    trainee = MemberFactory(sme=row.sme, role="trainee").user

    assert signed_in(client, trainee).get(reverse("selection:apply", args=[row.round.code])).status_code == 403


def test_a_closed_round_takes_nothing(client):
    sme = SmeFactory(complete=True)
    round_ = RoundFactory(closed=True)

    html = page(signed_in(client, sme.created_by), reverse("selection:apply", args=[round_.code]))

    assert headline(html) == "This round takes no applications now"


@pytest.mark.parametrize("code", ["R99", "Rx", "R²", "nothing", "R99999"])
def test_a_round_that_is_not_there_reads_as_not_found(client, code):
    assert signed_in(client, SmeFactory().created_by).get(f"/apply/{code}/").status_code == 404


# ------------------------------------------------------------------------------------------ an ended session


def test_a_session_that_ends_in_mid_form_costs_a_sign_in_and_nothing_else(client):
    row = ApplicationFactory()
    address = reverse("selection:apply", args=[row.round.code])
    typed = {"track": "startup", "motivation": "Half a page of thoughts", "commitment_name": "Saima", "declared": "on"}
    page(signed_in(client, owner_of(row)), address)
    del client.cookies[settings.SESSION_COOKIE_NAME]

    away = client.post(address, typed)
    assert (away.status_code, away.url) == (302, f"/accounts/login/?next={address}")
    back = client.post(away.url, {"login": owner_of(row).email, "password": PASSWORD}, follow=True)

    html = back.content.decode()
    assert back.request["PATH_INFO"] == address
    assert "Half a page of thoughts" in html
    assert re.search(r'name="declared"[^>]*checked', html) is None
    assert "Half a page of thoughts" not in page(client, address)


# ---------------------------------------------------------------------------------------------- answering and letters


def test_answering_opens_only_the_named_fields_with_their_kind_of_control(client):
    row = ApplicationFactory(scored=True)
    ask(row, fields=["capacity_per_month", "website", "quality_control", "founded_on", "capacity_unit"])

    html = page(signed_in(client, owner_of(row)), url("question", row))

    names = set(re.findall(r'name="(\w+)"', html)) - {"csrfmiddlewaretoken", "language", "next", "viewport"}
    assert names == {
        "capacity_per_month", "website", "quality_control", "founded_on", "capacity_unit", "answer", "question",
    } | {name for name in names if name.startswith("htmx") or name in {"color", "theme"}}  # fmt: skip
    assert re.search(r'name="capacity_per_month" value="[0-9,]+"[^>]*inputmode="numeric"', html)
    assert re.search(r'name="founded_on" value="01/03/2012"', html)


def asked_in(row) -> dict:
    """What the page of the open question sends beside what is typed."""
    return {"question": row.questions.get(answered_at=None, cancelled_at=None).public_id}


def test_an_answer_to_a_question_that_was_taken_back_is_not_taken_for_one_to_the_next(client):
    row = ApplicationFactory(scored=True)
    ask(row)
    first = asked_in(row)
    correspondence_services.cancel_question(actor=officer(), application=row, question=first["question"])
    ask(row, fields=["employees", "capacity_per_month"])
    own = signed_in(client, owner_of(row))

    sent = {"capacity_per_month": "7000", "answer": "The second loom is gone."}
    html = own.post(url("question", row), first | sent).content.decode()

    assert "We have taken that question back and ask this one." in html
    assert "The second loom is gone." in html
    assert row.questions.filter(answered_at__isnull=False).count() == 0
    assert f'name="question" value="{asked_in(row)["question"]}"' in html
    own.post(url("question", row), asked_in(row) | sent | {"employees": "60"})
    assert row.questions.filter(answered_at__isnull=False).count() == 1


def test_an_answer_goes_to_the_desk_and_the_page_says_so(client):
    row = ApplicationFactory(scored=True)
    ask(row)
    own = signed_in(client, owner_of(row))

    response = own.post(
        url("question", row),
        asked_in(row) | {"capacity_per_month": "7000", "answer": "The second loom is gone."},
        follow=True,
    )

    assert "Your answer is with us. The clock runs again." in response.content.decode()
    row.refresh_from_db()
    assert (row.facts["capacity_per_month"], row.awaiting_firm) == (7000, False)


@pytest.mark.parametrize(("turnover", "is_named"), [("1,000", True), ("61,000,000", False)])
def test_an_answer_that_contradicts_the_exports_is_named_at_once(client, turnover, is_named):
    row = ApplicationFactory(scored=True)
    ask(row, fields=["turnover_pkr"])
    answer = {"turnover_pkr": turnover}
    html = (
        signed_in(client, owner_of(row))
        .post(url("question", row), asked_in(row) | answer, follow=True)
        .content.decode()
    )
    assert "Your answer is with us." in html
    assert ("Exports are part of the sales: one of the two cannot be right." in html) == is_named


def test_a_wrong_answer_stands_beside_its_field_and_keeps_the_rest(client):
    row = ApplicationFactory(scored=True)
    ask(row, fields=["women_employees", "city"])
    own = signed_in(client, owner_of(row))

    html = own.post(
        url("question", row), asked_in(row) | {"women_employees": "90", "city": "Daska", "answer": "Look"}
    ).content.decode()

    assert html.count('class="field__wrong"') == 1
    assert 'value="Daska"' in html
    row.refresh_from_db()
    assert row.awaiting_firm is True


def test_a_paper_comes_with_the_answer(client):
    row = ApplicationFactory(scored=True)
    ask(row, fields=[], document_kinds=["electricity_bill"])
    own = signed_in(client, owner_of(row))
    paper = SimpleUploadedFile("bill.png", photograph(), content_type="image/png")
    response = own.post(url("question", row), asked_in(row) | {"paper_electricity_bill": paper}, follow=True)

    assert "Your answer is with us" in response.content.decode()
    assert list(Document.objects.filter(sme=row.sme).values_list("kind", flat=True)) == ["electricity_bill"]


def test_a_disguised_paper_is_refused_and_nothing_is_answered(client):
    row = ApplicationFactory(scored=True)
    question = ask(row, fields=[], document_kinds=["electricity_bill"])
    own = signed_in(client, owner_of(row))
    paper = SimpleUploadedFile("bill.pdf", b"MZ\x90\x00 not a paper", content_type="application/pdf")
    html = own.post(url("question", row), asked_in(row) | {"paper_electricity_bill": paper}).content.decode()

    assert 'class="field__wrong"' in html
    question.refresh_from_db()
    assert (question.answered_at, Document.objects.filter(sme=row.sme).count()) == (None, 0)


STILL_MISSING = "Still missing: Last electricity bill of the workshop. Add what we asked for, or tick that you cannot send it and write why."


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, STILL_MISSING),
        ({"answer": "It comes."}, STILL_MISSING),
        ({"cannot_send": "on"}, "Write why you cannot send it."),
        ({"cannot_send": "on", "answer": "The meter is new."}, "Your answer is with us."),
    ],
)
def test_a_question_that_asks_for_a_paper_takes_it_or_the_reason_why_it_cannot_come(client, sent, says):
    row = ApplicationFactory(scored=True)
    question = ask(row, fields=[], document_kinds=["electricity_bill"])

    html = (
        signed_in(client, owner_of(row)).post(url("question", row), asked_in(row) | sent, follow=True).content.decode()
    )

    assert says in html
    question.refresh_from_db()
    assert bool(question.answered_at) == (says == "Your answer is with us.")


@pytest.mark.parametrize("until", ["", "2020-01-31", "0218-02-28", "\u202a31/12/2099\u202c"])
def test_a_paper_with_an_answer_has_a_last_day_as_everywhere(client, until):
    row = ApplicationFactory(scored=True)
    question = ask(row, fields=[], document_kinds=["cnic_copy"])
    paper = SimpleUploadedFile("card.png", photograph(), content_type="image/png")
    sent = {"paper_cnic_copy": paper, "until_cnic_copy": until}
    signed_in(client, owner_of(row)).post(url("question", row), asked_in(row) | sent)
    question.refresh_from_db()
    assert bool(question.answered_at) == ("2099" in until)


def test_without_a_question_there_is_nothing_to_answer(client):
    row = ApplicationFactory(scored=True)

    assert "No question waits for you." in page(signed_in(client, owner_of(row)), url("question", row))


def test_letters_go_to_and_fro(client):
    row = ApplicationFactory(submitted=True)
    correspondence_services.write_letter(
        actor=officer(name="Ayesha Karim"), application=row, words="Is the new hall ready?"
    )
    own = signed_in(client, owner_of(row))

    html = page(own, url("letters", row))
    token = re.search(r'name="token" value="(\w{32})"', html)[1]
    for _ in range(2):
        own.post(url("letters", row), {"words": "It is.", "token": token})

    assert "Review desk, Ayesha Karim" in html
    assert list(row.letters.order_by("pk").values_list("words", "from_firm")) == [
        ("Is the new hall ready?", False),
        ("It is.", True),
    ]


def test_withdrawing_asks_first(client):
    row = ApplicationFactory(submitted=True)
    own = signed_in(client, owner_of(row))

    assert "Tick this if you are sure." in own.post(url("withdraw", row), {}).content.decode()
    assert headline(own.post(url("withdraw", row), {"sure": "on"}, follow=True).content.decode()) == (
        "This application was withdrawn"
    )


def test_a_held_file_is_taken_back_on_its_page(client):
    row = ApplicationFactory(scored=True, sme_values=TOO_LARGE)
    own = signed_in(client, owner_of(row))

    assert "A small or medium firm by the rule in force" in page(own, url("reopen", row))
    response = own.post(url("reopen", row))

    assert response.url == f"{reverse('selection:apply', args=[row.round.code])}?firm={row.sme.public_id}"


def test_the_frozen_copy_shows_what_an_answer_changed(client):
    row = ApplicationFactory(scored=True)
    question = ask(row)
    correspondence_services.answer_question(actor=owner_of(row), question=question, values={"capacity_per_month": 7000})

    html = page(signed_in(client, owner_of(row)), url("frozen", row))

    assert "Before: 12,000 balls. Now: 7,000 balls." in html


# --------------------------------------------------------------------------------------------------------- the receipt


def test_the_firm_reads_its_receipt_after_the_decision(client):
    row = decided(ApplicationFactory(scored=True))

    html = page(signed_in(client, owner_of(row)), url("receipt", row))

    for words in (
        f"How the {row.points} points came about", "Export experience", "The cheapest way up",
        "Where the figures come from", "Place 1 of 1", "engine 1.0", "policy 2026-1",
    ):  # fmt: skip
        assert words in html, words


@pytest.mark.parametrize("person", [officer, director])
def test_officials_read_a_receipt_at_any_time(client, person):
    row = ApplicationFactory(scored=True)

    assert f"How the {row.points} points came about" in page(signed_in(client, person()), url("receipt", row))


def test_a_file_that_was_held_shows_its_conditions_on_the_receipt(client):
    row = ApplicationFactory(scored=True, sme_values=TOO_LARGE)

    html = page(signed_in(client, officer()), url("receipt", row))

    assert "not met" in html
    assert "Your sales are above the limit for small and medium firms." in html


def test_pages_speak_urdu_from_the_right(client):
    row = decided(ApplicationFactory(scored=True))
    own = signed_in(client, owner_of(row))
    own.cookies["django_language"] = "ur"

    for name in ("file", "receipt", "frozen", "letters"):
        assert '<html lang="ur" dir="rtl">' in page(own, url(name, row))


# ----------------------------------------------------------------------------------------- the way to the application


def next_of(html: str) -> str:
    """The one button on top of the firm's home."""
    return re.search(r'<a class="btn btn-primary" href="([^"]+)"', html)[1].replace("&amp;", "&")


def test_each_act_leads_to_the_next_task_until_the_application_is_in(client):
    sme, round_ = SmeFactory(complete=True), RoundFactory(number=4)
    own, home = signed_in(client, sme.created_by), f"/firm/{sme.public_id}/"
    for kind in ("cnic_copy", "tax_return", "bank_certificate", "export_proof"):
        assert next_of(page(own, home)) == f"{home}papers/?kind={kind}#send"
        DocumentFactory(sme=sme, kind=kind)
    apply = f"/apply/{round_.code}/?firm={sme.public_id}"
    assert next_of(page(own, home)) == apply
    own.post(apply, {"track": "general"})
    assert headline(page(own, home)) == "Next: say what you want to reach in Round 4"
    written = {"track": "general", "motivation": "Sell footballs.", "commitment_name": "Saima"}
    saved = own.post(apply, {**written, "save": "1"})
    assert saved.url == home
    assert next_of(page(own, home)) == f"{apply}#answers"
    own.post(apply, {**written, "declared": "on", "submit": "1"})
    assert headline(page(own, home)) == "Your application is with us; we check the conditions now"


def test_a_task_left_for_later_shows_another(client):
    sme = SmeFactory(complete=True)
    own = signed_in(client, sme.created_by)
    later = re.search(r'<a class="btn btn-quiet" href="([^"]+)"', page(own, "/file/"))[1]

    assert later == f"/firm/{sme.public_id}/?later=1"
    assert headline(page(own, later)) == "Next: send “Last income tax return”"
    assert headline(page(own, f"/firm/{sme.public_id}/?later=²")) == headline(page(own, "/file/"))


def test_a_draft_in_a_closed_round_does_not_ask_to_finish_it(client):
    row = ApplicationFactory(round=RoundFactory(number=3))
    for kind in ("cnic_copy", "tax_return", "bank_certificate", "export_proof"):
        DocumentFactory(sme=row.sme, kind=kind)
    own = signed_in(client, owner_of(row))
    assert headline(page(own, url("file", row))).startswith("Next: check your answers and submit by ")
    midnight = datetime(2026, 10, 1, tzinfo=timezone.get_default_timezone())
    Round.objects.filter(pk=row.round_id).update(
        opens_at=midnight - timedelta(days=9), closes_at=midnight, state=RoundState.IN_REVIEW.value
    )

    for address in ("/file/", url("file", row), f"/firm/{row.sme.public_id}/"):
        html = page(own, address)
        assert headline(html) == "No round is open today; get ready for the next one"
        assert "Round 3 closed on 30\xa0September\xa02026, 24:00" in html
        assert "Your draft was not submitted." in html


def test_a_firm_without_a_place_is_shown_its_tasks_once_another_round_is_open(client):
    old = decided(ApplicationFactory(scored=True), Outcome.DECLINE)
    own = signed_in(client, owner_of(old))
    assert headline(page(own, "/file/")) == "No place in this round; here is why, and what to do"
    round_ = RoundFactory()

    html = page(own, "/file/")

    assert f"/apply/{round_.code}/?firm={old.sme.public_id}" in html
    assert url("file", old) in html


def test_a_selected_firm_reads_what_comes_next_with_the_training_where_it_is_known(client):
    row = decided(ApplicationFactory(scored=True))
    own = signed_in(client, owner_of(row))
    assert "We write the dates to you as soon as they are set." in page(own, url("file", row))
    Round.objects.filter(pk=row.round_id).update(training_note="Sialkot, from 5 July 2027")

    assert "Training: Sialkot, from 5 July 2027." in page(own, url("file", row))


# -------------------------------------------------------------------------------------------------- several firms


@pytest.fixture
def two_firms(client):
    """A person with a firm that has applied and one that has all to do; their names in the order of the alphabet."""
    row = ApplicationFactory(scored=True, sme_values={"name": "Noor Sports Works"})
    second = SmeFactory(name="Noor Stitching Centre", created_by=owner_of(row))
    return signed_in(client, owner_of(row)), row, second


def switch_of(html: str) -> list[tuple[str, bool]]:
    """The firms on top of the page, with whether it is the one of the page."""
    found = re.search(r'<ul class="firms">(.*?)</ul>', html, re.DOTALL)
    links = re.findall(r"<a ([^>]*)>(.*?)</a>", found[1], re.DOTALL) if found else []
    return [(" ".join(re.sub(r"<[^>]+>", "", words).split()), "aria-current" in tag) for tag, words in links]


def test_both_firms_stand_on_top_with_what_waits_in_each(two_firms):
    own, row, second = two_firms
    assert switch_of(page(own, "/file/")) == [("Noor Sports Works", True), ("Noor Stitching Centre (10 tasks)", False)]
    there = [("Noor Sports Works (4 tasks)", False), ("Noor Stitching Centre", True)]
    assert switch_of(page(own, f"/firm/{second.public_id}/")) == there
    ask(row)
    assert switch_of(page(own, "/file/")) == [("Noor Sports Works (5 tasks)", False), there[1]]


def test_the_firm_one_opened_last_is_the_one_of_the_masthead_and_of_applying(two_firms):
    own, row, second = two_firms
    RoundFactory(number=4)
    for sme in (second, row.sme):
        html = page(own, f"/firm/{sme.public_id}/")
        assert f'href="/firm/{sme.public_id}/" aria-current="page"' in html
        for address in ("/file/", "/inbox/", "/apply/R4/"):
            html = page(own, address)
            assert f'href="/firm/{sme.public_id}/papers/"' in html
        assert f"You apply for <b><bdi>{sme.name}</bdi></b>." in html


def test_a_letter_of_the_other_firm_brings_its_masthead_along(two_firms):
    own, row, second = two_firms
    page(own, f"/firm/{second.public_id}/")

    assert f'href="/firm/{row.sme.public_id}/papers/"' in page(own, url("letters", row))


def test_somebody_with_one_firm_sees_no_switch(client):
    assert switch_of(page(signed_in(client, SmeFactory().created_by), "/file/")) == []


# --------------------------------------------------------------------------------------------------- check your answers


def test_what_will_be_frozen_stands_open_before_the_button_with_a_way_to_change_it(client):
    row = ApplicationFactory()
    html = page(signed_in(client, owner_of(row)), reverse("selection:apply", args=[row.round.code]))

    answers, _button, _rest = html.partition("<main")[2].partition('name="submit"')
    changes = re.findall(r'href="([^"]+)">\s*Change<span class="visually-hidden">: ([^<]+)<', answers)
    home = f"/firm/{row.sme.public_id}"
    assert (f"{home}/profile/capacity/", "What you can make in a month") in changes
    assert (f"{home}/profile/owners/", "Is the firm led by a woman?") in changes
    assert (f"{home}/papers/", "Verified by TDAP") in changes
    assert {address.split("/")[4] for address, _label in changes if "/profile/" in address} == {
        step.code for step in STEPS
    }
    assert "<details" not in answers


def test_a_mistake_stands_in_the_title_and_its_summary_before_everything_else(client):
    row = ApplicationFactory()
    own, address = signed_in(client, owner_of(row)), reverse("selection:apply", args=[row.round.code])
    typed = {"track": "general", "motivation": "", "commitment_name": "Saima", "declared": "on", "submit": "1"}

    html = send(own, address, typed).content.decode()

    assert " ".join(re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1].split()).startswith("Error: Apply for Round")
    assert html.index('class="wrongs') < html.index('id="missing-h"') < html.index('name="track"')
    assert "Error:" not in page(own, address)
