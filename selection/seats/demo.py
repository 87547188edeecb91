"""The demo's seats: a composition is worked out, sent by one director and signed by another; firms answer their offers."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from selection.models import Composition, Offer, RoundDecision

from .composer import services as composer_services
from .composer.rules import YES, first_rules
from .deciding import services as deciding_services
from .offers import services as offers_services

if TYPE_CHECKING:
    from datetime import date

    from selection.models import Round
    from selection.states import OfferState
    from tdap_portal.accounts.models import User

WAITING = 12
DEPOSIT_PAISA = 2_500_000
NO_ANSWER = "no answer"
WAYS = (
    {"mode": "online", "city": ""},
    {"mode": "in_person", "city": "Lahore"},
    {"mode": "in_person", "city": "Karachi"},
    {"mode": "in_person", "city": "Sialkot"},
)
WORDS = {
    "en": (
        "Four seats are kept for firms led by women and 15 % for new exporters, as the board decided. No sector gets more than a "
        "third, so that buyers find different goods."
    ),
    "ur": (
        "بورڈ کے فیصلے کے مطابق چار نشستیں خواتین کی سربراہی والی فرموں کے لیے اور 15 فیصد نئے برآمد کنندگان کے لیے ہیں۔ کسی ایک شعبے کو "
        "ایک تہائی سے زیادہ نہیں ملتیں، تاکہ خریداروں کو مختلف مال ملے۔"
    ),
}


def set_terms(round_: Round, director: User) -> None:
    """What is usual, and the towns in which the training is given."""
    offers_services.set_terms(
        actor=director,
        round=round_,
        deposit_paisa=DEPOSIT_PAISA,
        choices=list(WAYS),
        commitments=list(offers_services.FIRST_COMMITMENTS),
        includes=list(offers_services.FIRST_INCLUDES),
    )


def compose(round_: Round, director: User, *, on: date, reserve: int) -> Composition:
    """All seats but the reserve, by the guideline of TDAP and two rules of the board. on: the day of the guideline."""
    seats = round_.seats - reserve
    rules = [
        *first_rules(on),
        {
            "attribute": "women_led",
            "values": [YES],
            "is_floor": True,
            "number": ceil(seats / 4),
            "per_mille": None,
            "weight": None,
        },
        {
            "attribute": "sector",
            "values": [],
            "is_floor": False,
            "number": seats // 3,
            "per_mille": None,
            "weight": None,
        },
    ]
    return composer_services.ask_composition(actor=director, round=round_, seats=seats, reserve=reserve, rules=rules)


def send(round_: Round, director: User) -> None:
    """The newest composition goes to the other directors."""
    newest = Composition.objects.filter(round=round_).latest("number")
    deciding_services.send_composition(
        actor=director, composition=newest, waiting=WAITING, words=WORDS["en"], words_ur=WORDS["ur"]
    )


def sign(round_: Round, director: User) -> None:
    """From here on the worker carries it out."""
    decision = RoundDecision.objects.get(round=round_, signed_at=None, returned_at=None)
    deciding_services.sign(actor=director, decision=decision, basis=decision.basis)


def answer(offer: Offer, how: str = "") -> None:
    """An owner takes the seat, or leaves it. how: a coded reason for leaving it, NO_ANSWER, or "" for taking it."""
    owner = offer.application.sme.created_by
    if how == NO_ANSWER:
        offers_services.note_opened(actor=owner, offer=offer)
    elif how:
        offers_services.decline_offer(actor=owner, offer=offer, reason_code=how)
    else:
        way = offer.terms.choices[offer.pk % len(offer.terms.choices)]
        offers_services.accept_offer(
            actor=owner, offer=offer, agreed=True, typed_name=owner.name, attendee=owner.name, **way
        )


def give_back(offer: Offer, reason: str) -> None:
    """A seat that was accepted goes back, and on to whoever waits."""
    offers_services.give_back(actor=offer.application.sme.created_by, offer=offer, reason_code=reason)


def offers_in(round_: Round, state: OfferState) -> list[Offer]:
    """Offers of a round in one state, in the order in which they were made."""
    rows = Offer.objects.filter(round=round_, state=state).select_related("application__sme__created_by", "terms")
    return list(rows.order_by("pk"))
