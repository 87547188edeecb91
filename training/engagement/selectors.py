"""Who is to be called and why, what was said, and what a firm reads of it on its own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from smes.people import selectors as people_selectors
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound
from training.models import Call, Cohort, Nudge, Session, WatchLine, WatchReason
from training.states import CohortState, LagReason

from . import permissions, wording

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from selection.models import Application
    from tdap_portal.accounts.models import User
    from training.models import Place

ORDERS = {  # by the word in the address
    "longest": ("since", "pk"),
    "newest": ("-since", "-pk"),
    "cohort": ("cohort__code", "pk"),
}
NOW, RESTING, WRONG, ALL = "now", "resting", "wrong_number", "all"
ANYBODY, FREE, MINE, OTHERS = "", "free", "mine", "others"


def lines_visible_to(
    user: User, *, show: str = NOW, cohort: str = "", reason: str = "", who: str = ANYBODY
) -> QuerySet[WatchLine]:
    """People who are behind. show: to be called now, put off, with a wrong number, or all of these. cohort: a short name; reason: of
    LagReason; who: whose call it is; "" for all. Raises NotFound for whoever calls nobody."""
    if not permissions.can_call(user):
        raise NotFound
    rows = WatchLine.objects.filter(ended_on=None).filter(_shown(show))
    if cohort:
        rows = rows.filter(cohort__code=cohort)
    if reason:
        rows = rows.filter(Exists(WatchReason.objects.filter(line=OuterRef("pk"), code=reason)))
    claimed = Q(claimed_by__isnull=False, claimed_until__gt=timezone.now())
    if who == FREE:
        rows = rows.filter(~claimed)
    elif who == MINE:
        rows = rows.filter(claimed, claimed_by=user)
    elif who == OTHERS:
        rows = rows.filter(claimed).exclude(claimed_by=user)
    return rows


def cohort_of_session(session_id: int | str) -> int | None:
    return Session.objects.filter(pk=session_id).values_list("cohort_id", flat=True).first()


def _shown(show: str) -> Q:
    rests = Q(rests_until__isnull=False, rests_until__gt=today())
    wrong = Q(last_outcome="wrong_number")
    return {ALL: Q(), RESTING: rests, WRONG: wrong & ~rests}.get(show, ~rests & ~wrong)


def with_people(rows: QuerySet[WatchLine]) -> QuerySet[WatchLine]:
    """With all that a line of the list shows: two queries however long it is."""
    return rows.select_related("place__attendee_user", "sme", "cohort", "claimed_by").prefetch_related("reasons")


def line_for(user: User, public_id: str) -> WatchLine:
    """One line, also one that has ended. Raises NotFound."""
    if not permissions.can_call(user):
        raise NotFound
    rows = WatchLine.objects.select_related(
        "place__attendee_user", "place__application", "sme", "cohort__programme", "claimed_by"
    ).defer("place__application__facts")
    row = rows.prefetch_related("reasons").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def reasons_of(line: WatchLine) -> list[WatchReason]:
    """The one that weighs most first."""
    weight = {code.value: number for number, code in enumerate(LagReason)}
    return sorted(line.reasons.all(), key=lambda row: weight[row.code])


def calls_of_firm(sme_id: int) -> QuerySet[Call]:
    """What was said with the firm, the newest first."""
    return Call.objects.filter(sme=sme_id).select_related("by", "line__cohort").order_by("-pk")


def nudges_of(line: WatchLine) -> QuerySet[Nudge]:
    return Nudge.objects.filter(line=line).select_related("person").order_by("-pk")


def people_to_call(place: Place) -> list[tuple[str, str, bool]]:
    """Name, number ("" where none is known) and whether it is the one who comes: that person first, then the owners of the firm."""
    found: list[tuple[str, str, bool]] = []
    comes = place.attendee_user
    if comes is not None:
        found.append((comes.name, comes.mobile or "", True))
    owners = people_selectors.people_of(place.sme_id, "owner")
    found += [(one.name, one.mobile or "", False) for one in owners if comes is None or one.pk != comes.pk]
    return found


def next_session_day(line: WatchLine) -> date | None:
    rows = Session.objects.filter(cohort=line.cohort_id, cancelled_at=None, starts_at__gt=timezone.now())
    first = rows.order_by("starts_at").values_list("starts_at", flat=True).first()
    return timezone.localdate(first) if first else None


def cohorts_with_lines() -> list[str]:
    rows = Cohort.objects.filter(state=CohortState.RUNNING).order_by("code")
    return list(rows.values_list("code", flat=True)[:500])


def behind_in(cohorts: Iterable[Cohort]) -> dict[int, int]:
    """By id of the cohort how many of it are behind; a cohort without one is left out."""
    rows = WatchLine.objects.filter(cohort__in=list(cohorts), ended_on=None).order_by()
    return dict(rows.values_list("cohort").annotate(number=Count("pk")))


# ------------------------------------------------------------------------------------------------- for the firm's own page


@dataclass(frozen=True, slots=True)
class FirmWords:
    """missing: sentences on what is missing, none where all is well. called_on: the day of the last call of the last weeks, None for
    none; agreed: what came of it, in words, never what an official wrote."""

    missing: tuple[str, ...]
    called_on: date | None
    agreed: str


def words_for_firm(application: Application) -> FirmWords:
    """What the page of a firm says of how it keeps up: kind sentences, and why we called. Three queries."""
    line = WatchLine.objects.filter(place__application=application, ended_on=None).prefetch_related("reasons").first()
    call = Call.objects.filter(line__place__application=application).order_by("-pk").first()
    return FirmWords(
        missing=tuple(wording.kind_words(reason) for reason in reasons_of(line)) if line else (),
        called_on=timezone.localdate(call.created_at) if call else None,
        agreed=wording.agreed_words(call) if call else "",
    )
