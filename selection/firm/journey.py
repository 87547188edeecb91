"""What the firm's page says: the one thing to do, the sentence on top, the way with its dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from selection.applications.asks import Ask
from selection.models import NO_DUE_DATE
from selection.models.labels import OFFER_STATE_LABELS, STATE_LABELS
from selection.states import DECIDED_STATES, OfferState, State
from tdap_portal.core.calendar import holidays_between, today
from tdap_portal.core.days import day_words

from .picture import GREEN, QUIET, Line

if TYPE_CHECKING:
    from datetime import date, datetime

    from selection.engine.card import Card
    from selection.models import Application, Decision, Offer, Question, Round
    from smes.models import Sme
    from tdap_portal.core.promise import PromiseClock

ESTIMATED = " (estimated)"
# Names of the calendar package, marked here so that the catalogue has them.
HOLIDAYS = (
    gettext_noop("Eid al-Fitr"), gettext_noop("Eid al-Adha"), gettext_noop("Ashura"), gettext_noop("Prophet's Birthday"),
    gettext_noop("Kashmir Solidarity Day"), gettext_noop("Pakistan Day"), gettext_noop("Labor Day"),
    gettext_noop("Youm-e-Takbeer"), gettext_noop("Independence Day"), gettext_noop("Iqbal Day"),
    gettext_noop("Quaid-e-Azam Day"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of the natural path. place: done, now or next."""

    name: Any
    when: Any = ""
    place: str = "next"
    tone: str = ""
    asks: Any = ""


def apply_url(round_: Round, sme: Sme) -> str:
    """Where this firm applies in a round; a person may have several firms."""
    return f"{reverse('selection:apply', args=[round_.code])}?firm={sme.public_id}"


def headline(
    row: Application,
    *,
    question: Question | None,
    decide_by: date | None,
    clock: PromiseClock | None,
    place: int | None,
    offer: Offer | None = None,
    above: Ask | None = None,
) -> str:
    """The page's first sentence: what happens next, and by when. above: what a floor above asks of the firm."""
    state = State(row.state)
    if above is not None and above.holds_step and above.tone == "you":
        return str(above.title)
    if state == State.SELECTED and offer is not None and offer.state == OfferState.OPEN:
        return _("A seat is yours if you accept by %(moment)s") % {
            "moment": day_words(offer.deadline, "DATETIME_FORMAT")
        }
    if question is not None and decide_by is not None:
        return _("Answer one question, and you have our decision by %(day)s") % {"day": day_words(decide_by)}
    if state in (State.SCORED, State.IN_REVIEW, State.REVIEWED, State.RECOMMENDED) and clock is not None:
        if clock.late_by:
            return _("We are late with our decision, and we are sorry")
        if row.due_on != NO_DUE_DATE:
            return _("You have our decision by %(day)s") % {"day": day_words(row.due_on)}
    sentences = {
        State.SUBMITTED: _("Your application is with us; we check the conditions now"),
        State.HELD: _("A condition is not met: put it right, and your application goes on"),
        State.SELECTED: _("You are selected"),
        State.WAITLISTED: _("You are on the waiting list, place %(place)d") % {"place": place or 1},
        State.DECLINED: _("No place in this round; here is why, and what to do"),
        State.GIVEN_BACK: _("You gave the seat back"),
        State.WITHDRAWN: _("This application was withdrawn"),
    }
    return sentences.get(state, _("Your application is being reviewed"))


def ask_of(
    row: Application,
    *,
    question: Question | None,
    card: Card | None,
    decision: Decision | None,
    is_open: bool,
    offer: Offer | None = None,
) -> Ask | None:
    """What waits for the firm, None where nothing does. offer: the newest one of the file."""
    if question is not None:
        return Ask(
            title=question.title,
            text=question.words,
            badge=_("Waits for you"),
            when=_when_asked(question),
            url=reverse("selection:question", args=[row.public_id]),
            label=_("Answer now"),
            other_url=reverse("selection:letters", args=[row.public_id]),
            other_label=_("Ask us what we mean"),
        )
    if row.state == State.HELD and card is not None:
        return _held_ask(row, card, is_open=is_open)
    if row.state == State.SELECTED and offer is not None:
        return _offer_ask(row, offer)
    if row.state in DECIDED_STATES and decision is not None:
        return Ask(
            title=_("Your score receipt"),
            text=decision.words_here,
            badge=_("Decided"),
            tone="no" if row.state == State.DECLINED else "done" if row.state == State.SELECTED else "us",
            when=day_words(decision.created_at),
            url=reverse("selection:receipt", args=[row.public_id]),
            label=_("Read your score receipt"),
        )
    return None


