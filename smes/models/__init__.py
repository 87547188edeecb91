"""Firms, the people in them, what they make, and their papers: a file a noun."""

from .contradictions import Contradiction
from .duplicates import DuplicateFlag, DuplicateKey
from .firms import Sme
from .papers import Comparison, Document, PictureBand
from .people import Invitation, Member
from .profile import Certification, ExportYear, Owner, Product, ProfileStep

__all__ = [
    "Certification",
    "Comparison",
    "Contradiction",
    "Document",
    "DuplicateFlag",
    "DuplicateKey",
    "ExportYear",
    "Invitation",
    "Member",
    "Owner",
    "PictureBand",
    "Product",
    "ProfileStep",
    "Sme",
]
