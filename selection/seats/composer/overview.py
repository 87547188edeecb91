"""A composition as its page shows it: the sentence on top, the rules with what was taken, prices, frontiers, the firms."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, ngettext

from selection.models import Application
from selection.states import CompositionState
from smes.vocabulary.wording import sector_name
from tdap_portal.charts.columns import Column, Columns
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.core.days import day_words

from . import wording
from .rules import code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from selection.models import Composition

FIRMS_A_PAGE = 50
CHANGED_AT_ONCE = 6  # firms named beside a price; the others are counted


@dataclass(frozen=True, slots=True)
class FirmShown:
    """A file as a line of the page. points: text with one decimal. why: what brought it in, "" by score."""

    pk: int
    public_id: str
    file_number: str
    name: str
    city: str
    sector: str
    points: str
    women_led: bool
    new_exporter: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule with what was taken of it. price: hundredths, None while it is worked out."""

    code: str
    words: str
    taken: int | None = None
    of: int | None = None
    off: int = 0
    binds: bool = False
    price: int | None = None

    @property
    def price_text(self) -> str:
        return "" if self.price is None else wording.points_text(self.price)


@dataclass(frozen=True, slots=True)
class PriceShown:
    """What one rule costs by itself, who comes in and who goes out because of it. share: of the dearest, in per cent."""

    words: str
    points: str
    share: float
    comes_in: tuple[FirmShown, ...]
    goes_out: tuple[FirmShown, ...]
    in_count: int
    out_count: int


@dataclass(frozen=True, slots=True)
class ClashMember:
    words: str
    change: str


def files_shown(ids: Iterable[int], why: Mapping[str, str] | None = None) -> dict[int, FirmShown]:
    """These files by id; why: words of what brought each in, by id as text."""
    columns = ("public_id", "file_number", "sme_name", "city", "sector", "points", "women_led", "new_exporter")
    rows = Application.objects.filter(pk__in=set(ids)).only(*columns)
    return {
        row.pk: FirmShown(
            pk=row.pk,
            public_id=row.public_id,
            file_number=row.file_number,
            name=row.sme_name,
            city=row.city,
            sector=str(sector_name(row.sector)),
            points=f"{row.points:.1f}",
            women_led=row.women_led,
            new_exporter=row.new_exporter,
            why=(why or {}).get(str(row.pk), ""),
        )
        for row in rows
    }


