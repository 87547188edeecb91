"""Offers of seats: made with the selection, answered by an owner of the firm, taken back by two directors, ended by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications.locking import locked_file, locked_round
from selection.models import Application, Offer, OfferTerms
from selection.review import places
from selection.seats.composer import selectors as composer_selectors
from selection.states import APPLICATION, OFFER, Happened, OfferState, State
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today, working_day_test
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.core.folding import fold
from tdap_portal.core.sweeping import one_by_one

from . import permissions, selectors
from .reasons import UNPAID, reasons_on
from .terms import full_term_ends, reminder_moments

if TYPE_CHECKING:
    from datetime import datetime

    from selection.models import Decision, Round
    from tdap_portal.accounts.models import User

AT_ONCE = 500  # offers that one ring of the clock looks at
REMINDED_AGAIN_AFTER = timedelta(hours=20)
FIRST_COMMITMENTS = (
    {
        "en": "Come to at least eight of ten sessions of the training.",
        "ur": "تربیت کے 10 میں سے کم از کم 8 سیشنوں میں شریک ہونا۔",
    },
    {
        "en": "Open a shop on a platform within 60 days of the certificate.",
        "ur": "سرٹیفکیٹ کے 60\u00a0دن کے اندر کسی پلیٹ\u00a0فارم پر دکان کھولنا۔",
    },
    {
        "en": "Tell TDAP of your orders for twelve months.",
        "ur": "بارہ ماہ تک اپنے آرڈرز سے TDAP کو آگاہ کرنا۔",
    },
)
FIRST_INCLUDES = (
    {"en": "Training, materials and certificate, free of charge.", "ur": "تربیت، مواد اور سرٹیفکیٹ، بلا معاوضہ۔"},
)


# ------------------------------------------------------------------------------------------------------------ terms


@transaction.atomic
def terms_for(round_: Round) -> OfferTerms:
    """The terms that a new offer of the round has: the newest, or a first version made of what is usual. round_: locked."""
    known = selectors.newest_terms(round_)
    if known is not None:
        return known
    made = first_terms(round_)
    made.save(force_insert=True)
    return made


def first_terms(round_: Round) -> OfferTerms:
    """What is usual, for a round without terms; not kept yet."""
    return OfferTerms(round=round_, version=1, includes=list(FIRST_INCLUDES), commitments=list(FIRST_COMMITMENTS))


@transaction.atomic
def set_terms(*, actor: User, round: Round, **values: Any) -> OfferTerms:  # noqa: A002  the domain's word
    """A new version of the terms, for offers made from now on; offers that were made keep theirs. The same again is none.

    values: fields of OfferTerms. Raises NotAllowed, DomainError "last_moment_passed" or "no_commitments".
    """
    permissions.can_see_offers(actor).require()
    round_ = locked_round(round.pk)
    known = selectors.newest_terms(round_)
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return known
    last_moment = values.get("last_moment")
    if last_moment is not None and last_moment <= selectors.database_now():
        raise DomainError(_("The last moment must lie ahead."), code="last_moment_passed")
    if not values.get("commitments"):
        raise DomainError(_("Write at least one thing that a firm commits to."), code="no_commitments")
    made = OfferTerms.objects.create(round=round_, version=(known.version if known else 0) + 1, set_by=actor, **values)
    record(Happened.TERMS_SET.value, subject=round_, actor=actor, round=round_.code, version=made.version)
    return made


# ----------------------------------------------------------------------------------------------------------- making


@transaction.atomic
def make_offer(
    *,
    application: Application,
    decision: Decision,
    from_place: int | None = None,
    instead_of: Offer | None = None,
    deadline: datetime | None = None,
    is_short: bool = False,
    passed_over: dict[str, str] | None = None,
) -> Offer:
    """Hold the seat out to a file that was just selected; made twice for one decision it is one offer.

    application: locked, with its round. from_place: on the waiting list. instead_of: whose seat it is. deadline: None for the
    full term, which ends at the last moment of the round at the latest; where a person selects a file after that moment, the
    firm has the full term all the same. passed_over: as the model says.
    """
    known = Offer.objects.filter(decision=decision).first()
    if known is not None:
        return known
    terms = terms_for(application.round)
    if deadline is None:
        deadline, is_short = deadline_now(application.round)
    made = Offer.objects.create(
        application=application,
        round=application.round,
        decision=decision,
        terms=terms,
        deadline=deadline,
        is_short=is_short,
        from_place=from_place,
        instead_of=instead_of,
        passed_over=passed_over or {},
    )
    record(
        Happened.OFFERED.value,
        subject=application,
        actor=decision.approver if from_place is None else None,
        offer=made.public_id,
        deadline=deadline,
        from_place=from_place,
    )
    return made


@transaction.atomic
def offer_if_selected(*, application_id: int) -> Offer | None:
    """For the worker, after a selection: the offer of the file's newest decision, made now where it is not there; None where the
    file is not selected any more."""
    row = locked_file(application_id)
    if row.state != State.SELECTED:
        return None
    decision = row.decisions.order_by("-pk").first()
    if decision is None or selectors.seat_of(row) is not None:
        return None
    row.round = locked_round(row.round_id)
    return make_offer(application=row, decision=decision)


def deadline_now(round_: Round) -> tuple[datetime, bool]:
    """When an offer ends that a person makes now, and whether it has fewer days than the terms give."""
    terms, moment = selectors.newest_terms(round_) or first_terms(round_), selectors.database_now()
    deadline = _full_term(terms, moment)
    if terms.last_moment is not None and moment < terms.last_moment < deadline:
        return terms.last_moment, True
    return deadline, False


def _full_term(terms: OfferTerms, moment: datetime) -> datetime:
    return full_term_ends(
        moment,
        days=terms.term_days,
        hour=terms.closing_hour,
        zone=timezone.get_default_timezone(),
        is_working_day=working_day_test(),
    )


# -------------------------------------------------------------------------------------------------------- answering


@transaction.atomic
def accept_offer(
    *, actor: User, offer: Offer, agreed: bool, typed_name: str, attendee: str, mode: str = "", city: str = ""
) -> Offer:
    """Take the seat for the firm, with the commitments of its terms. Accepting twice is once.

    agreed: to all commitments. typed_name: the owner's own, compared kindly. mode, city: one of the choices of the terms, "" where
    they give none. Raises NotAllowed; WrongState where the offer ended otherwise; DomainError "too_late", "not_agreed",
    "name_differs", "no_attendee", "unknown_choice". Nothing is kept of an answer that was refused.
    """
    row = locked_offer(offer)
    permissions.can_answer(actor, row.application).require()
    if row.state == OfferState.ACCEPTED:
        return row
    _require_open(row)
    if not agreed:
        raise DomainError(_("Tick that the firm takes the commitments on."), code="not_agreed")
    if fold(typed_name) != fold(actor.name):
        raise DomainError(
            _("Type your name as it stands in your account: %(name)s.") % {"name": actor.name}, code="name_differs"
        )
    if not attendee.strip():
        raise DomainError(_("Write who will come to the training."), code="no_attendee")
    choices = [(choice.get("mode", ""), choice.get("city", "")) for choice in row.terms.choices]
    if (mode, city) not in (choices or [("", "")]):
        raise DomainError(_("Choose one of the ways in which this training is given."), code="unknown_choice")
    row.typed_name, row.attendee = " ".join(typed_name.split())[:120], attendee.strip()[:120]
    row.mode, row.city = mode, city
    move = _answer(row, "accept", actor, "typed_name", "attendee", "mode", "city")
    record(
        move.event.value,
        subject=row.application,
        actor=actor,
        offer=row.public_id,
        terms=row.terms.version,
        commitments=len(row.terms.commitments),
        deposit_paisa=row.terms.deposit_paisa,
        mode=mode,
        city=city,
    )
    return row


@transaction.atomic
def decline_offer(*, actor: User, offer: Offer, reason_code: str, words: str = "") -> Offer:
    """Leave the seat, which goes to the next firm. Declining twice is once.

    reason_code: of offers/reasons.py. Raises NotAllowed; WrongState; DomainError "too_late", "unknown_reason".
    """
    row = locked_offer(offer)
    permissions.can_answer(actor, row.application).require()
    if row.state == OfferState.DECLINED:
        return row
    _require_open(row)
    _leave(row, "decline", actor, reason_code, words)
    return row


@transaction.atomic
def give_back(*, actor: User, offer: Offer, reason_code: str, words: str = "") -> Offer:
    """Give an accepted seat back, which goes to the next firm. Twice is once.

    Raises NotAllowed; WrongState where the seat is not the firm's; DomainError "unknown_reason".
    """
    row = locked_offer(offer)
    permissions.can_answer(actor, row.application).require()
    if row.state == OfferState.GIVEN_BACK:
        return row
    if row.state != OfferState.ACCEPTED:
        raise WrongState(ended_words(row) or _("Decline the offer instead: it is not accepted yet."))
    _leave(row, "give_back", actor, reason_code, words)
    return row


@transaction.atomic
def end_unpaid_seat(*, offer: Offer) -> bool:
    """For the floor that takes deposits: the deposit of an accepted seat was not paid, so the seat goes to the next firm. Whether it was so;
    False where the seat is not the firm's any more."""
    row = locked_offer(offer)
    if row.state != OfferState.ACCEPTED or row.application.state != State.SELECTED:
        return False
    _leave(row, "give_back", None, UNPAID.code, "")
    return True


