"""The boards: a partner's own, the one of all cohorts, and partners side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.core.errors import NotFound
from tdap_portal.web.keeping import signed_in
from training.places.wording import given_words
from training.resources.selectors import known_cities
from training.states import CohortState

from . import overview, paper, permissions, selectors, services, wording, workbook
from .figures import Wanted
from .forms import BoardFilterForm, DigestForm, FunnelsForm, PartnerBoardForm
from .suppress import LEAST

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tdap_portal.web.requests import SignedInRequest

    from .overview import Board

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATE_TONES = {
    CohortState.PLANNED: "rest",
    CohortState.OPEN: "you",
    CohortState.RUNNING: "us",
    CohortState.FINISHED: "done",
    CohortState.CANCELLED: "no",
}


# ------------------------------------------------------------------------------------------------------ the partner


def _partner_board(request: SignedInRequest) -> tuple[Board, PartnerBoardForm]:
    """Raises NotFound for whoever is not of a partner that nominates, and for another's public id."""
    partner = selectors.partner_for(request.user, request.GET.get("partner", ""))
    snapshot = selectors.snapshot_of(partner)
    names = [(public_id, line.cohort.code) for public_id, line in snapshot.cohorts.items()]
    form = PartnerBoardForm(request.GET, rounds=snapshot.rounds, cohorts=names)
    asked = form.filters()
    return overview.board_of(snapshot, Wanted(asked["round"], asked["cohort"])), form


@signed_in()
@require_safe
def partner_board(request: SignedInRequest) -> HttpResponse:
    """What became of the firms that a partner nominated."""
    found, form = _partner_board(request)
    query = urlencode({"partner": found.partner.public_id, "round": found.wanted.round, "cohort": found.wanted.cohort})
    context = {
        "board": found,
        "form": form,
        "partners": selectors.partners_of(request.user),
        "needs": found.needs[: overview.SHOWN_NEEDS],
        "more_needs": max(0, len(found.needs) - overview.SHOWN_NEEDS),
        "cohorts": overview.cohorts_shown(found),
        "more_cohorts": max(0, len(found.cohorts) - overview.SHOWN_COHORTS),
        "strip": overview.strip_view(found),
        "strip_title": overview.strip_title(found),
        "completion": overview.completion(found),
        "key": [wording.MARKS[code] for code in wording.KEY],
        "least": LEAST,
        "bare": _(", ").join(table.title for table in found.splits if not table.rows),
        "query": query,
        "wants_digest": selectors.wish_of(request.user, found.partner) is not None,
    }
    return render(request, "training/board/partner.html", context)


@signed_in()
@require_safe
def partner_workbook(request: SignedInRequest) -> HttpResponse:
    """The same figures as a workbook."""
    found, _form = _partner_board(request)
    return _file(workbook.workbook_of(found), XLSX, found, "xlsx")


@signed_in()
@require_safe
def partner_pdf(request: SignedInRequest) -> HttpResponse:
    """The same figures on paper, in the language of the page."""
    found, _form = _partner_board(request)
    return _file(paper.pdf_of(found), "application/pdf", found, "pdf")


def _file(content: bytes, kind: str, found: Board, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    day = timezone.localdate(found.at).isoformat()
    response["Content-Disposition"] = f'attachment; filename="tdap-cohorts-{day}.{ending}"'
    return response


@signed_in()
@require_POST
def digest(request: SignedInRequest) -> HttpResponse:
    """Whether the person wants the monthly digest."""
    partner = selectors.partner_for(request.user, request.GET.get("partner", ""))
    form = DigestForm(request.POST)
    if form.is_valid() and form.cleaned_data["wanted"]:
        services.want_digest(actor=request.user, partner=partner)
        messages.success(request, _("The figures come by mail on the first working day of each month."))
    else:
        services.stop_digest(actor=request.user, partner=partner)
        messages.success(request, _("The figures no longer come by mail."))
    return redirect(f"{reverse('training:partner_board')}?{urlencode({'partner': partner.public_id})}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def digest_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of a digest: asks, then stops it, without signing in. One that was stopped reads as one that never was."""
    if request.method == "POST":
        stopped = services.stop_by_token(token=token)
        return render(request, "training/board/stopped.html", status=200 if stopped else 404)
    wish = selectors.wish_by_token(token)
    if wish is None:
        return render(request, "training/board/stopped.html", status=404)
    context = {
        "title": _("Stop the monthly figures of %(partner)s?") % {"partner": wish.partner.name},
        "says": _(
            "No more mail comes about them. They stay on the page of your cohorts, where you can ask for them again."
        ),
        "submit": _("Stop the mail"),
        "back_url": reverse("training:partner_board"),
    }
    return render(request, "web/confirm.html", context)


@signed_in()
@require_safe
def taught(request: SignedInRequest) -> HttpResponse:
    """The cohorts that trainers of the platform teach, in figures."""
    page = selectors.taught_page(request.user, request.GET.get("cursor"))
    lines = selectors.taught_lines(request.user, page.rows)
    context = {
        "page": page,
        "rows": [
            (line, given_words(line.cohort), wording.percent(line.share), STATE_TONES[CohortState(line.cohort.state)])
            for line in lines
        ],
        "least": LEAST,
        "form": None,
    }
    return render(request, "training/board/taught.html", context)


# ----------------------------------------------------------------------------------------------------- the officials


def _require_official(request: SignedInRequest) -> None:
    if not request.user.is_official:
        raise NotFound


@signed_in()
@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """All cohorts in figures."""
    _require_official(request)
    permissions.can_see_board(request.user).require()
    form = BoardFilterForm(request.GET)
    page = selectors.cohorts_page(form.filters(), request.GET.get("cursor"))
    found = selectors.totals()
    context = {
        "form": form,
        "page": page,
        "rows": [
            (line, given_words(line.cohort), wording.percent(line.share), STATE_TONES[CohortState(line.cohort.state)])
            for line in selectors.board_lines(page.rows)
        ],
        "totals": found,
        "says": overview.totals_words(found),
        "cities": known_cities(),
        "may_see_funnels": permissions.can_see_funnels(request.user),
    }
    return render(request, "training/board/board.html", context)


@signed_in()
@require_safe
def funnels(request: SignedInRequest) -> HttpResponse:
    """The nominees of each partner in a round, by the step that they have reached."""
    _require_official(request)
    permissions.can_see_funnels(request.user).require()
    rounds = selectors.rounds_nominated_in()
    form = FunnelsForm(request.GET, rounds=rounds)
    asked = form.filters()["round"]
    round_ = next((row for row in rounds if row.code == asked), next(iter(rounds), None))
    lines = selectors.funnels_visible_to(request.user, round_) if round_ else []
    context = {
        "form": form,
        "round": round_,
        "table": overview.funnels_table(lines),
        "figure": overview.funnels_figure(lines, round_.code) if round_ and lines else None,
    }
    return render(request, "training/board/funnels.html", context)
