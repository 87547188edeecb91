"""The demo's officials and partners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import selectors, services
from .role_requests import services as role_requests_services
from .roles import PartnerKind, Role

if TYPE_CHECKING:
    from .models import User

PASSWORD = "Sialkot-to-the-world-2027"  # noqa: S105  printed on purpose: invented people, invented firms
DOMAIN = "demo.tdap.example"

OFFICIALS: tuple[tuple[str, str, tuple[Role, ...], str], ...] = (
    ("officer", "Ayesha Karim", (Role.OFFICER,), "en"),
    ("officer2", "Imran Haider", (Role.OFFICER,), "en"),
    ("officer3", "Sana Tariq", (Role.OFFICER,), "ur"),
    ("officer4", "Bilal Nasir", (Role.OFFICER,), "en"),
    ("director", "Farah Siddiqui", (Role.APPROVER,), "en"),
    ("director2", "Kamran Ali Shah", (Role.APPROVER,), "en"),
    ("director3", "Nasreen Akhtar", (Role.APPROVER,), "en"),
    ("programme", "Rizwan Aziz", (Role.PROGRAMME_MANAGER,), "en"),
    ("finance", "Shazia Munir", (Role.FINANCE_OFFICER,), "en"),
    ("finance2", "Waqar Hussain", (Role.FINANCE_OFFICER,), "en"),
    ("admin", "Omar Javed", (Role.ADMINISTRATOR,), "en"),
)
PARTNERS: tuple[tuple[str, str, str, PartnerKind, str], ...] = (
    ("platform", "Li Wei", "Alibaba.com, Pakistan desk (demo)", PartnerKind.PLATFORM, ""),
    ("chamber", "Khalid Mir", "Sialkot Chamber (demo)", PartnerKind.CHAMBER, "PK-PB"),
    ("province", "Mehwish Talpur", "Government of Sindh, Industries (demo)", PartnerKind.PROVINCE, "PK-SD"),
    ("bank", "Naila Hashmi", "Exporters' Bank (demo)", PartnerKind.BANK, ""),
    ("microbank", "Rukhsana Mengal", "Sahara Microfinance Bank (demo)", PartnerKind.MICROFINANCE_BANK, ""),
)


@dataclass(slots=True)
class People:
    officers: list[User] = field(default_factory=list)
    directors: list[User] = field(default_factory=list)
    finance_officers: list[User] = field(default_factory=list)
    administrator: User | None = None
    programme_manager: User | None = None


def login_of(name: str) -> str:
    return f"{name}@{DOMAIN}"


def build() -> People:
    """Create them once; a second call finds them."""
    people = People()
    for name, full_name, roles, language in OFFICIALS:
        user = selectors.user_by_login(login_of(name)) or services.create_person(
            actor=None,
            name=full_name,
            email=login_of(name),
            password=PASSWORD,
            roles=roles,
            language=language,
            is_demo=True,
        )
        if Role.OFFICER in roles:
            people.officers.append(user)
        elif Role.APPROVER in roles:
            people.directors.append(user)
        elif Role.FINANCE_OFFICER in roles:
            people.finance_officers.append(user)
        elif Role.ADMINISTRATOR in roles:
            people.administrator = user
        elif Role.PROGRAMME_MANAGER in roles:
            people.programme_manager = user
    for name, full_name, organisation, kind, province in PARTNERS:
        if selectors.user_by_login(login_of(name)) is None:
            user = services.create_person(
                actor=None, name=full_name, email=login_of(name), password=PASSWORD, roles=(Role.PARTNER,), is_demo=True
            )
            partner = services.create_partner(actor=None, name=organisation, kind=kind, province=province)
            services.add_partner_member(actor=None, partner=partner, user=user)
    return people


def ask_for_roles(people: People) -> None:
    """An officer asks to decide too, which one of two people has signed; another official's request nobody has looked at."""
    assert people.administrator  # noqa: S101  build makes them
    assert people.programme_manager  # noqa: S101
    deputy = role_requests_services.ask_for_role(
        actor=people.officers[3],
        role=Role.APPROVER,
        office="Export development, Karachi",
        why="I stand in for Farah Siddiqui, who is at a fair from the 1st on, so that decisions do not wait.",
    )
    role_requests_services.grant_request(actor=people.administrator, request=deputy)
    role_requests_services.ask_for_role(
        actor=people.programme_manager,
        role=Role.OFFICER,
        office="Training, Lahore",
        why="Two officers are on leave next month, and I know the firms from the training.",
    )


def accounts() -> list[dict[str, str]]:
    """Who can sign in: role, login, password."""
    rows = [(roles[0].value, login_of(name)) for name, _full, roles, _language in OFFICIALS]
    rows += [(f"partner ({kind.value})", login_of(name)) for name, _full, _org, kind, _province in PARTNERS]
    return [{"role": role, "login": login, "password": PASSWORD} for role, login in rows]
