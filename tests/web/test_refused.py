"""A form that was refused is filled in again whenever its person comes back to its page, until it is taken."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from selection.intake import services as intake_services
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import Outcome
from selection.trade import services as trade_services
from smes.evidence import selectors as evidence_selectors
from tdap_portal.accounts.roles import PartnerKind
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, owner_of
from tests.factories.smes import DocumentFactory, SmeFactory, flag_of
from tests.factories.trade import demand_line, platform_file
from tests.selection import made

pytestmark = pytest.mark.django_db
WORDS = "Half an hour of careful words."
TOO_LONG = WORDS + " More of them." * 300


def firm_page(name, typed, row=None):
    row = row or ApplicationFactory(scored=True)
    url = reverse(f"selection:{name}", args=[row.public_id])
    return owner_of(row), url, url, typed


def desk_act(name, typed, file, person, *more):
    page = reverse("selection:desk_file", args=[file.public_id])
    return person, page, reverse(f"selection:{name}", args=[file.public_id, *more]), typed


def of_reader(name, typed):
    reader = officer()
    return desk_act(name, typed, made.assigned(reader), reader)


def application():
    sme = SmeFactory(complete=True)
    round_ = RoundFactory(number=4)
    intake_services.start_application(actor=sme.created_by, round=round_, sme=sme)
    return sme.created_by, "/apply/R4/", "/apply/R4/", {"track": "general", "motivation": TOO_LONG}


def answer():
    row = ApplicationFactory(scored=True)
    ask(row, document_kinds=["electricity_bill"])
    return firm_page("question", {"question": row.questions.get().public_id, "answer": WORDS}, row)


def recommendation():
    reader = officer()
    return desk_act("desk_recommend", {"outcome": "select", "words": WORDS}, made.reviewed(reader), reader)


def decision():
    return desk_act("desk_decide", {"outcome": "decline", "words": WORDS}, made.recommended(), director())


def sending_back():
    return desk_act("desk_return", {"returned_words": TOO_LONG}, made.recommended(), director())


def compared_paper():
    """One answer was given with what the paper shows, another without."""
    reader = officer()
    file = made.assigned(reader)
    paper = DocumentFactory(sme=file.sme, kind="tax_return")
    page, address = (
        reverse(f"selection:{name}", args=[file.public_id, paper.public_id])
        for name in ("verify_paper", "verify_answer")
    )
    first, second, *_rest = evidence_selectors.checklist(paper)
    answers = {"answer-1": "differs", "seen-1": first.digest, "note-1": WORDS}
    return reader, page, address, answers | {"answer-2": "differs", "seen-2": second.digest, "note-2": ""}


def desk_question():
    reader = officer()
    file = made.assigned(reader)
    url = reverse("selection:desk_ask", args=[file.public_id])
    return reader, url, url, {"title": "", "words": WORDS, "answer_days": "7"}


def bulk_question():
    file = made.scored(round=RoundFactory(number=7))
    url = f"{reverse('selection:desk_bulk')}?kind=ask&tab=all&round=R7"
    return officer(), url, url, {"title": "", "words": WORDS, "file": file.public_id}


def handing_over():
    leaver = officer()
    made.assigned(leaver)
    url = reverse("selection:person_lock_out", args=[leaver.public_id])
    return administrator(), url, url, {"reason": WORDS}


def round_dates():
    url = reverse("selection:round_new")
    return director(), url, url, {"number": "9", "name_ur": WORDS}


def held_figures():
    person = partner_person(kind=PartnerKind.PLATFORM)
    run = trade_services.import_platform_csv(actor=person, file=platform_file(demand_line()), dry_run=False)
    page = reverse("trade:run", args=[run.public_id])
    return director(), page, reverse("trade:refuse", args=[run.public_id]), {"reason": TOO_LONG}


def duplicate():
    flag = flag_of(SmeFactory(complete=True), SmeFactory(complete=True))
    url = reverse("smes:duplicate", args=[flag.public_id])
    return officer(), url, url, {"note": WORDS}


def role_wish():
    url = reverse("roles:ask")
    return UserFactory(), url, url, {"role": "officer", "office": "", "why": WORDS}


FORMS = {
    "application": application,
    "answer": answer,
    "letter of a firm": lambda: firm_page("letters", {"words": TOO_LONG}),
    "withdrawal": lambda: firm_page("withdraw", {"reason": WORDS}),
    "reading": lambda: of_reader("desk_read", {"comment": WORDS}),
    "recommendation": recommendation,
    "decision": decision,
    "sending back": sending_back,
    "tie": lambda: of_reader("desk_conflict", {"ties": TOO_LONG}),
    "letter of the desk": lambda: of_reader("desk_write", {"letter": TOO_LONG}),
    "waiver": lambda: of_reader("desk_waive", {"waiver_words": WORDS}),
    "compared paper": compared_paper,
    "question": desk_question,
    "bulk question": bulk_question,
    "handing over": handing_over,
    "round": round_dates,
    "held figures": held_figures,
    "duplicate": duplicate,
    "wish for a role": role_wish,
}


def opened(person, page) -> str:
    """The page for somebody who signs in at another browser."""
    client = Client()
    client.force_login(person)
    return unescape(client.get(page).content.decode())


@pytest.mark.parametrize("form", FORMS)
def test_what_was_typed_in_a_refused_form_is_there_again_after_leaving_and_signing_in_anew(client, form):
    person, page, address, typed = FORMS[form]()
    assert WORDS not in opened(person, page)
    client.force_login(person)

    refused = client.post(address, typed)

    assert (refused.status_code, WORDS in unescape(refused.content.decode())) == (200, True)
    client.get(reverse("notifications:inbox"))
    client.post("/accounts/logout/")
    assert [WORDS in opened(person, page) for _time in range(2)] == [True, True]


def test_another_person_who_opens_the_page_does_not_see_it(client):
    reader, other = officer(), officer()
    file = made.assigned(reader, other)
    _reader, page, address, typed = desk_act("desk_read", {"comment": WORDS}, file, reader)
    client.force_login(reader)
    client.post(address, typed)

    assert [WORDS in opened(person, page) for person in (reader, other)] == [True, False]


def test_what_was_taken_in_the_end_is_no_longer_in_the_form(client):
    person, page, address, typed = firm_page("letters", {"words": TOO_LONG})
    client.force_login(person)
    client.post(address, typed)

    taken = client.post(address, {"words": "Shorter now.", "token": "a" * 32})

    assert (taken.status_code, WORDS in opened(person, page)) == (302, False)


def test_a_draft_that_was_saved_wins_over_what_was_refused_before(client):
    """The submission still lacks its tick, but the application holds the words: nothing older is shown in their place."""
    person, page, address, typed = application()
    client.force_login(person)
    client.post(address, typed)

    client.post(address, typed | {"motivation": "Shorter now.", "submit": ""})

    html = opened(person, page)
    assert (WORDS in html, "Shorter now.</textarea>" in html) == (False, True)


def test_what_was_typed_for_a_decision_is_not_given_for_another_recommendation(client):
    boss, by = director(), officer()
    file = made.recommended(by)
    _boss, page, address, typed = desk_act("desk_decide", {"outcome": "decline", "words": WORDS}, file, boss)
    client.force_login(boss)
    shown = review_selectors.basis_of(file)
    client.post(address, typed | {"basis": shown})
    assert WORDS in opened(boss, page)

    review_services.return_to_officer(actor=director(), application=file, words="Look again.", basis=shown)
    codes = ["ready_to_sell"]
    review_services.recommend(
        actor=by, application=made.fresh(file), outcome=Outcome.SELECT, reason_codes=codes, words=made.WORDS
    )

    assert (WORDS in opened(boss, page), made.WORDS in opened(boss, page)) == (False, True)


def test_private_numbers_are_not_kept_and_only_so_many_forms_are(client):
    """Of a question that opens the owners the CNIC is typed again; a sixth form pushes out the first."""
    row = ApplicationFactory(scored=True)
    ask(row, fields=["owners"])
    typed = {"question": row.questions.get().public_id, "answer": TOO_LONG, "owner-0-cnic": "35202-7654321-9"}
    person, page, address, typed = firm_page("question", typed, row)
    client.force_login(person)
    client.post(address, typed)
    html = opened(person, page)
    assert (WORDS in html, "35202-7654321-9" in html) == (True, False)

    others = [
        firm_page("letters", {"words": TOO_LONG}, ApplicationFactory(scored=True, sme=row.sme)) for _n in range(5)
    ]
    for _person, _page, letters, words in others:
        client.post(letters, words)

    assert [WORDS in opened(person, one) for one in (page, others[0][1], others[4][1])] == [False, True, True]