def _offer_ask(row: Application, offer: Offer) -> Ask:
    """The one thing to do for a firm that was selected: answer the offer; once it is accepted, what it took on."""
    url = reverse("selection:offer", args=[row.public_id])
    receipt: dict[str, Any] = {
        "other_url": reverse("selection:receipt", args=[row.public_id]),
        "other_label": _("Your score receipt"),
    }
    if offer.state == OfferState.ACCEPTED:
        return Ask(
            title=_("The seat is yours"),
            text=_("Accepted. The page shows what the firm took on."),
            badge=_("Done"),
            tone="done",
            when=day_words(offer.answered_at or offer.created_at),
            url=url,
            label=_("What you took on"),
            **receipt,
        )
    return Ask(
        title=_("Accept your seat, or decline it"),
        text=_("If there is no answer by %(moment)s, the seat goes to the next firm.")
        % {"moment": day_words(offer.deadline, "DATETIME_FORMAT")},
        badge=_("Waits for you"),
        when=_("Answer by %(day)s") % {"day": day_words(offer.deadline)},
        url=url,
        label=_("Open the offer"),
        **receipt,
    )


def _held_ask(row: Application, card: Card, *, is_open: bool) -> Ask:
    gates = card.refusals
    title = gates[0].label if len(gates) == 1 else ""
    text = " ".join(
        f"{gate.reason.format(_)} {gate.to_meet.format(_) if gate.to_meet else ''}".strip() for gate in gates
    )
    return Ask(
        title=_(title) if title else _("Some conditions are not met"),
        text=text,
        badge=_("Waits for you") if is_open else _("With TDAP"),
        tone="you" if is_open else "us",
        url=reverse("selection:reopen", args=[row.public_id]) if is_open else "",
        label=_("Take it back and correct it"),
        other_url=reverse("selection:letters", args=[row.public_id]),
        other_label=_("Write to the desk"),
    )


def path_of(
    row: Application,
    *,
    card_day: datetime | None,
    question: Question | None,
    decide_by: date | None,
    offer: Offer | None = None,
    above: Ask | None = None,
) -> list[PathStep]:
    """The natural path of a file that was submitted, with its dates, and where the firm is on it. above: what a floor above asks of it."""
    state = State(row.state)
    decided = row.decided_at
    holds = above if above is not None and above.holds_step else None
    reached = _reached(state, decided=decided is not None, accepted=_is_accepted(offer) and holds is None)
    whens = [
        day_words(row.sme.created_at),
        day_words(row.sme.completed_at) if row.sme.completed_at else "",
        _("%(day)s, frozen copy kept") % {"day": day_words(row.submitted_at)}
        if row.submitted_at
        else _("we freeze a copy and judge by it"),
        day_words(card_day) if card_day and reached > 3 else _("by open rules, the same for everybody"),
        _("Two officers read your file, each alone."),
        day_words(decided) if decided else _decision_when(row, question, decide_by),
        holds.when if holds is not None else _offer_when(offer),
        training_words(row) or _("online or near you"),
        _("we stay until then"),
    ]
    names = [
        _("Registered"),
        _("Profile complete"),
        _("Applied"),
        _("Conditions met and scored") if reached > 3 else _("Conditions and score"),
        str(STATE_LABELS[State.IN_REVIEW]),
        _("Decision and score receipt"),
        _("Offer and deposit"),
        _("Training and certificate"),
        _("On a platform, first order, paid"),
    ]
    if state in (State.DECLINED, State.GIVEN_BACK):  # it ends with the decision, or with the offer that was not taken
        reached = names.index(_("Offer and deposit")) + (state == State.GIVEN_BACK)
        return [PathStep(name, when, "done") for name, when in zip(names[:reached], whens, strict=False)]
    steps = []
    for at, (name, when) in enumerate(zip(names, whens, strict=True)):
        if at == reached and state != State.WITHDRAWN:
            tone = (holds.tone, holds.badge) if holds is not None else _tone_now(state, question, offer)
            steps.append(PathStep(name, _here(at, when), "now", *tone))
        else:
            steps.append(PathStep(name, when, "done" if at < reached else "next"))
    return steps


