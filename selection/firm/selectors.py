"""A file's place in its round, and its score receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import Floor
from django.utils import timezone
from django.utils.translation import gettext

from selection.applications.selectors import applications_visible_to, newest_score
from selection.engine.card import Card
from selection.models import Application
from selection.policy.selectors import policy_of
from selection.states import DECIDED_STATES, OPEN_STATES, State
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import NotFound

from .receipt import prepare

if TYPE_CHECKING:
    from decimal import Decimal

    from selection.models import Decision
    from tdap_portal.accounts.models import User

    from .receipt import Receipt

RANKED_STATES = tuple(state for state in (*OPEN_STATES, *DECIDED_STATES) if state not in (State.SUBMITTED, State.HELD))
BIN_POINTS = 2
PLACES_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands among those of its round that passed the gates. bins: (lowest points, files) in steps of two
    points. seats_from: points of the last seat, None while that is open."""

    place: int
    of: int
    bins: tuple[tuple[int, int], ...]
    seats_from: Decimal | None


def place_of(row: Application) -> Place | None:
    """The file's place in its round by points, then by the policy's tie-break; None without a score."""
    if not row.has_score:
        return None
    ranked = Application.objects.filter(round_id=row.round_id, has_score=True, state__in=RANKED_STATES)
    before = ranked.filter(Q(points__gt=row.points) | Q(points=row.points, tie_key__lt=row.tie_key)).count()
    bins = _bins(row.round_id)
    return Place(before + 1, max(before + 1, sum(n for _low, n in bins)), bins, row.round.line_points)


def _bins(round_id: int) -> tuple[tuple[int, int], ...]:
    """Counting a whole round for every receipt would be slow; ten minutes old is new enough."""
    key = f"selection.bins.{round_id}"
    found = cache.get(key)
    if found is None:
        rows = (
            Application.objects.filter(round_id=round_id, has_score=True, state__in=RANKED_STATES)
            .annotate(step=Floor("points") / BIN_POINTS)
            .values_list("step")
            .annotate(number=Count("pk"))
            .order_by("step")
        )
        found = _merged((int(step) * BIN_POINTS, number) for step, number in rows)
        cache.set(key, found, PLACES_SECONDS)
    return found


def _merged(rows: Any) -> tuple[tuple[int, int], ...]:
    sums: dict[int, int] = {}
    for low, number in rows:
        sums[low] = sums.get(low, 0) + number
    return tuple(sorted(sums.items()))


# -------------------------------------------------------------------------------------------------------- receipts


def application_with_receipt_for(user: User, public_id: str) -> Application:
    """A submitted file: any for officials who judge, one's own firm's for everybody else. Raises NotFound."""
    rows = (
        Application.objects.select_related("round", "sme", "officer")
        if user.has_role(Role.OFFICER, Role.APPROVER, Role.PROGRAMME_MANAGER)
        else applications_visible_to(user)
    )
    row = rows.filter(public_id=public_id, submitted_at__isnull=False).first()
    if row is None:
        raise NotFound
    return row


def receipt_of(row: Application, decision: Decision | None) -> Receipt | None:
    """The score receipt of a file in the language of the page; None before the worker has scored it.

    decision: the one in force. A decided file shows the card it was decided by, however often it is scored again.
    """
    kept = (decision.score_card if decision else None) or newest_score(row)
    if kept is None:
        return None
    card = Card.from_json(kept.card)
    return prepare(
        card,
        policy_of(card.policy_version),
        standing=place_of(row),
        seats=row.round.seats,
        on=timezone.localdate(row.decided_at) if row.decided_at else timezone.localdate(),
        translate=gettext,
    )


def waiting_place(row: Application) -> int:
    """The place on the round's waiting list, by points and the policy's tie-break."""
    waiting = Application.objects.filter(round_id=row.round_id, state=State.WAITLISTED)
    return waiting.filter(Q(points__gt=row.points) | Q(points=row.points, tie_key__lt=row.tie_key)).count() + 1
