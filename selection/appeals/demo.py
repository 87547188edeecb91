"""The demo's appeals: one that is right, one that is not, both answered by a director who had no part in the round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.models import Appeal, Application, DecisionLine
from selection.review import obstacles
from selection.seats.offers import selectors as offers_selectors
from selection.states import AppealOutcome, AppealState, State, Verdict

from . import selectors, services
from .outlook import Finding, Outlook
from .services import PointGiven

if TYPE_CHECKING:
    from selection.models import Round

PAPER = "export_proof"
APPEALS = {
    AppealOutcome.UPHELD: {
        "en": "Our bank’s advices of last year are on two sheets. You counted the first half of the year only.",
        "ur": "پچھلے سال کی ہماری بینک ایڈوائس دو صفحوں پر ہے۔ آپ نے صرف سال کا پہلا نصف شمار کیا۔",
    },
    AppealOutcome.REJECTED: {
        "en": "We counted our points again from your policy and get more than the receipt says.",
        "ur": "ہم نے آپ کی پالیسی سے اپنے پوائنٹس دوبارہ گنے اور وہ رسید سے زیادہ بنتے ہیں۔",
    },
}
ANSWERS = {
    AppealOutcome.UPHELD: {
        "en": "You are right: the second sheet, which we had in time, shows as much again. The whole year counts now.",
        "ur": "آپ درست ہیں: دوسرا صفحہ، جو ہمیں بروقت ملا تھا، اتنی ہی رقم اور دکھاتا ہے۔ اب پورا سال شمار ہو گیا ہے۔",
    },
    AppealOutcome.REJECTED: {
        "en": "We computed the score again from the same facts and the same policy: it is the one on your receipt, line by line.",
        "ur": "ہم نے انہی حقائق اور اسی پالیسی سے اسکور دوبارہ نکالا: ہر سطر وہی ہے جو آپ کی رسید پر ہے۔",
    },
}


def send(round_: Round) -> None:
    """The first waiting firm that a misread proof of its exports can have kept out, and the best below the line of those that the round's decision declined,
    both by their owners. round_: final."""
    waiting = offers_selectors.waiting_files(round_).select_related("sme__created_by", "round")
    _send(next(row for row in waiting if _can_be_right(row)), AppealOutcome.UPHELD, "A1", PAPER)
    of_the_round = DecisionLine.objects.filter(round_decision__round=round_).values("application")
    below = Application.objects.filter(
        pk__in=of_the_round, state=State.DECLINED, has_score=True, points__lt=round_.line_points
    )
    best = below.select_related("sme__created_by", "round").order_by("-points", "pk")[0]
    _send(best, AppealOutcome.REJECTED, "A3", "")


def _can_be_right(row: Application) -> bool:
    """With the other half of its last year of exports it reaches the line, and nothing stands against a seat."""
    kinds = {paper.kind for paper in selectors.papers_there(row)}
    if PAPER not in kinds or not _other_half(row) or obstacles.obstacles_of(row):
        return False
    finding = Finding(1, Verdict.RIGHT, "", _other_half(row))
    return Outlook(Appeal(application=row, round=row.round), [finding]).is_over_the_line


def _other_half(row: Application) -> dict[str, float]:
    """The newest year of the firm's exports, twice; {} for a firm without any."""
    years = sorted((row.facts or {}).get("export_history") or (), key=lambda year: -year["fiscal_year"])
    return {f"export_history/{year['fiscal_year']}/{year['route']}": year["value_usd"] * 2 for year in years[:1]}


def _send(row: Application, about: AppealOutcome, ground: str, kind: str) -> None:
    owner = row.sme.created_by
    papers = tuple(paper.public_id for paper in selectors.papers_there(row) if paper.kind == kind)
    point = PointGiven(ground, APPEALS[about][owner.language], papers)
    services.send(actor=owner, application=row, points=[point], name=owner.name)


def answer(round_: Round) -> None:
    """Whoever each was drawn to answers it: a misread paper is right, a sum that comes out again is not."""
    rows = Appeal.objects.filter(round=round_, state=AppealState.SENT).order_by("number")
    for row in rows.select_related("application__sme__created_by", "application__round", "director", "score_card"):
        outcome = AppealOutcome.UPHELD if row.points_made.get().ground == "A1" else AppealOutcome.REJECTED
        words = ANSWERS[outcome][row.application.sme.created_by.language]
        is_right = outcome == AppealOutcome.UPHELD
        finding = Finding(
            1, Verdict.RIGHT if is_right else Verdict.WRONG, words, _other_half(row.application) if is_right else {}
        )
        assert row.director is not None  # noqa: S101  the lot has drawn
        basis = Outlook(row, [finding], by=row.director).basis(outcome, row.round)
        services.answer(actor=row.director, appeal=row, outcome=outcome, words=words, findings=[finding], basis=basis)
