"""What somebody typed is not lost (docs/decisions/0005).

What has not reached the portal, the browser keeps (static/js/portal.js). What has reached it and could not be taken, the
portal keeps: a form that arrives after its session ended, in the session of that browser; a form that was refused, for
its person until it is taken; the answers of a step that are wrong, beside the step. All are taken, cleared of private
numbers and given back by the functions here.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from .requests import SignedInRequest

    Address = ParamSpec("Address")  # what stands in the address of a page
    View = Callable[Concatenate[HttpRequest, Address], HttpResponseBase]
    SignedInView = Callable[Concatenate[SignedInRequest, Address], HttpResponseBase]

KEY = "kept_form"
MAX_CHARACTERS = 20_000
KEPT_SECONDS = 60 * 60  # to sign in again; the session takes its full length then
MARK = "was_signed_in"
MARK_SECONDS = 60 * 60 * 24 * 60
REFUSED_SECONDS = 60 * 60 * 24 * 14  # for which a refused form waits to be put right
MAX_REFUSED = 5  # forms of a person; the oldest makes room
MAX_PER_MINUTE = 60  # in the whole portal: strangers must not fill the table of sessions
DRAFT = "draft"  # how a form names what the browser kept of it; the tag of the message that it may be forgotten
NOT_TYPED = re.compile(
    rf"csrfmiddlewaretoken|{DRAFT}|stop|more|find|enter|q|searched"  # tokens, buttons, searches
    r"|declared|sure"  # a word that was given is given again
)
PRIVATE = re.compile(r".*(password|cnic|ntn|iban|strn|phone|mobile)")  # passwords, numbers of people and banks


def signed_in(
    back: str = "", *, of: Sequence[str] = ("public_id",), keeps_refused: bool = True
) -> Callable[[SignedInView[Address]], View[Address]]:
    """Sign in first. A form that arrives after its session has ended, or that is refused, is kept and filled in again when
    its page is opened the next time.

    back: the name of the page that shows the form, where the form is sent to an address of its own; of: what it takes of
    that address, where that is there. The page finds what was typed in `kept_for(request)`. Files cannot be kept; the page says
    so by asking again. keeps_refused: False for a page that keeps by itself what was refused, or where not every answer
    but a redirect is a refusal.
    """

    def decorate(view: SignedInView[Address]) -> View[Address]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Address.args, **kwargs: Address.kwargs) -> HttpResponseBase:
            page = request.get_full_path()
            if request.method == "POST" and back:
                page = reverse(back, kwargs={name: kwargs[name] for name in of if name in kwargs})
            if request.user.is_authenticated:
                if request.session.get_expiry_age() == KEPT_SECONDS:
                    request.session.set_expiry(None)  # a code, unlike a password, signs in without setting it
                response = view(cast("SignedInRequest", request), *args, **kwargs)
                if isinstance(response, BackToForm):
                    keep_refused(request, response.url, kwargs)
                elif isinstance(response, HttpResponseRedirect):  # a page that refuses what was sent shows it again
                    forget_draft(request)
                    forget_refused(request, page)
                elif keeps_refused:
                    keep_refused(request, page, kwargs)
                return _marked(request, response)
            if request.method == "POST":
                _keep(request, page, kwargs)
            return _to_login(request, page)

        return wrapped

    return decorate


class BackToForm(HttpResponseRedirect):
    """The way back to the page of a form that was refused at an address of its own, where what was typed stands again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed. act: the name of the address it was sent to; of: what stands in that address."""

    typed: dict[str, Any] = field(default_factory=dict)
    act: str = ""
    of: dict[str, str] = field(default_factory=dict)


def kept_for(request: HttpRequest) -> dict[str, Any]:
    """What was typed on this page before signing in, handed out once, or was refused on it; by field: text, or a list
    where several were ticked. {} where there is nothing."""
    return kept_form(request).typed


def kept_form(request: HttpRequest, page: str = "") -> Kept:
    """The same for a page with several forms, which has to know where the one was sent. page: another one, whose forms
    stand on this one too."""
    page = page or request.get_full_path()
    kept = request.method == "GET" and (_from_session(request, page) or _refused(request).get(page))
    if not kept:
        return Kept()
    typed = {name: values[0] if len(values) == 1 else values for name, values in kept["typed"].items()}
    return Kept(typed, kept["act"], kept["of"])


def _from_session(request: HttpRequest, page: str) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = request.session.get(KEY)
    if not kept:
        return None
    is_own = kept.get("person") == _mark_of(request.user.pk)
    if is_own and kept["page"] != page:
        return None
    del request.session[KEY]
    return kept if is_own else None  # somebody else has signed in at this browser


def keep_refused(request: HttpRequest, page: str = "", of: Mapping[str, object] = MappingProxyType({})) -> None:
    """Keep a form that comes back to be put right for its person: it is filled in again when they come back to its page,
    at any device, until it is taken. page: where the form stands; of: what stands in the address that it was sent to."""
    typed = without_private(typed_in(request.POST)) if request.method == "POST" else {}
    if not any(value for values in typed.values() for value in values) or _size_of(typed) > MAX_CHARACTERS:
        return
    page = page or request.get_full_path()
    others = [(other, kept) for other, kept in _refused(request).items() if other != page]
    form = {"typed": typed, "act": _act_of(request), "of": dict(of)}
    _set_refused(request, dict([*others, (page, form)][-MAX_REFUSED:]))


def forget_refused(request: HttpRequest, page: str = "") -> None:
    """The form was taken."""
    kept = _refused(request) if request.method == "POST" else {}
    if kept.pop(page or request.get_full_path(), None):
        _set_refused(request, kept)


def _refused(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """The refused forms of this person by page, the oldest first."""
    return cache.get(_refused_key(request)) or {}


def _set_refused(request: HttpRequest, kept: Mapping[str, object]) -> None:
    cache.set(_refused_key(request), kept, REFUSED_SECONDS)


def _refused_key(request: HttpRequest) -> str:
    return f"refused-forms-{_mark_of(request.user.pk)}"


def typed_in(data: QueryDict) -> dict[str, list[str]]:
    """What was typed and chosen in a form that was sent, by field."""
    return {name: values for name, values in data.lists() if not NOT_TYPED.fullmatch(name)}


def without_private(typed: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The same for anybody but the person who typed it."""
    return {name: values for name, values in typed.items() if not PRIVATE.fullmatch(name)}


