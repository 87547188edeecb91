"""The first page of each role: what waits for the person, what is to come, where to go. To other roles it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from selection.desk import selectors as desk_selectors
from selection.desk.selectors import Number
from selection.desk.waiting import waiting_of
from selection.handover import selectors as handover_selectors
from selection.nominations import selectors as nominations_selectors
from selection.states import RoundState, State
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.models import ROLE_LABELS
from tdap_portal.accounts.role_requests import selectors as role_requests_selectors
from tdap_portal.accounts.role_requests import wording as role_requests_wording
from tdap_portal.accounts.roles import PartnerKind, Role
from tdap_portal.core.errors import NotFound
from tdap_portal.notifications import selectors as notifications_selectors
from tdap_portal.web.keeping import signed_in

from . import selectors, wording
from .forms import PeopleFilterForm

SHOWN_NOBODY = 3
SHOWN_WAITING = 5

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django_stubs_ext import StrOrPromise

    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_safe
def officer(request: SignedInRequest) -> HttpResponse:
    _require(request, Role.OFFICER)
    now = desk_selectors.desk_now()
    waiting = waiting_of(request.user)
    desk = wording.DeskWords(now)
    context = {
        "waiting": waiting,
        "late": waiting.late(now.day.today),
        "needs": desk.needs(waiting),
        "others": desk.others(waiting),
        "figure": desk.days_figure(waiting),
    }
    return _home(request, now, "officer", context)


@signed_in()
@require_safe
def director(request: SignedInRequest) -> HttpResponse:
    _require(request, Role.APPROVER)
    now = desk_selectors.desk_now()
    numbers = selectors.numbers_of(now.rounds)
    decisions = selectors.decisions_for(request.user, numbers)
    loads = selectors.workloads(now.day.today)
    late = [load for load in loads if load.late]
    nobody = list(handover_selectors.files_that_nobody_has()[: desk_selectors.COUNT_UP_TO])
    context = {
        "decisions": wording.DeskWords(now).decisions(decisions),
        "decisions_number": len(decisions),
        "others_decide": sum(states.get(State.RECOMMENDED, 0) for states in numbers.values()) - len(decisions),
        "loads": wording.load_rows(loads),
        "late": late,
        "late_readings": wording.late_readings(late),
        "cards": wording.round_cards(now.rounds, numbers),
        "promises": selectors.promises_kept(),
        "nobody": Number(len(nobody)),
        "nobody_files": nobody[:SHOWN_NOBODY],
        "held_runs": wording.held_runs(selectors.runs_held_for(request.user)),
        "to_sign": Number(role_requests_selectors.number_waiting_for(request.user)),
        "tasks": selectors.tasks_above(request.user),
    }
    return _home(request, now, "director", context)


@signed_in()
@require_safe
def administrator(request: SignedInRequest) -> HttpResponse:
    """People and roles, health, messages; and what waits for nobody yet."""
    _require(request, Role.ADMINISTRATOR)
    form = PeopleFilterForm(request.GET)
    filters = form.filters()
    page = selectors.people_page(filters, request.GET.get("cursor"))
    lines = selectors.health()
    waiting = Number(role_requests_selectors.number_waiting_for(request.user))
    waiting_rows = role_requests_selectors.waiting_for(request.user)[:SHOWN_WAITING] if waiting else []
    context = {
        "form": form,
        "page": page,
        "people": wording.people_rows(page.rows),
        "tabs": wording.people_tabs(filters, selectors.numbers_of_people(), waiting),
        "waiting": waiting,
        "waiting_rows": role_requests_wording.waiting_rows(waiting_rows, request.user),
        "filters_in_force": sum(bool(request.GET.get(name)) for name in form.fields),
        "health": lines,
        "broken": [line for line in lines if not line.ok],
        "last_day": notifications_selectors.last_day_visible_to(request.user),
        "nobody": Number(handover_selectors.number_that_nobody_has()),
    }
    return _home(request, desk_selectors.desk_now(), "administrator", context)


@signed_in()
@require_safe
def programme(request: SignedInRequest) -> HttpResponse:
    _require(request, Role.PROGRAMME_MANAGER)
    return _staff(
        request,
        title=ROLE_LABELS[Role.PROGRAMME_MANAGER],
        why=_("Cohorts, programmes, trainers and venues stand in the head of the page."),
    )


@signed_in()
@require_safe
def finance(request: SignedInRequest) -> HttpResponse:
    _require(request, Role.FINANCE_OFFICER)
    return _staff(
        request,
        title=ROLE_LABELS[Role.FINANCE_OFFICER],
        why=_("Deposits, refunds and the books stand behind Payments."),
    )


def _staff(request: SignedInRequest, *, title: StrOrPromise, why: str) -> HttpResponse:
    """Officials whose own work stands on floors above: what waits there, the rounds in figures, and where else they may look. why: said
    where nothing waits."""
    now = desk_selectors.desk_now()
    cards = wording.round_cards(now.rounds, selectors.numbers_of(now.rounds), runs_rounds=False)
    tasks = selectors.tasks_above(request.user)
    return _home(request, now, "staff", {"title": title, "why": why, "cards": cards, "tasks": tasks})


@signed_in()
@require_safe
def partner(request: SignedInRequest) -> HttpResponse:
    """Of chambers, provinces, banks and platforms: open figures, and the platform's own files."""
    _require(request, Role.PARTNER)
    now = desk_selectors.desk_now()
    partners = accounts_selectors.partners_here(request.user)
    provinces = [row.province for row in partners if row.province]
    is_platform = any(row.kind == PartnerKind.PLATFORM for row in partners)
    runs = selectors.own_runs(request.user) if is_platform else []
    context = {
        "partners": partners,
        "is_platform": is_platform,
        "links": selectors.partner_links(request.user),
        "nominates": bool(nominations_selectors.nominating_partners(request.user)),
        "runs": runs,
        "needs": [*wording.runs_to_confirm(runs), *selectors.tasks_above(request.user)],
        "open_rounds": [row for row in now.rounds if row.state == RoundState.OPEN],
        "figure": wording.places_figure(selectors.numbers_of_places(provinces), provinces, now.day.today),
    }
    return _home(request, now, "partner", context)


def _home(request: SignedInRequest, now: desk_selectors.DeskNow, page: str, context: dict[str, object]) -> HttpResponse:
    """A home with what all have: the day, new messages, dates of rounds."""
    shared = {
        "today": now.day.today,
        "new_messages": selectors.new_messages(request.user),
        "coming": wording.coming([row for row in now.rounds if row.is_public]),
    }
    return render(request, f"selection/home/{page}.html", {**shared, **context})


def _require(request: SignedInRequest, role: Role) -> None:
    if not request.user.has_role(role):
        raise NotFound
