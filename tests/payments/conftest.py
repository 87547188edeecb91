"""The first test with made values reads all modules for constants, which takes seconds on a busy machine. No clock is kept here."""

import logging
import traceback

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("money", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("money")


@pytest.fixture
def lines():
    """What was logged by anybody at any level, unfiltered, with its stack traces and arguments."""
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
            kept.append(f"{record.name} {record.getMessage()} {record.args!r} {trace}")

    root, handler = logging.getLogger(), Keep(logging.DEBUG)
    levels = {name: logging.getLogger(name).level for name in ("", "httpx", "httpcore", "payments", "asyncio")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.handlers.insert(0, handler)  # before the one whose filter takes private numbers out
    yield kept
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
