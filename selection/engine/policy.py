"""The policy: gates, weighted criteria, tie-break and ways up, read from a dated TOML file.

A policy is data. Nothing in it is executed, and the loader is strict: every number stands in a table with unit, date and
source, every code has words, weights and shares sum to exactly 100, a key that nobody knows is refused, and a normaliser
that would take points away for more of a good is refused too. docs/policy.md explains the file to officials.
"""

import hashlib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

from selection.engine import words
from selection.engine.facts import kind_of_fact
from selection.engine.measures import MEASURES, Measure
from smes.vocabulary.codes import EXPORT_ROUTES, INTERNET, QUALITY_CONTROLS, TRACKS
from smes.vocabulary.evidence import LEVELS, EvidenceLevel
from smes.vocabulary.paper_kinds import PROVABLE

POLICY_SCHEMAS = (1, 2)
FOLDER = Path(__file__).resolve().parent.parent / "policies"

Test: TypeAlias = Literal["is", "in", "at_least", "at_most"]
Missing: TypeAlias = Literal["zero", "neutral", "rest"]
Normaliser: TypeAlias = Literal["flag", "line", "steps", "table"]
VERSION = re.compile(r"[0-9]{4}-[0-9]{1,3}")
NARROWEST = 1e-9
"""Two corners of a line lie at least this far apart: a slope must stay finite."""
LADDERS: dict[str, tuple[str, ...]] = {
    "quality_control": tuple(QUALITY_CONTROLS),
    "internet": tuple(INTERNET),
    "export_route": tuple(EXPORT_ROUTES),
}
"""Codes in order, lowest first: what a way up may climb."""
LISTS = ("channels", "target_markets")
"""Facts that are lists of codes: a way up may raise how many there are."""


class PolicyError(ValueError):
    """The policy file is refused. `key` is the place in the file, such as `criteria[3].items[0].points`."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Provenance:
    """Unit, first day and source of the numbers of one table."""

    unit: str
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One question about one measure: is (flag), in (codes), at_least or at_most (number). Not told is not met."""

    measure: str
    test: Test
    value: bool | float | tuple[str, ...]
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class WayIn:
    """One way through a gate: all its conditions together."""

    code: str
    all_of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A hard rule of some tracks: any one of its ways in will do."""

    code: str
    tracks: tuple[str, ...]
    any_of: tuple[WayIn, ...]
    since: date
    source: str

    @property
    def label(self) -> str:
        return words.GATES[self.code]


@dataclass(frozen=True, slots=True)
class Scale:
    """What each level of evidence earns: shares from 0 to 1, weakest level first, never falling, the last one 1."""

    code: str
    earns: tuple[float, ...]
    provenance: Provenance

    @property
    def label(self) -> str:
        return words.SCALES[self.code]


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a criterion: one measure, its share of the criterion (of 100) and how it becomes 0 to 1.

    flag: true is 1. line: straight lines between (value, share won) points, flat outside. steps: from each value on, that
    share. table: a share a code, `otherwise` for the rest. scale: what each level of evidence earns of it; None where what the
    firm says counts in full.
    """

    measure: str
    share: int
    kind: Normaliser
    points: tuple[tuple[float, float], ...]
    table: tuple[tuple[str, float], ...]
    otherwise: float
    provenance: Provenance
    scale: Scale | None = None

    @property
    def of(self) -> Measure:
        return MEASURES[self.measure]

    @property
    def layers(self) -> tuple["Layer", ...]:
        """The parts of the item: what its measure wins with all facts, and the more with those that stand better."""
        if self.scale is None:
            return (Layer(self, EvidenceLevel.SAID, 1.0),)
        steps = zip(LEVELS, self.scale.earns, (0.0, *self.scale.earns), strict=False)
        return tuple(Layer(self, level, earned - before) for level, earned, before in steps if earned > before)


@dataclass(frozen=True, slots=True)
class Layer:
    """A part (0 to 1) of an item, won by its measure read from the facts at `level` or better.

    Facts that stand better are among those that stand worse, and a normaliser never falls for more of a good: so a firm wins
    each part for what stands at its level, and neither a further claim nor a proof can lower its points.
    """

    item: Item
    level: EvidenceLevel
    part: float


