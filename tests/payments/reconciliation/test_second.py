"""A second person under matches above an amount, and lines of which only the bank can tell whose they are."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from payments.models import BankLine, BankMatch, MatchProposal
from payments.reconciliation import matches, selectors, services, settling, signing
from payments.reconciliation.links import home_tasks
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import UserFactory, director
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory

from .made import PLAIN, csv, fresh, is_whole, line, payment, suspense, taken

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel("2027-04-13T10:00:00+05:00", tick=False):
        yield


@pytest.fixture
def rule():
    """From 10,000 rupees on, two people."""
    return services.set_rule(
        actor=director(),
        since=date(2027, 4, 13),
        tolerance=0,
        window=10,
        source="A note.",
        second_from=1_000_000,
    )


@pytest.fixture
def row():
    """A deposit of 20,000 whose line names nobody, and one of just below the limit."""
    with time_machine.travel("2027-04-10T10:00:00+05:00", tick=False):
        row = payment(4721, "Ravi Towels", amount=2_000_000, due="2027-04-20 23:59:59")
    taken(csv(("12/04/2027", "CASH", "20000.00"), ("12/04/2027", "SMALL", "9999.99")), mapping=PLAIN)
    return row


def by_hand(actor, row, words="CASH", amount=2_000_000):
    return matches.match_by_hand(actor=actor, line=line(words), shares=[(row, amount)], words="As the firm wrote.")


def test_above_the_limit_one_person_proposes_and_another_one_books(rule, row):
    first, second = finance_officer(), finance_officer()
    proposal = by_hand(first, row)
    assert isinstance(proposal, MatchProposal)
    assert (fresh(row).state, line("CASH").state, suspense()) == ("asked", "open", 2_999_999)
    assert by_hand(first, row) == proposal
    with pytest.raises(NotAllowed):
        signing.sign(actor=first, proposal=proposal)
    match = signing.sign(actor=second, proposal=proposal)
    assert signing.sign(actor=second, proposal=proposal) == match
    assert (fresh(row).state, suspense(), match.by, match.second_by) == ("paid", 999_999, first, second)
    names = list(Event.objects.filter(name__startswith="bank.match").values_list("name", flat=True))
    assert names == ["bank.match_proposed"]
    assert Event.objects.filter(name="bank.line_matched").count() == 1
    assert is_whole()


def test_neither_of_the_two_is_of_the_firm(rule, row):
    own, others = finance_officer(), (finance_officer(), finance_officer())
    MemberFactory(sme=row.sme, user=own, role="trainee")
    with pytest.raises(NotAllowed, match="your own firm"):
        by_hand(own, row)
    assert not MatchProposal.objects.exists()
    proposal = by_hand(others[0], row)
    with pytest.raises(NotAllowed, match="your own firm"):
        signing.sign(actor=own, proposal=proposal)
    assert fresh(row).state == "asked"
    assert signing.sign(actor=others[1], proposal=proposal).stands


def test_at_the_limit_two_people_below_it_one_and_without_a_rule_one(row):
    assert isinstance(by_hand(finance_officer(), row, "SMALL", 999_999), BankMatch)
    services.set_rule(
        actor=director(),
        since=date(2027, 4, 13),
        tolerance=0,
        window=10,
        source="A note.",
        second_from=2_000_000,
    )
    assert isinstance(by_hand(finance_officer(), row), MatchProposal)


def test_what_names_its_payment_exactly_is_booked_by_itself_all_the_same(rule, row):
    taken(csv(("12/04/2027", f"{row.reference} RAVI", "20000.00")), mapping=PLAIN)
    assert fresh(row).state == "paid"


def test_a_director_signs_too_and_nobody_else(rule, row):
    proposal = by_hand(finance_officer(), row)
    for role in (Role.PROGRAMME_MANAGER, Role.PARTNER):
        with pytest.raises(NotAllowed):
            signing.sign(actor=UserFactory(roles=[role]), proposal=proposal)
    assert signing.sign(actor=UserFactory(roles=[Role.APPROVER]), proposal=proposal).stands


def test_meanwhile_nobody_matches_the_line_otherwise(rule, row):
    proposal = by_hand(finance_officer(), row)
    with pytest.raises(WrongState):
        by_hand(finance_officer(), payment(4722, "Soan Gems", amount=2_000_000))
    taken(csv(("13/04/2027", "SENT BACK", "-20000.00")), mapping=PLAIN)
    with pytest.raises(WrongState):
        matches.match_pair(actor=finance_officer(), line=line("SENT BACK"), other=line("CASH"), words="Undone.")
    assert MatchProposal.objects.get() == proposal


def test_given_back_it_waits_as_before_and_may_be_proposed_anew(rule, row):
    first, second = finance_officer(), finance_officer()
    proposal = by_hand(first, row)
    with pytest.raises(DomainError):
        signing.give_back(actor=second, proposal=proposal, words=" ")
    signing.give_back(actor=second, proposal=proposal, words="Another firm.")
    assert signing.give_back(actor=second, proposal=proposal, words="x").settled_words == "Another firm."
    with pytest.raises(WrongState):
        signing.sign(actor=finance_officer(), proposal=proposal)
    assert (line("CASH").state, BankMatch.objects.count()) == ("open", 0)
    assert by_hand(first, row) != proposal


def test_each_kind_waits_and_is_booked_as_it_was_proposed(rule, row):
    first, second = finance_officer(), finance_officer()
    signing.sign(actor=second, proposal=by_hand(first, row))
    taken(
        csv(
            ("13/04/2027", "TAKEN BACK", "-20000.00"), ("13/04/2027", "BIG CHARGE", "-10000.00"),
            ("13/04/2027", "BY MISTAKE", "30000.00"), ("13/04/2027", "UNDONE", "-30000.00"),
        ),
        mapping=PLAIN,
    )  # fmt: skip
    proposed = [
        matches.match_gone(
            actor=first, line=line("TAKEN BACK"), payment=row, is_return=True, words="The bank says so."
        ),
        matches.match_charge(actor=first, line=line("BIG CHARGE"), words="A charge."),
        matches.match_pair(actor=first, line=line("BY MISTAKE"), other=line("UNDONE"), words="Sent back."),
    ]
    assert [type(each) for each in proposed] == [MatchProposal] * 3
    assert [signing.sign(actor=second, proposal=each).kind for each in proposed] == ["return", "charge", "pair"]
    assert (fresh(row).state, set(BankLine.objects.exclude(text="SMALL").values_list("state", flat=True))) == (
        "returned", {"matched"},
    )  # fmt: skip
    assert is_whole()


def test_credit_that_goes_back_waits_for_two_as_well(rule, row):
    first, second = finance_officer(), finance_officer()
    signing.sign(actor=second, proposal=by_hand(first, row))
    taken(csv(("13/04/2027", "TWICE", "20000.00"), ("13/04/2027", "BACK TO THE FIRM", "-20000.00")), mapping=PLAIN)
    signing.sign(actor=second, proposal=by_hand(first, row, "TWICE"))
    proposal = matches.match_gone(actor=first, line=line("BACK TO"), payment=row, is_return=False, words="Its credit.")
    assert signing.sign(actor=second, proposal=proposal).kind == "refund"
    assert (fresh(row).state, suspense()) == ("paid", 999_999)
    assert is_whole()


def test_the_database_refuses_a_signature_of_the_same_person(rule, row):
    proposal = by_hand(finance_officer(), row)
    other = by_hand(finance_officer(), row, "SMALL", 999_999)
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchProposal.objects.filter(pk=proposal.pk).update(settled_by=proposal.by, match=other, is_done=True)
    MatchProposal.objects.filter(pk=proposal.pk).update(
        settled_by=finance_officer(), match=other, is_done=True
    )  # by another it may


def test_the_pages_of_both_people(client, rule, row):
    first, second = finance_officer(), finance_officer()
    client.force_login(first)
    url = reverse("payments:bank_line", args=[line("CASH").public_id])
    said = {"act": "hand", "hand-reference_1": row.reference, "hand-amount_1": "20000", "hand-words": "As it wrote."}
    assert "Another person signs it." in client.post(url, said, follow=True).content.decode()
    page = client.get(f"{reverse('payments:bank_queue')}?show=second").content.decode()
    assert "You proposed it" in page
    assert "Sign and book it" not in page
    assert "CASH" not in client.get(reverse("payments:bank_queue")).content.decode()
    client.force_login(second)
    assert [task.title for task in home_tasks(second)][1] == "1 match is to be signed"
    assert "Sign and book it" in client.get(url).content.decode()
    sign = reverse("payments:bank_proposal", args=[MatchProposal.objects.get().public_id])
    assert "Write why." in client.post(sign, {"give_back": "1"}, follow=True).content.decode()
    assert "Signed and booked" in client.post(sign, {"sign": "1"}, follow=True).content.decode()
    assert f"signed by {second.name}" in client.get(url).content.decode()


def test_the_limit_is_set_on_its_page_by_a_director(client, row):
    client.force_login(director())
    url = reverse("payments:bank_accounts")
    said = {"since": "2027-04-13", "tolerance": "0", "window": "10", "source": "A note.", "second_from": "0"}
    assert client.post(url, said).status_code == 422
    assert client.post(url, {**said, "second_from": "50,000"}).status_code == 302
    assert selectors.rule_on(date(2027, 4, 13)).second_from == 5_000_000
    page = client.get(url).content.decode()
    assert "50,000" in page
    assert 'value="50000.00"' in page  # so that whoever sets another tolerance does not lift it unseen


def test_a_limit_outlasts_rules_that_were_dated_ahead_before_it_and_not_those_that_say_another(rule):
    """Whoever dates a rule ahead does not keep the old limit for that day."""
    officer, second = finance_officer(), director()
    values = {"tolerance": 0, "window": 5, "source": "A note."}
    for day in (date(2027, 5, 1), date(2027, 6, 1)):
        services.set_rule(actor=officer, since=day, **values)
    services.set_rule(actor=second, since=date(2027, 7, 1), **values, second_from=300_000)
    services.set_rule(actor=officer, since=date(2027, 8, 1), **values)

    services.set_rule(actor=second, since=date(2027, 4, 14), **values, second_from=500_000)

    limits = [selectors.rule_on(date(2027, month, 2)).second_from for month in (5, 6, 7, 8)]
    assert limits == [500_000, 500_000, 300_000, 300_000]
    told = Event.objects.filter(name="bank.rule_set").order_by("-pk")[:3]
    assert [(event.data["since"], event.data["second_from"]) for event in reversed(told)] == [
        ("2027-04-14", 500_000), ("2027-05-01", 500_000), ("2027-06-01", 500_000),
    ]  # fmt: skip


def test_nobody_lifts_the_limit_that_binds_them(client, rule, row):
    """A finance officer says how far a line may be off; the limit stays as the director set it, whatever is sent."""
    officer = finance_officer()
    client.force_login(officer)
    url = reverse("payments:bank_accounts")
    assert "A second person signs from" not in client.get(url).content.decode()
    said = {"since": "2027-04-13", "tolerance": "500", "window": "5", "source": "A note."}
    assert client.post(url, {**said, "second_from": "90,000,000"}).status_code == 302
    now = selectors.rule_on(date(2027, 4, 13))
    assert (now.tolerance, now.window, now.second_from) == (50_000, 5, 1_000_000)
    values = {"since": date(2027, 4, 14), "tolerance": 0, "window": 5, "source": "A note."}
    for limit in (None, 1, 999_999, 1_000_001):
        with pytest.raises(NotAllowed, match="Only a director"):
            services.set_rule(actor=officer, **values, second_from=limit)
    assert services.set_rule(actor=officer, **values, second_from=1_000_000).second_from == 1_000_000
    assert services.set_rule(actor=director(), **values, second_from=None).second_from is None
    assert isinstance(by_hand(officer, row), MatchProposal)


def test_a_director_who_sets_the_rule_hands_in_and_matches_nothing(client, row):
    client.force_login(director())
    url = reverse("payments:bank_accounts")
    assert client.post(url, {"name": "Another", "iban": "PK36SCBL0000001123456702"}).status_code == 403
    client.force_login(UserFactory(roles=(Role.PROGRAMME_MANAGER,)))
    said = {"since": "2027-04-13", "tolerance": "500", "window": "5", "source": "A note."}
    assert client.post(url, said).status_code == 403


# --------------------------------------------------------------------------------------------------------- asking the bank


def test_the_bank_is_asked_and_answers(row):
    officer = finance_officer()
    with pytest.raises(DomainError):
        signing.ask_bank(actor=officer, line=line("CASH"), words=" ")
    asked = signing.ask_bank(actor=officer, line=line("CASH"), words="Who paid this in?")
    assert signing.ask_bank(actor=finance_officer(), line=asked, words="Who paid this in?").asked_by == officer
    assert (asked.asked_on, selectors.queue_count().asked, selectors.queue_count().number) == (date(2027, 4, 13), 1, 1)
    assert list(selectors.queue_visible_to(officer, "asked")) == [asked]
    assert asked not in selectors.queue_visible_to(officer)
    with pytest.raises(DomainError):
        signing.note_answer(actor=officer, line=asked, words="")
    signing.note_answer(actor=officer, line=asked, words="Ravi Towels, at the counter.")
    signing.note_answer(actor=officer, line=asked, words="Twice.")
    assert line("CASH") in selectors.queue_visible_to(officer)
    said = Event.objects.filter(name__in=["bank.asked", "bank.answered"]).order_by("pk")
    assert [event.data["words"] for event in said] == ["Who paid this in?", "Ravi Towels, at the counter."]


def test_a_line_of_which_the_bank_is_asked_is_matched_at_any_time_and_then_not_asked_any_more(row):
    signing.ask_bank(actor=finance_officer(), line=line("CASH"), words="Who paid this in?")
    assert by_hand(finance_officer(), row).stands
    assert selectors.queue_count().asked == 0
    with pytest.raises(WrongState):
        signing.ask_bank(actor=finance_officer(), line=line("CASH"), words="Who?")


def test_only_a_finance_officer_asks(row):
    for role in (Role.APPROVER, Role.PROGRAMME_MANAGER):
        person = UserFactory(roles=[role])
        with pytest.raises(NotAllowed):
            signing.ask_bank(actor=person, line=line("CASH"), words="Who?")
        with pytest.raises(NotAllowed):
            signing.note_answer(actor=person, line=line("CASH"), words="Nobody.")


def test_asking_on_the_page_of_the_line(client, row):
    client.force_login(finance_officer())
    url = reverse("payments:bank_line", args=[line("CASH").public_id])
    assert client.post(url, {"act": "ask", "ask-words": ""}).status_code == 422
    client.post(url, {"act": "ask", "ask-words": "Who paid this in?"})
    page = client.get(f"{reverse('payments:bank_queue')}?show=asked").content.decode().replace("\xa0", " ")
    assert "Who paid this in?" in page
    assert "13 April 2027" in page
    client.post(url, {"act": "answered", "answered-words": "Ravi."})
    assert line("CASH").asked_on is None


# ------------------------------------------------------------------------------------------- taking back, and reports


def back(actor, match, words="Another firm."):
    return matches.take_back(actor=actor, match=match, words=words)


def test_a_large_match_is_taken_back_by_two_and_stands_until_then(rule, row):
    first, second = finance_officer(), finance_officer()
    match = signing.sign(actor=second, proposal=by_hand(first, row))
    proposal = back(first, match)
    assert isinstance(proposal, MatchProposal)
    assert back(first, match) == proposal
    assert (fresh(row).state, line("CASH").state, match.stands) == ("paid", "matched", True)
    with pytest.raises(NotAllowed):
        signing.sign(actor=first, proposal=proposal)
    with pytest.raises(WrongState):
        back(second, match, words="Something else.")
    for _time in range(2):
        assert not signing.sign(actor=second, proposal=proposal).stands
    match.refresh_from_db()
    assert (match.taken_back_by, match.back_second_by, match.taken_back_words) == (first, second, "Another firm.")
    assert (fresh(row).state, line("CASH").state, suspense()) == ("asked", "open", 2_999_999)
    assert Event.objects.filter(name="bank.match_taken_back").count() == 1
    assert selectors.proposals_of(line("CASH")) == []
    assert is_whole()
    assert isinstance(by_hand(first, row), MatchProposal)


def test_what_the_portal_matched_by_itself_is_taken_back_by_two_as_well(rule, row):
    taken(csv(("12/04/2027", f"{row.reference} RAVI", "20000.00")), mapping=PLAIN)
    match = BankMatch.objects.get()
    assert isinstance(back(finance_officer(), match), MatchProposal)
    assert fresh(row).state == "paid"


def test_below_the_limit_one_person_takes_back(rule, row):
    match = by_hand(finance_officer(), row, "SMALL", 999_999)
    assert not back(finance_officer(), match).stands
    assert fresh(row).state == "asked"


def test_a_taking_back_that_is_given_back_leaves_the_match(rule, row):
    first, second = finance_officer(), finance_officer()
    match = signing.sign(actor=second, proposal=by_hand(first, row))
    proposal = back(first, match)
    signing.give_back(actor=second, proposal=proposal, words="It is theirs.")
    with pytest.raises(WrongState):
        signing.sign(actor=second, proposal=proposal)
    match.refresh_from_db()
    assert (match.stands, fresh(row).state) == (True, "paid")
    assert back(first, match) != proposal


def test_nobody_of_the_firm_takes_back_or_signs_it(rule, row):
    own, others = finance_officer(), (finance_officer(), finance_officer())
    match = signing.sign(actor=others[1], proposal=by_hand(others[0], row))
    MemberFactory(sme=row.sme, user=own, role="trainee")
    with pytest.raises(NotAllowed, match="your own firm"):
        back(own, match)
    proposal = back(others[0], match)
    with pytest.raises(NotAllowed, match="your own firm"):
        signing.sign(actor=own, proposal=proposal)
    assert match.stands


def test_a_pair_is_taken_back_from_either_of_its_lines(rule, row):
    first, second = finance_officer(), finance_officer()
    taken(csv(("13/04/2027", "BY MISTAKE", "30000.00"), ("13/04/2027", "UNDONE", "-30000.00")), mapping=PLAIN)
    proposal = matches.match_pair(actor=first, line=line("BY MISTAKE"), other=line("UNDONE"), words="Sent back.")
    match = signing.sign(actor=second, proposal=proposal)
    signing.sign(actor=second, proposal=back(first, match))
    assert {line("BY MISTAKE").state, line("UNDONE").state} == {"open"}
    assert is_whole()


def test_the_pages_of_a_taking_back(client, rule, row):
    first, second = finance_officer(), finance_officer()
    match = signing.sign(actor=second, proposal=by_hand(first, row))
    client.force_login(first)
    url = reverse("payments:bank_line", args=[line("CASH").public_id])
    assert "Take the match back" in client.get(url).content.decode()
    address = reverse("payments:bank_match_back", args=[match.public_id])
    page = client.post(address, {"words": "Another firm."}, follow=True).content.decode()
    assert "another person signs that the match is taken back" in page
    assert "You proposed it" in page
    client.force_login(second)
    assert "CASH" in client.get(f"{reverse('payments:bank_queue')}?show=second").content.decode()
    assert selectors.queue_count().second == 1
    sign = reverse("payments:bank_proposal", args=[MatchProposal.objects.get(is_done=False).public_id])
    client.post(sign, {"sign": "1"})
    page = client.get(url).content.decode()
    assert "Taken back by" in page
    assert f"signed by {second.name}" in page
    assert fresh(row).state == "asked"


REPORT = """Type,Reference,Gross,Time
payment,DEP-0004731,20500.00,09:10
fee and tax,,-500.00,
"""


def report(actor, content=REPORT):
    return settling.read_in(
        actor=actor, provider="sandbox", day=date(2027, 4, 11), file_name="r.csv", content=content.encode()
    )


def test_a_large_sum_of_a_company_is_proposed_by_who_brings_the_report_and_signed_by_another(client, rule, row):
    first, second = finance_officer(), finance_officer()
    kept = report(first)
    proposal = MatchProposal.objects.get()
    assert (proposal.report, proposal.line, BankMatch.objects.count()) == (kept, line("CASH"), 0)
    assert settling.settle(actor=first, report=kept, line=line("CASH")) == proposal
    with pytest.raises(WrongState):
        by_hand(second, row)
    with pytest.raises(NotAllowed):
        signing.sign(actor=first, proposal=proposal)
    client.force_login(second)
    address = reverse("payments:bank_report", args=[kept.public_id])
    assert "Sign and book it" in client.get(address).content.decode()
    for _time in range(2):
        match = signing.sign(actor=second, proposal=proposal)
    assert (match.kind, match.by, match.second_by, match.report) == ("settlement", first, second, kept)
    assert (line("CASH").state, suspense()) == ("matched", 999_999)
    assert "Matched, to the paisa" in client.get(address).content.decode()
    proposal = back(first, match)
    signing.sign(actor=second, proposal=proposal)
    assert (line("CASH").state, suspense()) == ("open", 2_999_999)
    assert is_whole()


def test_a_report_that_differs_is_not_even_proposed(rule, row):
    kept = report(finance_officer(), REPORT.replace("20500.00", "20500.01"))
    with pytest.raises(DomainError) as refusal:
        settling.settle(actor=finance_officer(), report=kept, line=line("CASH"))
    assert (refusal.value.code, MatchProposal.objects.count()) == ("difference", 0)


def test_a_report_of_a_small_sum_needs_one_person(rule, row):
    kept = report(finance_officer(), REPORT.replace("20500.00", "10499.99"))
    assert BankMatch.objects.get().report == kept
    assert line("SMALL").state == "matched"