def as_sent(typed: Mapping[str, str | list[str]]) -> QueryDict:
    """What was typed, as a form takes it. typed: by field: text, or a list of texts."""
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values if isinstance(values, list) else [values])
    return data


def version_of(*shown: object) -> str:
    """Sixteen characters that differ where what a form shows differs: a draft in the browser remembers on which it was
    typed. Keyed, so that they tell nothing of the values."""
    text = json.dumps(shown, default=str, sort_keys=True)
    return salted_hmac("tdap_portal.web.keeping", text, algorithm="sha256").hexdigest()[:16]


def forget_draft(request: HttpRequest) -> None:
    """Let the browser forget what it kept of the form that was sent: the portal has it."""
    if name := request.POST.get(DRAFT):
        messages.info(request, name[:80], extra_tags=DRAFT)


def keep_over_switch(request: HttpRequest, page: str) -> None:
    """A form that came along when the language was switched: what was typed in it stands in its page again, unsaved."""
    sent = {name: values for name, values in typed_in(request.POST).items() if name not in ("language", "next")}
    typed = without_private(sent)
    if not typed or _size_of(typed) > MAX_CHARACTERS or not request.user.is_authenticated:
        return
    person = _mark_of(request.user.pk)
    request.session[KEY] = {"page": page, "typed": typed, "act": "", "of": {}, "person": person}
    if any(value for name, values in sent.items() if name not in typed for value in values):
        text = _("What you typed stands here again and is not saved yet. Type numbers of people and banks once more.")
    else:
        text = _("What you typed stands here again and is not saved yet.")
    messages.info(request, text)


def _keep(request: HttpRequest, page: str, of: dict[str, object]) -> None:
    """Only for a browser in which somebody was signed in, within what a form can hold and the portal bears."""
    typed = without_private(typed_in(request.POST))
    person = _mark_in(request)
    if not person or _size_of(typed) > MAX_CHARACTERS or not _bearable():
        return
    request.session[KEY] = {"page": page, "typed": typed, "act": _act_of(request), "of": of, "person": person}
    request.session.set_expiry(KEPT_SECONDS)
    messages.info(request, _("Your session had ended. Sign in and go on: what you wrote is kept."))


def _size_of(typed: Mapping[str, list[str]]) -> int:
    return sum(len(name) + len(value) for name, values in typed.items() for value in values)


def _act_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match and match.url_name) or ""


def _mark_in(request: HttpRequest) -> str:
    """The mark of who was signed in at this browser last; "" where nobody was."""
    return request.get_signed_cookie(MARK, default="", max_age=MARK_SECONDS) or ""


def _mark_of(person: int | None) -> str:
    """Sixteen characters by which a person is known again; keyed, so that they tell nobody who it is."""
    return salted_hmac("tdap_portal.web.keeping.person", str(person), algorithm="sha256").hexdigest()[:16]


def _marked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A browser forgets the cookie of a session when it ends, so a second one says that there was one. What was typed is
    handed out to the same person only, of whom it holds a keyed mark."""
    mark = _mark_of(request.user.pk)
    if _mark_in(request) != mark:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_signed_cookie(MARK, mark, max_age=MARK_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return response


def _bearable() -> bool:
    minute = f"kept-forms-{int(time.time()) // 60}"
    cache.add(minute, 0, timeout=120)
    return cache.incr(minute) <= MAX_PER_MINUTE


def _to_login(request: HttpRequest, page: str) -> HttpResponse:
    response: HttpResponseRedirect = redirect_to_login(page)
    if request.headers.get("HX-Request") == "true":  # a part of a page: the whole window goes to sign in
        return HttpResponseClientRedirect(response.url)
    return response
