"""Pages of days and months beside the books, and of what payment companies pay out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from payments.deposits import selectors as deposits_selectors
from payments.ledger import permissions as ledger_permissions
from payments.ledger import selectors as ledger_selectors
from payments.ledger import services as ledger
from payments.models import MatchProposal
from payments.money import figures
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files

from . import permissions, selectors, settling, showing, statements, workbook
from .forms import ReportForm, SettleForm
from .views import require_seen

if TYPE_CHECKING:
    from payments.models import BankAccount, WalletReport
    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _account(request: SignedInRequest, public_id: str) -> BankAccount:
    require_seen(request)
    found = next((row for row in selectors.accounts() if row.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def _month(year: int, month: int) -> tuple[date, date]:
    """Its first and last day. Raises NotFound for a month that is none."""
    try:
        first = date(year, month, 1)
    except (ValueError, OverflowError):
        raise NotFound from None
    return first, ledger_selectors.month_end(first)


# ---------------------------------------------------------------------------------------------------- months and days


@signed_in()
@require_safe
def month(request: SignedInRequest, account: str, year: int, month: int) -> HttpResponse:
    """The days of a month: what the bank says, what is matched, what the books say."""
    row = _account(request, account)
    first, last = _month(year, month)
    days = statements.days_of(row, first, last)
    context = {
        "account": row,
        "first": first,
        "months": statements.months_with_lines(row),
        "days": [(each, _figures(each)) for each in days],
        "came": figures(sum(each.came for each in days)),
        "gone": figures(sum(each.gone for each in days)),
        "opening": figures(days[0].opening) if days else "",
        "closing": figures(days[-1].closing) if days else "",
        "waiting": sum(each.waiting for each in days),
        "lines": sum(each.lines for each in days),
    }
    return render(request, "payments/reconciliation/month.html", context)


def _figures(day: statements.DayOfBank) -> dict[str, str]:
    names = ("opening", "came", "gone", "closing", "waits", "books", "on_way", "later", "left_over")
    return {name: figures(getattr(day, name)) for name in names}


@signed_in()
@require_safe
def month_xlsx(request: SignedInRequest, account: str, year: int, month: int) -> HttpResponse:
    row = _account(request, account)
    response = HttpResponse(workbook.month_xlsx(row, *_month(year, month)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="bank-{row.code}-{year}-{month:02d}.xlsx"'
    return response


@signed_in()
@require_safe
def month_csv(request: SignedInRequest, account: str, year: int, month: int) -> HttpResponse:
    row = _account(request, account)
    response = HttpResponse(workbook.month_csv(row, *_month(year, month)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bank-{row.code}-{year}-{month:02d}.csv"'
    return response


@signed_in(keeps_refused=False)
@require_http_methods(EDITS)
def day(request: SignedInRequest, account: str, year: int, month: int, day: int) -> HttpResponse:
    """One day of the bank against the books; prepared by one person, closed by another."""
    row = _day_account(request, account)
    try:
        on = date(year, month, day)
    except (ValueError, OverflowError):
        raise NotFound from None
    refusal = None
    if request.method == "POST":
        ledger_permissions.can_read_books(request.user).require()
        try:
            if "close" in request.POST:
                ledger.close_day(actor=request.user, day=on)
                messages.success(request, _("The day is closed. Nothing is booked into it any more."))
            else:
                ledger.prepare_close(actor=request.user, day=on, words=request.POST.get("words", "")[:300])
                messages.success(request, _("The day is prepared. Another person closes it."))
            return redirect("payments:bank_day", account, year, month, day)
        except DomainError as said_no:
            refusal = said_no
    found = statements.day_of(row, on)
    lines = keyset_page(statements.lines_of_day(row, on), order=["id"], cursor=request.GET.get("cursor"), size=50)
    context = {
        "account": row,
        "day": found,
        "close": found.close,
        "figures": _figures(found),
        "page": lines,
        "lines": [showing.LineRow(line, showing.money(line.amount), *showing.line_state(line)) for line in lines.rows],
        "books_day": ledger_selectors.figures_of(on),
        "moved": figures(ledger_selectors.figures_of(on).moved),
        "refusal": refusal,
        "is_over": on < today(),
        "can_prepare": bool(ledger_permissions.can_prepare_close(request.user)),
        "can_close": found.close is not None
        and found.close.closed_at is None
        and bool(ledger_permissions.can_close(request.user, found.close)),
    }
    return render(request, "payments/reconciliation/day.html", context, status=422 if refusal else 200)


def _day_account(request: SignedInRequest, account: str) -> BankAccount:
    """A director closes a day too, who otherwise only looks; the ledger asks its own permission."""
    if not permissions.can_see_bank(request.user):
        raise NotFound
    found = next((row for row in selectors.accounts() if row.public_id == account), None)
    if found is None:
        raise NotFound
    return found


# ------------------------------------------------------------------------------------------------- payment companies


@signed_in()
@takes_files
@require_http_methods(EDITS)
def reports(request: SignedInRequest) -> HttpResponse:
    """Reports of payment companies, and the way to hand one in."""
    require_seen(request)
    companies = [
        (provider.code, _(provider.name))
        for provider in deposits_selectors.ways()
        if not deposits_selectors.is_seen_late(provider.code)
    ]
    form = ReportForm(posted(request), request.FILES or None, providers=companies)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = settling.read_in(
                actor=request.user,
                provider=said["provider"],
                day=said["day"],
                file_name=said["file"].name,
                content=said["file"].read(),
            )
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("payments:bank_report", row.public_id)
    page = keyset_page(
        selectors.reports_visible_to(request.user), order=["-day", "-id"], cursor=request.GET.get("cursor"), size=20
    )
    context = {
        "form": form,
        "page": page,
        "rows": [
            (row, deposits_selectors.name_of(row.provider), figures(row.net), _match_of(row) is not None)
            for row in page.rows
        ],
        "with_them": [(name, figures(settling.still_with(code))) for code, name in companies],
        "can_work": permissions.can_work_bank(request.user),
    }
    return render(request, "payments/reconciliation/reports.html", context, status=422 if form.errors else 200)


def _match_of(row: WalletReport) -> object | None:
    return row.matches.filter(taken_back_at=None).select_related("line").first()


@signed_in(keeps_refused=False)
@require_http_methods(EDITS)
def report(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One report against the lines of the bank that may be its sum, to the paisa."""
    require_seen(request)
    row = selectors.report_for(request.user, public_id)
    refusal = None
    form = SettleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            line = selectors.line_for(request.user, said["line"])
            done = settling.settle(actor=request.user, report=row, line=line, add=said["add"], words=said["words"])
        except DomainError as said_no:
            refusal = said_no
        else:
            matched = _("The report and the line of the bank are matched.")
            messages.success(
                request, _("Proposed. Another person signs it.") if isinstance(done, MatchProposal) else matched
            )
            return redirect("payments:bank_report", public_id)
    match = _match_of(row)
    waits = settling.waiting_for(row)
    candidates = [] if match or waits else settling.lines_for(row)
    context = {
        "report": row,
        "company": deposits_selectors.name_of(row.provider),
        "rows": [(each[0], figures(each[1]), each in row.added) for each in (*row.rows, *row.added)],
        "gross": figures(row.gross),
        "fee": figures(row.fee),
        "net": figures(row.net),
        "match": match,
        "waits": showing.proposal_rows([waits], request.user)[0] if waits else None,
        "refusal": refusal,
        "candidates": [
            (
                line,
                figures(line.amount),
                figures(settling.difference(row, line)),
                settling.difference(row, line) == 0,
                [(each, figures(each.amount)) for each in settling.missing_rows(row, line)],
            )
            for line in candidates
        ],
        "can_work": permissions.can_work_bank(request.user),
    }
    return render(request, "payments/reconciliation/report.html", context, status=422 if refusal else 200)
