"""What the gates of a policy say to the answers of the public check. Pure.

The answers become the facts that a frozen copy would hold, as far as they tell, and the engine's own gates are asked, track by
track. Nothing here knows a rule of the programme: a new policy answers by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from selection.engine.explain import gate_result, nearest_way
from selection.engine.facts import Evidence, Facts
from selection.engine.measures import MEASURES, Case
from smes.check.eligibility import QUESTIONS, kept_answers
from smes.profile.facts import FROZEN
from smes.vocabulary.codes import LEGAL_FORMS
from smes.vocabulary.paper_kinds import KINDS, Claims, kinds_needed
from smes.vocabulary.sizes import size_class
from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selection.engine.policy import Gate, Policy

TURNOVER: Final = MappingProxyType({"none": 0, "small": 150_000_000, "medium": 800_000_000, "large": 800_000_001})
"""A turnover in PKR that stands for each answer: the bounds of the rule on sizes (smes.vocabulary.sizes)."""
AGE: Final = MappingProxyType({"young": 1, "old": 10})
"""How many calendar years before this one a firm of each answer may have been founded."""
ASKED_BY: Final = MappingProxyType(
    {
        "sector": "sector",
        "services": "makes",
        "legal_form": "registered",
        "tax_registered": "registered",
        "owner_cnic_held": "registered",
        "size_class": "turnover",
        "founded_on": "age",
        "export_route": "exports",
        "export_history": "exports",
        "export_house": "house",
        "bank_account_named": "bank",
        "english_staff": "online",
    }
)
"""The question by which each fact is known that the answers can say."""
CAN_BE_OPENED: Final = MappingProxyType(
    {
        "identity": _("The NTN comes online from IRIS, or from a Regional Tax Office. It costs nothing."),
        "export_presence": _(
            "Supply one order to an export house, or send a first parcel abroad; keep the invoice. Your chamber knows the export houses."
        ),
    }
)
"""The gates that a firm can open by what it does next, with where to begin."""
LASTING: Final = MappingProxyType(
    {
        "size": _("TDAP's desk for large exporters and the Export Development Fund are for you."),
        "sector": _("TDAP's exhibitions and delegations desk is there for every sector."),
        "carpets": "",
        "services": "",
        "young_firm": "",
    }
)
"""The gates that a firm opens only by being another one, with who helps it instead; "" where another track may."""
ADVICE: Final = MappingProxyType(
    {
        ("makes", "no"): (
            _("You trade what others make."),
            _(
                "No gate asks who made the goods. But capacity, quality and the sector of your main product carry points, and what you say of them must be shown."
            ),
        ),
        ("bank", "no"): (
            _("The firm has no bank account in its own name."),
            _(
                "No gate asks for it, but the bank's certificate is among the papers without which we cannot select you. Open a business account at a bank or a microfinance bank: you need your CNIC and the NTN certificate."
            ),
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
            _("No gate asks for it. Choose the online cohort, or apply for a later round."),
        ),
    }
)
"""What is no gate and yet worth a word: (question, answer) → what we heard, and what to do about it."""


NOTHING_KNOWN: Final = MappingProxyType(dict.fromkeys(fact.key for fact in FROZEN))
"""Every fact of a firm, as a check knows it before its first answer: None."""


class Verdict(StrEnum):
    """What a firm hears first."""

    OPEN = "open"  # all gates of a track
    NOT_YET = "not_yet"  # of a track only gates are shut that it can open
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """A gate of a track, by the answers. why: message id, how it is met; "" where it is shut. questions: codes of those whose
    answers keep it shut, in the order of the check. to_meet: sentence and parameters; where: whom to ask, "" for nobody."""

    code: str
    label: str
    is_open: bool
    why: str
    questions: tuple[str, ...]
    to_meet: str
    params: Mapping[str, Any]
    where: str


@dataclass(frozen=True, slots=True)
class TrackAnswer:
    """A track with its gates, in the policy's order."""

    code: str
    gates: tuple[GateAnswer, ...]

    @property
    def shut(self) -> tuple[GateAnswer, ...]:
        return tuple(gate for gate in self.gates if not gate.is_open)

    @property
    def can_be_opened(self) -> bool:
        """Whether the firm can open all that is shut."""
        return all(gate.code in CAN_BE_OPENED for gate in self.shut)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """tracks: all of the policy, those that are open first, then those that the firm can open with the fewest steps.

    papers: kinds that the firm must have verified before it can be selected, whatever its legal form; by_form: those that some
    legal forms need besides. advice: what is no gate, and what to do about it.
    """

    verdict: Verdict
    tracks: tuple[TrackAnswer, ...]
    papers: tuple[str, ...]
    by_form: tuple[str, ...]
    advice: tuple[tuple[str, str], ...]

    @property
    def open_tracks(self) -> tuple[TrackAnswer, ...]:
        return tuple(track for track in self.tracks if not track.shut)


