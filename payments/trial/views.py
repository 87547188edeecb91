"""The sandbox's page, as that of a payment company: it knows nobody of the portal, and believes nothing but the order that is posted."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.providers.sandbox.script import Scenario
from tdap_portal.core.errors import NotFound

from . import services, wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def _fields(request: HttpRequest) -> dict[str, str]:
    """The order, as it was posted; nothing else of the request."""
    return {name: value for name, value in request.POST.items() if name.startswith("pp_") and isinstance(value, str)}


def in_the_demo(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Elsewhere, and where the sandbox is not switched on, the page is not there, however it is asked for."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise NotFound
        services.sandbox()
        return view(request)

    return page


@csrf_exempt
@in_the_demo
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """What is to be paid, and how it shall go. The payer comes from another site in earnest, so without a token."""
    fields = _fields(request)
    deal = services.read_order(fields)
    context = {"deal": deal, "fields": fields.items(), "scenarios": wording.SCENARIOS.items()}
    return render(request, "payments/trial/order.html", context)


@csrf_exempt
@in_the_demo
@require_POST
def play(request: HttpRequest) -> HttpResponse:
    """Play a scenario: its notices are posted to the portal's door, and the payer goes back with a form."""
    fields = _fields(request)
    deal = services.read_order(fields)
    try:
        scenario = Scenario(request.POST.get("scenario", ""))
    except ValueError:
        raise NotFound from None
    script = services.play(deal, scenario)
    posted = services.post_notices(script, request.build_absolute_uri(reverse("payments:notice", args=["sandbox"])))
    context = {
        "deal": deal,
        "name": wording.SCENARIOS[scenario],
        "posted": posted,
        "return_url": fields.get("pp_ReturnURL", ""),
        "reference": script.provider_reference,
    }
    return render(request, "payments/trial/played.html", context)
