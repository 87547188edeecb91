"""What every administration page is built on. Django's own lets its address ask more than the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_noop as _

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

WORDS = (  # of Django's own pages, for which it brings no Urdu
    _("No date"),
    _("Has date"),
    _("Empty"),
    _("Not empty"),
    _("The {name} “{obj}” was added successfully."),
    _("You may edit it again below."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _("View %s"),
    _("Select %s to view"),
    _("%(app)s administration"),
    _("Breadcrumbs"),
    _("Models in the %(name)s application"),
    _("Model name"),
    _("Add link"),
    _("Change or view list link"),
    _("View"),
    _("You don’t have permission to view or edit anything."),
    _("Skip to main content"),
    _("Show counts"),
    _("Hide counts"),
    _("Clear all filters"),
    _("Toggle sorting"),
    _("Remove from sorting"),
    _("Sorting priority: %(priority_number)s"),
    _("Objects"),
    _("Yes, I’m sure"),
    _("No, take me back"),
    _("Summary"),
    _("Recent actions"),
    _("My actions"),
    _("Added:"),
    _("Changed:"),
    _("Deleted:"),
    _("Save and view"),
    _("Hold down “Control”, or “Command” on a Mac, to select more than one."),
    _("Currently:"),
    _("Change:"),
    _("Change selected %(model)s"),
    _("Add another %(model)s"),
    _("Delete selected %(model)s"),
    _("View selected %(model)s"),
)
OF_FILTERS = ("", "__exact", "__isnull", "__id__exact")  # how the filters beside a list write what was chosen


class PortalAdmin(admin.ModelAdmin):
    """Lists are narrowed by their own filters and by nothing else.

    Django takes any field from the address (`?iban__startswith=PK3`), so that what no page shows is read letter by letter.
    """

    show_full_result_count = False  # no page counts a million rows
    names: tuple[StrOrPromise, StrOrPromise] | None = None
    """Of one row and of several, as the pages call them. Here and not in the model, where each would be a migration."""

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        if self.names:
            model._meta.verbose_name, model._meta.verbose_name_plural = self.names

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in {f"{name}{end}" for name in self.list_filter for end in OF_FILTERS}


class LookOnly:
    """Nothing is added, changed or deleted here: acts go through the services, so that history knows."""

    def has_add_permission(self, *_args: object) -> bool:
        return False

    def has_change_permission(self, *_args: object) -> bool:
        return False

    def has_delete_permission(self, *_args: object) -> bool:
        return False


class LookOnlyAdmin(LookOnly, PortalAdmin):
    """The same for a whole page."""
