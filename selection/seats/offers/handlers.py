"""Offers and the waiting list: what follows an event, and who hears of it. Each handler looks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from selection.applications import selectors as applications_selectors
from selection.applications.locking import locked_file
from selection.applications.notices import tell, tell_firm
from selection.applications.reasons import words_of
from selection.rounds import selectors as rounds_selectors
from selection.states import Happened, OfferState
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import promoting, selectors, services, wording
from .reasons import UNPAID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selection.models import Offer
    from tdap_portal.audit.models import Event


@on(Happened.SELECTED.value, name="selection.make_offer")
def make_offer(event: Event) -> None:
    """A file that was decided alone gets its offer; with a whole round it is made in the same transaction."""
    services.offer_if_selected(application_id=int(event.subject_id))


FREES_A_SEAT_OF_A_FILE = (
    Happened.SEAT_GIVEN_BACK,
    Happened.OFFER_TAKEN_BACK,
    Happened.WAITLISTED,
    Happened.DECLINED,
    Happened.WITHDRAWN,
)
FREES_A_SEAT_OF_A_ROUND = (Happened.TERMS_SET, Happened.ROUND_DECIDED, Happened.DECISION_DONE, Happened.SEAT_ACT_SIGNED)


def _is_alone(data: Mapping[str, Any]) -> bool:
    """Not one of many files that are decided at once: after the last of those the seats are looked at once."""
    return "round_decision" not in data


@on(*(event.value for event in FREES_A_SEAT_OF_A_FILE), name="selection.fill_free_seats", where=_is_alone)
def fill_seat_of_file(event: Event) -> None:
    row = applications_selectors.application_by_id(event.subject_id)
    if row is not None:
        promoting.fill_free_seats(round_id=row.round_id)


@on(*(event.value for event in FREES_A_SEAT_OF_A_ROUND), name="selection.fill_free_seats_of_round")
def fill_seats_of_round(event: Event) -> None:
    code = event.data.get("round")
    promoting.fill_free_seats(
        round_id=rounds_selectors.round_by_code(code).pk if code else selectors.round_id_of_decision(event.subject_id)
    )


@on("calendar.changed", "calendar.restored", name="selection.lengthen_offers")
def lengthen_offers(_event: Event) -> None:
    services.lengthen_after_calendar()


TOLD_THE_FIRM = (
    Happened.OFFERED,
    Happened.OFFER_ACCEPTED,
    Happened.OFFER_DECLINED,
    Happened.OFFER_EXPIRED,
    Happened.OFFER_EXTENDED,
)
REMINDERS = (Happened.OFFER_HALF_TIME, Happened.OFFER_ENDS_SOON, Happened.OFFER_REMINDED)


@on(*(event.value for event in (*TOLD_THE_FIRM, *REMINDERS)), name="selection.tell_of_offer")
def tell_of_offer(event: Event) -> None:
    """An offer that was answered, or taken back, before its letter was written is not spoken of as open."""
    offer = selectors.offer_by_public_id(event.data["offer"])
    if offer is None:
        return
    speaks_of_open = event.name in {Happened.OFFERED, Happened.OFFER_EXTENDED, *REMINDERS}
    if speaks_of_open and offer.state != OfferState.OPEN:
        return
    row = offer.application
    url = reverse("selection:offer", args=[row.public_id])
    if event.name == Happened.OFFERED:
        _tell_of_selection(offer, event, url=url)
        return
    template = Happened.OFFER_ENDS_SOON.value if event.name == Happened.OFFER_REMINDED else event.name
    for person in people_selectors.people_of(row.sme_id):
        tell(person, row, event, url=url, template=template, offer=offer)


def _tell_of_selection(offer: Offer, event: Event, *, url: str) -> None:
    """One letter: that the firm is selected, why, and what to do about its offer. Where the decision was changed before it was
    written, nothing is told."""
    row = locked_file(offer.application_id)  # a later decision is not made between the look and the letter
    if applications_selectors.decision_of(row) != offer.decision:
        return
    if "appeal_upheld" in offer.decision.reason_codes:  # the answer to the appeal tells of the offer too
        return
    tell_firm(
        row,
        event,
        url=url,
        template=Happened.SELECTED.value,
        offer=offer,
        words=offer.decision.words,
        round_decision=offer.decision.round_decision,
        reasons=words_of(offer.decision.reason_codes),
    )


@on(Happened.SEAT_GIVEN_BACK.value, name="selection.tell_of_seat_given_back")
def tell_of_seat_given_back(event: Event) -> None:
    """Of a seat that was accepted before; whoever declined, or let it run out, hears of that."""
    row = applications_selectors.application_by_id(event.subject_id)
    if row is not None and event.data.get("how") == OfferState.GIVEN_BACK:
        is_unpaid = event.data.get("reason") == UNPAID.code
        tell_firm(row, event, template="application.seat_unpaid" if is_unpaid else event.name)


# ------------------------------------------------------------------------------------------------------- to directors


@on(Happened.PROMOTION_HALTED.value, name="selection.tell_of_halt")
def tell_of_halt(event: Event) -> None:
    """Directors learn at once that a seat is free that nobody gets by itself, and why."""
    halt = selectors.halt_by_id(event.data["halt"])
    if halt is None or halt.ended_at is not None:
        return
    url = reverse("selection:offers", args=[halt.round.code])
    for person in accounts_selectors.people_with_role(Role.APPROVER):
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=url,
            round=halt.round.code,
            halt=halt,
            words=wording.halt_words(halt, language=person.language),
        )


@on(Happened.SEAT_ACT_PROPOSED.value, Happened.SEAT_ACT_RETURNED.value, name="selection.tell_of_seat_act")
def tell_of_seat_act(event: Event) -> None:
    """The other directors learn that an act waits for a second signature; whoever proposed it, that it came back."""
    act = selectors.act_by_id(event.subject_id)
    if act is None or act.signed_at:
        return
    url = reverse("selection:offers", args=[act.round.code])
    if event.name == Happened.SEAT_ACT_RETURNED:
        people = [act.proposed_by] if act.returned_by_id != act.proposed_by_id and act.proposed_by.is_active else []
    else:
        people = [] if act.returned_at else list(accounts_selectors.people_with_role(Role.APPROVER))
        people = [person for person in people if person.pk != act.proposed_by_id]
    for person in people:
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=url,
            round=act.round.code,
            act=act,
            words=wording.act_words(act, language=person.language),
        )
