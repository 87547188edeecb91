"""What follows from a decision that can be appealed against, and from its appeal: the letters, the lot, and that one is closed
whose file has its seat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from selection.applications import selectors as applications_selectors
from selection.applications.locking import locked_file
from selection.applications.notices import tell, tell_firm
from selection.applications.reasons import words_of
from selection.seats.offers import selectors as offers_selectors
from selection.states import AppealState, Happened
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.selectors import people_with_role
from tdap_portal.audit.outbox import on

from . import selectors, services
from .wording import points_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selection.models import Appeal
    from tdap_portal.audit.models import Event


def _is_no_answer(data: Mapping[str, Any]) -> bool:
    """The answer to an appeal tells its firm by itself what became of the file."""
    return "appeal" not in data


@on(Happened.WAITLISTED.value, Happened.DECLINED.value, name="selection.tell_decision", where=_is_no_answer)
def tell_decision(event: Event) -> None:
    """The decision's own words and the words of its codes, so that nobody must sign in to learn why, and until when the firm can
    appeal; a selection is told with its offer (seats/offers). Of a decision that was changed before its letter was written nothing
    is told: a firm never gets two that contradict each other at once."""
    row = locked_file(int(event.subject_id))  # a later decision is not made between the look and the letter
    decision = applications_selectors.decision_by_id(row, event.data["decision"])
    if decision is None or decision != applications_selectors.decision_of(row):
        return
    window = selectors.window_of(row)
    tell_firm(
        row,
        event,
        url=reverse("selection:receipt", args=[row.public_id]),
        words=decision.words,
        round_decision=decision.round_decision,
        offer_taken_back=event.data.get("offer_taken_back", False),
        reasons=words_of(decision.reason_codes),
        appeal_until=window.ends if window.is_open and not window.is_sent else None,
        appeal_url=f"{settings.SITE_URL}{reverse('selection:appeal', args=[row.public_id])}",
    )


@on(Happened.APPEAL_SENT.value, name="selection.draw_director")
def draw_director(event: Event) -> None:
    appeal = _appeal(event)
    if appeal is not None and appeal.state == AppealState.SENT:
        services.draw(appeal_id=appeal.pk)


@on(Happened.APPEAL_SENT.value, name="selection.tell_appeal_sent")
def tell_appeal_sent(event: Event) -> None:
    """The firm has it in writing that it came, and by when it is answered."""
    appeal = _appeal(event)
    if appeal is not None:
        url = reverse("selection:appeal", args=[appeal.application.public_id])
        tell_firm(appeal.application, event, url=url, appeal=appeal)


@on(
    Happened.APPEAL_DRAWN.value,
    Happened.APPEAL_DUE_SOON.value,
    Happened.APPEAL_LATE.value,
    name="selection.tell_director_of_appeal",
)
def tell_director(event: Event) -> None:
    """Whoever it was drawn to; once it is late the other directors who may see it hear of it too."""
    appeal = _appeal(event)
    if appeal is None or appeal.state != AppealState.SENT:
        return
    people = [appeal.director] if appeal.director else []
    if event.name == Happened.APPEAL_LATE:
        people += [person for person in selectors.free_directors(appeal.application) if person != appeal.director]
    for person in people:
        tell(person, appeal.application, event, url=_desk_url(appeal), appeal=appeal)


@on(Happened.APPEAL_WITHOUT_DIRECTOR.value, name="selection.tell_nobody_is_free")
def tell_nobody_is_free(event: Event) -> None:
    """Directors and administrators, once a day: another director is needed. They are not told what the appeal says."""
    appeal = _appeal(event)
    if appeal is None or appeal.state != AppealState.SENT or appeal.director is not None:
        return
    day = timezone.localdate(event.at).isoformat()
    people = [*people_with_role(Role.APPROVER), *people_with_role(Role.ADMINISTRATOR)]
    for person in {person.pk: person for person in people}.values():
        tell(person, appeal.application, event, url="", key=f"{day} {appeal.pk}", appeal=appeal)


@on(Happened.APPEAL_ANSWERED.value, name="selection.tell_appeal_answered")
def tell_appeal_answered(event: Event) -> None:
    """One message to the firm, with the reason of each point and what follows."""
    appeal = _appeal(event)
    if appeal is not None and appeal.state == AppealState.ANSWERED:
        offer = offers_selectors.seat_of(appeal.application) if appeal.from_reserve else None
        page = "selection:offer" if offer else "selection:appeal"
        url = reverse(page, args=[appeal.application.public_id])
        points = partial(points_shown, appeal)  # called by the template, in the language of each person
        tell_firm(appeal.application, event, url=url, appeal=appeal, points=points, offer=offer)


@on(
    Happened.SELECTED.value,
    Happened.WITHDRAWN.value,
    Happened.SEAT_GIVEN_BACK.value,
    name="selection.close_appeal",
    where=_is_no_answer,
)
def close_appeal(event: Event) -> None:
    services.close(application_id=int(event.subject_id))


# ---------------------------------------------------------------------------------------------------------- details


def _appeal(event: Event) -> Appeal | None:
    row = applications_selectors.application_by_id(event.subject_id)
    return selectors.appeal_of(row) if row is not None else None


def _desk_url(appeal: Appeal) -> str:
    return reverse("selection:desk_appeal", args=[appeal.public_id])
