"""Finance for small firms, quarter by quarter, in public; officials add figures with their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted

from . import overview, permissions, selectors, services
from .forms import PointForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tdap_portal.web.requests import SignedInRequest


@require_safe
def pulse(request: HttpRequest) -> HttpResponse:
    """The series with their sources, growth, what the article said, and the portal's own numbers."""
    points = selectors.standing()
    context = {
        "finding": overview.finding(points),
        "figure": overview.figure_of(points),
        "tables": overview.tables(points),
        "growth": [overview.growth_words(one) for one in reversed(selectors.growth_of(points))],
        "of_gdp": [(one, overview.number(one.percent)) for one in reversed(selectors.of_gdp(points))],
        "article": overview.article_rows(points),
        "own": selectors.own_numbers(),
        "replaced": [
            (one, overview.number(one.value), overview.number(one.replaced_by.value)) for one in selectors.replaced()
        ],
        "can_add": permissions.can_add(request.user),
    }
    return render(request, "payments/pulse/pulse.html", context)


@require_safe
def pulse_csv(request: HttpRequest) -> HttpResponse:
    """The same figures for programs."""
    response = HttpResponse(overview.csv_of(selectors.standing()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tdap-finance-pulse.csv"'
    return response


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """A figure with its source, or one that takes another's place."""
    if not permissions.can_add(request.user):
        raise NotFound
    form = PointForm(posted(request), added=services.ADDED, initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_point(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The figure stands in its series."))
            return redirect("payments:pulse")
    return render(request, "payments/pulse/add.html", {"form": form}, status=422 if form.is_bound else 200)
