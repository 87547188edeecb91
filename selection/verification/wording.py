"""What is compared, in words: what the firm wrote, with its private numbers in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from selection.applications import copy_words
from smes.vocabulary import wording
from smes.vocabulary.evidence import fact_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CODES = {"tax_registered", "sales_tax_registered", "secp_registered", "iban_held", "owner_cnic_held"}
"""Numbers, which are read from left to right."""


def words_of(key: str, value: Any, told: Mapping[str, Any]) -> list[str]:
    """What the firm wrote, a line each. value: see smes.evidence.selectors.values_of. told: all of them, and the unit of the
    capacity."""
    fact = fact_of(key)
    if fact in _IN_FULL:
        return _IN_FULL[fact](value)
    if fact == "export_history" and isinstance(value, dict):
        return [f"USD {float(value['value_usd']):,.0f}"]
    if fact == "export_markets" and isinstance(value, str):
        return [wording.market_name(value)]
    if fact == "certifications":
        return [wording.certificate_name(value["kind"])]
    if isinstance(value, str) and fact in CODES | {"address_held"}:
        return [value]
    return [copy_words.row_of({**told, fact: value}, fact).value]


def _named_numbers(rows: Sequence[Sequence[str]]) -> list[str]:
    return [_("%(name)s: %(number)s") % {"name": name, "number": number} for name, number in rows]


def _shares(rows: Sequence[Sequence[str]]) -> list[str]:
    return _named_numbers([(name, f"{share} %") for name, share in rows])


def _leaders(value: Sequence[Any]) -> list[str]:
    """The owners by whom it is told who leads, each with gender, share and year of birth."""
    lines = []
    for name, _cnic, gender, share, year in value[1]:
        parts = [str(wording.GENDERS.get(gender, "")), _("%(percent)s %%") % {"percent": share}, str(year or "")]
        lines.append(_("%(name)s: %(rest)s") % {"name": name, "rest": _(", ").join(part for part in parts if part)})
    return lines


_IN_FULL: dict[str, Callable[[Any], list[str]]] = {
    "owner_cnic_held": _named_numbers,
    "owners": list,
    "owner_shares": _shares,
    "women_led": _leaders,
    "youth_led": _leaders,
}
