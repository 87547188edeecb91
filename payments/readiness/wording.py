"""Sentences about how a firm is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from payments.iban import Verdict
from payments.states import ReadinessState
from smes.profile.facts import label_of
from smes.vocabulary.identifiers import mask_iban
from smes.vocabulary.wording import say

if TYPE_CHECKING:
    from payments.models import ReadinessProof
    from smes.evidence.selectors import Line as FactLine

    from .selectors import ReadyLine

ANSWERS = ("same", "differs", "unreadable")


def state_of(line: ReadyLine) -> str:
    """Where one way to be paid stands."""
    if line.is_proven:
        return _("Shown and accepted")
    if line.proof is not None and line.proof.state == ReadinessState.WAITING:
        return _("An officer of TDAP looks at it")
    if line.proof is not None and line.proof.state == ReadinessState.RETURNED:
        return _("Came back with a reason")
    if line.says:
        return _("You say so; it is not shown yet")
    return _("Missing")


def title_words(proof: ReadinessProof) -> str:
    """What comparing the title with the firm's name found; "" where there is no title."""
    reasons = " ".join(say(text, {"words": words}) for text, words in proof.reasons)
    if proof.verdict == Verdict.OTHER:
        return _("The title of the account names somebody else. %(reasons)s") % {"reasons": reasons}
    if proof.verdict == Verdict.CLOSE:
        return _("The title is close to the firm’s name. %(reasons)s") % {"reasons": reasons}
    return reasons


def tone_of_title(proof: ReadinessProof) -> str:
    return {Verdict.SAME.value: "done", Verdict.CLOSE.value: "you", Verdict.OTHER.value: "no"}.get(
        proof.verdict, "rest"
    )


def answer_choices() -> list[tuple[str, str]]:
    """What an officer finds of a fact on a paper."""
    return [
        ("same", pgettext("paper", "shows it")),
        ("differs", pgettext("paper", "says something else")),
        ("unreadable", pgettext("paper", "does not show it")),
    ]


def fact_words(line: FactLine) -> tuple[str, str]:
    """The fact and what the firm says of it, an IBAN masked."""
    value = mask_iban(str(line.value)) if line.fact == "iban_held" else _("yes")
    return say(label_of(line.fact)), value
