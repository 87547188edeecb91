"""A timetable worked out by the worker: asked for, worked out from a seed, looked at, taken over into the plan or not."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from training.cohorts.versions import lock_plan
from training.models import DraftSession, Session, TimetableProposal
from training.states import Happened, ProposalState

from . import permissions, reading, selectors
from .solver.bound import lower_bound
from .solver.precheck import precheck
from .solver.problem import Placed
from .solver.repair import repair
from .solver.rules import check, hard, soft_cost
from .solver.solve import prices_for, solve, steps_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tdap_portal.accounts.models import User

    from .solver.problem import Problem
    from .solver.rules import Violation

TOLD_EVERY = 100  # steps
PRICING = 0.25  # of the way, before the first step
MAX_SESSIONS = 6000  # of one proposal: more of them take the worker minutes and some gigabytes
GIVEN_UP_AFTER = timedelta(minutes=15)  # the outbox has tried it again by then


@transaction.atomic
def ask_proposal(
    *, actor: User, keeps_plan: bool = False, seed: int | None = None, steps: int | None = None
) -> TimetableProposal:
    """Have a timetable worked out. keeps_plan: with the fewest changes to what is planned (after an illness, a closed room), not anew.
    seed: None draws one; steps: None for as many as end within ten seconds. The same seed and steps from the same plan give the same
    timetable.

    Asked twice while one is worked out gives that one; one of which nothing was heard for GIVEN_UP_AFTER has failed. Raises NotAllowed,
    DomainError "nothing_to_plan", "too_many" beyond MAX_SESSIONS.
    """
    permissions.can_plan(actor).require()
    lock_plan()
    running = TimetableProposal.objects.select_for_update().filter(state=ProposalState.WORKING).first()
    if running is not None and running.updated_at > timezone.now() - GIVEN_UP_AFTER:
        return running
    if running is not None:
        running.state, running.finished_at = ProposalState.FAILED.value, timezone.now()
        running.save(update_fields=["state", "finished_at", "updated_at"])
    number = selectors.planned_count()
    if number > MAX_SESSIONS:
        text = _("%(number)d sessions are too many for one proposal: %(most)d at most. Move single sessions by hand.")
        raise DomainError(text % {"number": number, "most": MAX_SESSIONS}, code="too_many")
    problem = reading.read_problem()
    if not problem.sessions:
        raise DomainError(_("No cohort has sessions to plan."), code="nothing_to_plan")
    steps = steps_for(problem) if steps is None else steps
    row = TimetableProposal.objects.create(
        asked_by=actor,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        steps=0 if keeps_plan else steps,
        basis=reading.seal_of(problem),
        result={"keeps_plan": keeps_plan},
    )
    record(Happened.PROPOSAL_ASKED.value, subject=row, actor=actor, keeps_plan=keeps_plan, seed=row.seed)
    return row


def work_out(proposal_id: int) -> None:
    """For the worker; done twice, it is done once. A worker that dies leaves it to the next delivery, which starts from the same seed."""
    row = selectors.proposal_by_id(proposal_id)
    if row is None or row.state != ProposalState.WORKING:
        return
    began = timezone.now()
    problem = reading.read_problem()
    result = _worked_out(row, problem)
    result["seconds"] = round((timezone.now() - began).total_seconds(), 1)
    with transaction.atomic():
        kept = TimetableProposal.objects.select_for_update().get(pk=row.pk)
        if kept.state != ProposalState.WORKING:
            return
        kept.state, kept.result, kept.finished_at = ProposalState.READY.value, result, timezone.now()
        kept.basis, kept.steps_done = reading.seal_of(problem), kept.steps
        kept.save()
        record(
            Happened.PROPOSAL_READY.value,
            subject=kept,
            actor=None,
            cost=result["cost"],
            bound=result["bound"],
            blocks=len(result["blocks"]),
            unplaced=len(result["unplaced"]),
        )


def _worked_out(row: TimetableProposal, problem: Problem) -> dict[str, Any]:
    keeps_plan = bool(row.result.get("keeps_plan"))
    plan: Mapping[str, Placed]
    bound = None
    if keeps_plan:
        plan = repair(problem, seed=row.seed).plan
    else:
        priced = max(1, prices_for(problem))
        found = solve(
            problem,
            seed=row.seed,
            steps=row.steps,
            on_price=lambda number: _tell(row, number, PRICING * number / priced),
            on_step=lambda step, _cost: _tell(row, step, PRICING + (1 - PRICING) * step / row.steps),
        )
        plan, bound = found.plan, found.bound
    violations = check(problem, plan)
    cost = soft_cost(violations)
    return {
        "keeps_plan": keeps_plan,
        "places": {key: [placed.start.isoformat(), placed.trainer, placed.venue] for key, placed in plan.items()},
        "unplaced": [key for key in problem.sessions if key not in plan],
        "blocks": [_kept(one) for one in hard(violations) if one.code != "unplaced"],
        "warnings": [_kept(one) for one in violations if not one.is_hard],
        "cost": cost,
        "bound": (bound or lower_bound(problem, aim=float(cost), steps=prices_for(problem))).value,
        "impossible": [
            {"code": one.code, "sessions": one.sessions, "resources": one.resources, "room": one.room}
            for one in precheck(problem)
        ],
        "moved": sum(1 for key, placed in plan.items() if problem.standing.get(key) != placed),
    }


def _kept(one: Violation) -> dict[str, Any]:
    return {"code": one.code, "sessions": one.sessions, "cost": one.cost, "facts": reading.facts_json(one.facts)}


def _tell(row: TimetableProposal, number: int, share: float) -> None:
    """share: of the whole way, shown as so many of its steps."""
    if number % TOLD_EVERY == 0:
        done = int(share * row.steps)
        TimetableProposal.objects.filter(pk=row.pk).update(steps_done=done, updated_at=timezone.now())


@transaction.atomic
def take_proposal(*, actor: User, proposal: TimetableProposal) -> int:
    """What was proposed becomes what is planned; locked sessions and those held stay. How many sessions it moves.

    Raises NotAllowed, DomainError "not_ready" or "moved_since" where the plan it rests on has changed.
    """
    permissions.can_plan(actor).require()
    lock_plan()
    row = TimetableProposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state != ProposalState.READY:
        raise DomainError(_("This proposal was taken over already, or is not worked out yet."), code="not_ready")
    problem = reading.read_problem()
    if reading.seal_of(problem) != row.basis:
        raise DomainError(
            _("The plan has changed since this was worked out. Have it worked out again; it takes a few seconds."),
            code="moved_since",
        )
    moved = 0
    sessions = Session.objects.in_bulk([int(key) for key in row.result["places"]])
    for key, (start, trainer, venue) in row.result["places"].items():
        placed = Placed(datetime.fromisoformat(start), trainer, venue)
        if problem.standing.get(key) == placed:
            continue
        DraftSession.objects.update_or_create(
            session=sessions[int(key)],
            defaults={
                "starts_at": reading.moment(placed.start),
                "trainer_id": int(placed.trainer),
                "venue_id": int(placed.venue) if placed.venue else None,
                "is_cancelled": False,
                "moved_by": None,
                "moved_at": timezone.now(),
                "reason": "",
            },
        )
        moved += 1
    row.state, row.taken_by = ProposalState.TAKEN.value, actor
    row.save(update_fields=["state", "taken_by", "updated_at"])
    record(Happened.PROPOSAL_TAKEN.value, subject=row, actor=actor, moved=moved)
    return moved
