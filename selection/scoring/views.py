"""Scoring a round again, as the director does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from selection.review import permissions as review_permissions
from selection.rounds import permissions as rounds_permissions
from selection.rounds import selectors as rounds_selectors
from selection.trade import selectors as trade_selectors
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import signed_in

from . import selectors, services

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def rescore(request: SignedInRequest, code: str) -> HttpResponse:
    """Score all files of a round again: the page says what it will do before it does it."""
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    rounds_permissions.can_run_rounds(request.user).require()
    round_ = rounds_selectors.round_by_code(code)
    refusal = None
    if request.method == "POST":
        try:
            started = services.start_rescoring(actor=request.user, round=round_)
        except DomainError as error:
            refusal = error
        else:
            return redirect("selection:rescoring", public_id=started.public_id)
    context = {
        "round": round_,
        "action": "rescore",
        "refusal": refusal,
        "line": rounds_selectors.round_line(round_),
        "figures_kept": _named(round_.flows_vintage, round_.platform_vintage),
        "figures_newest": _named(*trade_selectors.vintages_in_use()),
        "last": selectors.newest_rescoring(round_),
    }
    return render(request, "selection/rounds/act.html", context, status=409 if refusal else 200)


def _named(*vintages: object) -> str:
    return ", ".join(str(vintage) for vintage in vintages if vintage)


@signed_in()
@require_safe
@vary_on_headers("HX-Request")
def rescoring(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far a rescoring is, asked again every three seconds until it is over."""
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    rounds_permissions.can_run_rounds(request.user).require()
    context = {"job": selectors.rescoring_by_id(public_id)}
    template = "_rescoring.html" if request.headers.get("HX-Request") == "true" else "rescoring.html"
    return render(request, f"selection/scoring/{template}", context)
