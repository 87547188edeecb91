"""What left, for administrators: to look at, not to change; addresses only as hints, texts not at all."""

from __future__ import annotations

from django.contrib import admin

from tdap_portal.core.admin import LookOnlyAdmin

from .models import Dispatch


@admin.register(Dispatch)
class DispatchAdmin(LookOnlyAdmin):
    list_display = ("public_id", "channel", "template", "address_hint", "state", "attempts", "error", "created_at")
    list_filter = ("channel", "state")
    fields = (*list_display, "language", "parts", "urgent", "next_try_at", "sent_at", "provider_reference")
    readonly_fields = fields
    ordering = ("-id",)
