"""A firm's papers: what came, what is missing, what runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from smes.fields import DayField, needed_sometimes
from smes.models import Document, PictureBand, Sme
from smes.people.selectors import smes_visible_to
from smes.states import COUNTING_PAPERS, Happened, NeededPapers, PaperState
from smes.vocabulary.paper_kinds import Claims, kinds_needed
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound
from tdap_portal.core.selectors import HealthLine
from tdap_portal.notifications.reminders import days_of

from . import permissions, vault
from .likeness import MAX_DISTANCE, bands_of, distance
from .virus import Verdict, scanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.contrib.auth.models import AnonymousUser
    from django.core.files import File
    from django.db.models import QuerySet
    from django.forms import Field
    from django_stubs_ext import StrOrPromise

    from tdap_portal.accounts.models import User
    from tdap_portal.audit.models import Event

EXPIRY_SHOWN_FROM = timedelta(days=60)
VERDICTS = (Happened.PAPER_VERIFIED, Happened.PAPER_REFUSED)


def last_day_field(label: StrOrPromise) -> Field:
    """The field in which the last day of a paper is written, the same wherever a paper is sent; see checks.check_last_day."""
    return needed_sometimes(DayField(label=label, required=False))


# Papers ----------------------------------------------------------------------------------------------------------


def documents_of(sme: Sme) -> QuerySet[Document]:
    """The firm's papers that count, newest first; replaced ones are left out."""
    return Document.objects.filter(sme=sme).exclude(state=PaperState.REPLACED.value)


def documents_to_look_at() -> QuerySet[Document]:
    """Papers of all firms that no officer has verified or refused yet; for counts beside rows that know their firm."""
    return Document.objects.filter(state=PaperState.UPLOADED)


def documents_there_at(sme_id: int, moment: datetime) -> QuerySet[Document]:
    """What the firm had sent by then, the newest first, replaced and refused papers too."""
    return Document.objects.filter(sme_id=sme_id, created_at__lte=moment).order_by("-pk")


def papers_sent(sme: Sme) -> list[tuple[str, str, str]]:
    """Kind, certificate and SHA-256 of every paper the firm ever sent, replaced ones too."""
    return list(Document.objects.filter(sme=sme).order_by().values_list("kind", "certificate", "sha256"))


def document_for(user: User | AnonymousUser, public_id: str) -> Document:
    """One paper of a firm this person may look at. Raises NotFound. Whether it may be opened, permissions say."""
    document = (
        Document.objects.filter(public_id=public_id, sme__in=smes_visible_to(user).order_by().values("pk"))
        .select_related("sme")
        .first()
    )
    if document is None:
        raise NotFound
    return document


def picture_of(document: Document, number: int) -> str:
    """Where the picture of a page lies in the vault. number: 1 for the first. Raises NotFound where it was not drawn."""
    names: list[str] = document.drawn_as or []
    if not 1 <= number <= len(names):
        raise NotFound
    return names[number - 1]


def open_file(stored_as: str) -> File[bytes]:
    """What services.keep_file kept, for reading. Raises FileNotFoundError where it is gone."""
    return vault.open_paper(stored_as)


def document_by_id(pk: int | str) -> Document | None:
    """For handlers, which act for the portal itself."""
    return Document.objects.filter(pk=pk).select_related("sme").first()


def states_of_papers(sme_id: int) -> dict[str, PaperState]:
    """The state of each paper that the firm ever sent, by public id."""
    rows = Document.objects.filter(sme_id=sme_id).order_by().values_list("public_id", "state")
    return {public_id: PaperState(state) for public_id, state in rows}


def missing_papers(sme: Sme) -> list[str]:
    """Kinds of papers this firm must have and has not sent, or has only refused or expired ones of."""
    good = {
        row.kind
        for row in sme.documents.all()
        if row.state in {PaperState.UPLOADED, PaperState.VERIFIED}
        and (row.expires_on is None or row.expires_on >= today())
    }
    return [kind for kind in needed_papers(sme) if kind not in good]


def needed_papers(sme: Sme) -> tuple[str, ...]:
    """Kinds of papers that this firm must have verified, as it stands today."""
    prefetch_related_objects([sme], "owners")  # read once, however often this is asked
    claims = Claims(
        sme.legal_form,
        has_ntn=bool(sme.ntn),
        has_cnic=any(owner.cnic for owner in sme.owners.all()),
        founded_on=sme.founded_on,
        export_route=sme.export_route,
    )
    return kinds_needed(claims, today())


