"""Acts of comparing. Each is one transaction: allowed? lock, compare, save, record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from smes.models import Comparison, Document
from smes.papers import services as papers_services
from smes.papers.permissions import can_judge_paper
from smes.profile.proofs import COUNTING, digest_of, shows
from smes.states import ComparisonAnswer, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError

from . import selectors

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User


@transaction.atomic
def compare_fact(
    *, actor: User, document: Document, fact: str, answer: str, note: str = "", seen: str | None = None
) -> Comparison:
    """An officer looked at one fact and one paper side by side. An earlier answer of the same paper is taken back by this one.

    fact: the key of its proof. note: what the paper says instead. seen: the digest of the value that was on the page; None where
    there was no page. Raises NotAllowed, DomainError "paper_gone" (refused or replaced meanwhile), "not_shown" (such a paper
    does not show it, or the firm does not say it), "fact_changed" (the firm wrote something else since the page was opened).
    """
    can_judge_paper(actor, document).require()
    row = _locked(document)
    value = selectors.values_of(row.sme).get(fact)
    if value is None or not shows(row, fact):
        raise DomainError(_("This paper does not show that, or the firm no longer says it."), code="not_shown")
    digest = digest_of(fact, value)
    if seen is not None and seen != digest:
        raise DomainError(
            _("The firm has changed this since you opened the page. Look at what it says now."), code="fact_changed"
        )
    before = Comparison.objects.filter(document=row, fact=fact, undone_at=None).first()
    answer = ComparisonAnswer(answer).value
    if before is not None:
        if (before.answer, before.digest, before.note) == (answer, digest, note):
            return before
        _take_back(before, actor)
    made = Comparison.objects.create(
        sme_id=row.sme_id,
        document=row,
        fact=fact,
        answer=answer,
        note=note,
        digest=digest,
        compared_by=actor,
        compared_at=timezone.now(),
    )
    record(Happened.FACT_COMPARED, subject=row, actor=actor, sme_id=row.sme_id, fact=fact, answer=answer)
    return made


@transaction.atomic
def undo_comparison(*, actor: User, comparison: Comparison) -> None:
    """Take an answer back; taking it back twice is once. Raises NotAllowed, DomainError "paper_gone"."""
    can_judge_paper(actor, comparison.document).require()
    document = _locked(comparison.document)
    row = Comparison.objects.get(pk=comparison.pk)
    if row.undone_at is None:
        _take_back(row, actor)
        record(Happened.COMPARISON_UNDONE, subject=document, actor=actor, sme_id=document.sme_id, fact=row.fact)


@transaction.atomic
def keep_paper(*, actor: User, document: Document, expires_on: date | None = None) -> Document:
    """The paper is what it says, and each fact that it shows was compared: what was found the same is verified from now on.

    expires_on: the day an officer read off it, where it differs from the firm's. Raises NotAllowed, WrongState, DomainError
    "not_compared", which names what is left.
    """
    can_judge_paper(actor, document).require()
    left = selectors.not_compared(_locked(document))
    if left:
        raise DomainError(
            _("Compare first what this paper shows: %(number)d facts are left.") % {"number": len(left)},
            code="not_compared",
        )
    return papers_services.verify_document(actor=actor, document=document, expires_on=expires_on)


def _locked(document: Document) -> Document:
    row = Document.objects.select_for_update(of=("self",)).select_related("sme").get(pk=document.pk)
    if row.state not in COUNTING:
        raise DomainError(_("This paper was refused or replaced meanwhile."), code="paper_gone")
    return row


def _take_back(row: Comparison, actor: User) -> None:
    row.undone_by, row.undone_at = actor, timezone.now()
    row.save(update_fields=["undone_by", "undone_at"])
