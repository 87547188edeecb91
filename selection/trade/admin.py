"""To look at only: figures are made by runs, so that each can be traced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .models import ImportRun, Indicator, PlatformDemand, Source, TradeFlow, Vintage

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Source)
class SourceAdmin(ReadOnly):
    list_display = ("code", "name", "kind", "edition", "licence", "is_simulated")


@admin.register(Vintage)
class VintageAdmin(ReadOnly):
    list_display = ("name", "kind", "state", "published_at", "is_simulated")
    list_filter = ("kind", "state")


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    list_display = ("public_id", "source", "state", "rows_kept", "rows_refused", "finished_at")
    list_filter = ("state", "source")
    exclude = ("upload",)


@admin.register(Indicator)
class IndicatorAdmin(ReadOnly):
    list_display = ("hs", "sector", "name", "value", "period", "source", "is_simulated", "vintage")
    list_select_related = ("source", "vintage")
    list_filter = ("name",)
    search_fields = ("hs", "sector")

    @admin.display(boolean=True, description=_("simulated"))
    def is_simulated(self, row: Indicator) -> bool:
        return row.source.is_simulated


@admin.register(TradeFlow)
class TradeFlowAdmin(ReadOnly):
    list_display = ("year", "reporter", "partner", "flow", "hs", "value_usd", "source")
    search_fields = ("hs",)


@admin.register(PlatformDemand)
class PlatformDemandAdmin(ReadOnly):
    list_display = ("hs6", "market", "month", "searches", "rfqs", "inquiries", "is_simulated")
    search_fields = ("hs6",)
