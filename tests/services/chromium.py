"""A headless Chromium for browser tests: the system's own, else the one inside npm's @sparticuz/chromium."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FLAGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium() -> Path | None:
    """The browser named by CHROMIUM, else the first known one on PATH; None where there is none."""
    told = os.environ.get("CHROMIUM")
    if told:
        return Path(told) if Path(told).is_file() else None
    return next((Path(at) for at in map(shutil.which, _NAMES) if at), None)
