"""What the homes of partners and of programme managers say of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import HomeLink, HomeTask
from training.engagement import selectors as engagement_selectors
from training.places import selectors as places_selectors
from training.practice import selectors as practice_selectors
from training.states import ProposalState
from training.timetable import selectors as timetable_selectors

from . import permissions, selectors

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def partner_link(user: User) -> HomeLink | None:
    """None for somebody whose organisations neither nominate nor teach."""
    if selectors.partners_of(user):
        return HomeLink(reverse("training:partner_board"), _("Your cohorts"))
    return HomeLink(reverse("training:taught"), _("Your cohorts")) if permissions.can_see_taught(user) else None


def home_tasks(user: User) -> list[HomeTask]:
    """What waits for a programme manager, what cannot wait first; none for other roles. One query a kind."""
    if not user.has_role(Role.PROGRAMME_MANAGER):
        return []
    return [*_of_the_timetable(), *_of_people(user)]


def _of_the_timetable() -> list[HomeTask]:
    url, tasks = reverse("training:timetable"), []
    if number := timetable_selectors.not_as_planned(timezone.now()).count():
        title = ngettext("%(number)d session cannot be as it is", "%(number)d sessions cannot be as they are", number)
        note = _("Its trainer is away, or its room is closed")
        tasks.append(HomeTask(title % {"number": number}, url, note, tone="no"))
    if number := timetable_selectors.without_a_day().count():
        title = ngettext("%(number)d session has no day yet", "%(number)d sessions have no day yet", number)
        tasks.append(HomeTask(title % {"number": number}, url, _("Have a timetable worked out, or place it by hand")))
    proposal = timetable_selectors.last_proposal()
    if proposal is not None and proposal.state == ProposalState.READY:
        url = reverse("training:timetable_proposal", args=[proposal.public_id])
        tasks.append(HomeTask(_("A proposed timetable is ready"), url, _("Take it over, or leave the plan as it is")))
    if number := len(timetable_selectors.moved_sessions()):
        title = ngettext(
            "%(number)d session is moved and not published",
            "%(number)d sessions are moved and not published",
            number,
        )
        url = reverse("training:timetable_publish")
        tasks.append(HomeTask(title % {"number": number}, url, _("People are told once, when you publish")))
    return tasks


def _of_people(user: User) -> list[HomeTask]:
    tasks = []
    if number := places_selectors.firms_without_place().count():
        title = ngettext(
            "%(number)d firm with a seat has no place", "%(number)d firms with a seat have no place", number
        )
        url = reverse("training:desk_places")
        tasks.append(HomeTask(title % {"number": number}, url, _("It has not chosen, or nothing fits it")))
    if number := engagement_selectors.lines_visible_to(user).count():
        title = ngettext("%(number)d person waits for a call", "%(number)d people wait for a call", number)
        tasks.append(HomeTask(title % {"number": number}, reverse("training:calls"), _("They fall behind")))
    if number := practice_selectors.number_to_mark(user):
        title = ngettext("%(number)d work waits for your marks", "%(number)d works wait for your marks", number)
        tasks.append(HomeTask(title % {"number": number}, reverse("training:marking"), _("Practical tasks")))
    return tasks
