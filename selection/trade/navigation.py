"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tdap_portal.web.context import NavItem

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


def items(request: HttpRequest) -> Iterator[NavItem]:
    if request.user.is_authenticated and permissions.can_see_runs(request.user):
        yield NavItem(_("Trade figures"), reverse("trade:runs"), order=70, is_spare=True)
