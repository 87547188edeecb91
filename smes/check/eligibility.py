"""The ten questions of the public check, and what the answers mean.

Pure: questions are data, `judge` is arithmetic on answers. It says "likely", never "yes": only the gates of a round
decide. The texts are English; pages translate them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from smes.vocabulary import codes
from smes.vocabulary.codes import Track
from smes.vocabulary.sectors import SECTORS, sells_services
from tdap_portal.core.marks import gettext_noop as _


class Verdict(StrEnum):
    """What a firm hears."""

    LIKELY = "likely"
    NOT_YET = "not_yet"
    ANOTHER_PROGRAMME = "another_programme"


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


class Finding(NamedTuple):
    """One sentence of the result: for or against, and for what is missing where to get it."""

    code: str
    question: str
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict, what speaks for the firm, what is missing (with where to get it), and the track that fits."""

    verdict: Verdict
    good: tuple[Finding, ...]
    missing: tuple[Finding, ...]
    barred: tuple[Finding, ...]
    track: Track


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
        _("Choose the nearest. You name your products later."),
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
        _("Have you sold abroad, directly or through an export house?"),
        _("An export house buys from you at home and ships in its own name."),
        (
            Option("direct", _("Yes, directly")),
            Option("house", _("Yes, through an export house")),
            Option("no", _("Not yet")),
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
    """The first question without a fitting answer; None when all ten are answered."""
    kept = kept_answers(answers)
    return next((question for question in QUESTIONS if question.code not in kept), None)


# What each answer says: (question, answer) → sentence for the firm.
GOOD: Final = MappingProxyType(
    {
        ("makes", "yes"): _("You make what you sell."),
        ("makes", "service"): _("You sell a service of your own."),
        ("registered", "ntn"): _("The firm has a tax number."),
        ("registered", "cnic"): _("A sole proprietor's CNIC is enough to begin with."),
        ("turnover", "none"): _("A new firm can use the start-up track."),
        ("turnover", "small"): _("Your sales are within the definition of a small firm."),
        ("turnover", "medium"): _("Your sales are within the definition of a medium firm."),
        ("exports", "direct"): _("You have sold abroad."),
        ("exports", "house"): _("Supplying an export house counts as an export presence."),
        ("bank", "yes"): _("The firm has its own bank account."),
        ("order", "yes"): _("You could fill a larger order."),
        ("online", "yes"): _("Someone can answer buyers."),
        ("time", "yes"): _("You have time for the training."),
    }
)

# What is missing, and where to get it.
MISSING: Final = MappingProxyType(
    {
        ("registered", "no"): (
            _("The firm is not registered for income tax."),
            _(
                "Register with the Federal Board of Revenue: online at IRIS or at a Regional Tax Office. It costs nothing."
            ),
        ),
        ("exports", "no"): (
            _("You have not sold abroad, and the firm is older than five years."),
            _(
                "Supply one order to an export house, or send a first parcel abroad; keep the invoice. Your chamber knows the export houses."
            ),
        ),
        ("bank", "no"): (
            _("The firm has no bank account in its own name."),
            _("Open a business account at a bank or a microfinance bank: you need your CNIC and the NTN certificate."),
        ),
        ("order", "no"): (
            _("A larger order would be more than you can make now."),
            _(
                "This does not stop you. Write your capacity as it is: it counts in the score, and an honest figure is checked faster."
            ),
        ),
        ("online", "no"): (
            _("Nobody can answer buyers in English yet."),
            _("This does not stop you. The training has a part on it, and a buyer can be answered from a translation."),
        ),
        ("time", "no"): (
            _("The training needs two people for about ten days."),
            _("Choose the online cohort, or apply for a later round."),
        ),
    }
)
BARRED: Final = MappingProxyType(
    {
        ("makes", "no"): (
            _("The programme is for firms that make or process what they sell."),
            _(
                "Traders are helped by TDAP's exhibitions and delegations desk. If you have goods made under your own name, answer yes."
            ),
        ),
        ("turnover", "large"): (
            _("With more than PKR 800 million of sales a firm is beyond the definition of an SME."),
            _("TDAP's desk for large exporters and the Export Development Fund are for you."),
        ),
    }
)

# What stops a firm for now. The rest of MISSING only lowers its score.
STOPPERS: Final = frozenset({"registered", "exports", "bank", "time"})


def judge(answers: Mapping[str, str]) -> CheckResult:
    """The result of ten answers. Raises ValueError while a question is open.

    Another programme where the firm trades only or is too large; not yet where a thing that can be mended is missing;
    else likely. A start-up (up to five years old) needs no export, nor does a seller of services.
    """
    kept = kept_answers(answers)
    if len(kept) < len(QUESTIONS):
        raise ValueError("the check is not finished")
    young = kept["age"] == "young"
    export_waived = kept["exports"] == "no" and (young or _is_service(kept))
    good, missing, barred = [], [], []
    for code, answer in kept.items():
        if (code, answer) in GOOD:
            good.append(Finding(answer, code, GOOD[code, answer], ""))
        elif (code, answer) in BARRED:
            barred.append(Finding(answer, code, *BARRED[code, answer]))
        elif code == "exports" and export_waived:
            good.append(Finding(answer, code, _no_export_needed(young=young), ""))
        elif (code, answer) in MISSING:
            missing.append(Finding(answer, code, *MISSING[code, answer]))
        elif code == "sector":
            good.append(Finding(answer, code, _sector_sentence(answer), ""))
    stopped = any(finding.question in STOPPERS for finding in missing)
    verdict = Verdict.ANOTHER_PROGRAMME if barred else Verdict.NOT_YET if stopped else Verdict.LIKELY
    return CheckResult(verdict, tuple(good), tuple(missing), tuple(barred), track_for(kept))


def track_for(answers: Mapping[str, str]) -> Track:
    """The track that fits."""
    if answers.get("sector") == "carpets":
        return Track.CARPET_REVIVAL
    if _is_service(answers):
        return Track.SERVICES
    return Track.STARTUP if answers.get("age") == "young" else Track.GENERAL


def profile_beginnings(answers: Mapping[str, str]) -> dict[str, str]:
    """What of the check can stand in a new firm's profile: sector and export route, where told."""
    kept = kept_answers(answers)
    routes = {"direct": "direct", "house": "export_house", "no": "none"}
    found = {}
    if kept.get("sector") in SECTORS:
        found["sector"] = kept["sector"]
    if "exports" in kept:
        found["export_route"] = routes[kept["exports"]]
    return found


def _is_service(answers: Mapping[str, str]) -> bool:
    return answers.get("makes") == "service" or sells_services(answers.get("sector"))


def _no_export_needed(*, young: bool) -> str:
    if young:
        return _("A start-up need not have exported yet.")
    return _("A seller of services need not have exported yet.")


def _sector_sentence(sector: str) -> str:
    if sector in SECTORS:
        return _("Your sector is one of the thirteen priority sectors.")
    return _("Your sector is open to you in the general track, without the points for priority sectors.")
