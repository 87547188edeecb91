"""Deposits as the training knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from payments.deposits import selectors as payments_selectors
from selection.seats.offers import selectors as offers_selectors
from selection.states import OfferState
from tdap_portal.core.calendar import today
from training.models import Deposit, Place
from training.states import PlaceState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selection.models import Offer

OPENED_FOR = "offer:"
"""How a payment names the offer that it is for."""


def opened_for(offer: Offer) -> str:
    return f"{OPENED_FOR}{offer.public_id}"


def deposit_of(offer: Offer) -> Deposit | None:
    """With its payment; None where none was asked for."""
    return Deposit.objects.select_related("payment").filter(offer=offer).first()


def deposit_opened_for(what: str) -> Deposit | None:
    """Of an event of a payment; None where that is for something else."""
    if not what.startswith(OPENED_FOR):
        return None
    rows = Deposit.objects.select_related("payment", "offer__application__round", "offer__round")
    return rows.filter(offer__public_id=what.removeprefix(OPENED_FOR)).first()


def living_of_file(application_id: int) -> list[Deposit]:
    rows = Deposit.objects.filter(application=application_id, ended_at=None)
    return list(rows.select_related("payment", "offer").order_by("pk"))


def newest_of_file(application_id: int) -> Deposit | None:
    rows = Deposit.objects.filter(application=application_id).select_related("payment")
    return rows.order_by("-pk").first()


def costs_the_deposit(deposit: Deposit) -> bool:
    """Whether giving the seat back today is too near to the training, by the rule of the day on which the deposit was asked for."""
    rule = payments_selectors.rule_on(timezone.localdate(deposit.asked_at))
    places = Place.objects.filter(application=deposit.application_id).exclude(state=PlaceState.WAITING)
    place = places.select_related("cohort").order_by("-asked_at", "-pk").first()
    if place is None or not rule.keep_days:
        return False
    return today() > place.cohort.starts_on - timedelta(days=rule.keep_days)


def places_without_deposit() -> Iterable[int]:
    """Ids of files that hold a place under terms with a deposit which was not asked for: what the sweep makes good."""
    seats = offers_selectors.accepted_offers().filter(terms__deposit_paisa__gt=0)
    seats = seats.exclude(pk__in=Deposit.objects.values("offer"))
    held = Place.objects.filter(state=PlaceState.HELD).values("application")
    return list(seats.filter(application__in=held).order_by("pk").values_list("application", flat=True)[:500])


def is_held(offer: Offer) -> bool:
    return bool(offer.state == OfferState.ACCEPTED)
