"""Appeals: written and sent by the firm's owner, drawn to a director who had no part in the file, answered by that one alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import clock, freezing, tallies
from selection.applications.locking import locked_file, locked_round
from selection.applications.selectors import decision_of, newest_score
from selection.models import Appeal, AppealPoint, Decision, Reading
from selection.models.appeals import MAX_WORDS
from selection.review import places
from selection.review import selectors as review_selectors
from selection.scoring import services as scoring_services
from selection.seats.offers import services as offers_services
from selection.states import (
    APPEAL,
    APPEALABLE,
    APPLICATION,
    AppealOutcome,
    AppealState,
    Happened,
    Outcome,
    Verdict,
)
from smes.people import selectors as people_selectors
from smes.people import services as people_services
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.core.sweeping import one_by_one

from . import permissions, selectors
from .correcting import fact_of_key
from .grounds import grounds_on
from .outlook import Outlook
from .rules import appeal_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selection.models import Application, Round
    from tdap_portal.accounts.models import User

    from .outlook import Finding

MAX_POINTS = 5
WARN_WORKING_DAYS = 2
ALARMS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PointGiven:
    """One thing that went wrong, as it was typed. papers: public ids."""

    ground: str
    words: str
    papers: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------------- the firm


@transaction.atomic
def keep_draft(*, actor: User, application: Application, points: Sequence[PointGiven]) -> Appeal:
    """Keep what the owner wrote so far, also half a point and after the window; nobody else reads it.

    Raises NotAllowed, WrongState where nothing can be appealed against, DomainError "already_sent", "unknown_ground",
    "unknown_paper", "too_long" or "too_many".
    """
    row = locked_file(application.pk)
    return _kept_draft(row, actor, points)


@transaction.atomic
def send(*, actor: User, application: Application, points: Sequence[PointGiven], name: str) -> Appeal:
    """Send the one appeal of the file; the same sent twice is one. The database's clock says whether it is in time.

    name: as the owner typed it. Raises NotAllowed, WrongState, DomainError "window_over", "no_words", "no_name" and what
    keep_draft raises.
    """
    row = locked_file(application.pk)
    sent = selectors.appeal_of(row)
    if sent is not None and _is_same(sent, actor, points):
        return sent
    appeal = _kept_draft(row, actor, points)
    window = selectors.window_of(row)
    if not window.is_open:
        raise DomainError(
            _("The time for an appeal is over, so this was not sent. Your words are kept on this page."),
            code="window_over",
        )
    if not points or any(not point.words.strip() for point in points):
        raise DomainError(_("Write what should be different, in a few words for each point."), code="no_words")
    if not name.strip():
        raise DomainError(_("Type your name: it stands under the appeal."), code="no_name")
    move = APPEAL.move("send", appeal.state)
    round_ = locked_round(row.round_id)
    rule = appeal_rule(today())
    last = Appeal.objects.filter(round=round_).aggregate(last=Max("number"))["last"] or 0
    appeal.number, appeal.state, appeal.typed_name = last + 1, move.target.value, name.strip()[:120]
    appeal.sent_at, appeal.due_on = timezone.now(), add_working_days(today(), rule.answer_days)
    appeal.decision, appeal.score_card = decision_of(row), newest_score(row)
    appeal.save()
    record(move.event.value, subject=row, actor=actor, appeal=appeal.public_id, due_on=appeal.due_on)
    return appeal


def _kept_draft(row: Application, actor: User, points: Sequence[PointGiven]) -> Appeal:
    is_owner = people_selectors.role_of(actor, row.sme) == "owner"
    permissions.can_send(is_owner=is_owner).require()
    if row.state not in APPEALABLE:
        raise WrongState(_("There is no decision on this file that can be appealed against."))
    _check_points(row, points)
    try:
        with transaction.atomic():
            appeal, _is_new = Appeal.objects.get_or_create(
                application=row, defaults={"round_id": row.round_id, "written_by": actor}
            )
    except IntegrityError:  # pragma: no cover  the file's lock keeps two apart
        appeal = Appeal.objects.get(application=row)
    if appeal.state == AppealState.CLOSED:
        _reopen(appeal, actor)
    if appeal.state != AppealState.DRAFT:
        raise DomainError(_("The appeal of this file is sent already; there is one a file."), code="already_sent")
    appeal.written_by = actor
    appeal.save(update_fields=["written_by", "updated_at"])
    appeal.points_made.all().delete()
    AppealPoint.objects.bulk_create(
        AppealPoint(
            appeal=appeal, position=number, ground=point.ground, words=point.words.strip(), papers=list(point.papers)
        )
        for number, point in enumerate(points, start=1)
    )
    return appeal


def _reopen(appeal: Appeal, actor: User) -> None:
    """Closed unanswered when its file got a seat, which was taken back since: the firm still has its one appeal."""
    move = APPEAL.move("reopen", appeal.state)
    appeal.state = move.target.value
    appeal.number = appeal.sent_at = appeal.due_on = None
    appeal.director = appeal.drawn_at = appeal.drawn_of = appeal.due_noted_on = appeal.late_noted_at = None
    appeal.save()
    record(move.event.value, subject=appeal.application, actor=actor, appeal=appeal.public_id)


def _check_points(row: Application, points: Sequence[PointGiven]) -> None:
    if len(points) > MAX_POINTS:
        raise DomainError(_("At most %(number)d points in one appeal.") % {"number": MAX_POINTS}, code="too_many")
    offered = {ground.code for ground in grounds_on(today())}
    if any(point.ground not in offered for point in points):
        raise DomainError(_("Choose what went wrong."), code="unknown_ground")
    if any(len(point.words.strip()) > MAX_WORDS for point in points):
        raise DomainError(_("%(number)d letters at most for each point.") % {"number": MAX_WORDS}, code="too_long")
    named = {paper for point in points for paper in point.papers}
    if named - {paper.public_id for paper in selectors.papers_there(row)}:
        raise DomainError(
            _("Only papers that were with us when the file was submitted belong to an appeal."), code="unknown_paper"
        )


def _is_same(appeal: Appeal, actor: User, points: Sequence[PointGiven]) -> bool:
    """A second press, or the same page in another tab."""
    if appeal.state != AppealState.SENT or appeal.written_by_id != actor.pk:
        return False
    kept = [PointGiven(one.ground, one.words, tuple(one.papers)) for one in appeal.points_made.all()]
    return kept == [PointGiven(one.ground, one.words.strip(), tuple(one.papers)) for one in points]


# ------------------------------------------------------------------------------------------------------ the lot


@transaction.atomic
def draw(*, appeal_id: int) -> User | None:
    """Draw a director by lot among those who had no part in the file; one who was drawn and still can decide stays.

    Returns None where the appeal no longer waits, or nobody is free: then it waits, and who can help is told once a day.
    """
    file = locked_file(Appeal.objects.values_list("application_id", flat=True).get(pk=appeal_id))
    row = Appeal.objects.select_for_update(of=("self",)).select_related("director").get(pk=appeal_id)
    if row.state != AppealState.SENT:
        return None
    free = selectors.free_directors(file)
    if row.director in free:
        return row.director
    row.director = secrets.choice(free) if free else None
    row.drawn_at, row.drawn_of = (timezone.now(), len(free)) if free else (None, None)
    row.save(update_fields=["director", "drawn_at", "drawn_of", "updated_at"])
    if row.director is None:
        record(Happened.APPEAL_WITHOUT_DIRECTOR.value, subject=file, actor=None, appeal=row.public_id)
        return None
    record(
        Happened.APPEAL_DRAWN.value,
        subject=file,
        actor=None,
        appeal=row.public_id,
        director=row.director.public_id,
        drawn_of=len(free),
    )
    return row.director


def draw_waiting() -> int:
    """Draw for every appeal that nobody has, or whose director can no longer decide it; what beat rings."""
    return sum(person is not None for person in one_by_one(lambda pk: draw(appeal_id=pk), selectors.appeals_to_draw()))


# ----------------------------------------------------------------------------------------------------- the answer


@transaction.atomic
def answer(*, actor: User, appeal: Appeal, outcome: str, words: str, findings: Sequence[Finding], basis: str) -> Appeal:
    """Answer an appeal, point by point; what follows for the file is done with it, and its firm gets one message. Nobody loses a
    seat by it. Answering twice is once.

    basis: of the outlook that the director read; what changed since is read before it is signed. Raises NotAllowed, WrongState,
    DomainError "already_answered", "changed", "no_words", "unknown_fact", "not_reproduced", "lower", "gate", "no_readers" and
    "outcome" where the outcome does not follow from the points.
    """
    file = locked_file(appeal.application_id)
    row = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("round", "score_card", "decision", "director")
        .get(pk=appeal.pk)
    )
    row.application = file
    permissions.can_decide(actor, row, selectors.part_in_file(file)).require()
    wanted = AppealOutcome(outcome)
    if row.state == AppealState.ANSWERED:
        if (row.outcome, row.words) == (wanted.value, words.strip()):
            return row
        raise DomainError(_("This appeal is answered already."), code="already_answered")
    move = APPEAL.move("answer", row.state)
    if file.state not in APPEALABLE:
        raise WrongState(_("The file is no longer declined or waiting, so there is nothing to decide."))
    people_services.hold_still(file.sme_id)
    round_ = locked_round(file.round_id)
    outlook = Outlook(row, findings, by=actor)
    check_answer(outlook, wanted, words)
    if basis != outlook.basis(wanted, round_):
        raise DomainError(
            _("What would happen has changed since you read it. Read it again before you sign."), code="changed"
        )
    row.points, row.points_after = outlook.points, outlook.points_after
    has_seat = wanted == AppealOutcome.UPHELD and not outlook.why_no_seat(round_)
    if wanted != AppealOutcome.REJECTED:
        _correct(file, outlook)
    if wanted == AppealOutcome.UPHELD:
        row.decision_after, row.from_reserve = (
            _decide_anew(row, file, round_, actor, words, has_seat=has_seat),
            has_seat,
        )
    elif wanted == AppealOutcome.REREAD:
        row.earlier_readings = _read_again(row, file, actor)
    row.state, row.outcome, row.words = move.target.value, wanted.value, words.strip()
    row.answered_by, row.answered_at = actor, timezone.now()
    row.save()
    _keep_findings(row, findings)
    record(
        move.event.value,
        subject=file,
        actor=actor,
        appeal=row.public_id,
        outcome=row.outcome,
        points=str(row.points),
        points_after=str(row.points_after),
        from_reserve=row.from_reserve,
    )
    return row


def check_answer(outlook: Outlook, outcome: AppealOutcome, words: str) -> None:
    """Raises what `answer` raises for an answer that does not hold together."""
    findings = outlook.findings
    expected = list(outlook.appeal.points_made.values_list("position", flat=True))
    if not words.strip() or any(not one.answer.strip() for one in findings):
        raise DomainError(
            _("Write the reason of each point and of the whole, as the firm will read it."), code="no_words"
        )
    verdicts = {one.verdict for one in findings}
    fits = {
        AppealOutcome.UPHELD: Verdict.RIGHT in verdicts,
        AppealOutcome.REJECTED: verdicts == {Verdict.WRONG},
        AppealOutcome.REREAD: bool(verdicts & {Verdict.RIGHT, Verdict.UNCLEAR}),
    }
    if sorted(one.position for one in findings) != expected or not fits[outcome]:
        raise DomainError(
            _(
                "Upheld needs a point that is right, rejected needs all points not right, and a file goes back to reading "
                "where a point is right or cannot be told."
            ),
            code="outcome",
        )
    _check_corrections(outlook, outcome)


def _check_corrections(outlook: Outlook, outcome: AppealOutcome) -> None:
    given = any(one.corrections for one in outlook.findings)
    if given and not all(map(outlook.can_be_corrected, outlook.findings)):
        raise DomainError(_("Only facts that carry points can be corrected."), code="unknown_fact")
    if given and not outlook.comes_out_again:
        raise DomainError(
            _(
                "The score of the decision does not come out again, so nothing can be corrected. Send the file back to reading."
            ),
            code="not_reproduced",
        )
    before, after = outlook.card, outlook.card_after
    if outcome != AppealOutcome.REJECTED and before and after and after.total < before.total:
        raise DomainError(
            _("With these corrections the firm would have fewer points: an appeal never costs any."), code="lower"
        )
    if outcome == AppealOutcome.UPHELD and (after is None or not after.passed):
        raise DomainError(_("A condition of the programme is not met, so the file cannot get a place."), code="gate")


def _correct(file: Application, outlook: Outlook) -> None:
    """A new version of the frozen facts and the score card that follows from it; nothing where nothing was corrected."""
    if not outlook.corrections or outlook.card_after is None:
        return
    before = tallies.cell_of(file)
    keys = tuple(dict.fromkeys([*map(fact_of_key, outlook.corrections), "proofs"]))
    freezing.refreeze(file, keys=keys, now=outlook.facts_after)
    scoring_services.keep_card(file, outlook.card_after)
    fields = ("facts", "facts_version", "points", "has_score", "tie_key", "scored_version", *freezing.COLUMNS)
    file.save(update_fields=[*fields, "updated_at"])
    tallies.shift(file, before=before)


def _decide_anew(
    appeal: Appeal, file: Application, round_: Round, actor: User, words: str, *, has_seat: bool
) -> Decision:
    """Selected from the reserve, which is one smaller then; else its place on the waiting list."""
    outcome = Outcome.SELECT if has_seat else Outcome.WAITLIST
    move = APPLICATION.move(f"{outcome.value}_on_appeal", file.state)
    made = Decision.objects.create(
        application=file,
        approver=actor,
        outcome=outcome.value,
        reason_codes=["appeal_upheld"],
        words=words.strip(),
        score_card=newest_score(file),
    )
    if has_seat:
        round_.appeal_reserve -= 1
        round_.save(update_fields=["appeal_reserve", "updated_at"])
    file.decided_at = timezone.now()
    places.move_file(file, move, "decided_at")
    record(
        move.event.value,
        subject=file,
        actor=actor,
        decision=made.public_id,
        reasons=made.reason_codes,
        appeal=appeal.public_id,
    )
    if has_seat:
        offers_services.make_offer(application=file, decision=made)
    return made


def _read_again(appeal: Appeal, file: Application, actor: User) -> list[dict[str, object]]:
    """Two new officers read the file, and the promise begins anew. Returns the readings they take the place of."""
    people = selectors.readers_for_reading_again(file)
    if len(people) < len(review_selectors.PAIR):
        raise DomainError(_("Fewer than two officers are free to read this file."), code="no_readers")
    move = APPLICATION.move("reread_on_appeal", file.state)
    earlier = selectors.readings_kept(file.readings.order_by("place"))
    file.readings.all().delete()
    file.recommendations.filter(returned_at=None).update(returned_at=timezone.now())
    Reading.objects.bulk_create(
        Reading(application=file, place=place, reader=person)
        for place, person in zip(review_selectors.PAIR, people, strict=True)
    )
    file.officer, file.nobody_since, file.decided_at, file.readings_differ = people[0], None, None, False
    clock.start(file, on=today())
    places.move_file(file, move, "officer", "nobody_since", "decided_at", "readings_differ", *clock.FIELDS)
    record(
        move.event.value,
        subject=file,
        actor=actor,
        appeal=appeal.public_id,
        readers=[person.public_id for person in people],
    )
    return earlier


def _keep_findings(appeal: Appeal, findings: Sequence[Finding]) -> None:
    rows = {one.position: one for one in appeal.points_made.all()}
    for one in findings:
        row = rows[one.position]
        row.verdict, row.answer = one.verdict.value, one.answer.strip()
        row.corrections = dict(one.corrections) if one.verdict == Verdict.RIGHT else {}
    AppealPoint.objects.bulk_update(rows.values(), ["verdict", "answer", "corrections"])


@transaction.atomic
def close(*, application_id: int) -> bool:
    """The file got its seat by another way, or was taken back: its appeal has nothing left to decide. What was not sent stays a
    draft, since the file may be decided anew. Safe to call twice."""
    file = locked_file(application_id)
    row = Appeal.objects.select_for_update().filter(application=file).first()
    if row is None or file.state in APPEALABLE or not APPEAL.allows("close", row.state):
        return False
    move = APPEAL.move("close", row.state)
    row.state = move.target.value
    row.save(update_fields=["state", "updated_at"])
    record(move.event.value, subject=file, actor=None, appeal=row.public_id)
    return True


# ---------------------------------------------------------------------------------------------------- the promise


def sound_alarms() -> tuple[int, int]:
    """Warn of answers due within two working days, and say which are late; each once. Returns both numbers."""
    day = today()
    waiting = Appeal.objects.filter(state=AppealState.SENT)
    soon = waiting.filter(due_on__gte=day, due_on__lte=add_working_days(day, WARN_WORKING_DAYS))
    soon = soon.exclude(due_noted_on=F("due_on"))
    late = waiting.filter(due_on__lt=day, late_noted_at=None)
    return (
        sum(one_by_one(lambda pk: _warn(pk, Happened.APPEAL_DUE_SOON), list(_first_of(soon)))),
        sum(one_by_one(lambda pk: _warn(pk, Happened.APPEAL_LATE), list(_first_of(late)))),
    )


def _first_of(rows: object) -> list[int]:
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[:ALARMS_AT_ONCE])  # type: ignore[attr-defined]


@transaction.atomic
def _warn(pk: int, event: Happened) -> bool:
    row = Appeal.objects.select_for_update(of=("self",)).select_related("application").get(pk=pk)
    is_late = event == Happened.APPEAL_LATE
    noted = row.late_noted_at is not None if is_late else row.due_noted_on == row.due_on
    if row.state != AppealState.SENT or noted:
        return False
    if is_late:
        row.late_noted_at = timezone.now()
    else:
        row.due_noted_on = row.due_on
    row.save(update_fields=["late_noted_at", "due_noted_on", "updated_at"])
    record(event.value, subject=row.application, actor=None, appeal=row.public_id, due_on=row.due_on)
    return True
