"""What one person would match with a line above an amount, or take back, and a second one signs or gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import MatchProposal
from payments.states import Happened
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import WrongState

from . import booking, selectors
from .matching import Kind, Offer, Reason, Share, Why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.models import BankLine, BankMatch, WalletReport
    from tdap_portal.accounts.models import User


WAITS = _("This line waits for a second person. What one person proposed is signed or given back first.")


def is_needed(line: BankLine) -> bool:
    """By the rule of today; what the portal matches by itself needs none. The same of a match that is taken back, and of a company's report."""
    rule = selectors.rule_on(today())
    return rule is not None and rule.second_from is not None and abs(line.amount) >= rule.second_from


def waiting_on(lines: Sequence[BankLine]) -> MatchProposal | None:
    """What waits for a second person about any of these lines."""
    return MatchProposal.objects.filter(Q(line__in=lines) | Q(other__in=lines), settled_at=None).first()


def propose(*, actor: User, line: BankLine, act: booking.Act) -> MatchProposal:
    """The line is under lock. In a transaction."""
    return _kept(
        MatchProposal(
            line=line,
            kind=act.offer.kind.value,
            shares=_shares(act),
            certainty=act.offer.certainty,
            reasons=booking.reasons_kept(act.offer.reasons),
            words=act.words[:300],
            other=act.other,
            by=actor,
        )
    )


def propose_back(*, actor: User, match: BankMatch, words: str) -> MatchProposal:
    """That a match was wrong; the same again is once. Its lines are under lock. Raises WrongState where something else about them waits."""
    lines = [match.line, *([match.other] if match.other is not None else [])]
    waits = waiting_on(lines)
    if waits is not None:
        if waits.undoes_id == match.pk and waits.words == words:
            return waits
        raise WrongState(WAITS)
    return _kept(
        MatchProposal(
            line=match.line,
            kind=match.kind,
            shares=[
                ["act" if share.act_id else "payment", share.act_id or share.payment_id, share.amount]
                for share in match.shares.order_by("pk")
            ],
            certainty=match.certainty,
            reasons=match.reasons,
            words=words,
            other=match.other,
            undoes=match,
            by=actor,
        )
    )


def propose_report(*, actor: User, line: BankLine, report: WalletReport, added: str, words: str) -> MatchProposal:
    """That a line is the sum of a company's report. Both are under lock."""
    return _kept(
        MatchProposal(
            line=line,
            kind=Kind.SETTLEMENT.value,
            certainty=0 if added else 100,
            reasons=[Reason(Why.REPORT).as_list()],
            words=words[:300],
            report=report,
            added=added,
            by=actor,
        )
    )


def _kept(row: MatchProposal) -> MatchProposal:
    row.at = timezone.now()
    row.save(force_insert=True)
    record(
        Happened.BANK_MATCH_PROPOSED.value,
        subject=row,
        actor=row.by,
        line=row.line.public_id,
        kind=row.kind,
        amount=row.line.amount,
        certainty=row.certainty,
        words=row.words,
        undoes=row.undoes.public_id if row.undoes is not None else "",
    )
    return row


def _shares(act: booking.Act) -> list[list[object]]:
    """What of a line goes where: "act" for a refund that two people signed."""
    what = "act" if act.offer.kind is Kind.REFUND and not act.is_credit else "payment"
    return [[what, share.of, share.amount] for share in act.offer.shares]


def is_same(row: MatchProposal, act: booking.Act) -> bool:
    return (
        row.undoes_id is None
        and row.report_id is None
        and row.kind == act.offer.kind
        and sorted(map(tuple, row.shares)) == sorted(map(tuple, _shares(act)))
        and row.other_id == (act.other.pk if act.other else None)
    )


def act_of(row: MatchProposal) -> booking.Act:
    """What was proposed, to be booked."""
    shares = tuple(Share(of, amount) for _what, of, amount in row.shares)
    reasons = tuple(Reason(Why(why), said) for why, said in row.reasons)
    offer = Offer(Kind(row.kind), shares, row.certainty, reasons)
    is_credit = offer.kind is Kind.REFUND and all(what == "payment" for what, _of, _amount in row.shares)
    return booking.Act(offer, row.words, row.other, is_credit)
