"""Codes of the training with their words: what trainers teach, what rooms have, when sessions are. Pure; words are message ids."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from tdap_portal.core.marks import gettext_noop as _

CHECKED_IN_BEFORE: Final = timedelta(minutes=30)  # a session takes signs of who is there from then on
LANGUAGES: Final = MappingProxyType(
    {"ur": _("Urdu"), "en": _("English"), "pa": _("Punjabi"), "sd": _("Sindhi"), "ps": _("Pashto")}
)
TIMES_OF_DAY: Final = MappingProxyType(
    {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening"), "any": _("Any time of day")}
)
SKILLS: Final = MappingProxyType(
    {
        "markets": _("Buyers and markets"),
        "listing": _("Product pages"),
        "photography": _("Photographs that sell"),
        "pricing": _("Prices, payment and risk"),
        "customs": _("Labels, rules and customs"),
        "logistics": _("Parcels and freight"),
        "cloud": _("Cloud and data"),
        "finance": _("Finance and proceeds"),
        "coaching": _("Coaching and questions"),
    }
)
EQUIPMENT: Final = MappingProxyType(
    {
        "projector": _("Projector"),
        "computers": _("Computers for all"),
        "internet": _("Internet for all"),
        "photo_corner": _("Photo corner"),
        "step_free": _("Step-free entrance"),
        "power_backup": _("Power backup"),
    }
)
