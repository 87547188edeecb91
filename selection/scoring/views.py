"""Scoring a round again, and what a policy makes of it at each level, as the director does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from selection.policy import selectors as policy_selectors
from selection.rounds import permissions as rounds_permissions
from selection.rounds import selectors as rounds_selectors
from selection.trade import selectors as trade_selectors
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted

from . import selectors, services, wording
from .forms import LevelsForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def rescore(request: SignedInRequest, code: str) -> HttpResponse:
    """Score all files of a round again: the page says what it will do before it does it."""
    rounds_permissions.require_director_of_rounds(request.user)
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
    rounds_permissions.require_director_of_rounds(request.user)
    context = {"job": selectors.rescoring_by_id(public_id)}
    template = "_rescoring.html" if request.headers.get("HX-Request") == "true" else "rescoring.html"
    return render(request, f"selection/scoring/{template}", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def levels(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose the policy whose points are counted for a round at each level of evidence; the worker counts."""
    rounds_permissions.require_director_of_rounds(request.user)
    round_ = rounds_selectors.round_by_code(code)
    form = LevelsForm(posted(request), initial={"policy": round_.policy, **kept_for(request)})
    if request.method == "POST" and form.is_valid():
        started = services.start_level_study(actor=request.user, round=round_, **form.cleaned_data)
        return redirect("selection:level_study", public_id=started.public_id)
    context = {"round": round_, "form": form, "studies": selectors.level_studies_of(round_)}
    return render(request, "selection/scoring/levels.html", context)


@signed_in()
@require_safe
@vary_on_headers("HX-Request")
def level_study(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far a study of levels is, asked again every three seconds; then what it found."""
    rounds_permissions.require_director_of_rounds(request.user)
    study = selectors.level_study_by_id(public_id)
    context: dict[str, Any] = {"study": study}
    if study.finished_at:
        counted = selectors.counted_in(study)
        line = selectors.studied_line(study, counted)
        policy = policy_selectors.policy_of(study.policy)
        context |= {
            "line": line,
            "is_fixed": line is not None and line == study.round.line_points and study.policy == study.round.policy,
            "asks_for_proof": policy.asks_for_proof,
            "overview": wording.overview_of(counted, line, seats=study.round.seats),
            "criteria": wording.criteria_of(counted, policy),
            "figures": wording.figures_of(counted, line, day=study.finished_at),
        }
    template = "_level_study.html" if request.headers.get("HX-Request") == "true" else "level_study.html"
    return render(request, f"selection/scoring/{template}", context)