def why_not_restored(offer: Offer) -> Any:
    """Why a seat that ended unpaid cannot be the firm's again, in words; "" where it can, or still is the firm's. Asked under the locks where
    it is acted on."""
    if offer.state == OfferState.ACCEPTED:
        return ""
    newest = offer.application.decisions.order_by("-pk").first()
    if offer.state != OfferState.GIVEN_BACK or offer.reason_code != UNPAID.code or newest != offer.decision:
        return _("The seat of this file ended in another way, so late money does not bring it back.")
    if selectors.ledger_of(offer.round).free < 1:
        return _("The seat went to another firm. The money can be paid back, and nothing else.")
    return ""


@transaction.atomic
def restore_unpaid_seat(*, offer: Offer, actor: User) -> Offer:
    """Give a seat that ended unpaid back to its firm while it is free; twice is once. Who may is asked by the floor that took the money.

    Raises WrongState where the seat is gone: no round ever has more firms than seats.
    """
    row = locked_offer(offer)
    refusal = why_not_restored(row)
    if refusal:
        raise WrongState(refusal)
    if row.state == OfferState.ACCEPTED:
        return row
    row.state, row.reason_code = OFFER.move("restore_seat", row.state).target.value, ""
    row.save(update_fields=["state", "reason_code", "updated_at"])
    move = APPLICATION.move("restore_seat", row.application.state)
    places.move_file(row.application, move)
    record(move.event.value, subject=row.application, actor=actor, offer=row.public_id)
    return row


