"""Deposits: what follows an event. Each handler looks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.states import Happened as MoneyHappened
from selection.states import Happened as SelectionHappened
from tdap_portal.audit.outbox import on
from training.places import selectors as places_selectors
from training.states import Happened

from . import services

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tdap_portal.audit.models import Event


def _names_an_offer(data: Mapping[str, Any]) -> bool:
    return str(data.get("opened_for", "")).startswith("offer:")


@on(
    Happened.PLACE_TAKEN.value,
    name="training.ask_for_deposit",
    where=lambda data: bool(data.get("deposit_paisa")),
)
def ask_for_deposit(event: Event) -> None:
    services.ask_for_deposit(application_id=int(event.subject_id))


@on(MoneyHappened.PAYMENT_SETTLED.value, name="training.confirm_place", where=_names_an_offer)
def confirm_place(event: Event) -> None:
    services.confirm_place(what=event.data["opened_for"])


@on(MoneyHappened.PAYMENT_EXPIRED.value, name="training.end_unpaid_seat", where=_names_an_offer)
def end_unpaid_seat(event: Event) -> None:
    services.end_unpaid(what=event.data["opened_for"])


@on(
    SelectionHappened.SEAT_GIVEN_BACK.value,
    SelectionHappened.WAITLISTED.value,
    SelectionHappened.DECLINED.value,
    name="training.end_deposit",
)
def end_deposit(event: Event) -> None:
    """Whoever has no seat any more owes no deposit, and gets back what it paid, or not, by the rule."""
    is_given_back = event.name == SelectionHappened.SEAT_GIVEN_BACK
    services.end_left(application_id=int(event.subject_id), by_firm=is_given_back and event.actor_id is not None)


@on(Happened.CERTIFIED.value, name="training.give_back_deposit")
def give_back_deposit(event: Event) -> None:
    place = places_selectors.place_by_public_id(event.data["place"])
    if place is not None:
        services.give_back_earned(application_id=place.application_id)
