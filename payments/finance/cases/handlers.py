"""Who hears of a case: its firm of what the lender does, the lender of what the firm does, finance officers of what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from payments.states import CaseState, Happened
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify

from . import selectors, wording
from .permissions import ANSWERS

if TYPE_CHECKING:
    from payments.models import FinanceCase
    from tdap_portal.audit.models import Event

STILL_SO = {
    Happened.CASE_ASKED: (CaseState.ASKED,),
    Happened.CASE_LAPSED: (CaseState.LAPSED,),
    Happened.CASE_REFERRED: (CaseState.WITH_LENDER,),
}
"""States in which the news is still one."""


@on(
    Happened.CASE_ASKED.value,
    Happened.CASE_DECIDED.value,
    Happened.CASE_LAPSED.value,
    Happened.CASE_PAID_OUT.value,
    Happened.CASE_CLOSED.value,
    Happened.CASE_WRITTEN_OFF.value,
    name="payments.tell_firm_of_case",
)
def tell_firm(event: Event) -> None:
    row = selectors.case_by_id(event.subject_id)
    if row is None or not _is_still_so(event, row):
        return
    reasons = [(why, remedy) for _code, why, remedy in wording.reasons_said(row)]
    for person in people_selectors.people_of(row.sme_id, *ANSWERS):
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=reverse("payments:finance_case", args=[row.public_id]),
            case=row,
            firm=row.sme.name,
            lender=row.lender.name,
            reasons=reasons,
            loss=wording.loss_said(row),
        )


@on(
    Happened.CASE_REFERRED.value,
    Happened.CASE_ANSWERED.value,
    Happened.CASE_ACCEPTED.value,
    Happened.CASE_DECLINED.value,
    name="payments.tell_lender_of_case",
)
def tell_lender(event: Event) -> None:
    """By the number of the case alone, and only while the consent holds: a letter that left would name the firm for ever."""
    row = selectors.case_by_id(event.subject_id)
    if row is None or not row.consent.is_in_force or not _is_still_so(event, row):
        return
    for person in accounts_selectors.people_of_partner(row.lender):
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=reverse("payments:lender_case", args=[row.public_id]),
            case=row,
        )


@on(Happened.CONSENT_REVOKED.value, name="payments.tell_lender_of_revocation")
def tell_revoked(event: Event) -> None:
    """Which cases are closed to them now, by number alone."""
    row = selectors.consent_by_id(event.subject_id)
    if row is None:
        return
    codes = ", ".join(case.code for case in row.cases.order_by("pk"))
    for person in accounts_selectors.people_of_partner(row.lender):
        notify(
            to=person,
            template=event.name,
            key=str(event.pk),
            url=reverse("payments:lender_queue"),
            codes=codes,
        )


@on(Happened.CASE_LATE.value, name="payments.tell_late_case")
def tell_late(event: Event) -> None:
    row = selectors.case_by_id(event.subject_id)
    if row is None or row.due_on is None or not row.consent.is_in_force:
        return
    people = {
        *((person, "payments:lender_case") for person in accounts_selectors.people_of_partner(row.lender)),
        *(
            (person, "payments:finance_overview")
            for person in accounts_selectors.people_with_role(Role.FINANCE_OFFICER)
        ),
    }
    for person, page in sorted(people, key=lambda pair: (pair[0].pk, pair[1])):
        url = reverse(page, args=[row.public_id]) if page == "payments:lender_case" else reverse(page)
        notify(to=person, template=event.name, key=str(event.pk), url=url, case=row, lender=row.lender.name)


def _is_still_so(event: Event, row: FinanceCase) -> bool:
    states = STILL_SO.get(Happened(event.name))
    return states is None or row.state in states
