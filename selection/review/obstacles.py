"""What stands against selecting a file: the rules that no official can pass over alone. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from selection.models import Application, Recommendation
from selection.policy.selectors import policy_of
from selection.states import OPEN_STATES, Outcome, State
from smes.duplicates import selectors as duplicates_selectors
from smes.evidence import selectors as evidence_selectors
from smes.evidence.wording import name_of
from smes.papers import selectors as papers_selectors
from smes.states import FlagState
from smes.vocabulary.wording import paper_name
from tdap_portal.core.errors import DomainError

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Iterable

LIVE_STATES = (*OPEN_STATES, State.SELECTED, State.WAITLISTED)
"""Files that have, or can still get, a seat."""


class Obstacle(NamedTuple):
    """code: of the refusal. text: in the language of the page, with what would take it away."""

    code: str
    text: str


def obstacles_of(row: Application) -> list[Obstacle]:
    return obstacles_among([row])[row.pk]


def obstacles_among(rows: Iterable[Application]) -> dict[int, list[Obstacle]]:
    """What stands against selecting each file, by its id, at the same cost for any number; [] for nothing. rows: with their firm
    and round."""
    rows = list(rows)
    prefetch_related_objects([row.sme for row in rows], "owners", "documents")
    waived = selectors.waived_kinds(row.pk for row in rows)
    older = _recommended_before_the_rule(rows)
    duplicates = _duplicates(rows)
    clashes = evidence_selectors.open_contradictions_among({row.sme_id for row in rows})
    not_shown = evidence_selectors.facts_not_shown_among({row.sme_id for row in rows})
    found: dict[int, list[Obstacle]] = {}
    for row in rows:
        obstacles = found.setdefault(row.pk, [])
        lacks = [kind for kind in papers_selectors.unverified_papers(row.sme) if kind not in waived.get(row.pk, ())]
        if lacks and row.pk not in older:
            obstacles.append(_of_papers(lacks))
        if row.sme_id in not_shown and row.pk not in older:
            text = _(
                "The paper does not show what the firm says now: %(facts)s. Compare it again, ask the firm, or refuse it."
            )
            facts = _(", ").join(map(name_of, not_shown[row.sme_id]))
            obstacles.append(Obstacle("paper_differs", text % {"facts": facts}))
        obstacles += duplicates.get(row.pk, [])
        names = [evidence_selectors.name_of(clash) for clash in clashes.get(row.sme_id, ()) if clash.stops]
        if names:
            text = _("This does not fit together, and no officer has explained it: %(names)s.")
            obstacles.append(Obstacle("contradiction_open", text % {"names": _(", ").join(dict.fromkeys(names))}))
    return found


def require_none(row: Application) -> None:
    """Raises DomainError with the code of the first obstacle and the words of all."""
    found = obstacles_of(row)
    if found:
        codes = [each.code for each in found]
        raise DomainError(" ".join(each.text for each in found), code=codes[0], obstacles=codes)


def _of_papers(kinds: Iterable[str]) -> Obstacle:
    text = _(
        "Needed, but not verified and in force: %(papers)s. Verify them, or propose a waiver with its reason, which a director signs."
    )
    return Obstacle("papers_not_verified", text % {"papers": _(", ").join(map(paper_name, kinds))})


def _recommended_before_the_rule(rows: Iterable[Application]) -> set[int]:
    """Files that an officer recommended to be selected before papers had to be verified, in a round whose policy never asked
    for proof: that recommendation is decided as it was made. Whatever is recommended since needs its papers, in any round."""
    old = [row.pk for row in rows if row.state == State.RECOMMENDED and not policy_of(row.round.policy).asks_for_proof]
    made = Recommendation.objects.filter(application__in=old, returned_at=None).order_by("pk")
    newest = {one.application_id: one for one in made}
    return {pk for pk, one in newest.items() if one.outcome == Outcome.SELECT and not one.papers_looked_at}


def _duplicates(rows: Iterable[Application]) -> dict[int, list[Obstacle]]:
    """A pair that nobody has judged; or one judged to be the same business, of which the other has a file in the same round."""
    flags = list(duplicates_selectors.not_judged_different({row.sme_id for row in rows}))
    firms = {sme_id for flag in flags for sme_id in (flag.one_id, flag.other_id)}
    rounds = {row.round_id for row in rows}
    live = set(
        Application.objects.filter(sme__in=firms, round__in=rounds, state__in=LIVE_STATES).values_list(
            "sme_id", "round_id"
        )
    )
    found: dict[int, list[Obstacle]] = {}
    for row in rows:
        for flag in flags:
            if row.sme_id not in (flag.one_id, flag.other_id):
                continue
            other = flag.other if flag.one_id == row.sme_id else flag.one
            if flag.state == FlagState.OPEN:
                text = _("It may be the same business as %(firm)s. Judge first whether it is.")
                found.setdefault(row.pk, []).append(Obstacle("duplicate_open", text % {"firm": other.name}))
            elif (other.pk, row.round_id) in live:
                text = _(
                    "It is the same business as %(firm)s, which has a file in this round: only one of the two can be selected."
                )
                found.setdefault(row.pk, []).append(Obstacle("same_business", text % {"firm": other.name}))
    return found
