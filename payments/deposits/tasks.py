"""Periodic work on payments: what was rung and lost is found here again."""

from celery import shared_task

from tdap_portal.core.sweeping import one_by_one

from . import acts, notices, paying, selectors, services


@shared_task(name="payments.work_off_notices")
def work_off_notices() -> None:
    one_by_one(notices.work_off, selectors.notices_to_work_off())


@shared_task(name="payments.ask_providers")
def ask_providers() -> None:
    one_by_one(paying.ask_provider, selectors.attempts_to_ask())


@shared_task(name="payments.end_payments")
def end_payments() -> None:
    one_by_one(lambda pk: services.expire_payment(payment_id=pk), selectors.payments_past_their_day())


@shared_task(name="payments.remind_of_payments")
def remind_of_payments() -> None:
    one_by_one(lambda pk: services.remind_of_payment(payment_id=pk), selectors.payments_to_remind())


@shared_task(name="payments.send_refunds")
def send_refunds() -> None:
    one_by_one(acts.send_refund, selectors.refunds_to_send())
