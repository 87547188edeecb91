"""Holidays, hours, roads and rules of the timetable: what is in force, and forms to set them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from training.timetable import history, permissions, reading
from training.timetable.rule_words import RULE_NAMES, city_words, holiday_words, minutes_words

from . import holidays, selectors, services
from .forms import HolidayForm, HoursForm, RoadForm, RuleForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django import forms
    from django.http import HttpResponse
    from django_stubs_ext import StrOrPromise

    from tdap_portal.web.requests import SignedInRequest

AHEAD = timedelta(days=365)
SHOWN_EVENTS = 20


@signed_in()
@require_safe
def hours(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_see_plan(request.user):
        raise NotFound
    today = timezone.localdate()
    announced = selectors.holidays_from(today)
    rules = reading.rules_on(today)
    context = {
        "can_plan": permissions.can_plan(request.user),
        "holidays": announced,
        "others": _other_holidays(
            today, {day for row in announced for day in reading.days_between(row.starts_on, row.ends_on)}
        ),
        "hours": selectors.teaching_hours(today),
        "roads": [
            {"from": city_words(row.one), "to": city_words(row.other), "takes": minutes_words(row.minutes), "row": row}
            for row in selectors.roads()
        ],
        "rules": [(RULE_NAMES[code], rule) for code, rule in rules.items()],
        "to_come": [(RULE_NAMES.get(row.code, row.code), row) for row in selectors.rule_levels_to_come(today)],
        "history": history.lines_of(audit_selectors.last_of(history.OF_GROUND, number=SHOWN_EVENTS)),
    }
    return render(request, "training/timetable/hours.html", context)


def _other_holidays(today: date, announced: set[date]) -> list[dict[str, Any]]:
    """Public holidays of the coming year that the calendar knows by itself, days of one name in a row together."""
    found: list[dict[str, Any]] = []
    for day, holiday in reading.holidays_between(today, today + AHEAD).items():
        if day in announced:
            continue
        name = holiday_words(holiday.name)
        if found and found[-1]["name"] == name and day - found[-1]["last"] == timedelta(days=1):
            found[-1]["last"] = day
        else:
            found.append({"name": name, "first": day, "last": day, "is_provisional": holiday.is_provisional})
    return found


def _form_page(
    request: SignedInRequest,
    form: forms.Form,
    act: Callable[[], object],
    *,
    heading: StrOrPromise,
    lead: StrOrPromise,
    said: StrOrPromise,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(said))
            return redirect("training:timetable_hours")
    status = 422 if form.errors else 200
    context = {"form": form, "heading": heading, "lead": lead}
    return render(request, "training/timetable/form.html", context, status=status)


def _require(request: SignedInRequest) -> None:
    """Officials who see the plan are told who may; others find nothing."""
    if not permissions.can_see_plan(request.user):
        raise NotFound
    permissions.can_plan(request.user).require()


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def holiday_new(request: SignedInRequest) -> HttpResponse:
    _require(request)
    return _holiday_form(request, None)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def holiday(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Another span for a holiday, or that it is certain now."""
    _require(request)
    row = selectors.holiday_by_id(public_id)
    if row is None:
        raise NotFound
    return _holiday_form(request, row)


def _holiday_form(request: SignedInRequest, row: Any) -> HttpResponse:
    shown = HolidayForm.shown(row) if row else {}
    form = HolidayForm(posted(request), initial=shown | kept_for(request))
    return _form_page(
        request,
        form,
        lambda: holidays.set_holiday(actor=request.user, holiday=row, **form.cleaned_data),
        heading=_("Move or confirm: %(name)s") % {"name": row.name_here} if row else _("A holiday"),
        lead=_(
            "Sessions that then stand on a holiday block on the board and stay where they are until somebody moves them. Deadlines that"
            " were promised already stay as they are."
        ),
        said=_("The holiday is noted. Look at the board: what blocks now has to be moved by hand."),
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def hours_new(request: SignedInRequest) -> HttpResponse:
    _require(request)
    return _hours_form(request, None)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def hours_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    _require(request)
    row = selectors.hours_by_id(public_id)
    if row is None:
        raise NotFound
    return _hours_form(request, row)


def _hours_form(request: SignedInRequest, row: Any) -> HttpResponse:
    shown = HoursForm.shown(row) if row else {}
    form = HoursForm(posted(request), initial=shown | kept_for(request))
    return _form_page(
        request,
        form,
        lambda: services.set_hours(actor=request.user, hours=row, **form.as_hours()),
        heading=_("Change the hours: %(name)s") % {"name": row.name} if row else _("Hours of the training"),
        lead=_("Sessions outside the hours block on the board and stay where they are until somebody moves them."),
        said=_("The hours are noted."),
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def road(request: SignedInRequest) -> HttpResponse:
    _require(request)
    form = RoadForm(posted(request), initial=kept_for(request))
    return _form_page(
        request,
        form,
        lambda: services.set_road(actor=request.user, **form.cleaned_data),
        heading=_("The road between two cities"),
        lead=_("The same in both directions. Between cities without a row twelve hours are counted."),
        said=_("The road is noted."),
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: SignedInRequest) -> HttpResponse:
    _require(request)
    form = RuleForm(posted(request), initial=kept_for(request))
    return _form_page(
        request,
        form,
        lambda: services.set_rule(actor=request.user, **form.as_rule()),
        heading=_("The level of a rule"),
        lead=_("What blocks is kept only with a reason; what warns has a cost, which proposals keep low."),
        said=_("The rule is noted."),
    )