@dataclass(frozen=True, slots=True)
class Criterion:
    """A weighted criterion. missing: zero (what the firm did not tell wins nothing), neutral (an item without a figure wins
    the neutral share) or rest (such an item is left out and the others count in full; neutral when none is left)."""

    code: str
    weight: Decimal
    missing: Missing
    neutral: float
    items: tuple[Item, ...]
    provenance: Provenance

    @property
    def label(self) -> str:
        return words.CRITERIA[self.code]


@dataclass(frozen=True, slots=True)
class Change:
    """What a way up does to one fact: set a flag, raise or lower a number (or the length of a list), climb to a code of
    its ladder; or, for the fact "certifications", verify, renew or add."""

    fact: str
    act: Literal["set", "raise", "lower", "climb", "verify", "renew", "add"]
    value: bool | int | str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Something the firm can do itself: what it changes, who may be told of it, what it costs and how long it takes."""

    code: str
    needs: tuple[Condition, ...]
    changes: tuple[Change, ...]
    cost_pkr: int
    days: int
    provenance: Provenance

    @property
    def label(self) -> str:
        return words.WAYS[self.code]


@dataclass(frozen=True)
class Policy:
    """A whole policy. digest is the sha-256 of the file's text: two policies with one version are told apart by it."""

    version: str
    in_force_from: date
    tracks: tuple[str, ...]
    gates: tuple[Gate, ...]
    criteria: tuple[Criterion, ...]
    tie_break: tuple[Condition, ...]
    ways: tuple[Way, ...]
    digest: str

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, criterion by criterion."""
        return tuple(item for criterion in self.criteria for item in criterion.items)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The parts of all items, in their order: the rows of the columns in points.py."""
        return tuple(layer for item in self.items for layer in item.layers)

    @property
    def asks_for_proof(self) -> bool:
        """Whether any item earns more with better evidence."""
        return any(item.scale for item in self.items)

    def gates_of(self, track: str) -> tuple[Gate, ...]:
        """The gates of a track. Raises PolicyError for a track that the policy does not have."""
        if track not in self.tracks:
            raise PolicyError("tracks", f"this policy has no track {track!r}.")
        return tuple(gate for gate in self.gates if track in gate.tracks)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a policy file. Raises OSError where there is none and PolicyError where it is refused."""
        return cls.parse(Path(path).read_text(encoding="utf-8"))

    @classmethod
    def version_of(cls, version: str) -> Self:
        """The policy of that version from the folder selection/policies. Raises PolicyError for an unknown version."""
        path = FOLDER / f"{version}.toml"
        if path.parent != FOLDER or not path.is_file():
            raise PolicyError("version", f"there is no policy {version!r}.")
        policy = cls.load(path)
        if policy.version != version:
            raise PolicyError("version", f"the file {path.name} holds policy {policy.version!r}.")
        return policy

    @classmethod
    def all(cls) -> list[Self]:
        """Every policy of the folder, the newest first. Raises PolicyError where one is refused."""
        policies = [cls.load(path) for path in FOLDER.glob("*.toml")]
        return sorted(policies, key=lambda policy: (policy.in_force_from, policy.version), reverse=True)

    @classmethod
    def in_force(cls, on: date) -> Self:
        """The newest policy of the folder that is in force on that day. Raises PolicyError where there is none."""
        started = [policy for policy in cls.all() if policy.in_force_from <= on]
        if not started:
            raise PolicyError("in_force_from", f"no policy is in force on {on.isoformat()}.")
        return started[0]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a policy from TOML text. Raises PolicyError, which names the key."""
        try:
            data = tomllib.loads(text, parse_float=Decimal)
        except (ValueError, ArithmeticError) as error:  # the latter for a number too long for a Decimal
            raise PolicyError("file", f"this is not TOML: {error}") from error
        top = _Table("", data, {}, date.max)
        schema = top.whole("schema")
        if schema not in POLICY_SCHEMAS:
            raise PolicyError("schema", f"this engine reads schemas up to {max(POLICY_SCHEMAS)}.")
        version = top.text("version")
        if not VERSION.fullmatch(version):
            raise PolicyError("version", "expected a year and a number, as 2026-1.")
        since = top.day("in_force_from")
        tracks = top.codes("tracks", TRACKS)
        sources = top.table("sources").texts()
        inner = _Table("", data, sources, since)
        gates = tuple(_gate(table, tracks) for table in inner.tables("gates"))
        scales = {scale.code: scale for scale in map(_scale, inner.tables("scales") if schema > 1 else ())}
        criteria = tuple(_criterion(table, scales) for table in inner.tables("criteria"))
        tie_break = tuple(_condition(table) for table in inner.tables("tie_break"))
        ways = tuple(_way(table) for table in inner.tables("ways"))
        inner.refuse_unknown({"schema", "version", "in_force_from", "tracks", "sources"})
        _unique("gates", [gate.code for gate in gates])
        _unique("criteria", [criterion.code for criterion in criteria])
        _unique("ways", [way.code for way in ways])
        if len(tie_break) > 8:
            raise PolicyError("tie_break", "there can be at most 8 steps.")
        total = sum(criterion.weight for criterion in criteria)
        if total != 100:
            raise PolicyError("criteria", f"the weights must sum to exactly 100, they sum to {total}.")
        if unused := scales.keys() - {item.scale.code for c in criteria for item in c.items if item.scale}:
            raise PolicyError("scales", f"no item uses {min(unused)!r}.")
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(version, since, tracks, gates, criteria, tie_break, ways, digest)


