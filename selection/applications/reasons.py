"""Coded reasons for a recommendation and a decision, as dated data. Pure.

A code is never reused or reworded in place: a reason that is no longer given gets an `until`, and files decided under it
still show its words. The firm reads the words of the codes beside the officer's own sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from selection.states import Outcome
from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class DecisionReason:
    """One reason. words, remedy: message ids the firm reads; remedy "" where nothing can be done about it.

    since, until: first and last day on which it may be given; until None: still in force. gate: it rests on a condition
    that is not met, and is the only kind that a file held at a gate may be declined for. needs_line: it speaks of the line of
    the round, which there is once the round is closed and all its files are scored. rule: it rests on a rule of the round's
    composition, so no person gives it for a single file.
    """

    code: str
    outcomes: frozenset[Outcome]
    words: str
    remedy: str
    since: date
    until: date | None = None
    gate: bool = False
    needs_line: bool = False
    rule: bool = False
    source: str = ""

    def in_force(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


_FIRST_DAY = date(2026, 7, 1)
_BOARD = "Working list of the selection board, first round"
_REFUSED = frozenset({Outcome.DECLINE})
_WAITING = frozenset({Outcome.WAITLIST})
_NOT_NOW = frozenset({Outcome.DECLINE, Outcome.WAITLIST})
_TAKEN = frozenset({Outcome.SELECT})


def _reason(
    code: str,
    outcomes: frozenset[Outcome],
    words: str,
    remedy: str = "",
    *,
    gate: bool = False,
    needs_line: bool = False,
    rule: bool = False,
) -> DecisionReason:
    return DecisionReason(
        code, outcomes, words, remedy, since=_FIRST_DAY, gate=gate, needs_line=needs_line, rule=rule, source=_BOARD
    )


_TABLE = (
    _reason("strong_score", _TAKEN, _("Your score is above the line of this round."), needs_line=True),
    _reason("ready_to_sell", _TAKEN, _("Your product and your people are ready for sale online abroad.")),
    _reason(
        "seat_by_rule",
        _TAKEN,
        _("The rules of this round gave your firm its seat; among the firms that they fit its score is high enough."),
        rule=True,
    ),
    _reason(
        "moved_up",
        _TAKEN,
        _("A seat came free, and of all who waited it goes to your firm by points and by the rules of this round."),
        rule=True,
    ),
    _reason(
        "appeal_upheld",
        _TAKEN | _WAITING,
        _("Your appeal was right, and your file was put right by it."),
        rule=True,
    ),
    _reason("priority_sector", _TAKEN, _("Your sector has priority in this programme.")),
    _reason(
        "seats_full",
        _WAITING,
        _("All seats of this round went to files with more points."),
        _("You move up when a firm before you gives its place back."),
    ),
    _reason(
        "seats_taken",
        _WAITING,
        _("All seats of this round are taken, some of them by its rules."),
        _("You move up when a firm before you gives its place back."),
        rule=True,
    ),
    _reason(
        "passed_over",
        _NOT_NOW,
        _("Your score is high enough, but the rules of this round gave the seat to another firm."),
        _("Your score receipt names the rule. You move up when it leaves a seat free."),
        rule=True,
    ),
    _reason(
        "near_the_line",
        _WAITING,
        _("Your score is close to the line of this round."),
        _("Your score receipt shows the cheapest changes that would lift it."),
        needs_line=True,
    ),
    _reason(
        "score_too_low",
        _REFUSED,
        _("Your score is below the line of this round."),
        _("Your score receipt shows the cheapest changes that would lift it. You may apply again in the next round."),
        needs_line=True,
    ),
    _reason(
        "gate_not_met",
        _REFUSED,
        _("A condition of the programme is not met."),
        _("The condition and what would meet it stand on your file. You may apply again when it is met."),
        gate=True,
    ),
    _reason(
        "not_an_sme",
        _REFUSED,
        _("The firm is larger than the rule for small and medium firms allows."),
        _("TDAP's services for larger exporters are open to you."),
        gate=True,
    ),
    _reason(
        "outside_sectors",
        _REFUSED,
        _("The main product is outside the sectors of this programme."),
        _("If you make another product that falls into one of them, tell us in your profile and apply again."),
        gate=True,
    ),
    _reason(
        "not_registered",
        _REFUSED,
        _("The firm is not registered for tax."),
        _("Register with the Federal Board of Revenue, add the number to your profile and apply again."),
        gate=True,
    ),
    _reason(
        "papers_missing",
        _REFUSED,
        _("A paper we asked for did not come, or could not be accepted."),
        _("Add the paper to your file and apply again in the next round."),
        gate=True,
    ),
    _reason(
        "facts_not_shown",
        _REFUSED,
        _("The papers do not show what the application says."),
        _("Correct your profile to what your papers show, and apply again in the next round."),
        gate=True,
    ),
    _reason(
        "no_answer",
        _REFUSED,
        _("Our question was not answered in time."),
        _("You may apply again in the next round."),
        gate=True,
    ),
    _reason(
        "product_not_ready",
        _NOT_NOW,
        _("The product is not yet fit for sale online abroad."),
        _("Packaging, labels, photographs and a steady price are what buyers look at first."),
    ),
    _reason(
        "nobody_to_do_it",
        _NOT_NOW,
        _("The file names nobody with the time to carry the training through."),
        _("Name a person and the hours a week, and apply again in the next round."),
    ),
    _reason(
        "second_file",
        _REFUSED,
        _("The same business has another file in this round."),
        _("The other file goes on; nothing is lost."),
        gate=True,
    ),
)
REASONS: dict[str, DecisionReason] = {row.code: row for row in _TABLE}
"""Every reason that was ever given, by code."""


def reasons_for(
    outcome: Outcome | str, *, on: date, held: bool = False, has_line: bool = True
) -> tuple[DecisionReason, ...]:
    """The reasons that may be given for an outcome on a day, in the table's order.

    held: the file stands at a gate: only declining is left, for a reason that rests on a condition. has_line: the round has a
    line that a reason may speak of.
    """
    wanted = Outcome(outcome)
    fit = (row for row in _TABLE if wanted in row.outcomes and row.in_force(on))
    return tuple(row for row in fit if (row.gate or not held) and (has_line or not row.needs_line) and not row.rule)


def unfit_codes(
    codes: Iterable[str], outcome: Outcome | str, *, on: date, held: bool = False, has_line: bool = True
) -> tuple[str, ...]:
    """Those of the codes that may not be given for this outcome on this day; empty where all fit."""
    fit = {row.code for row in reasons_for(outcome, on=on, held=held, has_line=has_line)}
    return tuple(code for code in codes if code not in fit)


def words_of(codes: Iterable[str]) -> tuple[DecisionReason, ...]:
    """The reasons behind stored codes, also those no longer given; an unknown code is passed over."""
    return tuple(REASONS[code] for code in codes if code in REASONS)
