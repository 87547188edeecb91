"""What people say of a session: asked once, answered by web or SMS, changed for some days, counted five at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from tdap_portal.core.sweeping import one_by_one
from tdap_portal.notifications.services import notify
from training.models import FeedbackAsk, FeedbackCount, Session, SessionFeedback
from training.states import FeedbackVia, Happened, SessionStage

from . import selectors
from .counting import Given, mean, next_step
from .replies import LEAST, MOST, kept_words

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Place

AT_ONCE = 500  # people that one ring of the clock asks


@transaction.atomic
def give_feedback(
    *,
    actor: User,
    session: Session,
    place: Place,
    useful: int,
    clear: int,
    words: str = "",
    via: FeedbackVia = FeedbackVia.WEB,
) -> SessionFeedback:
    """The answer of somebody who came, or another one in its place while answers are taken. The same again changes nothing.

    place: one that the actor stands for. Raises DomainError "not_yet", "called_off", "closed", "was_not_there" or "out_of_bounds".
    """
    row = Session.objects.select_for_update(of=("self",)).select_related("trainer").get(pk=session.pk)
    _require_open(row)
    if place.pk not in selectors.places_that_came(row, [place]):
        raise DomainError(_("Only those who came to the session say how it was."), code="was_not_there")
    if not all(LEAST <= mark <= MOST for mark in (useful, clear)):
        raise DomainError(_("Choose a number from 1 to 5 for each question."), code="out_of_bounds")
    said = {"useful": useful, "clear": clear, "words": kept_words(words)}
    known = SessionFeedback.objects.filter(session=row, place=place).first()
    if known is None:
        answer = SessionFeedback.objects.create(session=row, place=place, given_by=actor, via=via.value, **said)
        record(Happened.FEEDBACK_GIVEN.value, subject=row, actor=actor, place=place.public_id, via=via.value)
        _count(row)
        return answer
    if any(getattr(known, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(known, name, value)
        known.given_by, known.via = actor, via.value
        known.save()
        record(Happened.FEEDBACK_CHANGED.value, subject=row, actor=actor, place=place.public_id, via=via.value)
    return known


def _require_open(session: Session) -> None:
    stage = session.stage(timezone.now())
    if stage == SessionStage.CANCELLED:
        raise DomainError(_("This session was called off."), code="called_off")
    if stage != SessionStage.HELD:
        raise DomainError(_("You are asked once the session is over."), code="not_yet")
    if not selectors.is_open(session):
        raise DomainError(_("Answers on this session were taken for seven days and are closed now."), code="closed")


def _count(session: Session) -> None:
    """Under the session's lock: write anew what is shown, where enough further people have answered."""
    rows = list(SessionFeedback.objects.filter(session=session))
    shown = next_step(
        Given(row.public_id, row.useful, row.clear, row.words, is_counted=row.counted_at is not None) for row in rows
    )
    if shown is None:
        return
    FeedbackCount.objects.update_or_create(
        session=session,
        defaults={
            "answers": shown.answers,
            "useful": list(shown.useful),
            "clear": list(shown.clear),
            "useful_mean": mean(shown.useful),
            "clear_mean": mean(shown.clear),
            "words": list(shown.words),
            "starts_at": session.starts_at or session.created_at,
            "cohort_id": session.cohort_id,
        },
    )
    SessionFeedback.objects.filter(session=session, public_id__in=shown.keys).update(counted_at=timezone.now())


# -------------------------------------------------------------------------------------------------------------- asking


def ask_those_who_came() -> int:
    """Ask everybody who came to a session that is over, once; what beat rings. Returns how many were asked."""
    due = selectors.to_ask(now=timezone.now(), at_once=AT_ONCE)
    return sum(one_by_one(_ask, due))


@transaction.atomic
def _ask(ids: tuple[int, int]) -> bool:
    session_id, place_id = ids
    session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session_id)
    place = selectors.place_to_ask(place_id)
    if place is None:
        return False
    person = place.attendee_user or next(iter(people_selectors.people_of(place.sme_id, "owner")), None)
    if person is not None and not person.is_active:
        person = None
    ask, is_new = FeedbackAsk.objects.get_or_create(session=session, place=place, defaults={"person": person})
    if not is_new or person is None or selectors.answer_of(session, place) is not None:
        return False
    notify(
        to=person,
        template="feedback.asked",
        key=f"{ask.pk}",
        url=reverse("training:feedback", args=[session.public_id]),
        session=session,
        cohort=place.cohort.code,
        closes=selectors.closes_at(session),
    )
    record(Happened.FEEDBACK_ASKED.value, subject=session, actor=None, place=place.public_id)
    return True
