"""The books as officials read them: balances, an account line by line, an entry, and the closing of days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from smes.people import selectors as people_selectors
from tdap_portal.core.csv_text import csv_lines
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.core.xlsx_text import Sheet, as_xlsx
from tdap_portal.web.keeping import BackToForm, kept_form, signed_in
from tdap_portal.web.paging import keyset_page

from . import permissions, selectors, services, wording
from .forms import AccountFilterForm, DaysForm, OnForm, PrepareForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from payments.models import Account, DayClose
    from tdap_portal.web.requests import SignedInRequest

PAGE = 50
MAX_XLSX = 20_000  # lines of a workbook; more are taken as CSV, which has no bound


def _require(request: SignedInRequest) -> None:
    """To whoever does not read the books they are not there. Raises NotFound."""
    if not permissions.can_read_books(request.user):
        raise NotFound


@signed_in()
@require_safe
def balances(request: SignedInRequest) -> HttpResponse:
    """All accounts of one kind and code together, on any day; debits and credits are the same."""
    _require(request)
    form = OnForm(request.GET)
    on = form.day()
    lines = selectors.trial_balance(on)
    context = {
        "form": form,
        "on": on,
        "lines": wording.with_names(lines, selectors.names_of_banks()),
        "debit": sum(line.debit for line in lines),
        "credit": sum(line.credit for line in lines),
        "check": selectors.last_check(),
        "closed": selectors.last_closed_day(),
    }
    return render(request, "payments/books/balances.html", context)


@signed_in()
@require_safe
def accounts(request: SignedInRequest) -> HttpResponse:
    _require(request)
    form = AccountFilterForm(request.GET)
    kind, q = form.wanted()
    firms = None
    if q:
        firms = people_selectors.ids_of_firms_named(q)
    page = keyset_page(selectors.accounts(kind, firms), order=["pk"], cursor=request.GET.get("cursor"), size=PAGE)
    banks = selectors.names_of_banks()
    rows = [
        (row.account, wording.name_of(row.account, banks), row.balance) for row in selectors.with_balances(page.rows)
    ]
    context = {"form": form, "page": page, "rows": rows, "active": int(bool(kind)) + int(bool(q))}
    return render(request, "payments/books/accounts.html", context)


@signed_in()
@require_safe
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its lines, the newest first, with the balance at the end of each day."""
    row = selectors.account_by_id(request.user, pk)
    form = DaysForm(request.GET)
    lines = selectors.lines_of_account(row, *form.days())
    page = keyset_page(lines, order=["-day", "-id"], cursor=request.GET.get("cursor"), size=PAGE)
    after = selectors.balances_after(row, [line.day for line in page.rows])
    shown, last = [], None
    for line in page.rows:
        line.account = row
        shown.append((line, wording.moved(line), after[line.day] if line.day != last else None))
        last = line.day
    context = {
        "account": row,
        "name": wording.name_of(row, selectors.names_of_banks()),
        "form": form,
        "page": page,
        "rows": shown,
        "balance": selectors.balance(selectors.key_of(row)),
        "active": sum(day is not None for day in form.days()),
    }
    return render(request, "payments/books/account.html", context)


@signed_in()
@require_safe
def account_csv(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    row = selectors.account_by_id(request.user, pk)
    lines = selectors.lines_of_account(row, *DaysForm(request.GET).days()).order_by("day", "id")
    found = csv_lines(wording.CSV_HEAD, (wording.csv_row(line) for line in lines.iterator(chunk_size=2000)))
    response = StreamingHttpResponse(found, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tdap-account-{row.pk}.csv"'
    return response


@signed_in()
@require_safe
def account_xlsx(request: SignedInRequest, pk: int) -> HttpResponse:
    row: Account = selectors.account_by_id(request.user, pk)
    lines = selectors.lines_of_account(row, *DaysForm(request.GET).days()).order_by("day", "id")
    found = list(lines[: MAX_XLSX + 1])
    if len(found) > MAX_XLSX:
        words = _("A workbook holds %(number)s lines. Choose fewer days, or take the account as CSV.")
        messages.info(request, words % {"number": f"{MAX_XLSX:,}"})
        return redirect("payments:account", pk)
    name = wording.name_of(row, selectors.names_of_banks())
    sheet = Sheet(name, [wording.CSV_HEAD, *(wording.csv_row(line) for line in found)])
    content = as_xlsx([sheet], title=name, rtl=get_language_bidi())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="tdap-account-{row.pk}.xlsx"'
    return response


@signed_in()
@require_safe
def entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """One entry with its lines: what was debited, what was credited, and for what."""
    row = selectors.entry_for(request.user, pk)
    banks = selectors.names_of_banks()
    lines = [(line, wording.name_of(line.account, banks)) for line in selectors.lines_of(row)]
    context = {"entry": row, "lines": lines, "reversal": getattr(row, "reversed_by", None)}
    return render(request, "payments/books/entry.html", context)


# ----------------------------------------------------------------------------------------------------------------- days


@signed_in()
@require_safe
def days(request: SignedInRequest) -> HttpResponse:
    """Open days, the oldest first, and those that were prepared or closed."""
    _require(request)
    page = keyset_page(selectors.closes(), order=["-day", "-id"], cursor=request.GET.get("cursor"), size=PAGE)
    prepared = {row.day: row for row in page.rows if row.closed_at is None}
    open_days = [
        (day, number, _row_of(request, prepared.get(day) or selectors.close_of(day)))
        for day, number in selectors.open_days()[:PAGE]
    ]
    context = {
        "page": page,
        "closed": [row for row in page.rows if row.closed_at is not None],
        "open": open_days,
        "can_prepare": permissions.can_prepare_close(request.user),
        "last": selectors.last_closed_day(),
        "kept": kept_form(request, request.path),
    }
    return render(request, "payments/books/days.html", context)


def _row_of(request: SignedInRequest, row: DayClose | None) -> tuple[DayClose, object] | None:
    return None if row is None else (row, permissions.can_close(request.user, row))


@signed_in("payments:days", of=())
@require_POST
def prepare(request: SignedInRequest, day: str) -> HttpResponse:
    _require(request)
    form = PrepareForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    when = _day(day)
    return _act(
        request,
        lambda: services.prepare_close(actor=request.user, day=when, words=words),
        _("The day is prepared. Another person closes it."),
    )


@signed_in("payments:days", of=())
@require_POST
def close(request: SignedInRequest, day: str) -> HttpResponse:
    _require(request)
    when = _day(day)
    return _act(request, lambda: services.close_day(actor=request.user, day=when), _("The day is closed."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None


def _act(request: SignedInRequest, act: Callable[[], DayClose], says: str) -> HttpResponse:
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return BackToForm(reverse("payments:days"))
    messages.success(request, says)
    return redirect("payments:days")