@transaction.atomic
def take_back(*, offer: Offer, actor: User, words: str) -> Offer:
    """Take an open offer back, as part of a decision that two directors signed. The file's own state is the decision's.

    Raises WrongState where it was answered meanwhile.
    """
    row = Offer.objects.select_for_update(of=("self",)).select_related("application").get(pk=offer.pk)
    row.words = words[:1000]
    move = _answer(row, "take_back", actor, "words")
    record(move.event.value, subject=row.application, actor=actor, offer=row.public_id)
    return row


@transaction.atomic
def note_opened(*, actor: User, offer: Offer) -> bool:
    """The first time that somebody of the firm looks at the offer is kept; returns whether this was it."""
    if offer.opened_at is not None or not permissions.is_of_the_firm(actor, offer.application):
        return False
    return bool(Offer.objects.filter(pk=offer.pk, opened_at=None).update(opened_at=Now()))


def ended_words(offer: Offer) -> Any:
    """Why an offer can no longer be answered, with its day, in the words of the page; "" for one that is open or accepted."""
    day = {"day": day_words(offer.answered_at or offer.deadline)}
    sentences = {
        OfferState.TAKEN_BACK: _("This offer was withdrawn on %(day)s. The letter of that day says why."),
        OfferState.EXPIRED: _("This offer ran out on %(day)s without an answer, and the seat went to the next firm."),
        OfferState.DECLINED: _("This offer was declined on %(day)s, and the seat went to the next firm."),
        OfferState.GIVEN_BACK: _("The seat was given back on %(day)s and went to the next firm."),
    }
    text = sentences.get(OfferState(offer.state))
    if offer.state == OfferState.GIVEN_BACK and offer.reason_code == UNPAID.code:
        text = _("The deposit was not paid in time, so the seat went to the next firm on %(day)s.")
    return text % day if text else ""


