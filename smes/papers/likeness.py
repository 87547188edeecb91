"""Pictures that look alike: a hash of 64 bits that small changes of size, light or packing hardly move. Pure."""

from typing import TYPE_CHECKING, Final

from smes.vocabulary.paper_kinds import PHOTOGRAPHED

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_DISTANCE: Final = 4
"""Bits in which the hashes of two pictures may differ for the pictures to be taken for alike."""
_BANDS: Final = ((0, 13), (13, 13), (26, 13), (39, 13), (52, 12))
"""(first bit, number of bits): one more band than bits may differ, so that two alike pictures share at least one whole."""
_MIN_EDGES: Final = 6
"""A picture with fewer bits set (or not set) is nearly blank, and all blank pictures are alike."""


def hash_of(picture: "Image") -> str:
    """16 hex digits: for each of 8 rows of 9 grey dots whether a dot is darker than the next. "" for a nearly blank picture."""
    dots = picture.resize((9, 8)).convert("L").tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (dots[row * 9 + column] < dots[row * 9 + column + 1])
    return f"{bits:016x}" if _MIN_EDGES <= bits.bit_count() <= 64 - _MIN_EDGES else ""


def distance(one: str, other: str) -> int:
    """Bits in which two hashes differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def bands_of(kind: str, picture_hash: str) -> tuple[str, ...]:
    """The keys under which a picture is found again, five for a hash: pictures of this kind of paper that differ in at most
    MAX_DISTANCE bits share one of them. () for "", and for kinds of which all papers look alike."""
    if not picture_hash or kind not in PHOTOGRAPHED:
        return ()
    bits = int(picture_hash, 16)
    return tuple(f"{kind}:{first}:{bits >> first & (1 << length) - 1:x}" for first, length in _BANDS)
