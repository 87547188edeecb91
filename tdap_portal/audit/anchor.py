"""The chain's end, written down outside the database.

Whoever can write the database and has the portal's key could cut the chain short or lay it anew. A line for each time
that links were laid, "position hash", in a file that the database's people cannot reach tells it all the same, because
the positions in it only rise. Keep the file on another disk, or copy it away.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.utils import timezone

from .chain import Note, contradicts

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 2 * 1024 * 1024  # then the older lines are thinned; about 25,000 lines
KEPT_WHOLE = 5000
KEPT_ONE_IN = 10


def begin() -> None:
    """A new chain begins. What was noted of an earlier one is kept under a name of its own, which nobody overwrites."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    if noted():
        file.rename(file.with_name(f"{file.stem}-until-{timezone.now():%Y%m%d%H%M%S%f}{file.suffix}"))
    file.touch()


def note(position: int, hash_: str) -> None:
    """Add where the chain ends now; nothing where another worker has noted a later end. Raises OSError where the file is
    missing or cannot be written."""
    with _locked() as file:
        content = file.read()
        before = _notes(content)
        if not before or before[-1][0] <= position:
            cut_off = b"" if content.endswith(b"\n") or not content else b"\n"
            file.write(cut_off + f"{position} {hash_}\n".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        if file.tell() > MAX_BYTES:
            _thin(_notes(_file().read_bytes()))


def noted() -> list[Note]:
    """Position and hash as they were noted, in order; empty where there is no file. A line cut off by a crash is passed over."""
    try:
        return _notes(_file().read_bytes())
    except FileNotFoundError:
        return []


def earlier() -> list[str]:
    """Names of the files that noted chains which lay here before, the oldest first."""
    file = _file()
    return sorted(found.name for found in file.parent.glob(f"{file.stem}-until-*{file.suffix}"))


def _notes(content: bytes) -> list[Note]:
    pairs = (line.split() for line in content.decode("ascii", "replace").splitlines())
    return [(int(pair[0]), pair[1]) for pair in pairs if len(pair) == 2 and pair[0].isdecimal() and len(pair[1]) == 64]


@contextmanager
def _locked() -> Iterator[BinaryIO]:
    """The file, open for reading and adding, for one process at a time."""
    while True:
        with _file().open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file.fileno()), _file().stat()):  # not thinned while we waited for the lock
                yield file
                return


def _thin(notes: list[Note]) -> None:
    """Each hash covers all rows before it, so of old notes some are enough; those that contradict another all stay."""
    old = notes[:-KEPT_WHOLE]
    kept = set(range(0, len(old), KEPT_ONE_IN))
    for number, (before, after) in enumerate(pairwise(old)):
        if contradicts(before, after):
            kept |= {number, number + 1}
    lines = [f"{position} {hash_}\n" for position, hash_ in [old[at] for at in sorted(kept)] + notes[-KEPT_WHOLE:]]
    file = _file()
    thinned = file.with_name(f".{file.name}.thinned")
    thinned.write_text("".join(lines), encoding="ascii")
    thinned.replace(file)


def _file() -> Path:
    return Path(settings.AUDIT_ANCHOR_FILE or Path(settings.VAR_DIR) / "audit-anchor.txt")
