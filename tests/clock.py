"""The clock while the tests are collected."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

import pytest
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo


class AskedTooEarly(Exception):
    pass


@contextmanager
def no_clock() -> Iterator[None]:
    """Whoever asks the portal's clock in here, by today() too, meets AskedTooEarly: a value that a module computes while it is read is a day old
    where the run goes past midnight."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> NoReturn:
            raise AskedTooEarly("Ask what time it is inside the test: this is computed while the tests are collected.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "datetime", Stopped)  # not timezone.now itself: a factory that is read now keeps it
        yield
