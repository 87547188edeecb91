"""Payments as officials look for them, and the trail of one. Lists keep an index's order, so that a page costs the same at a million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q

from payments import references
from payments.deposits import permissions as deposit_permissions
from payments.deposits import selectors as deposits
from payments.ledger import selectors as ledger
from payments.models import Attempt, Finding, Notice, Payment, PaymentAct, Proof
from payments.references import Reading
from payments.states import FindingKind, NoticeState, PaymentState, ProofState
from smes.people import selectors as people_selectors
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound
from tdap_portal.web.paging import KeysetPage, keyset_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from payments.models import Entry
    from tdap_portal.accounts.models import User

PAGE = 50
COUNT_UP_TO = 100  # of what waits
ORDERS = {
    "newest": ("-id",),
    "due": ("due_at", "id"),
    "amount": ("-amount", "-id"),
}
Kind = PaymentAct.Kind


@dataclass(frozen=True, slots=True)
class Filters:
    """ "" where everything is wanted. q: a reference, or a part of a firm's name."""

    state: str = ""
    purpose: str = ""
    way: str = ""
    q: str = ""
    sort: str = "newest"


def payments_found(filters: Filters) -> QuerySet[Payment]:
    rows = Payment.objects.select_related("sme")
    exact = {"state": filters.state, "purpose": filters.purpose, "way": filters.way}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if not filters.q:
        return rows
    found = references.read(filters.q)
    if found.reading in (Reading.GOOD, Reading.UNCHECKED):
        return rows.filter(reference=found.reference)
    return rows.filter(sme__in=people_selectors.ids_of_firms_named(filters.q))


def payments_page(filters: Filters, cursor: str | None) -> KeysetPage[Payment]:
    rows = payments_found(filters)
    return keyset_page(rows, order=ORDERS.get(filters.sort, ORDERS["newest"]), cursor=cursor, size=PAGE)


def exported(filters: Filters) -> Iterator[Payment]:
    """The same rows, all of them, the newest first, as they come from the database."""
    return payments_found(filters).order_by("-id").iterator(chunk_size=2000)


