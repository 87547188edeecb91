"""What can be compared with a paper, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from smes.duplicates import selectors as duplicates_selectors
from smes.models import Comparison, Contradiction, Document, Sme
from smes.papers import selectors as papers_selectors
from smes.papers.reasons import PAPER_REASONS
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from smes.profile.contradictions import RULES, contradictions_of
from smes.profile.contradictions import Contradiction as Found
from smes.profile.facts import FACTS
from smes.profile.proofs import digest_of, shows
from smes.states import COUNTING_PAPERS, ComparisonAnswer, ContradictionState, FlagState, PaperState, ProfileState
from smes.vocabulary.evidence import EvidenceLevel, fact_of
from smes.vocabulary.paper_kinds import KINDS
from smes.vocabulary.wording import LazyPaperName, level_name, say
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound
from tdap_portal.notifications.services import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from smes.models import DuplicateFlag
    from tdap_portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a paper's checklist. value: as the firm wrote it, private numbers in full; digest: of it. answer: what an
    officer found, None where nobody looked."""

    fact: str
    value: Any
    digest: str
    answer: Comparison | None

    @property
    def is_old(self) -> bool:
        """The firm has changed the fact since it was compared."""
        return self.answer is not None and self.answer.digest != self.digest

    @property
    def is_open(self) -> bool:
        return self.answer is None or self.is_old

    @property
    def differs(self) -> bool:
        """The paper says something else than the firm does now."""
        return self.answer is not None and not self.is_old and self.answer.answer == ComparisonAnswer.DIFFERS

    @property
    def is_not_shown(self) -> bool:
        """An officer looked, and the paper does not show what the firm says now: it differs, could not be read, or was compared
        with what the firm said before."""
        return self.answer is not None and (self.is_old or self.answer.answer != ComparisonAnswer.SAME)


def values_of(sme: Sme) -> dict[str, Any]:
    """What the firm says today, by the key of its proof, with private numbers in full: for the eyes of who compares."""
    return profile_selectors.values_now(sme)


def checklist(
    document: Document, values: Mapping[str, Any] | None = None, answers: Iterable[Comparison] | None = None
) -> list[Line]:
    """The facts that this paper can show and that the firm told, in the order of its kind.

    values: see values_of. answers: all that were found in papers of the firm and not taken back; None: they are read.
    """
    told = values_of(document.sme) if values is None else values
    if answers is None:
        answers = document.comparisons.filter(undone_at=None).select_related("compared_by")
    found = {row.fact: row for row in answers if row.document_id == document.pk}
    keys = sorted((key for key in told if shows(document, key)), key=lambda key: _place(document, key))
    return [Line(key, told[key], digest_of(key, told[key]), found.get(key)) for key in keys]


# ------------------------------------------------------------------------------------------------------ contradictions


@dataclass(frozen=True, slots=True)
class Clash:
    """A contradiction made ready for officials. says: with its values. facts: what the two rest on, as (fact, level) in words.
    others: the papers of other firms that are the same or alike, with their firms."""

    row: Contradiction
    name: str
    says: str
    facts: tuple[tuple[str, str], ...]
    others: tuple[Document, ...]

    @property
    def is_open(self) -> bool:
        return self.row.state == ContradictionState.OPEN


def open_contradictions(sme: Sme) -> list[Contradiction]:
    """What does not fit in what the firm says and sends, and no officer has explained; oldest first."""
    return list(Contradiction.objects.filter(sme=sme, state=ContradictionState.OPEN))


def open_contradictions_among(sme_ids: Iterable[int]) -> dict[int, list[Contradiction]]:
    """The same of several firms in one query, by the firm's id."""
    found: dict[int, list[Contradiction]] = {}
    for row in Contradiction.objects.filter(sme__in=list(sme_ids), state=ContradictionState.OPEN):
        found.setdefault(row.sme_id, []).append(row)
    return found


def has_open_contradictions(sme_id: int) -> bool:
    return Contradiction.objects.filter(sme=sme_id, state=ContradictionState.OPEN).exists()


