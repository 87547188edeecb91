"""Every address of the portal, read from the URL table itself, so that no test can forget one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Address:
    """name: as `reverse` takes it, with namespaces; "" for the one without a name. route: `firm/<id12:public_id>/`."""

    name: str
    route: str
    params: tuple[str, ...] = ()

    def path(self, values: Mapping[str, object]) -> str:
        """The path with these values in the places of its params."""
        path = "/" + self.route
        for param in self.params:
            kind = next(
                kind
                for kind in ("id12", "round", "letter", "str", "token", "slug", "int", "path")
                if f"<{kind}:{param}>" in path
            )
            path = path.replace(f"<{kind}:{param}>", str(values[param]))
        return path


def all_addresses(urlconf: str | None = None) -> list[Address]:
    """All addresses, each once, in the order of the table. urlconf: None for the portal's own."""
    return list(dict.fromkeys(_walk(get_resolver(urlconf).url_patterns)))


def _walk(patterns: list, route: str = "", names: str = "") -> Iterator[Address]:
    for one in patterns:
        if not isinstance(one, URLPattern):
            yield from _walk(
                one.url_patterns, route + str(one.pattern), names + (f"{one.namespace}:" * bool(one.namespace))
            )
        elif isinstance(one.pattern, RoutePattern):
            whole = route + str(one.pattern)
            params = tuple(part.split(">")[0].split(":")[-1] for part in whole.split("<")[1:])
            yield Address(f"{names}{one.name or ''}", whole, params)
        else:  # the one regular expression: what the API does not know
            yield Address(names + (one.name or ""), route + str(one.pattern).strip("^"))
