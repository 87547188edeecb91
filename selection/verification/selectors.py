"""The page on which a firm is verified: its papers, the checklist of one of them, what is left, and on what each fact stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.applications import selectors as applications_selectors
from selection.review import selectors as review_selectors
from smes.evidence import selectors as evidence_selectors
from smes.evidence.wording import name_of
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from smes.states import PaperState
from smes.vocabulary.evidence import EvidenceLevel
from smes.vocabulary.wording import PAPER_STATES, certificate_name, paper_name
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.calendar import today

from .wording import CODES, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from selection.applications.selectors import Version
    from selection.models import Application
    from smes.evidence.selectors import Left, Line
    from smes.models import Comparison, Document, Sme
    from tdap_portal.accounts.models import User

    from .forms import AnswersForm


@dataclass(frozen=True, slots=True)
class Tile:
    """A paper in the list. says, tone: how far it is. waits: it is to be compared, kept or refused."""

    document: Document
    name: str
    says: str
    tone: str
    waits: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the checklist. words: what the firm wrote, a line each. old: what was found in the older version, None where
    nobody compared it there. is_shown: with its answers, and not only the one that was given. answer, note: as typed or given;
    error: what is wrong with the note."""

    number: int
    line: Line
    name: str
    words: list[str]
    is_code: bool
    level: str
    old: Comparison | None
    is_shown: bool
    answer: str
    note: str
    error: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """On what a fact stands. document: None for one that rests on the firm's word. by, on: who compared it, and when.
    says: what the paper says instead, where it does not say what the firm says; "" elsewhere."""

    name: str
    words: list[str]
    level: str
    document: Document | None
    by: str
    on: date | None
    until: date | None
    says: str = ""


@dataclass(frozen=True, slots=True)
class FirmSeen:
    """A firm as it is verified: read once for a page."""

    sme: Sme
    copy: Mapping[str, Any]
    values: Mapping[str, Any]
    documents: Sequence[Document]
    lines: Mapping[int, list[Line]]
    left: Left

    @property
    def levels(self) -> dict[str, str]:
        return {proof["fact"]: proof["level"] for proof in self.copy["proofs"]}


def firm_seen(application: Application) -> FirmSeen:
    sme = people_selectors.sme_by_id(application.sme_id)
    assert sme is not None  # noqa: S101  a file keeps its firm
    sme = profile_selectors.read_facts(sme)
    values = evidence_selectors.values_of(sme)
    documents = [row for row in sme.documents.all() if row.state != PaperState.REPLACED]
    order = [row.public_id for row in review_selectors.papers_of(application)]
    documents.sort(key=lambda row: order.index(row.public_id))
    for row in documents:
        row.sme = sme
    lines = {row.pk: evidence_selectors.checklist(row, values, sme.answers_kept) for row in documents}
    copy = profile_selectors.frozen_copy(sme)
    return FirmSeen(sme, copy, values, documents, lines, evidence_selectors.what_is_left(sme))


def changes_by_the_firm(application: Application) -> list[Version]:
    """The versions in which the firm itself changed something, the newest first, without what others changed in them."""
    versions = [
        replace(version, changes=tuple(change for change in version.changes if change.is_said))
        for version in applications_selectors.versions_of(application)
    ]
    return [version for version in reversed(versions) if version.changes]


def tiles_of(seen: FirmSeen, current: Document | None) -> list[Tile]:
    found = []
    for row in seen.documents:
        says, tone = state_in_words(row, seen.lines[row.pk])
        name = (
            f"{paper_name(row.kind)}: {certificate_name(row.certificate)}" if row.certificate else paper_name(row.kind)
        )
        is_current = current is not None and row.pk == current.pk
        found.append(Tile(row, name, says, tone, tone == "you", is_current))
    return found


def state_in_words(document: Document, lines: Sequence[Line]) -> tuple[str, str]:
    """How far an officer is with a paper, and the tone of it."""
    number, done = len(lines), sum(not line.is_open for line in lines)
    numbers = {"done": done, "number": number}
    if document.state == PaperState.REFUSED:
        return str(PAPER_STATES[PaperState.REFUSED][0]), "no"
    if not document.is_in_force(today()) and (document.expires_on or document.state == PaperState.VERIFIED):
        return (_("ran out"), "no") if document.expires_on else (_("its last day is not known"), "you")
    differing = sum(line.differs for line in lines)
    if document.state == PaperState.VERIFIED and done == number and differing:
        return ngettext("%(number)d fact differs", "%(number)d facts differ", differing) % {"number": differing}, "no"
    if document.state == PaperState.VERIFIED and done == number:
        numbers["done"] -= sum(line.is_not_shown for line in lines)  # what cannot be read is compared, but not verified
        return (_("%(done)d of %(number)d verified") % numbers if number else _("verified")), "done"
    if any(line.answer for line in lines):
        return _("%(done)d of %(number)d compared") % numbers, "you"
    if document.replaces_id:
        says = _("a new version")
    elif number:
        says = ngettext("not begun, %(number)d fact", "not begun, %(number)d facts", number) % numbers
    else:
        says = _("not looked at yet")
    return says, "you"


