"""Real trade files may not be redistributed, so they are not in the repository. Where they lie beside it, they are used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selection.trade import expected

DATA = Path(__file__).parents[2] / "data"
REAL_TRADE = Path(__file__).parents[4] / "shared" / "data" / "trade"
collect_ignore = [] if REAL_TRADE.is_dir() else ["arithmetic/test_real_figures.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if collect_ignore:
        terminalreporter.write_line(
            "Left out: checks on real trade files, which are not beside this repository.", yellow=True
        )


@pytest.fixture(autouse=True, scope="module")
def _no_authorities(tmp_path_factory: pytest.TempPathFactory):
    """The stub speaks plain HTTP, so no client reads the world's certificates, a fortieth of a second each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        yield


@pytest.fixture(autouse=True)
def _toy_figures(request, monkeypatch):
    """The figures of these tests are a few hundred dollars of three countries; only a test with real_bounds looks at that."""
    if "real_bounds" not in request.fixturenames:
        monkeypatch.setattr(expected, "bounds", lambda: ())
        monkeypatch.setattr(expected, "large_exporters", lambda: ())


@pytest.fixture
def real_bounds():
    """What is known of trade from elsewhere counts in this test."""


@pytest.fixture(scope="session")
def oracles() -> dict:
    """Inputs and expected values of every formula, computed twice in different ways; toy figures."""
    return json.loads((DATA / "analytics_oracles.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real trade files; only asked for by test_real_figures.py."""
    return REAL_TRADE
