"""Certificates: issued for a cohort, drawn as a signed PDF, taken back, replaced where a name was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from training.models import Certificate, Cohort, Place, Session
from training.states import CERTIFICATE, CertificateState, Happened

from . import keys, permissions, selectors, wording
from .earning import lacking
from .numbers import new_number
from .paper import pdf_of
from .reasons import REASONS
from .sealing import seal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tdap_portal.accounts.models import User
    from training.attendance.hours import Hours

AT_ONCE = 200
RENAMED = ("person", "person_ur", "firm", "firm_ur")


@transaction.atomic
def issue_for_cohort(*, actor: User, cohort: Cohort) -> int:
    """Have a certificate issued for everybody of a cohort who has earned one and has none; the worker does it, a piece at a time. How many.

    Raises NotAllowed, DomainError "no_key" or "nobody_earned".
    """
    permissions.can_issue(actor).require()
    keys.signing_key()
    row = Cohort.objects.select_for_update().get(pk=cohort.pk)
    earned = _earned(row)
    if not earned:
        raise DomainError(_("Nobody of this cohort has earned a certificate who has none yet."), code="nobody_earned")
    record(Happened.CERTIFICATES_ASKED.value, subject=row, actor=actor, number=len(earned))
    return len(earned)


@transaction.atomic
def issue_next(*, cohort_id: int, actor: User | None) -> int:
    """For the worker: the next of those who have earned one. How many were issued; 0 at the end. A worker that dies leaves whole ones."""
    row = Cohort.objects.select_for_update().select_related("programme").get(pk=cohort_id)
    earned = _earned(row)[:AT_ONCE]
    facts = facts_of_all(earned)
    for place in earned:
        _issue(place, actor, facts[place.pk], replaces=None)
    if len(earned) == AT_ONCE:
        record(Happened.CERTIFICATES_CONTINUED.value, subject=row, actor=actor)
    return len(earned)


def _earned(cohort: Cohort) -> list[Place]:
    places = list(selectors.places_in(cohort))
    standings = selectors.standings_of(places)
    have = selectors.files_certified(place.application_id for place in places)
    return [
        place for place in places if place.application_id not in have and not lacking(standings[place.application_id])
    ]


def facts_of(place: Place) -> dict[str, Any]:
    """All that stands on the certificate, as it is today."""
    return facts_of_all([place])[place.pk]


def facts_of_all(places: Sequence[Place]) -> dict[int, dict[str, Any]]:
    """The same by id of the place, in a number of queries that does not grow."""
    standings = selectors.standings_of(places)
    spans = {
        cohort: (timezone.localdate(first), timezone.localdate(last))
        for cohort, first, last in Session.objects.filter(
            cohort_id__in={place.cohort_id for place in places}, cancelled_at=None, starts_at__isnull=False
        )
        .order_by()
        .values_list("cohort")
        .annotate(first=Min("starts_at"), last=Max("ends_at"))
    }
    return {
        place.pk: _facts(place, standings[place.application_id].hours, spans.get(place.cohort_id)) for place in places
    }


def _facts(place: Place, hours: Hours | None, span: tuple[date, date] | None) -> dict[str, Any]:
    """span: first and last day of the cohort's sessions, None where none is published."""
    return {
        "person": place.attendee,
        "person_ur": "",
        "firm": place.sme.name,
        "firm_ur": "",
        "city": place.sme.city,
        "programme": place.cohort.programme.name,
        "programme_ur": place.cohort.programme.name_ur,
        "from": span[0].isoformat() if span else "",
        "to": span[1].isoformat() if span else "",
        "minutes": int(hours.there) if hours else 0,
        "minutes_held": int(hours.held) if hours else 0,
        "cohort": place.cohort.code,
        "round": place.application.round.code,
        "signer": settings.CERTIFICATE_SIGNER.get("en", ""),
        "signer_ur": settings.CERTIFICATE_SIGNER.get("ur", ""),
    }


def _issue(place: Place, actor: User | None, facts: dict[str, Any], *, replaces: Certificate | None) -> Certificate:
    number = new_number()
    while Certificate.objects.filter(number=number).exists():  # one in 10**16
        number = new_number()
    row = Certificate.objects.create(
        number=number,
        place=place,
        application_id=place.application_id,
        facts=facts | {"number": number, "issued": today().isoformat()},
        issued_by=actor,
        issued_at=timezone.now(),
        replaces=replaces,
    )
    record(Happened.CERTIFIED.value, subject=row, actor=actor, number=number, place=place.public_id)
    return row


@transaction.atomic
def revoke(*, actor: User, certificate: Certificate, reason_code: str, words: str = "") -> Certificate:
    """It is no longer valid, and whoever checks it reads why. Raises NotAllowed, WrongState, DomainError "unknown_reason"."""
    permissions.can_end(actor, certificate).require()
    reason = REASONS.get(reason_code)
    if reason is None or not reason.in_force(today()):
        raise DomainError(_("Choose why it is taken back."), code="unknown_reason")
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    move = CERTIFICATE.move("revoke", row.state)
    row.state, row.ended_by, row.ended_at = move.target.value, actor, timezone.now()
    row.reason_code, row.words = reason_code, words.strip()[:500]
    row.save()
    record(move.event.value, subject=row, actor=actor, number=row.number, reason=reason_code, words=row.words)
    return row


@transaction.atomic
def replace(*, actor: User, certificate: Certificate, words: str, **right: str) -> Certificate:
    """Another certificate with the right names; the old number says "replaced". right: of RENAMED, what it should say; hours and days
    stay as they were frozen. Raises NotAllowed, WrongState, DomainError "no_words" or "nothing_changed"."""
    permissions.can_end(actor, certificate).require()
    if not words.strip():
        raise DomainError(_("Say what was wrong: the reason stands in the history."), code="no_words")
    row = Certificate.objects.select_for_update().select_related("place").get(pk=certificate.pk)
    changed = {
        name: right[name].strip()[:200] for name in RENAMED if right.get(name, "").strip() not in ("", row.facts[name])
    }
    if not changed:
        raise DomainError(_("Nothing is different. Correct the name that is wrong."), code="nothing_changed")
    move = CERTIFICATE.move("replace", row.state)
    row.state, row.ended_by, row.ended_at = move.target.value, actor, timezone.now()
    row.words = words.strip()[:500]
    row.save()
    new = _issue(row.place, actor, row.facts | changed, replaces=row)
    record(move.event.value, subject=row, actor=actor, number=row.number, by=new.number, words=row.words)
    return new


def signed_pdf(certificate: Certificate) -> bytes:
    """The paper with its seal, drawn from the frozen facts whenever somebody asks for it; always the same words.

    Raises DomainError "no_key", or "not_valid" for one that is no longer in force.
    """
    if certificate.state != CertificateState.IN_FORCE:
        raise DomainError(_("This certificate is no longer valid, so there is no paper of it."), code="not_valid")
    name, key = keys.signing_key()
    return seal(
        pdf_of(wording.sheet_of(certificate, key_name=name, key=key.public_key())),
        certificate.facts,
        key=key,
        key_name=name,
    )