def locked_offer(offer: Offer) -> Offer:
    """The offer under the locks of its file, then its round, as in every act that gives or frees a seat."""
    file = locked_file(offer.application_id)
    file.round = locked_round(file.round_id)
    row = Offer.objects.select_for_update(of=("self",)).select_related("terms").get(pk=offer.pk)
    row.application, row.round = file, file.round
    return row


def locked_seat(application_id: int) -> Offer | None:
    """For floors above: the accepted offer of a file with its terms, which cannot be given back until the act's transaction ends;
    None where the file has none. It takes the file's lock, so ask for it before any other."""
    file = locked_file(application_id)
    row = selectors.seat_of(file)
    if row is None or row.state != OfferState.ACCEPTED or file.state != State.SELECTED:
        return None
    row.application = file
    return row


def _require_open(row: Offer) -> None:
    """By the database's clock, asked once all locks are held. Raises WrongState, or DomainError "too_late"."""
    if row.state == OfferState.ACCEPTED:
        raise WrongState(_("This offer is accepted. Give the seat back instead."))
    if row.state != OfferState.OPEN or row.application.state != State.SELECTED:
        raise WrongState(ended_words(row) or _("This file has no seat to answer for any more."))
    if row.is_over(selectors.database_now()):
        raise DomainError(
            _("This offer could be answered until %(moment)s. That has passed, so nothing was changed.")
            % {"moment": day_words(row.deadline, "DATETIME_FORMAT")},
            code="too_late",
        )


def _answer(row: Offer, action: str, actor: User | None, *fields: str) -> Any:
    move = OFFER.move(action, row.state)
    row.state, row.answered_by, row.answered_at = move.target.value, actor, timezone.now()
    row.save(update_fields=["state", "answered_by", "answered_at", *fields, "updated_at"])
    return move


def _leave(row: Offer, action: str, actor: User | None, reason_code: str, words: str) -> None:
    """End the offer and free the seat: the file keeps its score, and does not go back on the list by itself."""
    if actor is not None and reason_code not in {reason.code for reason in reasons_on(today())}:
        raise DomainError(_("Choose a reason from the list."), code="unknown_reason")
    row.reason_code, row.words = reason_code, words.strip()[:1000]
    move = _answer(row, action, actor, "reason_code", "words")
    data = {"offer": row.public_id, "reason": reason_code}
    if move.event != Happened.SEAT_GIVEN_BACK:
        record(move.event.value, subject=row.application, actor=actor, **data)
    given_back = APPLICATION.move("give_back", row.application.state)
    places.move_file(row.application, given_back)
    record(given_back.event.value, subject=row.application, actor=actor, how=move.target.value, **data)


# -------------------------------------------------------------------------------------------------------- the clock