def facts_of(answers: Mapping[str, str], on: date) -> Facts:
    """The facts of a firm that gives these answers, as far as they tell; every other one is None. KeyError: a question is open."""
    house = answers["house"]
    told: dict[str, Any] = {
        "sme": "check",
        "sector": answers["sector"],
        "services": ("any",) if answers["makes"] == "service" else (),
        "tax_registered": answers["registered"] == "ntn",
        "owner_cnic_held": answers["registered"] == "cnic",
        "legal_form": "sole_proprietor" if answers["registered"] == "cnic" else None,
        "founded_on": date(on.year - AGE[answers["age"]], 1, 1),
        "export_route": "direct" if answers["exports"] == "direct" else "none" if house == "no" else "export_house",
        "export_house": "named" if house == "named" else None,
        "bank_account_named": answers["bank"] == "yes",
        "english_staff": answers["online"] == "yes",
    }
    told["size_class"] = size_class(TURNOVER[answers["turnover"]], None, told["founded_on"], on).size_class
    return Facts(**NOTHING_KNOWN | told)


def judge(answers: Mapping[str, str], policy: Policy, on: date) -> CheckResult:
    """What a policy says to a firm with these answers. Raises ValueError while a question is open."""
    kept = kept_answers(answers)
    if len(kept) < len(QUESTIONS):
        raise ValueError("the check is not finished")
    case = Case(facts_of(kept, on), Evidence(), on)
    asked = {gate.code: _answer_of(gate, case) for gate in policy.gates}
    tracks = [TrackAnswer(track, tuple(asked[g.code] for g in policy.gates_of(track))) for track in policy.tracks]
    tracks.sort(key=lambda track: (not track.can_be_opened, len(track.shut)))
    best = tracks[0]
    verdict = Verdict.OPEN if not best.shut else Verdict.NOT_YET if best.can_be_opened else Verdict.CLOSED
    papers, by_form = papers_of(case)
    advice = tuple(ADVICE[pair] for pair in kept.items() if pair in ADVICE)
    return CheckResult(verdict, tuple(tracks), papers, by_form, advice)


def papers_of(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Kinds of papers that such a firm must send whatever its legal form, and those that only some forms must."""
    facts = case.facts
    claims = Claims(
        facts.legal_form or "", bool(facts.tax_registered), True, facts.founded_on, facts.export_route or ""
    )
    forms = (facts.legal_form,) if facts.legal_form else LEGAL_FORMS
    needed = [kinds_needed(claims._replace(legal_form=form), case.on) for form in forms]
    in_all = set(needed[0]).intersection(*needed)
    in_some = set().union(*needed) - in_all
    return tuple(kind for kind in KINDS if kind in in_all), tuple(kind for kind in KINDS if kind in in_some)


def _answer_of(gate: Gate, case: Case) -> GateAnswer:
    result = gate_result(gate, case)
    if result.passed or result.to_meet is None:
        return GateAnswer(gate.code, gate.label, True, result.reason.text, (), "", {}, "")
    _way, unmet = nearest_way(gate, case)
    asked = {ASKED_BY[fact] for condition in unmet for fact in MEASURES[condition.measure].rests_on}
    return GateAnswer(
        gate.code,
        gate.label,
        False,
        "",
        tuple(question.code for question in QUESTIONS if question.code in asked),
        result.to_meet.text,
        result.to_meet.params,
        CAN_BE_OPENED.get(gate.code) or LASTING.get(gate.code, ""),
    )
