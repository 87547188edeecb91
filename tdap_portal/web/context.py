"""What every page needs: the navigation of this person, whether this is the demo."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the masthead. order: smaller stands first. count: things that wait ("99+" where counting stops), None to show nothing."""

    label: Any
    url: str
    order: int = 50
    count: int | str | None = None
    is_current: bool = False


def portal(request: HttpRequest) -> dict[str, object]:
    return {
        "demo": settings.DEMO,
        "nav": SimpleLazyObject(lambda: _navigation(request)),
        "foot": SimpleLazyObject(_foot),
        "request_id": getattr(request, "id", ""),
    }


def _navigation(request: HttpRequest) -> list[NavItem]:
    items = sorted(_offered(request), key=lambda item: item.order)
    longest = max((len(item.url) for item in items if request.path.startswith(item.url)), default=0)
    return [
        NavItem(i.label, i.url, i.order, i.count, len(i.url) == longest and request.path.startswith(i.url))
        for i in items
    ]


def _offered(request: HttpRequest) -> Iterator[NavItem]:
    if not hasattr(request, "user"):  # refused before anybody was signed in, as for a wrong host name
        return
    for name in settings.NAVIGATION:
        yield from import_module(name).items(request)


def _foot() -> list[NavItem]:
    """The same on every page; the pages themselves belong to the apps."""
    return [
        NavItem(_("Results in public"), reverse("results")),
        NavItem(_("Calendar of rounds"), reverse("rounds")),
        NavItem(_("Accessibility"), reverse("accessibility")),
        NavItem(_("Privacy"), reverse("privacy")),
    ]
