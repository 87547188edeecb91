"""The pages on which a director fills the seats of a round."""

from __future__ import annotations

import html

import pytest
from django.urls import reverse
from django.utils import timezone

from selection.models import Application, Composition, Round, RoundDecision
from selection.review import services as review_services
from selection.seats.composer import overview
from selection.states import CompositionState, RoundState
from tdap_portal.accounts.models import RoleGrant
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.selection import RoundFactory, owner_of
from tests.markup import flat
from tests.queries import queries_of, repeated
from tests.selection import made
from tests.selection.seats.filled import WOMEN, closed_round, composed, reviewed_files, rule, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def keys(module_db):
    """A round of two seats in review with three files that were read: two of the most points, one of a woman-led firm."""
    round_ = closed_round(seats=2, number=5)
    files = reviewed_files(
        round_,
        {"points": "80", "sme_name": "Badshahi Carpets", "province": "PK-PB", "city": "Lahore"},
        {"points": "70.5", "sme_name": "Rohtas Denim", "province": "PK-SD", "city": "Karachi"},
        {"points": "60.25", "sme_name": "Makli Textiles", "province": "PK-SD", "city": "Karachi", "women_led": True},
    )
    made.scored(round=RoundFactory(number=6))
    return round_.pk, [file.pk for file in files]


@pytest.fixture
def round_(keys):
    return Round.objects.get(pk=keys[0])


@pytest.fixture
def files(keys):
    return [made.fresh(file) for file in Application.objects.filter(pk__in=keys[1]).order_by("-points")]


@pytest.fixture
def boss(client):
    person = director()
    client.force_login(person)
    return person


def seats_url(round_) -> str:
    return reverse("selection:seats", args=[round_.code])


def url_of(composition) -> str:
    return reverse("selection:composition", args=[composition.round.code, composition.letter])


def words(answer) -> str:
    return html.unescape(flat(answer.content.decode()))


def kept(round_, **kwargs) -> Composition:
    """A composition as it stands in the table, in any state."""
    values = {"number": 1, "made_by": director(), "seats": 2, "steps": 3} | kwargs
    return Composition.objects.create(round=round_, **values)


def typed(seats="2", rules=(), locks=(), **fields) -> dict[str, str]:
    """The form as a browser sends it. rules: (group, bound, amount, unit) or more; locks: (file, way, words)."""
    data = {"seats": seats, "reserve": "0", "budget_rupees": "", "cost": "", "city_costs": ""} | fields
    for prefix, rows, names in (
        ("rule", rules, ("group", "bound", "amount", "unit", "weight")),
        ("lock", locks, ("file", "way", "words")),
    ):
        data |= {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
        for at, row in enumerate(rows):
            data |= {f"{prefix}-{at}-{name}": value for name, value in zip(names, row, strict=False)}
    return data


WOMEN_TYPED = ("women_led:yes", "floor", "1", "seats", "")


# ------------------------------------------------------------------------------------------------------------ states


def test_before_a_round_is_closed_the_page_says_when_its_seats_are_filled(client, boss):
    answer = client.get(seats_url(RoundFactory(number=7)))
    assert "The seats of a round are filled once it is closed, and before it is final." in words(answer)
    assert "Work it out" not in words(answer)


def test_the_first_form_begins_with_the_seats_of_the_round_and_the_guideline(client, boss, round_):
    said = words(client.get(seats_url(round_)))
    assert "Nothing is worked out yet" in said
    assert "files that can be chosen: 3 · free seats: 2" in said
    assert 'name="seats" value="2"' in said
    assert '<option value="new_exporter:yes" selected>' in said
    assert 'name="rule-0-amount" value="15' in said


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("working", "The best set is being looked for."),
        ("ready", "The best set is found; now the price of each rule is worked out."),
    ],
)
def test_while_the_worker_is_at_it_the_page_says_how_far_and_asks_again(client, boss, round_, files, state, says):
    made_ready = composed(round_).result
    row = kept(round_, number=2, state=state, steps_done=1, result={} if state == "working" else made_ready)
    page = words(client.get(url_of(row)))
    assert says in page
    assert f'hx-get="{url_of(row)}" hx-trigger="every 2s"' in page
    assert "Send B to decision" not in page
    part = words(client.get(url_of(row), headers={"HX-Request": "true"}))
    assert (says in part, "<html" in part) == (True, False)


