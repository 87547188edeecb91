"""The demo's exports: forty shipments and twelve receipts for services, some late, some matched in parts, some confirmed by the bank.

Firms write down in one week what they sent over half a year; the bank answers the week after, and months that may be published are.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from payments.models import ProceedsReceipt, Shipment
from payments.proceeds import allocating, confirming, rulebook, selectors, services
from payments.statement import selectors as statement_selectors
from payments.statement import services as statement_services
from payments.states import ProceedsState, RuleCode
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.demo import login_of
from tdap_portal.core.demo import moment
from tdap_portal.core.errors import DomainError

if TYPE_CHECKING:
    from smes.models import Sme
    from tdap_portal.accounts.demo import People
    from tdap_portal.accounts.models import Partner, User
    from tdap_portal.core.demo import Replay

WRITTEN, ANSWERED, JUDGED, PUBLISHED = 12, 8, 4, 2  # days back
RATES_FOR = 190  # days
FIRST_RATE, A_WEEK = Decimal("279.40"), Decimal("0.35")
SIGN_IN = ("noor", "chenab", "mehran", "hala")
OF_ONE_SECTOR = 6  # firms, so that a line of the statement is theirs alone
SOURCE = "Invented for the demo"
OF_SERVICES = ("ict", "fintech")


@dataclass(frozen=True, slots=True)
class Sent:
    """One shipment. firm: its place among those that make things. shipped, came: days back; came None: no money yet. paid: per cent of the
    invoice. said: what the bank answered, "" for nothing yet."""

    firm: int
    dollars: int
    shipped: int
    came: int | None = None
    paid: int = 100
    said: str = "yes"
    terms: str = "open_account"
    contract: int | None = None
    together: bool = False  # with the next one of the firm that says so, in one receipt


SENT = (
    # paid and confirmed in the third and in the second month before this one, by firms of one sector and by as many others
    *(Sent(at, 8_000 + 1_350 * at, 150 - 3 * at, 80 - at) for at in range(11)),
    *(Sent(at if at < OF_ONE_SECTOR else at + 5, 6_400 + 990 * at, 118 - 2 * at, 49 - at) for at in range(11)),
    # over the last day, still without money, or with a part of it
    Sent(0, 53_200, 134),
    Sent(4, 26_750, 49, terms="sight"),
    Sent(12, 9_400, 128, came=40, paid=60),
    # came late
    Sent(13, 31_000, 152, came=20),
    Sent(14, 12_800, 70, came=16, terms="sight"),
    # due within a week, and within a month
    Sent(15, 8_300, 114),
    Sent(16, 14_600, 117, came=15, paid=40, said=""),
    Sent(17, 112_000, 124, terms="lc_120"),
    Sent(19, 22_100, 105, contract=-9),
    # later
    Sent(20, 9_850, 27, terms="sold_forward"),
    Sent(5, 27_900, 22, came=13, said="other_amount"),
    Sent(7, 15_000, 14, terms="advance", came=30),
)
PARCELS = (
    Sent(22, 1_840, 51),
    Sent(22, 960, 66),
    Sent(23, 2_200, 40, came=12, together=True),
    Sent(24, 780, 20),
    Sent(23, 415, 13, came=12, together=True),
    Sent(25, 1_150, 30),
)


@dataclass(frozen=True, slots=True)
class Sold:
    """A service and the money for it. firm: its place among those that sell services. came: days back. code: "" where it is missing."""

    firm: int
    dollars: int
    came: int
    service: str
    code: str
    said: str = "yes"


SERVICES = (
    Sold(0, 12_400, 76, "SI21", "9184"),
    Sold(1, 8_400, 74, "SI22", "9185"),
    Sold(2, 9_900, 73, "SI21", "9184"),
    Sold(3, 6_150, 71, "SI22", "9182"),
    Sold(4, 14_700, 70, "SI21", "9184"),
    Sold(0, 15_100, 44, "SI21", "9184"),
    Sold(1, 9_200, 43, "SI22", "9185"),
    Sold(5, 11_050, 42, "SI21", "9184"),
    Sold(3, 7_300, 41, "SI22", "9182"),
    Sold(4, 16_900, 40, "SI21", "9184"),
    Sold(2, 31_200, 14, "SI21", "9184", ""),
    Sold(6, 12_750, 15, "SI22", "", "remittance"),
)


def _makers(firms: list[Sme]) -> list[Sme]:
    """Firms with a product, those whose people can sign in first, after them more of the first one's sector."""
    found = [firm for firm in firms if firm.sector and firm.sector not in OF_SERVICES and firm.products.exists()]
    known = [login_of(name) for name in SIGN_IN]
    named = sorted(
        (firm for firm in found if firm.created_by.email in known),
        key=lambda firm: known.index(firm.created_by.email or ""),
    )
    sector = (named or found)[0].sector if found else ""
    alike = [firm for firm in (*named, *found) if firm.sector == sector]
    first = list(dict.fromkeys(alike))[:OF_ONE_SECTOR]
    others = [firm for firm in (*named, *found) if firm.sector != sector]
    return [*first, *dict.fromkeys(others)]