def contradiction_of(sme_id: int, public_id: str) -> Contradiction:
    """One of this firm's. Raises NotFound."""
    row = Contradiction.objects.filter(sme=sme_id, public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def name_of(row: Contradiction) -> str:
    """The kind of a contradiction in words."""
    return say(RULES[row.code].name)


def clashes_of(sme: Sme, proofs: Iterable[Mapping[str, Any]] = ()) -> list[Clash]:
    """All that did not fit at a firm, the open ones first, for officials: it names other firms. proofs: of the firm's facts."""
    rows = list(Contradiction.objects.filter(sme=sme).select_related("explained_by").order_by("-pk"))
    rows.sort(key=lambda row: row.state != ContradictionState.OPEN)
    wanted = {code for row in rows for code in row.data.get("documents", ())}
    papers = {paper.public_id: paper for paper in Document.objects.filter(public_id__in=wanted).select_related("sme")}
    levels = {proof["fact"]: proof["level"] for proof in proofs}
    return [_clash(row, papers, levels) for row in rows]


def _clash(row: Contradiction, papers: Mapping[str, Document], levels: Mapping[str, str]) -> Clash:
    others = tuple(papers[code] for code in row.data.get("documents", ()) if code in papers)
    data = {name: value for name, value in row.data.items() if name != "documents"}
    if others:
        data["firms"] = list(dict.fromkeys(paper.sme.name for paper in others))
    facts = tuple(
        (say(FACTS[fact_of(key)].label), level_name(levels.get(key, EvidenceLevel.SAID)))
        for key in row.facts
        if fact_of(key) in FACTS
    )
    return Clash(row, name_of(row), profile_selectors.in_words(row.code, data), facts, others)


def contradictions_today(sme: Sme) -> list[Found]:
    """What the rules find at this moment in what the firm says and in its papers; nothing is kept."""
    owners = [owner.cnic for owner in sme.owners.all()]
    said = contradictions_of({**profile_selectors.frozen_copy(sme), "owner_cnics": owners}, on=today())
    papers = [paper for paper in sme.documents.all() if paper.state in COUNTING_PAPERS]
    shared = papers_selectors.perhaps_elsewhere(papers)
    return [*said, *(found for paper in shared for found in _papers_elsewhere(paper))]


def _papers_elsewhere(paper: Document) -> list[Found]:
    found = []
    for code, others in (
        ("same_paper", papers_selectors.same_bytes_elsewhere(paper)),
        ("like_paper", papers_selectors.pictures_alike(paper)),
    ):
        if others:
            codes = [other.public_id for other in others]
            data = {"paper": paper.kind, "documents": codes}
            found.append(Found(code, paper.public_id, (paper.public_id, codes), (), data))
    return found


def firms_with_papers_of(sme_id: int) -> set[int]:
    """Ids of the other firms whose papers are the same as one of this firm's or alike, or were when it was last looked over."""
    papers = papers_selectors.perhaps_elsewhere(list(Document.objects.filter(sme=sme_id, state__in=COUNTING_PAPERS)))
    now = {code for paper in papers for found in _papers_elsewhere(paper) for code in found.data["documents"]}
    rows = Contradiction.objects.filter(sme=sme_id, code__in=("same_paper", "like_paper"))
    kept = {code for row in rows.exclude(state=ContradictionState.SOLVED) for code in row.data["documents"]}
    if not now | kept:
        return set()
    return set(Document.objects.filter(public_id__in=now | kept).values_list("sme_id", flat=True))


def last_answer(document: Document, by: User) -> Comparison | None:
    """What this officer said last of this paper and did not take back; for an undo."""
    rows = document.comparisons.filter(undone_at=None, compared_by=by)
    return rows.order_by("-compared_at", "-pk").first()


def answers_of_the_older(document: Document) -> list[Comparison]:
    """What was found in the version that this paper took the place of, by whoever compared it; [] where it is the first."""
    if document.replaces_id is None:
        return []
    rows = Comparison.objects.filter(document=document.replaces_id, undone_at=None).select_related("compared_by")
    return sorted(rows, key=lambda row: _place(document, row.fact) if shows(document, row.fact) else (99, row.fact))


# ------------------------------------------------------------------------------------------------- a firm as a whole


@dataclass(frozen=True, slots=True)
class PaperToCompare:
    """A paper of a kind that the firm must send. number: of its facts that are to be compared; 0: it waits to be kept."""

    document: Document
    number: int


@dataclass(frozen=True, slots=True)
class Left:
    """What stands between a firm and being verified.

    papers: to be compared or kept. missing: kinds that did not come, were refused or ran out. differing: keys of facts that a
    needed paper does not show: it says something else, or cannot be read. contradictions, duplicates: open ones.
    is_incomplete: the profile lacks answers.
    """

    papers: tuple[PaperToCompare, ...]
    missing: tuple[str, ...]
    differing: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    duplicates: tuple[DuplicateFlag, ...]
    is_incomplete: bool

    @property
    def is_nothing(self) -> bool:
        return not (self.papers or self.missing or self.differing or self.open_matters or self.is_incomplete)

    @property
    def open_matters(self) -> int:
        """How many things do not fit together."""
        return len(self.contradictions) + len(self.duplicates)

    @property
    def facts(self) -> int:
        """How many facts are to be compared."""
        return sum(paper.number for paper in self.papers)


def what_is_left(sme: Sme) -> Left:
    """What has to be done before the firm is verified, as everything stands now. sme: just read by profile's read_facts."""
    values, papers, missing, differing = values_of(sme), [], [], set()
    for kind in papers_selectors.needed_papers(sme):
        rows = [
            row for row in sme.documents.all() if row.kind == kind and not (row.expires_on and row.expires_on < today())
        ]
        lists = {row.pk: checklist(row, values, profile_selectors.answers_kept(sme)) for row in rows}
        numbers = {row.pk: sum(line.is_open for line in lists[row.pk]) for row in rows}
        kept = [row for row in rows if row.state == PaperState.VERIFIED and row.is_in_force(today())]
        said = [{line.fact for line in lists[row.pk] if line.is_not_shown} for row in kept if not numbers[row.pk]]
        there = [*kept, *(row for row in rows if row.state in COUNTING_PAPERS and row not in kept)]
        if said:
            differing |= min(said, key=len)
        elif there:
            papers.append(PaperToCompare(there[0], numbers[there[0].pk]))
        else:
            missing.append(kind)
    return Left(
        tuple(papers),
        tuple(missing),
        tuple(sorted(differing)),
        tuple(open_contradictions(sme)),
        tuple(duplicates_selectors.duplicates_of(sme).filter(state=FlagState.OPEN.value)),
        is_incomplete=not profile_selectors.completeness(sme).is_complete,
    )


def facts_not_shown_among(sme_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """By firm the keys of facts that a kept paper which it must have does not show, though an officer compared it: see
    Line.is_not_shown; firms without any are left out. At the same number of queries for any number of firms."""
    compared = Comparison.objects.filter(sme__in=list(sme_ids), undone_at=None, document__state=PaperState.VERIFIED)
    firms = list(Sme.objects.filter(pk__in=compared.values("sme")))
    profile_selectors.read_facts_of(firms)
    keys = {sme.pk: _not_shown_by_kept(sme) for sme in firms}
    return {pk: tuple(sorted(facts)) for pk, facts in keys.items() if facts}


def _not_shown_by_kept(sme: Sme) -> set[str]:
    """Of two papers of a kind the one counts that shows more."""
    values, facts = values_of(sme), set()
    for kind in papers_selectors.needed_papers(sme):
        kept = [row for row in sme.documents.all() if row.kind == kind and row.state == PaperState.VERIFIED]
        left = [
            {line.fact for line in checklist(row, values, sme.answers_kept) if line.is_not_shown}
            for row in kept
            if row.is_in_force(today())
        ]
        facts |= min(left, key=len, default=set())
    return facts


def holds_until(sme: Sme) -> date | None:
    """The first day on which a needed paper of a verified firm ends; None where none does. Of two of a kind the later counts."""
    ends = []
    for kind in papers_selectors.needed_papers(sme):
        kept = [row for row in sme.documents.all() if row.kind == kind and row.state == PaperState.VERIFIED]
        rows = [row for row in kept if row.expires_on or row.is_in_force(today())]
        if rows and all(row.expires_on for row in rows):
            ends.append(max(row.expires_on for row in rows if row.expires_on))
    return min(ends, default=None)


def firms_verified_until_before(day: date) -> QuerySet[Sme]:
    return Sme.objects.filter(profile_state=ProfileState.VERIFIED, verified_until__lt=day).order_by("pk")


# ------------------------------------------------------------------------------------------------- words for the firm


def refusal_words(sme_id: int, code: str, note: str = "") -> str:
    """Why a paper is refused and what would do, in the language in which the firm is written to. Raises KeyError."""
    reason = PAPER_REASONS[code]
    with translation.override(people_selectors.language_of(sme_id)):
        return " ".join(part for part in (_(reason.words), note.strip(), _(reason.remedy)) if part)


def letter_of_refusal(document: Document, words: str) -> tuple[str, str]:
    """Subject and words of the message by which the firm hears of it, as it is sent."""
    return written(
        template="sme.paper_refused",
        language=people_selectors.language_of(document.sme_id),
        firm=document.sme.name,
        paper=LazyPaperName(document.kind),
        reason=words,
    )


def _place(document: Document, key: str) -> tuple[int, str]:
    return (KINDS[document.kind].proves.index(fact_of(key)), key)
