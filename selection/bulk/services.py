"""Acts on many files at once, planned before they are done."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import OperationalError, transaction
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from selection.correspondence import permissions as correspondence_permissions
from selection.correspondence import services as correspondence_services
from selection.models import BulkAct
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import Outcome
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, NotAllowed

from . import selectors
from .selectors import BulkPlan, refusal_of
from .sharing import Sharing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from selection.models import Application, Round
    from tdap_portal.accounts.models import User

SALT = "selection.bulk"
PLAN_SECONDS = 60 * 60
CHUNK = 50  # files a transaction; a plan of no more is done at once, a longer one by the worker
FAULT = _("This file could not be done. The fault is noted for the administrators.")
logger = logging.getLogger(__name__)


def plan_bulk(
    *,
    actor: User,
    kind: str,
    round: Round,  # noqa: A002  the domain's word
    files: Sequence[str] = (),
    choices: Mapping[str, object],
) -> tuple[BulkPlan, str]:
    """What a bulk act would do, file by file, and the signed plan that confirms it. Changes nothing.

    kind: of BulkAct.Kind. files: public ids (none for sharing out a round). choices: of the act: "first" and "second"
    (public ids of officers) · "officers" · "title", "words", "fields", "document_kinds", "answer_days" · "reason_codes",
    "words". The plan is good for an hour and for this person alone.
    Raises NotAllowed, or DomainError "nothing_to_do" where every file is left out.
    """
    _require_kind(actor, kind)
    plan = selectors.plan_for(actor, kind=kind, round_=round, files=files, choices=choices)
    if not plan.number:
        raise DomainError(
            _("None of these files can be acted on in this way."),
            code="nothing_to_do",
            left_out=[[row.file_number, str(why)] for row, why in plan.left_out],
        )
    signed = signing.dumps(
        {
            "kind": kind,
            "round": round.pk,
            "actor": actor.pk,
            "files": [row.public_id for row in plan.will],
            "choices": {**choices, "proposals": plan.proposals} if plan.proposals else dict(choices),
            "number": plan.number,
            "token": get_random_string(32),
        },
        salt=SALT,
        compress=True,
    )
    return plan, signed


@transaction.atomic
def confirm_bulk(*, actor: User, plan: str) -> BulkAct:
    """Start what was planned; confirming twice is one act. Up to 50 files are done at once, more by the worker.

    Raises NotAllowed for another person's plan, DomainError "plan_broken" (changed on the way) or "plan_too_old".
    """
    signed = _read_plan(plan)
    if signed["actor"] != actor.pk:
        raise NotAllowed(_("This plan belongs to somebody else. Make your own."))
    _require_kind(actor, signed["kind"])
    ids = sorted(
        review_selectors.files_visible_to(actor).filter(public_id__in=signed["files"]).values_list("pk", flat=True)
    )
    bulk, is_new = BulkAct.objects.get_or_create(
        token=signed["token"],
        defaults={
            "kind": signed["kind"],
            "round_id": signed["round"],
            "actor": actor,
            "choices": signed["choices"],
            "files": ids,
            "planned": signed["number"],
        },
    )
    if is_new:
        record("bulk.confirmed", subject=bulk, actor=actor, kind=bulk.kind, planned=bulk.planned)
        if bulk.planned <= CHUNK:
            run_bulk(bulk_id=bulk.pk)
            bulk.refresh_from_db()
    return bulk


@transaction.atomic
def run_bulk(*, bulk_id: int) -> bool:
    """Do the next files of a bulk act; more of them leave one event that carries it on. Safe to run twice.

    What a file's rules no longer allow is left out with the reason, and so is a file that a fault keeps from it; the
    others go on. Returns False when all was done.
    """
    bulk = BulkAct.objects.select_for_update(of=("self",)).select_related("actor", "round").filter(pk=bulk_id).first()
    if bulk is None or bulk.finished_at is not None:
        return False
    rows = selectors.next_files(bulk, CHUNK)
    work = _Work.of(bulk, rows)
    with translation.override(bulk.actor.language):
        for row in rows:
            try:
                with transaction.atomic():
                    work.do(row)
            except DomainError as refusal:
                bulk.left_out.append([row.file_number, str(refusal)])
            except OperationalError:  # of the database, not of this file: the whole piece is done again
                raise
            except Exception:
                logger.exception("bulk act %s failed for %s", bulk.public_id, row.file_number)
                bulk.left_out.append([row.file_number, str(FAULT)])
            else:
                bulk.done += 1
            bulk.last_id = row.pk
    is_over = len(rows) < CHUNK or not selectors.next_files(bulk, 1)
    if is_over:
        bulk.finished_at = timezone.now()
    bulk.save(update_fields=["done", "left_out", "last_id", "finished_at"])
    if is_over:
        record("bulk.finished", subject=bulk, actor=bulk.actor, done=bulk.done, left_out=len(bulk.left_out))
    else:
        record("bulk.continued", subject=bulk, actor=bulk.actor, done=bulk.done)
    return True


@dataclass
class _Work:
    """One kind of act with what it was told, ready for file after file."""

    bulk: BulkAct
    people: dict[str, User]
    sharing: Sharing | None = None
    standings: dict[int, review_permissions.Standing] = field(default_factory=dict)

    @classmethod
    def of(cls, bulk: BulkAct, rows: Sequence[Application]) -> _Work:
        people = {person.public_id: person for person in review_selectors.officers()}
        if bulk.kind != BulkAct.Kind.AUTO_ASSIGN:
            return cls(bulk, people)
        chosen = [people[code].pk for code in bulk.choices["officers"] if code in people]
        loads = selectors.open_readings_of(chosen)
        return cls(bulk, people, Sharing(loads), review_selectors.standings_of(rows))

    def do(self, row: Application) -> None:
        choices, actor = self.bulk.choices, self.bulk.actor
        if self.sharing is not None:
            self._share(row)
        elif self.bulk.kind == BulkAct.Kind.ASSIGN:
            first, second = self._person(choices["first"]), self._person(choices["second"])
            review_services.assign_readers(actor=actor, application=row, first=first, second=second)
        elif self.bulk.kind == BulkAct.Kind.ASK:
            correspondence_services.ask_question(actor=actor, application=row, **choices)
        elif self.bulk.kind == BulkAct.Kind.RECOMMEND_DECLINE:
            review_services.recommend(actor=actor, application=row, outcome=Outcome.DECLINE, **choices)
        else:
            self._decide(row)

    def _share(self, row: Application) -> None:
        standing = self.standings[row.pk]
        by_id = {person.pk: person for person in self.people.values()}
        kept = [reader.user_id for reader in standing.readers if reader.done]
        by_id |= {reading.reader_id: reading.reader for reading in row.readings.select_related("reader") if kept}
        pair = self.sharing.pair(standing.in_conflict, kept) if self.sharing else None
        if pair is None or not set(pair) <= by_id.keys():
            raise DomainError(_("Fewer than two of these officers may read this file."), code="no_readers")
        review_services.assign_readers(
            actor=self.bulk.actor, application=row, first=by_id[pair[0]], second=by_id[pair[1]]
        )

    def _decide(self, row: Application) -> None:
        basis = review_selectors.basis_of(row)  # read first: what changes from here on is refused
        newest = review_selectors.newest_recommendation(row)
        standing, has_line = review_selectors.standing_of(row), review_selectors.has_line(row.round)
        why_not = refusal_of(self.bulk.actor, self.bulk.kind, row, standing, self.bulk.choices, has_line=has_line)
        if why_not or newest is None:
            raise DomainError(why_not or _("There is no recommendation."), code="left_out")
        if self.bulk.choices["proposals"].get(row.public_id) != newest.pk:
            raise DomainError(_("The recommendation changed after the plan was made."), code="left_out")
        review_services.decide(
            actor=self.bulk.actor,
            application=row,
            outcome=newest.outcome,
            reason_codes=newest.reason_codes,
            words=newest.words,
            basis=basis,
        )

    def _person(self, public_id: str) -> User:
        try:
            return self.people[public_id]
        except KeyError:
            raise DomainError(_("This officer no longer reads files."), code="no_readers") from None


def _read_plan(plan: str) -> dict[str, Any]:
    try:
        return dict(signing.loads(plan, salt=SALT, max_age=PLAN_SECONDS))
    except signing.SignatureExpired:
        raise DomainError(_("This plan is more than an hour old. Make it again."), code="plan_too_old") from None
    except signing.BadSignature:
        raise DomainError(_("This plan was altered. Make it again."), code="plan_broken") from None


def _require_kind(actor: User, kind: str) -> None:
    """A plan nobody could carry out is not made."""
    nobody = review_permissions.Standing(gates_passed=True)
    answers = {
        BulkAct.Kind.ASSIGN: review_permissions.can_assign(actor, nobody),
        BulkAct.Kind.AUTO_ASSIGN: review_permissions.can_assign(actor, nobody),
        BulkAct.Kind.ASK: correspondence_permissions.can_ask(actor, nobody),
        BulkAct.Kind.RECOMMEND_DECLINE: review_permissions.can_recommend(actor, nobody),
        BulkAct.Kind.DECIDE: review_permissions.can_decide(actor, nobody),
    }
    answers[BulkAct.Kind(kind)].require()
