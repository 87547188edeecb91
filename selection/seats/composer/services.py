"""Working out how the seats of a round are filled: asked by a director, done by the worker, kept for good."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications.locking import locked_round
from selection.models import Composition
from selection.review import selectors as review_selectors
from selection.states import CompositionState, Happened, RoundState
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import permissions, selectors, wording, working
from .pools import candidates_of, files_to_fill_from, seal_of
from .rules import code_of, rules_from

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from selection.models import Round
    from tdap_portal.accounts.models import User

SAME_WITHIN = timedelta(seconds=60)  # asked for again meanwhile, word for word, it is one composition
STOOD_STILL = timedelta(minutes=2)
OPTIMUM, PRICES = 1, 2  # the first steps; then one for each rule
logger = logging.getLogger(__name__)


@transaction.atomic
def ask_composition(
    *,
    actor: User,
    round: Round,  # noqa: A002  the domain's word
    seats: int,
    rules: Sequence[Mapping[str, Any]],
    reserve: int = 0,
    budget_rupees: int | None = None,
    costs: Mapping[str, Any] | None = None,
    locks: Sequence[Mapping[str, Any]] = (),
) -> Composition:
    """Ask the worker for the best way to fill so many seats under these rules. Nothing is decided by it.

    rules: as rules.py keeps them. reserve: seats kept for appeals beside them. costs: {"default": rupees, "cities": {}}.
    locks: [{"file": id, "is_in": bool, "words": reason}]. The same asked again within a minute is one composition.
    Raises NotAllowed; WrongState before the round is closed; DomainError "seats_exceed", "rule_twice", "unknown_file",
    "no_words", or "contradiction" with what contradicts.
    """
    row = locked_round(round.pk)
    permissions.can_judge_all(actor, selectors.part_in(actor, files_to_fill_from(row))).require()
    if row.state != RoundState.IN_REVIEW:
        raise WrongState(_("The seats of a round are filled once it is closed, and before it is final."))
    require_free(row, seats=seats, reserve=reserve)
    if len({code_of(rule) for rule in rules}) < len(rules):
        raise DomainError(_("Two rules say how many of the same firms. Keep one of them."), code="rule_twice")
    _check_locks(row, locks)
    _require_no_contradiction(seats, rules)
    values = {
        "made_by": actor,
        "seats": seats,
        "reserve": reserve,
        "rules": [dict(rule) for rule in rules],
        "budget_rupees": budget_rupees,
        "costs": dict(costs or {}) if budget_rupees is not None else {},
        "locks": [dict(lock) for lock in locks],
    }
    newest = selectors.newest_of(row)
    if newest is not None and _is_same(newest, values):
        return newest
    made = Composition.objects.create(
        round=row, number=(newest.number if newest else 0) + 1, steps=PRICES + len(rules), **values
    )
    record(Happened.COMPOSITION_ASKED.value, subject=made, actor=actor, round=row.code, letter=made.letter, seats=seats)
    return made


def require_free(round_: Round, *, seats: int, reserve: int) -> None:
    """round_: locked. Raises DomainError "seats_exceed" where firms have so many seats that these do not all exist."""
    there_is = review_selectors.free_places(round_) + round_.appeal_reserve
    if seats + reserve > there_is:
        raise DomainError(
            _("%(seats)d seats and %(reserve)d kept for appeals are more than the %(free)d that are free.")
            % {"seats": seats, "reserve": reserve, "free": there_is},
            code="seats_exceed",
        )


def _is_same(newest: Composition, values: Mapping[str, Any]) -> bool:
    is_fresh = newest.finished_at is None or newest.created_at > timezone.now() - SAME_WITHIN
    return is_fresh and all(getattr(newest, name) == value for name, value in values.items())


def _check_locks(round_: Round, locks: Sequence[Mapping[str, Any]]) -> None:
    files = [lock["file"] for lock in locks]
    if any(not lock["words"].strip() for lock in locks):
        raise DomainError(_("Write why a firm is held in or out by hand."), code="no_words")
    known = files_to_fill_from(round_).filter(pk__in=files).count()
    if known < len(set(files)) or len(set(files)) < len(files):
        raise DomainError(
            _("A firm that is held in or out must be among those that can be chosen, and only once."),
            code="unknown_file",
        )


def _require_no_contradiction(seats: int, rules: Sequence[Mapping[str, Any]]) -> None:
    """What can be seen without solving is said at once, in words."""
    from selection.engine.compose_clash import contradictions  # noqa: PLC0415  numpy comes with it

    found = contradictions(None, seats, rules_from(rules))
    if not found:
        return
    raise DomainError(
        " ".join(wording.contradiction_words(one, rules, seats) for one in found),
        code="contradiction",
        rules=[list(one.rules) for one in found],
    )


@transaction.atomic
def work_on(*, composition_id: int) -> bool:
    """Do the next step of a composition; more of them leave one event that carries it on. Safe to run twice.

    Where a file came, went or changed between two steps, it is begun again. Returns False when all was done.
    """
    row = Composition.objects.select_for_update(of=("self",)).select_related("round", "made_by").get(pk=composition_id)
    if row.finished_at is not None:
        return False
    rows = candidates_of(row.round)
    seal = seal_of(rows)
    if row.pool_seal != seal:
        row.steps_done, row.result, row.pool, row.pool_seal = 0, {}, len(rows), seal
    try:
        with transaction.atomic():
            _step(row, rows)
    except OperationalError:  # of the database, not of what is asked: the step is done again
        raise
    except Exception:
        logger.exception("composition %s could not be worked out", row.public_id)
        row.state, row.finished_at = CompositionState.FAILED.value, timezone.now()
    row.steps_done += 1
    if row.state == CompositionState.READY and row.steps_done >= row.steps:
        row.finished_at = timezone.now()
    row.save()
    event = "composition.continued" if row.finished_at is None else Happened.COMPOSITION_READY.value
    record(event, subject=row, actor=row.made_by, letter=row.letter, state=row.state)
    return True


def _step(row: Composition, rows: Sequence[Any]) -> None:
    step = row.steps_done + 1
    if step == OPTIMUM:
        row.result = working.optimum(row, rows)
        is_clash = "clash" in row.result
        row.state = (CompositionState.CLASH if is_clash else CompositionState.READY).value
        row.finished_at = timezone.now() if is_clash else None
    elif step == PRICES:
        row.result |= working.prices(row, rows, row.result)
    else:
        rule = rules_from(row.rules)[step - PRICES - 1]
        frontiers = row.result.setdefault("frontiers", {})
        if rule.values:  # one for any one value has no single number to move
            frontiers[rule.code] = working.frontier(row, rows, rule)


@transaction.atomic
def wake(*, composition: Composition) -> bool:
    """Ring again for one that stood still, as after a broker was emptied; True where it was needed.

    Never waits, since a page that only looks calls it: of one that somebody holds the worker is at work.
    """
    skips = connection.features.has_select_for_update_skip_locked
    rows = Composition.objects.select_for_update(of=("self",), skip_locked=skips)
    stood_still = timezone.now() - STOOD_STILL
    row = rows.filter(pk=composition.pk, finished_at=None, updated_at__lte=stood_still).first()
    if row is None:
        return False
    row.save(update_fields=["updated_at"])
    record("composition.continued", subject=row, actor=None, letter=row.letter, state=row.state)
    return True
