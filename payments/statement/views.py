"""The statement in public, its files, and the months that wait for a finance officer."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import signed_in

from . import overview, paper, permissions, selectors, services
from .suppress import LEAST, MOST_SHARE

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tdap_portal.web.requests import SignedInRequest

    from .selectors import Published

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _months(request: HttpRequest) -> list[Published]:
    """The month that the address names, else all that are shown. Raises NotFound for one that is not published."""
    asked = request.GET.get("month", "")
    if not asked:
        return selectors.published()
    month = _month(asked)
    found = selectors.published_month(month) if month else None
    if found is None:
        raise NotFound
    return [found]


def _month(text: str) -> date | None:
    match = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    return date(int(match[1]), int(match[2]), 1) if match else None


@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """What banks confirmed of the programme's firms, by month and sector, goods and services."""
    months = _months(request)
    context = {
        "months": paper.page_months(months),
        "finding": overview.finding(months),
        "figure": overview.figure_of(months),
        "least": LEAST,
        "most_share": MOST_SHARE,
        "one": request.GET.get("month", ""),
    }
    return render(request, "payments/statement/statement.html", context)


@require_safe
def statement_csv(request: HttpRequest) -> HttpResponse:
    """The same for programs."""
    return _file(paper.csv_of(_months(request)), "text/csv; charset=utf-8", "csv")


@require_safe
def statement_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    return _file(paper.xlsx_of(_months(request)), XLSX, "xlsx")


@require_safe
def statement_pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    address = request.build_absolute_uri(reverse("payments:proceeds_statement"))
    return _file(paper.pdf_of_months(_months(request), address), "application/pdf", "pdf")


def _file(content: str | bytes, kind: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="tdap-export-proceeds.{ending}"'
    return response


@signed_in()
@require_safe
def months(request: SignedInRequest) -> HttpResponse:
    """Which months wait, and what keeps them."""
    if not permissions.can_see_board(request.user):
        raise NotFound
    return _months_page(request)


def _months_page(request: SignedInRequest, refusal: str = "") -> HttpResponse:
    day = today()
    waiting = selectors.waiting(day)
    context = {
        "waiting": [
            (
                one,
                overview.month_words(one.month),
                one.month.isoformat()[:7],
                at == 0 and one.may_on <= day and not one.lacking,
            )
            for at, one in enumerate(waiting)
        ],
        "published": [(overview.month_words(one.month), one) for one in selectors.published()],
        "can_publish": permissions.can_publish(request.user),
        "refusal": refusal,
    }
    return render(request, "payments/statement/months.html", context, status=422 if refusal else 200)


@signed_in("payments:statement_months", of=())
@require_POST
def publish(request: SignedInRequest, month: str) -> HttpResponse:
    """Publish the month that is next."""
    found = _month(month)
    if found is None or not permissions.can_see_board(request.user):
        raise NotFound
    permissions.can_publish(request.user).require()
    try:
        services.publish(actor=request.user, month=found)
    except DomainError as refusal:
        return _months_page(request, str(refusal))
    messages.success(request, _("The month is published."))
    return redirect("payments:statement_months")
