"""What is done on the trainer's pages: the roll by form, by device and from paper, corrections, the code stopped and shown."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.web.keeping import kept_form, signed_in
from training.attendance import permissions as attendance_permissions
from training.attendance import selectors as attendance_selectors
from training.attendance import services as attendance_services
from training.states import MarkSource as Source

from . import overview, selectors
from .forms import CorrectionForm, RollForm, SentForm
from .views import Refused, is_same_day, person_page, session_page

if TYPE_CHECKING:
    from datetime import datetime

    from tdap_portal.web.requests import SignedInRequest
    from training.attendance.services import RollTaken
    from training.models import Session

EDITS = ["GET", "HEAD", "POST"]


def taken_words(taken: RollTaken) -> str:
    """What became of a roll, in sentences."""
    if not taken.new:
        said = [_("Nothing new: the portal has all of it.")]
    else:
        words = ngettext("%(number)d mark is saved.", "%(number)d marks are saved.", taken.new)
        said = [words % {"number": taken.new}]
    if taken.open:
        words = ngettext(
            "Of %(number)d person another mark says something else: choose which is right.",
            "Of %(number)d people another mark says something else: choose which is right.",
            taken.open,
        )
        said.append(words % {"number": taken.open})
    if taken.visitors:
        words = ngettext(
            "%(number)d person has no place in this cohort and is kept as a visitor, without hours.",
            "%(number)d people have no place in this cohort and are kept as visitors, without hours.",
            taken.visitors,
        )
        said.append(words % {"number": taken.visitors})
    return " ".join(said)


def _status_of(refusal: DomainError) -> int:
    return 403 if isinstance(refusal, NotAllowed) else 409


# ------------------------------------------------------------------------------------------------------------- the roll


@signed_in("training:session")
@require_POST
def roll(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The form of the page."""
    row = selectors.session_for(request.user, public_id)
    attendance_permissions.can_take_roll(request.user, row).require()
    lines = [line for line in attendance_selectors.roll_of(row) if not line.is_visitor]
    if not is_same_day(row):  # from the day after on, who is marked is changed by a correction, with its reason
        lines = [line for line in lines if line.settled.status is None]
    form = RollForm(request.POST, places=[line.place for line in lines], length=row.minutes)
    if not form.is_valid():
        words = _("Some minutes are no number. Nothing was saved yet; what you chose stands below.")
        return session_page(request, row, typed=request.POST.dict(), roll_form=form, refused=Refused(words))
    called = form.called(at=timezone.now())
    if not called:
        messages.info(request, _("Nothing was changed."))
        return redirect("training:session", public_id)
    try:
        taken = attendance_services.take_roll(actor=request.user, session=row, called=called)
    except DomainError as refusal:
        refused = Refused(str(refusal), status=_status_of(refusal))
        return session_page(request, row, typed=request.POST.dict(), refused=refused)
    messages.success(request, taken_words(taken))
    return redirect("training:session", public_id)


@signed_in("training:session", keeps_refused=False)
@require_POST
def marks(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a device kept while there was no network. Answered as JSON, refusals too: the device keeps what was refused."""
    try:
        row = selectors.session_for(request.user, public_id)
    except NotFound:
        words = _("This is not a session of yours any more, so nothing of it was taken. Give the marks to its trainer.")
        return JsonResponse({"code": "not_found", "refusal": words}, status=404)
    may_take = attendance_permissions.can_take_roll(request.user, row)
    if not may_take:
        return JsonResponse({"code": "not_allowed", "refusal": str(may_take.reason)}, status=403)
    form = SentForm(request.POST, length=row.minutes)
    if not form.is_valid():
        return JsonResponse({"code": "unreadable", "refusal": form.first_error()}, status=422)
    sent = form.sent()
    try:
        taken = attendance_services.take_roll(
            actor=request.user, session=row, called=sent.called, device=sent.device, device_now=sent.now
        )
    except DomainError as refusal:
        return JsonResponse({"code": refusal.code, "refusal": str(refusal)}, status=_status_of(refusal))
    return JsonResponse({"new": taken.new, "open": taken.open, "visitors": taken.visitors, "words": taken_words(taken)})


@signed_in()
@require_http_methods(EDITS)
def sheet(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The printed sheet typed in, in the order of the paper."""
    row = selectors.session_for(request.user, public_id)
    attendance_permissions.can_take_roll(request.user, row).require()
    places = list(attendance_selectors.expected_in(row))
    refused, typed, wrongs = "", kept_form(request).typed, None
    if request.method == "POST":
        form = RollForm(request.POST, places=places, length=row.minutes)
        typed = request.POST.dict()
        if not form.is_valid():
            refused, wrongs = _("Some minutes are no number. Nothing was saved yet; what you chose stands below."), form
        elif called := form.called(at=_on_paper(row)):
            try:
                taken = attendance_services.take_roll(
                    actor=request.user, session=row, called=called, source=Source.SHEET
                )
            except DomainError as refusal:
                refused = str(refusal)
            else:
                messages.success(request, taken_words(taken))
                return redirect("training:session", public_id)
        else:
            refused = _("Choose for at least one person what the paper says.")
    by_place = {line.place.pk: line for line in attendance_selectors.roll_of(row)}
    told = overview.Told(
        selectors.devices_of(row), typed=typed, wrongs=wrongs.errors if wrongs is not None else {}, is_blank=True
    )
    lines = overview.lines_of(row, [by_place[place.pk] for place in places], told)
    context = {
        "session": row,
        "lines": lines,
        "choices": overview.CHOICES,
        "token": secrets.token_hex(8),
        "refused": refused,
        "form": wrongs,
    }
    return render(request, "training/teaching/sheet.html", context, status=422 if refused else 200)


def _on_paper(row: Session) -> datetime:
    """When what stands on the paper was seen: at the latest when the session ended."""
    now = timezone.now()
    return min(now, row.ends_at) if row.ends_at is not None else now


# ---------------------------------------------------------------------------------------------------------- corrections


@signed_in()
@require_http_methods(EDITS)
def person(request: SignedInRequest, public_id: str, place_id: str) -> HttpResponse:
    """All marks of one person in a session, and what counts of them changed by hand."""
    row = selectors.session_for(request.user, public_id)
    place, is_expected = selectors.place_in(row, place_id)
    if request.method != "POST":
        return person_page(request, row, place, is_expected=is_expected)
    attendance_permissions.can_correct(request.user, row, is_same_day=is_same_day(row), place=place).require()
    form = CorrectionForm(request.POST, length=row.minutes, marks=selectors.marks_of(row, place))
    if form.is_valid():
        try:
            attendance_services.correct(actor=request.user, session=row, place=place, **form.said())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is noted for %(name)s, with the reason.") % {"name": place.attendee})
            return redirect("training:session", public_id)
    return person_page(request, row, place, form=form, is_expected=is_expected)


# ------------------------------------------------------------------------------------------------------------- the code


@signed_in("training:session")
@require_POST
def code_stop(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.session_for(request.user, public_id)
    attendance_services.stop_code(actor=request.user, session=row)
    messages.success(request, _("Nobody checks in by the code any more."))
    return redirect("training:session", public_id)


@signed_in("training:session")
@require_POST
def code_show(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.session_for(request.user, public_id)
    attendance_services.show_code(actor=request.user, session=row)
    messages.success(request, _("The code is shown again."))
    return redirect("training:session", public_id)
