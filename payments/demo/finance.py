"""How the demo's firms are paid, and what they borrow: four cases with a bank and a microfinance bank, and two pools without names."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from payments.finance.cases import services as cases
from payments.finance.cases.permissions import lenders_of
from payments.finance.pools import selectors as pools
from payments.finance.pools import services as pools_services
from payments.models import FinanceCase, PoolReply
from payments.money import rupees
from payments.readiness import selectors as readiness_selectors
from payments.readiness import services as readiness
from payments.readiness.kinds import FACTS, PAPERS
from payments.states import Look, ReadinessKind, Repaying
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from smes.states import COUNTING_PAPERS
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.demo import login_of
from tdap_portal.core.calendar import is_working_day, today
from tdap_portal.core.demo import moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from payments.models import ReadinessProof
    from smes.models import Sme
    from tdap_portal.accounts.demo import People
    from tdap_portal.accounts.models import User
    from tdap_portal.core.demo import Replay

AMOUNT = rupees(4_500_000)
POOL_AMOUNTS = (120_000, 150_000, 180_000, 200_000, 240_000, 280_000, 300_000)


class Lending:
    """The people of the story; today: the last day played."""

    def __init__(self, people: People, last: date) -> None:
        self.people, self.last = people, last

    def day(self, back: int) -> date:
        """So many days before the last one, or the working day before."""
        day = self.last - timedelta(days=back)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day

    @property
    def officer(self) -> User:
        return self.people.finance_officers[0]

    def person(self, login: str) -> User:
        found = accounts_selectors.user_by_login(login_of(login))
        if found is None:
            raise LookupError(login)
        return found

    def firm(self, login: str) -> tuple[User, Sme]:
        owner = self.person(login)
        return owner, people_selectors.smes_of(owner)[0]

    # ------------------------------------------------------------------------------------------------- how they are paid

    def show(self, login: str, kind: ReadinessKind, *, title: str = "") -> ReadinessProof | None:
        """With the newest paper of its kind; None where the firm is not there yet or sent none."""
        if accounts_selectors.user_by_login(login_of(login)) is None:
            return None
        owner, sme = self.firm(login)
        paper = papers_selectors.documents_of(sme).filter(kind=PAPERS[kind], state__in=COUNTING_PAPERS).first()
        if paper is None or (kind == ReadinessKind.ACCOUNT and not sme.iban):
            return None
        is_account = kind == ReadinessKind.ACCOUNT
        return readiness.send_proof(
            actor=owner,
            sme=sme,
            kind=kind,
            iban=sme.iban if is_account else "",
            title=(title or sme.name.upper()) if is_account else "",
            document=paper.public_id,
        )

    def accept(self, proof: ReadinessProof | None) -> None:
        if proof is None:
            return
        lines = readiness_selectors.facts_of_paper(proof)
        own = FACTS[ReadinessKind(proof.kind)]
        answers = {line.fact: "same" for line in lines if line.is_open and line.fact not in own}
        readiness.accept_proof(actor=self.officer, proof=proof, answers=answers)

    def show_accounts(self, login: str) -> None:
        self.accept(self.show(login, ReadinessKind.ACCOUNT))
        self.accept(self.show(login, ReadinessKind.WALLET))

    def show_more(self) -> None:
        """One account of another name waits for an officer; one statement comes back."""
        self.show("chenab", ReadinessKind.ACCOUNT, title="ANWAR TEXTILE TRADING")
        proof = self.show("hala", ReadinessKind.WALLET)
        if proof is not None:
            readiness.return_proof(
                actor=self.officer, proof=proof, words="The statement is of 2024. Send one of the last three months."
            )

    # ------------------------------------------------------------------------------------------------------------- cases

    def refer(self, login: str, lender: str, **asked: Any) -> None:
        owner, sme = self.firm(login)
        cases.refer(
            actor=owner,
            sme=sme,
            lender=lenders_of(self.person(lender))[0],
            ends_on=today() + timedelta(days=150),
            **asked,
        )

    def expects(self, orders: tuple[tuple[int, int], ...]) -> list[tuple[date, int]]:
        """orders: days after the day of asking, and rupees."""
        return [(today() + timedelta(days=days), rupees(amount)) for days, amount in orders]

    def case(self, login: str, lender: str = "bank") -> FinanceCase:
        _owner, sme = self.firm(login)
        return FinanceCase.objects.get(sme=sme, lender=lenders_of(self.person(lender))[0])

    def look(self, login: str, lender: str = "bank", way: Look = Look.PAGE) -> None:
        cases.look(actor=self.person(lender), case=self.case(login, lender), way=way)

    # ------------------------------------------------------------------------------------------------------------- pools

    def wish(self) -> None:
        """The firms of the two largest groups of a town and a trade say what they need."""
        firms = list(
            people_selectors.smes_visible_to(self.people.officers[0]).filter(is_demo=True, profile_state="open")
        )
        groups = Counter((sme.city, sme.sector) for sme in firms if sme.city and sme.sector)
        for (city, sector), number in groups.most_common(2):
            chosen = [sme for sme in firms if (sme.city, sme.sector) == (city, sector)][: len(POOL_AMOUNTS)]
            for sme, amount in zip(chosen, POOL_AMOUNTS[:number], strict=False):
                pools_services.keep_wish(
                    actor=sme.created_by, sme=sme, amount=rupees(amount), days=360, use="A machine that we hire today."
                )

    def answer_pool(self) -> None:
        """The microfinance bank answers the smaller one, and one firm opens its name."""
        actor = self.person("microbank")
        there = pools.pools_for(actor)
        if not there:
            return
        answer = pools_services.answer_pool(
            actor=actor,
            pool=there[-1],
            rate_bp=2400,
            days=360,
            words="No collateral. We visit the workshop once, and you pay back each month.",
            until=today() + timedelta(days=25),
        )
        first = PoolReply.objects.filter(answer=answer).select_related("wish__sme", "answer__lender").earliest("pk")
        pools_services.reply(actor=first.wish.sme.created_by, reply=first, opens=True)


class InTurn:
    """Acts of one case: each at its hour, or an hour after the one before where days that TDAP does not work put both on one day."""

    def __init__(self, story: Lending, replay: Replay) -> None:
        self.story, self.replay = story, replay
        self.before: datetime | None = None

    def at(self, back: int, hour: int, act: Callable[[], object]) -> None:
        when = moment(self.story.day(back), hour)
        if self.before is not None and when <= self.before:
            when = self.before + timedelta(hours=1)
        self.replay.at(when, act)
        self.before = when


def schedule(people: People, last: date, replay: Replay) -> None:
    """Of the last six weeks."""
    story = Lending(people, last)
    person, case, look = story.person, story.case, story.look

    at = InTurn(story, replay).at
    at(44, 10, lambda: story.show_accounts("noor"))
    at(
        40,
        10,
        lambda: story.refer(
            "noor", "bank", amount=AMOUNT, days=180, scheme="SAAF", use=LEATHER, expected=story.expects(ORDERS)
        ),
    )
    at(38, 11, lambda: look("noor"))
    at(37, 12, lambda: cases.ask(actor=person("bank"), case=case("noor"), words=STATEMENT))
    at(35, 13, lambda: cases.answer(actor=story.firm("noor")[0], case=case("noor"), words=SENT))
    at(33, 10, lambda: look("noor", way=Look.PDF))
    at(32, 14, lambda: cases.decide(actor=person("bank"), case=case("noor"), **OFFER))
    at(30, 10, lambda: cases.accept_offer(actor=story.firm("noor")[0], case=case("noor")))
    at(28, 12, lambda: cases.pay_out(actor=person("bank"), case=case("noor"), amount=AMOUNT, on=today()))
    at(6, 12, lambda: _repay(story))

    at = InTurn(story, replay).at
    at(15, 10, lambda: story.refer("noor", "microbank", amount=rupees(300_000), days=360, scheme="", use=KILN))
    at(13, 11, lambda: look("noor", "microbank"))
    at(5, 12, lambda: cases.revoke(actor=story.firm("noor")[0], consent=case("noor", "microbank").consent))

    at = InTurn(story, replay).at
    at(12, 10, lambda: story.refer("chenab", "bank", amount=rupees(9_000_000), days=365, scheme="SAAF", use=LOOMS))
    at(11, 11, lambda: look("chenab"))
    at(6, 13, lambda: cases.decide(actor=person("bank"), case=case("chenab"), reasons=["B2"], words=SMALLER))

    at = InTurn(story, replay).at
    at(10, 10, lambda: story.show_accounts("mehran"))
    at(
        9,
        10,
        lambda: story.refer(
            "mehran",
            "bank",
            amount=rupees(6_000_000),
            days=120,
            scheme="EFS",
            use=FISH,
            expected=story.expects(CONTAINERS),
        ),
    )
    at(7, 11, lambda: look("mehran"))
    at(6, 15, lambda: cases.ask(actor=person("bank"), case=case("mehran"), words=CONTRACTS))
    at(3, 11, story.show_more)

    at = InTurn(story, replay).at
    at(12, 12, lambda: story.refer("chenab", "microbank", amount=rupees(300_000), days=60, scheme="", use=WOOL))
    at(11, 14, lambda: cases.decide(actor=person("microbank"), case=case("chenab", "microbank"), **SMALL_OFFER))
    at(10, 14, lambda: cases.accept_offer(actor=story.firm("chenab")[0], case=case("chenab", "microbank")))
    at(9, 15, lambda: _pay_out_small(story))
    at(2, 12, lambda: _write_off(story))

    at = InTurn(story, replay).at
    at(12, 10, story.wish)
    at(4, 12, story.answer_pool)


def _repay(story: Lending) -> None:
    cases.note_repayment(
        actor=story.person("bank"),
        case=story.case("noor"),
        on=today(),
        state=Repaying.ON_TIME,
        amount=rupees(1_500_000),
    )


def _pay_out_small(story: Lending) -> None:
    cases.pay_out(
        actor=story.person("microbank"), case=story.case("chenab", "microbank"), amount=rupees(300_000), on=today()
    )


def _write_off(story: Lending) -> None:
    cases.write_off(
        actor=story.person("microbank"),
        case=story.case("chenab", "microbank"),
        on=today(),
        reason="L3",
        words=BURNT,
    )


SMALL_OFFER: dict[str, Any] = {
    "amount": rupees(300_000),
    "rate_bp": 2200,
    "days": 60,
    "words": "Paid back when the shop in Lahore pays.",
}
OFFER: dict[str, Any] = {
    "amount": AMOUNT,
    "rate_bp": 900,
    "days": 180,
    "words": "Paid back from the two orders, as you wrote.",
}
ORDERS = ((95, 2_500_000), (150, 2_000_000))
CONTAINERS = ((60, 3_000_000), (110, 3_500_000))
LEATHER = "چمڑا اور بلیڈر، جرمنی کے دو آرڈروں کے لیے۔ قرض ان کی وصولی سے واپس ہوگا۔"
WOOL = "Wool for one order of a shop in Lahore, paid back when it pays us."
BURNT = "The store with the wool burnt down. Tell us when the insurance pays."
LOOMS = "Six hand looms and wool for a year, paid back from sales in Lahore."
FISH = "Ice, packing and freight for two containers to Japan, paid back from their proceeds."
KILN = "ایک بھٹی، جس سے ہم ایک ہفتے میں دگنا مال بنا سکیں گے۔"
STATEMENT = "Your bank statement ended three months ago. Please send the months since to TDAP, and tell us here."
SENT = "پچھلے تین ماہ کا گوشوارہ آج بھیج دیا ہے۔"
CONTRACTS = "Which of the two buyers has paid you before, and how many days after shipment?"
SMALLER = "Ask us again for four million, with orders that carry it."
