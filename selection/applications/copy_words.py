"""The frozen copy in words: what a firm is judged by, group by group, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from selection.applications.changes import changes_between
from smes.profile.facts import FACTS, FROZEN, GROUPS, Origin, label_of
from smes.vocabulary import wording
from tdap_portal.core.days import day_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from selection.applications.changes import Change

NOT_TOLD = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """key: of the frozen copy. is_code: figures and codes that stay left-to-right."""

    key: str
    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class FactGroup:
    title: str
    rows: tuple[Row, ...]


def groups_of(facts: Mapping[str, object]) -> list[FactGroup]:
    """The frozen copy for reading; what the firm has not told shows a dash."""
    return [
        FactGroup(_(title), tuple(row_of(facts, fact.key) for fact in FROZEN if fact.group == group))
        for group, title in GROUPS.items()
    ]


def row_of(facts: Mapping[str, object], key: str) -> Row:
    """One fact for reading."""
    value = facts.get(key)
    text = _SAID.get(key, _plain)(value, facts) if value is not None else NOT_TOLD
    return Row(
        key, _(label_of(key)), text or NOT_TOLD, is_code=isinstance(value, int | float) and not isinstance(value, bool)
    )


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One change in words. jump: "+150 %", "" where there is no number; is_large: it is one that a reader should look at.
    is_said: the firm says this fact; else an official set it, or the portal computed it."""

    label: str
    before: str
    after: str
    jump: str = ""
    is_large: bool = False
    is_said: bool = True


LARGE_JUMP_PCT = 50


def changes_in_words(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[ShownChange, ...]:
    """What changed from one frozen copy to another, for reading."""
    return tuple(_shown(change, old, new) for change in changes_between(old, new))


def _shown(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> ShownChange:
    is_row = change.key != change.fact
    before, after = (
        row_of({**copy, change.fact: [value] if is_row and value is not None else value}, change.fact).value
        for copy, value in ((old, change.before), (new, change.after))
    )
    pct = change.jump_pct
    jump = "" if pct is None else f"{pct:+,} %"
    is_said = FACTS[change.fact].origin is Origin.FIRM
    return ShownChange(_(label_of(change.fact)), before, after, jump, abs(pct or 0) >= LARGE_JUMP_PCT, is_said)


def _plain(value: object, _facts: Mapping[str, object]) -> str:
    if isinstance(value, bool):
        return str(wording.YES_NO["yes" if value else "no"])
    if isinstance(value, int | float):
        return f"{value:,}"
    return str(value)


def _year(value: Any, _facts: Mapping[str, Any]) -> str:
    return str(value)


def _day(value: Any, _facts: Mapping[str, Any]) -> str:
    return day_words(date.fromisoformat(value))


def _named(names: Mapping[str, Any]) -> Callable[[Any, Any], str]:
    return lambda value, _facts: str(names.get(value, value))


def _listed(name: Callable[[str], str]) -> Callable[[Any, Any], str]:
    return lambda value, _facts: _(", ").join(name(code) for code in value)


def _products(value: Any, _facts: Mapping[str, Any]) -> str:
    return _("; ").join(_product(row) for row in value)


def _product(row: Mapping[str, Any]) -> str:
    code = f"HS {row['hs6'][:4]}.{row['hs6'][4:]}"
    named = _("%(label)s (%(code)s)") % {"label": row["label"], "code": code} if row["label"] else code
    named = _("%(name)s, your main product") % {"name": named} if row["is_main"] else named
    figures = [_("%(percent)s %%") % {"percent": row["share_pct"]}] if row.get("share_pct") is not None else []
    if row.get("price_pkr"):
        price = f"{row['price_pkr']:,.0f} {row.get('price_unit') or ''}".strip()
        figures.append(_("PKR %(amount)s") % {"amount": price})
    return _(", ").join([named, *figures])


def _certificates(value: Any, _facts: Mapping[str, Any]) -> str:
    return _("; ").join(
        _("%(name)s until %(day)s")
        % {"name": wording.certificate_name(row["kind"]), "day": _day(row["expires_on"], {})}
        if row["expires_on"]
        else wording.certificate_name(row["kind"])
        for row in value
    )


def _exports(value: Any, _facts: Mapping[str, Any]) -> str:
    return _("; ").join(
        _("%(first)d–%(last)d: USD %(value)s")
        % {"first": row["fiscal_year"] - 1, "last": row["fiscal_year"], "value": f"{float(row['value_usd']):,.0f}"}
        for row in value
    )


def _capacity(value: Any, facts: Mapping[str, Any]) -> str:
    return f"{value:,} {facts.get('capacity_unit') or ''}".strip()


_SAID: dict[str, Callable[[Any, Any], str]] = {
    "legal_form": _named(wording.LEGAL_FORMS),
    "founded_on": _day,
    "city": lambda value, _facts: wording.city_name(value),
    "province": lambda value, _facts: wording.province_name(value),
    "turnover_pkr": lambda value, _facts: f"PKR {value:,}",
    "turnover_fiscal_year": _year,
    "size_class": _named(wording.SIZE_CLASSES),
    "sector": lambda value, _facts: wording.sector_name(value),
    "products": _products,
    "services": _listed(wording.service_name),
    "capacity_per_month": _capacity,
    "capacity_used_pct": lambda value, _facts: f"{value} %",
    "quality_control": _named(wording.QUALITY_CONTROLS),
    "certifications": _certificates,
    "export_route": _named(wording.EXPORT_ROUTES),
    "export_history": _exports,
    "export_markets": _listed(wording.market_name),
    "target_markets": _listed(wording.market_name),
    "channels": _listed(wording.channel_name),
    "internet": _named(wording.INTERNET),
    "documents_verified": _listed(wording.paper_name),
}
