"""What waits for a firm: the block on top of its page, and what floors above selection put there."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings

from selection.states import OfferState

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from selection.models import Offer


@dataclass(frozen=True, slots=True)
class Ask:
    """The block on top: what waits for the firm, with its one button. holds_step: the step of the offer and its deposit is not over before
    this is done."""

    title: Any
    text: Any
    badge: Any = ""
    tone: str = "you"
    when: str = ""
    url: str = ""
    label: Any = ""
    other_url: str = ""
    other_label: StrOrPromise = ""
    holds_step: bool = False


def ask_of_floors_above(offer: Offer | None) -> Ask | None:
    """What a firm does with the seat that it accepted, such as choosing its training; None where nothing of the kind waits."""
    if offer is None or offer.state != OfferState.ACCEPTED:
        return None
    asks = (import_module(name).firm_ask(offer) for name in settings.FIRM_ASKS)
    return next((ask for ask in asks if ask is not None), None)
