"""The questions of the public check, and what of the answers can begin a firm's profile.

Pure: questions are data. What the answers mean is not decided here: the floor above asks the gates of the policy in force
(selection.check). The texts are English; pages translate them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from smes.vocabulary import codes
from smes.vocabulary.sectors import SECTORS
from tdap_portal.core.marks import gettext_noop as _

SESSION_KEY: Final = "eligibility"
"""Where the session keeps the answers until the firm is registered."""


class Option(NamedTuple):
    """An answer; `text` is empty for sectors, whose names are in the sector table."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """One question with its answers. `code` is its name in the address."""

    code: str
    text: str
    help: str
    options: tuple[Option, ...]

    def accepts(self, answer: str | None) -> bool:
        """Whether an answer is one of the offered."""
        return any(option.code == answer for option in self.options)


YES, NO = (Option(code, text) for code, text in codes.YES_NO.items())
YES_NO: Final = (YES, NO)
QUESTIONS: Final = (
    CheckQuestion(
        "makes",
        _("Does your firm make or process what it sells?"),
        _("Weaving, stitching, packing under your own name and writing software all count."),
        (
            YES,
            Option("no", _("No, we trade what others make")),
            Option("service", _("We sell a service (software, design, care of clients)")),
        ),
    ),
    CheckQuestion(
        "sector",
        _("What is it mostly?"),
        _("Choose the nearest. You name your products later, and your main product decides."),
        (*(Option(code, "") for code in SECTORS), Option("other", _("Something else"))),
    ),
    CheckQuestion(
        "registered",
        _("Is the firm registered for income tax?"),
        _("A firm with its own NTN, or a sole proprietor whose CNIC serves as the tax number."),
        (
            Option("ntn", _("Yes, it has an NTN")),
            Option("cnic", _("I am a sole proprietor and have my CNIC")),
            NO,
        ),
    ),
    CheckQuestion(
        "turnover",
        _("What did you sell in the last fiscal year, July to June?"),
        _("All sales, at home and abroad, in PKR."),
        (
            Option("none", _("Nothing yet, we are new")),
            Option("small", _("Up to PKR 150 million")),
            Option("medium", _("More, up to PKR 800 million")),
            Option("large", _("More than PKR 800 million")),
        ),
    ),
    CheckQuestion(
        "age",
        _("When was the firm founded?"),
        _("Up to five years ago it is a start-up, which has a track of its own."),
        (Option("young", _("Up to five years ago")), Option("old", _("Longer ago"))),
    ),
    CheckQuestion(
        "exports",
        _("Do you sell abroad in your own name?"),
        _("Goods or services, with an invoice of your firm to a buyer abroad."),
        (Option("direct", _("Yes, directly")), Option("no", _("Not yet"))),
    ),
    CheckQuestion(
        "house",
        _("Do you supply an export house, and can you say which?"),
        _("An export house buys from you at home and ships in its own name."),
        (
            Option("named", _("Yes, and I can name it")),
            Option("unnamed", _("Yes, but I cannot say which")),
            NO,
        ),
    ),
    CheckQuestion(
        "bank",
        _("Does the firm have a bank account in its own name?"),
        _("Money from abroad must reach an account of the firm. A sole proprietor's business account counts."),
        YES_NO,
    ),
    CheckQuestion(
        "order",
        _("Could you fill an order of twice your usual month within three months?"),
        _("With overtime or with workshops you trust."),
        YES_NO,
    ),
    CheckQuestion(
        "online",
        _("Is there someone in the firm who can answer buyers online in English?"),
        _("Buyers expect an answer within a day."),
        YES_NO,
    ),
    CheckQuestion(
        "time",
        _("Can two people of the firm come to the training, about ten days over eight weeks?"),
        _("On site in several cities, or online."),
        YES_NO,
    ),
)


def kept_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that fit a question, in the order of the questions; everything else is dropped."""
    return {
        question.code: answers[question.code] for question in QUESTIONS if question.accepts(answers.get(question.code))
    }


def next_question(answers: Mapping[str, str]) -> CheckQuestion | None:
    """The first question without a fitting answer; None when all are answered."""
    kept = kept_answers(answers)
    return next((question for question in QUESTIONS if question.code not in kept), None)


def profile_beginnings(answers: Mapping[str, str]) -> dict[str, str]:
    """What of the check can stand in a new firm's profile: sector and export route, where told."""
    kept = kept_answers(answers)
    found = {}
    if kept.get("sector") in SECTORS:
        found["sector"] = kept["sector"]
    if kept.get("exports") == "direct":
        found["export_route"] = "direct"
    elif "house" in kept and "exports" in kept:
        found["export_route"] = "none" if kept["house"] == "no" else "export_house"
    return found
