"""The roles of the people of TDAP and of its partners. A firm's people have their roles in the firm, not here."""

from enum import StrEnum


class Role(StrEnum):
    """One person may hold several."""

    OFFICER = "officer"  # verifies papers, asks, reads, recommends
    APPROVER = "approver"  # director: rounds, policy, decisions, appeals
    PROGRAMME_MANAGER = "programme_manager"  # cohorts, timetable, certificates
    FINANCE_OFFICER = "finance_officer"  # receipts of payments, refunds, proceeds
    ADMINISTRATOR = "administrator"  # people, roles, health, audit
    PARTNER = "partner"  # chamber, province, bank, platform: its own cohorts only


OFFICIAL_ROLES = frozenset(Role) - {Role.PARTNER}
DECIDING_ROLES = frozenset(
    {Role.APPROVER, Role.FINANCE_OFFICER, Role.ADMINISTRATOR}
)  # two people sign for each of these
DESK_ROLES = (Role.OFFICER, Role.APPROVER)  # who opens firms, their papers, their files and what was judged of them


class PartnerKind(StrEnum):
    CHAMBER = "chamber"
    PROVINCE = "province"
    BANK = "bank"
    MICROFINANCE_BANK = "microfinance_bank"
    PLATFORM = "platform"
