"""Rounds for administrators: to look, not to touch. Files of firms and what was judged of them are the desk's."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.admin import LookOnlyAdmin

from .models import Round


@admin.register(Round)
class RoundAdmin(LookOnlyAdmin):
    names = (_("Round"), _("Rounds"))
    list_display = ("number", "name", "state", "opens_at", "closes_at", "seats", "policy")
    list_filter = ("state",)
    exclude = ("line_points",)
