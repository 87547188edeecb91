"""Being there, as a participant says it: the code on the trainer's screen, and joining a meeting through the portal."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from allauth.core.internal import ratelimit
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import signed_in
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .codes import still_waits
from .forms import CodeForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tdap_portal.accounts.models import User
    from tdap_portal.web.requests import SignedInRequest
    from training.models import AttendanceMark, Session

DEVICE = "attend_device"
DEVICE_SECONDS = 60 * 60 * 24 * 365
SCAN = "attend_scan"  # of the session of a browser: what it scanned, until its person has signed in
JOINED = "attend_joined"
READS = ["GET", "HEAD", "POST"]


# ------------------------------------------------------------------------------------------------------------ the code


@never_cache
@require_http_methods(READS)
@rate_limit(action="attend", limit_get=True)
def attend_code(request: HttpRequest) -> HttpResponse:
    """Where the short code is typed. A good one marks whoever is signed in; of anybody else it is kept until they are."""
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            session = _session_of_code(request, form.cleaned_data["code"])
            if request.user.is_authenticated:
                _mark(request, session, timezone.now())
            else:
                _keep_scan(request, session, timezone.now())
        except DomainError as refusal:
            form.add_error("code", str(refusal))
        else:
            return _with_device(request, redirect("training:attend", session.public_id, form.cleaned_data["code"]))
    status = 422 if form.errors else 200
    return _with_device(request, render(request, "training/attendance/code.html", {"form": form}, status=status))


def _session_of_code(request: HttpRequest, code: str) -> Session:
    """Raises DomainError: as `check_code` where the person has one session now, else "no_session", "code_unknown", "too_many"."""
    _require_patience(request)
    if not request.user.is_authenticated:
        found = services.session_of_code(code, list(selectors.running_sessions()))
        if found is None:
            raise DomainError(_("This is not a code of a session that runs now."), code="code_unknown")
        return found
    own = selectors.sessions_now_of(request.user)
    if not own:
        raise DomainError(_("No session of yours runs now."), code="no_session")
    found = services.session_of_code(code, own)
    if found is None:
        _check(request, own[0], code)
        raise DomainError(_("This is not a code of a session that runs now."), code="code_unknown")
    return found


@never_cache
@require_http_methods(READS)
@rate_limit(action="attend", limit_get=True)
def attend(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Where the drawing on the screen leads. To look changes nothing of the attendance: the button marks.

    The code is checked as it arrives, and kept for a while in the session of the browser, so that it does not run out
    while its person signs in.
    """
    session = selectors.session_by_id(public_id)
    user = request.user
    mark = selectors.own_scan(user, session) if user.is_authenticated else None
    if mark is not None:
        _forget_scan(request)
        return _attend_page(request, session, mark=mark)
    try:
        scanned_at = _scanned_at(request, session, code)
        if user.is_authenticated:
            if request.method == "POST":
                _mark(request, session, scanned_at)
                return _with_device(request, redirect("training:attend", public_id, code))
            _require_place(user, session)
    except DomainError as refusal:
        return _attend_page(request, session, refusal=refusal)
    _keep_scan(request, session, scanned_at)
    if not user.is_authenticated:
        messages.info(request, _("Your scan is kept for ten minutes. Sign in, and it counts from when you scanned."))
        return _with_device(request, redirect_to_login(reverse("training:attend", args=(public_id, code))))
    return _attend_page(request, session, scanned_at=scanned_at)


def _attend_page(
    request: HttpRequest,
    session: Session,
    *,
    mark: AttendanceMark | None = None,
    refusal: DomainError | None = None,
    scanned_at: datetime | None = None,
) -> HttpResponse:
    """Of a session whose code was not good nothing is told."""
    context = {"session": None if refusal else session, "mark": mark, "refusal": refusal, "scanned_at": scanned_at}
    status = 422 if refusal else 200
    return _with_device(request, render(request, "training/attendance/attend.html", context, status=status))


def _mark(request: HttpRequest, session: Session, scanned_at: datetime) -> None:
    """Mark who is signed in. Raises DomainError as `scan`, which counts among the refused."""
    try:
        services.scan(
            actor=cast("SignedInRequest", request).user,
            session=session,
            device=_device(request),
            scanned_at=scanned_at,
        )
    except DomainError:
        services.count_refused(session)
        raise
    _forget_scan(request)


def _require_place(user: User, session: Session) -> None:
    """Before the button is shown. Raises DomainError "no_place"."""
    try:
        services.require_place(user, session)
    except DomainError:
        services.count_refused(session)
        raise


