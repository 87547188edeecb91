"""Reports of meetings online, for the trainer of a session and programme managers: upload, columns, look, count, names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files
from training.attendance.meeting import lacking
from training.models.labels import ATTENDANCE_LABELS

from . import selectors, services, wording
from .forms import ColumnsForm, NamesForm, ReportForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import MeetingReport, Session

    from .selectors import Overview

TONES = {"present": "done", "late": "you", "absent": "no"}
EDITS = ["GET", "HEAD", "POST"]


@signed_in()
@takes_files
@require_http_methods(EDITS)
def upload(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The reports of a session, and the way to one more."""
    session = selectors.session_for(request.user, public_id)
    form = ReportForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = services.read_in(actor=request.user, session=session, file_name=file.name, content=file.read())
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            if row.counted_at is not None:
                messages.info(request, _("This file counts already. Nothing was changed."))
                return redirect("training:report_result", public_id)
            page = "training:report_columns" if lacking(row.mapping) else "training:report"
            return redirect(page, public_id, row.public_id)
    context = {"form": form, "session": session, "reports": selectors.reports_of(session)}
    return render(request, "training/meetings/upload.html", context, status=422 if form.errors else 200)


@signed_in()
@require_http_methods(EDITS)
def columns(request: SignedInRequest, public_id: str, report_id: str) -> HttpResponse:
    """Which column is which; kept for the next report with these headings."""
    session, row = _report(request, public_id, report_id)
    initial = {name: str(at) for name, at in row.mapping.items()} | kept_for(request)
    form = ColumnsForm(posted(request), head=row.head, zones=selectors.zones_of(session), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.map_columns(actor=request.user, report=row, columns=form.columns(), zone=form.cleaned_data["zone"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("training:report", public_id, report_id)
    context = {"form": form, "session": session, "report": row, "first": row.rows[:3]}
    return render(request, "training/meetings/columns.html", context, status=422 if form.errors else 200)


@signed_in(keeps_refused=False)
@require_http_methods(EDITS)
def report(request: SignedInRequest, public_id: str, report_id: str) -> HttpResponse:
    """What a report would come to; the button lets it count."""
    session, row = _report(request, public_id, report_id)
    if row.counted_at is not None:
        return redirect("training:report_result", public_id)
    if lacking(row.mapping):
        return redirect("training:report_columns", public_id, report_id)
    refusal = overview = None
    try:
        if request.method == "POST":
            return _act(request, row)
        overview = selectors.overview_of(session, beside=selectors.lines_in(row))
    except DomainError as said_no:
        refusal = said_no
    context = {"session": session, "report": row, "refusal": refusal, "overview": overview}
    if overview is not None:
        context |= _people(overview)
    return render(
        request, "training/meetings/report.html", context, status=422 if refusal and request.method == "POST" else 200
    )


def _act(request: SignedInRequest, row: MeetingReport) -> HttpResponse:
    """Count it, or forget it. Raises DomainError."""
    public_id = row.session.public_id
    if "drop" in request.POST:
        services.drop(actor=request.user, report=row)
        messages.success(request, _("The report is forgotten. Nothing was counted."))
        return redirect("training:report_upload", public_id)
    _say_changed(request, services.count(actor=request.user, report=row))
    return redirect("training:report_result", public_id)


def _say_changed(request: SignedInRequest, number: int) -> None:
    text = ngettext("The minutes of %(number)d person changed.", "The minutes of %(number)d people changed.", number)
    messages.success(request, text % {"number": number} if number else _("Nobody’s minutes changed."))


@signed_in()
@require_safe
def result(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What all reports of a session come to, and who is still to be named."""
    session = selectors.session_for(request.user, public_id)
    return _result_page(request, session)


@signed_in("training:report_result")
@require_POST
def names(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Who somebody in a report is, or no longer is."""
    session = selectors.session_for(request.user, public_id)
    form = NamesForm(request.POST, overview=_overview(session))
    try:
        if "take_back" in request.POST:
            written = {selectors.key_of(row.written): row.written for row in selectors.named_in(session)}
            said = {text: "" for key, text in written.items() if key == request.POST["take_back"]}
        elif form.is_valid():
            said = form.named()
        else:
            return _result_page(request, session, form=form)
        changed = services.name_participants(actor=request.user, session=session, named=said)
    except DomainError as refusal:
        return _result_page(request, session, form=form, refusal=refusal)
    _say_changed(request, changed)
    return redirect("training:report_result", public_id)


def _result_page(
    request: SignedInRequest, session: Session, *, form: NamesForm | None = None, refusal: DomainError | None = None
) -> HttpResponse:
    overview = _overview(session)
    context = {
        "session": session,
        "overview": overview,
        "reports": [row for row in selectors.reports_of(session) if row.counted_at is not None],
        "named": [(selectors.key_of(row.written), row) for row in selectors.named_in(session)],
        "form": form or NamesForm(overview=overview, initial=kept_for(request)),
        "refusal": refusal,
        **_people(overview),
    }
    wrong = refusal is not None or form is not None
    return render(request, "training/meetings/result.html", context, status=422 if wrong else 200)


def _overview(session: Session) -> Overview:
    """Raises NotFound for a session without a day: it has no report."""
    if session.starts_at is None:
        raise NotFound
    return selectors.overview_of(session)


def _people(overview: Overview) -> dict[str, Any]:
    return {
        "people": [
            (
                one,
                ATTENDANCE_LABELS[one.status],
                TONES[one.status],
                wording.tenths(one.minutes),
                f"{float(one.share * 100):.1f}",
            )
            for one in overview.people
        ],
        "left_out": [(written, wording.tenths(minutes)) for written, minutes in overview.left_out],
        "waiting": [(one, wording.tenths(one.minutes)) for one in overview.unknown],
    }


def _report(request: SignedInRequest, public_id: str, report_id: str) -> tuple[Session, MeetingReport]:
    session = selectors.session_for(request.user, public_id)
    return session, selectors.report_in(session, report_id)