def checks_of(seen: FirmSeen, document: Document, form: AnswersForm | None = None, *, change: str = "") -> list[Check]:
    """The checklist of a paper. form: answers that came back with something to put right. change: the key of a fact of which
    the answer is to be changed."""
    old = {row.fact: row for row in evidence_selectors.answers_of_the_older(document)}
    told = {**seen.values, "capacity_unit": seen.sme.capacity_unit}
    levels = seen.levels
    return [
        Check(
            number=number,
            line=line,
            name=name_of(line.fact),
            words=words_of(line.fact, line.value, told),
            is_code=line.fact in CODES,
            level=levels.get(line.fact, EvidenceLevel.SAID.value),
            old=old.get(line.fact),
            is_shown=line.is_open or line.fact == change or bool(form and form.errors.get(f"note-{number}")),
            **_typed(line, number, form),
        )
        for number, line in enumerate(seen.lines[document.pk], 1)
    ]


def _typed(line: Line, number: int, form: AnswersForm | None) -> dict[str, str]:
    if form is not None:
        errors = list(form.errors.get(f"note-{number}", ()))
        typed = {name: str(form[f"{name}-{number}"].value() or "") for name in ("answer", "note")}
        return typed | {"error": str(errors[0]) if errors else ""}
    kept = None if line.is_open else line.answer
    return {"answer": kept.answer if kept else "", "note": kept.note if kept else "", "error": ""}


def next_waiting(tiles: Sequence[Tile], current: Document | None) -> Tile | None:
    """The paper after the current one that waits for the officer; from the first again behind the last."""
    at = next((place for place, tile in enumerate(tiles) if current and tile.document.pk == current.pk), -1)
    return next((tile for tile in [*tiles[at + 1 :], *tiles[: max(at, 0)]] if tile.waits), None)


def fact_rows(seen: FirmSeen) -> list[FactRow]:
    """Every fact that a paper can show, the weakest last."""
    told = {**seen.values, "capacity_unit": seen.sme.capacity_unit}
    proofs = {proof["fact"]: proof for proof in seen.copy["proofs"]}
    documents = {row.public_id: row for row in seen.documents}
    names = _names(proof["by"] for proof in proofs.values())
    otherwise = {
        line.fact: line.answer for row in seen.documents for line in seen.lines[row.pk] if line.differs and line.answer
    }
    rows = []
    for key, value in seen.values.items():
        if key not in proofs and key in otherwise:
            rows.append(_contradicted(key, words_of(key, value, told), otherwise[key], documents))
            continue
        proof = proofs.get(key, {"level": EvidenceLevel.SAID.value})
        rows.append(
            FactRow(
                name=name_of(key),
                words=words_of(key, value, told),
                level=proof["level"],
                document=documents.get(proof.get("document")),
                by=names.get(proof.get("by"), ""),
                on=_day(proof.get("on")) if proof.get("by") else None,
                until=_day(proof.get("until")),
            )
        )
    return sorted(rows, key=lambda row: (-EvidenceLevel(row.level).rank, row.name))


def _contradicted(key: str, words: list[str], found: Comparison, documents: Mapping[str, Document]) -> FactRow:
    document = next(row for row in documents.values() if row.pk == found.document_id)
    says = _("says: %(note)s") % {"note": found.note} if found.note else _("says something else")
    day = timezone.localdate(found.compared_at)
    return FactRow(name_of(key), words, EvidenceLevel.SAID.value, document, found.compared_by.name, day, None, says)


def last_answer(document: Document, by: User) -> Comparison | None:
    return evidence_selectors.last_answer(document, by)


def _names(public_ids: Iterable[str | None]) -> dict[Any, str]:
    wanted = {each for each in public_ids if each}
    return accounts_selectors.names_by_public_id(wanted) if wanted else {}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
