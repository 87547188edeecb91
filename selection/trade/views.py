"""Pages: figures of the sectors for everybody; sources, runs and the platform's file for officials and the platform partner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.uploads import takes_files

from . import labels, permissions, selectors, services, wording
from .arithmetic.indicators import SHOWN_OF_HEADING
from .forms import DecisionForm, PlatformFileForm
from .sources import platform_csv
from .states import RunState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tdap_portal.web.requests import SignedInRequest

    from .models import ImportRun

EXAMPLE_ROW = "950662,DEU,2026-09,5200,31,96,140,4.20,7.90"


@require_safe
def sectors(request: HttpRequest) -> HttpResponse:
    """All sectors with their main figures; public."""
    page = wording.FiguresPage()
    names = (wording.Name.EXPORT_VALUE, wording.Name.RCA, wording.Name.WORLD_IMPORT_GROWTH, wording.Name.MARKET_SHARE)
    rows = [
        {
            "code": figures.sector.code,
            "name": _(figures.sector.name),
            "lines": [page.line(name, figures.own.get(name.value)) for name in names],
            "services": bool(figures.sector.services and not figures.sector.hs_prefixes),
        }
        for figures in selectors.sectors_with_indicators()
    ]
    context = {
        "rows": rows,
        "heads": [dict(labels.INDICATOR_NAMES)[name.value] for name in names],
        "sources": page.sources(),
        "names_editions": page.names_editions,
        "has_old": page.has_old,
    }
    return render(request, "trade/sectors.html", context)


@require_safe
def sector(request: HttpRequest, code: str) -> HttpResponse:
    """One sector with each figure's source, years, vintage and age; public."""
    figures = selectors.sector_figures(code)
    page = wording.FiguresPage()
    language = get_language() or "en"
    name = _(figures.sector.name)
    context = {
        "name": name,
        "services": bool(figures.sector.services and not figures.sector.hs_prefixes),
        "lines": [page.line(each, figures.own.get(each.value)) for each in wording.SHOWN_OF_SECTOR],
        "chart": wording.advantage_chart(figures, name),
        "heads": [dict(labels.INDICATOR_NAMES)[each.value] for each in SHOWN_OF_HEADING],
        "headings": wording.heading_rows(page, figures),
        "heading_notes": wording.heading_notes(figures, language),
        "simulated": bool(figures.platform and figures.platform.is_simulated),
        "flows": figures.flows,
    }
    context |= {"sources": page.sources(), "names_editions": page.names_editions, "has_old": page.has_old}
    return render(request, "trade/sector.html", context)


@signed_in()
@require_safe
def runs(request: SignedInRequest) -> HttpResponse:
    """Sources with their age, and all runs, newest first."""
    _require_reader(request)
    page = keyset_page(selectors.runs_visible_to(request.user), order=("-pk",), cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "ages": selectors.source_ages(),
        "can_load": bool(permissions.can_load_flows(request.user)),
        "can_hand_in": bool(permissions.can_hand_in_platform_figures(request.user)),
    }
    return render(request, "trade/runs.html", context)


@signed_in()
@require_safe
def run(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One run with its log and the rows it refused; a trial can be confirmed and a held run decided here."""
    _require_reader(request)
    return _run_page(request, selectors.run_for(request.user, public_id), DecisionForm(initial=kept_for(request)))


def _run_page(request: SignedInRequest, row: ImportRun, form: DecisionForm) -> HttpResponse:
    waits, is_held = row.state == RunState.CHECKED, row.state == RunState.HELD
    context = {
        "run": row,
        "lines": selectors.log_of(row),
        "refused": selectors.refused_rows_of(row),
        "can_confirm": waits and bool(permissions.can_hand_in_platform_figures(request.user)),
        "trial_notes": selectors.notes_of_trial(row) if waits else [],
        "held_because": selectors.reasons_of(row) if is_held else [],
        "can_decide": is_held and bool(permissions.can_decide_on_held(request.user, row)),
        "form": form,
    }
    return render(request, "trade/run.html", context)


@takes_files
@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def platform(request: SignedInRequest) -> HttpResponse:
    """Hand in the platform's file; it is read on trial and shown, row by row, before anything is used."""
    if not permissions.can_hand_in_platform_figures(request.user):
        raise NotFound
    form = PlatformFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.import_platform_csv(actor=request.user, file=form.cleaned_data["file"], dry_run=True)
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("trade:run", public_id=row.public_id)
    context = {"form": form, "columns": platform_csv.COLUMNS, "example": EXAMPLE_ROW}
    return render(request, "trade/platform.html", context)


@signed_in()
@require_safe
def platform_template(request: SignedInRequest) -> HttpResponse:
    """An empty file with the right first line and one invented row."""
    if not permissions.can_hand_in_platform_figures(request.user):
        raise NotFound
    text = f"{','.join(platform_csv.COLUMNS)}\r\n{EXAMPLE_ROW}\r\n"
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="platform.csv"'},
    )


@signed_in(back="trade:run")
@require_POST
def confirm(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.run_for(request.user, public_id)
    done = services.confirm_platform_csv(actor=request.user, run=row)
    if done.state == RunState.UNCHANGED:
        messages.info(request, _("The same file is already in use or waits for a look. Nothing was changed."))
    else:
        messages.success(
            request, _("A second person at TDAP looks at the figures before they are used. You will be told.")
        )
    return redirect("trade:run", public_id=public_id)


@signed_in(back="trade:run")
@require_POST
def decide(request: SignedInRequest, public_id: str, act: str) -> HttpResponse:
    """A second person publishes or refuses held figures, with a reason."""
    _require_reader(request)
    row = selectors.run_for(request.user, public_id)
    permissions.can_decide_on_held(request.user, row).require()
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _run_page(request, row, form)
    if act == "publish":
        services.publish_held(actor=request.user, run=row, reason=form.cleaned_data["reason"])
        messages.success(request, _("The figures are in use now."))
    else:
        services.refuse_held(actor=request.user, run=row, reason=form.cleaned_data["reason"])
        messages.success(request, _("The figures were refused. Those in use stay."))
    return redirect("trade:run", public_id=public_id)


@signed_in(back="trade:run")
@require_POST
def drop(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.run_for(request.user, public_id)
    services.drop_platform_csv(actor=request.user, run=row)
    messages.success(request, _("The file was discarded. Nothing of it is in use."))
    return redirect("trade:runs")


@signed_in(back="trade:runs")
@require_POST
def pull(request: SignedInRequest) -> HttpResponse:
    """Ask a worker to fetch UN Comtrade."""
    _require_reader(request)
    row = services.request_comtrade_pull(actor=request.user)
    messages.success(request, _("A worker will fetch the figures now. This page shows how far it is; load it again."))
    return redirect("trade:run", public_id=row.public_id)


def _require_reader(request: SignedInRequest) -> None:
    """To others these pages are not there."""
    if not permissions.can_see_runs(request.user):
        raise NotFound
