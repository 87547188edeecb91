"""How well the facts of a file stand and which papers lift its points, in words; the receipt, the desk and the application say the same.

Pure: `translate` is gettext of the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from selection.engine.explain import papers_that_lift
from selection.engine.facts import ROW_KEYS, best_proofs, keys_of_proofs
from selection.trade.arithmetic.indicators import row_of_figure
from smes.profile.facts import label_of
from smes.vocabulary.evidence import EvidenceLevel, fact_of
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal

    from selection.engine.card import Card
    from selection.engine.facts import Evidence, Facts, Proof
    from selection.engine.policy import Criterion, Policy

    Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """How well a fact stands that a part rests on. number: of its rows that stand so, 0 for a fact without rows. document: the
    public id of the paper, "" where there is none; paper: its kind in words; on, until: days of the comparison and of its end.

    compared_by: public id of the officer, "" where nobody compared. url, who: the page of the paper and the officer's name, filled
    in by a page whose reader may have them.
    """

    name: str
    level: EvidenceLevel
    number: int
    paper: str
    document: str
    on: date | None
    until: date | None
    compared_by: str = ""
    url: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class FiguresAt:
    """Where the figures of a part stand: the sector, of which there is a page, and the id of the row in it."""

    sector: str
    row: str


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper for which points wait. is_sent: it is there, and an officer compares it."""

    kind: str
    name: str
    proves: str
    gain: Decimal
    is_sent: bool


def evidence_of(criterion: Criterion, card: Card, translate: Translate) -> tuple[EvidenceLine, ...]:
    """How well each fact stands that counts by its level in this criterion; rows of a list together that stand the same."""
    facts = dict.fromkeys(fact for item in criterion.items if item.scale for fact in item.of.rests_on)
    best = best_proofs(card.facts, card.on)
    lines = []
    for fact in facts:
        groups: dict[tuple[object, ...], list[Proof | None]] = {}
        for key in keys_of_proofs(card.facts, [fact]):
            proof = best.get(key)
            kept = (proof.level, proof.paper, proof.document) if proof else (EvidenceLevel.SAID, None, None)
            groups.setdefault(kept, []).append(proof)
        for proofs in groups.values():
            proof = proofs[0]
            lines.append(
                EvidenceLine(
                    name=translate(label_of(fact)),
                    level=EvidenceLevel(proof.level) if proof and proof.level else EvidenceLevel.SAID,
                    number=len(proofs) if fact in ROW_KEYS else 0,
                    paper=translate(KINDS[proof.paper].name) if proof and proof.paper else "",
                    document=(proof.document if proof else None) or "",
                    on=proof.on if proof else None,
                    until=proof.until if proof else None,
                    compared_by=(proof.by if proof else None) or "",
                )
            )
    return tuple(lines)


def figures_at(criterion: Criterion, card: Card) -> FiguresAt | None:
    """Where the first figure stands that this criterion rests on, and where all of them are missing, where the reason of the
    first stands; None where it rests on none that a source could give, or the firm has no sector."""
    figures = card.evidence.figures
    names = [item.of.code for item in criterion.items if item.of.is_evidence and item.of.code in figures]
    looked_for = [name for name in names if figures[name].vintage]
    name = next((name for name in looked_for if figures[name].value is not None), next(iter(looked_for), None))
    if name is None or not card.facts.sector:
        return None
    return FiguresAt(card.facts.sector, row_of_figure(name, card.facts.main_hs6))


def papers_of(
    facts: Facts, evidence: Evidence, policy: Policy, *, on: date, translate: Translate
) -> tuple[PaperLine, ...]:
    """The papers for which points wait, the most points first; none under a policy that asks for no proof."""
    best = best_proofs(facts, on)
    return tuple(
        PaperLine(
            kind=way.kind,
            name=translate(KINDS[way.kind].name),
            proves=translate(_(", ")).join(translate(label_of(fact)) for fact in dict.fromkeys(map(fact_of, way.keys))),
            gain=way.gain,
            is_sent=any(key in best and best[key].paper == way.kind for key in way.keys),
        )
        for way in papers_that_lift(facts, evidence, policy, on=on)
    )
