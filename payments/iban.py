"""Whether the title of a bank account is the firm's: how alike they are, and why. Pure.

The IBAN itself is read, masked and given its bank's name by smes.vocabulary.identifiers. Banks write titles in
capitals, cut them off, put M/S before and the legal form behind, and name the owner of a sole proprietorship in place
of the firm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from smes.duplicates.names import ENOUGH, MAX_WORDS, WEIGHTS, name_likeness, words_of
from tdap_portal.core.folding import fold
from tdap_portal.core.marks import gettext_noop as _

SAME_FROM: Final = 92
CLOSE_FROM: Final = 70
SHORTEST_CUT: Final = 10
"""Letters of a title that must agree before it can be taken for one that was cut off."""


class Verdict(StrEnum):
    """SAME: nothing to ask. CLOSE: an officer compares. OTHER: not this firm's. MISSING: no title, or no name."""

    SAME = "same"
    CLOSE = "close"
    OTHER = "other"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Reason:
    """code: stable; text: English with a place for `words`, marked for the translators."""

    code: str
    text: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class TitleCheck:
    """likeness: 0 to 100, a help for sorting and never shown as a proof."""

    verdict: Verdict
    likeness: int
    reasons: tuple[Reason, ...]


def compare_title(title: str, firm: str, *, owner: str = "") -> TitleCheck:
    """A title beside the firm's name. owner: of a sole proprietorship, whose account may bear the owner's name; "" for
    other firms."""
    said, known = words_of(title), words_of(firm)
    if not said or not known:
        return TitleCheck(Verdict.MISSING, 0, (Reason("missing", _("The account has no title, or the firm no name.")),))
    likeness = name_likeness(title, firm)
    cut = _is_cut(title, firm)
    if likeness >= SAME_FROM or cut:
        why = (
            Reason("cut", _("The title is the firm’s name, cut off by the bank."))
            if cut and likeness < SAME_FROM
            else Reason("same", _("The title is the firm’s name."))
        )
        return TitleCheck(Verdict.SAME if likeness >= SAME_FROM else Verdict.CLOSE, likeness, (why,))
    if owner and _holds(title, owner):
        names_firm = all(word.frame in {each.frame for each in said} for word in known)
        return TitleCheck(
            Verdict.SAME if names_firm else Verdict.CLOSE,
            max(likeness, name_likeness(title, owner)),
            (Reason("owner", _("The title names the owner of the firm.")),),
        )
    if _holds(title, firm):
        return TitleCheck(Verdict.CLOSE, max(likeness, CLOSE_FROM), _differences(title, firm))
    return TitleCheck(Verdict.CLOSE if likeness >= CLOSE_FROM else Verdict.OTHER, likeness, _differences(title, firm))


def _differences(title: str, firm: str) -> tuple[Reason, ...]:
    """Which words stand on one side alone, as they are written."""
    said, known = _spelt(title), _spelt(firm)
    missing = " ".join(word for frame, word in known.items() if frame not in said)
    added = " ".join(word for frame, word in said.items() if frame not in known)
    reasons = []
    if missing:
        reasons.append(Reason("words_missing", _("Words of the firm’s name are not in the title: %(words)s."), missing))
    if added:
        reasons.append(
            Reason("words_added", _("The title has words that are not in the firm’s name: %(words)s."), added)
        )
    return tuple(reasons) or (Reason("spelt", _("The words are spelt otherwise.")),)


def _spelt(name: str) -> dict[str, str]:
    """The words of a name as they are written, by how they are compared; without its legal form."""
    kept = {word.frame for word in words_of(name)}
    found: dict[str, str] = {}
    for word in re.findall(r"\w+", name)[: 2 * MAX_WORDS]:
        frame = words_of(word)[0].frame if words_of(word) else ""
        if frame in kept:
            found.setdefault(frame, word)
    return found


def _holds(title: str, name: str) -> bool:
    """Whether the words by which a name is known stand in the title; all of its words where those tell too little."""
    there = {word.frame for word in words_of(title)}
    telling = [word for word in words_of(name) if word.weight >= WEIGHTS["trade"]]
    needed = telling if sum(word.weight for word in telling) >= ENOUGH else words_of(name)
    return bool(needed) and all(word.frame in there for word in needed)


def _is_cut(title: str, firm: str) -> bool:
    """Whether the title ends in the midst of the firm's name."""
    short, whole = _letters(title), _letters(firm)
    return SHORTEST_CUT <= len(short) < len(whole) and whole.startswith(short)


def _letters(name: str) -> str:
    plain = fold(name).replace("m/s", " ", 1) if fold(name).startswith("m/s") else fold(name)
    return "".join(char for char in plain if char.isalnum())
