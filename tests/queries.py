"""What a page asks of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from django.test import Client


def queries_of(client: Client, url: str) -> list[str]:
    """The SQL of each query of one page, in order. The page is asked for once before, which fills what is kept."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in queries]


def repeated(queries: list[str]) -> list[str]:
    """Those that were asked more than once."""
    return sorted({sql for sql in queries if queries.count(sql) > 1})
