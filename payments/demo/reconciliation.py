"""The demo's bank: a file a week, most lines matched by themselves, six that wait, days closed by a second person."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from payments.deposits import services as deposits
from payments.ledger import selectors as ledger_selectors
from payments.ledger import services as ledger
from payments.models import BankLine, Payment
from payments.money import exact_figures, rupees
from payments.reconciliation import matches, selectors, services
from payments.reconciliation.files.table import Mapping
from payments.states import BankLineState, Purpose
from smes.people.selectors import smes_visible_to
from tdap_portal.core.demo import moment

if TYPE_CHECKING:
    from datetime import datetime

    from tdap_portal.accounts.demo import People
    from tdap_portal.accounts.models import User
    from tdap_portal.core.demo import Replay

IBAN = "PK36SCBL0000001123456702"
WEEKS = 4
FIRMS = 12
AMOUNT = rupees(25_000)
OPENING = rupees(1_000_000)
MAPPING = Mapping(day=0, value_day=1, text=2, amount=3, balance=4)
HEAD = "Date,Value date,Narrative,Amount,Balance\n"
OPEN_AT_THE_END = 2  # days that only one person has signed

Line = tuple[date, str, int]


def schedule(people: People, today: date, replay: Replay) -> None:
    """The last WEEKS whole weeks: each Monday the file of the week before comes, and its days are closed; the last two wait."""
    monday = today - timedelta(days=today.weekday())
    begins = monday - timedelta(weeks=WEEKS)
    story = _Bank(people.finance_officers[0], people.finance_officers[-1], people.directors[0])
    replay.at(moment(begins - timedelta(days=3), 11), lambda: story.ask(moment(monday - timedelta(days=3), 23, 59)))
    for week in range(WEEKS):
        first = begins + timedelta(weeks=week)
        replay.at(moment(first + timedelta(days=7), 10), partial(story.take, week, first))
        replay.at(moment(first + timedelta(days=7), 15), partial(story.close, week, first))


class _Bank:
    """What happens to the account, week after week."""

    def __init__(self, officer: User, second: User, director: User) -> None:
        self.officer, self.second, self.director = officer, second, director
        self.payments: list[int] = []
        self.balance = OPENING

    def ask(self, due_at: datetime) -> None:
        """Deposits of firms that have none, so that there is something to be paid."""
        services.set_account(actor=self.officer, name="National Bank, deposits", iban=settings.PAYMENT_IBAN or IBAN)
        firms = smes_visible_to(self.director).exclude(pk__in=Payment.objects.values("sme")).order_by("pk")[:FIRMS]
        for firm in firms:
            row = deposits.open_payment(
                purpose=Purpose.DEPOSIT,
                sme=firm,
                amount=AMOUNT,
                words="Commitment deposit",
                words_ur="عہد کی ضمانت",
                due_at=due_at,
                opened_for=f"demo-bank:{firm.pk}",
            )
            self.payments.append(row.pk)

    def take(self, week: int, first: date) -> None:
        lines = self._lines(week, first)
        content = HEAD
        for day, words, amount in lines:
            self.balance += amount
            written = exact_figures(abs(amount)).replace(",", "")
            sign = "-" if amount < 0 else ""
            content += f"{day.isoformat()},{day.isoformat()},{words},{sign}{written},{self.balance // 100}.{self.balance % 100:02d}\n"
        row = services.read_in(
            actor=self.officer,
            account=selectors.accounts()[0],
            file_name=f"statement-{first.isoformat()}.csv",
            content=content.encode(),
        )
        if row.layout is None:
            row = services.map_columns(actor=self.officer, file=row, mapping=MAPPING)
        services.take_file(actor=self.officer, file=row, covers=(first, first + timedelta(days=6)))
        while services.book_lines(file_id=row.pk):
            pass
        for line in BankLine.objects.filter(state=BankLineState.OPEN, text="MONTHLY SERVICE CHARGES"):
            matches.match_charge(actor=self.officer, line=line)

    def close(self, week: int, first: date) -> None:
        """Every day up to the end of the week; of the last one some are only prepared."""
        last = first + timedelta(days=6)
        days = [day for day, _entries in ledger_selectors.open_days(last)]
        if week == WEEKS - 1:
            days = days[: max(0, len(days) - OPEN_AT_THE_END)]
        for day in days:
            ledger.prepare_close(actor=self.officer, day=day)
            ledger.close_day(actor=self.second, day=day)
        if week == WEEKS - 1:
            waiting = ledger_selectors.open_days(last)[:1]
            for day, _entries in waiting:
                ledger.prepare_close(actor=self.officer, day=day, words="Complete but for the lines that wait.")

    def _lines(self, week: int, first: date) -> list[Line]:
        """Two or three payments a week by their reference; in the last week six that need a person."""
        paying = list(Payment.objects.select_related("sme").filter(pk__in=self.payments).order_by("pk"))
        sure = paying[: max(0, len(paying) - 4)]
        of_week = sure[week::WEEKS]
        lines = [
            (first + timedelta(days=1 + at % 4), f"IBFT {row.reference} {_plain(row.sme.name)}", row.left)
            for at, row in enumerate(of_week)
        ]
        if week == 1:
            lines.append((first + timedelta(days=4), "MONTHLY SERVICE CHARGES", -rupees(350)))
        if week == WEEKS - 1:
            lines += self._odd(first, paying[len(sure) :])
        return sorted(lines, key=lambda line: line[0])

    def _odd(self, first: date, rest: list[Payment]) -> list[Line]:
        day = first + timedelta(days=3)
        found: list[Line] = [
            (day, "CASH DEP MALL ROAD BR", rupees(3_500)),
            (day, "IBFT DEP-9999999 HUNZA HONEY", AMOUNT),
        ]
        ways = (
            lambda row: (f"1LINK {row.reference} {_plain(row.sme.name)}", AMOUNT - rupees(500)),
            lambda row: (
                f"RAAST {row.reference[:4]}{row.reference[4:].replace('0', 'O', 2)} {_plain(row.sme.name)}",
                AMOUNT,
            ),
            lambda row: (f"IBFT {_plain(row.sme.name)}", AMOUNT),
            lambda row: (f"IBFT {_plain(row.sme.name)} PART", AMOUNT // 2),
        )
        for at, (row, way) in enumerate(zip(rest, ways, strict=False)):
            words, amount = way(row)
            found.append((first + timedelta(days=2 + at % 2), words, amount))
        return found


def _plain(name: str) -> str:
    """As a bank writes it: capitals, no commas."""
    return name.upper().replace(",", "")[:28]
