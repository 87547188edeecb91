"""A score in words: the reasons of each part, what would open a shut gate, and the cheapest ways up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from selection.engine import words
from selection.engine.card import Card, GateResult, Reason
from selection.engine.facts import (
    ROW_KEYS,
    Certification,
    Evidence,
    Facts,
    all_at,
    facts_at,
    keys_of_proofs,
    level_of,
)
from selection.engine.measures import MEASURES, Case, Value
from selection.engine.points import columns_of, is_met, score_many
from selection.engine.policy import LADDERS, LISTS, Change, Condition, Criterion, Gate, Policy, Way, WayIn
from smes.vocabulary.codes import PROVINCES, SECTORS
from smes.vocabulary.evidence import EvidenceLevel
from smes.vocabulary.paper_kinds import KINDS, can_show

NEUTRAL = 0.5
"""The share that takes no side: half of what could be won."""
CERTIFICATE_DAYS = 3 * 365
"""For how long a certificate is given, as ISO 9001 is (ISO/IEC 17021-1, 9.1.3)."""

# ------------------------------------------------------------------------------------------------------------ reasons


def reason_of(criterion: Criterion, case: Case) -> tuple[Reason, bool]:
    """What the criterion saw, a sentence a measure, and how missing figures were treated; True where any was missing."""
    values = [item.of.read(case) for item in criterion.items]
    sentences = [
        sentence(item.measure, value, case.evidence) for item, value in zip(criterion.items, values, strict=True)
    ]
    missing = [value is None for value in values]
    if any(missing) and criterion.missing != "zero":
        left_out = criterion.missing == "rest" and not all(missing)
        if left_out:
            sentences.append(Reason(words.REST_COUNTED))
        elif criterion.neutral == NEUTRAL:
            sentences.append(Reason(words.NEUTRAL_GIVEN))
        else:
            sentences.append(Reason(words.PART_GIVEN, {"share": f"{criterion.neutral * 100:g}"}))
    return Reason.joined(sentences), any(missing)


def sentence(code: str, value: Value, evidence: Evidence) -> Reason:
    """A measure and its value as a sentence; what to tell us where the firm did not say."""
    measure, texts = MEASURES[code], words.MEASURES[code]
    figure = evidence.figures.get(code)
    if value is None:
        if not measure.is_evidence:
            return Reason(texts["missing"])
        return Reason(texts["missing"], {"why": Reason(figure.missing_reason if figure else words.NO_FIGURE)})
    if isinstance(value, bool):
        return Reason(texts["yes" if value else "no"])
    if isinstance(value, str):
        name = SECTORS.get(value) or PROVINCES.get(value) or value
        return Reason(texts[value]) if value in texts else Reason(texts["told"], {"value": Reason(name)})
    params: dict[str, str | Reason] = {"value": shown(value, measure.show)}
    if figure:
        params["period"] = figure.period
    return Reason(texts["told"], params)


def shown(value: float, show: str) -> str:
    """A number as it stands in a sentence: 46,800 · 1.70 · 6.1 (of 0.061) · +6.1 (a change)."""
    match show:
        case "decimal":
            return f"{value:,.2f}"
        case "percent":
            return f"{value * 100:,.1f}"
        case "change":
            return f"{value * 100:+,.1f}"
        case _:
            return f"{value:,.0f}"


def source_of(criterion: Criterion, case: Case) -> Reason:
    """Where the values came from: the application, or each source of figures once, with period and vintage."""
    sources: list[Reason] = []
    for item in criterion.items:
        source = _source(item.measure, case)
        if source is not None and source not in sources:
            sources.append(source)
    return Reason.joined(sources or [Reason(words.NO_FIGURE)])


def _source(code: str, case: Case) -> Reason | None:
    if not MEASURES[code].is_evidence:
        day = case.facts.frozen_on
        if day is None:
            return Reason(words.FROM_APPLICATION_UNDATED)
        month = Reason(words.MONTHS[day.month - 1])
        return Reason(words.FROM_APPLICATION, {"day": str(day.day), "month": month, "year": str(day.year)})
    figure = case.evidence.figures.get(code)
    if figure is None or figure.value is None:
        return None
    return Reason(
        words.FROM_FIGURE, {"source": Reason(figure.source), "period": figure.period, "vintage": figure.vintage}
    )


# -------------------------------------------------------------------------------------------------------------- gates


def nearest_way(gate: Gate, case: Case) -> tuple[WayIn, tuple[Condition, ...]]:
    """The way through a gate that is nearest, and its conditions that are not met; () where the gate is open.

    Nearest is the way with the fewest unmet conditions; of equals the one of which more is met, then the first in the policy.
    """
    unmet = {way: tuple(each for each in way.all_of if not is_met(each, case)) for way in gate.any_of}
    nearest = min(unmet, key=lambda way: (len(unmet[way]), len(unmet[way]) - len(way.all_of)))
    return nearest, unmet[nearest]


def gate_result(gate: Gate, case: Case) -> GateResult:
    """Is the gate open? If not: what is unmet on the nearest way in, and what would meet it."""
    nearest, unmet = nearest_way(gate, case)
    if not unmet:
        return GateResult(gate.code, gate.label, passed=True, reason=Reason(words.MET[nearest.code]), to_meet=None)
    reasons = [
        sentence(condition.measure, MEASURES[condition.measure].read(case), case.evidence) for condition in unmet
    ]
    limits = [f"{condition.value:g}" for condition in nearest.all_of if condition.provenance is not None]
    to_meet = Reason(words.TO_MEET[nearest.code], {"limit": limits[0]} if limits else {})
    return GateResult(gate.code, gate.label, passed=False, reason=Reason.joined(reasons), to_meet=to_meet)


# ------------------------------------------------------------------------------------------------------------ ways up


@dataclass(frozen=True)
class WayUp:
    """Something the firm can do. gain: points by a real second scoring with this one change; cost in rupees and days by
    the policy's dated rows; criteria: the codes it counts in; lifts: it is one of the set that lifts the firm over the
    line; source: of cost and time."""

    code: str
    label: str
    gain: Decimal
    cost_pkr: int
    days: int
    criteria: tuple[str, ...]
    lifts: bool
    source: str


def ways_up(
    facts: Facts, evidence: Evidence, policy: Policy, *, on: date, line: Decimal | None = None
) -> tuple[WayUp, ...]:
    """What the firm could do itself to win points, cheapest first (cost, then days, then the greater gain).

    Each gain is computed by scoring the changed facts; what wins nothing is left out. With a line (points of 100) that the
    firm is under, `lifts` marks the set that reaches it for the least cost, scored together (least_cost_set). None is marked
    where all ways together do not reach it, or the firm is over it already.
    """
    now = Case(facts, evidence, on)
    open_ways = [way for way in policy.ways if all(is_met(need, now) for need in way.needs)]
    points = score_many(columns_of([now, *(apply_changes(now, [way]) for way in open_ways)], policy), policy)
    gains = points.by_criterion[:, 1:] - points.by_criterion[:, :1]
    found = [
        WayUp(
            way.code,
            way.label,
            _points(int(gain.sum())),
            way.cost_pkr,
            way.days,
            tuple(c.code for c, won in zip(policy.criteria, gain, strict=True) if won),
            lifts=False,
            source=way.provenance.source,
        )
        for way, gain in zip(open_ways, gains.T, strict=True)
        if gain.sum() > 0
    ]
    found.sort(key=lambda way: (way.cost_pkr, way.days, -way.gain, way.code))
    if line is None or _points(int(points.total[0])) >= line:
        return tuple(found)
    by_code = {way.code: way for way in open_ways}
    chosen = {way.code for way in least_cost_set([by_code[way.code] for way in found], line, now, policy)}
    return tuple(replace(way, lifts=way.code in chosen) for way in found)


def least_cost_set(ways: Sequence[Way], line: Decimal, now: Case, policy: Policy) -> tuple[Way, ...]:
    """Of all sets of these ways whose firm, scored with all of them, reaches the line, the one that costs least; of equally
    dear ones that of fewest days together, then of fewest ways, then the first by code. () where all together do not reach it.

    Exact: points are summed over criteria, so each is scored with every set of the ways that change a fact it rests on; and a
    set is left out unseen only where it is worse than one that reaches, or where all that it can still take in does not
    reach, as a way never makes a score worse (`apply_changes`).
    """
    ordered = sorted(ways, key=lambda way: (way.cost_pkr, way.days, way.code))
    tables = _points_by_set(ordered, now, policy)
    goal = int(line * 100)
    best: tuple[tuple[int, int, int, list[str]], int] | None = None

    def reaches(some: int) -> bool:
        return sum(table[some & mask] for mask, table in tables) >= goal

    def search(at: int, taken: int, burden: tuple[int, int, int]) -> None:
        """taken: bits of the ways in their order, those from `at` on still open."""
        nonlocal best
        if best is not None and burden > best[0][:3]:
            return
        if reaches(taken):
            found = (*burden, sorted(way.code for bit, way in enumerate(ordered) if taken >> bit & 1))
            best = (found, taken) if best is None else min(best, (found, taken))
        elif at < len(ordered) and reaches(taken | (1 << len(ordered)) - (1 << at)):
            way = ordered[at]
            search(at + 1, taken | 1 << at, (burden[0] + way.cost_pkr, burden[1] + way.days, burden[2] + 1))
            search(at + 1, taken, burden)

    search(0, 0, (0, 0, 0))
    return tuple(way for bit, way in enumerate(ordered) if best and best[1] >> bit & 1)


def _points_by_set(ways: Sequence[Way], now: Case, policy: Policy) -> list[tuple[int, dict[int, int]]]:
    """For each criterion the ways that change a fact it rests on, as bits, and its hundredths by every set of these."""
    masks = []
    for criterion in policy.criteria:
        facts = {fact for item in criterion.items for fact in item.of.rests_on}
        masks.append(
            sum(1 << bit for bit, way in enumerate(ways) if any(change.fact in facts for change in way.changes))
        )
    sets = sorted({some for mask in masks for some in _sets_within(mask)})
    cases = [apply_changes(now, [way for bit, way in enumerate(ways) if some >> bit & 1]) for some in sets]
    points = dict(zip(sets, score_many(columns_of(cases, policy), policy).by_criterion.T.tolist(), strict=True))
    return [(mask, {some: points[some][row] for some in _sets_within(mask)}) for row, mask in enumerate(masks)]


def _sets_within(mask: int) -> list[int]:
    """Every set of these bits, the empty one too."""
    found, some = [0], mask
    while some:
        found.append(some)
        some = (some - 1) & mask
    return found


@dataclass(frozen=True)
class PaperWay:
    """A paper that would lift what the firm told. kind: of the paper; keys: of the facts and rows that it can show and that are
    not verified yet; gain: points won by a real second scoring, were they; criteria: the codes it counts in."""

    kind: str
    keys: tuple[str, ...]
    gain: Decimal
    criteria: tuple[str, ...]


def papers_that_lift(facts: Facts, evidence: Evidence, policy: Policy, *, on: date) -> tuple[PaperWay, ...]:
    """The papers for which points wait, the most points first; what wins nothing, and what a firm of this legal form has not, is
    left out.

    Two papers that show the same fact each win its points, so the gains of several do not add up.
    """
    now = Case(facts, evidence, on)
    scored = {fact for item in policy.items if item.scale for fact in item.of.rests_on}
    open_keys = {
        key: level_of(facts, key, on).rank < EvidenceLevel.VERIFIED.rank for key in keys_of_proofs(facts, scored)
    }
    keys_by_kind = {
        kind.code: tuple(key for key, is_open in open_keys.items() if is_open and can_show(kind, key))
        for kind in KINDS.values()
        if not kind.forms or facts.legal_form in kind.forms
    }
    keys_by_kind = {kind: keys for kind, keys in keys_by_kind.items() if keys}
    lifted = [replace(now, facts=all_at(facts, EvidenceLevel.VERIFIED, keys)) for keys in keys_by_kind.values()]
    points = score_many(columns_of([now, *lifted], policy), policy).by_criterion
    gains = points[:, 1:] - points[:, :1]
    found = [
        PaperWay(
            kind,
            keys,
            _points(int(gain.sum())),
            tuple(criterion.code for criterion, won in zip(policy.criteria, gain, strict=True) if won),
        )
        for (kind, keys), gain in zip(keys_by_kind.items(), gains.T, strict=True)
    ]
    return tuple(sorted((way for way in found if way.gain > 0), key=lambda way: (-way.gain, way.kind)))


def waiting_of_backed(facts: Facts, evidence: Evidence, policy: Policy, *, on: date) -> Decimal:
    """Points that wait for an officer alone: those that would be won, were all verified for which a paper is there already."""
    backed = [key for key in keys_of_proofs(facts) if level_of(facts, key, on) is EvidenceLevel.BACKED]
    now = Case(facts, evidence, on)
    total = score_many(
        columns_of([now, replace(now, facts=all_at(facts, EvidenceLevel.VERIFIED, backed))], policy), policy
    ).total
    return _points(int(total[1]) - int(total[0]))


def points_if_only_verified(card: Card) -> Decimal:
    """What would be left of a kept score, were nothing counted that no officer verified on its day. The points of figures stay."""
    policy = Policy.version_of(card.policy_version)
    facts = facts_at(card.facts, EvidenceLevel.VERIFIED, card.on)
    total = score_many(columns_of([Case(facts, card.evidence, card.on)], policy), policy).total
    return _points(int(total[0]))


def apply_changes(case: Case, ways: Iterable[Way]) -> Case:
    """The case as it would be after those ways up, with a paper for what changed; never worse than before."""
    facts = case.facts
    for way in ways:
        for change in way.changes:
            before = set(keys_of_proofs(facts, [change.fact]))
            was = getattr(facts, change.fact)
            changed: Any = _changed(facts, change, case.on)
            facts = replace(facts, **{change.fact: changed})
            keys = keys_of_proofs(facts, [change.fact])
            new = [key for key in keys if key not in before] if change.fact in ROW_KEYS else keys
            if changed != was:
                facts = all_at(facts, EvidenceLevel.VERIFIED, new)
    return replace(case, facts=facts)


def _changed(facts: Facts, change: Change, on: date) -> object:
    now = getattr(facts, change.fact)
    match change.act:
        case "set":
            return change.value
        case "raise" if change.fact in LISTS:
            missing = int(change.value or 0) - len(set(now or ()))
            return (*(now or ()), *(f"new-{n}" for n in range(missing)))
        case "raise":
            return max(now or 0, int(change.value or 0))
        case "lower":
            # Not told is not a delay: telling us is another matter than becoming faster.
            return None if now is None else min(now, int(change.value or 0))
        case "climb":
            return _higher(LADDERS[change.fact], now, str(change.value))
        case _:
            return _with_certificates(now or (), change.act, on)


def _higher(ladder: tuple[str, ...], now: str | None, to: str) -> str:
    if now is None:
        return to
    # A code that is not on the ladder is not ours to judge.
    return now if now not in ladder or ladder.index(now) >= ladder.index(to) else to


def _with_certificates(now: tuple[Certification, ...], act: str, on: date) -> tuple[Certification, ...]:
    last_day = on + timedelta(days=CERTIFICATE_DAYS)
    if act == "add":
        return (*now, Certification("new", last_day, verified=False))
    if act == "verify":
        return tuple(replace(row, verified=True) if row.in_force(on) else row for row in now)
    # Cost and time of the policy are for one certificate: one that we verified before counts for more.
    expired = sorted((row for row in now if not row.in_force(on)), key=lambda row: not row.verified)
    if not expired:
        return now
    return (*(row for row in now if row is not expired[0]), replace(expired[0], expires_on=last_day))


def _points(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2).quantize(Decimal("0.01"))
