"""How the seats of a round are to be filled: shapes only."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.places import parse_city

from . import wording
from .rules import ATTRIBUTES, share_or_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selection.models import Composition, Round

MAX_RULES, MAX_LOCKS = 60, 50
EMPTY_RULES, EMPTY_LOCKS = 3, 1
MAX_DIGITS = 11  # of the rupees that a seat costs
TOGETHER = {"province": (("PK-JK", "PK-GB"),)}  # values that one rule may count together


def groups_to_count() -> list[tuple[Any, Any]]:
    """Whom a rule may count, by attribute: "province:PK-PB", "province:" for any one of them."""
    groups: list[tuple[Any, Any]] = [("", _("Choose whom it counts"))]
    for attribute in ATTRIBUTES:
        options = [(f"{attribute}:{value}", name) for value, name in wording.names_of_values(attribute).items()]
        options += [
            (f"{attribute}:{'+'.join(values)}", wording.group_name(attribute, values))
            for values in TOGETHER.get(attribute, ())
        ]
        if attribute in wording.ANY_ONE:
            options.insert(0, (f"{attribute}:", wording.ANY_ONE[attribute]))
        groups.append((wording.ATTRIBUTE_LABELS[attribute], options))
    return groups


class SeatsForm(forms.Form):
    """Names of the fields are those of services.ask_composition."""

    seats = forms.IntegerField(label=_("Seats to fill"), min_value=1, max_value=1_000_000)
    reserve = forms.IntegerField(
        label=_("Seats kept for appeals"),
        help_text=_("They are not filled now. Together with the seats to fill they are at most the free seats."),
        min_value=0,
        max_value=1_000_000,
        initial=0,
    )
    budget_rupees = forms.IntegerField(
        label=_("Training budget, at most (PKR)"), min_value=0, max_value=10**13, required=False
    )
    cost = forms.IntegerField(label=_("What a seat costs (PKR)"), min_value=0, max_value=10**10, required=False)
    city_costs = forms.CharField(
        label=_("Towns where it costs something else"),
        help_text=_("One a line: the town, then rupees. For example: Quetta 650000"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cost"].needed_sometimes = True  # type: ignore[attr-defined]  # read by components/field.html

    def clean_city_costs(self) -> dict[str, int]:
        costs: dict[str, int] = {}
        for line in self.cleaned_data["city_costs"].splitlines():
            town, _space, amount = line.strip().rpartition(" ")
            if not line.strip():
                continue
            digits = amount.replace(",", "")
            rupees = int(digits) if digits.isdecimal() and len(digits) <= MAX_DIGITS else -1
            if not town or not 0 <= rupees <= 10**10:
                raise forms.ValidationError(
                    gettext("“%(line)s” is not a town and an amount in rupees.") % {"line": line.strip()}
                )
            costs[parse_city(town)] = rupees
        return costs

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("budget_rupees") is not None and values.get("cost") is None:
            self.add_error("cost", _("Say what a seat costs, so that the budget can be kept."))
        return values

    def as_asked(self) -> dict[str, Any]:
        values = self.cleaned_data
        has_budget = values["budget_rupees"] is not None
        costs = {"default": values["cost"], "cities": values["city_costs"]} if has_budget else {}
        return {
            "seats": values["seats"],
            "reserve": values["reserve"],
            "budget_rupees": values["budget_rupees"],
            "costs": costs,
        }


class RuleForm(forms.Form):
    """One rule; a row without a number is no rule."""

    group = forms.ChoiceField(label=_("Whom it counts"), required=False)
    bound = forms.ChoiceField(label=_("Which way"), choices=[("floor", _("at least")), ("cap", _("at most"))])
    amount = forms.DecimalField(label=_("How many"), min_value=0, max_value=1_000_000, decimal_places=1, required=False)
    unit = forms.ChoiceField(label=_("Of what"), choices=[("seats", _("seats")), ("percent", _("per cent"))])
    weight = forms.DecimalField(
        label=_("Points that a missing seat costs"),
        help_text=_("Empty: the rule holds in any case."),
        min_value=0,
        max_value=1000,
        decimal_places=1,
        required=False,
    )

    def __init__(self, *args: Any, groups: list[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = groups  # type: ignore[attr-defined]  # read once for all rows

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        amount, group = values.get("amount"), values.get("group")
        if amount is not None and not group:
            self.add_error("group", _("Choose whom the rule counts."))
        if amount is not None and values.get("unit") == "seats" and amount != int(amount):
            self.add_error("amount", _("Seats are whole: write a whole number."))
        if amount is not None and values.get("unit") == "percent" and amount > 100:
            self.add_error("amount", _("A share of the seats is at most 100 %."))
        return values

    def as_rule(self) -> dict[str, Any] | None:
        values = self.cleaned_data
        if values.get("amount") is None:
            return None
        attribute, _colon, codes = values["group"].partition(":")
        weight = values["weight"]
        return {
            "attribute": attribute,
            "values": codes.split("+") if codes else [],
            "is_floor": values["bound"] == "floor",
            **share_or_number(values["amount"], is_share=values["unit"] == "percent"),
            "weight": None if weight is None else int(weight * 100),
        }


class LockForm(forms.Form):
    """One firm held in or out by hand; a row without a file is none."""

    file = forms.CharField(label=_("File"), max_length=16, required=False)
    way = forms.ChoiceField(label=_("Which way"), choices=[("in", _("held in")), ("out", _("held out"))])
    words = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("file") and not values.get("words", "").strip():
            self.add_error("words", _("Write why this firm is held in or out by hand."))
        return values


RuleFormSet = forms.formset_factory(RuleForm, extra=EMPTY_RULES, max_num=MAX_RULES, absolute_max=MAX_RULES)
LockFormSet = forms.formset_factory(LockForm, extra=EMPTY_LOCKS, max_num=MAX_LOCKS, absolute_max=MAX_LOCKS)


def initial_seats(round_: Round, last: Composition | None) -> dict[str, Any]:
    """What the form begins with: the last composition, or the seats of the round without a budget."""
    if last is None:
        return {"seats": round_.seats - round_.appeal_reserve, "reserve": round_.appeal_reserve}
    towns = "\n".join(f"{town} {rupees}" for town, rupees in last.costs.get("cities", {}).items())
    return {
        "seats": last.seats,
        "reserve": last.reserve,
        "budget_rupees": last.budget_rupees,
        "cost": last.costs.get("default"),
        "city_costs": towns,
    }


def initial_rule(stored: Mapping[str, Any]) -> dict[str, Any]:
    is_share = stored["per_mille"] is not None
    amount = Decimal(stored["per_mille"]) / 10 if is_share else stored["number"]
    return {
        "group": f"{stored['attribute']}:{'+'.join(stored['values'])}",
        "bound": "floor" if stored["is_floor"] else "cap",
        "amount": amount,
        "unit": "percent" if is_share else "seats",
        "weight": None if stored["weight"] is None else Decimal(stored["weight"]) / 100,
    }


def initial_lock(stored: Mapping[str, Any], files: Mapping[int, str]) -> dict[str, Any]:
    """files: numbers of files by id."""
    return {
        "file": files.get(stored["file"], ""),
        "way": "in" if stored["is_in"] else "out",
        "words": stored["words"],
    }
