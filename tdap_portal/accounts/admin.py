"""People, roles and partners for administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from . import services
from .models import Partner, PartnerMember, RoleGrant, User
from .roles import Role


class RoleGrantInline(admin.TabularInline):
    model = RoleGrant
    fk_name = "user"
    extra = 0
    readonly_fields = ("granted_by",)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ("name", "email", "is_active", "is_staff", "is_demo", "joined_at")
    list_filter = ("is_active", "is_staff", "is_demo", "role_grants__role")
    search_fields = ("name", "email", "public_id")
    fields = ("name", "email", "language", "is_active", "is_staff")
    inlines = [RoleGrantInline]
    show_full_result_count = False

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Roles are given and taken by the services, so that history knows of it."""
        formset.save(commit=False)
        for gone in formset.deleted_objects:
            services.revoke_role(actor=request.user, user=gone.user, role=Role(gone.role))
        for grant in formset.new_objects:
            services.grant_role(actor=request.user, user=grant.user, role=Role(grant.role))


class PartnerMemberInline(admin.TabularInline):
    model = PartnerMember
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "province", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    inlines = [PartnerMemberInline]
