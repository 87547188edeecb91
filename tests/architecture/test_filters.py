"""Each filter and tag of ours has one home: its name means the same in every template."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.template import Library, engines

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.unit

OURS = ("tdap_portal.", "smes.", "selection.", "training.", "payments.")


MEANT_SO = [("date", "tdap_portal.web.templatetags.look", "django.template.defaultfilters")]  # keeps a day on one line


def libraries() -> dict[str, Library]:
    """All libraries a template can load or knows without a load, by the module they stand in."""
    engine = engines["django"].engine
    return {name: import_module(name).register for name in {*engine.libraries.values(), *engine.builtins}}


def registered_twice(found: Mapping[str, Library]) -> list[tuple[str, str, str]]:
    """Each name of our libraries that another library registers too, as name, ours, the other."""
    return sorted(
        (name, ours, other)
        for ours, library in found.items()
        if ours.startswith(OURS)
        for other, rival in found.items()
        if other != ours
        for kind in ("filters", "tags")
        for name in getattr(library, kind).keys() & getattr(rival, kind).keys()
    )


def test_no_name_is_registered_by_two_libraries():
    found = libraries()

    assert "tdap_portal.web.templatetags.look" in found
    assert registered_twice(found) == MEANT_SO


def test_a_name_of_two_libraries_is_found():
    ours, theirs = Library(), Library()
    ours.filter("sector_name", lambda code: code)
    ours.simple_tag(lambda: "", name="icon")
    theirs.filter("sector_name", lambda code: code)

    assert registered_twice({"smes.templatetags.firms": ours, "django.other": theirs}) == [
        ("sector_name", "smes.templatetags.firms", "django.other")
    ]
