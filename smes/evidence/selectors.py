"""What can be compared with a paper, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smes.profile import selectors as profile_selectors
from smes.profile.proofs import digest_of, shows, values_to_compare
from smes.vocabulary.evidence import fact_of
from smes.vocabulary.paper_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smes.models import Comparison, Document, Sme


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


def values_of(sme: Sme) -> dict[str, Any]:
    """What the firm says today, by the key of its proof, with private numbers in full: for the eyes of who compares."""
    return values_to_compare(sme, profile_selectors.frozen_copy(sme))


def checklist(document: Document, values: Mapping[str, Any] | None = None) -> list[Line]:
    """The facts that this paper can show and that the firm told, in the order of its kind. values: see values_of."""
    told = values_of(document.sme) if values is None else values
    found = {row.fact: row for row in document.comparisons.filter(undone_at=None).select_related("compared_by")}
    keys = sorted((key for key in told if shows(document, key)), key=lambda key: _place(document, key))
    return [Line(key, told[key], digest_of(key, told[key]), found.get(key)) for key in keys]


def _place(document: Document, key: str) -> tuple[int, str]:
    return (KINDS[document.kind].proves.index(fact_of(key)), key)
