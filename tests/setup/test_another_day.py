"""The tests on another day: what they start lives on it too, and waits no longer than it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.servers import another_day

pytestmark = [pytest.mark.unit, pytest.mark.slow]
SAYS = """
import threading, time
from datetime import UTC, datetime
began = time.monotonic()
threading.Event().wait(0.2)
time.sleep(0.2)
assert 0.4 <= time.monotonic() - began < 60
print(datetime.now(UTC).date(), datetime.fromtimestamp(time.time(), UTC).date())
"""


@pytest.mark.skipif(shutil.which("cc") is None or sys.platform != "linux", reason="needs Linux and a C compiler")
def test_a_process_is_told_the_moment_and_waits_as_long_as_on_any_day(tmp_path, monkeypatch):
    told = another_day.environment_of(datetime(2027, 3, 10, 18, 40, tzinfo=UTC), tmp_path)
    said = subprocess.run(
        [sys.executable, "-c", SAYS], env=os.environ | told, capture_output=True, text=True, timeout=120, check=True
    )
    assert said.stdout.split() == ["2027-03-10", "2027-03-10"]
    assert another_day.handed_on() == {}
    monkeypatch.setenv("LD_PRELOAD", told["LD_PRELOAD"])
    assert another_day.handed_on() == {"LD_PRELOAD": told["LD_PRELOAD"]}
