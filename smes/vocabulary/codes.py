"""Codes with their words: one table per list, from which pages, forms, the API and the engine derive.

Pure; words are message ids.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from tdap_portal.core.marks import gettext_noop as _


class Track(StrEnum):
    """The tracks of the programme. Kept files, policies and sealed score cards name a track by its code: it never changes."""

    GENERAL = "general"
    CARPET_REVIVAL = "carpet_revival"
    STARTUP = "startup"
    SERVICES = "services"


class TrackName(NamedTuple):
    """What a track is called. alone: under a heading that says "track"; in_full: inside a sentence."""

    alone: str
    in_full: str


TRACKS: Final = MappingProxyType(
    {
        Track.GENERAL: TrackName(_("General"), _("General track")),
        Track.CARPET_REVIVAL: TrackName(_("Carpet revival"), _("Carpet revival track")),
        Track.STARTUP: TrackName(_("Start-up"), _("Start-up track")),
        Track.SERVICES: TrackName(_("Services"), _("Services track")),
    }
)
SECTORS: Final = MappingProxyType(
    {
        "textile": _("Textile and apparel"),
        "sports_goods": _("Sports goods"),
        "surgical_goods": _("Surgical goods and medical instruments"),
        "leather": _("Leather and leather goods"),
        "carpets": _("Carpets and rugs"),
        "rice": _("Rice processing"),
        "seafood": _("Seafood processing"),
        "light_engineering": _("Light engineering"),
        "furniture_decor": _("Furniture and home decor"),
        "personal_care": _("Personal care"),
        "ict": _("Information and communication technology services"),
        "fintech": _("Financial technology"),
        "agritech": _("Agricultural technology"),
    }
)
PROVINCES: Final = MappingProxyType(
    {
        "PK-BA": _("Balochistan"),
        "PK-GB": _("Gilgit-Baltistan"),
        "PK-IS": _("Islamabad Capital Territory"),
        "PK-JK": _("Azad Jammu and Kashmir"),
        "PK-KP": _("Khyber Pakhtunkhwa"),
        "PK-PB": _("Punjab"),
        "PK-SD": _("Sindh"),
    }
)
YES_NO: Final = MappingProxyType({"yes": _("Yes"), "no": _("No")})
LEGAL_FORMS: Final = MappingProxyType(
    {
        "sole_proprietor": _("Sole proprietor"),
        "partnership": _("Partnership"),
        "llp": _("Limited liability partnership (LLP)"),
        "private_limited": _("Private limited company"),
        "single_member_company": _("Single member company"),
        "public_limited": _("Public limited company"),
        "cooperative": _("Cooperative"),
    }
)
ACTIVITIES: Final = MappingProxyType(
    {
        "manufacturing": _("We make goods"),
        "services": _("We sell services"),
        "trading": _("We buy and sell"),
    }
)
# The engine climbs these three: they go from the lowest to the highest.
QUALITY_CONTROLS: Final = MappingProxyType(
    {
        "none": _("No regular checks"),
        "own": _("Our own checks"),
        "third_party": _("Checks by an outside laboratory or inspector"),
    }
)
EXPORT_ROUTES: Final = MappingProxyType(
    {
        "none": _("We do not export yet"),
        "export_house": _("Through an export house"),
        "direct": _("Directly"),
    }
)
INTERNET: Final = MappingProxyType({"none": _("No internet"), "mobile": _("Mobile data"), "broadband": _("Broadband")})
MODES: Final = MappingProxyType({"in_person": _("In person"), "online": _("Online"), "mixed": _("Partly online")})
SIZE_CLASSES: Final = MappingProxyType(
    {
        "micro": _("Micro firm"),
        "small": _("Small firm"),
        "medium": _("Medium firm"),
        "startup_small": _("Start-up, small"),
        "startup_medium": _("Start-up, medium"),
        "too_large": _("Above the limit for small and medium firms"),
        "unknown": _("Not known yet: the turnover is missing"),
    }
)
