"""What is known: the firm's own frozen facts, and the trade and platform evidence about its product.

Both are frozen dataclasses that go to plain JSON and back without loss, so that a score can be computed again years later.
`None` always means "not known": not told by the firm, or no figure to be had. It never means zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, make_dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from smes.profile.facts import FACTS, FROZEN, FROZEN_SCHEMA, FactKind
from smes.vocabulary.evidence import EvidenceLevel

if TYPE_CHECKING:
    from smes.profile.facts import Fact

MAX_DIGITS = 19
"""Digits of a whole number: as many as a database column holds, and far fewer than make a float overflow."""


class FactsError(ValueError):
    """The frozen facts or the evidence cannot be read; the text names the key."""


@dataclass(frozen=True, slots=True)
class Product:
    """One thing the firm sells. hs6 is text (leading zeros count); share_pct is its part of sales; price in rupees."""

    hs6: str | None
    label: str | None
    share_pct: float | None
    is_main: bool | None
    price_pkr: float | None
    price_unit: str | None


@dataclass(frozen=True, slots=True)
class Certification:
    """A certificate. expires_on None: it does not expire, or the firm gave no date."""

    kind: str | None
    expires_on: date | None
    verified: bool | None

    def in_force(self, on: date) -> bool:
        return self.expires_on is None or self.expires_on >= on


@dataclass(frozen=True, slots=True)
class ExportYear:
    """Exports of one Pakistani fiscal year (July to June), named by the year it ends in; value FOB in US dollars."""

    fiscal_year: int | None
    value_usd: float | None
    route: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What one fact rests on. fact: its key, or that of a row behind a slash: "export_history/2026/direct",
    "export_markets/DEU", "certifications/iso_9001". paper: the kind, document: its public id, by: the public id of the officer
    or partner who compared it; on: when. until: the last day on which it holds, None for no end.
    """

    fact: str
    level: str
    paper: str | None
    document: str | None
    by: str | None
    on: date | None
    until: date | None


Reader: TypeAlias = Callable[[str, Any], Any]


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise FactsError(f"{key}: expected text, got {value!r}.")
    return value


def _level(key: str, value: Any) -> str:
    if value not in tuple(EvidenceLevel):
        raise FactsError(f"{key}: expected a level of evidence, got {value!r}.")
    return str(value)


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise FactsError(f"{key}: expected true or false, got {value!r}.")
    return value


