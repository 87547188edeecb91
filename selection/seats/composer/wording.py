"""Rules, prices and clashes of a composition in words, in the language of the page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from selection.models.labels import TRACK_LABELS
from selection.nominations import selectors as nominations_selectors
from smes.vocabulary import codes
from smes.vocabulary.places import CITIES

from .rules import JOINTLY, YES, code_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from selection.engine.compose_pool import Contradiction
    from selection.models import Composition, Decision

ATTRIBUTE_LABELS: dict[str, StrOrPromise] = {
    "women_led": _("Women-led"),
    "new_exporter": _("New exporters"),
    "province": _("Province or area"),
    "city": _("Town"),
    "sector": _("Sector"),
    "track": _("Track"),
    "partner": _("Nominating partner"),
}
ANY_ONE: dict[str, StrOrPromise] = {
    "province": _("Any one province"),
    "city": _("Any one town"),
    "sector": _("Any one sector"),
    "track": _("Any one track"),
    "partner": _("Any one partner"),
}


def names_of_values(attribute: str) -> Mapping[str, StrOrPromise]:
    """What each value is called that a rule may count by this attribute, in the order of the page."""
    if attribute in ("women_led", "new_exporter"):
        return {YES: ATTRIBUTE_LABELS[attribute]}
    if attribute == "city":
        language = get_language() or "en"
        return dict(sorted(((city.name, city.label(language)) for city in CITIES.values()), key=lambda pair: pair[1]))
    if attribute == "partner":
        return nominations_selectors.names_of_partners()
    table: Mapping[str, Any] = {"province": codes.PROVINCES, "sector": codes.SECTORS, "track": {}}[attribute]
    names = {str(code): gettext_lazy(name) for code, name in table.items()}
    return names or {track.value: label for track, label in TRACK_LABELS.items()}


def group_name(attribute: str, values: Sequence[str]) -> str:
    """What a rule counts: "Punjab", "Any one partner", "Azad Jammu and Kashmir and Gilgit-Baltistan"."""
    if not values:
        return str(ANY_ONE[attribute])
    names = names_of_values(attribute)
    return gettext(" and ").join(str(names.get(value, value)) for value in values)


def rule_words(stored: Mapping[str, Any], seats: int) -> str:
    """A rule with whole seats: "Women-led, at least 17", "Women-led, at least 15 % of 37 seats: 6"."""
    name = group_name(stored["attribute"], stored["values"])
    meant = seats_meant(stored, seats)
    if stored["per_mille"] is None:
        text = (
            gettext("%(group)s, at least %(meant)d") if stored["is_floor"] else gettext("%(group)s, at most %(meant)d")
        )
        return text % {"group": name, "meant": meant}
    text = (
        gettext("%(group)s, at least %(share)s %% of %(seats)d seats: %(meant)d")
        if stored["is_floor"]
        else gettext("%(group)s, at most %(share)s %% of %(seats)d seats: %(meant)d")
    )
    return text % {"group": name, "share": share_text(stored["per_mille"]), "seats": seats, "meant": meant}


def rule_behind(decision: Decision) -> str:
    """What brought a file in or passed it over, in words: a rule, the budget, a lock, or several rules together; "" where it was
    decided by score or by itself."""
    made = decision.round_decision.composition if decision.by_rule and decision.round_decision else None
    return limits_in_words(made).get(decision.by_rule, "") if made else ""


def limits_in_words(composition: Composition) -> dict[str, str]:
    """All that holds a composition, by code: its rules, the budget, the seats, the locks, and several of them together."""
    words = {code_of(rule): rule_words(rule, composition.seats) for rule in composition.rules}
    holding = list(words)  # and what else this composition has
    if composition.budget_rupees is not None:
        holding.append("budget")
    holding += [
        name for name, is_in in (("locked_in", True), ("locked_out", False)) if _has_lock(composition, is_in=is_in)
    ]
    words |= {
        "budget": gettext("Budget, at most %(amount)s") % {"amount": rupees(composition.budget_rupees or 0)},
        "seats": gettext("Seats: %(number)d") % {"number": composition.seats},
        "locked_in": gettext("Firms held in by hand"),
        "locked_out": gettext("Firms held out by hand"),
    }
    together = gettext("; ").join(words[name] for name in holding)
    return words | {JOINTLY: gettext("The rules together: %(rules)s") % {"rules": together}}


def _has_lock(composition: Composition, *, is_in: bool) -> bool:
    return any(lock["is_in"] == is_in for lock in composition.locks)


def contradiction_words(found: Contradiction, rules: Sequence[Mapping[str, Any]], seats: int) -> str:
    """What contradicts without any solving, as a sentence."""
    words = {code_of(rule): rule_words(rule, seats) for rule in rules}
    named = gettext("; ").join(words[code] for code in found.rules)
    text = {
        "floor_above_cap": gettext("These rules contradict each other: %(rules)s."),
        "floors_above_seats": gettext("This asks for %(needed)d seats, and there are %(there_is)d: %(rules)s."),
        "floor_above_pool": gettext("This asks for %(needed)d firms, and there are %(there_is)d: %(rules)s."),
    }[found.kind]
    return text % {"rules": named, "needed": found.needed, "there_is": found.there_is}


def seats_meant(stored: Mapping[str, Any], seats: int) -> int:
    """Whole seats of a kept rule: a share is rounded up for a floor, down for a cap, in whole numbers."""
    if stored["number"] is not None:
        return int(stored["number"])
    share = stored["per_mille"] * seats
    return -(-share // 1000) if stored["is_floor"] else share // 1000


def share_text(per_mille: int) -> str:
    """150 as "15", 125 as "12.5"."""
    return f"{Decimal(per_mille) / 10:f}".removesuffix(".0")


def rupees(amount: int) -> str:
    return gettext("PKR %(amount)s") % {"amount": f"{amount:,}"}


def points_text(hundredths: int) -> str:
    """1234 as "12.3": one decimal, as points are shown everywhere."""
    return f"{Decimal(hundredths).scaleb(-2):,.1f}"
