"""Trade evidence for tests: the smallest valid rows."""

from __future__ import annotations

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from selection.trade import runs
from selection.trade.models import ImportRun, Indicator, SourceKind, Vintage
from selection.trade.states import VintageState

HEADER = "hs6,market,month,searches,rfqs,inquiries,active_suppliers,price_low_usd,price_high_usd"


class VintageFactory(factory.django.DjangoModelFactory):
    """A vintage of flows in use; kind, state and name may be told."""

    class Meta:
        model = Vintage

    kind = SourceKind.FLOWS.value
    name = factory.Sequence(lambda n: f"flows-2026-11-23-{n}")
    state = VintageState.CURRENT.value
    published_at = factory.LazyFunction(timezone.now)


class IndicatorFactory(factory.django.DjangoModelFactory):
    """A figure of footballs' heading; give value=None with missing_reason for a missing one."""

    class Meta:
        model = Indicator

    vintage = factory.SubFactory(VintageFactory)
    source = factory.LazyFunction(lambda: runs.source_row("comtrade"))
    hs = "9506"
    sector = "sports_goods"
    name = "rca"
    value = 7.1
    unit = "ratio"
    period = "2025"
    last_year = 2025
    missing_reason = ""


class ImportRunFactory(factory.django.DjangoModelFactory):
    """A run that waits."""

    class Meta:
        model = ImportRun

    source = factory.LazyFunction(lambda: runs.source_row("comtrade"))
    asked = factory.LazyFunction(lambda: {"act": "comtrade"})


def platform_file(
    *rows: str, header: str = HEADER, name: str = "demand.csv", encoding: str = "utf-8"
) -> SimpleUploadedFile:
    """An uploaded file with our columns and these lines."""
    return SimpleUploadedFile(name, "\n".join([header, *rows]).encode(encoding), content_type="text/csv")


def demand_line(hs6="950662", market="DEU", month="2026-09", figures="100,20,30,10,4.00,8.00"):
    return f"{hs6},{market},{month},{figures}"
