"""The offline pack: the newest files of a programme in a language as one ZIP, written while it is sent."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from smes.papers import selectors as papers_selectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from training.models import MaterialVersion

PIECE = 64 * 1024
ALWAYS = (2026, 1, 1, 0, 0, 0)  # so that the same files give the same pack, byte for byte


class _Written(io.RawIOBase):
    """Takes what is written and hands it on; a ZIP needs no way back."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        taken = bytes(piece)  # type: ignore[call-overload]
        self.pieces.append(taken)
        return len(taken)

    def handed_on(self) -> bytes:
        pieces, self.pieces = self.pieces, []
        return b"".join(pieces)


def pack_of(files: Iterable[MaterialVersion]) -> Iterator[bytes]:
    """The pack in pieces. files: in their order, with material and module. One that is gone from the vault is left out."""
    target = _Written()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:  # they are packed in themselves already
        for number, row in enumerate(files, 1):
            try:
                stream = papers_selectors.open_file(row.stored_as)
            except FileNotFoundError:
                continue
            entry = zipfile.ZipInfo(name_in_pack(number, row), date_time=ALWAYS)
            entry.external_attr = 0o644 << 16
            with stream, package.open(entry, "w") as place:
                while piece := stream.read(PIECE):
                    place.write(piece)
                    yield target.handed_on()
            yield target.handed_on()
    yield target.handed_on()


def name_in_pack(number: int, row: MaterialVersion) -> str:
    """Modules are folders in their order; the number keeps names apart and in order."""
    module = row.material.module
    folder = "".join(letter for letter in module.title if letter.isalnum() or letter in " -_").strip()[:60]
    return f"{module.position:02d} {folder}/{number:02d} {row.name}"
