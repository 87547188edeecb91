"""What a composition makes of each file of its round, as the lines of a decision. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from selection.states import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Line:
    """One file. by_rule: code of the rule that brought it in or passed it over, "" by score."""

    file: int
    outcome: Outcome
    reason_codes: tuple[str, ...]
    by_rule: str = ""
    is_override: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer recommended for a file, with the coded reasons and the words for the firm."""

    outcome: str
    reason_codes: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The files of a round that are decided at once.

    candidates: in the order of the policy. chosen, why, passed_over: of the composition (working.py). held: files at a shut
    gate. proposals: by file, those in force.
    """

    candidates: Sequence[int]
    chosen: frozenset[int]
    why: Mapping[int, str] = field(default_factory=dict)
    passed_over: Mapping[int, str] = field(default_factory=dict)
    held: Sequence[int] = ()
    proposals: Mapping[int, Proposal] = field(default_factory=dict)


def lines_of(ranked: Ranked, *, waiting: int, overrides: Mapping[int, Line]) -> list[Line]:
    """A line for each file: the chosen ones are selected, the next `waiting` in the order of the policy wait, the others are
    declined; so is whatever an officer recommended to decline and the composition did not choose, in the officer's words.

    A file held at a gate is declined for it. An override takes the place of its file's line; it takes no place on the
    waiting list from another file.
    """
    lines: list[Line] = []
    places = waiting
    for file in ranked.candidates:
        if file in overrides:
            lines.append(overrides[file])
            continue
        proposal = ranked.proposals.get(file)
        if file in ranked.chosen:
            rule = ranked.why.get(file, "")
            lines.append(Line(file, Outcome.SELECT, ("seat_by_rule" if rule else "strong_score",), rule))
        elif proposal is not None and proposal.outcome == Outcome.DECLINE:
            lines.append(Line(file, Outcome.DECLINE, proposal.reason_codes, words=proposal.words))
        elif places > 0:
            places -= 1
            lines.append(_not_taken(file, Outcome.WAITLIST, "seats_taken" if ranked.why else "seats_full", ranked))
        else:
            lines.append(_not_taken(file, Outcome.DECLINE, "score_too_low", ranked))
    for file in ranked.held:
        proposal = ranked.proposals.get(file)
        known = proposal is not None and proposal.outcome == Outcome.DECLINE and proposal.reason_codes
        codes = proposal.reason_codes if proposal is not None and known else ("gate_not_met",)
        lines.append(Line(file, Outcome.DECLINE, codes, words=proposal.words if proposal and known else ""))
    return lines


def _not_taken(file: int, outcome: Outcome, code: str, ranked: Ranked) -> Line:
    rule = ranked.passed_over.get(file, "")
    return Line(file, outcome, ("passed_over" if rule else code,), rule)
