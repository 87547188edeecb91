"""Sentences about a case: what it waits for, what was decided, who looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from payments.models.labels import CASE_STATE_LABELS
from payments.states import CaseState
from smes.vocabulary.wording import say
from tdap_portal.core.days import day_words

from .reasons import LOSS_REASONS, REFUSAL_REASONS, loss_reasons_on, reasons_on

if TYPE_CHECKING:
    from datetime import date

    from payments.models import CaseView, FinanceCase

TONES_FOR_FIRM = {
    CaseState.WITH_LENDER: "us",
    CaseState.ASKED: "you",
    CaseState.OFFERED: "you",
    CaseState.ACCEPTED: "us",
    CaseState.PAID_OUT: "done",
    CaseState.CLOSED: "done",
    CaseState.WRITTEN_OFF: "no",
    CaseState.REFUSED: "no",
}
TONES_FOR_LENDER = {
    CaseState.WITH_LENDER: "you",
    CaseState.ASKED: "rest",
    CaseState.OFFERED: "us",
    CaseState.ACCEPTED: "you",
    CaseState.PAID_OUT: "us",
    CaseState.CLOSED: "done",
    CaseState.WRITTEN_OFF: "no",
    CaseState.REFUSED: "no",
}


def tone_for_firm(case: FinanceCase) -> str:
    return TONES_FOR_FIRM.get(CaseState(case.state), "rest")


def tone_for_lender(case: FinanceCase, on: date) -> str:
    if case.due_on is not None and case.due_on < on:
        return "no"
    return TONES_FOR_LENDER.get(CaseState(case.state), "rest")


def reason_choices(on: date) -> list[tuple[str, str]]:
    return [(reason.code, f"{reason.code} {say(reason.words)}") for reason in reasons_on(on)]


def reasons_said(case: FinanceCase) -> list[tuple[str, str, str]]:
    """(code, why, what the firm can do) of a refusal."""
    known = [REFUSAL_REASONS[code] for code in case.reasons if code in REFUSAL_REASONS]
    return [(reason.code, say(reason.words), say(reason.remedy)) for reason in known]


def loss_choices(on: date) -> list[tuple[str, str]]:
    return [(reason.code, f"{reason.code} {say(reason.words)}") for reason in loss_reasons_on(on)]


def loss_said(case: FinanceCase) -> tuple[str, str, str] | None:
    """(code, why, what the firm can do) of a loan that was written off; else None."""
    reason = LOSS_REASONS.get(case.loss_reason)
    return (reason.code, say(reason.words), say(reason.remedy)) if reason is not None else None


def loss_name(code: str) -> str:
    return f"{code} {say(LOSS_REASONS[code].words)}" if code in LOSS_REASONS else code


def reason_name(code: str) -> str:
    return f"{code} {say(REFUSAL_REASONS[code].words)}" if code in REFUSAL_REASONS else code


def look_words(view: CaseView, lender: str) -> str:
    """ "Naila Hashmi of Exporters' Bank looked at your pack on 3 December 2026, 10:02, as PDF"."""
    return _("%(name)s of %(lender)s looked at your pack on %(moment)s, %(way)s") % {
        "name": f"\u2068{view.viewer.name}\u2069",
        "lender": f"\u2068{lender}\u2069",
        "moment": day_words(timezone.localtime(view.at), "DATETIME_FORMAT"),
        "way": view.get_way_display(),
    }


def path_of(case: FinanceCase) -> list[dict[str, Any]]:
    """The way of a case, as components/path.html draws it."""
    state = CaseState(case.state)
    rank = {
        CaseState.WITH_LENDER: 1, CaseState.ASKED: 1, CaseState.OFFERED: 2, CaseState.ACCEPTED: 3, CaseState.PAID_OUT: 4,
        CaseState.CLOSED: 5, CaseState.WRITTEN_OFF: 4,
    }.get(state)  # fmt: skip
    first = {
        "name": pgettext("for a loan", "Asked"),
        "when": _("%(day)s, with consent") % {"day": day_words(case.clock_started_on)},
        "place": "done",
    }
    if rank is None:
        ended = day_words(case.ended_at) if case.ended_at else ""
        return [first, {"name": CASE_STATE_LABELS[state], "when": ended, "place": "now", "tone": tone_for_firm(case)}]
    decided = day_words(case.decided_at) if case.decided_at else ""
    due = _("answer by %(day)s") % {"day": day_words(case.due_on)} if case.due_on else ""
    until = _("until %(day)s") % {"day": day_words(case.offer_until)} if case.offer_until and rank == 2 else ""
    paid = day_words(case.paid_out_on) if case.paid_out_on else ""
    steps = (
        (1, _("Read by the lender"), decided or due or _("the firm is asked")),
        (2, _("Offer taken"), until),
        (3, _("Money paid out"), paid),
        (4, _("Loan paid back"), ""),
    )
    if state == CaseState.WRITTEN_OFF:
        lost = day_words(case.written_off_on) if case.written_off_on else ""
        steps = (*steps[:3], (4, str(CASE_STATE_LABELS[state]), lost))
    return [first, *({"name": name, "when": when, "place": _place(at, rank)} for at, name, when in steps)]


def _place(at: int, rank: int) -> str:
    return "done" if at < rank else "now" if at == rank else "next"
