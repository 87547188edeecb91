"""Each morning firms are told of last days that come, and of those that have passed."""

from celery import shared_task

from payments.states import RuleCode
from tdap_portal.core.calendar import today
from tdap_portal.core.sweeping import one_by_one

from . import selectors, services


@shared_task(name="payments.warn_of_last_days")
def warn_of_last_days() -> None:
    """At most so many at once as a selector gives; the next ring finds the rest."""
    day = today()
    days = selectors.value_on(RuleCode.WARN_DAYS, day)
    if days is not None:
        one_by_one(lambda pk: services.warn(shipment_id=pk), selectors.to_warn(day, int(days)))
    one_by_one(lambda pk: services.tell_late(shipment_id=pk), selectors.to_tell_late(day))
