"""The pages of the desk for every kind of person, what must not leak, and what a double click does."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from selection.bulk import services as bulk_services
from selection.correspondence import services as correspondence_services
from selection.correspondence.common_questions import COMMON_QUESTIONS
from selection.correspondence.forms import QuestionForm
from selection.intake import services as intake_services
from selection.models import BulkAct, Conflict, Decision, Letter, Question, Reading, Recommendation, SavedView
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import State
from selection.trade.services import load_sample, simulate_platform
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.selection import RoundFactory, owner_of
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory, flag_of, verified_papers
from tests.markup import flat
from tests.selection import made

pytestmark = pytest.mark.django_db
ACTS = ("read", "recommend", "return", "decide", "assign", "ask", "conflict", "letters")
SIMULATED = '<span class="state tone-you state--bare">simulated</span>'
SECRET = "Sealed-words-of-the-first-reader"
FIRST = {"commitment": 3, "product_fit": 2, "outcome": "waitlist", "comment": SECRET}
RECOMMEND = {"outcome": "select", "reason": "ready_to_sell", "second_reason": "", "words": made.WORDS}
SURE = {"confirmed": "1"}  # the page before an act that cannot be undone was read


def signed_in(client, user):
    client.force_login(user)
    return client


def address(file, act="") -> str:
    return f"/desk/{file.public_id}/{act}/" if act else f"/desk/{file.public_id}/"


# -------------------------------------------------------------------------------------------------- who gets in at all


def _everybody_else():
    return [role for role in Role if role not in (Role.OFFICER, Role.APPROVER)] + [None]


@pytest.mark.parametrize("role", _everybody_else())
def test_for_everybody_but_the_desk_nothing_is_there(client, role):
    file = made.scored()
    signed_in(client, UserFactory(roles=(role,) if role else ()))
    pages = ["/desk/", "/desk/bulk/", "/desk/views/", f"/desk/?open={file.public_id}", address(file)]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    acts = [address(file, act) for act in ACTS] + ["/desk/bulk/", "/desk/bulk/confirm/", "/desk/views/"]
    assert {act: client.post(act).status_code for act in acts} == dict.fromkeys(acts, 404)
    assert made.fresh(file).state == State.SCORED


def test_the_owner_of_the_firm_does_not_find_its_file_at_the_desk(client):
    file = made.scored()
    assert signed_in(client, owner_of(file)).get(address(file)).status_code == 404


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client):
    answer = client.get("/desk/?tab=late")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/desk/%3Ftab%3Dlate")


@pytest.mark.parametrize("make", [officer, director])
def test_the_desk_opens_for_its_people_with_their_own_first_tab(client, make):
    made.recommended(round=(round_ := RoundFactory()))
    page = signed_in(client, make()).get("/desk/").content.decode()
    home = 'href="/desk/?tab=mine" aria-current' if make is officer else 'href="/desk/?tab=decision" aria-current'
    assert home in page
    assert f"Round {round_.number}" in page
    assert page.count("data-row=") == (0 if make is officer else 1)


def test_without_a_round_the_desk_says_what_comes(client):
    page = signed_in(client, officer()).get("/desk/")
    assert "There is no round yet" in page.content.decode()
    assert signed_in(client, officer()).get("/desk/bulk/").status_code == 200


def test_a_file_that_is_not_there_reads_as_one_that_is_not_yours(client):
    signed_in(client, officer())
    assert {client.get(f"/desk/{code}/").status_code for code in ("aaaaaaaaaaaa", "rounds-none")} == {404}


def test_nonsense_in_the_address_shows_the_queue(client):
    made.scored()
    signed_in(client, officer())
    for words in ("tab=%01", "q=%01", "cursor=%FF", "order='", "round=R999", "sector[]=x", "q=" + "x" * 500):
        assert client.get(f"/desk/?{words}").status_code == 200


# ---------------------------------------------------------------------------------------------- what a score stands on


def test_the_evidence_of_a_file_names_its_sources_and_calls_made_up_figures_simulated(client):
    load_sample()
    simulate_platform(products=["950662"])
    page = flat(signed_in(client, officer()).get(address(made.scored())).content.decode())
    parts = {name: rest for name, _, rest in (row.partition("</b>") for row in page.split("<li><span><b>")[1:])}
    assert [name for name, rest in parts.items() if SIMULATED in rest.partition("</li>")[0]] == [
        "Demand on the platform"
    ]
    assert "Simulated platform demand, HS 2022, " in parts["Demand on the platform"]
    assert "Harvard Atlas of Economic Complexity, HS 1992; world: " in parts["Trade evidence for your product"]
    assert "Your application, as frozen on " in parts["Export experience"]


# -------------------------------------------------------------------------------------------------- sealed readings


@pytest.fixture
def half_read():
    """A file with the first reading in and the second open."""
    first, second = officer(), officer()
    file = made.assigned(first, second)
    review_services.record_reading(actor=first, application=file, **FIRST)
    return file, first, second


def test_a_sealed_reading_leaks_nowhere(client, half_read):
    file, _first, second = half_read
    for person in (second, officer(), director()):
        signed_in(client, person)
        for page, headers in (
            (address(file), {}),
            (address(file), {"hx-request": "true"}),
            (f"/desk/?tab=all&open={file.public_id}", {}),
            ("/desk/?tab=all", {}),
        ):
            text = client.get(page, headers=headers).content.decode()
            assert SECRET not in text
            assert "Put on the waiting list. Carries" not in text
            assert "Carries it through 3" not in text


def test_the_same_reading_is_open_to_its_reader_and_to_all_once_both_are_in(client, half_read):
    file, first, second = half_read
    assert SECRET in signed_in(client, first).get(address(file)).content.decode()
    own = file.readings.get(reader=first)
    same = {"commitment": own.commitment, "product_fit": own.product_fit, "outcome": own.outcome}
    review_services.record_reading(actor=second, application=file, **made.READ | same)
    for person in (first, second, director()):
        assert SECRET in signed_in(client, person).get(address(file)).content.decode()


def test_an_official_who_is_tied_to_the_firm_never_reads_what_was_judged_and_is_offered_no_act(client):
    tied = UserFactory(roles=(Role.OFFICER, Role.APPROVER))
    read, waiting = made.reviewed(), made.scored()
    Reading.objects.update(comment=SECRET)
    for file in (read, waiting):
        MemberFactory(sme=file.sme, user=tied)
    page = signed_in(client, tied).get(address(read)).content.decode()
    assert "You are tied to this firm" in page
    assert "Its score, the readings and what was proposed are not shown to you." in page
    assert ("Points by criterion" in page, "No readers assigned yet" in page) == (False, False)
    assert (SECRET in page, reverse("selection:receipt", args=[read.public_id]) in page) == (False, False)
    assert address(waiting, "assign") not in client.get(address(waiting)).content.decode()
    assert client.get(address(waiting, "assign")).status_code == 403
    receipt = client.get(reverse("selection:receipt", args=[read.public_id])).content.decode()
    assert "Your score receipt is here as soon as your application is decided." in receipt


def test_what_was_proposed_is_not_shown_to_whoever_is_tied_to_the_firm(client):
    reader, tied = officer(), officer()
    file = made.reviewed(reader, officer())
    review_services.recommend(
        actor=reader, application=file, outcome="select", reason_codes=["ready_to_sell"], words=made.WORDS
    )
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    pages = [signed_in(client, person).get(address(file)).content.decode() for person in (reader, tied)]
    assert [made.WORDS in page for page in pages] == [True, False]


def test_a_reader_with_both_roles_is_not_offered_the_decision(client):
    both, reader = UserFactory(roles=(Role.OFFICER, Role.APPROVER)), officer()
    file = made.reviewed(reader, both)
    review_services.recommend(
        actor=reader, application=file, outcome="select", reason_codes=["ready_to_sell"], words=made.WORDS
    )
    for person, offered in ((both, False), (director(), True)):
        page = signed_in(client, person).get(address(file)).content.decode()
        assert [address(file, act) in page for act in ("decide", "return")] == [offered, offered]


def test_the_firm_reads_nothing_of_readings_and_recommendations(client):
    by = officer()
    file = made.recommended(by)
    Reading.objects.update(comment=SECRET)
    Recommendation.objects.update(words=SECRET)
    signed_in(client, owner_of(file))
    for name in ("file", "letters", "frozen"):
        assert SECRET not in client.get(reverse(f"selection:{name}", args=[file.public_id])).content.decode()


# ---------------------------------------------------------------------------------------------------- acts by the pages


def test_a_file_goes_from_its_readers_to_the_decision_by_the_pages(client):
    first, second, boss = officer(), officer(), director()
    file = made.scored()
    signed_in(client, boss).post(address(file, "assign"), {"first": first.public_id, "second": second.public_id})
    for reader in (first, second):
        page = signed_in(client, reader).get(address(file)).content.decode()
        assert "Your reading" in page
        for _click in range(2):
            answer = client.post(address(file, "read"), FIRST | SURE)
            assert (answer.status_code, answer.url) == (302, address(file))
    verified_papers(file.sme)
    for _click in range(2):
        assert signed_in(client, first).post(address(file, "recommend"), RECOMMEND | SURE).status_code == 302
    basis = {"basis": review_selectors.basis_of(file)}
    for _click in range(2):
        assert signed_in(client, boss).post(address(file, "decide"), RECOMMEND | SURE | basis).status_code == 302
    assert made.fresh(file).state == State.SELECTED
    counts = [model.objects.count() for model in (Reading, Recommendation, Decision)]
    assert counts == [2, 1, 1]


@pytest.mark.parametrize(
    ("act", "sent", "said"),
    [
        (
            "read",
            {"commitment": "", "product_fit": "11", "outcome": "", "comment": "kept words"},
            "things to put right",
        ),
        ("recommend", {"outcome": "select", "reason": "", "words": "kept words"}, "One thing to put right"),
        (
            "recommend",
            {"outcome": "select", "reason": "product_not_ready", "words": "kept words"},
            "Choose at least one reason",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_the_form_and_the_rest_is_kept(client, act, sent, said):
    by = officer()
    file = made.assigned(by) if act == "read" else made.reviewed(by)
    answer = signed_in(client, by).post(address(file, act), sent)
    page = answer.content.decode()
    assert (answer.status_code, said in page, "kept words" in page) == (200, True, True)


def test_an_act_that_is_not_ones_own_is_refused_with_the_reason(client):
    file = made.recommended()
    answer = signed_in(client, officer()).post(address(file, "decide"), RECOMMEND)
    assert (answer.status_code, "Only a director can do this." in answer.content.decode()) == (403, True)
    assert made.fresh(file).state == State.RECOMMENDED


def test_a_form_of_a_file_that_moved_on_says_so(client):
    by = officer()
    file = made.reviewed(by)
    made.in_state(file, State.WITHDRAWN)
    page = signed_in(client, by).post(address(file, "recommend"), RECOMMEND, follow=True).content.decode()
    assert "This cannot be done now" in page


@pytest.mark.parametrize(
    ("act", "sent", "said"),
    [
        ("read", FIRST, ["Put in your reading of", "can no longer be changed", "Put on the waiting list", SECRET]),
        ("recommend", RECOMMEND, ["Recommend this for", "You cannot take it back", "Select", made.WORDS]),
        ("decide", RECOMMEND, ["Decide this for", "The firm is told at once", "Select", made.WORDS]),
        ("conflict", {"ties": "My cousin owns it."}, ["Declare that you are tied to", "cannot be undone", "My cousin"]),
    ],
)
def test_an_act_that_cannot_be_undone_says_first_what_will_happen(client, act, sent, said):
    by = director() if act == "decide" else officer()
    make = {"read": lambda: made.assigned(by), "recommend": lambda: made.reviewed(by), "decide": made.recommended}
    file = make.get(act, made.scored)()
    sent = sent | ({"basis": review_selectors.basis_of(file)} if act == "decide" else {})
    before = [model.objects.count() for model in (Recommendation, Decision, Conflict)]
    answer = signed_in(client, by).post(address(file, act), sent)
    page = flat(answer.content.decode())
    assert (answer.status_code, [words for words in said if words not in page]) == (200, [])
    assert [model.objects.count() for model in (Recommendation, Decision, Conflict)] == before
    assert not Reading.objects.filter(reader=by, comment=SECRET).exists()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?', page))
    assert {name: hidden[name] for name in sent} == {name: str(value) for name, value in sent.items()}

    changing = flat(client.post(address(file, act), hidden | {"change": "1"}).content.decode())
    assert str(list(sent.values())[-1]) in changing
    assert "Basis" not in page
    assert client.post(address(file, act), hidden | SURE).status_code == 302
    assert Reading.objects.filter(reader=by, done_at__isnull=False).count() == (act in ("read", "recommend"))
    after = [model.objects.count() for model in (Recommendation, Decision, Conflict)]
    assert after == [n + (act == word) for n, word in zip(before, ("recommend", "decide", "conflict"), strict=True)]


def test_a_decision_on_a_page_that_was_overtaken_shows_what_is_recommended_now(client):
    by, boss = officer(), director()
    file = made.recommended(by)
    opened = re.search(r'name="basis" value="([^"]*)"', signed_in(client, boss).get(address(file)).content.decode())[1]
    review_services.return_to_officer(actor=director(), application=file, words="Again.", basis=opened)
    review_services.recommend(
        actor=by, application=file, outcome="decline", reason_codes=["product_not_ready"], words="Too dear by now."
    )
    for pressed in ({}, SURE):
        page = client.post(address(file, "decide"), RECOMMEND | {"basis": opened} | pressed).content.decode()
        assert "The recommendation or the decision changed since you opened this page." in page
        assert "Too dear by now." in page
    assert made.fresh(file).state == State.RECOMMENDED
    shown = re.search(r'name="basis" value="([^"]*)"', page)[1]
    assert client.post(address(file, "decide"), RECOMMEND | {"basis": shown} | SURE).status_code == 302


def test_before_a_judgement_what_is_still_open_is_named(client):
    by = officer()
    file = made.reviewed(by)
    DocumentFactory(sme=file.sme, kind="tax_return")
    DocumentFactory(sme=file.sme, kind="cnic_copy", state="verified")
    flag_of(file.sme, SmeFactory(name="Twin Works"))
    decline = RECOMMEND | {"outcome": "decline", "reason": "product_not_ready"}
    page = flat(signed_in(client, by).post(address(file, "recommend"), decline).content.decode())
    assert "Nobody has looked at 1 paper yet: " in page
    assert "It may be the same business as Twin Works." in page
    assert f"Round {file.round.code} is open until " in page
    assert "Nobody has looked" not in flat(client.post(address(file, "conflict"), {"ties": "cousin"}).content.decode())


def test_a_judgement_with_nothing_open_names_nothing(client):
    by = officer()
    file = made.reviewed(by)
    type(file.round).objects.update(state="in_review")
    page = flat(signed_in(client, by).post(address(file, "recommend"), RECOMMEND).content.decode())
    assert "Recommend this for" in page
    assert "callout" not in page.partition("<main")[2]


def test_a_reason_that_does_not_fit_is_said_before_the_question_is_asked(client):
    by = officer()
    sent = RECOMMEND | {"reason": "product_not_ready"}
    page = signed_in(client, by).post(address(made.reviewed(by), "recommend"), sent).content.decode()
    assert "Choose at least one reason" in page
    assert "Recommend this for" not in page


def test_who_turned_the_keys_off_gets_a_desk_without_keys(client):
    by = officer()
    file = made.assigned(by)
    pages = ("/desk/", address(file))
    signed_in(client, by)
    assert [" data-keys" in client.get(page).content.decode() for page in pages] == [True, True]
    client.post("/accounts/person/", {"name": by.name, "language": "en"})
    assert [" data-keys" in client.get(page).content.decode() for page in pages] == [False, False]
    assert "The keys of the desk are off." in client.get("/desk/").content.decode()
    client.post("/accounts/person/", {"name": by.name, "language": "en", "shortcuts": "on"})
    assert " data-keys" in client.get("/desk/").content.decode()


def test_acts_want_a_post(client):
    file = made.reviewed()
    signed_in(client, officer())
    answers = {act: client.get(address(file, act)).status_code for act in ACTS if act not in ("ask", "assign")}
    assert set(answers.values()) == {405}


def test_asking_and_taking_back_by_the_pages(client):
    file, by = made.scored(), officer()
    signed_in(client, by)
    assert client.get(address(file, "ask")).status_code == 200
    sent = {"title": "How many?", "words": "Why.", "fields_asked": ["employees"], "answer_days": 5}
    assert client.post(address(file, "ask"), sent | {"fields_asked": []}).status_code == 200
    for _click in range(2):
        assert client.post(address(file, "ask"), sent).status_code == 302
    question = Question.objects.get()
    assert "The firm is asked: How many?" in client.get(address(file)).content.decode()
    client.post(f"{address(file)}questions/{question.public_id}/cancel/")
    assert not made.fresh(file).awaiting_firm


def test_returning_declaring_and_writing_by_the_pages(client):
    file, boss = made.recommended(), director()
    signed_in(client, boss).post(
        address(file, "return"), {"returned_words": "Look at the price.", "basis": review_selectors.basis_of(file)}
    )
    assert made.fresh(file).state == State.REVIEWED
    letter = {"letter": "We are on it.", "token": "a" * 32}
    for _click in range(2):
        assert client.post(address(file, "letters"), letter).status_code == 302
    assert Letter.objects.count() == 1
    assert client.post(address(file, "conflict"), {"ties": "My cousin owns it."} | SURE).status_code == 302
    assert "You are tied to this firm" in client.get(address(file)).content.decode()


def test_each_paper_leads_an_officer_to_where_it_is_compared(client):
    file, by = made.scored(), officer()
    paper = DocumentFactory(sme=file.sme)
    for person, is_shown in ((by, True), (director(), False)):
        client.force_login(person)
        page = client.get(address(file)).content.decode()
        assert (f"{address(file)}verify/{paper.public_id}/" in page) is is_shown
        assert (f"/firm/{file.sme.public_id}/papers/{paper.public_id}/" in page) is not is_shown


def test_a_director_looks_at_a_photograph_in_the_file_and_saves_a_pdf(client):
    file = made.scored()
    picture = DocumentFactory(sme=file.sme, kind="cnic_copy", content_type="image/jpeg", name="cnic.jpg")
    pdf = DocumentFactory(sme=file.sme)
    page = flat(signed_in(client, director()).get(address(file)).content.decode())
    assert re.findall(r'<img src="([^"]+)"', page) == [f"/firm/{file.sme.public_id}/papers/{picture.public_id}/"]
    assert f'href="/firm/{file.sme.public_id}/papers/{pdf.public_id}/"' in page


def test_no_file_is_ticked_for_a_bulk_act_until_somebody_ticks_it(client):
    round_ = RoundFactory()
    files = [made.assigned(round=round_) for _file in range(2)]
    signed_in(client, officer())
    url = "/desk/bulk/?kind=recommend_decline&tab=all"
    assert client.get(url).content.decode().count(" checked") == 0
    assert flat(client.get(f"{url}&tick=all").content.decode()).count("checked>") == len(files)
    sent = {"reason": "product_not_ready", "words": "Below the line."}
    assert "Tick the files that this is for." in client.post(url, sent).content.decode()


@pytest.mark.parametrize(
    ("language", "said", "title"),
    [("en", "The firm reads English.", "both sides"), ("ur", "The firm reads Urdu", "دونوں رخ")],
)
def test_the_officer_is_told_the_language_of_the_firm_and_gets_common_questions_in_it(client, language, said, title):
    file = made.assigned(by := officer(language="en"))
    type(owner_of(file)).objects.filter(pk=owner_of(file).pk).update(language=language)
    assert said in signed_in(client, by).get(address(file)).content.decode()
    form = client.get(address(file, "ask") + "?use=cnic").context["form"]
    assert title in form["title"].value()
    assert form["document_kinds"].value() == ["cnic_copy"]
    assert client.get(address(file, "ask") + "?use=nonsense").context["form"]["title"].value() is None


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("code", COMMON_QUESTIONS)
def test_every_common_question_can_be_sent_as_it_stands(client, code, language):
    initial = COMMON_QUESTIONS[code].as_initial(language)
    form = QuestionForm(initial | {"answer_days": 10})
    assert form.is_valid(), form.errors
    assert form.as_act()["fields"] == list(COMMON_QUESTIONS[code].facts)


def test_a_reader_sees_how_many_readings_are_in_and_which_file_is_next(client):
    me, other, round_ = officer(), officer(), RoundFactory()
    files = [made.assigned(me, other, round=round_, sme_values={"name": f"Works {n}"}) for n in range(3)]
    made.assigned(other, officer(), round=round_)
    review_services.record_reading(actor=me, application=files[0], **FIRST)
    page = flat(signed_in(client, me).get(address(files[0])).content.decode())
    assert "Your readings in this round: 1 of 3 are in." in page
    assert f'<a href="{address(files[1])}"><bdi>Works 1</bdi></a>' in page
    page = flat(client.get(address(files[1])).content.decode())
    assert f'<a href="{address(files[2])}"><bdi>Works 2</bdi></a>' in page
    assert "Your readings in this round" not in signed_in(client, director()).get(address(files[0])).content.decode()


def test_a_likely_duplicate_stands_on_the_file(client):
    one, other = made.scored(), made.scored()
    flag_of(one.sme, other.sme, percent=88)
    page = signed_in(client, officer()).get(address(one)).content.decode()
    assert f"May be the same business as {other.sme.name} (88 % alike)." in page


def test_the_panel_is_the_file_without_the_page_around_it(client):
    file = made.reviewed()
    text = signed_in(client, officer()).get(address(file), headers={"hx-request": "true"})
    assert "HX-Request" in text.headers["Vary"]
    assert b"<html" not in text.content


def test_the_queue_shows_the_opened_file_without_script(client):
    file = made.scored()
    page = signed_in(client, officer()).get(f"/desk/?tab=all&open={file.public_id}").content.decode()
    assert 'class="desk has-file"' in page
    assert "What the firm says" in page


def test_a_held_file_shows_what_is_not_met_and_only_declining(client):
    file = made.held()
    page = signed_in(client, officer()).get(address(file)).content.decode()
    assert 'value="decline"' in page
    assert 'value="select"' not in page


def test_names_and_words_of_firms_are_escaped(client):
    file = made.scored(sme_values={"name": "<img src=x onerror=alert(1)>"})
    correspondence_services.write_letter(actor=owner_of(file), application=file, words="<script>bad()</script>")
    signed_in(client, officer())
    for page in ("/desk/?tab=all", address(file), "/desk/bulk/?tab=all"):
        text = client.get(page).content.decode()
        assert "<img src=x" not in text
        assert "<script>bad" not in text


# ----------------------------------------------------------------------------------------------------------- bulk pages


def test_a_bulk_act_by_the_pages_is_planned_then_confirmed_once(client):
    round_, by = RoundFactory(), officer()
    read, early = made.reviewed(by, round=round_), made.scored(round=round_)
    signed_in(client, by)
    page = client.get("/desk/bulk/?kind=recommend_decline&tab=all").content.decode()
    assert page.count('name="file"') == 2
    sent = {"reason": "papers_missing", "words": "No papers.", "file": [read.public_id, early.public_id]}
    page = client.post("/desk/bulk/?kind=recommend_decline&tab=all", sent)
    assert made.fresh(read).state == State.REVIEWED
    text = page.content.decode()
    assert "Confirm for 1 file" in text
    assert "Left out, and why" in text
    plan = page.context["signed"]
    answers = [client.post("/desk/bulk/confirm/", {"plan": plan}) for _click in range(2)]
    act = BulkAct.objects.get()
    assert [answer.url for answer in answers] == [f"/desk/bulk/{act.public_id}/"] * 2
    page = client.get(answers[0].url).content.decode()
    assert "Done: 1 file." in page
    assert re.findall(r'<a href="(/desk/\w{12}/)">', page) == [address(read)]
    assert made.fresh(read).state == State.RECOMMENDED


def test_a_plan_that_was_tampered_with_shows_why_and_does_nothing(client):
    answer = signed_in(client, officer()).post("/desk/bulk/confirm/", {"plan": "eyJ4Ijoi.tampered"})
    assert (answer.status_code, "This plan was altered" in answer.content.decode()) == (409, True)
    assert BulkAct.objects.count() == 0


def test_a_plan_with_nothing_to_do_lists_why(client):
    file = made.scored()
    sent = {"reason": "papers_missing", "words": "No papers.", "file": [file.public_id]}
    page = signed_in(client, officer()).post("/desk/bulk/?kind=recommend_decline&tab=all", sent).content.decode()
    assert "None of these files can be acted on in this way." in page
    assert f"{file.file_number}: The file is in another state now" in page


@pytest.mark.parametrize(("make", "kinds"), [(officer, 4), (director, 3)])
def test_each_kind_of_bulk_act_has_its_page(client, make, kinds):
    made.scored()
    signed_in(client, make())
    page = client.get("/desk/bulk/?tab=all").content.decode()
    offered = {kind for kind in BulkAct.Kind.values if f"?kind={kind}&amp;" in page}
    assert len(offered) == kinds
    assert {client.get(f"/desk/bulk/?kind={kind}&tab=all").status_code for kind in offered} == {200}


def test_a_bulk_act_is_seen_by_who_started_it_and_by_directors(client):
    by, round_ = officer(), RoundFactory()
    file = made.scored(round=round_)
    choices = {"title": "x", "words": "y", "fields": [], "document_kinds": ["tax_return"], "answer_days": 5}
    _plan, signed = bulk_services.plan_bulk(actor=by, kind="ask", round=round_, files=[file.public_id], choices=choices)
    act = bulk_services.confirm_bulk(actor=by, plan=signed)
    answers = [
        signed_in(client, who).get(f"/desk/bulk/{act.public_id}/").status_code for who in (by, officer(), director())
    ]
    assert answers == [200, 404, 200]
    assert client.get(f"/desk/bulk/{act.public_id}/", headers={"hx-request": "true"}).content.count(b"<html") == 0


# ---------------------------------------------------------------------------------------------------------- saved views


def test_a_view_is_saved_shown_and_taken_away_by_the_pages(client):
    made.scored()
    by = officer()
    signed_in(client, by)
    answer = client.post("/desk/views/?tab=all&sector=rice", {"name": "Rice <b>"})
    assert answer.url == "/desk/?tab=all&sector=rice"
    assert "Rice &lt;b&gt;" in client.get("/desk/").content.decode()
    assert client.post("/desk/views/?tab=all", {"name": ""}).status_code == 200
    view = SavedView.objects.get()
    assert signed_in(client, officer()).post(f"/desk/views/{view.pk}/forget/").status_code == 404
    assert signed_in(client, by).post(f"/desk/views/{view.pk}/forget/").status_code == 302
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize("gone", ["taken_back", "never_there"])
def test_a_file_that_is_not_at_the_desk_does_not_take_the_queue_along(client, gone):
    file = made.held()
    if gone == "taken_back":
        intake_services.reopen_application(actor=owner_of(file), application=file)
    answer = signed_in(client, officer()).get(
        f"/desk/?open={file.public_id if gone == 'taken_back' else 'aaaaaaaaaaaa'}"
    )
    assert answer.status_code == 200
    assert "This file is not at the desk now" in answer.content.decode()


def test_how_far_a_rescoring_is_reads_as_not_there_outside_the_desk(client):
    address = "/desk/rounds/rescorings/aaaaaaaaaaaa/"
    people = {UserFactory: 404, officer: 403, director: 404}
    assert {make: signed_in(client, make()).get(address).status_code for make in people} == people


@pytest.mark.parametrize("other", ["select", "decline"])
def test_readings_that_disagree_are_marked_on_the_file_once_both_are_in(client, other):
    first, second, third = officer(), officer(), officer()
    file = made.assigned(first, second)
    words = "The first two readings disagree: a third officer reads the file before anything is recommended."
    review_services.record_reading(actor=first, application=file, **made.READ)
    assert words not in signed_in(client, second).get(address(file)).content.decode()
    review_services.record_reading(actor=second, application=file, **made.READ | {"outcome": other})
    if other == "decline":  # until the third is in, nobody but its own reader reads a reading
        assert words not in signed_in(client, director()).get(address(file)).content.decode()
        review_services.record_reading(actor=third, application=file, **made.READ)
    for person in (first, second, director()):
        shown = words in signed_in(client, person).get(address(file)).content.decode()
        assert shown == (other == "decline")


def test_who_gives_out_a_file_sees_first_who_has_least_to_do_and_since_when_the_others_wait(client):
    boss, busy = director(), officer(name="Ahmed")
    officer(name="Zainab")
    made.assigned(busy, officer(name="Bilal"))
    asked = Reading.objects.get(reader=busy)
    Reading.objects.filter(pk=asked.pk).update(created_at=datetime(2026, 3, 12, 9, tzinfo=UTC))
    client.force_login(boss)

    html = client.get(reverse("selection:desk_assign", args=[made.scored().public_id])).content.decode()

    offered = re.findall(r">((?:Zainab|Ahmed|Bilal): [^<]+)<", html)[:3]
    assert offered[0] == "Zainab: 0 readings open, 0 files wait"
    assert offered[2] == "Ahmed: 1 reading open since 12\xa0March\xa02026, 1 file waits"
