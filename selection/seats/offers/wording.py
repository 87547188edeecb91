"""Offers, halts of the waiting list and acts of two directors in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext

from selection.models import Application, SeatAct
from selection.seats.composer import wording as composer_wording
from selection.seats.composer.rules import code_of
from selection.seats.composer.selectors import file_numbers
from smes.vocabulary.wording import MODES
from tdap_portal.core.days import day_words

from . import selectors
from .reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selection.models import OfferTerms, PromotionHalt, Round


def here(lines: Iterable[Mapping[str, str]]) -> list[str]:
    """Lines of terms in the reader's language, else in the other one."""
    first, other = ("ur", "en") if get_language() == "ur" else ("en", "ur")
    return [line.get(first) or line.get(other, "") for line in lines]


def choice_words(choice: Mapping[str, str]) -> str:
    """One way in which the training is given: "Online", "In person, Sialkot"."""
    mode = str(MODES.get(choice.get("mode", ""), choice.get("mode", "")))
    cities = composer_wording.names_of_values("city")
    city = str(cities.get(choice.get("city", ""), choice.get("city", "")))
    return gettext(", ").join(part for part in (mode, city) if part)


def choices_of(terms: OfferTerms) -> list[tuple[str, str]]:
    """For a form: the number of the choice, and its words."""
    return [(str(at), choice_words(choice)) for at, choice in enumerate(terms.choices)]


def reason_words(code: str) -> str:
    """Of a coded reason, also one that is no longer given; "" for none."""
    return gettext(REASONS[code].words) if code in REASONS else ""


def left_reason_words(code: str) -> str:
    """The same for the counts, with what is no firm's reason."""
    others = {"no_answer": gettext("No answer came"), "not_in_time": gettext("Could not be asked in time")}
    return others.get(code) or reason_words(code)


# ------------------------------------------------------------------------------------------------------------- rules


def rules_by_code(round_: Round) -> dict[str, Mapping[str, Any]]:
    """The kept rules that hold for the seats of the round, by their code; {} where it has none."""
    decision = selectors.composition_in_force(round_)
    if decision is None or decision.composition is None:
        return {}
    return {code_of(rule): rule for rule in decision.composition.rules}


def rule_by_code(round_: Round, code: str) -> str:
    """The rule in words with its whole seats; "" for one that the round does not have."""
    decision = selectors.composition_in_force(round_)
    rule = rules_by_code(round_).get(code)
    if rule is None or decision is None or decision.composition is None:
        return ""
    return composer_wording.rule_words(rule, decision.composition.seats)


def why_passed_over(round_: Round, code: str) -> str:
    """For the firm and for the desk: which rule went before its points, naming nobody. "" where none did."""
    if code == selectors.LOCKED_OUT:
        return gettext("Two directors put this file on the list. It moves up by a decision of theirs, not by itself.")
    rule = rules_by_code(round_).get(code)
    if rule is None:
        return ""
    group = composer_wording.group_name(rule["attribute"], rule["values"])
    if rule["is_floor"]:
        return gettext("The seat that came free was kept by a rule of this round: %(group)s.") % {"group": group}
    return gettext("By a rule of this round no more seats go to: %(group)s.") % {"group": group}


# ------------------------------------------------------------------------------------------------------------- halts


def halt_words(halt: PromotionHalt, *, language: str = "") -> str:
    """Why seats are free that nobody gets by itself, and what would fill them."""
    with translation.override(language or get_language()):
        return _halt_words(halt)


def _halt_words(halt: PromotionHalt) -> str:
    seats = ngettext("%(number)d seat is free.", "%(number)d seats are free.", halt.seats) % {"number": halt.seats}
    if halt.reason == "nobody_waits":
        if halt.details.get("barred"):
            why = gettext("Everybody who waits has something that stands against a selection: look at those files.")
        else:
            why = gettext("Nobody waits for them.")
        return f"{seats} {why}"
    if halt.reason == "too_late":
        return f"{seats} {_too_late_words(halt)}"
    return f"{seats} {_rules_words(halt)}"


def _too_late_words(halt: PromotionHalt) -> str:
    last = halt.details.get("last_moment")
    files = list(file_numbers(halt.details["files"][:1]).values())
    hours = hours_left(last, selectors.database_now())
    if hours < 1:
        text = gettext("The last moment of this round has passed, so no offer goes out. Next on the list: %(file)s.")
        return text % {"file": files[0] if files else ""}
    text = ngettext(
        "It is too late for a full offer: %(hours)d hour is left. Next on the list: %(file)s.",
        "It is too late for a full offer: %(hours)d hours are left. Next on the list: %(file)s.",
        hours,
    )
    return text % {"hours": hours, "file": files[0] if files else ""}


def next_file(halt: PromotionHalt) -> str:
    """Number of the file that a shortened offer would go to; "" where it is not too late, or nobody is next."""
    files = halt.details.get("files", [])
    return next(iter(file_numbers(files[:1]).values()), "") if halt.reason == "too_late" else ""


def hours_left(last_moment: str | None, moment: datetime) -> int:
    """Whole hours until a kept moment; 0 once it has passed, or where there is none."""
    if not last_moment:
        return 0
    return max(0, int((datetime.fromisoformat(last_moment) - moment).total_seconds() // 3600))


def _rules_words(halt: PromotionHalt) -> str:
    rules = rules_by_code(halt.round)
    clash = [one for one in halt.details.get("clash", ()) if one["code"] in rules]
    if not clash:
        codes = dict.fromkeys(halt.details.get("passed_over", {}).values())
        names = [rule_by_code(halt.round, code) for code in codes if code in rules]
        return gettext("No waiting firm fits these rules: %(rules)s.") % {"rules": gettext("; ").join(names)}
    names = [rule_by_code(halt.round, one["code"]) for one in clash]
    text = gettext("No waiting firm fits these rules: %(rules)s.")
    if len(names) > 1:
        text = gettext("No waiting firm fits all of these rules: %(rules)s.")
    text %= {"rules": gettext("; ").join(names)}
    changes = [
        gettext("%(group)s: %(number)d instead of %(was)d")
        % {
            "group": composer_wording.group_name(rules[one["code"]]["attribute"], rules[one["code"]]["values"]),
            "number": one["nearest"],
            "was": one["number"],
        }
        for one in clash
        if one["nearest"] is not None
    ]
    if changes:
        text += " " + gettext("One of these changes would fill it: %(changes)s.") % {
            "changes": gettext("; ").join(changes)
        }
    return text


# -------------------------------------------------------------------------------------------------- acts of two people


def act_words(act: SeatAct, *, language: str = "") -> str:
    """What the act does, in one sentence."""
    with translation.override(language or get_language()):
        if act.kind == SeatAct.Kind.RESERVE:
            number = act.value["reserve"]
            if number == 0:
                return gettext("Keep no seat for appeals.")
            return ngettext("Keep %(number)d seat for appeals.", "Keep %(number)d seats for appeals.", number) % {
                "number": number
            }
        day = day_words(datetime.fromisoformat(act.value["deadline"]), "DATETIME_FORMAT")
        if act.kind == SeatAct.Kind.EXTEND and act.offer is not None:
            text = gettext("Extend the offer of file %(file)s until %(day)s.")
            return text % {"file": act.offer.application.file_number, "day": day}
        number = Application.objects.values_list("file_number", flat=True).get(pk=act.value["file"])
        return gettext("Offer a free seat to file %(file)s until %(day)s.") % {"file": number, "day": day}
