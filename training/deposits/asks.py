"""What a firm's home says of the deposit of its seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.money import shown
from payments.states import PAYABLE, PaymentState
from selection.applications.asks import Ask
from tdap_portal.core.days import day_words

from . import selectors

if TYPE_CHECKING:
    from selection.models import Offer


def firm_ask(offer: Offer) -> Ask | None:
    """offer: accepted. None where nothing of the deposit waits; one query."""
    deposit = selectors.deposit_of(offer)
    if deposit is None or deposit.payment.state not in PAYABLE:
        return None
    payment = deposit.payment
    url = reverse("payments:payment", args=[payment.public_id])
    words = {"day": day_words(payment.due_at), "sum": shown(payment.left, language=get_language() or "en")}
    if payment.state == PaymentState.AT_BANK:
        return Ask(
            title=_("We wait for the bank to show your deposit"),
            text=_("The seat is held meanwhile. Do not pay a second time."),
            badge=_("With TDAP"),
            tone="us",
            when=_("was due on %(day)s") % words,
            url=url,
            label=_("See how it stands"),
            holds_step=True,
        )
    if payment.state == PaymentState.RETURNED:
        text = _("The bank took the first payment of %(sum)s back. The seat is still yours; please pay again.")
    elif payment.state == PaymentState.PART_PAID:
        text = _("A part has come. %(sum)s are still missing.")
    else:
        text = _("%(sum)s make the place firm. You get them back when you came to the training.")
    return Ask(
        title=_("Pay the deposit by %(day)s") % words,
        text=text % words,
        badge=_("Waits for you"),
        when=_("pay by %(day)s") % words,
        url=url,
        label=_("Pay the deposit"),
        holds_step=True,
    )
