"""The demo's nominations, one in every state, and a sheet with rows to put right; all by the real acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdap_portal.accounts import demo as accounts_demo
from tdap_portal.accounts import selectors as accounts_selectors

from . import services

if TYPE_CHECKING:
    from selection.models import Nomination, Round
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

SHEET = """Firm name,NTN no.,Cell,City,Line of business
Ugoki Ball House,42198,0300-5550104,Sialkot,Sports goods
Daska Cutlery,3318042-1,0324-99,Daska,Kitchen
Gujrat Fan Works,2907715-4,0333-5550115,Gujra,Light engineering
Sambrial Surgical,3702119-0,0302-5550130,Sambrial,Surgical goods
Ravi Saddlery,1180243-7,0345-5550127,Sialkot,Leather goods
Ravi Saddlery (2),1180243-7,0345-5550128,Sialkot,Leather goods
"""


def chamber() -> tuple[User, Partner]:
    """Who nominates in the demo."""
    person = accounts_selectors.user_by_login(accounts_demo.login_of("chamber"))
    assert person is not None  # noqa: S101  the demo of accounts makes them
    return person, accounts_selectors.partners_of(person)[0]


def nominate(
    round_: Round, firm: str, number: int, *, city: str = "Sialkot", sector: str = "Sports goods"
) -> Nomination:
    """One firm with an invented number."""
    person, partner = chamber()
    values = {"firm": firm, "mobile": f"0321-5550{number:03d}", "city": city, "sector": sector}
    return services.nominate_firm(actor=person, partner=partner, round=round_, values=values)


def long_ago(round_: Round) -> None:
    """Of the round before: nobody answers, and the time runs out."""
    nominate(round_, "Sialkot Saddlery", 1, sector="Leather goods")


def this_week(round_: Round) -> None:
    """Of the open round: without an answer, agreed, refused, taken back; and a sheet that waits."""
    person, partner = chamber()
    nominate(round_, "Kotli Gloves", 2)
    nominate(round_, "Chawinda Footwear", 3, sector="Leather goods")
    services.answer_nomination(token=nominate(round_, "Bagh Ball Makers", 4).token, agrees=True, actor=None)
    services.answer_nomination(token=nominate(round_, "Head Marala Sports", 5).token, agrees=False, actor=None)
    taken_back = nominate(round_, "Pasrur Instruments", 6, sector="Surgical goods")
    services.withdraw_nomination(actor=person, nomination=taken_back)
    services.read_in_sheet(
        actor=person, partner=partner, round=round_, file_name="members-june.csv", content=SHEET.encode()
    )


def claimed(round_: Round, owner: User, sme: Sme) -> None:
    """A firm that is about to apply takes its nomination up."""
    row = nominate(round_, sme.name, 100 + sme.pk % 800, city=sme.city or "Sialkot")
    services.claim_nomination(actor=owner, token=row.token, sme=sme)
