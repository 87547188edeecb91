"""Pages of the bank: a file from being handed in to its last line, the queue, days closed by two people; who sees them."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from payments.deposits import acts
from payments.deposits import services as deposits
from payments.ledger import books
from payments.models import BankAccount, BankFile, BankLine, BankMatch, DayClose
from payments.reconciliation import services
from payments.reconciliation.links import home_tasks
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory, director
from tests.factories.payments import finance_officer
from tests.markup import flat
from tests.payments.deposits.made import at

from .made import DATA, EVENING, HEAD, IBAN, NOON, PLAIN, account, booked, csv, fresh, line, payment, read, taken
from .test_matches import REPORT

pytestmark = [pytest.mark.db, pytest.mark.django_db]
COLUMNS = {"day": "0", "text": "1", "amount": "2", "balance": "3", "order": "dmy", "decimal": ".", "has_head": "on"}


class Clock:
    """Whoever is signed in stays so when it is moved."""

    def __init__(self, traveller, client):
        self.traveller, self.client, self.person = traveller, client, None

    def move_to(self, moment):
        self.traveller.move_to(moment)
        if self.person is not None:
            self.client.force_login(self.person)


@pytest.fixture
def clock(client):
    with time_machine.travel("2027-04-01T09:00:00+05:00", tick=False) as traveller:
        yield Clock(traveller, client)


@pytest.fixture
def officer(client, clock):
    clock.person = finance_officer()
    client.force_login(clock.person)
    return clock.person


def text(response):
    return flat(response.content.decode()).replace("\u2068", "").replace("\u2069", "").replace("\xa0", " ")


def put_in(client, content, name="bank.csv"):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    return client.post(reverse("payments:bank_upload"), {"account": account().public_id, "file": file})


def test_a_file_from_the_upload_to_the_books(client, officer, clock):
    clock.move_to("2027-04-06T10:00:00+05:00")
    assert client.get(reverse("payments:bank_upload")).url == reverse("payments:bank_accounts")
    client.post(reverse("payments:bank_accounts"), {"name": "National Bank", "iban": IBAN})
    assert BankAccount.objects.get().name == "National Bank"
    assert "No file yet" in text(client.get(reverse("payments:bank")))
    page = put_in(client, HEAD + NOON)
    row = BankFile.objects.get()
    assert page.url == reverse("payments:bank_file", args=[row.public_id])
    columns = client.get(page.url)
    assert columns.url == reverse("payments:bank_columns", args=[row.public_id])
    assert "can be read both ways" in text(client.get(columns.url))
    assert client.post(columns.url, COLUMNS).url == page.url
    shown = text(client.get(page.url))
    assert "3 lines would be booked, PKR 17,500.50" in shown
    assert "begins with PKR 100,000 and ends with PKR 117,500.50" in shown
    client.post(page.url, {"take": "1"})
    assert "0 of 3 lines are booked" in text(client.get(page.url))
    assert 'id="progress"' in client.get(page.url, headers={"HX-Target": "progress"}).content.decode()
    booked(row)
    piece = client.get(page.url, headers={"HX-Request": "true", "HX-Target": "progress"})
    assert piece["HX-Refresh"] == "true"  # lines and next step of the whole page, not of the piece alone
    assert "3 wait, PKR 17,500.50" in text(client.get(page.url))
    second = put_in(client, HEAD + EVENING)
    shown = text(client.get(second.url))
    assert shown.count("Already there") >= 3
    assert "New, equal to another of its day" in shown
    links = set(
        re.findall(r'<a class="is-act" href="([^"]+)">Already there</a>', client.get(second.url).content.decode())
    )
    assert links == {reverse("payments:bank_line", args=[each.public_id]) for each in BankLine.objects.all()}
    assert "2 lines would be booked" in shown
    assert put_in(client, HEAD + NOON).url == page.url
    assert "3 lines wait for you, PKR 17,500.50" in text(client.get(reverse("payments:bank")))


def test_what_does_not_fit_a_whole_column_is_said_before_it_is_confirmed(client, officer, clock):
    """Case m04."""
    clock.move_to("2027-05-01T10:00:00+05:00")
    account()
    page = client.get(put_in(client, (DATA / "m04-bank.csv").read_bytes()).url)
    asked = text(client.get(page.url))
    assert page.url == reverse("payments:bank_columns", args=[BankFile.objects.get().public_id])
    assert "2 of 12 lines do not fit “Day, month, year: 13-4-2027”." in asked
    assert not BankFile.objects.get().layout


def test_the_days_of_new_year_on_their_pages(client, officer, clock):
    """Case m02: each day shows what the bank booked on it, and the line shows its value day as well."""
    clock.move_to("2027-01-05T10:00:00+05:00")
    taken((DATA / "m02-year-end.sta").read_bytes())
    for day, came in ((date(2026, 12, 30), "7,500.50"), (date(2027, 1, 4), "5,000")):
        assert client.get(day_url(day)).context["figures"]["came"] == came
    shown = text(client.get(reverse("payments:bank_line", args=[line("KARAKORAM").public_id])))
    assert "4 January 2027" in shown
    assert "value day 31 December 2026" in shown


def test_bad_lines_are_named_and_left_out_only_with_a_reason(client, officer, clock):
    clock.move_to("2027-05-01T10:00:00+05:00")
    row = read((DATA / "m04-bank.csv").read_bytes(), mapping=PLAIN)
    url = reverse("payments:bank_file", args=[row.public_id])
    shown = text(client.get(url))
    assert "5 lines cannot be read" in shown
    assert "a comma after the point: “7.500,00”" in shown
    assert "Ask the bank for another file" in text(client.post(url, {"take": "1"}))
    assert client.post(url, {"take": "1", "without_bad": "on"}).status_code == 422
    rows = client.get(reverse("payments:bank_broken", args=[row.public_id])).content.decode()
    assert [each.split(",")[:2] for each in rows.splitlines()[1:]] == [
        ["8", "A8"], ["9", "C9"], ["10", "C10"], ["12", "A12"], ["13", "C13"],
    ]  # fmt: skip
    done = client.post(url, {"take": "1", "without_bad": "on", "words": "The bank is asked."})
    assert done.url == url
    assert BankFile.objects.get().words == "The bank is asked."


def test_who_handed_in_a_file_without_balances_keeps_choices_and_another_person_takes_it(client, officer, clock):
    clock.move_to("2027-04-14T10:00:00+05:00")
    taken(csv(("12/04/2027", "IBFT ONE", "10.00"), ("12/04/2027", "IBFT TWO", "20.00")), mapping=PLAIN)
    row = read(csv(("12/04/2027", "IBFT ONE", "10.00"), ("13/04/2027", "NEW", "5.00")), mapping=PLAIN, by=officer)
    url = reverse("payments:bank_file", args=[row.public_id])
    shown = text(client.get(url))
    assert "It names no balances, so nothing in it" in shown
    assert "Keep what I chose" in shown
    assert "Take the lines" not in shown
    assert not home_tasks(officer)[1:]
    assert "Another person compares it with the bank" in text(client.post(url, {"take": "1"}))
    client.post(url, {"page": "1", "at-0": "take"})
    assert BankFile.objects.get(pk=row.pk).choices == {"0": "take"}
    second = director()
    assert [task.title for task in home_tasks(second)] == ["1 file of the bank is to be taken"]
    client.force_login(second)
    shown = client.get(url)
    assert "may be there already. " + officer.name + " handed it in: compare it with the bank" in text(shown)
    assert '<option value="take" selected>' in shown.content.decode()
    assert "Put the file away" not in text(shown)
    assert "Only a finance officer works" in text(client.post(url, {"drop": "1"}))
    assert client.post(url, {"take": "1", "words": "The bank says so."}).url == url
    row.refresh_from_db()
    assert (row.state, row.fresh) == ("taking", 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is nothing in this file."),
        (b"%PDF-1.7", "This is no file of a bank’s lines"),
        (
            (DATA / "m02-year-end.sta").read_bytes().replace(b"107500,50", b"107500,51"),
            "The lines give 107,500.50, the bank says 107,500.51",
        ),
        ((DATA / "m03-batch-reversal.xml").read_bytes().replace(b"camt.053", b"camt.052"), "report within the day"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_keeps_nothing(client, officer, content, words):
    account()
    page = put_in(client, content)
    assert (page.status_code, words in text(page)) == (422, True)
    assert not BankFile.objects.exists()


def test_a_file_is_put_away(client, officer, clock):
    clock.move_to("2027-04-06T10:00:00+05:00")
    row = read(HEAD + NOON, by=officer)
    url = reverse("payments:bank_file", args=[row.public_id])
    assert client.post(url, {"drop": "1"}).url == reverse("payments:bank")
    assert client.get(url).status_code == 404


def case(clock):
    rows = [payment(4714, "Ravi Towels"), payment(4716, "Jhelum Knives")]
    clock.move_to("2027-04-13T10:00:00+05:00")
    taken(
        csv(
            ("12/04/2027", "DEP-OOO4716 JHELUM KNIVES", "7,500.00"),
            ("12/04/2027", "dep4714 dep4716", "14,900.00"),
            ("12/04/2027", "CASH MALL ROAD", "3500.00"),
            ("12/04/2027", "BACK TO BRANCH", "-3500.00"),
            ("12/04/2027", "BANK CHARGES", "-25.00"),
        ),
        mapping=PLAIN,
    )
    return rows


def test_the_queue_offers_the_surest_first_and_one_press_matches(client, officer, clock):
    rows = case(clock)
    url = reverse("payments:bank_queue")
    page = client.get(url)
    shown = text(page)
    assert "5 lines to look at, PKR 29,425, surest first" in shown
    assert "read with O→0" in shown
    first = page.context["rows"][0]
    assert first.line.text.startswith("BANK CHARGES") or first.line.text.startswith("DEP-OOO")
    row = line("OOO4716")
    offer = next(each for each in page.context["rows"] if each.line == row).offers[0]
    sent = {"act": "take", "offer": offer.key, "from": "queue"}
    assert client.post(reverse("payments:bank_line", args=[row.public_id]), sent).url == f"{url}#queue"
    assert fresh(rows[1]).state == "paid"
    assert client.post(reverse("payments:bank_line", args=[row.public_id]), sent).status_code == 302
    assert BankMatch.objects.count() == 1


def test_a_line_is_shared_out_by_hand_and_taken_back(client, officer, clock):
    rows = case(clock)
    row = line("dep4714")
    url = reverse("payments:bank_line", args=[row.public_id])
    assert "Ravi Towels" in text(client.get(url, {"find": "ravi"}))
    sent = {
        "act": "hand", "hand-reference_1": rows[0].reference, "hand-amount_1": "7,400.00",
        "hand-reference_2": "dep 4716", "hand-amount_2": "7,500", "hand-words": "The firm wrote so.",
    }  # fmt: skip
    wrong = client.post(url, {**sent, "hand-amount_1": "7.400,00"})
    assert (wrong.status_code, "a comma after the point" in text(wrong)) == (422, True)
    assert "7.400,00" in text(wrong)
    assert "add up to the line" in text(client.post(url, {**sent, "hand-amount_1": "7,400.01"}))
    assert "No payment has the reference “DEP-9”" in text(client.post(url, {**sent, "hand-reference_2": "DEP-9"}))
    assert client.post(url, sent).url == url
    assert [fresh(each).paid for each in rows] == [740_000, 750_000]
    match = BankMatch.objects.get()
    back = reverse("payments:bank_match_back", args=[match.public_id])
    client.post(back, {"words": " "})
    client.post(back, {"words": "Another firm’s. " * 30})
    assert BankMatch.objects.get().stands
    assert ("Another firm’s. " * 30).strip() in text(client.get(url))  # too long, and not lost
    assert client.post(back, {"words": "Another firm’s."}).url == url
    assert [fresh(each).paid for each in rows] == [0, 0]
    assert "Another firm’s." in text(client.get(url))


def test_who_matches_by_hand_out_of_the_queue_comes_back_to_it(client, officer, clock):
    case(clock)
    row = line("CHARGES")
    address = reverse("payments:bank_line", args=[row.public_id])
    queue = reverse("payments:bank_queue")
    assert f"{address}?from=queue" in client.get(queue).content.decode()
    field = '<input type="hidden" name="from" value="queue">'
    assert field in client.get(f"{address}?from=queue").content.decode()
    assert field not in client.get(address).content.decode()
    answer = client.post(address, {"act": "charge", "charge-words": "Monthly", "from": "queue"})
    assert answer.url == f"{queue}#queue"


def test_charges_and_lines_that_undo_each_other(client, officer, clock):
    case(clock)
    url = reverse("payments:bank_line", args=[line("CHARGES").public_id])
    assert client.post(url, {"act": "charge", "charge-words": "Monthly"}).status_code == 302
    url = reverse("payments:bank_line", args=[line("MALL").public_id])
    other = line("BRANCH").public_id
    assert client.post(url, {"act": "pair", "pair-other": other, "pair-words": "Not for us."}).status_code == 302
    assert {row.state for row in BankLine.objects.exclude(text__contains="dep")} >= {"matched"}
    assert "Undone by another line" in text(client.get(reverse("payments:bank_line", args=[other])))


def test_money_that_left_is_about_a_payment(client, officer, clock):
    row = payment(4714, "Ravi Towels")
    taken(
        csv(("01/04/2027", "DEP 4714 RAVI TOWELS", "7500.00"), ("01/04/2027", "DISHONOURED", "-7500.00")), mapping=PLAIN
    )
    url = reverse("payments:bank_line", args=[line("DISHONOURED").public_id])
    sent = {"act": "gone", "gone-what": "return", "gone-reference": row.reference, "gone-words": "Cheque."}
    assert client.post(url, {**sent, "gone-what": "credit"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    assert fresh(row).state == "returned"


def day_url(day):
    return reverse("payments:bank_day", args=[account().public_id, day.year, day.month, day.day])


def test_a_day_is_compared_with_the_books_and_closed_by_a_second_person(client, officer, clock):
    clock.move_to("2027-04-06T10:00:00+05:00")
    taken(HEAD + NOON)
    day = date(2027, 4, 5)
    url = day_url(day)
    shown = client.get(url)
    assert "Bank and books come together" in text(shown)
    assert (shown.context["figures"]["closing"], shown.context["figures"]["books"]) == ("117,500.50", "117,500.50")
    client.post(url, {"prepare": "1", "words": "Complete."})
    assert client.post(url, {"close": "1"}).status_code == 422
    assert DayClose.objects.get().closed_at is None
    assert [task.title for task in home_tasks(finance_officer())][-1] == "A day of the books is to be closed"
    client.force_login(UserFactory(roles=[Role.APPROVER]))
    assert client.post(url, {"close": "1"}).url == url
    assert "Nothing is booked into this day" in text(client.get(url))
    client.force_login(officer)
    taken(csv(("05/04/2027", "LATE", "9.00")), mapping=PLAIN)
    shown = client.get(url)
    assert (shown.context["figures"]["later"], shown.context["figures"]["left_over"]) == ("9", "0")


def test_a_month_with_its_sums_as_page_workbook_and_csv(client, officer, clock):
    clock.move_to("2027-04-06T10:00:00+05:00")
    taken(HEAD + EVENING)
    args = [account().public_id, 2027, 4]
    shown = client.get(reverse("payments:bank_month", args=args))
    assert "5 lines, 5 not matched" in text(shown)
    assert (shown.context["opening"], shown.context["closing"]) == ("100,000", "122,475.50")
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(client.get(reverse("payments:bank_month_xlsx", args=args)).content)
    )
    assert [row[2] for row in book.get_sheet_by_index(1).to_python()[1:]] == [5000.0, 5000.0, 7500.5, 5000.0, -25.0]
    rows = client.get(reverse("payments:bank_month_csv", args=args)).content.decode().splitlines()
    assert rows[-1].startswith("2027-04-05,2027-04-05,-25")
    assert "Nothing moved" in text(client.get(reverse("payments:bank_month", args=[args[0], 2027, 5])))
    for year, month in ((2027, 13), (0, 1), (10**12, 1)):
        assert client.get(reverse("payments:bank_month", args=[args[0], year, month])).status_code == 404


def test_a_report_of_a_payment_company_on_its_page(client, officer, clock):
    clock.move_to("2027-04-14T10:00:00+05:00")
    taken(csv(("13/04/2027", "WALLET SETTLEMENT", "12,144.71")), mapping=PLAIN)
    url = reverse("payments:bank_reports")
    sent = {"provider": "sandbox", "day": "2027-04-12"}
    wrong = client.post(url, {**sent, "file": SimpleUploadedFile("r.csv", b"a,b\n1,2\n")})
    assert (wrong.status_code, "One of them is missing" in text(wrong)) == (422, True)
    page = client.post(url, {**sent, "file": SimpleUploadedFile("r.csv", REPORT.encode())})
    shown = text(client.get(page.url))
    assert "The report gives 12,144.70, the bank 12,144.71: a difference of − 0.01" in shown
    assert client.post(page.url, {"line": line("WALLET").public_id}).status_code == 422
    taken(csv(("13/04/2027", "WALLET SETTLEMENT 2", "12,144.70")), mapping=PLAIN)
    assert client.post(page.url, {"line": line("SETTLEMENT 2").public_id}).url == page.url
    assert "Matched, to the paisa" in text(client.get(page.url))


def test_a_refund_that_a_report_lacks_is_asked_about_on_its_page(client, officer, clock):
    """Case m06."""
    old = payment(4690, "Old Firm", amount=500_000)
    money_in = deposits.Incoming(
        500_000, books.clearing("sandbox"), at("2027-04-01 10:00:00"), "w:1", "sandbox", "Wallet"
    )
    clock.move_to("2027-04-12T16:20:00+05:00")
    deposits.receive(payment=old, incoming=money_in)
    kind = acts.Kind.REFUND
    act = acts.propose(actor=finance_officer(), payment=old, kind=kind, amount=500_000, words="It left.")
    acts.sign(actor=finance_officer(), act=act)
    clock.move_to("2027-04-14T10:00:00+05:00")
    taken(csv(("13/04/2027", "WALLET SETTLEMENT", "12,144.70")), mapping=PLAIN)
    lacking = "\n".join(each for each in REPORT.splitlines() if not each.startswith("refund"))
    sent = {"provider": "sandbox", "day": "2027-04-12", "file": SimpleUploadedFile("r.csv", lacking.encode())}
    url = client.post(reverse("payments:bank_reports"), sent).url
    shown = text(client.get(url))
    assert "The report gives 17,144.70, the bank 12,144.70: a difference of 5,000" in shown
    assert f"Is it the refund of {fresh(old).reference}, PKR 5,000, of 12 April 2027?" in shown
    said = {"line": line("WALLET").public_id, "add": fresh(old).reference}
    assert client.post(url, {**said, "words": ""}).status_code == 422
    assert line("WALLET").state == "open"
    assert client.post(url, {**said, "words": "The wallet wrote so."}).url == url
    assert "Matched, to the paisa" in text(client.get(url))


LOOKERS = [Role.PROGRAMME_MANAGER, Role.APPROVER]


@pytest.mark.parametrize("role", [*LOOKERS, Role.OFFICER, Role.ADMINISTRATOR, None])
def test_who_sees_the_bank_and_who_acts(client, clock, role):
    clock.move_to("2027-04-06T10:00:00+05:00")
    row = taken(HEAD + NOON)
    other = read(HEAD + EVENING)
    seen = line("INDUS")
    client.force_login(UserFactory(roles=[role] if role else []))
    looks = role in LOOKERS
    for name, args in (
        ("bank", []), ("bank_accounts", []), ("bank_queue", []), ("bank_file", [row.public_id]),
        ("bank_file", [other.public_id]), ("bank_broken", [row.public_id]), ("bank_line", [seen.public_id]),
        ("bank_reports", []), ("bank_month", [account().public_id, 2027, 4]),
        ("bank_month_csv", [account().public_id, 2027, 4]), ("bank_day", [account().public_id, 2027, 4, 5]),
    ):  # fmt: skip
        assert client.get(reverse(f"payments:{name}", args=args)).status_code == (200 if looks else 404), name
    for name, args in (("bank_upload", []), ("bank_columns", [other.public_id])):
        assert client.get(reverse(f"payments:{name}", args=args)).status_code == 404
    sends = [("bank_line", [seen.public_id]), ("bank_accounts", [])]
    for name, args in sends if role == Role.APPROVER else [*sends, ("bank_file", [other.public_id])]:
        sent = client.post(reverse(f"payments:{name}", args=args), {"take": "1", "act": "charge"})
        assert sent.status_code == (403 if looks else 404), name
    assert BankFile.objects.get(pk=other.pk).state == "read"
    assert services.BankLine.objects.filter(state="matched").count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_whatever_waits(client, officer, clock, django_assert_max_num_queries, rows):
    for number in range(rows):
        payment(4800 + number, f"Firm Number {number}")
    clock.move_to("2027-04-13T10:00:00+05:00")
    taken(csv(*[("12/04/2027", f"DEP {4800 + n} FIRM NUMBER {n}", "7,400.00") for n in range(rows)]), mapping=PLAIN)
    with django_assert_max_num_queries(24):
        assert client.get(reverse("payments:bank_queue")).status_code == 200
