"""To look at only: figures are made by runs, so that each can be traced."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.admin import LookOnlyAdmin

from .models import ImportRun, Indicator, PlatformDemand, Source, TradeFlow, Vintage


@admin.register(Source)
class SourceAdmin(LookOnlyAdmin):
    names = (_("Source"), _("Sources"))
    list_display = ("code", "name", "kind", "edition", "licence", "is_simulated")


@admin.register(Vintage)
class VintageAdmin(LookOnlyAdmin):
    names = (_("Vintage"), _("Vintages"))
    list_display = ("name", "kind", "state", "published_at", "is_simulated")
    list_filter = ("kind", "state")


@admin.register(ImportRun)
class ImportRunAdmin(LookOnlyAdmin):
    names = (_("Run"), _("Runs"))
    list_display = ("public_id", "source", "state", "rows_kept", "rows_refused", "finished_at")
    list_filter = ("state", "source")
    exclude = ("upload",)


@admin.register(Indicator)
class IndicatorAdmin(LookOnlyAdmin):
    names = (_("Indicator"), _("Indicators"))
    list_display = ("hs", "sector", "name", "value", "period", "source", "is_simulated", "vintage")
    list_select_related = ("source", "vintage")
    list_filter = ("name",)
    search_fields = ("hs", "sector")

    @admin.display(boolean=True, description=_("simulated"))
    def is_simulated(self, row: Indicator) -> bool:
        return row.source.is_simulated


@admin.register(TradeFlow)
class TradeFlowAdmin(LookOnlyAdmin):
    names = (_("Trade figures"), _("Trade figures"))
    list_display = ("year", "reporter", "partner", "flow", "hs", "value_usd", "source")
    search_fields = ("hs",)


@admin.register(PlatformDemand)
class PlatformDemandAdmin(LookOnlyAdmin):
    names = (_("Figures of the platform"), _("Figures of the platform"))
    list_display = ("hs6", "market", "month", "searches", "rfqs", "inquiries", "is_simulated")
    search_fields = ("hs6",)
