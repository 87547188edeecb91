"""Acts on papers. Each is one transaction: allowed? lock, move, save, record."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from celery import current_app
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from smes.models import Certification, Document, PictureBand, Sme
from smes.people import services as people_services
from smes.states import PAPER, Happened, PaperState
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from tdap_portal.notifications.reminders import reminder_due

from . import permissions, selectors, vault
from .checks import MAX_PAPERS_OF_A_FIRM
from .drawing import draw_pages
from .likeness import bands_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from tdap_portal.accounts.models import User

    from .checks import CheckedPaper


RING_AGAIN_AFTER_SECONDS = 30
"""A worker that was rung for a paper and lost it is rung again after so long."""

# Papers ----------------------------------------------------------------------------------------------------------


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """One transaction for papers and what is said with them: a refusal of the one keeps neither rows nor files."""
    with vault.kept_together(), transaction.atomic():
        yield


def upload_document(
    *,
    actor: User,
    sme: Sme,
    kind: str,
    paper: CheckedPaper,
    expires_on: date | None = None,
    certificate: str = "",
    note: str = "",
    replaces: Document | None = None,
) -> Document:
    """Keep a paper that smes.papers.checks.check_paper has looked at.

    The same file for the same kind is kept once. replaces: an older paper of this firm that this one takes the place
    of. Raises NotAllowed, WrongState where the older one was replaced before, DomainError "too_many_papers" or
    "no_room", KeyError for an unknown kind.
    """
    permissions.can_send_papers(actor, sme).require()
    kind = KINDS[kind].code
    same = selectors.documents_of(sme).filter(kind=kind, certificate=certificate, sha256=paper.sha256)
    sent = selectors.papers_sent(sme)
    if (kind, certificate, paper.sha256) in sent and (found := same.first()) is not None:
        return found
    if len(sent) >= MAX_PAPERS_OF_A_FIRM:
        raise DomainError(
            _("The firm has sent %(number)d papers, and more are not kept. Tell TDAP if one is still missing.")
            % {"number": MAX_PAPERS_OF_A_FIRM},
            code="too_many_papers",
        )
    stored_as = vault.store(paper.content, paper.extension)
    try:
        with transaction.atomic():
            permissions.can_send_papers(actor, people_services.locked_firm(sme.pk)).require()  # the check took its time
            older = _replaced(replaces, sme, actor) if replaces is not None else None
            document = Document.objects.create(
                sme=sme,
                kind=kind,
                certificate=certificate,
                note=note,
                name=paper.name,
                content_type=paper.content_type,
                size=paper.size,
                pages=paper.pages,
                sha256=paper.sha256,
                picture_hash=paper.picture_hash,
                stored_as=stored_as,
                expires_on=expires_on,
                uploaded_by=actor,
                replaces=older,
            )
            PictureBand.objects.bulk_create(
                PictureBand(document=document, key=key) for key in bands_of(kind, paper.picture_hash)
            )
            record(Happened.PAPER_UPLOADED, subject=document, actor=actor, sme_id=sme.pk, kind=kind)
            return document
    except IntegrityError:
        # A concurrent request won: its paper stands and our copy of the file goes.
        vault.forget(stored_as)
        if (found := same.first()) is None:
            raise
        return found
    except BaseException:
        vault.forget(stored_as)
        raise


@transaction.atomic
def verify_document(*, actor: User, document: Document, expires_on: date | None = None) -> Document:
    """The paper is what it says. expires_on: the day an officer read off it, where it differs from the firm's.

    Verifies the certificate it proves; a bank's certificate verifies the account. Raises NotAllowed, WrongState.
    """
    permissions.can_judge_paper(actor, document).require()
    return verify_locked(actor=actor, row=_locked(document), expires_on=expires_on)


def verify_locked(*, actor: User, row: Document, expires_on: date | None = None) -> Document:
    """The same for whoever holds the lock and has asked whether this person may judge the paper. Raises WrongState."""
    move = PAPER.move("verify", row.state)
    row.state, row.reason, row.reason_code = move.target.value, "", ""
    row.judged_by, row.judged_at = actor, timezone.now()
    if expires_on is not None and expires_on != row.expires_on:
        row.expires_on, row.reminded_days = expires_on, None
    columns = ["state", "reason", "reason_code", "judged_by", "judged_at", "expires_on", "reminded_days", "updated_at"]
    row.save(update_fields=columns)
    if row.certificate:
        Certification.objects.update_or_create(
            sme=row.sme, kind=row.certificate, defaults={"verified": True, "expires_on": row.expires_on}
        )
    if row.kind == "bank_certificate":
        Sme.objects.filter(pk=row.sme_id).exclude(iban="").update(bank_account_verified=True)
    record(move.event, subject=row, actor=actor, sme_id=row.sme_id, kind=row.kind)
    return row


@transaction.atomic
def refuse_document(*, actor: User, document: Document, reason: str, code: str = "") -> Document:
    """The paper does not do. reason: in words the firm reads; code: of smes.papers.reasons, "" where it is none of them. What
    it had verified is verified no more.

    Raises NotAllowed, WrongState, DomainError "no_reason".
    """
    permissions.can_judge_paper(actor, document).require()
    if not reason.strip():
        raise DomainError(_("Say what is wrong with the paper and what would do."), code="no_reason")
    row = _locked(document)
    move = PAPER.move("refuse", row.state)
    was_verified = row.state == PaperState.VERIFIED
    row.state, row.reason, row.reason_code = move.target.value, reason.strip(), code
    row.judged_by, row.judged_at = actor, timezone.now()
    row.save(update_fields=["state", "reason", "reason_code", "judged_by", "judged_at", "updated_at"])
    if was_verified:
        _take_back(row)
    record(move.event, subject=row, actor=actor, sme_id=row.sme_id, kind=row.kind, code=code)
    return row


@transaction.atomic
def reopen_document(*, actor: User, document: Document) -> Document:
    """Take back what was said of a paper: nobody has looked at it. What it had verified is verified no more.

    Raises NotAllowed, WrongState where nothing was said, or where a newer paper took its place.
    """
    permissions.can_judge_paper(actor, document).require()
    row = _locked(document)
    move = PAPER.move("reopen", row.state)
    was = PaperState(row.state)
    row.state, row.reason, row.reason_code = move.target.value, "", ""
    row.judged_by, row.judged_at = None, None
    row.save(update_fields=["state", "reason", "reason_code", "judged_by", "judged_at", "updated_at"])
    if was == PaperState.VERIFIED:
        _take_back(row)
    record(move.event, subject=row, actor=actor, sme_id=row.sme_id, kind=row.kind, was=was.value)
    return row


@transaction.atomic
def verify_again(*, actor: User, document: Document, expires_on: date | None) -> Document:
    """Of a verified paper some facts were compared anew, or its last day is another one. Raises NotAllowed, WrongState."""
    permissions.can_judge_paper(actor, document).require()
    row = _locked(document)
    if row.state == PaperState.VERIFIED:
        row.state = PaperState.UPLOADED.value
        row.save(update_fields=["state"])
    return verify_document(actor=actor, document=row, expires_on=expires_on)


def ask_to_draw(documents: Iterable[Document]) -> None:
    """Let the worker draw the pages of those PDFs that were not drawn yet; asked again and again, it is rung once a while.

    A ring that is lost (broker down) costs a while: the next look at the page rings again.
    """
    for document in documents:
        waits = document.drawn_as is None and not document.is_picture
        if waits and cache.add(f"papers.drawing.{document.pk}", True, timeout=RING_AGAIN_AFTER_SECONDS):
            with suppress(OperationalError):
                current_app.signature("smes.draw_paper", args=[document.pk]).apply_async(retry=False)


def draw_paper(document: Document) -> bool:
    """Draw the pages of a PDF and keep the pictures in the vault, once; whether this call did. A PDF that cannot be drawn
    has none, and is not tried again."""
    if document.drawn_as is not None or document.is_picture:
        return False
    try:
        with vault.open_paper(document.stored_as) as file:
            content = file.read()
    except FileNotFoundError:
        content = b""
    names: list[str] = []
    with vault.kept_together():
        names = [vault.store(picture, "jpg") for picture in draw_pages(content)]
        is_first = bool(Document.objects.filter(pk=document.pk, drawn_as__isnull=True).update(drawn_as=names))
    if not is_first:  # another worker was quicker
        for name in names:
            vault.forget(name)
    return is_first


def keep_file(content: bytes, extension: str) -> str:
    """Keep a file that is no firm's paper, such as material of the training, beside the papers; gives its name there.

    Inside all_or_nothing it is kept together with its row. Raises DomainError "no_room".
    """
    return vault.store(content, extension)


def _locked(document: Document) -> Document:
    """The firm's row comes first, as in every act on it."""
    people_services.locked_firm(document.sme_id)
    return Document.objects.select_for_update().get(pk=document.pk)


