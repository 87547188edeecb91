"""What each fact of a firm rests on: papers of the right kind, and what officers found when they compared the two.

The key of a proof is that of the fact (smes.profile.facts); a row of a list stands behind a slash: "export_history/2026/direct",
"export_markets/DEU", "certifications/iso_9001". Nothing here reads the database.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from smes.states import COUNTING_PAPERS, ComparisonAnswer, PaperState
from smes.vocabulary.evidence import EvidenceLevel, fact_of
from smes.vocabulary.paper_kinds import KINDS, PROVABLE, can_show
from tdap_portal.core.fingerprints import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from smes.models import Comparison, Document, Sme

ROW_KEYS: Final[Mapping[str, Callable[[Any], str]]] = {
    "certifications": lambda row: f"certifications/{row['kind']}",
    "export_history": lambda row: f"export_history/{row['fiscal_year']}/{row['route']}",
    "export_markets": lambda market: f"export_markets/{market}",
}
"""Facts that are lists of which each row is compared by itself."""
COUNTING: Final = COUNTING_PAPERS


def copied_values(copy: Mapping[str, Any]) -> dict[str, Any]:
    """What a frozen copy says, by the key of its proof; only what was told and what a paper can show."""
    found: dict[str, Any] = {}
    for fact in PROVABLE & copy.keys():
        value = copy[fact]
        if fact in ROW_KEYS:
            found |= {ROW_KEYS[fact](row): _compared_part(row) for row in value or ()}
        elif value not in (None, "", [], False):
            found[fact] = value
    return found


def values_to_compare(sme: Sme, copy: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the private numbers and names that a copy only says are there. They stay on this side of the vault."""
    owners = [[row.name, row.cnic, row.gender, str(row.share_pct), row.birth_year] for row in sme.owners.all()]
    private = {
        "tax_registered": sme.ntn,
        "sales_tax_registered": sme.strn,
        "secp_registered": sme.secp_number,
        "address_held": sme.address,
        "iban_held": sme.iban,
        "owner_cnic_held": [row[:2] for row in owners if row[1]],
        "owners": [row[0] for row in owners],
        "owner_shares": [[row[0], row[3]] for row in owners],
    }
    found = {key: value for key, value in copied_values(copy).items() if key not in private}
    # Who leads the firm is read from its owners: other owners are another fact.
    found |= {key: [found[key], owners] for key in ("women_led", "youth_led") if key in found}
    return found | {key: value for key, value in private.items() if value}


def digest_of(key: str, value: Any) -> str:
    """A keyed hash of a value, 32 hex digits: equal for equal values, and nothing can be read from it."""
    return fingerprint(f"fact {key}", json.dumps(value, sort_keys=True, default=str))


def proofs_of(
    values: Mapping[str, Any], documents: Sequence[Document], comparisons: Iterable[Comparison], on: date
) -> list[dict[str, Any]]:
    """For each value (see values_to_compare) the best proof that holds on that day, as rows of a frozen copy; [] for none.

    Verified by a paper that an officer kept, where the comparison found the same and the value is still the one compared;
    backed by a paper of the right kind, unless it was found not to show the fact. documents, comparisons: of the firm; of the
    latter those that were not taken back. Comparisons come with their officer.
    """
    papers = {row.pk: row for row in documents if row.state in COUNTING and row.is_in_force(on)}
    answers = {(row.document_id, row.fact): row for row in comparisons if row.document_id in papers}
    found = []
    for key in sorted(values):
        digest = digest_of(key, values[key])
        said = {pk: row for (pk, fact), row in answers.items() if fact == key and row.digest == digest and pk in papers}
        proof = _verified(key, said, papers) or _backed(key, said, papers)
        if proof is not None:
            found.append(proof)
    return found


def still_hold(
    frozen: Mapping[str, Any], now: Mapping[str, Any], papers: Mapping[str, PaperState]
) -> list[dict[str, Any]]:
    """The proofs of a frozen copy as they stand now: today's for what the firm still says, those of then for what it says no
    more, as long as their paper is one that counts. papers: state of each of the firm's papers, by public id."""
    was, says = copied_values(frozen), copied_values(now)
    same = {key for key in was if key in says and was[key] == says[key]}
    kept = [proof for proof in now.get("proofs") or () if proof["fact"] in same or proof["fact"] not in says]
    older = [
        proof
        for proof in frozen.get("proofs") or ()
        if proof["fact"] in was.keys() - same and papers.get(proof["document"]) in COUNTING
    ]
    return sorted([*kept, *older], key=lambda proof: str(proof["fact"]))


def shows(document: Document, key: str) -> bool:
    """Whether this paper can show a fact or a row: by its kind, and a certificate's paper only its own certificate."""
    if fact_of(key) == "certifications" and document.certificate:
        return key == f"certifications/{document.certificate}"
    return can_show(KINDS[document.kind], key)


def _verified(key: str, said: Mapping[int, Comparison], papers: Mapping[int, Document]) -> dict[str, Any] | None:
    same = [
        row
        for pk, row in said.items()
        if row.answer == ComparisonAnswer.SAME and papers[pk].state == PaperState.VERIFIED
    ]
    if not same:
        return None
    # Of several the one that holds longest, then the newest.
    best = max(
        same,
        key=lambda row: (
            papers[row.document_id].expires_on is None,
            papers[row.document_id].expires_on or timezone.localdate(row.compared_at),
            row.pk,
        ),
    )
    paper = papers[best.document_id]
    return _row(
        key,
        EvidenceLevel.VERIFIED,
        paper,
        by=best.compared_by.public_id,
        on=timezone.localdate(best.compared_at).isoformat(),
    )


def _backed(key: str, said: Mapping[int, Comparison], papers: Mapping[int, Document]) -> dict[str, Any] | None:
    wrong = {pk for pk, row in said.items() if row.answer != ComparisonAnswer.SAME}
    there = [row for pk, row in papers.items() if pk not in wrong and shows(row, key)]
    if not there:
        return None
    paper = max(there, key=lambda row: row.pk)
    return _row(key, EvidenceLevel.BACKED, paper, by=None, on=timezone.localdate(paper.created_at).isoformat())


def _row(key: str, level: EvidenceLevel, paper: Document, *, by: str | None, on: str) -> dict[str, Any]:
    return {
        "fact": key,
        "level": level.value,
        "paper": paper.kind,
        "document": paper.public_id,
        "by": by,
        "on": on,
        "until": paper.expires_on.isoformat() if paper.expires_on else None,
    }


def _compared_part(row: Any) -> Any:
    """What of a row is compared. Of a certificate that it is held: until when, its paper says, and no longer does its proof hold."""
    return {"kind": row["kind"]} if isinstance(row, dict) and "expires_on" in row else row
