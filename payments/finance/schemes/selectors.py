"""Schemes and terms as they hold on a day, and what a firm is for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from payments.dated import in_force
from payments.models import LendingTerms, Scheme
from payments.states import Exporting
from smes.vocabulary.sectors import sells_services
from smes.vocabulary.sizes import size_class
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound

from .fitting import FirmFacts, SchemeRule, SchemeTest, fit_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from smes.models import Sme

DIGITAL_SECTORS = frozenset({"ict", "fintech"})


def schemes_on(day: date | None = None) -> list[Scheme]:
    """Those that hold on a day, by name."""
    return sorted(in_force(Scheme.objects.all(), day or today()), key=lambda row: row.name)


def scheme_on(code: str, day: date | None = None) -> Scheme | None:
    """None for none of that code on that day."""
    rows = in_force(Scheme.objects.filter(code=code), day or today())
    return rows[0] if rows else None


def schemes_written() -> QuerySet[Scheme]:
    """Every row that was ever written, by code, the newest first."""
    return Scheme.objects.select_related("written_by").order_by("code", "-since")


def scheme_history(code: str) -> list[Scheme]:
    """Raises NotFound."""
    rows = list(schemes_written().filter(code=code))
    if not rows:
        raise NotFound
    return rows


def terms_on(day: date | None = None) -> LendingTerms:
    """Of a day before the first row the first row."""
    rows = LendingTerms.objects.order_by("-since")
    found = rows.filter(since__lte=day or today()).first() or rows.last()
    if found is None:
        raise NotFound
    return found


def rule_of(row: Scheme) -> SchemeRule:
    """The row as the test takes it."""
    return SchemeRule(
        code=row.code,
        cap=row.cap,
        max_rate=row.max_rate,
        days_max=row.days_max,
        size_classes=tuple(row.size_classes),
        lender_kinds=tuple(row.lender_kinds),
        exports=Exporting(row.exports),
        goods_only=row.goods_only,
        new_borrowers=row.new_borrowers,
        owner_age_min=row.owner_age_min,
        owner_age_max=row.owner_age_max,
        it_age_min=row.it_age_min,
        income_max=row.income_max,
    )


def facts_of(sme: Sme, copy: Mapping[str, Any], on: date) -> FirmFacts:
    """What the schemes ask of a firm. copy: its frozen copy of today; on: the day of the size class and the ages."""
    founded = sme.founded_on if sme.founded_on and sme.founded_on <= on else None
    size = size_class(copy["turnover_pkr"], copy["employees"], founded, on, activity=sme.activity or "manufacturing")
    births = [owner.birth_year for owner in sme.owners.all() if owner.birth_year]
    return FirmFacts(
        size_class=size.size_class,
        export_route=copy["export_route"],
        sells_services=sells_services(copy["sector"]),
        is_digital=copy["sector"] in DIGITAL_SECTORS or bool(copy["channels"]),
        owner_ages=tuple(on.year - year for year in births),
    )


def fits_on(
    facts: FirmFacts, on: date, *, amount: int | None = None, days: int | None = None, lender_kind: str = ""
) -> list[tuple[Scheme, SchemeTest]]:
    """Each scheme of that day with its test, those that fit first."""
    order = {"fits": 0, "open": 1, "not": 2}
    found = [
        (row, fit_of(rule_of(row), facts, amount=amount, days=days, lender_kind=lender_kind)) for row in schemes_on(on)
    ]
    return sorted(found, key=lambda pair: (order[pair[1].fit], pair[0].name))