def expire_offers() -> int:
    """End the offers whose deadline has passed by the database's clock; what beat rings. Returns how many."""
    due = Offer.objects.filter(state=OfferState.OPEN, deadline__lt=Now()).order_by("deadline", "pk")
    return sum(one_by_one(_expire, due.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _expire(pk: int) -> bool:
    """Looked at again under the locks: the firm may have answered, or got more time, a moment ago."""
    row = locked_offer(Offer.objects.get(pk=pk))
    if row.state != OfferState.OPEN or not row.is_over(selectors.database_now()):
        return False
    _leave(row, "expire", None, "", "")
    return True


def remind_of_offers() -> int:
    """Remind firms of offers at half time and one working day before the end, each once; what beat rings. Returns how many."""
    unnoted = Q(half_time_noted_at=None) | Q(last_day_noted_at=None)
    rows = Offer.objects.filter(unnoted, state=OfferState.OPEN, deadline__gt=Now()).order_by("deadline", "pk")
    moment, test = selectors.database_now(), working_day_test()
    zone = timezone.get_default_timezone()
    due = []
    for row in rows.only("created_at", "deadline", "half_time_noted_at", "last_day_noted_at").iterator():
        half, last = reminder_moments(row.created_at, row.deadline, zone=zone, is_working_day=test)
        if row.last_day_noted_at is None and moment >= last:
            due.append((row.pk, Happened.OFFER_ENDS_SOON))
        elif row.half_time_noted_at is None and half <= moment < last:
            due.append((row.pk, Happened.OFFER_HALF_TIME))
        if len(due) == AT_ONCE:
            break
    return sum(one_by_one(lambda pair: _remind(*pair), due))


@transaction.atomic
def _remind(pk: int, event: Happened) -> bool:
    """Looked at again under the lock: another worker may have reminded the firm, or it may have answered."""
    row = Offer.objects.select_for_update(of=("self",)).select_related("application").get(pk=pk)
    field = "last_day_noted_at" if event == Happened.OFFER_ENDS_SOON else "half_time_noted_at"
    if row.state != OfferState.OPEN or getattr(row, field) is not None:
        return False
    setattr(row, field, timezone.now())
    row.save(update_fields=[field, "updated_at"])
    record(event.value, subject=row.application, actor=None, offer=row.public_id, deadline=row.deadline)
    return True


@transaction.atomic
def remind_now(*, actor: User, offer: Offer) -> Offer:
    """A director reminds a firm of an open offer. It stands for the reminder at half time; one a day at most.

    Raises NotAllowed, WrongState, DomainError "reminded_already".
    """
    row = locked_offer(offer)
    files = Application.objects.filter(pk=row.application_id)
    permissions.can_remind(actor, composer_selectors.part_in(actor, files)).require()
    _require_open(row)
    moment = timezone.now()
    noted = [at for at in (row.half_time_noted_at, row.last_day_noted_at) if at is not None]
    if noted and moment - max(noted) < REMINDED_AGAIN_AFTER:
        raise DomainError(_("This firm was reminded within the last day. Call it instead."), code="reminded_already")
    row.half_time_noted_at = moment
    row.save(update_fields=["half_time_noted_at", "updated_at"])
    record(
        Happened.OFFER_REMINDED.value, subject=row.application, actor=actor, offer=row.public_id, deadline=row.deadline
    )
    return row


def lengthen_after_calendar() -> int:
    """Where days of a running term became days off, the firm gets as many working days as it was offered. No deadline ever comes
    nearer, none passes the last moment of its terms, and a shortened one stays. Returns how many were moved."""
    rows = Offer.objects.filter(state=OfferState.OPEN, is_short=False, deadline__gt=Now()).order_by("pk")
    return sum(one_by_one(_lengthen, list(rows.values_list("pk", flat=True))))


@transaction.atomic
def _lengthen(pk: int) -> bool:
    row = locked_offer(Offer.objects.get(pk=pk))
    ends = _full_term(row.terms, row.created_at)
    if row.terms.last_moment is not None:
        ends = min(ends, row.terms.last_moment)
    if row.state != OfferState.OPEN or ends <= row.deadline:
        return False
    extend(row, ends, actor=None)
    return True


def extend(row: Offer, deadline: datetime, *, actor: User | None) -> None:
    """Give an open offer a later deadline; reminders count anew from it. row: locked, and found fit by whoever asks."""
    was, row.deadline, row.last_day_noted_at = row.deadline, deadline, None
    row.save(update_fields=["deadline", "last_day_noted_at", "updated_at"])
    record(
        Happened.OFFER_EXTENDED.value,
        subject=row.application,
        actor=actor,
        offer=row.public_id,
        was=was,
        deadline=deadline,
    )