def _replaced(older: Document, sme: Sme, actor: User) -> Document:
    row = Document.objects.select_for_update().get(pk=older.pk, sme=sme)
    move = PAPER.move("replace", row.state)
    was_verified = row.state == PaperState.VERIFIED
    row.state = move.target.value
    row.save(update_fields=["state", "updated_at"])
    if was_verified:
        _take_back(row)
    record(move.event, subject=row, actor=actor, sme_id=sme.pk, kind=row.kind)
    return row


def _take_back(document: Document) -> None:
    """What only this paper had proved is no longer verified."""
    others = Document.objects.filter(
        sme=document.sme, kind=document.kind, certificate=document.certificate, state=PaperState.VERIFIED.value
    )
    if others.exists():
        return
    if document.certificate:
        Certification.objects.filter(sme=document.sme, kind=document.certificate).update(verified=False)
    if document.kind == "bank_certificate":
        Sme.objects.filter(pk=document.sme_id).update(bank_account_verified=False)


@transaction.atomic
def remind_of_expiry(*, document: Document, on: date) -> bool:
    """Note that a paper ends soon, once for each rule on reminders; the handler tells the firm. Whether it was noted.

    A morning without a worker loses nothing: the next one takes up what is due.
    """
    row = _locked(document)
    days = (row.expires_on - on).days if row.expires_on else None
    due = reminder_due(Happened.PAPER_EXPIRING, days, row.reminded_days, on=on)
    if due is None:
        return False
    row.reminded_days = due
    row.save(update_fields=["reminded_days"])
    record(Happened.PAPER_EXPIRING, subject=row, actor=None, sme_id=row.sme_id, days=days, rule=due, kind=row.kind)
    return True
