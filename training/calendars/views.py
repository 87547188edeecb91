"""A person's own sessions, and the file that their calendar reads."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tdap_portal.core.errors import NotFound
from tdap_portal.web.keeping import signed_in

from . import selectors, services
from .feed import feed_of

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from tdap_portal.web.requests import SignedInRequest

SHOWN_AT_ONCE = 100


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedInRequest) -> HttpResponse:
    """The sessions that are to come, and the address for a telephone's calendar."""
    if request.method == "POST":
        if "close" in request.POST:
            services.close_feed(actor=request.user)
            messages.success(request, _("The address leads nowhere any more."))
        else:
            services.open_feed(actor=request.user)
            messages.success(request, _("Here is your address. Add it to the calendar of your phone."))
        return redirect("training:calendar")
    now = timezone.now()
    seen = selectors.sessions_of(request.user, now=now)
    feed = selectors.feed_of(request.user)
    zone = selectors.own_zone(request.user)
    coming = [one for one in seen if one.session.ends_at is not None and one.session.ends_at > now]
    ends = [one.session.ends_at for one in coming if one.is_theirs and one.session.ends_at is not None]
    context = {
        "coming": coming[:SHOWN_AT_ONCE],
        "holidays": selectors.holidays_ahead(max(ends, default=None), now=now),
        "zone": ZoneInfo(zone) if zone else None,
        "address": settings.SITE_URL + reverse("training:calendar_feed", args=[selectors.feed_token(feed)])
        if feed
        else "",
        "feed": feed,
    }
    return render(request, "training/calendars/calendar.html", context)


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """For calendars, which do not sign in: whoever has the address reads it. An address that is over is not found, for an empty
    calendar would delete what was there. What a calendar has already is not sent again."""
    feed = selectors.feed_by_token(token)
    if feed is None:
        raise NotFound
    with translation.override(feed.user.language):
        entries = selectors.entries_of(feed.user)
        content = feed_of(entries, name=_("TDAP training"), holidays=selectors.days_off(entries))
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"ETag": tag})
    response["Cache-Control"] = "private, max-age=300"
    return get_conditional_response(request, etag=tag, response=response) or response
