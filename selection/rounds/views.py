"""Rounds as the director runs them: set up, open, close, score again, finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from selection.review import permissions as review_permissions
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .forms import ClosingForm, RoundChangeForm, RoundForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from selection.models import Round
    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_safe
def rounds(request: SignedInRequest) -> HttpResponse:
    """All rounds with their numbers and what can be done with each."""
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    context = {"lines": selectors.calendar(planning=True), "can_run": permissions.can_run_rounds(request.user)}
    return render(request, "selection/rounds/list.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    permissions.require_director_of_rounds(request.user)
    initial = {"number": selectors.next_number(), **kept_for(request)}
    form = RoundForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.create_round(actor=request.user, is_public=False, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            says = _("Round %(code)s is set up. Only officials see it until you publish it.")
            return _done(request, says % {"code": row.code})
    return render(request, "selection/rounds/new.html", {"form": form})


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a round while it is planned."""
    permissions.require_director_of_rounds(request.user)
    round_ = selectors.round_by_code(code)
    shown = {name: getattr(round_, name) for name in RoundChangeForm.base_fields}
    form = RoundChangeForm(posted(request), initial=shown | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_round(actor=request.user, round=round_, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, _("Round %(code)s is changed.") % {"code": round_.code})
    return render(request, "selection/rounds/new.html", {"form": form, "round": round_})


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: SignedInRequest, code: str) -> HttpResponse:
    """Another closing date."""
    permissions.require_director_of_rounds(request.user)
    round_ = selectors.round_by_code(code)
    form = ClosingForm(posted(request), initial={"closes_at": round_.closes_at, **kept_for(request)})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_closing(actor=request.user, round=round_, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, _("The closing date is changed."))
    return render(request, "selection/rounds/closing.html", {"form": form, "round": round_})


def _open(request: SignedInRequest, round_: Round) -> HttpResponse:
    services.open_round(actor=request.user, round=round_)
    return _done(request, _("The round is open."))


def _close(request: SignedInRequest, round_: Round) -> HttpResponse:
    services.close_round(actor=request.user, round=round_)
    return _done(request, _("The round is closed and in review."))


def _finish(request: SignedInRequest, round_: Round) -> HttpResponse:
    services.finish_round(actor=request.user, round=round_)
    return _done(request, _("The round is finished: its line is fixed and its results are final."))


def _publish(request: SignedInRequest, round_: Round) -> HttpResponse:
    services.publish_round(actor=request.user, round=round_)
    return _done(request, _("Round %(code)s is in the public calendar. It opens by itself.") % {"code": round_.code})


def _cancel(request: SignedInRequest, round_: Round) -> HttpResponse:
    services.cancel_round(actor=request.user, round=round_)
    return _done(request, _("Round %(code)s is cancelled.") % {"code": round_.code})


def _done(request: SignedInRequest, says: str) -> HttpResponse:
    messages.success(request, says)
    return redirect("selection:rounds")


ACTS: dict[str, Callable[[SignedInRequest, Round], HttpResponse]] = {
    "publish": _publish,
    "cancel": _cancel,
    "open": _open,
    "close": _close,
    "finish": _finish,
}


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: SignedInRequest, code: str, action: str) -> HttpResponse:
    """One act on a round: the page says what it will do before it does it."""
    if action not in ACTS:
        raise NotFound
    permissions.require_director_of_rounds(request.user)
    round_ = selectors.round_by_code(code)
    refusal = None
    if request.method == "POST":
        try:
            return ACTS[action](request, round_)
        except DomainError as said_no:
            refusal = said_no
    context = {
        "round": round_,
        "action": action,
        "refusal": refusal,
        "line": selectors.round_line(round_),
        "open_files": selectors.open_files_of(round_) if action == "finish" else [],
        "corrected": selectors.being_corrected(round_) if action == "close" else 0,
    }
    return render(request, "selection/rounds/act.html", context, status=409 if refusal else 200)
