"""What each scenario of the sandbox is called on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.providers.sandbox.script import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

SCENARIOS: Mapping[Scenario, StrOrPromise] = {
    Scenario.PAID: _("Pay"),
    Scenario.FAILED: _("Say no"),
    Scenario.PENDING: _("Leave it open"),
    Scenario.NO_NOTICE: _("Pay, and send no notice"),
    Scenario.TIMED_OUT: _("Time out, and be paid all the same"),
    Scenario.EARLY: _("Pay, the notice is quicker than the answer"),
    Scenario.SLOW: _("Pay in time, the notice comes hours later"),
    Scenario.NEXT_DAY: _("Pay, the notice comes the next day"),
    Scenario.LATE: _("Pay after the last moment of the try"),
    Scenario.DUPLICATE: _("Pay, and send the notice three times"),
    Scenario.REORDERED: _("Pay, and send an older notice afterwards"),
    Scenario.WRONG_AMOUNT: _("Pay a tenth of it"),
    Scenario.WRONG_CURRENCY: _("Pay in dollars"),
    Scenario.TRUNCATED: _("Pay, and send half a notice"),
    Scenario.FORGED: _("Do not pay, and send forged notices"),
    Scenario.UNKNOWN_PAYMENT: _("Send a notice of a payment that nobody began"),
    Scenario.TAKEN_BACK: _("Pay, then send a notice that says failed"),
    Scenario.CONTRADICTED: _("Send a notice that says paid, and answer that it failed"),
}