def unverified_papers(sme: Sme) -> tuple[str, ...]:
    """Of the papers that the firm must have, the kinds of which no verified one is in force today."""
    return tuple(
        standing.kind for standing in papers_standing(sme) if standing.is_needed and standing.state != "verified"
    )


def refused_documents(sme: Sme) -> list[Document]:
    """Papers that an officer sent back and that nothing took the place of, the newest first."""
    return [row for row in sme.documents.all() if row.state == PaperState.REFUSED]


def expiring_documents(sme: Sme) -> list[Document]:
    """Papers with a date that ended or ends within 60 days, the nearest first; refused and replaced ones are left out."""
    last = today() + EXPIRY_SHOWN_FROM
    dated = [
        (row.expires_on, row.pk, row)
        for row in sme.documents.all()
        if row.expires_on and row.expires_on <= last and row.state in {PaperState.UPLOADED, PaperState.VERIFIED}
    ]
    return [row for _day, _pk, row in sorted(dated, key=lambda each: each[:2])]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the firm has of a kind of paper. document: the best it has, None where none came. state: missing, sent,
    verified, refused or expired. days_left: until its last day where that is near and it still counts, else None."""

    kind: str
    document: Document | None
    is_needed: bool

    @property
    def state(self) -> str:
        if self.document is None:
            return "missing"
        if self.document.state == PaperState.REFUSED:
            return "refused"
        if self.document.expires_on and self.document.expires_on < today():
            return "expired"
        # One that was kept without the last day that it needs waits for the officer who reads it off the paper.
        return (
            "verified" if self.document.state == PaperState.VERIFIED and self.document.is_in_force(today()) else "sent"
        )

    @property
    def days_left(self) -> int | None:
        day = self.document.expires_on if self.document else None
        if day is None or self.state not in ("sent", "verified") or day > today() + EXPIRY_SHOWN_FROM:
            return None
        return (day - today()).days


STANDINGS = ("verified", "sent", "refused", "expired", "missing")  # the best first


def papers_standing(sme: Sme) -> list[Standing]:
    """Each kind of paper that this firm must have, then the others of its papers that came back or run out."""
    needed = needed_papers(sme)
    there = [row for row in sme.documents.all() if row.state != PaperState.REPLACED]
    found = [_best_of(kind, there) for kind in needed]
    others = [Standing(row.kind, row, is_needed=False) for row in there if row.kind not in needed]
    return found + [one for one in others if one.state in ("refused", "expired") or one.days_left is not None]


def _best_of(kind: str, there: Iterable[Document]) -> Standing:
    choices = [Standing(kind, row, is_needed=True) for row in there if row.kind == kind]
    return min(choices, key=lambda one: STANDINGS.index(one.state), default=Standing(kind, None, is_needed=True))


def claims_of(facts: Mapping[str, Any]) -> Claims:
    """What a frozen copy says of the papers that its firm must send."""
    return Claims(
        facts.get("legal_form") or "",
        has_ntn=bool(facts.get("tax_registered")),
        has_cnic=bool(facts.get("owner_cnic_held")),
        founded_on=date.fromisoformat(facts["founded_on"]) if facts.get("founded_on") else None,
        export_route=facts.get("export_route") or "",
    )


def progress_of_papers(sme_id: int, facts: Mapping[str, Any]) -> NeededPapers:
    """How far the papers have come that the firm must send by its frozen copy, on the day it was frozen; MISSING without one."""
    there = list(Document.objects.filter(sme=sme_id).exclude(state=PaperState.REPLACED))
    day = date.fromisoformat(facts["frozen_on"]) if facts.get("frozen_on") else today()
    states = {_best_of(kind, there).state for kind in kinds_needed(claims_of(facts), day)}
    if not states or not states <= {"sent", "verified"}:
        return NeededPapers.MISSING
    return NeededPapers.SENT if "sent" in states else NeededPapers.VERIFIED


def papers_past_their_day() -> QuerySet[Document]:
    """Papers of all firms that counted until their last day passed."""
    return Document.objects.filter(
        state__in=[PaperState.UPLOADED.value, PaperState.VERIFIED.value], expires_on__lt=today()
    )


MAX_ALIKE = 5
MAX_COMPARED = 500


def has_newer_paper(sme_id: int, document_id: int) -> bool:
    """Whether the firm sent another paper after this one."""
    return Document.objects.filter(sme_id=sme_id, pk__gt=document_id).exists()


def has_sent_since(sme_id: int, moment: datetime) -> bool:
    """Whether the firm sent a paper after this moment; it has an event of its own."""
    return Document.objects.filter(sme_id=sme_id, created_at__gt=moment).exists()


def has_later_verdict(event: Event) -> bool:
    """Whether an officer judged another paper of the firm after this verdict on one; that has an event of its own."""
    judged = Document.objects.filter(sme_id=event.data["sme_id"], judged_at__gt=event.at)
    return event.name in VERDICTS and judged.exclude(pk=event.subject_id).exists()


def perhaps_elsewhere(papers: Sequence[Document]) -> list[Document]:
    """Those papers of one firm whose content, or a part of whose picture, another firm's paper shares; in two statements."""
    if not papers:
        return []
    others = Document.objects.exclude(sme=papers[0].sme_id)
    same = set(others.filter(sha256__in=[row.sha256 for row in papers]).values_list("sha256", flat=True))
    keys_by_paper = {row.pk: set(bands_of(row.kind, row.picture_hash)) for row in papers}
    keys = set().union(*keys_by_paper.values())
    bands = PictureBand.objects.filter(key__in=keys).exclude(document__sme=papers[0].sme_id) if keys else None
    shared = set(bands.values_list("key", flat=True).distinct()) if bands is not None else set()
    return [row for row in papers if row.sha256 in same or keys_by_paper[row.pk] & shared]


