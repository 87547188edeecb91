"""The training as a firm follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from selection.applications import selectors as applications_selectors
from tdap_portal.web.keeping import signed_in
from training.attendance import selectors as attendance_selectors
from training.certificates.earning import Lack
from training.certificates.lacks import LACKS
from training.places.wording import given_words
from training.states import SessionStage

from . import selectors, wording

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest

DONE_HERE = (Lack.ASSESSMENT, Lack.NOT_PASSED, Lack.TASK)  # at the page of the assessment


@signed_in()
@require_safe
def training(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The next session and how to get there, the days, the hours, and what is missing for the certificate. A firm without a place
    is led to the choice of one."""
    file = applications_selectors.application_for(request.user, public_id)
    now = timezone.now()
    found = selectors.training_of(file, now=now)
    if found is None:
        return redirect("training:place", public_id)
    context = {
        "application": file,
        "training": found,
        "cohort": found.place.cohort,
        "given": given_words(found.place.cohort),
        "days": [(seen, *wording.state_of(seen)) for seen in found.days],
        "attended": wording.attended_words(found.hours),
        "lacks": [(LACKS[lack], lack in DONE_HERE) for lack in found.lacks],
        "checks_in": found.next is not None and attendance_selectors.checks_in(found.next.session, now=now),
        "is_running": found.next is not None and found.next.stage == SessionStage.IN_PROGRESS,
    }
    return render(request, "training/firm/training.html", context)
