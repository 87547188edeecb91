"""A file made ready for the official's page: facts in words, points in parts, history in sentences. Reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.applications.proof_words import EvidenceLine, FiguresAt, PaperLine, evidence_of, figures_at, papers_of
from selection.applications.reasons import words_of
from selection.engine.card import Card
from selection.engine.explain import waiting_of_backed
from selection.models.labels import OUTCOME_LABELS, STATE_LABELS
from selection.policy.selectors import policy_of
from selection.states import Happened, Outcome, State
from smes.vocabulary import wording
from smes.vocabulary.hs_search import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from selection.models import Application, ScoreCard
    from tdap_portal.audit.models import Event

LAKH, CRORE = 100_000, 10_000_000


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line of what the firm says. more: quiet words behind it; is_code: written left to right."""

    label: str
    value: str
    more: str = ""
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class PartLine:
    """One criterion. source: where its values came from; figures_at: where these figures stand, None where it rests
    on none; simulated: some of them were made up by a program. waiting: points that wait for proof; evidence: how well its
    facts stand."""

    name: str
    reason: str
    points: Decimal
    of: Decimal
    is_neutral: bool
    source: str
    simulated: bool
    figures_at: FiguresAt | None
    waiting: Decimal
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True)
class GateSummary:
    name: str
    passed: bool
    reason: str
    to_meet: str


@dataclass(frozen=True, slots=True)
class ScoreShown:
    """The score of a file. gap: points above the line as it stands (negative below), None while there is no line.

    waiting: points that wait for proof, of which waiting_for_us wait for an officer; papers: those that lift them.
    """

    total: Decimal
    passed: bool
    parts: tuple[PartLine, ...]
    gates: tuple[GateSummary, ...]
    scale: Decimal
    gap: Decimal | None
    policy: str
    vintage: str
    seal: str
    waiting: Decimal
    waiting_for_us: Decimal
    papers: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    at: Any
    says: str
    who: str


def score_of(
    kept: ScoreCard | None,
    line: Decimal | None,
    simulated: Container[str],
    *,
    lead: Callable[[EvidenceLine], EvidenceLine] = lambda one: one,
) -> ScoreShown | None:
    """The newest score card in words; None before the worker has scored. simulated: names of vintages with made-up figures.

    lead: fills in where a line of evidence leads and who compared it.
    """
    if kept is None:
        return None
    card = Card.from_json(kept.card)
    policy = policy_of(card.policy_version)
    return ScoreShown(
        total=card.total,
        passed=card.passed,
        parts=tuple(
            PartLine(
                name=_(part.label),
                reason=part.reason.format(_),
                points=part.points,
                of=_whole(part.of),
                is_neutral=part.missing,
                source=part.source.format(_),
                simulated=any(each.params.get("vintage") in simulated for each in part.sources),
                figures_at=figures_at(criterion, card),
                waiting=part.waiting,
                evidence=tuple(map(lead, evidence_of(criterion, card, _))),
            )
            for part, criterion in zip(card.parts, policy.criteria, strict=True)
        ),
        gates=tuple(
            GateSummary(_(g.label), g.passed, g.reason.format(_), g.to_meet.format(_) if g.to_meet else "")
            for g in card.gates
        ),
        scale=max((part.of for part in card.parts), default=Decimal(1)),
        gap=None if line is None else card.total - line,
        policy=kept.policy_version,
        vintage=kept.vintage,
        seal=card.short_seal,
        waiting=card.waiting,
        waiting_for_us=waiting_of_backed(card.facts, card.evidence, policy, on=card.on) if card.waiting else Decimal(0),
        papers=papers_of(card.facts, card.evidence, policy, on=card.on, translate=_) if card.waiting else (),
    )


def compared_by(kept: ScoreCard | None) -> set[str]:
    """Public ids of the officers who compared what the card rests on."""
    return {proof["by"] for proof in (kept.card["facts"].get("proofs") or () if kept else ()) if proof["by"]}


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


# -------------------------------------------------------------------------------------------------------------- facts


def facts_of(application: Application) -> list[FactLine]:
    """What the firm says, from the frozen copy that is judged; what it did not tell is left out."""
    facts: Mapping[str, Any] = application.facts or {}
    lines = [
        FactLine(_("Form"), _form(facts)),
        FactLine(_("Size"), str(wording.SIZE_CLASSES.get(facts.get("size_class") or "", "")), _turnover(facts)),
        FactLine(_("People"), _people(facts)),
        FactLine(
            _("Product"), dotted(facts["main_hs6"]) if facts.get("main_hs6") else "", _product(facts), is_code=True
        ),
        FactLine(_("Services"), _(", ").join(wording.service_name(code) for code in facts.get("services") or ())),
        FactLine(_("Capacity"), _capacity(facts)),
        FactLine(_("Exports"), _exports(facts)),
        FactLine(_("Markets"), _markets(facts)),
        FactLine(_("Sells on"), _(", ").join(wording.channel_name(code) for code in facts.get("channels") or ())),
        FactLine(_("Paid by"), _payments(facts)),
        FactLine(_("Led by"), _leaders(facts)),
        FactLine(_("Wants"), application.motivation),
        FactLine(_("Does the work"), application.commitment_name),
    ]
    return [line for line in lines if line.value or line.more]


