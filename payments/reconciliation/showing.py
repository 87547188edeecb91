"""Lines, offers and matches made ready for pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from payments.models import Payment, PaymentAct
from payments.models.labels import BANK_LINE_STATE_LABELS, BANK_MATCH_KIND_LABELS
from payments.money import END, ISOLATE, figures, shown
from payments.states import BankLineState

from . import matches, matching, permissions, second, selectors, wording
from .matching import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from payments.models import BankLine, BankMatch, MatchProposal
    from tdap_portal.accounts.models import User

TONES = {
    BankLineState.NEW: "us", BankLineState.OPEN: "you", BankLineState.MATCHED: "done", BankLineState.NOTHING: "rest",
}  # fmt: skip
OPEN = BankLineState.OPEN
SURE_FROM = 70


@dataclass(frozen=True, slots=True)
class OfferRow:
    key: str
    title: str
    note: str
    certainty: int
    button: str
    url: str = ""  # where a sum of a payment company is settled


@dataclass(frozen=True, slots=True)
class LineRow:
    """tone: of the theme; offers: [] of a line that is matched, or that nothing fits."""

    line: BankLine
    amount: str
    state: str
    tone: str
    offers: list[OfferRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    proposal: ProposalRow | None = None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """What waits for a second person. parts: what each payment gets, and how it stands now."""

    proposal: MatchProposal
    kind: str
    why: str
    parts: list[tuple[str, str]]
    can_sign: bool
    can_give_back: bool


@dataclass(frozen=True, slots=True)
class Tab:
    url: str
    label: str
    count: int
    is_current: bool
    tone: str = ""


@dataclass(frozen=True, slots=True)
class MatchRow:
    match: BankMatch
    kind: str
    why: str
    shares: list[str]


def money(paisa: int) -> str:
    return shown(paisa, language=get_language() or "en")


def queue_tabs(waits: selectors.QueueCount, show: str, url: str) -> list[Tab]:
    """The parts of the queue, where there is more than one."""
    tabs = [
        Tab(url, _("To look at"), waits.number, show not in {"second", "asked"}),
        Tab(f"{url}?show=second", _("For a second person"), waits.second, show == "second", "you"),
        Tab(f"{url}?show=asked", _("Asked of the bank"), waits.asked, show == "asked", "us"),
    ]
    return tabs if waits.second or waits.asked or show else []


def queue_rows(lines: Sequence[BankLine], user: User) -> list[LineRow]:
    """With what is offered now, or what one person proposed."""
    offered: dict[int, list[matching.Offer]] = {line.pk: [] for line in lines}
    offered |= matches.offers_for([line for line in lines if line.state == OPEN])
    index = selectors.index_of_named(lines)
    names = _names(offer for some in offered.values() for offer in some)
    proposed = selectors.proposals_by_line(lines)
    waiting = {row.proposal.line_id: row for row in proposal_rows(list(proposed.values()), user)}
    found = []
    for line in lines:
        offers = [_offer_row(offer, names) for offer in offered[line.pk]]
        notes = [wording.reason_words(each.why, each.said) for each in matching.notes(selectors.seen(line), index)]
        tone = "you" if offers and offers[0].certainty >= SURE_FROM else ("no" if offers else "rest")
        if line.pk in waiting:
            tone = "you"
        elif line.asked_on is not None:
            tone = "us"
        found.append(LineRow(line, money(line.amount), _state(line), tone, offers, notes, waiting.get(line.pk)))
    return found


def line_row(line: BankLine, user: User) -> LineRow:
    if line.state == OPEN or second.waiting_on([line]) is not None:
        return queue_rows([line], user)[0]
    return LineRow(line, money(line.amount), _state(line), TONES[BankLineState(line.state)])


def proposal_rows(rows: Sequence[MatchProposal], user: User) -> list[ProposalRow]:
    refunds = {of for row in rows for what, of, _amount in row.shares if what == "act"}
    acts = {act.pk: act.payment_id for act in PaymentAct.objects.filter(pk__in=refunds)} if refunds else {}
    wanted = {acts.get(of, of) if what == "act" else of for row in rows for what, of, _amount in row.shares}
    payments = Payment.objects.select_related("sme").in_bulk(wanted) if wanted else {}
    return [
        ProposalRow(
            row,
            wording.proposed_words(row),
            wording.match_words(row),
            [_part(payments[acts[of] if what == "act" else of], amount) for what, of, amount in row.shares],
            can_sign=row.settled_at is None and bool(permissions.can_sign_match(user, row)),
            can_give_back=row.settled_at is None and bool(permissions.can_give_match_back(user)),
        )
        for row in rows
    ]


def _part(payment: Payment, paisa: int) -> tuple[str, str]:
    """What a payment gets, and what is still asked of it now."""
    return _share_words(payment, paisa), _("%(state)s, %(left)s still to come") % {
        "state": payment.get_state_display(),
        "left": money(payment.left),
    }


def match_rows(rows: Sequence[BankMatch]) -> list[MatchRow]:
    return [
        MatchRow(
            match,
            str(BANK_MATCH_KIND_LABELS[match.kind]),
            wording.match_words(match),
            [_share_words(share.payment, share.amount) for share in match.shares.all()],
        )
        for match in rows
    ]


def line_state(line: BankLine) -> tuple[str, str]:
    """Its state in words, and the tone of that."""
    return _state(line), TONES[BankLineState(line.state)]


def _state(line: BankLine) -> str:
    return str(BANK_LINE_STATE_LABELS[BankLineState(line.state)])


def _names(offers: Iterable[matching.Offer]) -> dict[tuple[bool, int], Payment]:
    """Payments by (whether it is a refund, number)."""
    offered = list(offers)
    refunds = {share.of for offer in offered if offer.kind is Kind.REFUND for share in offer.shares}
    payments = {share.of for offer in offered if offer.kind is not Kind.REFUND for share in offer.shares}
    found: dict[tuple[bool, int], Payment] = {
        (False, row.pk): row for row in Payment.objects.select_related("sme").filter(pk__in=payments)
    }
    for act in PaymentAct.objects.select_related("payment__sme").filter(pk__in=refunds):
        found[True, act.pk] = act.payment
    return found


def _offer_row(offer: matching.Offer, names: dict[tuple[bool, int], Payment]) -> OfferRow:
    parts = [_share_words(names[offer.kind is Kind.REFUND, share.of], share.amount) for share in offer.shares]
    joined = _("; ").join(parts)
    titles = {
        Kind.PAYMENT: joined,
        Kind.RETURN: _("Taken back by the bank: %(payment)s") % {"payment": joined},
        Kind.REFUND: _("Sent back by us: %(payment)s") % {"payment": joined},
        Kind.CHARGE: _("Charge of the bank"),
        Kind.SETTLEMENT: _("Sum that a payment company pays out"),
    }
    button = {
        Kind.PAYMENT: ngettext("Match", "Share it out", len(parts)),
        Kind.CHARGE: _("Book the charge"),
        Kind.SETTLEMENT: _("Find its report"),
    }.get(offer.kind, _("Match"))
    return OfferRow(
        matches.key_of(offer),
        titles[offer.kind],
        wording.reasons_words(offer.reasons),
        offer.certainty,
        button,
        reverse("payments:bank_reports") if offer.kind is Kind.SETTLEMENT else "",
    )


def _share_words(payment: Payment, paisa: int) -> str:
    return _("%(firm)s, %(reference)s, PKR %(amount)s") % {
        "firm": f"{ISOLATE}{payment.sme.name}{END}",
        "reference": f"{ISOLATE}{payment.reference}{END}",
        "amount": f"{ISOLATE}{figures(paisa)}{END}",
    }


def pair_label(line: BankLine) -> str:
    return _("%(day)s, PKR %(amount)s: %(words)s") % {
        "day": wording.day_words(line.booked_on),
        "amount": f"{ISOLATE}{figures(line.amount)}{END}",
        "words": f"{ISOLATE}{line.text or line.name or line.reference}{END}",
    }
