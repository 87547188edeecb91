"""The trainer's day, a session with its code and roll, and what is drawn for it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound
from tdap_portal.web.keeping import kept_form, signed_in
from training.attendance import permissions as attendance_permissions
from training.attendance import selectors as attendance_selectors
from training.attendance.roll import EARLY
from training.models.labels import ATTENDANCE_LABELS, SESSION_STAGE_LABELS
from training.states import SessionStage

from . import overview, permissions, selectors, sheet, wording
from .forms import CorrectionForm, read_date
from .screen import code_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from tdap_portal.accounts.models import User
    from tdap_portal.web.requests import SignedInRequest
    from training.models import Place, Session

    from .forms import RollForm

PAGE = 100  # people on one page of the roll
SHOWN_BEHIND = 6
WORKER = "js/roll-worker.js"


# ------------------------------------------------------------------------------------------------------------- the day


@signed_in()
@require_safe
def day(request: SignedInRequest) -> HttpResponse:
    """What the trainer teaches on a day, today where none is said."""
    request.session.pop(selectors.TEACHES, None)
    trainer = selectors.trainer_for(request.user)
    request.session[selectors.TEACHES] = True
    now = timezone.now()
    on = read_date(request.GET.get("on")) or today()
    sessions = selectors.sessions_on(trainer, on)
    materials = selectors.materials_of(request.user, sessions)
    context = {
        "trainer": trainer,
        "day": on,
        "is_today": on == today(),
        "cards": [wording.card_of(row, now=now, materials=materials.get(row.pk, [])) for row in sessions],
        "next": selectors.next_after(trainer, on),
        "last": selectors.last_before(trainer, on),
    }
    return render(request, "training/teaching/day.html", context)


# --------------------------------------------------------------------------------------------------------- one session


@signed_in()
@require_safe
def session(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = selectors.session_for(request.user, public_id)
    if attendance_permissions.teaches(request.user, row):
        request.session[selectors.TEACHES] = True
    kept = kept_form(request)
    return session_page(request, row, typed=kept.typed if kept.act == "session_roll" else {})


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something was not done. person: whose correction it was, None for the roll. form: of the correction."""

    words: str
    person: Place | None = None
    form: CorrectionForm | None = None
    status: int = 422


