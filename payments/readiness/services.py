"""A firm shows how it is paid, an officer looks; each is one transaction: allowed? lock, move, save, record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.iban import Verdict, compare_title
from payments.models import ReadinessProof, ServiceRule
from payments.states import PROOF, Happened, ReadinessKind, ReadinessState
from smes.evidence import services as evidence_services
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.people import services as people_services
from smes.profile import services as profile_services
from smes.states import COUNTING_PAPERS
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError

from . import permissions, selectors
from .kinds import FACTS, PAPERS, WITH_IBAN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from smes.models import Document, Sme
    from smes.papers.checks import CheckedPaper
    from tdap_portal.accounts.models import User


def send_proof(
    *,
    actor: User,
    sme: Sme,
    kind: ReadinessKind,
    iban: str = "",
    title: str = "",
    paper: CheckedPaper | None = None,
    document: str = "",
) -> ReadinessProof:
    """Show one way to be paid, with a new paper or (document: its public id) one that the firm has sent. The profile says so from now on.

    iban: parsed; needed with its title for an account. The same twice is one proof. An account whose title is somebody else's is
    kept and stands in the queue with that sentence. Raises NotAllowed, DomainError "no_iban", "no_paper" or what upload_document raises.
    """
    permissions.can_send(actor, sme).require()
    if kind in WITH_IBAN and not (iban and title.strip()):
        raise DomainError(_("Write the IBAN and the title of the account, as the bank prints them."), code="no_iban")
    with papers_services.all_or_nothing():
        row = people_services.locked_firm(sme.pk)
        permissions.can_send(actor, row).require()
        shown = _paper(actor, row, kind, paper, document)
        check = compare_title(title, row.name, owner=selectors.firm_name_and_owner(row)[1]) if title.strip() else None
        standing = selectors.standing_proof(row, kind)
        if standing is not None:
            if _is_same(standing, shown, iban, title):
                return standing
            standing.state = ReadinessState.REPLACED.value
            standing.save(update_fields=["state", "updated_at"])
        profile_services.save_step(actor=actor, sme=row, step="payments", values=_said(kind, iban))
        made = ReadinessProof.objects.create(
            sme=row,
            kind=kind.value,
            iban=iban if kind in WITH_IBAN else "",
            title=title.strip() if kind in WITH_IBAN else "",
            document=shown,
            verdict=check.verdict.value if check else "",
            likeness=check.likeness if check else None,
            reasons=[[reason.text, reason.words] for reason in check.reasons] if check else [],
            sent_by=actor,
        )
        record(
            Happened.READINESS_SENT.value,
            subject=made,
            actor=actor,
            sme_id=row.pk,
            kind=kind.value,
            verdict=made.verdict,
        )
        return made


@transaction.atomic
def accept_proof(
    *,
    actor: User,
    proof: ReadinessProof,
    answers: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
    expires_on: date | None = None,
    words: str = "",
) -> ReadinessProof:
    """The paper shows it: its facts are verified from now on, and the score reads them so. Twice by the same person is once.

    answers: what was found of each other fact that this paper can show, by its key; seen: see smes.evidence. words: why an account
    with somebody else's title is the firm's all the same. Raises NotAllowed, WrongState, DomainError "changed" where the firm wrote
    another IBAN since, "no_words", and what smes.evidence.services.keep_paper raises.
    """
    row = _locked(proof)
    permissions.can_judge(actor, row.sme).require()
    if row.state == ReadinessState.ACCEPTED and row.looked_by_id == actor.pk:
        return row
    move = PROOF.move("accept", row.state)
    if row.iban and row.iban != row.sme.iban:
        raise DomainError(_("The firm has written another IBAN since. It is asked to show that one."), code="changed")
    if row.verdict == Verdict.OTHER and not words.strip():
        raise DomainError(
            _("The title names somebody else: write why the account is the firm’s all the same."), code="no_words"
        )
    own = dict.fromkeys(FACTS[ReadinessKind(row.kind)], ("same", ""))
    told = {line.fact for line in selectors.facts_of_paper(row)}
    given = {fact: (answer, "") for fact, answer in answers.items()} | own
    evidence_services.keep_paper(
        actor=actor,
        document=row.document,
        answers={fact: answer for fact, answer in given.items() if fact in told},
        seen=seen,
        expires_on=expires_on,
    )
    _looked(row, actor, move.target.value, words)
    record(move.event.value, subject=row, actor=actor, sme_id=row.sme_id, kind=row.kind)
    return row


@transaction.atomic
def return_proof(*, actor: User, proof: ReadinessProof, words: str) -> ReadinessProof:
    """It does not show it, and neither verifies nor backs it any longer. words: the firm reads them. Raises NotAllowed, WrongState, DomainError
    "no_words"."""
    row = _locked(proof)
    permissions.can_judge(actor, row.sme).require()
    if not words.strip():
        raise DomainError(_("Write what is wrong and what would do: the firm reads it."), code="no_words")
    if (row.state, row.words) == (ReadinessState.RETURNED, words.strip()):
        return row
    move = PROOF.move("return", row.state)
    if row.document.state in COUNTING_PAPERS:
        told = {line.fact for line in selectors.facts_of_paper(row)} & set(FACTS[ReadinessKind(row.kind)])
        found = {fact: (_found_instead(row, fact), "") for fact in told}
        evidence_services.compare_facts(actor=actor, document=row.document, answers=found)
    _looked(row, actor, move.target.value, words)
    record(move.event.value, subject=row, actor=actor, sme_id=row.sme_id, kind=row.kind)
    return row


@transaction.atomic
def write_rule(*, actor: User, code: str, since: date, values: Mapping[str, Any]) -> ServiceRule:
    """What a service asks for from a day on; the row before ends there and stays. A row of that day is written anew as long as the day lies
    ahead. Raises NotAllowed, DomainError "in_the_past" for a day on which another row held already."""
    permissions.can_write_rules(actor).require()
    rows = list(ServiceRule.objects.select_for_update().filter(code=code).order_by("since"))
    if rows and since <= min(timezone.localdate(), rows[-1].since) and since != rows[-1].since:
        raise DomainError(
            _("Rows that held already stay as they are: choose a day after the newest one."), code="in_the_past"
        )
    row = next((row for row in rows if row.since == since), None)
    if row is not None and since <= timezone.localdate() and any(getattr(row, k) != v for k, v in values.items()):
        raise DomainError(_("This row holds already. Write a new one from tomorrow on."), code="in_the_past")
    if row is None:
        position = rows[-1].position if rows else 100
        row = ServiceRule(code=code, since=since, position=position)
    for column, value in values.items():
        setattr(row, column, value)
    row.written_by = actor
    row.save()
    record(Happened.SERVICE_RULE_WRITTEN.value, subject=row, actor=actor, code=code, since=since, is_ended=row.is_ended)
    return row


# ---------------------------------------------------------------------------------------------------------------- details


def _paper(actor: User, sme: Sme, kind: ReadinessKind, paper: CheckedPaper | None, document: str) -> Document:
    if paper is not None:
        return papers_services.upload_document(actor=actor, sme=sme, kind=PAPERS[kind], paper=paper)
    rows = papers_selectors.documents_of(sme).filter(kind=PAPERS[kind], state__in=COUNTING_PAPERS)
    found = rows.filter(public_id=document).first() if document else None
    if found is None:
        raise DomainError(_("Choose the paper that shows it, or a paper that you have sent."), code="no_paper")
    return found


def _said(kind: ReadinessKind, iban: str) -> dict[str, object]:
    """What the profile says from now on: the firm claims it, and the officer looks."""
    return {FACTS[kind][-1]: True} | ({"iban": iban} if kind in WITH_IBAN else {})


def _found_instead(row: ReadinessProof, fact: str) -> str:
    """Of a proof that comes back: an account in another name is another fact, all else is not shown."""
    is_other = row.verdict == Verdict.OTHER and fact == FACTS[ReadinessKind(row.kind)][-1]
    return "differs" if is_other else "unreadable"


def _is_same(row: ReadinessProof, document: Document, iban: str, title: str) -> bool:
    return (row.document_id, row.iban, row.title) == (document.pk, iban, title.strip())


def _locked(proof: ReadinessProof) -> ReadinessProof:
    """Under the lock of its firm, which comes first in every act on its papers."""
    sme = people_services.locked_firm(proof.sme_id)
    row = ReadinessProof.objects.select_for_update(of=("self",)).select_related("document").get(pk=proof.pk)
    row.sme = sme
    return row


def _looked(row: ReadinessProof, actor: User, state: str, words: str) -> None:
    row.state, row.words = state, words.strip()
    row.looked_by, row.looked_at = actor, timezone.now()
    row.save(update_fields=["state", "words", "looked_by", "looked_at", "updated_at"])
