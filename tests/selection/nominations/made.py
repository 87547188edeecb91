"""Nominations by the real acts."""

from __future__ import annotations

from selection.models import Nomination, NominationSheet
from selection.nominations import services
from tdap_portal.accounts.models import PartnerMember
from tests.factories.accounts import partner_person
from tests.factories.selection import RoundFactory

from .tables import DATA

VALUES = {"firm": "Kotli Gloves", "mobile": "0300 7654321", "city": "Sialkot", "sector": "Sports goods"}


def organisation_of(person):
    return PartnerMember.objects.get(user=person).partner


def nominated(person=None, round_=None, **values) -> Nomination:
    person = person or partner_person()
    return services.nominate_firm(
        actor=person, partner=organisation_of(person), round=round_ or RoundFactory(), values={**VALUES, **values}
    )


def sheet(person, round_, content: bytes | None = None, name="members.xlsx") -> NominationSheet:
    content = (DATA / "members.xlsx").read_bytes() if content is None else content
    return services.read_in_sheet(
        actor=person, partner=organisation_of(person), round=round_, file_name=name, content=content
    )


def fresh(row: Nomination) -> Nomination:
    return Nomination.objects.select_related("partner", "round", "sme").get(pk=row.pk)
