"""What a view of the desk shows: a tab, a search, filters and an order, read from an address and written back. Pure.

Whatever an address says wrongly is passed over: a filter is never an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from selection.states import State
from smes.states import NeededPapers
from smes.vocabulary.codes import SIZE_CLASSES, Track
from smes.vocabulary.places import PROVINCES
from smes.vocabulary.sectors import SECTORS
from tdap_portal.core.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_SEARCH_LENGTH = 80
MIN_NAME_LENGTH = 3  # letters: a trigram needs three
FILE_NUMBER = re.compile(r"r\d{1,4}(?:-\d{0,9})?", re.IGNORECASE)
YES = "yes"
OFFICER = re.compile(r"[0-9a-z]{12}")
HS_CODE = re.compile(r"\d{2}[\d.]{0,6}")


class Tab(StrEnum):
    MINE = "mine"
    LATE = "late"
    ASKED = "asked"
    SECOND = "second"
    LINE = "line"
    DECISION = "decision"
    WHOLE = "all"


class Order(StrEnum):
    DUE = "due"  # longest waiting first
    POINTS = "points"  # best first
    SUBMITTED = "submitted"  # oldest submission first


SHOWN_STATES = tuple(state for state in State if state != State.DRAFT)


class Search(StrEnum):
    """What the search words look like."""

    NOTHING = ""
    FILE = "file"
    HS = "hs"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """A view of the desk. Empty text: not filtered."""

    tab: str = Tab.MINE.value
    q: str = ""
    sector: str = ""
    province: str = ""
    track: str = ""
    state: str = ""
    officer: str = ""  # public id: the open files that are with this officer
    size: str = ""  # class of the firm as it was frozen
    papers: str = ""  # how far those have come that the firm must send
    women: str = ""  # "yes": led by a woman
    differ: str = ""  # "yes": both readings are in, and would not do the same
    unfit: str = ""  # "yes": something that the firm says or sends does not fit, and nobody has explained it
    doubled: str = ""  # "yes": may be the same business as another, and nobody has judged that yet
    order: str = ""

    @classmethod
    def read(cls, params: Mapping[str, object], *, home: Tab = Tab.MINE) -> DeskFilter:
        """From the words of an address. home: the tab of an address that names none."""
        found = {field.name: str(params.get(field.name, ""))[:MAX_SEARCH_LENGTH].strip() for field in fields(cls)}
        known: dict[str, Iterable[str]] = {
            "tab": Tab,
            "sector": SECTORS,
            "province": PROVINCES,
            "track": [*Track],
            "state": SHOWN_STATES,
            "size": SIZE_CLASSES,
            "papers": [*NeededPapers],
            "women": [YES],
            "differ": [YES],
            "unfit": [YES],
            "doubled": [YES],
            "order": [*Order],
        }
        if not OFFICER.fullmatch(found["officer"]):
            found["officer"] = ""
        kept = {
            name: value
            for name, value in found.items()
            if name in ("q", "officer") or value in set(map(str, known[name]))
        }
        return cls(**{"tab": home.value, **kept})

    @property
    def search(self) -> Search:
        """A file's number (R3-0398), an HS code or its beginning (9506.62, 9506), else of a firm's name or town."""
        if FILE_NUMBER.fullmatch(self.folded):
            return Search.FILE
        if HS_CODE.fullmatch(self.folded):
            return Search.HS
        return Search.NAME if len(self.folded) >= MIN_NAME_LENGTH else Search.NOTHING

    @property
    def folded(self) -> str:
        """The search words in one form: digits and letters of any keyboard, any kind of dash."""
        return fold(self.q)

    @property
    def hs_digits(self) -> str:
        return self.folded.replace(".", "")[:6]

    @property
    def ordered_by(self) -> Order:
        """The order asked for, else the one that fits the tab."""
        if self.order:
            return Order(self.order)
        return Order.POINTS if self.tab == Tab.LINE else Order.DUE

    @property
    def narrowing(self) -> int:
        """How many filters are in force beside the tab and the order."""
        shown = {field.name: getattr(self, field.name) for field in fields(self)}
        return sum(bool(value) for name, value in shown.items() if name not in ("tab", "order"))

    def query(self, **changes: str) -> str:
        """The words of an address that shows this view, changed where told; "tab=all&sector=textile"."""
        view = replace(self, **changes)
        return urlencode({field.name: value for field in fields(view) if (value := getattr(view, field.name))})