class Overview:
    """What the page of one composition says. Reads its files once."""

    def __init__(self, composition: Composition, *, first: int = 0) -> None:
        self.composition = composition
        self.result = composition.result
        self.answer = self.result.get("answer") or {}
        self.limits = wording.limits_in_words(composition)
        self.first = first
        chosen = self.answer.get("chosen", [])
        self.page_of_chosen = chosen[first : first + FIRMS_A_PAGE]
        wanted = {*self.page_of_chosen, *(lock["file"] for lock in composition.locks)}
        for price in self.result.get("prices", []):
            wanted |= {*(price["comes_in"] or [])[:CHANGED_AT_ONCE], *(price["goes_out"] or [])[:CHANGED_AT_ONCE]}
        for member in self.result.get("clash", []):
            wanted |= set(member["firms"])
        self.next_ids = self.result.get("next", []) if not first else []
        wanted |= set(self.next_ids)
        self.files: dict[int, FirmShown] = {}
        why = {pk: self.name_of(code) for pk, code in self.result.get("why", {}).items()}
        self.files = files_shown(wanted, why)

    def name_of(self, code: str, firm: int | None = None) -> str:
        """A rule, the budget, the seats or a lock in words."""
        if firm in self.files and code in ("locked_in", "locked_out"):
            text = gettext("Held in: %(firm)s") if code == "locked_in" else gettext("Held out: %(firm)s")
            return text % {"firm": self.files[firm].name}
        return self.limits.get(code, code)

    # ------------------------------------------------------------------------------------------------- the sentence

    @property
    def is_ready(self) -> bool:
        return self.composition.state == CompositionState.READY

    @property
    def is_proven(self) -> bool:
        return self.is_ready and self.gap == 0 and not self.result["checked"]

    @property
    def gap(self) -> int:
        return int(self.answer["bound"] - (self.answer["points"] - self.answer["penalty"]))

    @property
    def taken(self) -> int:
        return len(self.answer.get("chosen", []))

    @property
    def empty(self) -> int:
        return self.composition.seats - self.taken

    @property
    def rules_cost(self) -> int:
        """Hundredths that all rules together cost against the same seats by score alone."""
        return int(self.result["plain"]["points"] - self.answer["points"])

    def points(self) -> dict[str, str]:
        """The figures of the proof, as text."""
        return {
            "set": wording.points_text(self.answer["points"]),
            "penalty": wording.points_text(self.answer["penalty"]) if self.answer["penalty"] else "",
            "bound": wording.points_text(self.answer["bound"]),
            "gap": wording.points_text(self.gap),
            "plain": wording.points_text(self.result["plain"]["points"]),
            "cost": wording.points_text(self.rules_cost),
        }

    def dearest(self) -> str:
        """The rule that costs most, "" where none costs anything or it is not known yet."""
        prices = [price for price in self.result.get("prices", []) if price["points"]]
        most = max(prices, key=lambda price: price["points"], default=None)
        return self.name_of(most["code"], most["firm"]) if most else ""

    # ---------------------------------------------------------------------------------------------- rules and prices

    def rules(self) -> list[RuleShown]:
        """Each rule with what was taken; of a rule for any one value, the value that comes nearest to its limit."""
        counts = {count["code"]: count for count in self.answer.get("rules", [])}
        prices = {price["code"]: price["points"] for price in self.result.get("prices", [])}
        return [
            RuleShown(
                code,
                self.limits[code],
                **(
                    {"taken": count["taken"], "of": count["of"], "off": count["off"], "binds": count["is_binding"]}
                    if (count := counts.get(code))
                    else {}
                ),
                price=prices.get(code),
            )
            for code in map(code_of, self.composition.rules)
        ]

    def prices(self) -> list[PriceShown]:
        """What costs something, the dearest first."""
        dear = sorted(
            (price for price in self.result.get("prices", []) if price["points"]),
            key=lambda price: (-price["points"], price["code"]),
        )
        top = dear[0]["points"] if dear else 1
        return [
            PriceShown(
                words=self.name_of(price["code"], price["firm"]),
                points=wording.points_text(price["points"]),
                share=100 * price["points"] / top,
                comes_in=self._named(price["comes_in"]),
                goes_out=self._named(price["goes_out"]),
                in_count=len(price["comes_in"]),
                out_count=len(price["goes_out"]),
            )
            for price in dear
        ]

    def free(self) -> list[str]:
        """What costs nothing, in words."""
        return [
            self.name_of(price["code"], price["firm"])
            for price in self.result.get("prices", [])
            if price["points"] == 0
        ]

    def unpriced(self) -> list[str]:
        """What could not be priced within the steps allowed."""
        return [
            self.name_of(price["code"], price["firm"])
            for price in self.result.get("prices", [])
            if price["points"] is None
        ]

    def _named(self, ids: Sequence[int]) -> tuple[FirmShown, ...]:
        return tuple(self.files[pk] for pk in ids[:CHANGED_AT_ONCE] if pk in self.files)

    # ------------------------------------------------------------------------------------------------------ frontiers

    def frontiers(self) -> list[ChartFigure]:
        """For each rule with a number to move: what the best total loses as it moves, all else kept."""
        return [
            self._frontier(code, known)
            for code, points in self.result.get("frontiers", {}).items()
            if len(known := [(number, value) for number, value in points if value is not None]) > 1
            and len({value for _number, value in known}) > 1
        ]

    def _frontier(self, code: str, known: Sequence[tuple[int, int]]) -> ChartFigure:
        rule = next(rule for rule in self.composition.rules if code_of(rule) == code)
        meant = wording.seats_meant(rule, self.composition.seats)
        best = max(value for _number, value in known)
        free = [number for number, value in known if value == best]
        name = wording.group_name(rule["attribute"], rule["values"])
        if rule["is_floor"]:
            title = gettext("%(group)s: up to %(number)d seats cost nothing") % {"group": name, "number": max(free)}
        else:
            title = gettext("%(group)s: from %(number)d seats on nothing is lost") % {
                "group": name,
                "number": min(free),
            }
        columns = tuple(
            Column(
                str(number),
                Decimal(best - value).scaleb(-2).quantize(Decimal("0.1")),
                "saffron" if number == meant else "g4",
            )
            for number, value in known
        )
        head = (gettext("At least") if rule["is_floor"] else gettext("At most"), gettext("Points lost"))
        return ChartFigure(
            title=title,
            says=gettext("Points lost for each number of seats, all other rules kept; this composition asks %(meant)d.")
            % {"meant": meant},
            source=gettext("Each figure is an optimum worked out by the portal on %(day)s.")
            % {"day": day_words(self.composition.created_at)},
            drawing=Columns(head, columns),
        )

    # ---------------------------------------------------------------------------------------------------------- firms

    def firms(self) -> list[FirmShown]:
        """The firms of this page of the set, in the order of the policy."""
        return [self.files[pk] for pk in self.page_of_chosen if pk in self.files]

    def next_in_line(self) -> list[tuple[FirmShown, str]]:
        """The files that follow in the order of the policy, each with the rule that passed it over, "" where only seats lack."""
        passed = self.result["passed_over"]
        return [
            (self.files[pk], self.name_of(codes[0]) if (codes := passed.get(str(pk))) else "")
            for pk in self.next_ids
            if pk in self.files
        ]

    def by_rule(self) -> int:
        return len(self.result.get("why", {}))

    def locks(self) -> list[tuple[FirmShown, bool, str, str]]:
        """(firm, held in, reason, price) of each lock."""
        prices = {price["firm"]: price["points"] for price in self.result.get("prices", []) if price["firm"]}
        return [
            (
                self.files[lock["file"]],
                lock["is_in"],
                lock["words"],
                "" if prices.get(lock["file"]) is None else wording.points_text(prices[lock["file"]]),
            )
            for lock in self.composition.locks
            if lock["file"] in self.files
        ]

    def more(self) -> tuple[int | None, int | None]:
        """Where the page before and the next one begin; None where there is none."""
        before = max(0, self.first - FIRMS_A_PAGE) if self.first else None
        after = self.first + FIRMS_A_PAGE
        return before, after if after < self.taken else None

    # ---------------------------------------------------------------------------------------------------------- clash

    def clash(self) -> list[ClashMember]:
        """The smallest set of what cannot hold together, with the nearest change of each alone that helps."""
        return [
            ClashMember(
                self.name_of(member["code"], member["firms"][0] if member["firms"] else None), self._change(member)
            )
            for member in self.result.get("clash", [])
        ]

    def _change(self, member: Mapping[str, Any]) -> str:
        nearest = member["nearest"]
        if nearest is None:
            return gettext("no change of it alone helps")
        if member["code"] == "budget":
            return gettext("possible with %(amount)s") % {"amount": wording.rupees(nearest)}
        if member["code"] in ("locked_in", "locked_out"):
            return gettext("possible without it")
        return ngettext("possible with %(number)d seat", "possible with %(number)d seats", nearest) % {
            "number": nearest
        }


