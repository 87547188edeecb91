"""The firms among which seats are filled, as rows and as the engine's pool."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from selection.models import Application, Reading
from selection.review import obstacles
from selection.states import State

from .rules import ATTRIBUTES, YES, cost_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from typing import Any

    from django.db.models import QuerySet

    from selection.engine.compose_pool import Pool
    from selection.models import Round

CANDIDATE_STATES = (State.REVIEWED, State.RECOMMENDED)
"""Files that a decision of a whole round can select: read by its officers, recommended or not."""
AT_ONCE = 1000


class Candidate(NamedTuple):
    """A file with what ranks it and what rules count by; all but the partner are columns of Application. partner: the public id of
    who nominated it, "" for nobody."""

    pk: int
    points: Decimal
    tie_key: str
    submitted_at: datetime
    file_number: str
    province: str
    city: str
    sector: str
    track: str
    women_led: bool
    new_exporter: bool
    partner: str = ""

    @property
    def order(self) -> tuple[Decimal, str, datetime, str]:
        """The order of the policy: more points, then its tie rule, then whoever applied earlier."""
        return (-self.points, self.tie_key, self.submitted_at, self.file_number)


def rows_of(files: QuerySet[Application]) -> list[Candidate]:
    """These files in the order of the policy; all of them are scored and were submitted."""
    named = files.annotate(partner=Coalesce("nominated_by__public_id", Value("")))
    return sorted((Candidate(*row) for row in named.values_list(*Candidate._fields)), key=lambda row: row.order)


def files_to_fill_from(round_: Round) -> QuerySet[Application]:
    """Files of a round that were read and pass the gates, also those that something still stands against. A file that waits
    for its firm, or for a third reader, is not among them."""
    third = Reading.objects.filter(application=OuterRef("pk"), place=Reading.Place.THIRD, done_at__isnull=False)
    unsettled = Q(readings_differ=True) & ~Exists(third)
    files = Application.objects.filter(round=round_, state__in=CANDIDATE_STATES, has_score=True, awaiting_firm=False)
    return files.exclude(unsettled)


def hindered(round_: Round) -> dict[int, list[obstacles.Obstacle]]:
    """Those of them that cannot be selected yet, with what stands against each, by id."""
    found: dict[int, list[obstacles.Obstacle]] = {}
    last = 0
    files = files_to_fill_from(round_).select_related("sme", "round").defer("facts").order_by("pk")
    while rows := list(files.filter(pk__gt=last)[:AT_ONCE]):
        found |= {pk: against for pk, against in obstacles.obstacles_among(rows).items() if against}
        last = rows[-1].pk
    return found


def candidates_of(round_: Round) -> list[Candidate]:
    """The files among which the seats of a round can be filled now, in the order of the policy."""
    barred = hindered(round_)
    return [row for row in rows_of(files_to_fill_from(round_)) if row.pk not in barred]


def pool_of(rows: Sequence[Candidate], costs: Mapping[str, Any] | None = None) -> Pool:
    """The same as the engine takes them. rows: in the order of the policy. costs: of a composition with a budget."""
    import numpy as np  # noqa: PLC0415  few pages need it

    from selection.engine.compose_pool import Labelled, Pool  # noqa: PLC0415  as above

    return Pool(
        ids=np.array([row.pk for row in rows], dtype=np.int64),
        points=np.array([int(row.points * 100) for row in rows], dtype=np.int64),
        ranks=np.arange(len(rows), dtype=np.int64),
        groups={name: Labelled.of([value_of(row, name) for row in rows]) for name in ATTRIBUTES},
        costs=np.array([cost_of(costs, row.city) for row in rows], dtype=np.int64) if costs else None,
    )


def value_of(row: Candidate, attribute: str) -> str:
    """What a rule of that attribute counts a file under; "" where it is nothing of the kind."""
    value = getattr(row, attribute, "")
    return (YES if value else "") if isinstance(value, bool) else value


def seal_of(rows: Sequence[Candidate]) -> str:
    """SHA-256 over all that an answer rests on; another one where a file came, went or changed."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update("|".join(map(str, row)).encode() + b"\n")
    return digest.hexdigest()
