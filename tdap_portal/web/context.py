"""What every page needs: the navigation of this person, whether this is the demo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class HomeLink:
    """Where a home leads to."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class HomeTask:
    """What waits for an official on a floor above: a row of the home that is a link. note: small, behind it. tone: of the theme."""

    title: str
    url: str
    note: str
    tone: str = "you"
    code: str = ""
    end: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        return (self.note,)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the masthead.

    order: smaller stands first; from OWN on it is of the person and stands last. count: things that wait ("99+" where counting stops),
    None to show nothing. is_spare: goes behind "More" where there are more entries than one line holds. is_home: where the person's own
    work begins; gives_way: is not for somebody with such an entry.
    """

    label: Any
    url: str
    order: int = 50
    count: int | str | None = None
    is_spare: bool = False
    is_home: bool = False
    gives_way: bool = False
    is_current: bool = False


OWN = 90
HEAD_HOLDS = 96  # letters beside the brand on one line of 1280 px, with what stands around each entry (`_letters`)
COUNTED_UP_TO = 99


@dataclass(frozen=True, slots=True)
class Navigation:
    """The entries of the masthead in order: first, behind "More" (none where all fit), and last those of the person."""

    first: list[NavItem]
    more: list[NavItem]
    last: list[NavItem]

    @property
    def is_in_more(self) -> bool:
        """Whether the page is one of those behind "More"."""
        return any(item.is_current for item in self.more)

    @property
    def count(self) -> int | str | None:
        """All that waits behind the entries together; None where nothing does."""
        counts = [item.count for item in self if item.count]
        if any(isinstance(count, str) for count in counts):
            return f"{COUNTED_UP_TO}+"
        total = sum(int(count) for count in counts)
        return f"{COUNTED_UP_TO}+" if total > COUNTED_UP_TO else total or None

    def __len__(self) -> int:
        return sum(1 for _entry in self)

    def __iter__(self) -> Iterator[NavItem]:
        return chain(self.first, self.more, self.last)


def portal(request: HttpRequest) -> dict[str, object]:
    return {
        "demo": settings.DEMO,
        "nav": SimpleLazyObject(lambda: _navigation(request)),
        "foot": SimpleLazyObject(_foot),
        "request_id": getattr(request, "id", ""),
    }


def _navigation(request: HttpRequest) -> Navigation:
    items = sorted(_offered(request), key=lambda item: item.order)
    if any(item.is_home for item in items):
        items = [item for item in items if not item.gives_way]
    longest = max((len(item.url) for item in items if request.path.startswith(item.url)), default=0)
    items = [replace(i, is_current=len(i.url) == longest and request.path.startswith(i.url)) for i in items]
    more = _behind_more(items)
    return Navigation(
        first=[i for i in items if i.order < OWN and i not in more],
        more=more,
        last=[i for i in items if i.order >= OWN and i not in more],
    )


def _letters(items: list[NavItem]) -> int:
    """How much of a line the entries take: their letters, the gap between two, the badge of a count."""
    return sum(len(str(item.label)) + 2 + (4 if item.count else 0) for item in items)


def _behind_more(items: list[NavItem]) -> list[NavItem]:
    """None where all fit on a line; else those that are spare, then the last ones that neither count nor are the person's own."""
    if _letters(items) <= HEAD_HOLDS:
        return []
    room = HEAD_HOLDS - len(str(_("More"))) - 2
    more = [item for item in items if item.is_spare]
    while _letters([item for item in items if item not in more]) > room:
        movable = [item for item in items if item.order < OWN and not item.count and item not in more]
        if len(movable) <= 1:  # a long name of the person must not take away where the work begins
            break
        more.append(movable[-1])
    return [item for item in items if item in more]


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
        NavItem(_("Check a certificate"), reverse("training:certificate_search")),
        NavItem(_("Accessibility"), reverse("accessibility")),
        NavItem(_("Privacy"), reverse("privacy")),
    ]
