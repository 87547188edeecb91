"""How well a fact of a firm stands: four levels of evidence. Pure."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tdap_portal.core.marks import gettext_noop as _


class EvidenceLevel(StrEnum):
    """What a fact rests on, weakest first: the firm's word, a paper of the right kind, an officer who compared the two, another
    source that says the same."""

    SAID = "said"
    BACKED = "backed"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"

    @property
    def rank(self) -> int:
        """0 for said to 3 for confirmed."""
        return LEVELS.index(self)


LEVELS: Final = tuple(EvidenceLevel)
"""The levels, weakest first."""
EVIDENCE_LEVELS: Final = MappingProxyType(
    {
        EvidenceLevel.SAID: (_("Said"), _("the firm wrote it")),
        EvidenceLevel.BACKED: (_("Backed"), _("a paper of the right kind is there")),
        EvidenceLevel.VERIFIED: (_("Verified"), _("an officer compared it with the paper")),
        EvidenceLevel.CONFIRMED: (_("Confirmed"), _("a bank, chamber or registry says so too")),
    }
)
"""The name of each level and what it means."""


def fact_of(key: str) -> str:
    """The fact that the key of a proof is about: a row of a list stands behind a slash, as "certifications/iso_9001"."""
    return key.partition("/")[0]
