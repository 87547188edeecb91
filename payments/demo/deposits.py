"""The demo's deposits and fees: what firms were asked for, how they paid, and what waits at the finance officers' desk.

The deposits of the seats are asked for by the training. Beside them stand the deposits and fees of a fair, so that one payment stands in
each state without a seat hanging on it.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils import timezone

from payments.deposits import acts, paying, proofs, services
from payments.deposits import selectors as deposits
from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
from payments.ledger import services as ledger
from payments.models import Finding, Payment
from payments.money import PKR
from payments.providers.switches import provider_of
from payments.states import FindingKind, PaymentState, Purpose
from smes.papers.checks import check_paper
from tdap_portal.core.calendar import add_working_days
from tdap_portal.core.demo import moment

if TYPE_CHECKING:
    from datetime import date

    from payments.models import PaymentAct
    from smes.models import Sme
    from smes.papers.checks import CheckedPaper
    from tdap_portal.accounts.demo import People
    from tdap_portal.accounts.models import User
    from tdap_portal.core.demo import Replay

PAID_FROM = 89  # days before today: the day after the firms chose their cohorts
FAIR = 24  # days before today: stands at a fair were given
SEAT_WAYS = ("raast", "bank", "raast")
STAND, STAND_UR = "Deposit for a stand at the sector fair in Karachi", "کراچی کے شعبہ جاتی میلے میں اسٹال کا زرِ ضمانت"
PHOTO, PHOTO_UR = "Photo day, Sialkot", "تصاویر کا دن، سیالکوٹ"
STAND_PAISA, PHOTO_PAISA = 4_000_000, 350_000
SHORT_PAISA, SHORT_UP_TO = 5_000, 10_000  # what is missing of one stand, and what two people may let go
SECOND, SECOND_UR = "Second photo day, Sialkot", "تصاویر کا دوسرا دن، سیالکوٹ"
SECOND_PAISA = 280_000
"""Of the best known firm, so that whoever tries the demo has something to pay."""
NAMES = (
    "asked",
    "part",
    "bank",
    "paid",
    "expired",
    "cancelled",
    "returned",
    "back",
    "kept",
    "late",
    "double",
    "sign",
    "slip",
)
"""Of the stands, a firm each."""
LATER = ("asked", "part", "bank", "returned", "slip")
"""Asked for in these days."""
ONCE_MORE = {"other": "kept", "short": "back"}
"""A second stand for firms that had one, in these days too."""


def schedule(people: People, today: date, replay: Replay) -> None:
    """Called once by the story of money."""
    if len(people.finance_officers) < 2 or not people.directors:
        return
    story = _Story(people.finance_officers[0], people.finance_officers[1], people.directors[0], today)
    for back, act in (
        (PAID_FROM, lambda: story.pay_seats(0)),
        (PAID_FROM - 1, lambda: story.pay_seats(1)),
        (FAIR, story.ask_for_stands),
        (FAIR - 2, story.pay_stands),
        (FAIR - 9, story.after_the_day),
        (5, story.ask_of_the_bank),
        (3, story.give_back),
        (2, story.propose),
        (1, story.close_days),
    ):
        replay.at(moment(today - timedelta(days=back), 15), act)


class _Story:
    def __init__(self, first: User, second: User, director: User, today: date) -> None:
        self.first, self.second, self.director, self.today = first, second, director, today
        self.firms: dict[str, Sme] = {}
        self.stands: dict[str, Payment] = {}

    # ------------------------------------------------------------------------------------------------------- seats

    def pay_seats(self, half: int) -> None:
        """All firms pay the deposits of their seats within two days."""
        rows = Payment.objects.filter(state=PaymentState.ASKED, opened_for__startswith="offer:").order_by("pk")
        for row in rows.select_related("sme__created_by"):
            if half or row.pk % 2:
                self._pay(row, SEAT_WAYS[row.pk % len(SEAT_WAYS)])

    def give_back(self) -> None:
        """Those who are certified get their deposits back; some still wait for the officers."""
        found = list(Finding.objects.filter(kind=FindingKind.EARNED, settled_at=None).select_related("payment__sme"))
        for number, finding in enumerate(found[:-3]):
            payment = finding.payment
            assert payment is not None  # noqa: S101  it is of a deposit
            act = self._signed(payment, acts.Kind.REFUND, payment.held, "Came to the training and has the certificate.")
            acts.send_refund(act.pk)
            if number:
                acts.note_by_hand(actor=self.first, act=act, bank_reference=f"FT{act.pk:08d}")
            if number > 1:
                acts.bear_out(actor=self.second, act=act)

    # ------------------------------------------------------------------------------------------------------ stands

    def ask_for_stands(self) -> None:
        """Of firms that paid before, a stand each; the best known firms of the demo, which come first, keep a simple story."""
        rows = Payment.objects.filter(state=PaymentState.PAID).select_related("sme__created_by").order_by("-pk")
        for name, one in zip(NAMES, rows[: len(NAMES)], strict=False):
            self.firms[name] = one.sme
            if name not in LATER:
                self.stands[name] = self._ask(one.sme, name, Purpose.DEPOSIT, STAND_PAISA, (STAND, STAND_UR), days=4)
            for more in (more for more, same in ONCE_MORE.items() if same == name):
                self.firms[more] = one.sme
            if name in ("paid", "back"):
                self._ask(one.sme, f"photo:{name}", Purpose.FEE, PHOTO_PAISA, (PHOTO, PHOTO_UR), days=4)

    def pay_stands(self) -> None:
        """In time, most of them."""
        for name in ("paid", "back", "kept", "double", "sign"):
            if name in self.stands:
                self._pay(self.stands[name], "bank")
        for name in ("photo:paid", "photo:back"):
            row = deposits.payment_opened_for(f"demo:{name}")
            if row is not None:
                self._pay(row, "raast")
        if "double" in self.stands:
            self._receive(self.stands["double"], "bank", effect="demo:double:again")
        if "cancelled" in self.stands:
            services.cancel_payment(
                payment=self.stands["cancelled"], actor=None, words="The firm does not come to the fair."
            )

    def after_the_day(self) -> None:
        """What was not paid ends; of one the money comes too late."""
        for name in ("expired", "late"):
            if name in self.stands:
                services.expire_payment(payment_id=self.stands[name].pk)
        if "late" in self.stands:
            self._receive(self.stands["late"], "bank", effect="demo:late")
        if "kept" in self.stands:
            row = self.stands["kept"]
            self._signed(
                row, acts.Kind.FORFEIT, STAND_PAISA, "Did not come to the fair and said so on no day before it."
            )
        if "back" in self.stands:
            row = self.stands["back"]
            act = self._signed(row, acts.Kind.REFUND, STAND_PAISA, "Was at the fair on all days.")
            acts.send_refund(act.pk)
            acts.note_by_hand(actor=self.second, act=act, bank_reference=f"FT{act.pk:08d}")
            acts.bear_out(actor=self.first, act=act)

    def propose(self) -> None:
        """What stands on the desks today: payments that are open, an act to sign, a slip to look at, a payment that was taken back, another
        amount than asked, and a little that is missing."""
        self._let_a_little_go()
        for name in ("asked", "part", "slip", "returned", "other", "short"):
            if name in self.firms:
                self._ask_now(name, 6)
        first = Payment.objects.filter(state=PaymentState.PAID).select_related("sme").order_by("pk").first()
        if first is not None:
            self._ask(first.sme, "open", Purpose.FEE, SECOND_PAISA, (SECOND, SECOND_UR), days=6)
        if "sign" in self.stands:
            row = self.stands["sign"]
            acts.propose(
                actor=self.first,
                payment=row,
                kind=acts.Kind.REFUND,
                amount=STAND_PAISA,
                words="The fair was moved by TDAP.",
            )

    def ask_of_the_bank(self) -> None:
        if "bank" in self.firms:
            self._ask_now("bank", 1)

    def close_days(self) -> None:
        """The oldest days of the books are closed by two people; the newest wait. What the bank has not shown yet waits for it."""
        waiting = deposits.payment_opened_for("demo:bank")
        if waiting is not None:
            services.expire_payment(payment_id=waiting.pk)
        for day, _number in ledger_days(self.today - timedelta(days=30)):
            ledger.prepare_close(actor=self.first, day=day, words="Agrees with the bank.")
            ledger.close_day(actor=self.second, day=day)
        ledger.check_books()

    def _let_a_little_go(self) -> None:
        """A director says how much may be missing; all else stays as it is."""
        now = deposits.rule_on()
        kept = ("pay_days", "again_days", "remind_days", "keep_days", "words", "words_ur")
        values = {name: getattr(now, name) for name in kept}
        source = "Working rule of TDAP, second round"
        services.set_rule(
            actor=self.director, since=timezone.localdate(), source=source, short_up_to=SHORT_UP_TO, **values
        )

    # ----------------------------------------------------------------------------------------------------- details

    def _ask(self, sme: Sme, name: str, purpose: Purpose, amount: int, words: tuple[str, str], *, days: int) -> Payment:
        return services.open_payment(
            purpose=purpose,
            sme=sme,
            amount=amount,
            words=words[0],
            words_ur=words[1],
            due_at=deposits.last_second(add_working_days(timezone.localdate(), days)),
            opened_for=f"demo:{name}",
        )

    def _ask_now(self, name: str, days: int) -> None:
        """A stand that was asked for in these days, and what became of it so far."""
        row = self._ask(self.firms[name], name, Purpose.DEPOSIT, STAND_PAISA, (STAND, STAND_UR), days=days)
        owner = row.sme.created_by
        if name == "part":
            self._receive(row, "bank", amount=STAND_PAISA // 4, effect="demo:part")
        elif name == "short":
            self._receive(row, "bank", amount=STAND_PAISA - SHORT_PAISA, effect="demo:short")
        elif name == "other" and provider_of("sandbox") is not None:
            made, _step = paying.begin_attempt(actor=owner, payment=row, way="sandbox", token="demo")  # noqa: S106  as below
            paying.take_paid(
                attempt=made, amount=STAND_PAISA // 2, currency=PKR, provider_reference="402611280077",
                happened_at=timezone.now(), fee=None,
            )  # fmt: skip
        elif name == "bank":
            paying.begin_attempt(actor=owner, payment=row, way="bank", token="demo")  # noqa: S106  of a page, no secret
        elif name == "slip":
            made, _step = paying.begin_attempt(actor=owner, payment=row, way="bank", token="demo")  # noqa: S106  as above
            proofs.send_proof(
                actor=owner, attempt=made, paper=_slip(), amount=STAND_PAISA, paid_on=timezone.localdate(),
                bank_reference="FT26112200417",
            )  # fmt: skip
        elif name == "returned":
            self._receive(row, "bank", effect="demo:returned")
            services.take_back(payment=row, amount=STAND_PAISA, out_of=books.bank("bank"), effect="demo:returned:back")

    def _pay(self, row: Payment, way: str) -> None:
        """A try of the firm's owner, and the line of the bank that shows it."""
        paying.begin_attempt(actor=row.sme.created_by, payment=row, way=way, token="demo")  # noqa: S106  of a page, no secret
        self._receive(row, way, effect=f"demo:{row.pk}")

    def _receive(self, row: Payment, way: str, *, effect: str, amount: int = 0) -> None:
        services.receive(
            payment=row,
            incoming=services.Incoming(
                amount=amount or row.amount,
                into=deposits.place_of(way),
                happened_at=timezone.now(),
                effect=effect,
                way=way,
                method=deposits.name_of(way),
            ),
        )

    def _signed(self, row: Payment, kind: acts.Kind, amount: int, words: str) -> PaymentAct:
        act = acts.propose(actor=self.first, payment=row, kind=kind, amount=amount, words=words)
        return acts.sign(actor=self.second, act=act)


def ledger_days(until: date) -> list[tuple[date, int]]:
    """Open days up to one, a few of them: closing costs a moment each."""
    return ledger_selectors.open_days(until)[:3]


def _slip() -> CheckedPaper:
    """A picture as a bank's app draws it, with nothing of anybody on it."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  a tenth of a second, which only the building of the demo pays

    picture = Image.new("RGB", (480, 320), "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(("DEMO BANK", "Transfer done", "PKR 40,000.00", "Ref FT26112200417")):
        draw.text((40, 40 + number * 48), line, fill="black")
    content = BytesIO()
    picture.save(content, "PNG")
    content.seek(0)
    return check_paper(content, name="slip.png", size=None)