def _is_accepted(offer: Offer | None) -> bool:
    return offer is not None and offer.state == OfferState.ACCEPTED


def _offer_when(offer: Offer | None) -> str:
    if offer is None:
        return _("we write to you how to accept the place")
    if offer.state == OfferState.ACCEPTED:
        return day_words(offer.answered_at or offer.created_at)
    if offer.state == OfferState.OPEN:
        return _("answer by %(day)s") % {"day": day_words(offer.deadline, "DATETIME_FORMAT")}
    return str(OFFER_STATE_LABELS[OfferState(offer.state)])


def _reached(state: State, *, decided: bool, accepted: bool) -> int:
    """Index of the step the firm is at now."""
    if decided and state == State.SELECTED and accepted:
        return 7
    if decided:
        return 6 if state == State.SELECTED else 5
    if state in (State.SUBMITTED, State.HELD):
        return 3
    return 4 if state != State.WITHDRAWN else 3


def _when_asked(question: Question) -> str:
    if question.answer_by < today():
        return _("Not answered by %(day)s; you still can") % {"day": day_words(question.answer_by)}
    return _("Answer by %(day)s") % {"day": day_words(question.answer_by)}


def _tone_now(state: State, question: Question | None, offer: Offer | None) -> tuple[str, str]:
    if question is not None:
        return "you", _("One answer from you")
    if state == State.SELECTED and offer is not None and offer.state == OfferState.OPEN:
        return "you", _("One answer from you")
    if state == State.HELD:
        return "you", str(STATE_LABELS[State.HELD])
    return ("done", "") if state == State.SELECTED else ("us", "")


def _here(at: int, when: str) -> str:
    if at == 3:
        return _("You are here. We check the conditions of the programme.")
    if at == 4:
        return _("You are here. Two officers read your file, each alone.")
    return _("You are here: %(when)s") % {"when": when}


def _decision_when(row: Application, question: Question | None, decide_by: date | None) -> str:
    if question is not None and decide_by is not None:
        return _("by %(day)s if you answer today") % {"day": day_words(decide_by)}
    if row.due_on != NO_DUE_DATE:
        return _("by %(day)s") % {"day": day_words(row.due_on)}
    return _("with reasons")


def training_words(row: Application) -> str:
    """When and where the firms of a round are trained, as a director wrote it; "" where nobody did."""
    return row.round.training_note_ur if get_language() == "ur" else row.round.training_note


def holiday_words(start: date, end: date) -> str:
    """Weekdays without work between two days, runs of one name together: "10 to 12 March (Eid al-Fitr) and 23 March
    (Pakistan Day)"; "" where there are none."""
    runs: list[list[Any]] = []
    for day, raw in holidays_between(start, end):
        name = raw.split(";")[0].removesuffix(ESTIMATED)
        if runs and runs[-1][2] == name and (day - runs[-1][1]).days == 1:
            runs[-1][1] = day
        else:
            runs.append([day, day, name])
    texts = [_run_words(*run) for run in runs]
    if len(texts) < 2:
        return "".join(texts)
    return _("%(days)s and %(last)s") % {"days": _(", ").join(texts[:-1]), "last": texts[-1]}


def _run_words(first: date, last: date, name: str) -> str:
    days = day_words(first, "j F")
    if last != first:
        begin = day_words(first, "j" if first.month == last.month else "j F")
        days = _("%(first)s to %(last)s") % {"first": begin, "last": day_words(last, "j F")}
    return _("%(days)s (%(name)s)") % {"days": days, "name": _(name)} if name else days


def lines_of_picture(row: Application) -> list[Line]:
    """What the picture of a submission says."""
    words = {"file": row.file_number, "number": row.round.number}
    submitted = day_words(row.submitted_at) if row.submitted_at else ""
    return [
        Line(_("Trade Development Authority of Pakistan"), 130, 36, GREEN),
        Line(_("Export and e-commerce programme for small firms"), 195, 28, QUIET),
        Line(row.sme_name, 330, 64),
        Line(_("Application %(file)s in round %(number)d") % words, 450, 36),
        Line(_("Submitted on %(day)s") % {"day": submitted}, 530, 36),
    ]
