"""Offers of seats: made with the selection, answered by the firm's owner, taken back by two directors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from selection.models import Offer, OfferTerms
from selection.states import OFFER, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import working_day_test

from . import selectors
from .terms import full_term_ends

if TYPE_CHECKING:
    from datetime import datetime

    from selection.models import Application, Decision, Round
    from tdap_portal.accounts.models import User

FIRST_COMMITMENTS = (
    {
        "en": "Come to at least eight of ten sessions of the training.",
        "ur": "تربیت کے دس میں سے کم از کم آٹھ اجلاسوں میں شریک ہونا۔",
    },
    {
        "en": "Open a shop on a platform within 60 days of the certificate.",
        "ur": "سند کے 60 دن کے اندر کسی پلیٹ فارم پر دکان کھولنا۔",
    },
    {
        "en": "Tell TDAP of your orders for twelve months.",
        "ur": "بارہ ماہ تک اپنے آرڈرز سے TDAP کو آگاہ کرنا۔",
    },
)
FIRST_INCLUDES = (
    {"en": "Training, materials and certificate, free of charge.", "ur": "تربیت، مواد اور سند، بلا معاوضہ۔"},
)


@transaction.atomic
def terms_for(round_: Round) -> OfferTerms:
    """The terms that a new offer of the round has: the newest, or a first version made of what is usual."""
    known = selectors.newest_terms(round_)
    if known is not None:
        return known
    return OfferTerms.objects.create(
        round=round_, version=1, includes=list(FIRST_INCLUDES), commitments=list(FIRST_COMMITMENTS)
    )


@transaction.atomic
def make_offer(
    *,
    application: Application,
    decision: Decision,
    from_place: int | None = None,
    instead_of: Offer | None = None,
    deadline: datetime | None = None,
) -> Offer:
    """Hold the seat out to a file that was just selected; made twice for one decision it is one offer.

    application: locked, with its round. from_place: on the waiting list. instead_of: whose seat it is. deadline: of a shortened
    offer; None: the full term.
    """
    known = Offer.objects.filter(decision=decision).first()
    if known is not None:
        return known
    terms = terms_for(application.round)
    ends = full_term_ends(
        timezone.now(),
        days=terms.term_days,
        hour=terms.closing_hour,
        zone=timezone.get_default_timezone(),
        is_working_day=working_day_test(),
    )
    made = Offer.objects.create(
        application=application,
        round=application.round,
        decision=decision,
        terms=terms,
        deadline=deadline or (min(ends, terms.last_moment) if terms.last_moment else ends),
        is_short=deadline is not None,
        from_place=from_place,
        instead_of=instead_of,
    )
    record(Happened.OFFERED.value, subject=application, actor=decision.approver, offer=made.public_id)
    return made


@transaction.atomic
def take_back(*, offer: Offer, actor: User, words: str) -> Offer:
    """Take an open offer back, as part of a decision that two directors signed. The file's own state is the decision's.

    Raises WrongState where it was answered meanwhile.
    """
    row = Offer.objects.select_for_update(of=("self",)).select_related("application").get(pk=offer.pk)
    move = OFFER.move("take_back", row.state)
    row.state, row.answered_by, row.answered_at, row.words = move.target.value, actor, timezone.now(), words[:1000]
    row.save(update_fields=["state", "answered_by", "answered_at", "words", "updated_at"])
    record(move.event.value, subject=row.application, actor=actor, offer=row.public_id)
    return row
