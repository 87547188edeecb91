"""What the notify benchmark compares with: one Celery task a message, acknowledged before it runs, as Celery has it."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="notify.bench_one", acks_late=False)
def send_one(*, pk: int) -> None:
    from tdap_portal.notifications.channels import channel_for
    from tdap_portal.notifications.models import Dispatch

    if not Dispatch.objects.filter(pk=pk, state="waiting").update(state="leased"):
        return
    row = Dispatch.objects.get(pk=pk)
    with channel_for(row.channel) as channel:
        channel.send(row)
    Dispatch.objects.filter(pk=pk).update(state="sent", sent_at=timezone.now(), address="", subject="", text="")