def same_bytes_elsewhere(document: Document) -> list[Document]:
    """Papers in force of other firms with the same content, of whatever kind, the oldest first; MAX_ALIKE at most."""
    rows = Document.objects.filter(sha256=document.sha256, state__in=COUNTING_PAPERS).exclude(sme=document.sme_id)
    return list(rows.select_related("sme").order_by("pk")[:MAX_ALIKE])


def pictures_alike(document: Document) -> list[Document]:
    """Pictures in force of other firms for the same kind of paper that look almost the same, without those that are the same;
    the oldest first, MAX_ALIKE at most, of the MAX_COMPARED newest that share a band with this one."""
    keys = bands_of(document.kind, document.picture_hash)
    if not keys:
        return []
    shared = (
        PictureBand.objects.filter(key__in=keys).order_by("-document").values_list("document", flat=True).distinct()
    )
    rows = Document.objects.filter(pk__in=list(shared[:MAX_COMPARED]), state__in=COUNTING_PAPERS).exclude(
        sme=document.sme_id
    )
    alike = (
        row
        for row in rows.exclude(sha256=document.sha256).select_related("sme").order_by("pk")
        if distance(row.picture_hash, document.picture_hash) <= MAX_DISTANCE
    )
    return list(islice(alike, MAX_ALIKE))


def sends_papers(user: User, sme: Sme) -> bool:
    """Whether this person of the firm sends its papers."""
    return bool(permissions.can_send_papers(user, sme))


def documents_to_remind_of(day: date) -> QuerySet[Document]:
    """Papers of whose end the rules remind by now, and of which the firm may not have heard lately."""
    days = days_of(Happened.PAPER_EXPIRING, on=day)
    return (
        Document.objects.filter(expires_on__gte=day, expires_on__lte=day + timedelta(days=max(days, default=-1)))
        .exclude(state__in=[PaperState.REPLACED.value, PaperState.REFUSED.value])
        .exclude(reminded_days=min(days, default=0))
        .order_by("pk")
    )


def health_lines() -> list[HealthLine]:
    """Whether the virus scanner takes a file of the largest size that a paper may have."""
    verdict = scanner().scan(bytes(settings.PAPER_MAX_BYTES))
    if verdict is Verdict.NOT_SCANNED:
        detail, weight = _("None is set: papers are kept without a look for viruses."), "should"
    elif verdict is Verdict.CLEAN:
        detail, weight = _("Answers."), "must"
    else:
        detail, weight = _("Gives no usable answer: papers are refused for now."), "must"
    return [HealthLine(_("Virus scanner"), ok=verdict is Verdict.CLEAN, detail=detail, weight=weight)]
