"""The chain's end, written down outside the database.

Whoever can write the database and has the portal's key could cut the chain short or lay it anew. One line a link laid
last, "position hash", in a file that the database's people cannot reach tells it all the same. Keep the file on another
disk, or copy it away.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone


def note(position: int, hash_: str) -> None:
    """Add where the chain ends now. Raises OSError where the file cannot be written."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="ascii") as out:
        out.write(f"{position} {hash_}\n")


def noted() -> dict[int, str]:
    """Hash by position as noted so far; empty where nothing was. A line cut off by a crash is passed over."""
    try:
        lines = _file().read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split() for line in lines)
    return {int(pair[0]): pair[1] for pair in pairs if len(pair) == 2 and len(pair[1]) == 64}


def set_aside() -> None:
    """A new chain begins: what was noted of an earlier one is kept under a name of its own."""
    file = _file()
    if file.exists():
        file.rename(file.with_name(f"{file.stem}-until-{timezone.now():%Y%m%d%H%M%S%f}{file.suffix}"))


def earlier() -> list[Path]:
    """What was noted of chains that lay here before, the oldest first."""
    file = _file()
    return sorted(file.parent.glob(f"{file.stem}-until-*{file.suffix}"))


def _file() -> Path:
    return Path(settings.AUDIT_ANCHOR_FILE or Path(settings.VAR_DIR) / "audit-anchor.txt")
