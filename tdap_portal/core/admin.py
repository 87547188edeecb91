"""What every administration page is built on. Django's own lets its address ask more than the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

if TYPE_CHECKING:
    from django.http import HttpRequest

OF_FILTERS = ("", "__exact", "__isnull", "__id__exact")  # how the filters beside a list write what was chosen


class PortalAdmin(admin.ModelAdmin):
    """Lists are narrowed by their own filters and by nothing else.

    Django takes any field from the address (`?iban__startswith=PK3`), so that what no page shows is read letter by letter.
    """

    show_full_result_count = False  # no page counts a million rows

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
