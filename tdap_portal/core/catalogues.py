"""Compiled translations: not kept in the repository, made from the .po files where they are wanted. No gettext needed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polib

if TYPE_CHECKING:
    from pathlib import Path


def compile_catalogues(folder: Path) -> list[Path]:
    """Write each <folder>/*/LC_MESSAGES/*.mo that is missing or older than its .po; returns those written.

    Fuzzy and obsolete entries are left out, as msgfmt does. Raises OSError with the line for a .po that cannot be read.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = target.with_suffix(f".mo.{os.getpid()}")  # a portal that runs never reads half a file
        polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(unfinished))
        unfinished.replace(target)
        written.append(target)
    return written
