"""Acts on the seats of a round that two directors sign: the reserve for appeals, more time for an offer, a shortened offer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from selection.applications.locking import locked_file, locked_round
from selection.models import Application, SeatAct
from selection.review import obstacles
from selection.seats.composer import selectors as composer_selectors
from selection.states import Happened, OfferState, State
from smes.people import services as people_services
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, promoting, selectors, services

if TYPE_CHECKING:
    from selection.models import Offer, Round
    from tdap_portal.accounts.models import User


@transaction.atomic
def propose_reserve(*, actor: User, round: Round, reserve: int, words: str) -> SeatAct:  # noqa: A002  the domain's word
    """Propose another number of seats kept for appeals; nothing changes before another director signs.

    The same proposal twice is one. Raises NotAllowed; DomainError "no_words", "waits_already", "more_than_seats" where firms
    have so many seats that the reserve would be of seats that do not exist.
    """
    permissions.can_see_offers(actor).require()
    round_ = locked_round(round.pk)
    _require_seats_for(round_, reserve)
    return _propose(actor, round_, SeatAct.Kind.RESERVE, {"reserve": reserve}, words)


@transaction.atomic
def propose_extension(*, actor: User, offer: Offer, deadline: datetime, words: str) -> SeatAct:
    """Propose a later deadline for one open offer. Raises as above; WrongState; DomainError "not_later", "after_last_moment"."""
    row = services.locked_offer(offer)
    permissions.can_propose(actor, _part(actor, row.application_id)).require()
    _require_extendable(row, deadline)
    return _propose(actor, row.round, SeatAct.Kind.EXTEND, {"deadline": deadline.isoformat()}, words, offer=row)


@transaction.atomic
def propose_short_offer(*, actor: User, application: Application, deadline: datetime, words: str) -> SeatAct:
    """Propose that a waiting firm gets a free seat with less time than others had. Raises as above; DomainError "no_seat"."""
    row = locked_file(application.pk)
    permissions.can_propose(actor, _part(actor, row.pk)).require()
    people_services.hold_still(row.sme_id)
    round_ = locked_round(row.round_id)
    _require_offerable(row, round_, deadline)
    return _propose(actor, round_, SeatAct.Kind.SHORT_OFFER, {"file": row.pk, "deadline": deadline.isoformat()}, words)


def _propose(
    actor: User, round_: Round, kind: SeatAct.Kind, value: dict[str, Any], words: str, *, offer: Offer | None = None
) -> SeatAct:
    if not words.strip():
        raise DomainError(_("Write the reason, for the second director and for the file."), code="no_words")
    waits = selectors.waiting_acts(round_).filter(kind=kind, offer=offer)
    for row in waits:
        if (row.proposed_by_id, row.value, row.words) == (actor.pk, value, words.strip()):
            return row
        if kind != SeatAct.Kind.SHORT_OFFER or row.value["file"] == value["file"]:
            raise DomainError(
                _("Another proposal of this kind waits for its second signature. Sign or return that one first."),
                code="waits_already",
            )
    made = SeatAct.objects.create(
        round=round_, kind=kind, value=value, words=words.strip()[:500], proposed_by=actor, offer=offer
    )
    record(
        Happened.SEAT_ACT_PROPOSED.value,
        subject=made,
        actor=actor,
        round=round_.code,
        kind=str(kind),
        value=value,
        words=made.words,
    )
    return made


@transaction.atomic
def sign_act(*, actor: User, act: SeatAct) -> SeatAct:
    """Sign what another director proposed, and do it; signing twice is once. What stands in its way is looked at again now.

    Raises NotAllowed; WrongState where it was returned, or what it is about moved on; DomainError as for proposing it.
    """
    file = locked_file(act.value["file"]) if act.kind == SeatAct.Kind.SHORT_OFFER else None
    if file is not None:
        people_services.hold_still(file.sme_id)
    offer = services.locked_offer(act.offer) if act.offer is not None else None
    round_ = locked_round(act.round_id)
    row = SeatAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    about = file.pk if file is not None else offer.application_id if offer is not None else None
    permissions.can_sign(actor, row, _part(actor, about)).require()
    if row.signed_at is not None:
        if row.signed_by_id == actor.pk:
            return row
        raise DomainError(_("Another director has signed this already."), code="already_signed")
    if row.returned_at is not None:
        raise WrongState(_("This was returned. What takes its place is proposed anew."))
    if file is not None:
        _make_short_offer(file, round_, row, actor)
    elif offer is not None:
        deadline = datetime.fromisoformat(row.value["deadline"])
        _require_extendable(offer, deadline)
        services.extend(offer, deadline, actor=actor)
    else:
        _require_seats_for(round_, row.value["reserve"])
        round_.appeal_reserve = row.value["reserve"]
        round_.save(update_fields=["appeal_reserve", "updated_at"])
    row.signed_by, row.signed_at = actor, timezone.now()
    row.save(update_fields=["signed_by", "signed_at", "updated_at"])
    record(Happened.SEAT_ACT_SIGNED.value, subject=row, actor=actor, round=round_.code, kind=row.kind, value=row.value)
    return row


@transaction.atomic
def return_act(*, actor: User, act: SeatAct, words: str) -> SeatAct:
    """Send a proposal back with a reason; nothing of it is done. Raises NotAllowed, WrongState once it is signed, DomainError
    "no_words"."""
    round_ = locked_round(act.round_id)
    row = SeatAct.objects.select_for_update(of=("self",)).select_related("offer").get(pk=act.pk)
    permissions.can_return(actor, composer_selectors.part_in(actor, selectors.files_of_act(row))).require()
    if row.returned_at is not None:
        return row
    if row.signed_at is not None:
        raise WrongState(_("This is signed and done."))
    if not words.strip():
        raise DomainError(_("Write why it goes back."), code="no_words")
    row.returned_by, row.returned_at, row.returned_words = actor, timezone.now(), words.strip()[:500]
    row.save(update_fields=["returned_by", "returned_at", "returned_words", "updated_at"])
    record(Happened.SEAT_ACT_RETURNED.value, subject=row, actor=actor, round=round_.code, words=row.returned_words)
    return row


# ---------------------------------------------------------------------------------------------------------- guards


def _part(actor: User, application_id: int | None) -> Any:
    return composer_selectors.part_in(
        actor, Application.objects.filter(pk__in=[application_id] if application_id else [])
    )


def _require_seats_for(round_: Round, reserve: int) -> None:
    seats = selectors.ledger_of(round_)
    more = reserve - seats.most_reserved()
    if reserve < 0 or more > 0:
        raise DomainError(
            ngettext(
                "This is %(more)d seat more than there are: firms have %(held)d of %(seats)d.",
                "This is %(more)d seats more than there are: firms have %(held)d of %(seats)d.",
                more,
            )
            % {"more": more, "held": seats.held, "seats": seats.places},
            code="more_than_seats",
            more=more,
        )


def _require_extendable(offer: Offer, deadline: datetime) -> None:
    if offer.state != OfferState.OPEN or offer.is_over(selectors.database_now()):
        raise WrongState(services.ended_words(offer) or _("This offer is over or answered, so it gets no more time."))
    if deadline <= offer.deadline:
        raise DomainError(_("The new moment must be later than the old one."), code="not_later")
    _require_before_last_moment(offer.terms.last_moment, deadline)


def _require_offerable(row: Application, round_: Round, deadline: datetime) -> None:
    if row.state != State.WAITLISTED:
        raise WrongState(_("This file does not wait any more."))
    if selectors.ledger_of(round_).free < 1:
        raise DomainError(_("No seat of this round is free."), code="no_seat")
    obstacles.require_none(row)
    if deadline <= selectors.database_now():
        raise DomainError(_("The deadline must lie ahead."), code="not_later")
    _require_before_last_moment(services.terms_for(round_).last_moment, deadline)


def _require_before_last_moment(last_moment: datetime | None, deadline: datetime) -> None:
    if last_moment is not None and deadline > last_moment:
        raise DomainError(
            _("No offer of this round is accepted after its last moment. Set other terms first."),
            code="after_last_moment",
        )


def _make_short_offer(file: Application, round_: Round, act: SeatAct, actor: User) -> None:
    deadline = datetime.fromisoformat(act.value["deadline"])
    _require_offerable(file, round_, deadline)
    file.round = round_
    promoting.select_from_list(
        file,
        deadline=deadline,
        is_short=True,
        place=selectors.place_of(file),
        passed_over={},
        instead_of=selectors.without_heir(round_).first(),
        actor=actor,
        words="",
    )