def _scanned_at(request: HttpRequest, session: Session, code: str) -> datetime:
    """When the code of this browser was good: as it was kept, or now.

    Raises DomainError as `check_code`, "too_many", or "waited" where the scan was kept for too long.
    """
    now = timezone.now()
    kept = request.session.get(SCAN) or {}
    is_of_this = kept.get("session") == session.public_id
    if is_of_this:
        scanned_at = datetime.fromisoformat(kept["at"])
        if still_waits(scanned_at, now=now):
            return scanned_at
        _forget_scan(request)
    try:
        _check(request, session, code)
    except DomainError as refusal:
        if is_of_this and refusal.code == "code_over":
            raise DomainError(
                _("Your scan waited for more than ten minutes, so it is over. Scan the screen again."), code="waited"
            ) from None
        raise
    return now


def _check(request: HttpRequest, session: Session, code: str) -> None:
    """Whether a code is good now, for somebody who has not tried too many others. Raises DomainError."""
    _require_patience(request)
    try:
        services.check_code(session, code)
    except DomainError as refusal:
        if refusal.code.startswith("code_"):
            _tried(request, dry_run=False)
        raise


def _require_patience(request: HttpRequest) -> None:
    if not _tried(request, dry_run=True):
        raise DomainError(
            _("Too many codes were tried. Wait a minute, or ask the trainer to mark you on the roll."), code="too_many"
        )


def _tried(request: HttpRequest, *, dry_run: bool) -> bool:
    """Whether a signed-in person may still try a code; visitors share the limit of their address (`rate_limit`)."""
    if not request.user.is_authenticated:
        return True
    key = str(request.user.pk)
    usage = ratelimit.consume(
        request, app="allauth.account", action="attend_wrong", key=key, dry_run=dry_run, limit_get=True
    )
    return usage is not None


def _keep_scan(request: HttpRequest, session: Session, scanned_at: datetime) -> None:
    request.session[SCAN] = {"session": session.public_id, "at": scanned_at.isoformat()}


def _forget_scan(request: HttpRequest) -> None:
    request.session.pop(SCAN, None)


# ------------------------------------------------------------------------------------------------- the meeting online


@never_cache
@signed_in(keeps_refused=False)
@require_http_methods(READS)
def join(request: SignedInRequest, public_id: str) -> HttpResponse:
    """To the meeting of a session: the button marks, and leads on. Whoever teaches it reads the address."""
    session = selectors.session_by_id(public_id)
    places = selectors.places_of(request.user, session)
    reads_address = permissions.can_see_meeting(request.user, session)
    if not places and not reads_address:
        raise NotFound
    refusal = None
    if request.method == "POST":
        try:
            services.join(actor=request.user, session=session, device=_device(request))
        except DomainError as said_no:
            refusal = said_no
        if refusal is None or refusal.code == "device_used":  # not marked, and welcome in the meeting all the same
            if refusal is not None:
                services.count_refused(session)
                messages.warning(request, str(refusal))
            request.session[JOINED] = public_id
            return _with_device(request, redirect("training:join", public_id))
    return _join_page(request, session, has_place=bool(places), reads_address=reads_address, refusal=refusal)


def _join_page(
    request: SignedInRequest, session: Session, *, has_place: bool, reads_address: bool, refusal: DomainError | None
) -> HttpResponse:
    now = timezone.now()
    mark = selectors.own_scan(request.user, session) if has_place else None
    address, is_open = selectors.meeting_address(session), services.can_be_joined(session, now=now)
    has_joined = request.method == "GET" and request.session.pop(JOINED, None) == session.public_id
    shows_address = bool(address) and (reads_address or (is_open and (has_joined or mark is not None)))
    context: dict[str, Any] = {
        "session": session,
        "stage": session.stage(now),
        "mark": mark,
        "has_place": has_place,
        "address": address if shows_address else "",
        "has_address": bool(address),
        "is_open": is_open,
        "opens_at": session.starts_at - services.JOINED_BEFORE if session.starts_at else None,
        "refusal": refusal,
    }
    response = render(request, "training/attendance/join.html", context, status=422 if refusal else 200)
    if has_joined and shows_address:
        response["Refresh"] = f"1; url={address}"
    return _with_device(request, response)


# ----------------------------------------------------------------------------------------------------------- the device


def _device(request: HttpRequest) -> str:
    """The random name of this browser, made where it has none; see `_with_device`."""
    known = getattr(request, "attend_device", "") or request.get_signed_cookie(
        DEVICE, default="", max_age=DEVICE_SECONDS
    )
    name = known or secrets.token_hex(16)
    request.attend_device = name  # type: ignore[attr-defined]
    return name


def _with_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, by which the browser keeps its name: one of them marks one person in a session."""
    response.set_signed_cookie(
        DEVICE,
        _device(request),
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
