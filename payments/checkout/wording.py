"""What the firm reads of its payments: ways to pay, how a payment and a try stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.models.labels import PAYMENT_STATE_LABELS, PAYMENT_STATE_TONES
from payments.money import shown
from payments.providers.interface import Can
from payments.providers.switches import provider_of
from payments.states import PAYABLE, UNDER_WAY, AttemptState, PaymentState
from tdap_portal.core.days import day_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from payments.models import Attempt, Payment
    from payments.providers.interface import Provider

PHONE = ":phone"
"""Behind the code of a way: by the telephone of a wallet."""
LOOKS_AGAIN = timedelta(minutes=10)
"""From the begin of a try on the page asks again by itself; later the payer is written to."""


@dataclass(frozen=True, slots=True)
class Option:
    """A way to pay as the payer chooses it. note: what it takes; when: how soon we see it."""

    code: str
    name: str
    note: str
    when: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How something stands, in words."""

    tone: str
    title: str
    text: str = ""


def options_of(providers: Iterable[Provider]) -> list[Option]:
    """In their order; a wallet that has both a page and the telephone is two ways."""
    found = []
    for provider in providers:
        name = _(provider.name)
        if Can.HOSTED_PAGE in provider.can:
            note, when = _("on its own page, where you sign in or type your number"), _("the same minute")
            found.append(Option(provider.code, name, note, when))
        if Can.WALLET_PUSH in provider.can:
            title = _("%(way)s, by telephone") % {"way": name}
            found.append(
                Option(f"{provider.code}{PHONE}", title, _("your telephone asks for a yes"), _("the same minute"))
            )
        if Can.QR in provider.can:
            found.append(
                Option(provider.code, name, _("any bank’s app, by the code or by copying"), _("the next working day"))
            )
        elif Can.INSTRUCTIONS in provider.can:
            note = _("from your account, or at the counter with our challan")
            found.append(Option(provider.code, name, note, _("1 working day")))
    return found


def headline(row: Payment) -> str:
    """The page's first sentence."""
    words = {"sum": shown(row.left, language=get_language() or "en"), "day": day_words(row.due_at)}
    state = PaymentState(row.state)
    if state == PaymentState.AT_BANK:
        return _("We wait for the bank to show your payment")
    if state in PAYABLE:
        return _("Pay %(sum)s by %(day)s") % words
    sentences = {
        PaymentState.PAID: _("Paid: nothing is left to do"),
        PaymentState.PAID_BACK: _("Paid back to you"),
        PaymentState.KEPT: _("This deposit was kept"),
        PaymentState.EXPIRED: _("Not paid by its day"),
        PaymentState.CANCELLED: _("Nothing is to be paid here any more"),
    }
    return sentences[state]


def state_of(row: Payment) -> Standing:
    """For a line of a list."""
    state = PaymentState(row.state)
    title = str(PAYMENT_STATE_LABELS[state])
    if state in (PaymentState.ASKED, PaymentState.PART_PAID, PaymentState.RETURNED):
        title = _("Pay by %(day)s") % {"day": day_words(row.due_at)}
    return Standing(PAYMENT_STATE_TONES[state], title)


def callout_of(row: Payment) -> Standing | None:
    """What has to be said before a way is chosen; None for nothing."""
    words = {"sum": shown(row.paid, language=get_language() or "en"), "day": day_words(row.due_at)}
    sentences = {
        PaymentState.PART_PAID: (_("A part has come"), _("%(sum)s have come. Only what is missing is to be paid.")),
        PaymentState.RETURNED: (
            _("The bank took your payment back"),
            _("Nothing else has changed. Please pay again by %(day)s; your bank can say why it happened."),
        ),
        PaymentState.AT_BANK: (
            _("Its day is over, and your payment may be on its way"),
            _("Transfers are seen a working day later. Do not pay a second time. A slip from your bank helps us."),
        ),
        PaymentState.EXPIRED: (
            _("Do not pay now"),
            _("What still comes is kept as your credit, and you can have it back."),
        ),
    }
    found = sentences.get(PaymentState(row.state))
    return None if found is None else Standing(PAYMENT_STATE_TONES[PaymentState(row.state)], found[0], found[1] % words)


def callouts_of(row: Payment, attempts: Sequence[Attempt], *, credit: int, is_short: bool = False) -> list[Standing]:
    """All that has to be said before anything else. attempts: the newest first. credit: paisa that came for it and pay nothing.
    is_short: so little is missing that two people may accept it."""
    found = [callout_of(row)]
    language = get_language() or "en"
    if row.let_go:
        title = _("%(sum)s are missing, and that was accepted") % {"sum": shown(row.let_go, language=language)}
        found.append(
            Standing("done", title, _("Nothing more is to be paid. What came is held like any deposit or fee."))
        )
    if is_short:
        text = _(
            "Two officers may accept that, and nothing ends before they have said so. Whoever pays it needs nobody."
        )
        title = _("Only %(sum)s are missing") % {"sum": shown(row.left, language=language)}
        found.append(Standing("us", title, text))
    other = _other_amount(row, attempts) if credit else None
    if other is not None and row.state == PaymentState.AT_BANK:  # before that it is the headline: see waited_for
        found.append(_of_another_amount(other, language))
    elif credit and other is None:
        title = _("%(sum)s of yours are here as credit") % {"sum": shown(credit, language=language)}
        text = _(
            "They came too late, twice or above what was asked. They go back to you; if you wish otherwise, write to us."
        )
        found.append(Standing("us", title, text))
    return [one for one in found if one is not None]


