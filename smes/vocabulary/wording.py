"""Words for codes, in the language of the page. The codes themselves are in the pure files and in the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from smes.states import ComparisonAnswer, ContradictionState, FlagState, PaperState, ProfileState

from . import codes
from .certificates import CERTIFICATES, OPEN_CERTIFICATES
from .evidence import EVIDENCE_LEVELS, EvidenceLevel
from .markets import CHANNELS, country_name
from .paper_kinds import KINDS
from .places import CITIES
from .sectors import SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrOrPromise as StrOrPromise


def _in_language(table: Mapping[str, str]) -> dict[str, StrOrPromise]:
    """A table of codes whose words follow the language of the page."""
    return {code: gettext_lazy(text) for code, text in table.items()}


YES_NO = _in_language(codes.YES_NO)
LEGAL_FORMS = _in_language(codes.LEGAL_FORMS)
ACTIVITIES = _in_language(codes.ACTIVITIES)
GENDERS = {
    "female": _("Woman"),
    "male": _("Man"),
    "other": _("Another"),
    "undisclosed": _("I would rather not say"),
}
MEMBER_ROLES = {
    "owner": _("Owner"),
    "preparer": _("Preparer"),
    "finance": _("Finance"),
    "trainee": _("Trainee"),
}
MEMBER_DUTIES = {
    "owner": _("Does everything; only an owner submits an application or accepts a place."),
    "preparer": _("Fills in the profile and sends papers."),
    "finance": _("Fills in payments and sees papers."),
    "trainee": _("Comes to the training; sees no papers and changes nothing."),
}
QUALITY_CONTROLS = _in_language(codes.QUALITY_CONTROLS)
EXPORT_ROUTES = _in_language(codes.EXPORT_ROUTES)
INTERNET = _in_language(codes.INTERNET)
MODES = _in_language(codes.MODES)
SIZE_CLASSES = _in_language(codes.SIZE_CLASSES)
PROFILE_STATES = {
    ProfileState.OPEN: (_("Not verified yet"), "rest"),
    ProfileState.VERIFIED: (_("Verified"), "done"),
}
PAPER_STATES = {
    PaperState.UPLOADED: (_("With TDAP, not looked at yet"), "us"),
    PaperState.VERIFIED: (_("Verified"), "done"),
    PaperState.REFUSED: (_("Refused"), "no"),
    PaperState.REPLACED: (_("Replaced by a newer one"), "rest"),
}
COMPARISON_ANSWERS = {
    ComparisonAnswer.SAME: _("The same"),
    ComparisonAnswer.DIFFERS: _("It differs"),
    ComparisonAnswer.UNREADABLE: _("Cannot be read"),
}
ANSWER_TONES = {  # with the label, as in the tables of states
    answer: (COMPARISON_ANSWERS[answer], tone)
    for answer, tone in zip(ComparisonAnswer, ("done", "no", "you"), strict=True)
}
LEVEL_TONES = {
    level: (EVIDENCE_LEVELS[level][0], tone)
    for level, tone in zip(EvidenceLevel, ("you", "us", "done", "done"), strict=True)
}
FLAG_STATES = {
    FlagState.OPEN: (_("Not looked at yet"), "you"),
    FlagState.SAME: (_("The same firm"), "no"),
    FlagState.DIFFERENT: (_("Different firms"), "done"),
}
CONTRADICTION_STATES = {
    ContradictionState.OPEN: (_("Not explained yet"), "no"),
    ContradictionState.EXPLAINED: (_("Explained"), "done"),
    ContradictionState.SOLVED: (_("Solved: it fits now"), "rest"),
}
TRACKS_IN_FULL = _in_language({track: name.in_full for track, name in codes.TRACKS.items()})
LIKENESS_REASONS = {
    "ntn": _("The same NTN"),
    "secp": _("The same SECP number"),
    "strn": _("The same sales tax number"),
    "account": _("The same bank account"),
    "owner": _("The same owner (CNIC)"),
    "phone": _("The same telephone number"),
    "email": _("The same e-mail address"),
    "name": _("Names that are alike"),
    "city": _("The same town"),
}


def choices(labels: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """A table of labels as the choices of a field, its codes as plain text."""
    return [(str(getattr(code, "value", code)), label) for code, label in labels.items()]


def language() -> str:
    """The language of the page, "en" where none is active."""
    return get_language() or "en"


def say(text: str, data: Mapping[str, object] | None = None) -> str:
    """A sentence of a pure file in the language of the page, its placeholders filled."""
    translated = gettext(text) if text else ""
    return translated % data if data else translated


def sector_name(code: str | None) -> str:
    """ "" for no sector, or one that is not in the list."""
    return say(codes.SECTORS.get(code or "", ""))


def sectors_by_name() -> list[tuple[str, str]]:
    """Codes and names of the sectors as a list to choose from, in the order of the language of the page."""
    return sorted(((code, sector_name(code)) for code in codes.SECTORS), key=lambda pair: pair[1].casefold())


def service_name(code: str) -> str:
    return SERVICES[code].label(language()) if code in SERVICES else code


def province_name(code: str | None) -> str:
    """ "" for no province, or one that is not in the list."""
    return say(codes.PROVINCES.get(code or "", ""))


def city_name(name: str) -> str:
    return CITIES[name].label(language()) if name in CITIES else name


def channel_name(code: str) -> str:
    return CHANNELS[code].label(language()) if code in CHANNELS else code


def market_name(iso3: str) -> str:
    return country_name(iso3, language())


def level_name(code: str) -> str:
    """Of a level of evidence."""
    return gettext(EVIDENCE_LEVELS[EvidenceLevel(code)][0])


def level_meaning(code: str) -> str:
    return gettext(EVIDENCE_LEVELS[EvidenceLevel(code)][1])


def paper_name(code: str) -> str:
    return gettext(KINDS[code].name) if code in KINDS else code


def certificate_name(code: str) -> str:
    return CERTIFICATES[code].label(language()) if code in CERTIFICATES else code


def certificate_choices() -> list[tuple[str, str]]:
    """The certificates that a firm can name, in the language of the page."""
    return [(kind.code, kind.label(language())) for kind in OPEN_CERTIFICATES]


class LazyPaperName:
    """The name of a kind of paper in whatever language is active when it is written."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __str__(self) -> str:
        return paper_name(self.code)
