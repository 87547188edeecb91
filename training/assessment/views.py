"""The assessment as its person meets it, and what programme managers see of a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import as_sent, kept_for, signed_in
from tdap_portal.web.requests import posted
from training.practice import selectors as practice_selectors
from training.states import AttemptState

from . import permissions, selectors, services, wording
from .forms import CohortFilterForm, Fields, MoreForm, fields_of
from .services import Page

if TYPE_CHECKING:
    from tdap_portal.web.requests import SignedInRequest
    from training.models import Attempt, AttemptQuestion

EDITS = ["GET", "HEAD", "POST"]
SCRIPT = "X-Autosave"  # the header of what the page's script sends by itself
GONE = 410


@signed_in()
@require_safe
def assessment(request: SignedInRequest) -> HttpResponse:
    """What is open for the person, what is to come, what is done: assessments and practical tasks of every place."""
    places = selectors.places_of(request.user)
    for place in places:
        services.close_over(place.application_id)
    rows = [
        {
            "row": row,
            "stands": wording.stands_of(row),
            "may_answer": permissions.can_answer(request.user, row.place),
            "works": wording.works_of(row),
        }
        for row in selectors.standings_of(places)
    ]
    marks = practice_selectors.marks_anything(request.user)
    context = {"rows": rows, "to_mark": practice_selectors.number_to_mark(request.user) if marks else None}
    return render(request, "training/assessment/home.html", context)


@signed_in()
@require_http_methods(EDITS)
def begin(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What awaits the person, and the button that lets the time run."""
    place = selectors.place_for(request.user, public_id)
    refusal = None
    if request.method == "POST":
        permissions.can_answer(request.user, place).require()
        try:
            attempt = services.begin(actor=request.user, place=place)
        except DomainError as error:
            refusal = error
        else:
            return redirect("training:attempt", attempt.public_id)
    services.close_over(place.application_id)
    row = selectors.standing_of(place)
    if row.assessment is None:
        raise NotFound
    context = {
        "place": place,
        "row": row,
        "stands": wording.stands_of(row),
        "minutes": row.assessment.minutes + (row.more.minutes if row.more else 0),
        "may_answer": permissions.can_answer(request.user, place),
        "refusal": refusal,
    }
    return render(request, "training/assessment/begin.html", context, status=422 if refusal else 200)


# ---------------------------------------------------------------------------------------------------------- one try


def _open_attempt(request: SignedInRequest, public_id: str) -> Attempt | None:
    """The try while it is under way and this person answers it; None where its result is to be shown."""
    attempt = selectors.attempt_for(request.user, public_id)
    if attempt.pk in services.close_over(attempt.application_id):
        attempt = selectors.attempt_for(request.user, public_id)
    if attempt.state != AttemptState.OPEN:
        return None
    permissions.can_answer(request.user, attempt.place).require()
    return attempt


