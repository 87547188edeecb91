"""Certificates a firm can name, by the codes that files and policies use."""

from types import MappingProxyType
from typing import Final, NamedTuple

from .tables import read_table


class CertificateKind(NamedTuple):
    """A certificate. `group` is quality, social or tdap (given by us, never typed in by a firm)."""

    code: str
    name: str
    name_ur: str
    group: str

    def label(self, language: str) -> str:
        """The name in Urdu for "ur", else in English."""
        return self.name_ur if language.startswith("ur") else self.name


CERTIFICATES: Final = MappingProxyType(
    {
        row["code"]: CertificateKind(row["code"], row["name"], row["name_ur"], row["group"])
        for row in read_table("certificates")
    }
)

# What a firm can choose from; the rest is given by TDAP.
OPEN_CERTIFICATES: Final = tuple(kind for kind in CERTIFICATES.values() if kind.group != "tdap")