def test_the_part_that_asked_again_leads_to_the_page_once_all_is_worked_out(client, boss, round_):
    row = composed(round_)
    part = words(client.get(url_of(row), headers={"HX-Request": "true"}))
    assert ("It is worked out." in part, "hx-get" in part) == (True, False)
    assert f'href="{url_of(row)}">Show what was found' in part


def test_what_was_found_is_a_sentence_a_proof_prices_and_firms(client, boss, round_):
    row = composed(round_, rules=[rule(*WOMEN, floor=1)])
    assert client.get(seats_url(round_)).url == url_of(row)
    said = words(client.get(url_of(row)))
    assert (
        "2 seats, 140.2 points: no better set exists under these rules.</b> The rules together cost 10.2 points."
        in said
    )
    assert "The dearest is: Women-led, at least 1." in said
    assert "Proven: no set of 2 has more points under these rules" in said
    assert row.result["certificate_code"] in said
    assert "What each rule costs: 1 with a price, 0 without" in said
    assert "1 in, 1 out" in said
    assert "1 taken of 1 · <b>costs 10.2</b>" in said
    assert "2 firms, 1 by a rule" in said
    assert said.index("Badshahi Carpets</bdi></a><small>") < said.index("Makli Textiles</bdi></a><small>")
    assert "passed over by the rule: Women-led, at least 1" in said
    assert "Send A to decision" in said


def test_a_set_with_a_budget_and_a_firm_held_in_names_them_as_reasons(client, boss, round_, files):
    row = composed(
        round_,
        budget_rupees=1000,
        costs={"default": 100, "cities": {"Lahore": 950}},
        locks=[{"file": files[2].pk, "is_in": True, "words": "Appeal upheld."}],
    )
    said = words(client.get(url_of(row)))
    assert "The dearest is: Budget, at most PKR 1,000." in said
    together = "The rules together: Budget, at most PKR 1,000; Firms held in by hand"
    assert f'data-label="Why this seat">{together}</td>' in said  # without the lock, too, it would be in
    assert "Appeal upheld." in said


def test_a_set_without_rules_costs_nothing_and_says_so(client, boss, round_):
    said = words(client.get(url_of(composed(round_))))
    assert "The rules cost nothing: these are the firms with the most points." in said


def test_rules_that_clash_are_named_with_what_would_help_and_the_form_stays_open(client, boss, round_):
    said = words(client.get(url_of(composed(round_, rules=[rule("province", ["PK-BA"], floor=1)]))))
    assert "This cannot be kept" in said
    assert '<b>Balochistan, at least 1</b><span class="quiet">(possible with 0 seats)' in said
    assert '<details class="sheet rules-fold" open>' in said
    assert "Send A" not in said


def test_a_fault_is_said_and_the_form_is_there_to_ask_again(client, boss, round_):
    row = kept(round_, state=CompositionState.FAILED.value, finished_at=timezone.now(), steps_done=1)
    said = words(client.get(url_of(row)))
    assert "It could not be worked out" in said
    assert "Work it out again" in said
    assert "Send A" not in said


def test_a_set_that_is_not_proven_shows_its_gap_and_never_the_word_proven(client, boss, round_):
    row = composed(round_)
    row.result["answer"]["bound"] += 150
    row.save()
    said = words(client.get(url_of(row)))
    assert "at most 1.5 points from the best, which is not proven" in said
    assert "Not proven: the search was ended before sum and bound met" in said
    assert ("Proven: no set" in said, "no better set exists" in said) == (False, False)


def test_a_set_that_the_second_check_refuses_is_marked(client, boss, round_):
    row = composed(round_)
    row.result["checked"] = ["the sum is wrong"]
    row.save()
    said = words(client.get(url_of(row)))
    assert "The second check does not agree: this set must not be used" in said
    assert "Proven: no set" not in said


def test_files_that_cannot_be_chosen_yet_are_named_with_what_stands_against_them(client, boss, round_, files):
    files[1].sme.documents.all().delete()
    Round.objects.filter(pk=round_.pk).update(state=RoundState.OPEN)
    made.scored(round=Round.objects.get(pk=round_.pk))
    Round.objects.filter(pk=round_.pk).update(state=RoundState.IN_REVIEW)
    said = words(client.get(seats_url(round_)))
    assert "files that can be chosen: 2" in said
    assert "1 file cannot be selected yet" in said
    assert "Rohtas Denim" in said
    assert "1 file is not read by both officers yet." in said


