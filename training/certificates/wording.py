"""What stands on a certificate, in both languages at once, and what its check says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext

from smes.vocabulary.places import CITIES
from tdap_portal.core.days import day_words

from .numbers import shown
from .paper import Sheet
from .sealing import fingerprint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from training.models import Certificate


def hours_words(facts: dict[str, Any]) -> str:
    """ "48 of 52"; with minutes where they are no whole hours."""
    return gettext("%(there)s of %(held)s") % {
        "there": _hours(facts["minutes"]),
        "held": _hours(facts["minutes_held"]),
    }


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}" if rest else str(hours)


def days_words(facts: dict[str, Any]) -> str:
    first, last = (date.fromisoformat(facts[name]) if facts[name] else None for name in ("from", "to"))
    if first is None or last is None:
        return ""
    return gettext("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}


def sheet_of(certificate: Certificate, *, key_name: str, key: Ed25519PublicKey) -> Sheet:
    english, urdu = _side(certificate, "en"), _side(certificate, "ur")
    facts = certificate.facts
    with translation.override("en"):
        link = f"{settings.SITE_URL}{reverse('training:certificate_check', args=[certificate.number])}"
        check = gettext(
            "Check it at %(address)s or with any QR reader. Signed, key %(key)s, fingerprint %(print)s."
        ) % {
            "address": settings.SITE_URL.split("://", 1)[-1] + reverse("training:certificate_search"),
            "key": key_name,
            "print": fingerprint(key),
        }
        boxes = (
            hours_words(facts),
            f"{facts['cohort']}, {facts['round']}",
            day_words(date.fromisoformat(facts["issued"])),
        )
    return Sheet(
        authority=english["authority"],
        authority_ur=urdu["authority"],
        programme=english["programme"],
        programme_ur=urdu["programme"],
        heading=english["heading"],
        heading_ur=urdu["heading"],
        person=facts["person"],
        person_ur=facts["person_ur"] or facts["person"],
        firm=english["firm"],
        firm_ur=urdu["firm"],
        sentence=english["sentence"],
        sentence_ur=urdu["sentence"],
        facts=tuple(
            (english[name], urdu[name], value) for name, value in zip(("hours", "group", "issued"), boxes, strict=True)
        ),
        number=shown(certificate.number),
        number_words=(english["number"], urdu["number"]),
        check=check,
        check_ur=urdu["check"],
        signer=facts["signer"],
        signer_ur=facts["signer_ur"],
        link=link,
        title=f"{english['heading']} {shown(certificate.number)}",
    )


def _side(certificate: Certificate, language: str) -> dict[str, str]:
    """One language of the sheet."""
    facts = certificate.facts
    ending = "_ur" if language == "ur" else ""
    city = CITIES.get(facts["city"])
    with translation.override(language):
        where = {
            "firm": facts[f"firm{ending}"] or facts["firm"],
            "city": city.label(language) if city else facts["city"],
        }
        return {
            "authority": gettext("Trade Development Authority of Pakistan"),
            "programme": facts[f"programme{ending}"] or facts["programme"],
            "heading": gettext("Certificate"),
            "firm": gettext("of %(firm)s, %(city)s,") % where,
            "sentence": gettext("took part in the programme from %(days)s and met what it asks for.")
            % {"days": days_words(facts)},
            "hours": pgettext("how long", "Hours"),
            "group": gettext("Group"),
            "issued": gettext("Issued"),
            "number": gettext("Number"),
            "check": gettext("Anybody can check this certificate at the address above."),
        }
