"""States of a firm's profile and of its papers, as tables."""

from enum import StrEnum
from typing import Final

from tdap_portal.core.states import Machine, Move


class ProfileState(StrEnum):
    """A profile is verified by an officer; a change of who the firm is takes that back."""

    OPEN = "open"
    VERIFIED = "verified"


class PaperState(StrEnum):
    """Where a paper stands. A replaced paper stays for the files that were judged with it."""

    UPLOADED = "uploaded"
    VERIFIED = "verified"
    REFUSED = "refused"
    REPLACED = "replaced"


COUNTING_PAPERS: Final = (PaperState.UPLOADED, PaperState.VERIFIED)
"""Papers that are not refused and that no newer one replaced."""


class ComparisonAnswer(StrEnum):
    """What an officer found when a fact was compared with a paper."""

    SAME = "same"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"


class NeededPapers(StrEnum):
    """How far the papers that a firm must send have come, all of them together."""

    MISSING = "missing"  # one of them did not come, was refused or has run out
    SENT = "sent"  # all are there, and an officer has not verified each
    VERIFIED = "verified"


class FlagState(StrEnum):
    """What an officer said of a possible duplicate."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


class ContradictionState(StrEnum):
    """What became of something that does not fit: an officer explained it, or the values changed so that it fits."""

    OPEN = "open"
    EXPLAINED = "explained"
    SOLVED = "solved"


class Happened(StrEnum):
    """Names of the history rows that this app writes."""

    REGISTERED = "sme.registered"
    STEP_SAVED = "sme.step_saved"
    COMPLETED = "sme.profile_completed"
    VERIFIED = "sme.verified"
    REOPENED = "sme.reopened"
    CREDENTIAL_ADDED = "sme.credential_added"
    MEMBER_INVITED = "sme.member_invited"
    MEMBER_JOINED = "sme.member_joined"
    MEMBER_CHANGED = "sme.member_changed"
    MEMBER_REMOVED = "sme.member_removed"
    INVITATION_WITHDRAWN = "sme.invitation_withdrawn"
    PAPER_UPLOADED = "document.uploaded"
    PAPER_VERIFIED = "document.verified"
    PAPER_REFUSED = "document.refused"
    PAPER_REPLACED = "document.replaced"
    PAPER_REOPENED = "document.reopened"
    PAPER_EXPIRING = "document.expiring"
    FACT_COMPARED = "fact.compared"
    COMPARISON_UNDONE = "fact.comparison_undone"
    CONTRADICTIONS_FOUND = "sme.contradictions_found"
    CONTRADICTIONS_CHANGED = "sme.contradictions_changed"
    CONTRADICTION_EXPLAINED = "contradiction.explained"
    DUPLICATES_FLAGGED = "sme.duplicates_flagged"
    DUPLICATE_JUDGED = "duplicate.judged"


PROFILE: Final = Machine(
    Move("verify", (ProfileState.OPEN, ProfileState.VERIFIED), ProfileState.VERIFIED, Happened.VERIFIED),
    Move("reopen", ProfileState.VERIFIED, ProfileState.OPEN, Happened.REOPENED),
)

PAPER: Final = Machine(
    Move("verify", (PaperState.UPLOADED, PaperState.REFUSED), PaperState.VERIFIED, Happened.PAPER_VERIFIED),
    Move("refuse", (PaperState.UPLOADED, PaperState.VERIFIED), PaperState.REFUSED, Happened.PAPER_REFUSED),
    Move("reopen", (PaperState.VERIFIED, PaperState.REFUSED), PaperState.UPLOADED, Happened.PAPER_REOPENED),
    Move(
        "replace",
        (PaperState.UPLOADED, PaperState.VERIFIED, PaperState.REFUSED),
        PaperState.REPLACED,
        Happened.PAPER_REPLACED,
    ),
)

FLAG: Final = Machine(
    Move("same", (FlagState.OPEN, FlagState.DIFFERENT), FlagState.SAME, Happened.DUPLICATE_JUDGED),
    Move("different", (FlagState.OPEN, FlagState.SAME), FlagState.DIFFERENT, Happened.DUPLICATE_JUDGED),
)

CONTRADICTION: Final = Machine(
    Move(
        "explain",
        (ContradictionState.OPEN, ContradictionState.EXPLAINED),
        ContradictionState.EXPLAINED,
        Happened.CONTRADICTION_EXPLAINED,
    ),
)