def waited_for(row: Payment, attempts: Sequence[Attempt], *, has_slip: bool, credit: int) -> Standing | None:
    """What has to end before the firm pays again; None where it may pay at once. attempts: the newest first. credit: as in callouts_of."""
    if row.state not in PAYABLE or row.state == PaymentState.AT_BANK:
        return None
    other = _other_amount(row, attempts) if credit else None
    under_way = _of_what_is_under_way(attempts, has_slip=has_slip)
    return under_way or (_of_another_amount(other, get_language() or "en") if other is not None else None)


def _other_amount(row: Payment, attempts: Sequence[Attempt]) -> Attempt | None:
    """The newest try that brought another amount than it asked for, while its payment is open."""
    differing = (one for one in attempts if one.state == AttemptState.DIFFERS and one.came is not None)
    return next(differing, None) if row.state in PAYABLE else None


def is_asked_about(attempts: Sequence[Attempt], now: datetime) -> bool:
    """Whether the payment company is asked about the newest try, begun a moment ago: the page looks again by itself."""
    newest = attempts[0] if attempts else None
    if newest is None or newest.state not in UNDER_WAY or _is_seen_late(newest):
        return False
    return now - newest.begun_at < LOOKS_AGAIN


def slip_waits() -> Standing:
    text = _("Two officers look at it, within one working day as a rule. Do not pay a second time.")
    return Standing("us", _("Your slip is being looked at"), text)


def _of_what_is_under_way(attempts: Sequence[Attempt], *, has_slip: bool) -> Standing | None:
    """What speaks against paying at once; None for nothing."""
    if has_slip:
        return slip_waits()
    newest = attempts[0] if attempts else None
    if newest is None:
        return None
    if newest.state == AttemptState.DIFFERS:
        return _of_another_currency() if newest.came is None else None
    if newest.state not in UNDER_WAY or _is_seen_late(newest):
        return None
    text = _(
        "You began to pay on %(moment)s. If you paid, wait: we hear of it, mostly within a minute, and write to you. Do not pay a second time."
    )
    moment = day_words(newest.begun_at, "DATETIME_FORMAT")
    return Standing("us", _("We are asking the payment company"), text % {"moment": moment})


def _came_instead(attempt: Attempt, language: str) -> str:
    came, asked = shown(attempt.came or 0, language=language), shown(attempt.amount, language=language)
    return _("%(came)s came, and %(asked)s were asked") % {"came": came, "asked": asked}


def _of_another_amount(attempt: Attempt, language: str) -> Standing:
    text = _(
        "Nothing is lost: it is kept for you. Two officers decide whether it is taken towards this payment or goes back to you, and you"
        " are told. If you wish one or the other, write to us. Wait for that before you pay again."
    )
    return Standing("us", _came_instead(attempt, language), text)


def _of_another_currency() -> Standing:
    text = _("It counts once our bank has it in rupees. An officer looks at it. Wait for that before you pay again.")
    return Standing("us", _("The payment company tells of another currency than rupees"), text)


def _is_seen_late(attempt: Attempt) -> bool:
    provider = provider_of(attempt.way)
    return provider is not None and Can.SEEN_LATE in provider.can


def try_words(attempt: Attempt, way: Any) -> Standing:
    """How one try stands. way: its name."""
    day = {"moment": day_words(attempt.begun_at, "DATETIME_FORMAT"), "way": way}
    if attempt.state == AttemptState.PAID:
        return Standing("done", _("Money came"), _("Begun on %(moment)s by %(way)s.") % day)
    if attempt.state == AttemptState.DIFFERS and attempt.came is None:
        return _of_another_currency()
    if attempt.state == AttemptState.DIFFERS:
        return Standing(
            "us", _came_instead(attempt, get_language() or "en"), _("Begun on %(moment)s by %(way)s.") % day
        )
    if attempt.state == AttemptState.FAILED:
        title = _("You left this way") if attempt.code == "left" else _("Nothing was taken")
        is_open = attempt.payment.state in PAYABLE and attempt.payment.state != PaymentState.AT_BANK
        text = (
            _("Begun on %(moment)s by %(way)s. You can pay another way.")
            if is_open
            else _("Begun on %(moment)s by %(way)s.")
        )
        return Standing("rest", title, text % day)
    if _is_seen_late(attempt) and attempt.payment.state != PaymentState.AT_BANK:
        text = _("Opened on %(moment)s: %(way)s. The bank shows us the payment a working day later.")
        return Standing("you", _("Pay with these numbers"), text % day)
    title = _("We are asking the payment company") if attempt.state == AttemptState.UNKNOWN else _("On its way")
    return Standing("us", title, _("Begun on %(moment)s by %(way)s. Do not pay twice.") % day)


def refusal_words(code: str) -> str:
    """Why a try could not be begun."""
    if code in ("mobile", "cnic"):
        return _("The wallet did not take these numbers. Look at them again.")
    return _("This way to pay does not answer just now. Nothing was taken. Try again, or choose another way.")
