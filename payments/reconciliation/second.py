"""What one person would match with a line above an amount, and a second one signs or gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from payments.models import MatchProposal
from payments.states import Happened
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today

from . import booking, selectors
from .matching import Kind, Offer, Reason, Share, Why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.models import BankLine
    from tdap_portal.accounts.models import User


def is_needed(line: BankLine) -> bool:
    """By the rule of today; what the portal matches by itself needs none."""
    rule = selectors.rule_on(today())
    return rule is not None and rule.second_from is not None and abs(line.amount) >= rule.second_from


def waiting_on(lines: Sequence[BankLine]) -> MatchProposal | None:
    """What waits for a second person about any of these lines."""
    return MatchProposal.objects.filter(Q(line__in=lines) | Q(other__in=lines), settled_at=None).first()


def propose(*, actor: User, line: BankLine, act: booking.Act) -> MatchProposal:
    """The line is under lock. In a transaction."""
    row = MatchProposal.objects.create(
        line=line,
        kind=act.offer.kind.value,
        shares=_shares(act),
        certainty=act.offer.certainty,
        reasons=booking.reasons_kept(act.offer.reasons),
        words=act.words[:300],
        other=act.other,
        by=actor,
        at=timezone.now(),
    )
    record(
        Happened.BANK_MATCH_PROPOSED.value,
        subject=row,
        actor=actor,
        line=line.public_id,
        kind=row.kind,
        amount=line.amount,
        certainty=row.certainty,
        words=row.words,
    )
    return row


def _shares(act: booking.Act) -> list[list[object]]:
    """What of a line goes where: "act" for a refund that two people signed."""
    what = "act" if act.offer.kind is Kind.REFUND and not act.is_credit else "payment"
    return [[what, share.of, share.amount] for share in act.offer.shares]


def is_same(row: MatchProposal, act: booking.Act) -> bool:
    return (
        row.kind == act.offer.kind
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
