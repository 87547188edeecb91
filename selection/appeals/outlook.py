"""What an answer would make of a file, before it is signed and while it is carried out: the same reckoning for both. Reads only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from selection.applications.selectors import card_of, newest_score
from selection.engine.again import compute_again
from selection.engine.measures import Case
from selection.engine.points import tie_key
from selection.engine.policy import Policy
from selection.models import FrozenFacts
from selection.review import obstacles
from selection.review import selectors as review_selectors
from selection.states import AppealOutcome, Verdict
from tdap_portal.core.calendar import today

from . import selectors
from .correcting import (
    PROOFS,
    Proven,
    all_corrections,
    corrected,
    fact_of_key,
    keys_that_carry_points,
    lines_beside,
    proofs_to_count,
    score_again,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from django_stubs_ext import StrOrPromise

    from selection.engine.again import Recount
    from selection.engine.card import Card
    from selection.models import Appeal, Round
    from smes.models import Document
    from tdap_portal.accounts.models import User

    from .correcting import MovedLine


@dataclass(frozen=True, slots=True)
class Finding:
    """What the director says of one point. corrections: as AppealPoint keeps them; only where the point is right."""

    position: int
    verdict: Verdict
    answer: str
    corrections: Mapping[str, Any]


class Outlook:
    """One appeal with the findings of its director. Without findings it says how the file stands."""

    def __init__(self, appeal: Appeal, findings: Sequence[Finding] = (), *, by: User | None = None) -> None:
        self.appeal, self.findings = appeal, findings
        self.by = by or appeal.director
        self.file = appeal.application

    @cached_property
    def kept(self) -> Any:
        """The score card of the decision; None for a file that never had one."""
        return self.appeal.score_card or newest_score(self.file)

    @cached_property
    def card(self) -> Card | None:
        return card_of(self.kept) if self.kept else None

    @cached_property
    def recount(self) -> Recount | None:
        """The card of the decision computed again from itself, as anybody can."""
        return compute_again(self.kept.card) if self.kept else None

    @property
    def comes_out_again(self) -> bool:
        """The same facts still give the points of the decision."""
        again = self.recount.again if self.recount else None
        return again is not None and self.card is not None and again.total == self.card.total

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The frozen copy that the card was computed from."""
        version = self.kept.facts_version if self.kept else self.file.facts_version
        return dict(FrozenFacts.objects.get(application=self.file, version=version).facts)

    @property
    def correctable(self) -> list[str]:
        """Keys of the facts that can be corrected; none without a card."""
        if self.card is None:
            return []
        return keys_that_carry_points(Policy.version_of(self.card.policy_version), self.facts)

    @cached_property
    def papers(self) -> dict[str, Document]:
        """The firm's papers that were there at the submission, by public id."""
        return {paper.public_id: paper for paper in selectors.papers_there(self.file)}

    @cached_property
    def countable(self) -> dict[int, dict[str, str]]:
        """By the position of a point what the papers that it names can show after all, as proofs_to_count gives it."""
        if self.card is None:
            return {}
        policy = Policy.version_of(self.card.policy_version)
        return {
            one.position: proofs_to_count(policy, self.facts, self._named(one.papers), on=self.card.on)
            for one in self.appeal.points_made.all()
        }

    def can_be_corrected(self, finding: Finding) -> bool:
        """Whether each of its corrections names a fact that carries points, or a proof by a paper that the point names."""
        countable = self.countable.get(finding.position, {})
        return all(
            countable.get(key) == value if fact_of_key(key) == PROOFS else key in self.correctable
            for key, value in finding.corrections.items()
        )

    @cached_property
    def corrections(self) -> dict[str, Any]:
        return all_corrections(one.corrections for one in self.findings if one.verdict == Verdict.RIGHT)

    @cached_property
    def facts_after(self) -> dict[str, Any]:
        return corrected(self.facts, self.corrections, self._proofs())

    @cached_property
    def card_after(self) -> Card | None:
        if self.card is None or not self.corrections:
            return self.card
        return score_again(self.card, self.facts_after)

    @property
    def lines(self) -> list[MovedLine]:
        return lines_beside(self.card, self.card_after) if self.card and self.card_after else []

    @property
    def moved(self) -> list[MovedLine]:
        return [line for line in self.lines if line.moved]

    @property
    def points(self) -> Decimal | None:
        return self.card.total if self.card else None

    @property
    def points_after(self) -> Decimal | None:
        return self.card_after.total if self.card_after else None

    @cached_property
    def line(self) -> Decimal | None:
        return selectors.line_of(self.file.round)

    @property
    def is_over_the_line(self) -> bool:
        """Where no line is known, whoever is right is over it."""
        return self.points_after is not None and (self.line is None or self.points_after >= self.line)

    @property
    def tie_key(self) -> str:
        """Where two files have the same points."""
        if self.card_after is None:
            return self.file.tie_key
        policy = Policy.version_of(self.card_after.policy_version)
        return f"{tie_key(Case(self.card_after.facts, self.card_after.evidence, self.card_after.on), policy):020d}"

    @property
    def place(self) -> int | None:
        """On the waiting list with the new points."""
        return None if self.points_after is None else selectors.place_with(self.file, self.points_after, self.tie_key)

    def why_no_seat(self, round_: Round) -> StrOrPromise:
        """Why an upheld appeal does not get a seat of the reserve; "" where it does. round_: with its reserve as it is now."""
        if not self.is_over_the_line:
            return _("The new points do not reach the line.")
        if min(round_.appeal_reserve, review_selectors.free_places(round_) + round_.appeal_reserve) < 1:
            return _("No seat of the reserve is left.")
        against = obstacles.obstacles_of(self.file)
        return " ".join(one.text for one in against)

    def basis(self, outcome: AppealOutcome | str, round_: Round) -> str:
        """SHA-256 over what would be signed: what changes until then makes another one."""
        is_upheld = outcome == AppealOutcome.UPHELD
        signed = [
            self.appeal.pk,
            str(outcome),
            self.file.state,
            str(self.points_after),
            bool(is_upheld and not self.why_no_seat(round_)),
            [[one.position, one.verdict, one.answer, dict(one.corrections)] for one in self.findings],
        ]
        text = json.dumps(signed, cls=DjangoJSONEncoder, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _proofs(self) -> dict[str, Proven]:
        """A corrected fact of a point with papers rests on the first of them; one that a paper shows after all, on that paper."""
        if self.by is None:
            return {}
        papers = {one.position: one.papers for one in self.appeal.points_made.all()}
        found: dict[str, Proven] = {}
        for one in self.findings:
            named = self._named(papers.get(one.position, ()))
            if one.verdict != Verdict.RIGHT or not named:
                continue
            for key, value in one.corrections.items():
                paper = self.papers[value] if fact_of_key(key) == PROOFS else named[0]
                found[key] = Proven(self.by.public_id, today(), paper.kind, paper.public_id, paper.expires_on)
        return found

    def _named(self, papers: Iterable[str]) -> list[Document]:
        return [self.papers[paper] for paper in papers if paper in self.papers]