def test_a_round_that_is_final_shows_what_was_found_without_a_form(client, boss, round_):
    row = composed(round_)
    Round.objects.filter(pk=round_.pk).update(state=RoundState.DECIDED)
    said = words(client.get(url_of(row)))
    assert "Nothing can be filled now" in said
    assert "Badshahi Carpets" in said


def test_a_composition_that_was_sent_leads_to_its_decision_until_that_goes_back(client, boss, round_):
    row = composed(round_)
    decision = sent(row)
    said = words(client.get(url_of(row)))
    assert reverse("selection:round_decision", args=[round_.code, decision.public_id]) in said
    assert ("A is sent: open the decision" in said, "Send A to decision" in said) == (True, False)
    RoundDecision.objects.update(returned_at=timezone.now())
    assert "Send A to decision" in words(client.get(url_of(row)))


def test_two_compositions_stand_side_by_side(client, boss, round_):
    composed(round_)
    row = composed(round_, rules=[rule(*WOMEN, floor=1)])
    page = words(client.get(url_of(row)))
    address = reverse("selection:compositions_beside", args=[round_.code, "B", "A"])
    assert f'href="{address}">Compare with A' in page
    said = words(client.get(address))
    assert '<th scope="row">Points</th><td class="is-num">150.5</td><td class="is-num is-pick">140.2</td>' in said
    assert "B against A" in said
    assert "-10.3</td>" in said
    assert said.index("Only in B") < said.index("Makli Textiles") < said.index("Only in A") < said.index("Rohtas Denim")
    assert f'href="{url_of(row)}">' in said.partition("Back to composition B")[0]
    assert "more than the rules differs" not in said


def test_side_by_side_says_where_the_files_changed_between(client, boss, round_, files):
    composed(round_)
    Application.objects.filter(pk=files[0].pk).update(points="81")
    composed(round_, seats=1)
    said = words(client.get(reverse("selection:compositions_beside", args=[round_.code, "A", "B"])))
    assert "Files came, went or changed between the two" in said


# --------------------------------------------------------------------------------------------------------- the form


def test_a_form_asks_the_worker_once_however_often_it_is_sent(client, boss, round_):
    answers = [client.post(seats_url(round_), typed(rules=[WOMEN_TYPED])) for _click in range(2)]
    assert {answer.url for answer in answers} == {f"/desk/rounds/{round_.code}/seats/A/"}
    row = Composition.objects.get()
    assert (row.rules, row.made_by) == ([rule(*WOMEN, floor=1)], boss)


def test_a_rule_that_stands_in_the_newest_composition_too_is_not_lost(client, boss, round_):
    """A set of rows takes a row that equals what it began with for an empty one."""
    composed(round_, rules=[rule(*WOMEN, floor=1)])
    client.post(seats_url(round_), typed(seats="1", rules=[WOMEN_TYPED]))
    assert Composition.objects.get(number=2).rules == [rule(*WOMEN, floor=1)]


def test_shares_soft_rules_budgets_and_locks_are_asked_as_typed(client, boss, round_, files):
    data = typed(
        rules=[("province:PK-SD", "cap", "12.5", "percent", "1.5"), ("province:PK-JK+PK-GB", "floor", "0", "seats", "")],
        locks=[(files[2].file_number.lower(), "in", " Appeal upheld. ")],
        budget_rupees="900", cost="100", city_costs="Karachi 1,200\n\nRahim Yar Khan 300",
    )  # fmt: skip
    assert client.post(seats_url(round_), data).status_code == 302
    row = Composition.objects.get()
    assert row.rules == [
        rule("province", ["PK-SD"], cap=True, per_mille=125, weight=150),
        rule("province", ["PK-JK", "PK-GB"], floor=0),
    ]
    assert row.costs == {"default": 100, "cities": {"Karachi": 1200, "Rahim Yar Khan": 300}}
    assert row.locks == [{"file": files[2].pk, "is_in": True, "words": "Appeal upheld."}]


