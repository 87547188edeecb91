"""Public pages: the search for HS codes. The eligibility check, whose questions stand here, asks the policy one floor above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from smes.vocabulary import hs_search as hs

from .selectors import results

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@vary_on_headers("HX-Request")
def hs_search(request: HttpRequest) -> HttpResponse:
    """Products for plain words: a page by itself, or the list alone for a page that asks by htmx."""
    query = request.GET.get("q", "")
    is_part = request.headers.get("HX-Request") == "true"
    tick = is_part and "tick" in request.GET
    context = results(
        query,
        request.GET.get("sector") or None,
        request.GET.getlist("hs"),
        listed=request.GET.getlist("listed") if tick else None,
    )
    template = "smes/check/_hs_results.html" if is_part else "smes/check/hs_search.html"
    return render(request, template, {**context, "tick": tick})


@require_safe
def hs_browse(request: HttpRequest) -> HttpResponse:
    """Walk the nomenclature: chapters, headings of one, subheadings of one."""
    code = request.GET.get("code", "")
    path = [line for line in (_line(code[:2]), _line(code[:4])) if line] if code else []
    lines = hs.below(path[-1].code) if path else hs.chapters()
    above = path[-2].code if len(path) > 1 else ""
    return render(
        request, "smes/check/hs_browse.html", {"path": path, "lines": lines, "above": above, "edition": hs.EDITION}
    )


def _line(code: str) -> hs.NomenclatureLine | None:
    description = hs.description_of(code) if len(code) in {2, 4} else None
    return hs.NomenclatureLine(code, description) if description else None
