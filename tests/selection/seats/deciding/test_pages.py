"""The pages on which two directors decide a round, and change decisions that were made."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse

from selection.models import Application, Composition, Round, RoundDecision
from selection.review import services as review_services
from selection.seats.deciding import services
from selection.states import RoundState, State
from tdap_portal.accounts.models import RoleGrant
from tdap_portal.accounts.roles import Role
from tdap_portal.audit import outbox
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.selection import RoundFactory, owner_of
from tests.markup import flat
from tests.queries import queries_of, repeated
from tests.selection import made
from tests.selection.seats.filled import (
    WOMEN,
    WORDS,
    closed_round,
    composed,
    reviewed_files,
    rule,
    sent,
    signed,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def keys(module_db):
    """Two seats, one of them for a woman-led firm; three files that were read and one at a gate, worked out as A and B."""
    round_ = closed_round(seats=2, number=5)
    made.held(round=round_, sme_values=made.TOO_LARGE)
    files = reviewed_files(
        round_,
        {"points": "80", "sme_name": "Badshahi Carpets"},
        {"points": "70", "sme_name": "Rohtas Denim"},
        {"points": "60", "sme_name": "Makli Textiles", "women_led": True},
    )
    by = director()
    rows = [composed(round_, by=by), composed(round_, by=by, rules=[rule(*WOMEN, floor=1)])]
    RoundFactory(number=6)
    return round_.pk, [file.pk for file in files], [row.pk for row in rows]


@pytest.fixture
def round_(keys):
    return Round.objects.get(pk=keys[0])


@pytest.fixture
def files(keys):
    return [made.fresh(file) for file in Application.objects.filter(pk__in=keys[1]).order_by("-points")]


@pytest.fixture
def found(keys):
    return Composition.objects.select_related("round", "made_by").get(pk=keys[2][1])


@pytest.fixture
def boss(client):
    person = director(name="Salman Raza")
    client.force_login(person)
    return person


def url_of(row, act="round_decision") -> str:
    return reverse(f"selection:{act}", args=[row.round.code, row.public_id])


def send_url(composition) -> str:
    return reverse("selection:send_to_decision", args=[composition.round.code, composition.letter])


def words(answer) -> str:
    return html.unescape(flat(answer.content.decode()))


def typed(*overrides, waiting="1", text=WORDS, **fields) -> dict[str, str]:
    """The form of sending as a browser sends it. overrides: (file, outcome, reason, words)."""
    data = {"waiting": waiting, "words": text, "words_ur": ""} | fields
    data |= {"override-TOTAL_FORMS": str(len(overrides)), "override-INITIAL_FORMS": "0"}
    for at, row in enumerate(overrides):
        data |= {
            f"override-{at}-{name}": value
            for name, value in zip(("file", "outcome", "reason_code", "words"), row, strict=True)
        }
    return data


# ---------------------------------------------------------------------------------------------------------- sending


def test_the_page_of_sending_says_what_will_happen_and_sends_once(client, boss, found):
    said = words(client.get(send_url(found)))
    assert "Send composition B of round R5 to decision?" in said
    assert "2 of 3 files are selected." in said
    assert "1 file that stands at a condition is declined with them." in said
    assert 'name="waiting" value="1"' in said
    answers = [client.post(send_url(found), typed()) for _click in range(2)]
    row = RoundDecision.objects.get()
    assert {answer.url for answer in answers} == {url_of(row)}
    assert (row.sent_by, row.words, row.waiting, row.planned) == (boss, WORDS, 1, 4)


def test_files_that_are_decided_otherwise_are_sent_with_their_reasons(client, boss, found, files):
    over = [
        (files[0].file_number.lower(), "waitlist", "product_not_ready", "Packaging first."),
        (files[1].file_number, "select", "ready_to_sell", "Found ready."),
    ]
    answer = client.post(send_url(found), typed(*over, words_ur="بورڈ کی ہدایت۔"), follow=True)
    row = RoundDecision.objects.get()
    lines = {line.application_id: (line.outcome, line.words) for line in row.lines.filter(is_override=True)}
    assert lines == {files[0].pk: ("waitlist", "Packaging first."), files[1].pk: ("select", "Found ready.")}
    said = words(answer)
    assert "Decided by hand" in said
    assert '<p lang="ur" dir="rtl">بورڈ کی ہدایت۔</p>' in said


WRONG = {
    "no words": ({"text": " "}, (), "This field is required", 'name="waiting" value="1"'),
    "no places": ({"waiting": "-1"}, (), "greater than or equal to 0", 'name="waiting" value="-1"'),
    "an unknown file": ({}, ("R9-0001", "decline", "second_file", "Why."), "No file R9-0001 is among those", "R9-0001"),
    "no reason": ({}, ("R5-0002", "decline", "", "Why."), "A file that is decided otherwise needs its reason.", "Why."),
    "no words for the firm": (
        {}, ("R5-0002", "decline", "second_file", ""), "A file that is decided otherwise needs its reason.", "R5-0002",
    ),
    "a reason that does not fit": (
        {}, ("R5-0002", "waitlist", "strong_score", "Why."), "Choose a reason that fits this outcome.", "Why.",
    ),
    "one too many": (
        {}, ("R5-0003", "select", "ready_to_sell", "Ready."), "3 files would be selected for 2 seats.", "Ready.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept_for_later(client, boss, found, files, name):
    fields, override, says, kept = WRONG[name]
    Application.objects.filter(pk=files[0].pk).update(file_number="R5-0002")
    Application.objects.filter(pk=files[1].pk).update(file_number="R5-0003")
    Composition.objects.filter(pk=found.pk).update(pool_seal=_seal(found.round))
    answer = client.post(send_url(found), typed(*([override] if override else []), **fields))
    assert answer.status_code == 422
    assert says in words(answer)
    assert not RoundDecision.objects.exists()
    again = client.get(send_url(found))
    assert again.status_code == 200
    assert (kept in words(answer), kept in words(again)) == (True, True)


def _seal(round_) -> str:
    from selection.seats.composer.pools import candidates_of, seal_of

    return seal_of(candidates_of(round_))


def test_a_composition_over_which_files_changed_is_not_sent(client, boss, found, files):
    Application.objects.filter(pk=files[2].pk).update(points="61")
    answer = client.post(send_url(found), typed())
    assert (answer.status_code, RoundDecision.objects.count()) == (422, 0)
    assert "Files came, went or changed since this was worked out. Work it out again." in words(answer)


def test_a_second_decision_waits_for_the_first(client, boss, found):
    sent(found)
    answer = client.post(send_url(found), typed(text="Other words."))
    assert "Another decision of this round waits for its second signature." in words(answer)
    assert RoundDecision.objects.count() == 1


# ------------------------------------------------------------------------------------------------------------ states


def test_before_anything_is_sent_the_list_says_what_to_do(client, boss, round_, found):
    listed = reverse("selection:round_decisions", args=[round_.code])
    assert "Nothing was decided at once yet" in words(client.get(listed))
    row = sent(found)
    said = words(client.get(listed))
    assert "Composition B, 4 files" in said
    assert "Waits for a second signature" in said
    assert url_of(row) in said


def test_the_second_director_reads_what_differs_and_signs(client, boss, round_, found, files):
    review_services.recommend(
        actor=files[2].readings.first().reader,
        application=files[2],
        outcome="decline",
        reason_codes=["second_file"],
        words="Another goes on.",
    )
    row = sent(found)
    said = words(client.get(url_of(row)))
    assert "2 selected, 1 on the waiting list, 1 declined." in said
    assert "Nothing is done and nobody is told before a second director has signed." in said
    ranking = said.partition("Against plain ranking: 1 firm differs")[2].partition("</section>")[0]
    assert ranking.index("Makli Textiles") < ranking.index("Goes out") < ranking.index("Rohtas Denim")
    before = said.partition("Against composition A")[2].partition("</section>")[0]
    assert before.index("Makli Textiles") < before.index("Only before") < before.index("Rohtas Denim")
    assert "1 file is decided against what officers recommend" in said
    assert "Recommended: Decline. Decided: Select." in said
    assert "offers go out: 2, places on the waiting list: 1, refusals: 1." in said
    assert WORDS in said
    answer = client.post(url_of(row, "round_decision_sign"), {"basis": row.basis, "sure": "on"}, follow=True)
    assert "It is signed and is being carried out." in words(answer)
    row.refresh_from_db()
    assert (row.signed_by, states(*files)) == (boss, [State.REVIEWED, State.REVIEWED, State.RECOMMENDED])


def test_the_second_director_reads_who_was_held_in_by_hand_and_why(client, boss, round_, files):
    lock = {"file": files[2].pk, "is_in": True, "words": "Appeal upheld on 24 May."}
    said = words(client.get(url_of(sent(composed(round_, locks=[lock])))))
    part = said.partition("Firms held in or out by hand")[2].partition("</section>")[0]
    assert "Makli Textiles" in part
    assert "Appeal upheld on 24 May." in part
    assert "costs 10.0" in part


def test_while_it_is_carried_out_the_page_asks_again_until_all_is_done(client, boss, found, files):
    row = signed(sent(found), deliver=False)
    for answer in (client.get(url_of(row)), client.get(url_of(row), headers={"HX-Request": "true"})):
        assert "0 of 4 files so far." in words(answer)
        assert f'hx-get="{url_of(row)}" hx-trigger="every 2s"' in words(answer)
    assert "<html" not in words(client.get(url_of(row), headers={"HX-Request": "true"}))
    assert "Sign the decision" not in words(client.get(url_of(row)))
    outbox.deliver_all()
    part = words(client.get(url_of(row), headers={"HX-Request": "true"}))
    assert ("It is carried out: 4 of 4 files." in part, "hx-get" in part) == (True, False)
    said = words(client.get(url_of(row)))
    assert "Carried out" in said
    assert "left as it was" not in said
    assert 'data-label="What was done">Done</td>' in said


def test_once_it_is_carried_out_the_page_leads_to_the_offers_and_receipts_say_who_signed(client, boss, found, files):
    row = sent(found)
    client.force_login(director())
    assert 'href="#sign"' in words(client.get(url_of(row)))

    signed(row)

    assert 'href="/desk/rounds/R5/offers/"' in words(client.get(url_of(row)))
    client.force_login(owner_of(files[0]))
    receipt = words(client.get(f"/file/{files[0].public_id}/receipt/"))
    assert "Two directors signed the decision of the whole round." in receipt
    assert "One of them recommended" not in receipt


def test_files_that_were_left_as_they_were_are_named_with_the_reason(client, boss, found, files):
    row = signed(sent(found), deliver=False)
    Application.objects.filter(pk=files[0].pk).update(state=State.WITHDRAWN)
    outbox.deliver_all()
    said = words(client.get(url_of(row)))
    part = said.partition("1 file was left as it was")[2].partition("</section>")[0]
    assert "Badshahi Carpets" in part
    assert "The firm withdrew it." in part


def test_a_decision_that_goes_back_says_who_and_why(client, boss, found, files):
    row = sent(found)
    back = url_of(row, "round_decision_return")
    refused = client.post(back, {"words": " "})
    assert (refused.status_code, RoundDecision.objects.get().returned_at) == (422, None)
    answer = client.post(back, {"words": "One seat more for Balochistan."}, follow=True)
    assert "It went back. Nothing of it was done." in words(answer)
    assert "One seat more for Balochistan." in words(answer)
    assert "Sign the decision" not in words(answer)
    late = client.post(url_of(row, "round_decision_sign"), {"basis": row.basis, "sure": "on"})
    assert (late.status_code, states(*files)) == (422, [State.REVIEWED] * 3)
    assert "This was returned. What takes its place is sent anew." in words(late)


def test_words_of_a_return_that_was_refused_are_there_again(client, boss, found):
    row = sent(found)
    services.sign(actor=director(), decision=row, basis=row.basis)
    refused = client.post(url_of(row, "round_decision_return"), {"words": "Too late, but typed."})
    assert (refused.status_code, "This is signed and is being carried out." in words(refused)) == (422, True)


def test_signing_needs_the_tick_and_what_was_read(client, boss, found):
    row = sent(found)
    sign = url_of(row, "round_decision_sign")
    assert client.post(sign, {"basis": row.basis}).status_code == 422
    old = client.post(sign, {"basis": "0" * 64, "sure": "on"})
    assert (old.status_code, "This is not what you read. Open the page again." in words(old)) == (422, True)
    assert RoundDecision.objects.get().signed_at is None
    assert client.get(sign).status_code == 405


def test_whoever_sent_it_reads_that_another_signs_and_may_take_it_back(client, boss, found):
    row = sent(found, by=boss)
    said = words(client.get(url_of(row)))
    assert "You made this or sent it yourself: a second director signs it." in said
    assert ("Sign the decision" in said, "Send it back" in said) == (False, True)
    refused = client.post(url_of(row, "round_decision_sign"), {"basis": row.basis, "sure": "on"})
    assert (refused.status_code, RoundDecision.objects.get().signed_at) == (422, None)
    assert client.post(url_of(row, "round_decision_return"), {"words": "A mistake."}).status_code == 302


def test_the_second_of_two_directors_hears_who_was_first(client, boss, found):
    row = sent(found)
    services.sign(actor=director(), decision=row, basis=row.basis)
    late = client.post(url_of(row, "round_decision_sign"), {"basis": row.basis, "sure": "on"})
    assert (late.status_code, "Another director has signed this already." in words(late)) == (422, True)


# ----------------------------------------------------------------------------------------------- decisions changed


def change_url(round_) -> str:
    return reverse("selection:change_decisions", args=[round_.code])


CHANGE = {"outcome": "waitlist", "reason_code": "product_not_ready", "words": "Looked at again."}


def test_decisions_are_changed_by_the_numbers_of_files(client, boss, round_, found, files):
    signed(sent(found))
    numbers = f"{files[0].file_number.lower()}, {files[0].file_number}\n{files[2].file_number}"
    answer = client.post(change_url(round_), CHANGE | {"numbers": numbers}, follow=True)
    row = RoundDecision.objects.get(composition=None)
    assert (row.planned, row.sent_by) == (2, boss)
    said = words(answer)
    assert "Change of decisions of round R5" in said
    assert "You made this or sent it yourself" in said
    assert "Against plain ranking" not in said
    client.force_login(director())
    assert "each of these files is changed as far as its state allows" in words(client.get(url_of(row)))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"numbers": ""}, "This field is required"),
        ({"numbers": "R5-0001 R9-9999"}, "No file of this round: R9-9999"),
        ({"reason_code": "strong_score"}, "Select a valid choice"),
        ({"numbers": " ".join(f"R5-{at:04d}" for at in range(501))}, "At most 500 files at once."),
    ],
)
def test_a_change_that_cannot_be_sent_says_why_and_keeps_what_was_typed(client, boss, round_, files, fields, says):
    data = {"numbers": files[0].file_number} | CHANGE | fields
    answer = client.post(change_url(round_), data)
    assert (answer.status_code, RoundDecision.objects.count()) == (422, 0)
    for page in (words(answer), words(client.get(change_url(round_)))):
        assert "Looked at again.</textarea>" in page
    assert says in words(answer)


def test_numbers_of_files_may_come_with_the_address(client, boss, round_):
    assert ">R5-0001 R5-0002</textarea>" in words(client.get(f"{change_url(round_)}?files=R5-0001+R5-0002"))


# --------------------------------------------------------------------------------------------------------- who may


def test_who_reads_decisions_and_what_others_are_told(client, round_, found, files):
    row = sent(found)
    tied, reader = director(), files[0].readings.first().reader
    review_services.declare_conflict(actor=tied, application=files[0], words="My brother owns it.")
    RoleGrant.objects.create(user=reader, role=Role.APPROVER.value)
    told = {
        tied: "You are tied to a firm of this round, so another director must do this.",
        type(reader).objects.get(pk=reader.pk): "You read a file of this round, so another director must do this.",
        officer(): "Only a director fills the seats of a round.",
    }
    acts = [url_of(row, act) for act in ("round_decision_sign", "round_decision_return")]
    data = {"basis": row.basis, "sure": "on", "words": "Back."}
    for person, says in told.items():
        client.force_login(person)
        for answer in (
            client.get(url_of(row)),
            client.get(url_of(row), headers={"HX-Request": "true"}),
            client.get(send_url(found)),
            client.post(send_url(found), typed()),
            *(client.post(act, data) for act in acts),
        ):
            assert (answer.status_code, says in words(answer)) == (403, True)
    pages = [url_of(row), send_url(found), change_url(round_), reverse("selection:round_decisions", args=["R5"])]
    for person in (partner_person(), owner_of(files[0]), UserFactory()):
        client.force_login(person)
        assert [client.get(page).status_code for page in pages] == [404] * 4
        assert [client.post(act, data).status_code for act in acts] == [404, 404]
    client.logout()
    assert "/login/" in client.get(url_of(row)).url
    row.refresh_from_db()
    assert (row.signed_at, row.returned_at) == (None, None)


def test_a_made_up_id_a_letter_that_is_none_and_another_rounds_decision_are_not_found(client, boss, found):
    row = sent(found)
    missing = [
        f"/desk/rounds/R5/decisions/{'z' * 12}/",
        f"/desk/rounds/R6/decisions/{row.public_id}/",
        "/desk/rounds/R5/seats/Z/send/",
        "/desk/rounds/R6/seats/B/send/",
        "/desk/rounds/R9/decisions/",
    ]
    assert [client.get(url).status_code for url in missing] == [404] * 5
    assert (
        client.post(f"/desk/rounds/R6/decisions/{row.public_id}/sign/", {"basis": row.basis, "sure": "on"}).status_code
        == 404
    )
    assert RoundDecision.objects.get().signed_at is None


# ---------------------------------------------------------------------------------------------------------- queries


def test_the_page_asks_the_database_the_same_for_any_number_of_files(client, boss, round_, found):
    few = queries_of(client, url_of(first := sent(found)))
    services.return_decision(actor=director(), decision=first, words="More files.")
    Round.objects.filter(pk=round_.pk).update(state=RoundState.OPEN)
    reviewed_files(Round.objects.get(pk=round_.pk), *({"points": str(50 - at)} for at in range(5)))
    many = queries_of(client, url_of(sent(composed(round_, rules=[rule(*WOMEN, floor=1)]))))
    assert (len(few), len(many), repeated(many)) == (22, 22, [])
