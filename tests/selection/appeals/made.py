"""Decided files and their appeals, at every stop, by the real acts."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from selection.appeals import services
from selection.appeals.outlook import Finding, Outlook
from selection.appeals.services import PointGiven
from selection.models import Appeal, Application, Decision, Round
from selection.states import AppealOutcome, Outcome, Verdict
from tests.factories.accounts import director
from tests.factories.selection import decided, owner_of
from tests.selection import made

WORDS = "The bill of the second workshop is page 3 of that paper; only page 1 was counted."
REASON = "Page 3 had not been counted, though it was with us in time."


def decided_file(outcome: Outcome = Outcome.WAITLIST, **kwargs) -> Application:
    return made.fresh(decided(made.reviewed(**kwargs), outcome))


def point(words: str = WORDS, ground: str = "A1", papers=()) -> PointGiven:
    return PointGiven(ground, words, tuple(papers))


def sent(file: Application, *points: PointGiven) -> Appeal:
    return services.send(actor=owner_of(file), application=file, points=points or (point(),), name="Saima Akhtar")


def drawn(file: Application, *points: PointGiven, among: int = 1) -> Appeal:
    for _number in range(among):
        director()
    row = sent(file, *points)
    services.draw(appeal_id=row.pk)
    return fresh(row)


def fresh(appeal: Appeal) -> Appeal:
    rows = Appeal.objects.select_related("round", "application__round", "application__sme", "director", "score_card")
    return rows.get(pk=appeal.pk)


def finding(verdict: Verdict = Verdict.RIGHT, position: int = 1, **corrections) -> Finding:
    return Finding(position, verdict, REASON, corrections if verdict == Verdict.RIGHT else {})


def basis_of(appeal: Appeal, outcome: AppealOutcome, findings) -> str:
    row = fresh(appeal)
    return Outlook(row, findings, by=row.director).basis(outcome, Round.objects.get(pk=row.round_id))


def answered(appeal: Appeal, outcome: AppealOutcome, *findings: Finding, by=None, basis: str = "") -> Appeal:
    row = fresh(appeal)
    return services.answer(
        actor=by or row.director,
        appeal=row,
        outcome=outcome,
        words=REASON,
        findings=findings,
        basis=basis or basis_of(row, outcome, findings),
    )


def decided_days_ago(file: Application, days: int) -> None:
    Decision.objects.filter(application=file).update(created_at=timezone.now() - timedelta(days=days))