# -------------------------------------------------------------------------------------------------------- the loader


class _Table:
    """One table of the file: typed look-ups that name the key when they refuse, and a last look for unknown keys."""

    def __init__(self, place: str, data: dict[str, Any], sources: dict[str, str], in_force_from: date) -> None:
        self.place = place
        self.data = data
        self.sources = sources
        self.in_force_from = in_force_from
        self.seen: set[str] = set()

    def key(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def has(self, name: str) -> bool:
        return name in self.data

    def _get(self, name: str) -> Any:
        self.seen.add(name)
        if name not in self.data:
            raise PolicyError(self.key(name), "the key is missing.")
        return self.data[name]

    def _inside(self, name: str, data: Any) -> "_Table":
        if not isinstance(data, dict):
            raise PolicyError(self.key(name), "expected a table.")
        return _Table(self.key(name), data, self.sources, self.in_force_from)

    def table(self, name: str) -> "_Table":
        return self._inside(name, self._get(name))

    def tables(self, name: str) -> list["_Table"]:
        rows = self._get(name)
        if not isinstance(rows, list):
            raise PolicyError(self.key(name), "expected a list of tables.")
        return [self._inside(f"{name}[{n}]", row) for n, row in enumerate(rows)]

    def whole(self, name: str, low: int = 0) -> int:
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise PolicyError(self.key(name), f"expected a whole number from {low} on.")
        return value

    def number(self, name: str) -> Decimal:
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise PolicyError(self.key(name), "expected a number.")
        return _finite(self.key(name), Decimal(value))

    def flag(self, name: str) -> bool:
        value = self._get(name)
        if not isinstance(value, bool):
            raise PolicyError(self.key(name), "expected true or false.")
        return value

    def text(self, name: str) -> str:
        value = self._get(name)
        if not isinstance(value, str) or not value.strip():
            raise PolicyError(self.key(name), "expected a text that is not empty.")
        return value

    def day(self, name: str) -> date:
        value = self._get(name)
        if type(value) is not date:
            raise PolicyError(self.key(name), "expected a date as 2026-07-01.")
        return value

    def code(self, name: str, known: Any) -> str:
        value = self.text(name)
        if value not in known:
            raise PolicyError(self.key(name), f"nobody knows {value!r} here.")
        return value

    def codes(self, name: str, known: Any = None) -> tuple[str, ...]:
        values = self._get(name)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            raise PolicyError(self.key(name), "expected a list of codes that is not empty.")
        for value in values:
            if known is not None and value not in known:
                raise PolicyError(self.key(name), f"nobody knows {value!r} here.")
        _unique(self.key(name), values)
        return tuple(values)

    def texts(self) -> dict[str, str]:
        return {name: self.text(name) for name in self.data}

    def pairs(self, name: str) -> tuple[tuple[float, float], ...]:
        rows = self._get(name)
        if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
            raise PolicyError(self.key(name), "expected a list of pairs [value, share won].")
        made = [tuple(_float(f"{self.key(name)}[{n}]", value) for value in row) for n, row in enumerate(rows)]
        return tuple((x, y) for x, y in made)

    def since(self) -> date:
        day = self.day("since")
        if day > self.in_force_from:
            raise PolicyError(self.key("since"), "this is later than the first day of the policy.")
        return day

    def source(self) -> str:
        return self.sources[self.code("source", self.sources)]

    def provenance(self) -> Provenance:
        return Provenance(self.text("unit"), self.since(), self.source())

    def refuse_unknown(self, more: set[str] | None = None) -> None:
        unknown = sorted(set(self.data) - self.seen - (more or set()))
        if unknown:
            raise PolicyError(self.key(unknown[0]), "nobody knows this key.")


def _finite(key: str, value: Decimal) -> Decimal:
    """The number, if it is finite as the float it is computed with: 1e400 is not."""
    if not math.isfinite(float(value)):
        raise PolicyError(key, "expected a finite number.")
    return value


def _float(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PolicyError(key, "expected a number.")
    return float(_finite(key, Decimal(value)))


def _unique(key: str, codes: list[str]) -> None:
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise PolicyError(key, f"{twice[0]!r} stands here twice.")


def _condition(table: _Table) -> Condition:
    measure = MEASURES[table.code("measure", MEASURES)]
    tests = [test for test in ("is", "in", "at_least", "at_most") if table.has(test)]
    wanted = {"flag": ("is",), "text": ("in",), "number": ("at_least", "at_most")}[measure.kind]
    if len(tests) != 1 or tests[0] not in wanted:
        raise PolicyError(table.key("measure"), f"{measure.code} is asked with one of: {', '.join(wanted)}.")
    value: bool | float | tuple[str, ...]
    provenance = None
    if measure.kind == "flag":
        value = table.flag("is")
    elif measure.kind == "text":
        value = table.codes("in")
    else:
        value = float(table.number(tests[0]))
        provenance = table.provenance()
    table.refuse_unknown()
    return Condition(measure.code, tests[0], value, provenance)  # type: ignore[arg-type]


def _gate(table: _Table, tracks: tuple[str, ...]) -> Gate:
    code = table.code("code", words.GATES)
    ways_in = []
    for way in table.tables("any_of"):
        way_code = way.code("code", words.TO_MEET)
        conditions = tuple(_condition(row) for row in way.tables("all_of"))
        if not conditions:
            raise PolicyError(way.key("all_of"), "a way in needs at least one condition.")
        way.refuse_unknown()
        ways_in.append(WayIn(way_code, conditions))
    if not ways_in:
        raise PolicyError(table.key("any_of"), "a gate needs at least one way in.")
    gate = Gate(code, table.codes("tracks", tracks), tuple(ways_in), table.since(), table.source())
    table.refuse_unknown()
    return gate


def _scale(table: _Table) -> Scale:
    code = table.code("code", words.SCALES)
    earns = tuple(float(table.number(level.value)) for level in LEVELS)
    if list(earns) != sorted(earns) or earns[0] < 0 or earns[-1] != 1:
        raise PolicyError(table.key("confirmed"), "the shares rise from level to level, from 0 on, and end at 1.")
    scale = Scale(code, earns, table.provenance())
    table.refuse_unknown()
    return scale


def _criterion(table: _Table, scales: Mapping[str, Scale]) -> Criterion:
    code = table.code("code", words.CRITERIA)
    weight = table.number("weight")
    if not 0 < weight <= 100 or weight != round(weight, 2):
        raise PolicyError(table.key("weight"), "a weight is above 0, at most 100, and has at most two decimals.")
    missing: Missing = table.code("missing", ("zero", "neutral", "rest"))  # type: ignore[assignment]
    neutral = 0.0
    if missing != "zero":
        neutral = float(table.number("neutral"))
        if not 0 <= neutral <= 1:
            raise PolicyError(table.key("neutral"), "a share lies between 0 and 1.")
    items = tuple(_item(row, scales if missing == "zero" else {}) for row in table.tables("items"))
    shares = sum(item.share for item in items)
    if shares != 100:
        raise PolicyError(table.key("items"), f"the shares must sum to exactly 100, they sum to {shares}.")
    _unique(table.key("items"), [item.measure for item in items])
    criterion = Criterion(code, weight, missing, neutral, items, table.provenance())
    table.refuse_unknown()
    return criterion


def _item(table: _Table, scales: Mapping[str, Scale]) -> Item:
    measure = MEASURES[table.code("measure", MEASURES)]
    kinds = {"flag": ("flag",), "number": ("line", "steps"), "text": ("table",)}[measure.kind]
    kind: Normaliser = table.code("kind", kinds)  # type: ignore[assignment]
    points: tuple[tuple[float, float], ...] = ()
    rates: tuple[tuple[str, float], ...] = ()
    otherwise = 0.0
    if kind == "table":
        inside = table.table("shares")
        rates = tuple((name, float(inside.number(name))) for name in inside.data)
        otherwise = float(table.number("otherwise"))
        _check_shares(table.key("shares"), [otherwise, *(share for _, share in rates)])
    elif kind != "flag":
        points = table.pairs("points")
        _check_points(table.key("points"), points, kind, measure)
    scale = None
    if table.has("scale"):
        scale = scales[table.code("scale", scales)]
        if not PROVABLE.issuperset(measure.rests_on) or not measure.rests_on:
            raise PolicyError(table.key("scale"), f"no paper can show {measure.code}: nobody could win its points.")
    item = Item(measure.code, table.whole("share", 1), kind, points, rates, otherwise, table.provenance(), scale)
    table.refuse_unknown()
    return item


def _check_shares(key: str, shares: list[float]) -> None:
    if not all(0 <= share <= 1 for share in shares):
        raise PolicyError(key, "a share lies between 0 and 1.")
    if max(shares, default=0) != 1:
        raise PolicyError(key, "the best value must win the whole share (1): else nobody could reach 100 points.")


def _check_points(key: str, points: tuple[tuple[float, float], ...], kind: Normaliser, measure: Measure) -> None:
    values, shares = [x for x, _ in points], [y for _, y in points]
    if len(points) < (2 if kind == "line" else 1):
        raise PolicyError(key, "there are too few pairs.")
    if any(b - a < NARROWEST for a, b in pairwise(values)):
        raise PolicyError(key, "the values must rise from pair to pair.")
    if not all(math.isfinite(b - a) for a, b in pairwise(values)):
        raise PolicyError(key, "the values lie too far apart.")
    _check_shares(key, shares)
    if kind == "line" and min(shares) == 1:
        raise PolicyError(key, "a line must rise or fall.")
    rising, falling = shares == sorted(shares), shares == sorted(shares, reverse=True)
    if kind == "steps" and measure.better == "less":
        raise PolicyError(key, f'less of {measure.code} is better: use kind = "line".')
    if not (falling if measure.better == "less" else rising):
        raise PolicyError(key, f"{measure.better} of {measure.code} is better: it must not lower the share.")


def _way(table: _Table) -> Way:
    code = table.code("code", words.WAYS)
    needs = tuple(_condition(row) for row in table.tables("needs")) if table.has("needs") else ()
    changes = tuple(_change(row) for row in table.tables("changes"))
    if not changes:
        raise PolicyError(table.key("changes"), "a way up must change something.")
    way = Way(code, needs, changes, table.whole("cost_pkr"), table.whole("days"), table.provenance())
    table.seen.add("needs")
    table.refuse_unknown()
    return way


def _change(table: _Table) -> Change:
    fact = table.text("fact")
    act = table.text("act")
    value: bool | int | str | None = None
    if act not in _acts_on(fact):
        raise PolicyError(table.key("act"), f"{fact!r} cannot be changed by {act!r}.")
    if act == "set":
        value = table.flag("to")
    elif act == "climb":
        value = table.code("to", LADDERS[fact])
    elif act in ("raise", "lower"):
        value = table.whole("to")
    table.refuse_unknown()
    return Change(fact, act, value)  # type: ignore[arg-type]


def _acts_on(fact: str) -> tuple[str, ...]:
    if fact == "certifications":
        return ("verify", "renew", "add")
    if fact in LADDERS:
        return ("climb",)
    if fact in LISTS:
        return ("raise",)
    return {"flag": ("set",), "whole": ("raise", "lower")}.get(str(kind_of_fact(fact)), ())