def _form(facts: Mapping[str, Any]) -> str:
    form = str(wording.LEGAL_FORMS.get(facts.get("legal_form") or "", ""))
    founded = str(facts.get("founded_on") or "")[:4]
    return _("%(form)s, %(year)s") % {"form": form, "year": founded} if form and founded else form


def _turnover(facts: Mapping[str, Any]) -> str:
    amount = facts.get("turnover_pkr")
    if amount is None:
        return ""
    return _("PKR %(amount)s (%(big)s)") % {"amount": f"{amount:,}", "big": big_rupees(amount)}


def big_rupees(amount: int) -> str:
    """The amount in lakh or crore, as officials count: 84,200,000 is 8.42 crore."""
    if amount >= CRORE:
        return _("%(number)s crore") % {"number": f"{amount / CRORE:.2f}"}
    return _("%(number)s lakh") % {"number": f"{amount / LAKH:.2f}"}


def _people(facts: Mapping[str, Any]) -> str:
    employees, women = facts.get("employees"), facts.get("women_employees")
    if employees is None:
        return ""
    if women is None:
        return f"{employees:,}"
    return ngettext("%(all)s, of whom %(women)s woman", "%(all)s, of whom %(women)s women", women) % {
        "all": f"{employees:,}",
        "women": f"{women:,}",
    }


def _product(facts: Mapping[str, Any]) -> str:
    return next((row.get("label") or "" for row in facts.get("products") or () if row.get("is_main")), "")


def _capacity(facts: Mapping[str, Any]) -> str:
    amount = facts.get("capacity_per_month")
    if amount is None:
        return ""
    return _("%(amount)s %(unit)s a month") % {"amount": f"{amount:,}", "unit": facts.get("capacity_unit") or ""}


def _exports(facts: Mapping[str, Any]) -> str:
    years = [row for row in facts.get("export_history") or () if row.get("value_usd") is not None]
    route = str(wording.EXPORT_ROUTES.get(facts.get("export_route") or "", ""))
    if not years:
        return route
    newest = max(years, key=lambda row: row.get("fiscal_year") or 0)
    year = newest.get("fiscal_year") or 0
    return _("USD %(value)s in %(from)d–%(to)s; %(route)s") % {
        "value": f"{float(newest['value_usd']):,.0f}",
        "from": year - 1,
        "to": f"{year % 100:02d}",
        "route": route,
    }


def _markets(facts: Mapping[str, Any]) -> str:
    now = _(", ").join(wording.market_name(code) for code in facts.get("export_markets") or ())
    wanted = _(", ").join(wording.market_name(code) for code in facts.get("target_markets") or ())
    if now and wanted:
        return _("%(now)s; wants %(wanted)s") % {"now": now, "wanted": wanted}
    return now or (_("wants %(wanted)s") % {"wanted": wanted} if wanted else "")


def _payments(facts: Mapping[str, object]) -> str:
    labels = {
        "bank_account_verified": _("verified bank account"),
        "wallet": _("mobile wallet"),
        "card_payments": _("cards"),
        "foreign_currency_account": _("foreign currency account"),
        "paypal_like_service": _("international payment service"),
    }
    return _(", ").join(word for key, word in labels.items() if facts.get(key))


def _leaders(facts: Mapping[str, object]) -> str:
    labels = {"women_led": _("a woman"), "youth_led": _("a person under 30")}
    return _(", ").join(word for key, word in labels.items() if facts.get(key))


# -------------------------------------------------------------------------------------------------- what happened, in words


def history_lines(events: Iterable[Event], *, with_outcomes: bool = True) -> list[HistoryLine]:
    """The audit trail of the file as sentences, oldest first; an event without words of its own shows its name.

    with_outcomes: False for somebody who may not know what was proposed.
    """
    return [
        HistoryLine(
            event.at, _says(event, with_outcomes=with_outcomes), event.actor.name if event.actor else _("The portal")
        )
        for event in events
    ]


