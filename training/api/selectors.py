"""What a program of a person may read of the training: each list begins with who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from selection.nominations import selectors as nominations_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import NotFound
from training.attendance import selectors as attendance_selectors
from training.certificates import selectors as certificates_selectors
from training.cohorts import selectors as cohorts_selectors
from training.models import Attendance, Certificate, Cohort, Place, Session
from training.states import PUBLIC, CohortState, PlaceState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from selection.models import Nomination
    from tdap_portal.accounts.models import User
    from training.attendance.hours import Hours

ROLL_ROLES = (Role.PROGRAMME_MANAGER, Role.APPROVER)  # as training.attendance.permissions.can_see_roll
CERTIFICATE_ROLES = (*ROLL_ROLES, Role.OFFICER)  # as training.certificates.permissions.can_read


def cohorts_visible_to(user: User, params: Mapping[str, str]) -> QuerySet[Cohort]:
    """Those that are open, running or finished; officials see all. Each with `places_left`. params: state, city, mode, language;
    a word that is not known finds nothing."""
    rows = Cohort.objects.select_related("programme")
    if not user.is_official:
        rows = rows.filter(state__in=PUBLIC)
    for name in ("state", "city", "mode", "language"):
        if value := params.get(name, ""):
            rows = rows.filter(**{name: value})
    return cohorts_selectors.with_places_left(rows)


def cohort_for(user: User, public_id: str) -> Cohort:
    """Raises NotFound."""
    row = cohorts_visible_to(user, {}).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def sessions_visible_to(user: User, params: Mapping[str, str]) -> QuerySet[Session]:
    """Published sessions: of cohorts in which the person, a firm of theirs or a firm that their organisation nominated holds a place, those
    that they teach; officials see all. params: cohort (public id), when ("coming", "past")."""
    rows = Session.objects.filter(starts_at__isnull=False).select_related("cohort", "trainer", "venue")
    if not user.is_official:
        held = Place.objects.filter(_own(user) | _of_nominees(user), cohort=OuterRef("cohort"), state=PlaceState.HELD)
        rows = rows.filter(Q(trainer__user=user) | Q(Exists(held)))
    if cohort := params.get("cohort", ""):
        rows = rows.filter(cohort__public_id=cohort)
    now = timezone.now()
    if params.get("when") == "coming":
        rows = rows.filter(ends_at__gt=now)
    elif params.get("when") == "past":
        rows = rows.filter(ends_at__lte=now)
    return rows


def session_for(user: User, public_id: str) -> Session:
    """One of these. Raises NotFound."""
    row = sessions_visible_to(user, {}).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def attendance_visible_to(user: User, params: Mapping[str, str]) -> QuerySet[Attendance]:
    """What counts of each person in each session: of the person and their firms, of the sessions that they teach; programme managers
    and directors see all. params: cohort, session (public ids), status."""
    rows = Attendance.objects.select_related("session__cohort", "place__sme", "mark")
    if not user.has_role(*ROLL_ROLES):
        places = Place.objects.filter(_own(user)).values("pk")
        rows = rows.filter(Q(place__in=places) | Q(session__trainer__user=user))
    for name, column in (
        ("cohort", "session__cohort__public_id"),
        ("session", "session__public_id"),
        ("status", "status"),
    ):
        if value := params.get(name, ""):
            rows = rows.filter(**{column: value})
    return rows


def certificates_visible_to(user: User, params: Mapping[str, str]) -> QuerySet[Certificate]:
    """Of the person and their firms; officers, directors and programme managers see all. params: cohort (public id), state."""
    rows = Certificate.objects.select_related("place__cohort__programme", "place__sme")
    if not user.has_role(*CERTIFICATE_ROLES):
        rows = rows.filter(place__in=Place.objects.filter(_own(user)).values("pk"))
    for name, column in (("cohort", "place__cohort__public_id"), ("state", "state")):
        if value := params.get(name, ""):
            rows = rows.filter(**{column: value})
    return rows


def _own(user: User) -> Q:
    """Places of a person, and of their firms."""
    return Q(attendee_user=user) | Q(sme__in=people_selectors.smes_of(user).values("pk"))


def _of_nominees(user: User) -> Q:
    """Places of firms that a partner of the person nominated and that claimed it, as on its board."""
    partners = nominations_selectors.nominating_partners(user)
    if not partners:
        return Q(pk__in=[])
    claimed = nominations_selectors.claimed_nominations(partners).order_by()
    return Q(Exists(claimed.filter(sme=OuterRef("sme"), round=OuterRef("application__round"))))


# --------------------------------------------------------------------------------------------------------- the partner


@dataclass(frozen=True, slots=True)
class Nominee:
    """A firm that a partner nominated and that claimed it, as the partner wrote it. cohort: None without a place. hours: None
    without a place."""

    nomination: Nomination
    cohort: Cohort | None
    hours: Hours | None
    has_certificate: bool


def nominations_visible_to(user: User) -> QuerySet[Nomination]:
    """Of the partners for which a person nominates. Raises NotFound for whoever does so for none."""
    partners = nominations_selectors.nominating_partners(user)
    if not partners:
        raise NotFound
    return nominations_selectors.claimed_nominations(partners)


def nominees_of(nominations: Sequence[Nomination]) -> list[Nominee]:
    """How far they are in the training, while their firms have an accepted seat, as the board of their partner says it. Five queries."""
    files = {row.pk: nominations_selectors.file_of(row) for row in nominations}
    seated = [file for file in files.values() if file is not None]
    places = Place.objects.filter(application__in=seated, state=PlaceState.HELD)
    held = {
        row.application_id: row.cohort
        for row in places.exclude(cohort__state=CohortState.CANCELLED).select_related("cohort")
    }
    hours = attendance_selectors.hours_of_files(seated)
    certified = certificates_selectors.files_certified(seated)
    return [
        Nominee(
            nomination=row,
            cohort=held.get(file) if file is not None else None,
            hours=hours.get(file) if file is not None else None,
            has_certificate=file in certified,
        )
        for row, file in ((row, files[row.pk]) for row in nominations)
    ]
