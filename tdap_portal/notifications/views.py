"""A person's own messages and wishes; what left the portal, for administrators and in the demo for everybody."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from django.conf import settings as conf
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.uploads import reads_bytes

from . import inbound, permissions, selectors, services
from .forms import AnswerForm, PreferencesForm, SentFilterForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tdap_portal.accounts.models import User

    class SignedIn(HttpRequest):
        user: User


@login_required
@require_safe
def inbox(request: SignedIn) -> HttpResponse:
    page = keyset_page(selectors.messages_for(request.user), order=("-pk",), cursor=request.GET.get("cursor"))
    unread = selectors.unread_count(request.user)
    context = {"page": page, "unread": unread, "counted_up_to": selectors.COUNTED_UP_TO}
    return render(request, "notifications/inbox.html", context)


@login_required
@require_GET
def message(request: SignedIn, public_id: str) -> HttpResponse:
    """Opening a message is reading it."""
    row = selectors.message_for(request.user, public_id)
    services.mark_read(message=row)
    return render(request, "notifications/message.html", {"message": row})


@login_required
@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    services.mark_all_read(user=request.user)
    messages.success(request, _("All messages are marked as read."))
    return redirect("notifications:inbox")


@login_required
def settings(request: SignedIn) -> HttpResponse:
    wanted = {channel.value: on for channel, on in selectors.preferences_of(request.user).items()}
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=wanted)
    if form.is_valid():
        services.set_preferences(user=request.user, wanted=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("notifications:settings")
    reached = {channel.value: address for channel, address in services.addresses_of(request.user).items()}
    form.say_where(**reached)
    return render(request, "notifications/settings.html", {"form": form})


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    if not conf.DEMO and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _sent_page(request, AnswerForm(initial={"number": request.GET.get("from", "")[:20]}))


def _sent_page(request: HttpRequest, answer: AnswerForm, *, status: int = 200) -> HttpResponse:
    """answer: the form of an SMS to the portal, shown in the demo."""
    form = SentFilterForm(request.GET)
    filters = form.filters()
    rows = selectors.dispatches_visible_to(request.user, **filters)
    context = {
        "page": keyset_page(rows, order=("-pk",), cursor=request.GET.get("cursor")),
        "form": form,
        "filters_in_force": sum(bool(value) for value in filters.values()),
        "shows_texts": conf.DEMO,
        "can_send_again": bool(permissions.can_send_again(request.user)),
        "answer": answer,
        "token": secrets.token_hex(8),
        "came_in": selectors.inbound_visible_to(request.user),
    }
    return render(request, "notifications/sent.html", context, status=status)


@require_POST
def sms_answer(request: HttpRequest) -> HttpResponse:
    """In the demo, where no provider is: an SMS comes in as if a telephone had sent it."""
    if not conf.DEMO:
        raise NotFound
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _sent_page(request, form, status=422)
    inbound.keep(
        json.dumps(
            {
                "id": f"demo-{form.cleaned_data['token'] or secrets.token_hex(8)}",
                "from": form.cleaned_data["number"],
                "text": form.cleaned_data["text"],
            }
        ).encode()
    )
    messages.success(request, _("The SMS came in. What the portal made of it stands below in a moment."))
    return redirect(f"{reverse('notifications:sent')}#came-in")


@login_required
@require_POST
def again(request: SignedIn, public_id: str) -> HttpResponse:
    dispatch = selectors.dispatch_for(request.user, public_id)
    permissions.can_send_again(request.user).require()
    try:
        services.send_again(actor=request.user, dispatch=dispatch)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message will be sent again."))
    return redirect("notifications:sent")


@reads_bytes
@csrf_exempt
@require_POST
def sms_received(request: HttpRequest) -> HttpResponse:
    """The door of the SMS provider. The bytes are believed by their signature before anything is read of them."""
    if not conf.SMS_INBOUND_KEY:
        raise NotFound
    body = request.body if request.content_type == "application/json" else b""
    if len(body) > inbound.MAX_BYTES or not inbound.is_signed(body, request.headers.get("X-Signature", "")):
        return HttpResponse("not signed\n", content_type="text/plain", status=403)
    try:
        inbound.keep(body)
    except inbound.Unreadable:
        return HttpResponse("unreadable\n", content_type="text/plain", status=400)
    return HttpResponse("kept\n", content_type="text/plain", status=202)