def _says(event: Event, *, with_outcomes: bool) -> str:
    sentences = {
        Happened.STARTED: _("Application started"),
        Happened.SUBMITTED: _("Submitted; the facts are frozen"),
        Happened.REOPENED: _("Taken back to be corrected"),
        Happened.RESTORED: _("The round closed before the correction: it counts as it was submitted"),
        Happened.CLOSING_SOON: _("The firm was reminded that the round closes"),
        Happened.HELD: _("Held: a condition is not met"),
        Happened.SCORED: _("Score kept"),
        Happened.RESCORED: _("Scored again"),
        Happened.PAPERS_TAKEN_UP: _("Verified papers added to the facts"),
        Happened.ASSIGNED: _("Assigned to its readers"),
        Happened.READ: _("A reading is in"),
        Happened.REVIEWED: state_words(State.REVIEWED),
        Happened.READING_REOPENED: _("A reading no longer counts; its place is open again"),
        Happened.BACK_TO_READING: _("After an appeal two new officers read it"),
        Happened.THIRD_CALLED: _("The readings disagree: a director calls a third reader"),
        Happened.THIRD_READER: _("The readings disagree: given to a third reader"),
        Happened.WAIVER_PROPOSED: _("A waiver of papers was proposed"),
        Happened.WAIVER_SIGNED: _("A waiver of papers was signed"),
        Happened.RELEASED: _("An officer has left this file"),
        Happened.HANDED_OVER: _("Given to another officer"),
        Happened.RECOMMENDED: _("Recommended: %(outcome)s") if with_outcomes else _("A recommendation was made"),
        Happened.RETURNED: _("Returned to the officer"),
        Happened.SELECTED: state_words(State.SELECTED),
        Happened.WAITLISTED: _("Put on the waiting list"),
        Happened.DECLINED: state_words(State.DECLINED),
        Happened.WITHDRAWN: _("Withdrawn by the firm"),
        Happened.SEAT_GIVEN_BACK: _("Its seat is free again"),
        Happened.SEAT_RESTORED: _("Has its seat again: the deposit was taken although it came late"),
        Happened.OFFERED: _("A seat was offered to the firm"),
        Happened.OFFER_ACCEPTED: _("The firm accepted its seat"),
        Happened.OFFER_DECLINED: _("The firm declined the seat"),
        Happened.OFFER_EXPIRED: _("The offer ran out without an answer"),
        Happened.OFFER_TAKEN_BACK: _("The offer was taken back"),
        Happened.OFFER_EXTENDED: _("The firm got more time to answer the offer"),
        Happened.OFFER_HALF_TIME: _("The firm was reminded of the offer at half time"),
        Happened.OFFER_ENDS_SOON: _("The firm was reminded that the offer ends"),
        Happened.OFFER_REMINDED: _("A director reminded the firm of the offer"),
        Happened.ASKED: _("The firm was asked; the clock stands still"),
        Happened.ANSWERED: _("The firm answered; the clock runs"),
        Happened.QUESTION_CANCELLED: _("The question was taken back; the clock runs"),
        Happened.QUESTION_DUE_SOON: _("The firm was reminded of the question"),
        Happened.QUESTION_PASSED: _("The question was not answered in time; the clock runs"),
        Happened.QUESTION_EXTENDED: _("The firm got more days to answer; the clock stands still"),
        Happened.WROTE: _("A letter was written"),
        Happened.DUE_SOON: _("The promised date is near"),
        Happened.BROKEN: _("The promised date has passed"),
    }
    others = {
        "conflict.declared": _("An official declared a conflict of interest"),
        "place.taken": _("The firm has a place in cohort %(code)s"),
        "place.waiting": _("The firm waits for a place in cohort %(code)s"),
        "place.changed": _("The firm moved from cohort %(was)s to %(code)s"),
        "place.given_up": _("The firm has no place in cohort %(code)s any more, or waits no longer for one"),
        "place.reminded": _("The firm was reminded to choose a cohort"),
        "place.attendee_changed": _("Another person comes to the training"),
        "place.attendee_corrected": _("The name of who comes to the training is corrected"),
    }
    known = {happened.value: text for happened, text in sentences.items()} | others
    if event.data.get("reason") and event.name in (Happened.HANDED_OVER, Happened.RELEASED):
        words = {"what": sentences[Happened(event.name)], "reason": event.data["reason"]}
        return _("%(what)s: %(reason)s") % words
    outcome = event.data.get("outcome")
    return known.get(event.name, event.name) % {
        "outcome": OUTCOME_LABELS[Outcome(outcome)] if outcome in set(Outcome) else "",
        "code": event.data.get("code", ""),  # of a cohort
        "was": event.data.get("was", ""),
    }


def state_words(state: str) -> str:
    return str(STATE_LABELS[state])  # type: ignore[index]


def reason_words(codes: Iterable[str]) -> list[str]:
    """The sentences behind coded reasons."""
    return [_(reason.words) for reason in words_of(codes)]