# ----------------------------------------------------------------------------------------------------- side by side


def versus(one: Overview, other: Overview) -> list[tuple[str, ...]]:
    """Two compositions of a round in figures: (name, of one, of the other, difference)."""
    ours, theirs = set(one.answer["chosen"]), set(other.answer["chosen"])
    files = files_shown(ours | theirs)

    def row(name: str, here: int, there: int) -> tuple[str, str, str, str]:
        return name, f"{here:,}", f"{there:,}", f"{there - here:+,}"

    points = (int(one.answer["points"]), int(other.answer["points"]))
    lowest = [min((Decimal(files[pk].points) for pk in ids), default=Decimal(0)) for ids in (ours, theirs)]
    lines: list[tuple[str, ...]] = [
        (
            gettext("Points"),
            *map(wording.points_text, points),
            f"{Decimal(points[1] - points[0]).scaleb(-2):+,.1f}",
        ),
        row(gettext("Firms"), len(ours), len(theirs)),
        row(
            gettext("Women-led"),
            sum(files[pk].women_led for pk in ours),
            sum(files[pk].women_led for pk in theirs),
        ),
        row(
            gettext("New exporters"),
            sum(files[pk].new_exporter for pk in ours),
            sum(files[pk].new_exporter for pk in theirs),
        ),
        (gettext("Lowest score taken"), *(f"{value:.1f}" for value in lowest), f"{lowest[1] - lowest[0]:+.1f}"),
    ]
    costs = (one.answer["cost"], other.answer["cost"])
    if None not in costs:
        lines.append(row(gettext("Training cost, PKR"), *costs))
    lines.append((gettext("Firms that differ"), "–", f"{len(theirs - ours):,}", ""))
    return lines


def only_in(one: Overview, other: Overview) -> tuple[list[FirmShown], list[FirmShown]]:
    """Firms of the first set alone and of the second alone, each in its order."""
    ours, theirs = one.answer["chosen"], other.answer["chosen"]
    left = [pk for pk in ours if pk not in set(theirs)]
    right = [pk for pk in theirs if pk not in set(ours)]
    files = files_shown({*left, *right})
    return [files[pk] for pk in left], [files[pk] for pk in right]