WRONG = {
    "a rule without a group": ({"rules": [("", "floor", "3", "seats")]}, "Choose whom the rule counts.", "3"),
    "half a seat": ({"rules": [("women_led:yes", "floor", "2.5", "seats")]}, "Seats are whole: write a whole number.", "2.5"),
    "more than all": ({"rules": [("women_led:yes", "cap", "120", "percent")]}, "A share of the seats is at most 100 %.", "120"),
    "a lock on nobody": ({"locks": [("R9-9999", "in", "A friend.")]}, "No file R9-9999 is among those", "R9-9999"),
    "a lock without a reason": ({"locks": [("R5-0001", "out", " ")]}, "Write why this firm is held in or out", "R5-0001"),
    "a budget without a cost": ({"budget_rupees": "4711"}, "Say what a seat costs", "4711"),
    "no amount": ({"budget_rupees": "9", "cost": "1", "city_costs": "Quetta abc"}, "“Quetta abc” is not a town and", "Quetta abc"),
    "too many seats": ({"seats": "3"}, "3 seats and 0 kept for appeals are more than the 2 that are free.", "3"),
    "the same firms twice": (
        {"rules": [WOMEN_TYPED, ("women_led:yes", "floor", "2", "seats")]}, "Two rules say how many of the same firms.", "2",
    ),
    "a contradiction": (
        {"rules": [WOMEN_TYPED, ("women_led:yes", "cap", "0", "seats")]},
        "These rules contradict each other: Women-led, at least 1; Women-led, at most 0.", "0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "1e400", "1e999999999", "-1", "1.5", "9" * 3_000, "²"])
def test_what_is_no_amount_of_rupees_is_said_to_be_none(client, boss, round_, amount):
    costs = {"budget_rupees": "9", "cost": "1", "city_costs": f"Quetta {amount}"}
    answer = client.post(seats_url(round_), typed(**costs))
    assert answer.status_code == 422
    assert f"“Quetta {amount}” is not a town and an amount in rupees." in words(answer)


def test_an_amount_in_urdu_digits_is_read(client, boss, round_, files):
    client.post(seats_url(round_), typed(budget_rupees="900", cost="100", city_costs="Quetta ۱,۲۰۰"))
    assert Composition.objects.get().costs["cities"] == {"Quetta": 1200}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_words_and_what_was_typed_is_kept(client, boss, round_, name):
    fields, says, kept_value = WRONG[name]
    answer = client.post(seats_url(round_), typed(**fields))
    assert answer.status_code == 422
    assert says in words(answer)
    assert not Composition.objects.exists()
    again = client.get(seats_url(round_))
    assert again.status_code == 200
    for page in (words(answer), words(again)):
        assert f'value="{kept_value}"' in page or f">{kept_value}</textarea>" in page


def test_the_error_summary_leads_to_the_field_of_the_row(client, boss, round_):
    page = words(client.post(seats_url(round_), typed(rules=[WOMEN_TYPED, ("", "floor", "3", "seats")])))
    assert '<a href="#id_rule-1-group">Whom it counts: Choose whom the rule counts.</a>' in page
    assert 'id="id_rule-1-group_error"' in page


def test_a_refused_form_waits_over_what_was_found_last_until_it_is_taken(client, boss, round_):
    composed(round_)
    client.post(seats_url(round_), typed(rules=[("", "floor", "3", "seats")]))
    assert 'name="rule-0-amount" value="3"' in words(client.get(seats_url(round_)))
    client.post(seats_url(round_), typed(rules=[WOMEN_TYPED]))
    assert client.get(seats_url(round_)).url.endswith("/seats/B/")


def test_a_form_from_an_older_composition_comes_back_beside_the_newest(client, boss, round_, files):
    older, newest = composed(round_, rules=[]), composed(round_, rules=[])
    assert f'name="began" value="{older.letter}"' in words(client.get(url_of(older)))
    data = typed(seats="1", rules=[("", "floor", "3", "seats")]) | {"began": older.letter}

    for text in (words(client.post(seats_url(round_), data)), words(client.get(seats_url(round_)))):
        assert f"Beside it stands {newest.letter}, the newest composition." in text
        assert f"Your form began from {older.letter}; {newest.letter} was worked out since." in text
        assert f"/seats/{older.letter}/beside/{newest.letter}/" in text
        assert 'name="seats" value="1"' in text
        assert f'name="began" value="{older.letter}"' in text


@pytest.mark.parametrize("began", ["", "ZZ", "<b>"])
def test_a_form_of_nowhere_names_only_the_newest(client, boss, round_, files, began):
    newest = composed(round_, rules=[])

    text = words(client.post(seats_url(round_), typed(rules=[("", "floor", "3", "seats")]) | {"began": began}))

    assert f"Beside it stands {newest.letter}, the newest composition." in text
    assert "Your form began from" not in text


def test_a_form_without_its_rows_is_refused_and_not_a_fault(client, boss, round_):
    assert client.post(seats_url(round_), {"seats": "1"}).status_code == 422


# --------------------------------------------------------------------------------------------------------- who may


def with_role_of_director(person):
    RoleGrant.objects.create(user=person, role=Role.APPROVER.value)
    return type(person).objects.get(pk=person.pk)


def test_who_fills_seats_and_what_others_are_told(client, round_, files):
    row = composed(round_)
    tied, recommender = director(), None
    review_services.declare_conflict(actor=tied, application=files[0], words="My brother owns it.")
    reader = with_role_of_director(files[0].readings.first().reader)
    recommender = files[1].readings.first().reader
    review_services.recommend(
        actor=recommender, application=files[1], outcome="select", reason_codes=["ready_to_sell"], words="Ready."
    )
    files[1].readings.filter(reader=recommender).delete()
    told = {
        tied: "You are tied to a firm of this round, so another director must do this.",
        reader: "You read a file of this round, so another director must do this.",
        with_role_of_director(recommender): "You recommended on a file of this round",
        officer(): "Only a director fills the seats of a round.",
    }
    for person, says in told.items():
        client.force_login(person)
        for url in (
            seats_url(round_),
            url_of(row),
            reverse("selection:compositions_beside", args=[round_.code, "A", "A"]),
        ):
            answer = client.get(url)
            assert (answer.status_code, says in words(answer)) == (403, True), (person, url)
        assert client.post(seats_url(round_), typed(seats="1")).status_code == 403
        assert client.get(url_of(row), headers={"HX-Request": "true"}).status_code == 403
    for person in (partner_person(), owner_of(files[0]), UserFactory(), administrator()):
        client.force_login(person)
        assert [client.get(url).status_code for url in (seats_url(round_), url_of(row))] == [404, 404]
    client.logout()
    assert "/login/" in client.get(url_of(row)).url
    assert Composition.objects.count() == 1


@pytest.mark.parametrize("letter", ["B", "AA", "ZZZ", "a", "1"])
def test_a_letter_that_is_none_is_not_found(client, boss, round_, letter):
    composed(round_)
    assert client.get(f"/desk/rounds/{round_.code}/seats/{letter}/").status_code == 404
    assert client.get(f"/desk/rounds/{round_.code}/seats/A/beside/{letter}/").status_code == 404


def test_a_composition_of_another_round_and_one_without_an_answer_are_not_found(client, boss, round_):
    composed(round_)
    assert client.get("/desk/rounds/R6/seats/A/").status_code == 404
    kept(round_, number=2)
    assert client.get(f"/desk/rounds/{round_.code}/seats/A/beside/B/").status_code == 404


# ---------------------------------------------------------------------------------------------------------- queries


def test_the_page_asks_the_database_the_same_for_any_number_of_files(client, boss, round_):
    few = queries_of(client, url_of(composed(round_, rules=[rule(*WOMEN, floor=1)])))
    Round.objects.filter(pk=round_.pk).update(state=RoundState.OPEN)
    reviewed_files(Round.objects.get(pk=round_.pk), *({"points": str(50 - at)} for at in range(5)))
    many = queries_of(client, url_of(composed(round_, rules=[rule(*WOMEN, floor=1), rule("sector", cap=2)])))
    assert (len(few), len(many), repeated(many)) == (26, 26, [])


def test_the_firms_of_a_large_set_come_in_pages_that_show_each_once(client, boss, round_, monkeypatch):
    monkeypatch.setattr(overview, "FIRMS_A_PAGE", 1)
    row = composed(round_)
    pages = [words(client.get(f"{url_of(row)}?from={first}")).partition('id="firms-h"')[2] for first in (0, 1)]
    assert ["Badshahi Carpets" in page.partition("</table>")[0] for page in pages] == [True, False]
    assert ["Rohtas Denim" in page.partition("</table>")[0] for page in pages] == [False, True]
    assert ('href="?from=1#firms-h"' in pages[0], 'href="?from=0#firms-h"' in pages[1]) == (True, True)
    assert client.get(f"{url_of(row)}?from=-1").status_code == 200
    assert client.get(f"{url_of(row)}?from=99999999999").status_code == 200