@signed_in()
@require_safe
def attempt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Leads to the first question that is open, or to the result."""
    row = _open_attempt(request, public_id)
    if row is None:
        return redirect("training:attempt_result", public_id)
    questions = selectors.questions_of(row)
    first = next((one.position for one in questions if not one.chosen), questions[0].position)
    return redirect("training:attempt_question", public_id, first)


@signed_in(keeps_refused=False)
@require_http_methods(EDITS)
def attempt_question(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """One question. Every button saves; the script of the page saves at every change, with the same fields."""
    if request.method == "POST":
        return _save(request, public_id, number)
    row = _open_attempt(request, public_id)
    if row is None:
        return redirect("training:attempt_result", public_id)
    questions = selectors.questions_of(row)
    if not 1 <= number <= len(questions):
        raise NotFound
    kept = fields_of(as_sent(kept_for(request))).answers.get(number)
    return render(request, "training/assessment/question.html", _question_context(row, questions, number, kept))


def _question_context(
    row: Attempt, questions: list[AttemptQuestion], number: int, kept: frozenset[int] | None
) -> dict[str, Any]:
    clock, now = selectors.clock_of(row), timezone.now()
    states = [wording.state_of(one) for one in questions]
    return {
        "attempt": row,
        "one": wording.shown_of(row, questions[number - 1], chosen=kept or None),
        "is_unsaved": bool(kept),
        "number": number,
        "map": [(one.position, wording.state_of(one)) for one in questions],
        "of": len(questions),
        "answered": sum(bool(one.chosen) for one in questions),
        "flagged": states.count("flag"),
        "open": sum(not one.chosen for one in questions),
        "ends_at": clock.ends_at,
        "left_seconds": max(0, int((clock.ends_at - now).total_seconds())),
        "left_minutes": max(0, int((clock.ends_at - now).total_seconds()) // 60),
        "saved_at": max((one.answered_at for one in questions if one.answered_at), default=None),
        "can_prolong": bool(row.spare_minutes) and row.spare_at is None,
        "progress": round(100 * number / len(questions)),
    }


def _page_of(attempt: Attempt, fields: Fields) -> Page:
    """From places as they were shown to positions as the questions have them."""
    rows = {row.position: wording.order_in(attempt, row) for row in selectors.questions_of(attempt)}

    def real(places: dict[int, frozenset[int]] | Any) -> dict[int, frozenset[int]]:
        return {
            position: frozenset(rows[position][place] for place in shown if place < len(rows[position]))
            for position, shown in places.items()
            if position in rows
        }

    return Page(real(fields.shown), real(fields.answers), fields.cleared, fields.flags)


def _save(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    row = selectors.attempt_for(request.user, public_id)
    permissions.can_answer(request.user, row.place).require()
    is_script = SCRIPT in request.headers
    fields = fields_of(request.POST)
    try:
        kept = services.save(actor=request.user, attempt=row, page=_page_of(row, fields))
    except DomainError as refusal:
        if is_script:
            url = reverse("training:attempt_result", args=[public_id])
            return JsonResponse({"says": str(refusal), "url": url}, status=GONE)
        messages.error(request, str(refusal))
        return redirect("training:attempt_result", public_id)
    if is_script:
        left = selectors.clock_of(row).ends_at - kept.at
        at = day_words(kept.at, "H:i:s")
        return JsonResponse({"at": at, "answered": kept.answered, "left": max(0, int(left.total_seconds()))})
    if number in fields.shown and fields.shown[number] and not fields.answers[number] and number not in fields.cleared:
        messages.info(
            request, _("Nothing was marked, so the answer that was saved stays. “Clear the answer” takes it away.")
        )
    return _go(request, row, number)


def _go(request: SignedInRequest, row: Attempt, number: int) -> HttpResponse:
    """Where a button of a question leads: go is "next", "back", "stay", "end" or the number of a question."""
    go, last = request.POST.get("go", "stay"), row.questions.count()
    if go == "end" or (go == "next" and number >= last):
        return redirect("training:attempt_hand_in", row.public_id)
    wanted = {"next": number + 1, "back": number - 1}.get(go, number)
    if go.isdecimal() and len(go) <= 3:
        wanted = int(go)
    return redirect("training:attempt_question", row.public_id, min(max(wanted, 1), last))


@signed_in("training:attempt")
@require_POST
def attempt_prolong(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The minutes that everybody may have more; what the page had marked comes along."""
    row = selectors.attempt_for(request.user, public_id)
    permissions.can_answer(request.user, row.place).require()
    number = request.POST.get("number", "1")
    try:
        services.save(actor=request.user, attempt=row, page=_page_of(row, fields_of(request.POST)))
        services.prolong(actor=request.user, attempt=row)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("training:attempt", public_id)
    messages.success(request, _("The time is longer now. Go on."))
    position = int(number) if number.isdecimal() and len(number) <= 3 else 1
    return redirect("training:attempt_question", public_id, min(max(position, 1), row.questions.count()))


