"""People, partners and closed days for administrators. Every change goes through a service, so that history knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.admin import LookOnly, PortalAdmin
from tdap_portal.core.models import ClosedDay

from . import services
from .models import ROLE_LABELS, Partner, PartnerMember, RoleGrant, User
from .roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

# Pages of the libraries: they show secrets, or change who may do what behind the back of history.
admin.site.unregister([Authenticator, EmailAddress, Group])


class GivenOrTaken(admin.TabularInline):
    """Rows are added and removed; another value is another row."""

    extra = 0

    def has_change_permission(self, *_args: object) -> bool:
        return False


class RoleGrantInline(LookOnly, admin.TabularInline):
    """Roles are given and taken on the person's page: some take a second signature."""

    model = RoleGrant
    fk_name = "user"
    extra = 0
    readonly_fields = ("granted_by",)


@admin.register(User)
class UserAdmin(PortalAdmin):
    """People register themselves, and change themselves what is theirs: here they are locked out or let in."""

    names = (_("Person"), _("People"))
    list_display = ("name", "email", "is_active", "is_staff", "is_demo", "joined_at")
    list_filter = ("is_active", "is_staff", "is_demo", "role_grants__role")
    search_fields = ("name", "email", "public_id")
    readonly_fields = ("name", "email", "language", "is_staff")
    fields = ("name", "email", "language", "is_active", "is_staff")
    inlines = [RoleGrantInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: Any, obj: User, form: object, change: bool) -> None:  # noqa: FBT001  Django's signature
        services.set_active(actor=request.user, user=obj, is_active=obj.is_active)


class PartnerMemberInline(GivenOrTaken):
    model = PartnerMember
    autocomplete_fields = ("user",)


@admin.register(Partner)
class PartnerAdmin(PortalAdmin):
    names = (ROLE_LABELS[Role.PARTNER], _("Partners"))
    list_display = ("name", "kind", "province", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    inlines = [PartnerMemberInline]

    def has_delete_permission(self, request: HttpRequest, obj: Partner | None = None) -> bool:
        return False

    def save_model(self, request: Any, obj: Partner, form: object, change: bool) -> None:  # noqa: FBT001  Django's signature
        services.keep_partner(actor=request.user, partner=obj)

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        formset.save(commit=False)
        for gone in formset.deleted_objects:
            services.remove_partner_member(actor=request.user, member=gone)
        for member in formset.new_objects:
            services.add_partner_member(actor=request.user, partner=member.partner, user=member.user)


@admin.register(ClosedDay)
class ClosedDayAdmin(PortalAdmin):
    list_display = ("day", "name", "is_open", "source")
    list_filter = ("is_open",)
    search_fields = ("name",)

    def save_model(self, request: Any, obj: ClosedDay, form: object, change: bool) -> None:  # noqa: FBT001  Django's signature
        services.keep_closed_day(actor=request.user, day=obj)

    def delete_model(self, request: Any, obj: ClosedDay) -> None:
        services.remove_closed_day(actor=request.user, day=obj)

    def delete_queryset(self, request: Any, queryset: QuerySet[ClosedDay]) -> None:
        for day in queryset:
            services.remove_closed_day(actor=request.user, day=day)