def schedule(people: People, today: date, replay: Replay) -> None:
    story = _Story(people, today)
    replay.at(moment(story.day(WRITTEN), 10), story.set_rates)
    replay.at(moment(story.day(WRITTEN), 11), story.write)
    replay.at(moment(story.day(ANSWERED), 14), story.answer)
    replay.at(moment(story.day(JUDGED), 9), story.remind)
    replay.at(moment(story.day(PUBLISHED), 10), story.publish)


class _Story:
    def __init__(self, people: People, today: date) -> None:
        self.today, self.officer, self.director = today, people.finance_officers[0], people.directors[0]
        self.said: dict[int, str] = {}
        self.together: list[Shipment] = []

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    @property
    def clerk(self) -> User:
        found = accounts_selectors.user_by_login(login_of("bank"))
        assert found is not None  # noqa: S101  the demo's accounts are built first
        return found

    def set_rates(self) -> None:
        for week, back in enumerate(range(RATES_FOR, WRITTEN - 1, -7)):
            rate = FIRST_RATE + A_WEEK * week
            rulebook.set_rate(actor=self.officer, currency="USD", day=self.day(back), rate=rate, source=SOURCE)

    def write(self) -> None:
        """Everything that firms wrote down."""
        firms = list(people_selectors.smes_visible_to(self.director).order_by("pk"))
        makers = _makers(firms)
        sellers = [firm for firm in firms if firm.sector in OF_SERVICES]
        bank = accounts_selectors.partners_of(self.clerk)[0]
        for number, sent in enumerate((*SENT, *PARCELS)):
            if makers:
                self._send(makers[sent.firm % len(makers)], bank, number, sent, is_parcel=number >= len(SENT))
        if makers[1:]:
            self._send_the_same(makers[-1], makers[0])
        for number, sold in enumerate(SERVICES):
            if sellers:
                self._serve(sellers[sold.firm % len(sellers)], bank, number, sold)

    def _send(self, firm: Sme, bank: Partner, number: int, sent: Sent, *, is_parcel: bool) -> None:
        product = firm.products.order_by("pk").first()
        assert product is not None  # noqa: S101  makers have one
        row = services.record_shipment(
            actor=firm.created_by,
            sme=firm,
            key=f"{number:032x}",
            kind="parcel" if is_parcel else "goods",
            number=f"HAWB 7731 {2250 + number}" if is_parcel else f"PSW-FI 27-{4417 + 31 * number:06d}",
            invoice_number=f"INV-{1200 + number}",
            amount=100 * sent.dollars,
            currency="USD",
            hs6=product.hs6,
            buyer_country=("DEU", "USA", "GBR", "ARE", "ESP")[number % 5],
            terms="courier" if is_parcel else sent.terms,
            contract_day=self.day(sent.contract) if sent.contract is not None else None,
            shipped_on=self.day(sent.shipped),
            bank=bank,
        )
        if sent.together and not self.together:
            self.together.append(row)
        elif sent.came is not None:
            self._pay([*self.together, row] if sent.together else [row], bank, number, sent)

    def _pay(self, shipments: list[Shipment], bank: Partner, number: int, sent: Sent) -> None:
        parts = {row.public_id: row.amount * sent.paid // 100 for row in shipments}
        shipment, amount = shipments[0], sum(parts.values())
        receipt = services.record_proceeds(
            actor=shipment.sme.created_by,
            sme=shipment.sme,
            key=f"{1000 + number:032x}",
            is_service=False,
            bank=bank,
            bank_reference=f"FT27{310_000 + 7 * number}",
            came_on=self.day(sent.came or 0),
            amount=amount,
            currency="USD",
            buyer_country=shipment.buyer_country,
        )
        actor = shipment.sme.created_by
        allocating.match(actor=actor, receipt=receipt, parts=parts, seen=0)
        self.said[receipt.pk] = sent.said

    def _send_the_same(self, firm: Sme, other: Sme) -> None:
        """A number that another firm wrote waits for a look."""
        known = Shipment.objects.filter(sme=other).exclude(number="").order_by("pk").first()
        product = firm.products.order_by("pk").first()
        if known is None or product is None or firm == other:
            return
        services.record_shipment(
            actor=firm.created_by,
            sme=firm,
            key=f"{999:032x}",
            kind="goods",
            number=known.number,
            invoice_number="INV-1999",
            amount=7_200_00,
            currency="USD",
            hs6=product.hs6,
            buyer_country="DEU",
            terms="open_account",
            shipped_on=self.day(33),
        )

    def _serve(self, firm: Sme, bank: Partner, number: int, sold: Sold) -> None:
        actor = firm.created_by
        shipment = services.record_shipment(
            actor=actor,
            sme=firm,
            key=f"{2000 + number:032x}",
            kind="service",
            invoice_number=f"S-{300 + number}",
            amount=100 * sold.dollars,
            currency="USD",
            service=sold.service,
            buyer_country=("USA", "GBR", "ARE")[number % 3],
            terms="service",
            contract_day=self.day(sold.came - 10),
            shipped_on=self.day(sold.came + 20),
            bank=bank,
        )
        receipt = services.record_proceeds(
            actor=actor,
            sme=firm,
            key=f"{3000 + number:032x}",
            is_service=True,
            bank=bank,
            bank_reference=f"FT27{510_000 + 7 * number}",
            came_on=self.day(sold.came),
            amount=100 * sold.dollars,
            currency="USD",
            service=sold.service,
            purpose=next((one for one in selectors.codes_on(self.day(sold.came)) if one.code == sold.code), None),
            kept=20 * sold.dollars if number % 2 else 0,
            buyer_country=shipment.buyer_country,
        )
        allocating.match(actor=actor, receipt=receipt, parts={shipment.public_id: receipt.amount}, seen=0)
        self.said[receipt.pk] = sold.said

    def answer(self) -> None:
        """What the bank says."""
        clerk = self.clerk
        for row in ProceedsReceipt.objects.filter(state=ProceedsState.SAID).order_by("came_on", "pk"):
            said = self.said.get(row.pk, "")
            if said == "yes":
                confirming.confirm(actor=clerk, receipt=row)
            elif said:
                confirming.disagree(actor=clerk, receipt=row, reason=said, words="")

    def remind(self) -> None:
        """What the clock tells firms each morning."""
        day = self.day(JUDGED)
        days = int(selectors.value_on(RuleCode.WARN_DAYS, day) or 0)
        for pk in selectors.to_warn(day, days):
            services.warn(shipment_id=pk)
        for pk in selectors.to_tell_late(day):
            services.tell_late(shipment_id=pk)

    def publish(self) -> None:
        """The months that may be published by now, in their order."""
        for one in statement_selectors.waiting(self.day(PUBLISHED)):
            with suppress(DomainError):
                statement_services.publish(actor=self.officer, month=one.month)