def session_page(
    request: SignedInRequest,
    row: Session,
    *,
    typed: Mapping[str, Any] | None = None,
    roll_form: RollForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """typed: of a roll that is shown again. roll_form: the one that was wrong."""
    now = timezone.now()
    stage = row.stage(now)
    roll = attendance_selectors.roll_of(row)
    devices = selectors.devices_of(row)
    behind = selectors.behind_in(row, roll, now=now)
    told = overview.Told(
        devices,
        missed={one.place.pk: overview.missed_words(one) for one in behind},
        typed=typed or {},
        wrongs=roll_form.errors if roll_form is not None else {},
        is_over=not is_same_day(row),
    )
    lines = overview.lines_of(row, roll, told)
    stopped_at = attendance_selectors.code_stopped_at(row)
    may_show = permissions.can_show_code(request.user, row)
    runs = attendance_selectors.checks_in(row, now=now)
    shows_code = bool(may_show) and runs and stopped_at is None
    sums = overview.sums_of(roll)
    shown, page = _page_of(lines, request.GET.get("page"))
    context = {
        "session": row,
        "stage": stage,
        "stage_words": SESSION_STAGE_LABELS[stage],
        "headline": overview.headline(row, sums, stage, shows_code=shows_code),
        "card": wording.card_of(
            row,
            now=now,
            materials=selectors.materials_of(request.user, [row]).get(row.pk, []),
            pack=selectors.pack_of(request.user, row),
            may_join=bool(permissions.can_join(request.user, row)),
        ),
        "code": code_now(row, at=now) if shows_code else None,
        "stopped_at": stopped_at if runs else None,
        "may_show": may_show,
        "runs": runs,
        "numbers": selectors.numbers_of(row) if shows_code else None,
        "sums": sums,
        "lines": [line for line in shown if not line.is_visitor],
        "visitors": [line for line in lines if line.is_visitor],
        "open": [line for line in lines if line.choices],
        "page": page,
        "choices": overview.CHOICES,
        "token": secrets.token_hex(8),
        "may_take": attendance_permissions.can_take_roll(request.user, row),
        "can_call": _can_call(row, stage, now),
        "may_correct": attendance_permissions.can_correct(request.user, row, is_same_day=is_same_day(row)),
        "day": _day_of(request.user, row),
        "behind": [(one, overview.care_words(one)) for one in behind[:SHOWN_BEHIND]],
        "behind_more": max(0, len(behind) - SHOWN_BEHIND),
        "form": roll_form,
        "refused": refused,
        "labels": ATTENDANCE_LABELS,
        "is_manager": not attendance_permissions.teaches(request.user, row),
        "site": settings.SITE_URL.split("://", 1)[-1],
    }
    return render(request, "training/teaching/session.html", context, status=refused.status if refused else 200)


def _can_call(row: Session, stage: SessionStage, now: Any) -> bool:
    """Whether it is time to call the roll: also after the session, from paper or when a telephone comes back."""
    if stage in (SessionStage.CANCELLED, SessionStage.UNPLACED) or row.starts_at is None:
        return False
    return bool(now >= row.starts_at - EARLY)


def is_same_day(row: Session) -> bool:
    return row.starts_at is not None and timezone.localdate(row.starts_at) == timezone.localdate()


def _page_of(lines: list[overview.Line], asked: str | None) -> tuple[list[overview.Line], dict[str, int]]:
    """One page of a long roll."""
    last = max(1, -(-len(lines) // PAGE))
    number = int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < 5 else 1
    number = min(max(1, number), last)
    return lines[(number - 1) * PAGE : number * PAGE], {"number": number, "last": last}


def _day_of(user: User, row: Session) -> list[tuple[Session, bool]]:
    """The trainer's sessions of that day, and which of them is this one."""
    if row.trainer is None or row.starts_at is None or not attendance_permissions.teaches(user, row):
        return []
    others = selectors.sessions_on(row.trainer, timezone.localdate(row.starts_at))
    return [(other, other.pk == row.pk) for other in others]


# ------------------------------------------------------------------------------------------------------------- the code


def _shown_session(request: SignedInRequest, public_id: str) -> Session:
    row = selectors.session_for(request.user, public_id)
    permissions.can_show_code(request.user, row).require()
    return row


def _code_context(row: Session) -> dict[str, Any]:
    now = timezone.now()
    stage = row.stage(now)
    stopped_at = attendance_selectors.code_stopped_at(row)
    shows = attendance_selectors.checks_in(row, now=now) and stopped_at is None
    return {
        "session": row,
        "stage": stage,
        "stopped_at": stopped_at,
        "code": code_now(row, at=now) if shows else None,
        "numbers": selectors.numbers_of(row),
        "site": settings.SITE_URL.split("://", 1)[-1],
    }


@signed_in()
@require_safe
def code(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The code of this half minute with the counters, as a part of a page."""
    context = _code_context(_shown_session(request, public_id))
    response = render(request, "training/teaching/_code.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@signed_in()
@require_safe
def screen(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The code alone, for the wall; without JavaScript the page loads itself again."""
    context = _code_context(_shown_session(request, public_id))
    return render(request, "training/teaching/screen.html", context)


# ------------------------------------------------------------------------------------------------------ paper, one person


@signed_in()
@require_safe
def sheet_pdf(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The roll to be printed and signed."""
    row = selectors.session_for(request.user, public_id)
    people = list(attendance_selectors.expected_in(row))
    response = HttpResponse(sheet.pdf_of(wording.paper_of(row, people)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="roll-{row.cohort.code}-{row.position}.pdf"'
    return response


def person_page(
    request: SignedInRequest, row: Session, place: Place, *, form: CorrectionForm | None = None, is_expected: bool
) -> HttpResponse:
    """Every mark of one person, and the correction."""
    marks = selectors.marks_of(row, place)
    counted = [mark for mark in marks if mark.taken_back_at is None]
    settled = attendance_selectors.settled_of(counted)
    devices = selectors.devices_of(row)
    context = {
        "session": row,
        "place": place,
        "is_expected": is_expected,
        "trail": overview.trail_of(row, marks, devices=devices, counting=settled.by.key if settled.by else ""),
        "is_open": settled.is_open,
        "form": form or CorrectionForm(length=row.minutes, marks=counted, initial=kept_form(request).typed),
        "may_correct": attendance_permissions.can_correct(request.user, row, is_same_day=is_same_day(row), place=place),
        "is_off": row.cancelled_at is not None or row.starts_at is None,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "training/teaching/person.html", context, status=status)


# ------------------------------------------------------------------------------------------------------------ off line


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The small program by which a browser opens the page of a session again while there is no network. It stands here because
    a browser lets it answer only for addresses beside its own."""
    found = finders.find(WORKER)
    if not isinstance(found, str):
        raise NotFound
    response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