# ----------------------------------------------------------------------------------------------------- what waits


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of each kind wait, counted up to COUNT_UP_TO; what this person can do among them."""

    findings: int
    acts: int
    proofs: int
    refunds: int
    days: int
    to_sign: list[PaymentAct]


def waiting_of(user: User) -> Waiting:
    """Seven queries."""
    acts = list(deposits.acts_open()[:COUNT_UP_TO])
    people_selectors.know_roles(user, [act.payment.sme for act in acts])
    return Waiting(
        findings=_up_to(deposits.findings_open()),
        acts=len(acts),
        proofs=_up_to(deposits.proofs_open()),
        refunds=_up_to(deposits.refunds_by_hand()),
        days=len(days_to_close()),
        to_sign=[act for act in acts if deposit_permissions.can_sign(user, act)],
    )


def _up_to(rows: QuerySet[Finding] | QuerySet[Proof] | QuerySet[PaymentAct]) -> int:
    return len(rows.values_list("pk")[:COUNT_UP_TO])


def days_to_close() -> list[tuple[object, int]]:
    """Days with entries that are over and not closed."""
    return [(day, number) for day, number in ledger.open_days() if day < today()]


def refused_notices() -> QuerySet[Notice]:
    """Notices that were not believed, and those of which a person has to find out; order them by id."""
    return Notice.objects.filter(state__in=[NoticeState.REFUSED.value, NoticeState.GIVEN_UP.value]).defer("body")


# ----------------------------------------------------------------------------------------------------- one payment


@dataclass(frozen=True, slots=True)
class Trail:
    """All that happened to a payment. late: paisa of credit that came for it."""

    attempts: list[Attempt]
    proofs: list[Proof]
    entries: list[Entry]
    acts: list[PaymentAct]
    findings: list[Finding]
    late: int


def payment_for_desk(public_id: str) -> Payment:
    """Raises NotFound."""
    row = Payment.objects.select_related("sme").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def payment_named(reference: str) -> Payment | None:
    """By a reference as people write it; None for one that is not ours."""
    found = references.read(reference)
    if found.reading not in (Reading.GOOD, Reading.UNCHECKED):
        return None
    return Payment.objects.select_related("sme").filter(reference=found.reference).first()


def trail_of(row: Payment) -> Trail:
    notices = Notice.objects.defer("body").order_by("pk")
    attempts = deposits.attempts_of(row).select_related("begun_by").prefetch_related(Prefetch("notices", notices))
    people = ("proposed_by", "signed_by", "returned_by", "told_by", "done_by", "notice")
    acts = list(PaymentAct.objects.filter(payment=row).select_related(*people).defer("notice__body").order_by("-pk"))
    for act in acts:
        act.payment = row
    return Trail(
        attempts=list(attempts),
        proofs=list(deposits.proofs_of(row)),
        entries=list(ledger.entries_about(row.reference or "").select_related("actor").prefetch_related("receipts")),
        acts=acts,
        findings=list(Finding.objects.filter(payment=row).select_related("settled_by").order_by("-pk")),
        late=deposits.late_money_of(row),
    )


def act_for_desk(public_id: str) -> PaymentAct:
    """Raises NotFound."""
    row = PaymentAct.objects.select_related("payment__sme", "proposed_by").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def finding_for_desk(public_id: str) -> Finding:
    """Raises NotFound."""
    row = Finding.objects.select_related("payment__sme").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def proof_for_desk(public_id: str) -> Proof:
    """Raises NotFound."""
    row = Proof.objects.select_related("payment__sme", "first_by").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def twins_of(proofs: Sequence[Proof]) -> dict[int, list[Proof]]:
    """By a slip's id the slips of other payments that are the same file, or name the same transfer. One transfer may be for two payments, and
    one slip may be shown twice: who looks should know. Those that were not accepted are left out."""
    same_file = Q(sha256__in={one.sha256 for one in proofs})
    same_transfer = Q(bank_reference__in={one.bank_reference for one in proofs if one.bank_reference})
    others = Proof.objects.filter(same_file | same_transfer).exclude(state=ProofState.REFUSED)
    found = list(others.select_related("payment").order_by("pk"))
    return {one.pk: [other for other in found if _is_twin(one, other)] for one in proofs}


def _is_twin(one: Proof, other: Proof) -> bool:
    is_same = one.sha256 == other.sha256 or (one.bank_reference and one.bank_reference == other.bank_reference)
    return one.payment_id != other.payment_id and bool(is_same)


def kinds_for(row: Payment, late: int) -> list[str]:
    """What may be proposed of a payment as it stands. Where only slips show its money, nothing goes back."""
    found = []
    is_shown = row.held + late > deposits.in_transit_of(row)
    if row.held > 0 and row.state == PaymentState.PAID:
        if is_shown:
            found.append(Kind.REFUND.value)
        if row.purpose == "deposit":
            found.append(Kind.FORFEIT.value)
    if late > 0:
        if is_shown:
            found.append(Kind.PAY_CREDIT.value)
        if row.state == PaymentState.EXPIRED and late >= row.left:
            found.append(Kind.APPLY_LATE.value)
    return found + _kinds_to_make_whole(row)


def _kinds_to_make_whole(row: Payment) -> list[str]:
    """What may be proposed of a payment that is still asked for."""
    if row.state not in deposits.PAYABLE_NOW:
        return []
    credit = deposits.credit_in_time(row)
    found = [Kind.USE_CREDIT.value] if credit else []
    if 0 < row.left - credit <= deposits.rule_on().short_up_to:
        found.append(Kind.TAKE_SHORT.value)
    return found


def amount_for(row: Payment, kind: str, late: int) -> int:
    """Paisa that an act of a kind moves as a rule."""
    credit = deposits.credit_in_time(row)
    amounts = {
        Kind.APPLY_LATE: row.left,
        Kind.PAY_CREDIT: late,
        Kind.USE_CREDIT: min(credit, row.left),
        Kind.TAKE_SHORT: row.left - credit,
    }
    return amounts.get(Kind(kind), row.held)


SUGGESTED = {
    FindingKind.LEFT_BACK: Kind.REFUND,
    FindingKind.EARNED: Kind.REFUND,
    FindingKind.LEFT_KEEP: Kind.FORFEIT,
    FindingKind.DOUBLE: Kind.PAY_CREDIT,
    FindingKind.LATE: Kind.PAY_CREDIT,
    FindingKind.SEEN_TOO_LATE: Kind.APPLY_LATE,
    FindingKind.ENDED: Kind.PAY_CREDIT,
    FindingKind.DIFFERS: Kind.USE_CREDIT,
    FindingKind.SHORT: Kind.TAKE_SHORT,
}
"""What a finding asks for as a rule; the officer may propose something else."""
