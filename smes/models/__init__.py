"""Firms, the people in them, what they make, and their papers: a file a noun."""

from .duplicates import DuplicateFlag, DuplicateKey
from .firms import Sme
from .papers import Comparison, Document
from .people import Invitation, Member
from .profile import Certification, ExportYear, Owner, Product, ProfileStep

__all__ = [
    "Certification",
    "Comparison",
    "Document",
    "DuplicateFlag",
    "DuplicateKey",
    "ExportYear",
    "Invitation",
    "Member",
    "Owner",
    "Product",
    "ProfileStep",
    "Sme",
]
