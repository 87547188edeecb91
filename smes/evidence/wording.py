"""What a fact that can be compared is called."""

from __future__ import annotations

from django.utils.translation import gettext as _

from smes.profile.facts import FACTS, label_of
from smes.vocabulary import wording
from tdap_portal.core.marks import gettext_noop

NAMES = {  # of facts of which a copy says only that they are there, or that are asked for by a question
    "tax_registered": gettext_noop("NTN"),
    "sales_tax_registered": gettext_noop("Sales tax number (STRN)"),
    "secp_registered": gettext_noop("SECP number"),
    "address_held": gettext_noop("Address"),
    "iban_held": gettext_noop("IBAN"),
    "owner_cnic_held": gettext_noop("CNIC"),
    "owners": gettext_noop("Owners"),
    "owner_shares": gettext_noop("Shares of the owners"),
    "women_led": gettext_noop("Led by a woman"),
    "youth_led": gettext_noop("Led by a person under 30"),
}


def name_of(key: str) -> str:
    """What a fact, or a row of a list, is called."""
    fact, _slash, row = key.partition("/")
    if fact == "certifications" and row:
        return wording.certificate_name(row)
    if fact == "export_markets" and row:
        return _("Exports to %(market)s") % {"market": wording.market_name(row)}
    if fact == "export_history" and row:
        year, _slash, route = row.partition("/")
        values = {"first": int(year) - 1, "last": int(year), "route": wording.EXPORT_ROUTES.get(route, route)}
        return _("Exports %(first)d–%(last)d (%(route)s)") % values
    return _(NAMES.get(fact) or (FACTS[fact].label if fact in FACTS else "") or label_of(fact))