@signed_in(keeps_refused=False)
@require_http_methods(EDITS)
def attempt_hand_in(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What is answered and what is open, before the try is closed."""
    if request.method == "POST":
        row = selectors.attempt_for(request.user, public_id)
        permissions.can_answer(request.user, row.place).require()
        try:
            services.hand_in(actor=request.user, attempt=row, page=_page_of(row, fields_of(request.POST)))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("training:attempt_result", public_id)
    found = _open_attempt(request, public_id)
    if found is None:
        return redirect("training:attempt_result", public_id)
    questions = selectors.questions_of(found)
    context = _question_context(found, questions, 1, None)
    return render(request, "training/assessment/hand_in.html", context)


@signed_in()
@require_safe
def attempt_result(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What came of a try; right answers only where no further try comes."""
    row = selectors.attempt_for(request.user, public_id)
    services.close_over(row.application_id)
    row = selectors.attempt_for(request.user, public_id)
    if row.state == AttemptState.OPEN:
        return redirect("training:attempt", public_id)
    standing = selectors.standing_of(row.place)
    answered = wording.answered_of(row, selectors.questions_of(row), with_right=selectors.is_final(standing))
    context = {
        "attempt": row,
        "standing": standing,
        "stands": wording.stands_of(standing),
        "answered": answered,
        "right": sum(one.result == "right" for one in answered),
        "not_right": [one for one in answered if one.result != "right"],
        "is_final": selectors.is_final(standing),
        "may_answer": permissions.can_answer(request.user, row.place),
        "late": row.late.count(),
    }
    return render(request, "training/assessment/result.html", context)


# -------------------------------------------------------------------------------------------------------- officials


@signed_in()
@require_safe
def cohort_assessment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Everybody of a cohort before the assessment and the practical tasks."""
    permissions.require_manager(request.user)
    cohort = selectors.cohort_by_id(public_id)
    services.close_over()
    form = CohortFilterForm(request.GET)
    rows = [
        (row, wording.stands_of(row), wording.works_of(row)) for row in selectors.cohort_lines(cohort, **form.filters())
    ]
    context = {"cohort": cohort, "rows": rows, "form": form}
    return render(request, "training/assessment/cohort.html", context)


@signed_in()
@require_safe
def cohort_attempt(request: SignedInRequest, public_id: str, attempt_id: str) -> HttpResponse:
    """One try with its answers, in the order in which the person saw them, and what arrived too late."""
    permissions.require_manager(request.user)
    cohort = selectors.cohort_by_id(public_id)
    row = selectors.attempt_in(cohort, attempt_id)
    services.close_over(row.application_id)
    row = selectors.attempt_in(cohort, attempt_id)
    is_over = row.state != AttemptState.OPEN
    questions = selectors.questions_of(row)
    context = {
        "cohort": cohort,
        "attempt": row,
        "is_over": is_over,
        "answered": wording.answered_of(row, questions, with_right=True) if is_over else [],
        "late": wording.late_words(questions, selectors.late_of(row)),
        "ends_at": selectors.clock_of(row).ends_at,
    }
    return render(request, "training/assessment/attempt.html", context)


@signed_in()
@require_http_methods(EDITS)
def assessment_more(request: SignedInRequest, public_id: str, place_id: str) -> HttpResponse:
    """More minutes, or another try, for one person."""
    permissions.require_manager(request.user)
    cohort = selectors.cohort_by_id(public_id)
    place = selectors.place_in(cohort, place_id)
    permissions.can_give_more(request.user, place).require()
    row = selectors.standing_of(place)
    given = row.more
    shown = {"minutes": given.minutes, "tries": given.tries, "words": given.words} if given else {}
    form = MoreForm(posted(request), initial=kept_for(request) or shown)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_more(actor=request.user, place=place, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It holds from now on, also in a try that is under way."))
            return redirect("training:cohort_assessment", public_id)
    context = {"cohort": cohort, "place": place, "form": form, "row": row}
    return render(request, "training/assessment/more.html", context)
