"""The plan of a loan as a picture, for its firm and its lender."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from payments.money import RUPEE, shown
from payments.states import CaseState
from smes.vocabulary.wording import language
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.charts.staircase import Flight, Stair, Staircase
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words

from .plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.models import FinanceCase

    from .plan import Plan, Step

MILLION = 1_000_000 * RUPEE
HUNDREDTH = Decimal("0.01")


def figure_of(case: FinanceCase) -> ChartFigure | None:
    """None where the firm told of no payment and no money was paid out, and where the case came to nothing."""
    plan = _plan(case)
    if plan is None or not (plan.expected or plan.noted):
        return None
    flights = []
    if plan.expected:
        tone = "quiet" if plan.noted else "green"
        flights.append(Flight(_("As the firm expects"), _stairs(plan, plan.expected, plan.ends_on), tone))
    if plan.noted:
        flights.append(Flight(_("As the lender noted"), _stairs(plan, plan.noted)))
    last = max(plan.ends_on, *(day for day, _owed in (*plan.expected, *plan.noted)))
    return ChartFigure(
        title=_finding(case, plan),
        says=_("What is owed of the loan, PKR million, without interest; its last day is %(day)s")
        % {"day": day_words(plan.ends_on)},
        source=_source(plan),
        drawing=Staircase(
            _("From the day"),
            _short(plan.starts_on),
            _short(last),
            max(1, (last - plan.starts_on).days),
            tuple(flights),
        ),
    )


def _plan(case: FinanceCase) -> Plan | None:
    if case.state in (CaseState.REFUSED, CaseState.DECLINED, CaseState.LAPSED, CaseState.WITHDRAWN):
        return None
    is_lent = case.is_lent and case.paid_out_on is not None
    decided = timezone.localdate(case.decided_at) if case.decided_at else None
    ended = timezone.localdate(case.ended_at) if case.ended_at else None
    return plan_of(
        amount=(case.paid_out if is_lent else case.offer_amount) or case.amount,
        starts_on=(case.paid_out_on if is_lent else decided) or case.clock_started_on,
        days=case.offer_days or case.days,
        expected=[(date.fromisoformat(day), paisa) for day, paisa in case.expected],
        repaid=list(case.repayments.filter(amount__gt=0).values_list("on", "amount")) if is_lent else (),
        read_on=(ended or today()) if is_lent else None,
    )


def _finding(case: FinanceCase, plan: Plan) -> str:
    if plan.noted:
        return _("%(back)s of %(lent)s came back so far") % {
            "back": shown(case.repaid, language=language()),
            "lent": shown(case.paid_out or 0, language=language()),
        }
    if plan.paid_back_by is None:
        return _("What the firm expects leaves %(left)s open") % {"left": shown(plan.left, language=language())}
    return _("What the firm expects pays the loan back by %(day)s") % {"day": day_words(plan.paid_back_by)}


def _source(plan: Plan) -> str:
    if not plan.expected:
        return _("Repayments as the lender noted them.")
    return _("The firm’s own estimate, not compared with papers; no promise of TDAP.")


def _stairs(plan: Plan, steps: Sequence[Step], until: date | None = None) -> tuple[Stair, ...]:
    """until: the line runs on to that day."""
    found = list(steps)
    if until is not None and until > found[-1][0]:
        found.append((until, found[-1][1]))
    return tuple(
        Stair((day - plan.starts_on).days, _short(day), (Decimal(owed) / MILLION).quantize(HUNDREDTH))
        for day, owed in found
    )


def _short(day: date) -> str:
    return day_words(day, "j M y")
