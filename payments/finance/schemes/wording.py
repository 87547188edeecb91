"""Why a firm fits a scheme or not, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from payments.money import Money, shown
from smes.vocabulary.wording import SIZE_CLASSES, language, say
from tdap_portal.accounts.models import PARTNER_KIND_LABELS
from tdap_portal.accounts.roles import PartnerKind

from .fitting import Fit

if TYPE_CHECKING:
    from .fitting import Reason, SchemeTest

TONES = {Fit.FITS: "done", Fit.OPEN: "you", Fit.NOT: "no"}


def fit_words(fit: Fit) -> str:
    return {Fit.FITS: _("Fits"), Fit.OPEN: _("Fits, if the lender agrees"), Fit.NOT: _("Does not fit")}[fit]


def reason_words(reason: Reason) -> str:
    return say(reason.text, {name: _value(name, value) for name, value in reason.data})


def reasons_in_words(test: SchemeTest) -> list[tuple[str, str]]:
    """(tone, sentence) of each reason."""
    tones = {True: "done", None: "you", False: "no"}
    return [(tones[reason.ok], reason_words(reason)) for reason in test.reasons]


def size_name(code: str) -> str:
    return str(SIZE_CLASSES.get(code) or SIZE_CLASSES["unknown"])


def _value(name: str, value: Any) -> Any:
    if name == "classes":
        return _(", ").join(size_name(code) for code in value)
    if name == "own":
        return size_name(value)
    if name == "lenders":
        return _(", ").join(str(PARTNER_KIND_LABELS[PartnerKind(kind)]) for kind in value)
    return shown(value.paisa, language=language()) if isinstance(value, Money) else value
