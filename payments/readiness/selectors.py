"""How ready a firm is to be paid, what waits for an officer, and what services ask for on a day."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from payments.dated import in_force
from payments.models import ReadinessProof, ServiceRule
from payments.states import ReadinessKind, ReadinessState
from smes.evidence import selectors as evidence_selectors
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from smes.vocabulary.evidence import EvidenceLevel
from smes.vocabulary.identifiers import bank_of, mask_iban
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound

from . import permissions
from .kinds import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from smes.evidence.selectors import Line as FactLine
    from smes.models import Sme
    from tdap_portal.accounts.models import User

STANDING = (ReadinessState.WAITING, ReadinessState.ACCEPTED)
PROVEN = (EvidenceLevel.VERIFIED, EvidenceLevel.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """A service by which the firm could be paid. rule: what it asks for; says: whether the firm says that it has it, None for not told
    or not asked; level: of evidence, "" where it says nothing; proof: the newest that it sent, None for none."""

    rule: ServiceRule
    says: bool | None
    level: str
    proof: ReadinessProof | None

    @property
    def is_proven(self) -> bool:
        return bool(self.says) and self.level in PROVEN

    @property
    def tone(self) -> str:
        if self.is_proven:
            return "done"
        if self.proof is not None and self.proof.state == ReadinessState.RETURNED:
            return "no"
        if self.proof is not None and self.proof.state == ReadinessState.WAITING:
            return "us"
        return "you" if self.says else "rest"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a firm can be paid by. account: masked IBAN, "" for none; bank: its bank's name, "" where nobody knows it."""

    lines: tuple[ReadyLine, ...]
    account: str
    bank: str

    @property
    def proven(self) -> tuple[ReadinessKind, ...]:
        return tuple(ReadinessKind(line.rule.kind) for line in self.lines if line.rule.kind and line.is_proven)

    @property
    def missing(self) -> tuple[ReadyLine, ...]:
        return tuple(line for line in self.lines if line.rule.kind and not line.is_proven)

    @property
    def is_ready(self) -> bool:
        """Whether money can reach the firm: its account was looked at."""
        return ReadinessKind.ACCOUNT in self.proven


@dataclass(frozen=True, slots=True)
class AccountToPay:
    """Where money of a firm is sent. iban: in groups of four; bank: "" where nobody knows it; title: as the bank writes it, on the paper that
    TDAP accepted; "" where the firm alone says that the account is its own."""

    iban: str
    bank: str
    title: str


def accounts_to_pay(smes: Iterable[Sme]) -> dict[int, AccountToPay]:
    """By id of the firm, for whoever sends it money; firms without an account are not there. One query."""
    firms = {sme.pk: sme for sme in smes if sme.iban}
    accepted = ReadinessProof.objects.filter(
        sme__in=firms, kind=ReadinessKind.ACCOUNT.value, state=ReadinessState.ACCEPTED.value
    )
    titles = {(row.sme_id, row.iban): row.title for row in accepted.order_by("pk")}
    return {pk: _to_pay(sme.iban, titles.get((pk, sme.iban), "")) for pk, sme in firms.items()}


def _to_pay(iban: str, title: str) -> AccountToPay:
    bank = bank_of(iban)
    return AccountToPay(" ".join(wrap(iban, 4)), bank.name if bank else "", title)


def rules_on(day: date | None = None) -> list[ServiceRule]:
    """What services ask for on a day, those that ended left out."""
    return sorted(in_force(ServiceRule.objects.all(), day or today()), key=lambda row: (row.position, row.code))


def rules_written() -> QuerySet[ServiceRule]:
    """Every row that was ever written, by service, the newest first."""
    return ServiceRule.objects.select_related("written_by").order_by("code", "-since")


def rule_history(code: str) -> list[ServiceRule]:
    """Raises NotFound for a service that there never was."""
    rows = list(rules_written().filter(code=code))
    if not rows:
        raise NotFound
    return rows


def readiness_of(sme: Sme, *, facts: Mapping[str, Any] | None = None) -> Readiness:
    """facts: of profile_selectors.frozen_copy, where it was made already."""
    copy: Mapping[str, Any] = profile_selectors.frozen_copy(sme) if facts is None else facts
    levels: dict[str, str] = {row["fact"]: row["level"] for row in copy["proofs"]}
    proofs = newest_proofs(sme)
    lines = tuple(_line(rule, copy, levels, proofs, has_iban=bool(sme.iban)) for rule in rules_on())
    bank = bank_of(sme.iban) if sme.iban else None
    return Readiness(lines, mask_iban(sme.iban), bank.name if bank else "")


def _line(
    rule: ServiceRule,
    copy: Mapping[str, Any],
    levels: Mapping[str, str],
    proofs: Mapping[str, ReadinessProof],
    *,
    has_iban: bool,
) -> ReadyLine:
    if not rule.kind:
        return ReadyLine(rule, None, "", None)
    keys = FACTS[ReadinessKind(rule.kind)]
    says = copy[keys[-1]]
    if rule.kind == ReadinessKind.ACCOUNT and says:
        says = has_iban
    weakest = min((EvidenceLevel(levels.get(key, EvidenceLevel.SAID)) for key in keys), key=lambda level: level.rank)
    return ReadyLine(rule, says, weakest.value if says else "", proofs.get(rule.kind))


def newest_proofs(sme: Sme) -> dict[str, ReadinessProof]:
    """The newest proof of each kind, whatever was said of it; replaced ones left out."""
    rows = ReadinessProof.objects.filter(sme=sme).exclude(state=ReadinessState.REPLACED).select_related("document")
    return {row.kind: row for row in rows.order_by("pk")}


def standing_proof(sme: Sme, kind: ReadinessKind) -> ReadinessProof | None:
    return ReadinessProof.objects.filter(sme=sme, kind=kind, state__in=STANDING).first()


def proofs_waiting(user: User) -> QuerySet[ReadinessProof]:
    """What a finance officer has to look at, the oldest first; nothing of firms that the person is tied to as their member."""
    if not permissions.can_look(user):
        return ReadinessProof.objects.none()
    rows = ReadinessProof.objects.filter(state=ReadinessState.WAITING).select_related("sme", "document")
    return rows.exclude(sme__in=people_selectors.smes_of(user).order_by().values("pk"))


def proof_for(user: User, public_id: str) -> ReadinessProof:
    """Raises NotFound for whoever does not look at proofs of this firm too."""
    row = ReadinessProof.objects.select_related("sme", "document", "looked_by").filter(public_id=public_id).first()
    if row is None or not permissions.can_judge(user, row.sme):
        raise NotFound
    return row


def proof_by_id(pk: int | str) -> ReadinessProof | None:
    """For handlers."""
    return ReadinessProof.objects.select_related("sme").filter(pk=pk).first()


def facts_of_paper(proof: ReadinessProof) -> list[FactLine]:
    """What the paper of a proof can show and the firm says, with what was found so far: the officer answers each."""
    proof.document.sme = proof.sme
    return evidence_selectors.checklist(proof.document)


def firm_name_and_owner(sme: Sme) -> tuple[str, str]:
    """What an account's title is compared with; the owner only of a sole proprietorship, whose account may bear that name."""
    owner = sme.owners.all().first() if sme.legal_form == "sole_proprietor" else None
    return sme.name, owner.name if owner else ""
