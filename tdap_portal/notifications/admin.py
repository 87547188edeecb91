"""What left, for administrators: to look at, not to change; addresses only as hints, texts not at all."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.admin import LookOnlyAdmin

from .models import Dispatch


@admin.register(Dispatch)
class DispatchAdmin(LookOnlyAdmin):
    names = (_("Sent mail and SMS"), _("Sent mail and SMS"))
    list_display = ("public_id", "channel", "template", "address_hint", "state", "attempts", "error", "created_at")
    list_filter = ("channel", "state")
    fields = (*list_display, "language", "parts", "urgent", "next_try_at", "sent_at", "provider_reference")
    readonly_fields = fields
    ordering = ("-id",)
