"""The three questions on a session, and what its trainer and programme managers read of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .counting import STEP
from .forms import FeedbackForm, ResultsFilterForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import FeedbackCount

PAGE = 50


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: SignedInRequest, public_id: str) -> HttpResponse:
    """For who was expected: the questions while answers are taken, else why there are none."""
    session, place = selectors.session_for_answer(request.user, public_id)
    answer = selectors.answer_of(session, place)
    given: dict[str, Any] = {"useful": answer.useful, "clear": answer.clear, "words": answer.words} if answer else {}
    form = FeedbackForm(posted(request), initial=given | kept_for(request))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            services.give_feedback(actor=request.user, session=session, place=place, **form.cleaned_data)
        except DomainError as error:
            refusal = error
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. It is noted, and your name does not stand beside it."))
            return redirect("training:feedback", public_id)
    came = bool(selectors.places_that_came(session, [place]))
    context = {
        "session": session,
        "answer": answer,
        "form": form,
        "is_open": came and selectors.is_open(session),
        "came": came,
        "closes": selectors.closes_at(session),
        "refusal": refusal,
    }
    wrong = request.method == "POST"
    return render(request, "training/feedback/feedback.html", context, status=422 if wrong else 200)


@signed_in()
@require_safe
def results_list(request: SignedInRequest) -> HttpResponse:
    """Sessions with what was said of them."""
    sees_all = bool(permissions.can_see_all(request.user))
    cohorts = selectors.cohorts_with_answers(request.user)
    trainers = selectors.trainers_with_answers() if sees_all else []
    form = ResultsFilterForm(request.GET, cohorts=cohorts, trainers=trainers)
    wanted = form.wanted()
    rows = selectors.counts_visible_to(request.user, cohort=wanted["cohort"], trainer=wanted["trainer"])
    order = selectors.ORDERS.get(wanted["order"], selectors.ORDERS["newest"])
    page = keyset_page(rows, order=order, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "form": form,
        "page": page,
        "active": sum(bool(wanted[name]) for name in ("cohort", "trainer")),
        "sees_all": sees_all,
        "step": STEP,
    }
    return render(request, "training/feedback/list.html", context)


@signed_in()
@require_safe
def results(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What was said of one session, without names, once five people have answered."""
    session = selectors.session_for_results(request.user, public_id)
    count = selectors.count_of(session)
    context = {"session": session, "count": count, "lines": _lines(count) if count else [], "step": STEP}
    return render(request, "training/feedback/results.html", context)


def _lines(count: FeedbackCount) -> list[dict[str, Any]]:
    """Each question with its mean, and how many gave each mark."""
    questions = (
        (_("Useful for the firm"), count.useful_mean, count.useful),
        (_("Could be followed"), count.clear_mean, count.clear),
    )
    return [
        {"question": question, "mean": value, "marks": list(zip(range(1, 6), counts, strict=True))}
        for question, value, counts in questions
    ]
