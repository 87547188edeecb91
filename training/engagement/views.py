"""People who fall behind, for those who call them; and the rules by which they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.core.phones import national_form
from tdap_portal.notifications.texts import masked
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted
from training.feedback import permissions as feedback_permissions
from training.models.labels import LAG_LABELS

from . import permissions, reading, selectors, services, wording
from .forms import CallForm, CallsFilterForm, PolicyForm, RuleForm

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import WatchLine

PAGE = 50
SHOWN_CALLS = 20
EDITS = ["GET", "HEAD", "POST"]


@signed_in()
@require_safe
def calls(request: SignedInRequest) -> HttpResponse:
    """Who falls behind and why: whom to call."""
    form = CallsFilterForm(request.GET, cohorts=selectors.cohorts_with_lines())
    wanted = form.wanted()
    tabs = _tabs(request, wanted["show"])
    filters = {name: wanted[name] for name in ("cohort", "reason", "who")}
    rows = selectors.lines_visible_to(request.user, show=wanted["show"] or selectors.NOW, **filters)
    page = keyset_page(
        selectors.with_people(rows),
        order=selectors.ORDERS.get(wanted["order"], selectors.ORDERS["longest"]),
        cursor=request.GET.get("cursor"),
        size=PAGE,
    )
    context = {
        "form": form,
        "page": page,
        "lines": [_line(line) for line in page.rows],
        "tabs": tabs,
        "number": tabs[0]["count"],
        "active": sum(bool(value) for value in filters.values()),
        "user_id": request.user.pk,
        "sees_feedback": feedback_permissions.can_see_all(request.user),
    }
    return render(request, "training/engagement/calls.html", context)


def _tabs(request: SignedInRequest, shown: str) -> list[dict[str, Any]]:
    labels = {
        selectors.NOW: _("To call now"),
        selectors.RESTING: _("Later"),
        selectors.WRONG: _("Wrong number"),
        selectors.ALL: _("All"),
    }
    return [
        {
            "label": label,
            "url": f"?show={name}",
            "count": selectors.lines_visible_to(request.user, show=name).count(),
            "is_current": name == (shown if shown in labels else selectors.NOW),
            "tone": "you" if name == selectors.NOW else "",
        }
        for name, label in labels.items()
    ]


def _line(line: WatchLine) -> dict[str, Any]:
    """What the list shows of one person."""
    mobile = (line.place.attendee_user.mobile or "") if line.place.attendee_user else ""
    return {
        "line": line,
        "reasons": [wording.staff_words(reason) for reason in selectors.reasons_of(line)],
        "days": (today() - line.since).days,
        "phone": masked(mobile) if mobile else "",
    }


@signed_in()
@require_http_methods(EDITS)
def call(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One person: why, what was said before, and what was said now. The number stands there for whoever has taken the call."""
    line = selectors.line_for(request.user, public_id)
    form = CallForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.note_call(actor=request.user, line=line, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is noted."))
            return redirect("training:calls")
    return _call_page(request, line, form=form)


def _call_page(
    request: SignedInRequest, line: WatchLine, *, form: forms.Form, refusal: DomainError | None = None
) -> HttpResponse:
    is_mine = line.ended_on is None and line.claimed_now and line.claimed_by_id == request.user.pk
    people = [
        {
            "name": name,
            "comes": comes,
            "phone": (national_form(mobile) if is_mine else masked(mobile)) if mobile else "",
            "dialled": mobile if is_mine else "",
        }
        for name, mobile, comes in selectors.people_to_call(line.place)
    ]
    context = {
        "line": line,
        "reasons": [wording.staff_words(reason) for reason in selectors.reasons_of(line)],
        "days": (today() - line.since).days,
        "people": people,
        "is_mine": is_mine,
        "claimed_by": line.claimed_by if line.claimed_now and not is_mine else None,
        "calls": selectors.calls_of_firm(line.sme_id)[:SHOWN_CALLS],
        "nudges": selectors.nudges_of(line)[:SHOWN_CALLS],
        "form": form,
        "refusal": refusal,
    }
    wrong = refusal is not None or form.is_bound
    return render(request, "training/engagement/call.html", context, status=422 if wrong else 200)


@signed_in("training:call")
@require_POST
def take(request: SignedInRequest, public_id: str) -> HttpResponse:
    """I call this firm; nobody else does meanwhile."""
    line = selectors.line_for(request.user, public_id)
    try:
        services.claim(actor=request.user, line=line)
    except DomainError as refusal:
        return _call_page(request, selectors.line_for(request.user, public_id), form=CallForm(), refusal=refusal)
    return redirect("training:call", public_id)


@signed_in("training:call")
@require_POST
def leave(request: SignedInRequest, public_id: str) -> HttpResponse:
    """I do not call this firm after all."""
    services.leave(actor=request.user, line=selectors.line_for(request.user, public_id))
    return redirect("training:calls")


# ---------------------------------------------------------------------------------------------------------------- rules


@signed_in()
@require_safe
def rules(request: SignedInRequest) -> HttpResponse:
    """By which rules people are found, and how often they are written to."""
    if not permissions.can_call(request.user):
        raise NotFound
    day = today()
    in_force = reading.rules(day)
    context = {
        "rules": [(words, in_force.get(code), wording.THRESHOLD_WORDS[code]) for code, words in LAG_LABELS.items()],
        "policy": reading.policy(day),
        "rules_to_come": reading.rules_to_come(day),
        "policies_to_come": reading.policies_to_come(day),
        "can_set": permissions.can_set_rules(request.user),
    }
    return render(request, "training/engagement/rules.html", context)


@signed_in()
@require_http_methods(EDITS)
def rule(request: SignedInRequest) -> HttpResponse:
    """Another threshold, from a day on."""
    _require_setter(request)
    form = RuleForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_rule(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rule is set."))
            return redirect("training:watch_rules")
    context = {"form": form, "meanings": [(LAG_LABELS[code], words) for code, words in wording.THRESHOLD_WORDS.items()]}
    return render(request, "training/engagement/rule.html", context, status=422 if form.is_bound else 200)


@signed_in()
@require_http_methods(EDITS)
def policy(request: SignedInRequest) -> HttpResponse:
    """How often people are written to, from a day on."""
    _require_setter(request)
    initial = PolicyForm.initial_of(reading.policy(today()))
    form = PolicyForm(posted(request), initial=initial | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_policy(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rule is set."))
            return redirect("training:watch_rules")
    return render(request, "training/engagement/policy.html", {"form": form}, status=422 if form.is_bound else 200)


def _require_setter(request: SignedInRequest) -> None:
    if not permissions.can_call(request.user):
        raise NotFound
    permissions.can_set_rules(request.user).require()
