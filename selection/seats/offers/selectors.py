"""Offers and their terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.models import Offer, OfferTerms
from selection.states import SEAT_HOLDING

if TYPE_CHECKING:
    from selection.models import Application, Round


def newest_terms(round_: Round) -> OfferTerms | None:
    return OfferTerms.objects.filter(round=round_).order_by("-version").first()


def seat_of(application: Application) -> Offer | None:
    """The offer through which the file has a seat, open or accepted; None without one."""
    held = Offer.objects.filter(application=application, state__in=[state.value for state in SEAT_HOLDING])
    return held.select_related("terms", "round").first()
