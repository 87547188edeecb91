"""Entries of the masthead."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tdap_portal.web.context import NavItem


def items(request: HttpRequest) -> Iterator[NavItem]:
    """Payments of a firm; the finance officer's pages; none for everybody else."""
    del request
    yield from ()