def _whole(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FactsError(f"{key}: expected a whole number, got {value!r}.")
    if abs(value) >= 10**MAX_DIGITS:
        raise FactsError(f"{key}: expected a whole number of at most {MAX_DIGITS} digits, got {value!r}.")
    return value


def _number(key: str, value: Any) -> float:
    """A number, or a number as text: JSON has no decimals, so a Decimal arrives as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise FactsError(f"{key}: expected a number, got {value!r}.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    except ValueError as error:
        raise FactsError(f"{key}: expected a number, got {value!r}.") from error
    if not math.isfinite(number):
        raise FactsError(f"{key}: expected a finite number, got {value!r}.")
    return number


def _day(key: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise FactsError(f"{key}: expected a date as YYYY-MM-DD, got {value!r}.") from error


def _list(key: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise FactsError(f"{key}: expected a list, got {value!r}.")
    return list(value)


def _texts(key: str, value: Any) -> tuple[str, ...]:
    return tuple(_text(f"{key}[{n}]", item) for n, item in enumerate(_list(key, value)))


def _rows(row: type, **readers: Reader) -> Reader:
    """A reader for a list of tables with exactly these keys (more keys are passed over)."""

    def read(key: str, value: Any) -> tuple[Any, ...]:
        made = []
        for n, item in enumerate(_list(key, value)):
            place = f"{key}[{n}]"
            if not isinstance(item, Mapping):
                raise FactsError(f"{place}: expected a table, got {item!r}.")
            made.append(
                row(**{name: _read(f"{place}.{name}", item.get(name), reader) for name, reader in readers.items()})
            )
        return tuple(made)

    return read


def _read(key: str, value: Any, reader: Reader) -> Any:
    return None if value is None else reader(key, value)


_products = _rows(
    Product, hs6=_text, label=_text, share_pct=_number, is_main=_flag, price_pkr=_number, price_unit=_text
)
_certifications = _rows(Certification, kind=_text, expires_on=_day, verified=_flag)
_export_years = _rows(ExportYear, fiscal_year=_whole, value_usd=_number, route=_text)
_proofs = _rows(Proof, fact=_text, level=_level, paper=_text, document=_text, by=_text, on=_day, until=_day)


READERS: dict[FactKind, Reader] = {
    FactKind.TEXT: _text,
    FactKind.CODE: _text,
    FactKind.FLAG: _flag,
    FactKind.HELD: _flag,
    FactKind.WHOLE: _whole,
    FactKind.DATE: _day,
    FactKind.CODES: _texts,
}
ROWS: dict[str, Reader] = {
    "products": _products,
    "certifications": _certifications,
    "export_history": _export_years,
    "proofs": _proofs,
}
ROW_KEYS: dict[str, Callable[[Any], str]] = {
    "certifications": lambda row: f"certifications/{row.kind}",
    "export_history": lambda row: f"export_history/{row.fiscal_year}/{row.route}",
    "export_markets": lambda market: f"export_markets/{market}",
}
"""Lists of which each row has a proof of its own, and the key under which it stands."""
NEVER_PROVED = frozenset({"sme", "frozen_on", "proofs"})
"""What the portal itself writes into a copy."""


class _Facts:
    """All that the firm told and the officers verified, as frozen at submission: an attribute for each fact of the frozen copy
    (smes.profile.facts), None where it is not known. Money in whole rupees (or US dollars where the name says so), fiscal
    years July to June named by the year they end in, percentages 0 to 100, capacity a month.

    schema: of the copy it was read from. A fact that came with a later schema is None, and `to_frozen` leaves it out, so
    that a score of then stays the same to the last digit.
    """

    schema: int

    @classmethod
    def from_frozen(cls, frozen: Mapping[str, Any]) -> Self:
        """Read the frozen copy that the firms' app hands over.

        Raises FactsError for another schema, a missing key, a wrong type or a firm without its id. Keys that the engine
        does not know are passed over: a new fact in the profile must not stop the scoring of a round.
        """
        schema = frozen.get("schema")
        if isinstance(schema, bool) or not isinstance(schema, int) or not 1 <= schema <= FROZEN_SCHEMA:
            raise FactsError(f"schema: this engine reads schemas up to {FROZEN_SCHEMA}, got {schema!r}.")
        values: dict[str, Any] = {"schema": schema}
        for fact in FROZEN:
            if fact.since <= schema and fact.key not in frozen:
                raise FactsError(f"{fact.key}: the key is missing.")
            copied = frozen[fact.key] if fact.since <= schema else None
            values[fact.key] = _read(fact.key, copied, _reader_of(fact))
        if not values["sme"]:
            raise FactsError("sme: the firm's public id is missing.")
        return cls(**values)

    def to_frozen(self) -> dict[str, Any]:
        """The frozen copy again, of the known keys only; `from_frozen` reads it back to an equal value."""
        copied = {fact.key: _plain(getattr(self, fact.key)) for fact in FROZEN if fact.since <= self.schema}
        return {"schema": self.schema} | copied


def _reader_of(fact: Fact) -> Reader:
    return ROWS[fact.key] if fact.kind is FactKind.ROWS else READERS[fact.kind]


if TYPE_CHECKING:

    @dataclass(frozen=True)
    class Facts(_Facts):
        schema: int = FROZEN_SCHEMA

        def __init__(self, **facts: Any) -> None: ...
        def __getattr__(self, key: str) -> Any: ...
else:
    Facts = make_dataclass(
        "Facts",
        [*((fact.key, Any) for fact in FROZEN), ("schema", int, field(default=FROZEN_SCHEMA, kw_only=True))],
        bases=(_Facts,),
        frozen=True,
        namespace={"__module__": __name__, "__doc__": _Facts.__doc__},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Product | Certification | ExportYear | Proof):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    return value


def level_of(facts: Facts, key: str, on: date) -> EvidenceLevel:
    """The level at which a fact, or a row of a list, stands on a day; said where no proof of it holds."""
    best = best_proofs(facts, on).get(key)
    return EvidenceLevel(best.level) if best else EvidenceLevel.SAID


def facts_at(facts: Facts, level: EvidenceLevel, on: date) -> Facts:
    """The facts that stand at this level or a better one on that day; of the others nothing is known.

    Only what a measure can rest on is taken away: which facts those are, a policy says by its items. A list with a proof a row
    keeps the rows that stand; a list that was told stays told, if only as an empty one.
    """
    if level is EvidenceLevel.SAID:
        return facts
    stands = {key for key, best in best_proofs(facts, on).items() if EvidenceLevel(best.level).rank >= level.rank}
    kept: dict[str, Any] = {}
    for fact in FROZEN:
        value = getattr(facts, fact.key)
        if value is None or fact.key in NEVER_PROVED:
            continue
        if fact.key in ROW_KEYS:
            kept[fact.key] = tuple(row for row in value if ROW_KEYS[fact.key](row) in stands)
        elif fact.key not in stands:
            kept[fact.key] = None
    return replace(facts, **kept)


def all_at(facts: Facts, level: EvidenceLevel, keys: Iterable[str] | None = None) -> Facts:
    """The same firm as if each fact and row, or those of `keys`, stood at this level or better, for ever."""
    wanted = keys_of_proofs(facts) if keys is None else tuple(keys)
    proofs = {(proof.fact, proof.level): proof for proof in facts.proofs or ()}
    better = {
        proof.fact for proof in proofs.values() if proof.until is None and EvidenceLevel(proof.level).rank >= level.rank
    }
    proofs |= {(key, level): Proof(key, level, None, None, None, None, None) for key in wanted if key not in better}
    changed: dict[str, Any] = {"proofs": tuple(proofs.values())}
    return replace(facts, **changed)


def keys_of_proofs(facts: Facts, only: Iterable[str] | None = None) -> tuple[str, ...]:
    """The keys under which proofs of what the firm told can stand: of its facts, or of those in `only`, and of rows."""
    wanted = None if only is None else frozenset(only)
    found: list[str] = []
    for fact in FROZEN:
        value = getattr(facts, fact.key)
        if value is None or fact.key in NEVER_PROVED or (wanted is not None and fact.key not in wanted):
            continue
        found += [ROW_KEYS[fact.key](row) for row in value] if fact.key in ROW_KEYS else [fact.key]
    return tuple(found)


def best_proofs(facts: Facts, on: date) -> dict[str, Proof]:
    """Of each fact or row the best proof that holds on a day, by its key."""
    found: dict[str, Proof] = {}
    kept: tuple[Proof, ...] = facts.proofs or ()
    for proof in kept:
        if proof.until is not None and proof.until < on:
            continue
        before = found.get(proof.fact)
        if before is None or EvidenceLevel(proof.level).rank > EvidenceLevel(before.level).rank:
            found[proof.fact] = proof
    return found


def kind_of_fact(name: str) -> str | None:
    """ "flag", "whole" or "text" for a simple fact of the firm, "other" for dates and lists, None for an unknown name."""
    fact = FACTS.get(name)
    if fact is None or not fact.since:
        return None
    simple: dict[Reader, str] = {_flag: "flag", _whole: "whole", _text: "text"}
    return simple.get(_reader_of(fact), "other")


# ----------------------------------------------------------------------------------------------------------- evidence

INDICATORS: dict[str, str] = {
    "rca": "ratio",
    "world_import_growth": "fraction a year",
    "relative_demand_growth": "fraction a year",
    "market_share": "fraction",
    "market_share_growth": "fraction a year",
    "concentration_hhi": "index 0 to 1",
    "unit_value_gap_china": "fraction",
    "unit_value_gap_india": "fraction",
    "platform_demand": "requests for quotation per active supplier",
    "platform_searches_growth": "fraction a year",
}
"""The indicators a policy may use, each with its only permitted unit (0.08 is 8 %). Relative growth of demand is that of the
product less that of all goods, of the same years and source. A gap is Pakistan's unit value over
the rival's, less one: -0.09 means that Pakistan is 9 % cheaper. Platform demand counts the requests of a year."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator: its value with unit, period, source and vintage (when that source was loaded).

    value None: there is no figure, and missing_reason says why in a short English sentence (a message id).
    """

    value: float | None
    unit: str
    period: str = ""
    source: str = ""
    vintage: str = ""
    missing_reason: str = ""

    def __post_init__(self) -> None:
        if self.value is None:
            if not self.missing_reason:
                raise FactsError("A figure without a value must say why.")
            return
        if not math.isfinite(self.value):
            raise FactsError(f"A figure must be finite or None, got {self.value!r}.")
        # A Decimal, an int or a numpy number would not come back from JSON as what it was, and the seal would break.
        object.__setattr__(self, "value", float(self.value))

    @classmethod
    def of(cls, name: str, value: float | None, **rest: str) -> Self:
        """The figure of a known indicator, with the unit that the indicator has. Raises KeyError for an unknown name."""
        return cls(value, INDICATORS[name], **rest)


@dataclass(frozen=True)
class Evidence:
    """Indicators by name, about the firm's main product or service. Names beyond INDICATORS are kept, not used."""

    figures: Mapping[str, Figure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, figure in self.figures.items():
            unit = INDICATORS.get(name, figure.unit)
            if figure.unit != unit:
                raise FactsError(f"{name}: the unit must be {unit!r}, got {figure.unit!r}.")

    def value(self, name: str) -> float | None:
        figure = self.figures.get(name)
        return None if figure is None else figure.value

    @property
    def vintages(self) -> tuple[str, ...]:
        """The vintages of the figures that have a value, sorted, each once."""
        return tuple(sorted({f.vintage for f in self.figures.values() if f.value is not None and f.vintage}))

    def to_json(self) -> dict[str, dict[str, Any]]:
        return {
            name: {part.name: getattr(figure, part.name) for part in fields(figure)}
            for name, figure in sorted(self.figures.items())
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read what `to_json` gave. Raises FactsError for an unknown key, a wrong type or a wrong unit."""
        readers: dict[str, Reader] = {part.name: _text for part in fields(Figure)} | {"value": _number}
        figures = {}
        for name, row in kept.items():
            unknown = sorted(set(row) - set(readers))
            if unknown or "unit" not in row:
                raise FactsError(f"{name}: unknown or missing keys: {', '.join(unknown) or 'unit'}.")
            figures[name] = Figure(**{key: _read(f"{name}.{key}", value, readers[key]) for key, value in row.items()})
        return cls(figures)
