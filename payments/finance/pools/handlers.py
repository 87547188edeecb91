"""Who hears of an answer for a pool: the owners of its firms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from payments.states import Happened, ReplyState
from smes.people import selectors as people_selectors
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import selectors

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.POOL_ANSWERED.value, name="payments.tell_pool")
def tell_pool(event: Event) -> None:
    answer = selectors.answer_by_id(event.subject_id)
    if answer is None:
        return
    for row in selectors.firms_of(answer):
        if row.state != ReplyState.WAITING:
            continue
        for person in people_selectors.people_of(row.wish.sme_id, "owner"):
            notify(
                to=person,
                template=event.name,
                key=f"{event.pk}-{row.pk}",
                url=reverse("payments:pool_reply", args=[row.public_id]),
                firm=row.wish.sme.name,
                lender=answer.lender.name,
                until=answer.until,
            )
