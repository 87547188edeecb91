"""Firms and papers for administrators: to look, not to touch. Acts go through the services, so that history knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from smes.vocabulary import identifiers
from tdap_portal.core.admin import LookOnly, LookOnlyAdmin

from .models import Document, DuplicateFlag, Member, Sme

if TYPE_CHECKING:
    from django.http import HttpRequest


class MemberInline(LookOnly, admin.TabularInline):
    model = Member
    fields = ("user", "role", "created_at")
    readonly_fields = fields
    extra = 0


@admin.register(Sme)
class SmeAdmin(LookOnlyAdmin):
    list_display = ("name", "public_id", "sector", "province", "city", "profile_state", "is_demo", "created_at")
    list_filter = ("profile_state", "province", "sector", "is_demo")
    search_fields = ("name", "public_id")
    exclude = ("ntn", "strn", "iban", "phone", "form_token")
    readonly_fields = ("website_url", "masked_ntn", "masked_iban", "masked_phone")
    inlines = (MemberInline,)

    @admin.display(description=_("NTN"))
    def masked_ntn(self, sme: Sme) -> str:
        return identifiers.mask_ntn(sme.ntn)

    @admin.display(description=_("IBAN"))
    def masked_iban(self, sme: Sme) -> str:
        return identifiers.mask_iban(sme.iban)

    @admin.display(description=_("telephone"))
    def masked_phone(self, sme: Sme) -> str:
        return identifiers.mask_phone(sme.phone)


@admin.register(Document)
class DocumentAdmin(LookOnlyAdmin):
    list_display = ("name", "sme", "kind", "state", "expires_on", "created_at")
    list_filter = ("state", "kind")
    search_fields = ("public_id", "sme__name")
    exclude = ("stored_as",)
    list_select_related = ("sme",)


@admin.register(DuplicateFlag)
class DuplicateFlagAdmin(LookOnlyAdmin):
    list_display = ("one", "other", "percent", "state", "judged_by", "judged_at")
    list_filter = ("state",)
    list_select_related = ("one", "other", "judged_by")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).order_by("-percent", "pk")
