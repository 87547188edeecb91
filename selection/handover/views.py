"""The page of a person with what is open, the acts on it, and the files that wait for nobody yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts import permissions as accounts_permissions
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.role_requests import wording as role_requests_wording
from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import permissions, selectors, services, wording
from .forms import GiveForm, ReasonForm, RolesForm, TakersForm

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from django.forms import Form
    from django.http import HttpResponse

    from tdap_portal.accounts.models import User
    from tdap_portal.accounts.roles import Role
    from tdap_portal.web.requests import SignedInRequest

SHOWN_EVENTS = 20
SHOWN_FIRMS = 20


@signed_in()
@require_safe
def person(request: SignedInRequest, public_id: str) -> HttpResponse:
    shown = selectors.person_for(request.user, public_id)
    context = {
        "person": shown,
        "roles": wording.roles_of(shown),
        "waits_for": role_requests_wording.own_rows(accounts_selectors.open_requests_of(shown)),
        "work": selectors.open_work_of(shown),
        "second_step": accounts_selectors.has_second_factor(shown),
        "history": wording.history_lines(
            audit_selectors.timeline(shown).exclude(name="handover.continued").order_by("-pk")[:SHOWN_EVENTS]
        ),
        "may_administer": bool(accounts_permissions.can_administer(request.user)),
        "may_open_files": bool(review_permissions.can_use_desk(request.user)),
    }
    return render(request, "selection/handover/person.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def lock_out(request: SignedInRequest, public_id: str) -> HttpResponse:
    shown, work = _person_and_work(request, public_id)
    form = _takers_form(request, TakersForm, shown, work)
    words = {
        "firms": people_selectors.firms_without_owner_but(shown)[:SHOWN_FIRMS],
        "title": _("Lock out %(person)s") % {"person": shown.name},
        "says": _("Signing in, all sessions and the API key end at once. What was done stays in history."),
        "submit": _("Lock out"),
        "danger": True,
    }
    return _act(request, shown, form, services.lock_out, _("%(person)s can no longer sign in."), work=work, **words)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def bring_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    shown, _work = _person_and_work(request, public_id)
    form = ReasonForm(posted(request), initial=kept_for(request))
    words = {
        "title": _("Let %(person)s in again") % {"person": shown.name},
        "says": _(
            "The roles are as before. Files that were given to others stay with them; earlier sessions do not live again."
        ),
        "submit": _("Let in again"),
    }
    return _act(request, shown, form, services.bring_back, _("%(person)s can sign in again."), **words)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def change_roles(request: SignedInRequest, public_id: str) -> HttpResponse:
    shown, work = _person_and_work(request, public_id)
    form = _takers_form(request, RolesForm, shown, work, initial={"roles": sorted(shown.roles)})
    words = {
        "title": _("Roles of %(person)s") % {"person": shown.name},
        "says": _(
            "Nobody gives a role to themself, and somebody always stays an administrator. A director, a finance officer and "
            "an administrator take two people: your signature waits for the second one."
        ),
        "submit": _("Save the roles"),
    }
    return _act(
        request, shown, form, services.change_roles, _("The roles of %(person)s are saved."), work=work, **words
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, public_id: str) -> HttpResponse:
    shown = selectors.person_for(request.user, public_id)
    permissions.can_hand_over(request.user).require()
    work = selectors.open_work_of(shown)
    if not work and request.method != "POST":
        messages.info(request, _("%(person)s has no open files.") % {"person": shown.name})
        return redirect("selection:person", public_id=public_id)
    form = TakersForm(
        posted(request), officers=selectors.who_could_take_from(shown), leaves=False, initial=kept_for(request)
    )
    words = {
        "title": _("Hand over the files of %(person)s") % {"person": shown.name},
        "says": _(
            "Readings that are in stay. An officer who is tied to a firm, or reads the file already, does not take it."
        ),
        "submit": _("Hand over"),
    }
    return _act(
        request, shown, form, services.hand_over, _("The files of %(person)s are handed over."), work=work, **words
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def nobody(request: SignedInRequest) -> HttpResponse:
    """Files that wait for nobody yet, to be ticked and given to an officer."""
    if not permissions.can_hand_over(request.user):
        raise NotFound
    kept = kept_for(request)
    form = GiveForm(posted(request), officers=list(review_selectors.officers_with_load()), initial=kept)
    ticked = request.POST.getlist("file") if request.method == "POST" else kept.get("file", [])
    if request.method == "POST" and form.is_valid():
        if not ticked:
            form.add_error(None, _("Tick at least one file."))
        else:
            done = _given(request, form, ticked)
            if done:
                return done
    context = {
        "form": form,
        "ticked": ticked,
        "page": keyset_page(
            selectors.files_that_nobody_has(), order=("nobody_since", "pk"), cursor=request.GET.get("cursor")
        ),
        "may_open_files": bool(review_permissions.can_use_desk(request.user)),
    }
    return render(request, "selection/handover/nobody.html", context)


def _given(request: SignedInRequest, form: GiveForm, ticked: list[str]) -> HttpResponse | None:
    try:
        number, left_out = services.give_files(actor=request.user, files=ticked, **form.as_act())
    except NotAllowed:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    if number:
        given = ngettext("%(number)d file has its officer.", "%(number)d files have their officer.", number)
        messages.success(request, given % {"number": number})
    for row, why in left_out:
        messages.warning(request, _("%(file)s: %(why)s") % {"file": row.file_number, "why": why})
    return redirect("selection:nobody")


def _person_and_work(request: SignedInRequest, public_id: str) -> tuple[User, selectors.OpenWork]:
    """For acts that are an administrator's."""
    shown = selectors.person_for(request.user, public_id)
    accounts_permissions.can_administer(request.user).require()
    return shown, selectors.open_work_of(shown)


def _takers_form(
    request: SignedInRequest,
    form: type[TakersForm],
    shown: User,
    work: selectors.OpenWork,
    initial: dict[str, Any] | None = None,
) -> TakersForm:
    return form(
        posted(request),
        officers=selectors.who_could_take_from(shown) if work else (),
        leaves=True,
        has_work=bool(work),
        initial={**(initial or {}), **kept_for(request)},
    )


def _act(
    request: SignedInRequest, shown: User, form: Form, service: Callable[..., object], success: str, **context: Any
) -> HttpResponse:
    """The page that says what will happen and asks for the reason; a sent one acts and leads back to the person."""
    if request.method == "POST" and form.is_valid():
        kwargs = form.as_act() if isinstance(form, TakersForm) else form.cleaned_data
        try:
            service(actor=request.user, person=shown, **kwargs)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, success % {"person": shown.name})
            if wanted := kwargs.get("roles"):
                _say_what_waits(request, shown, wanted)
            return redirect(_back(request, shown))
    return render(request, "selection/handover/act.html", {"person": shown, "form": form, **context})


def _say_what_waits(request: SignedInRequest, shown: User, wanted: Collection[Role]) -> None:
    for row in accounts_selectors.open_requests_of(shown):
        if row.role in wanted:
            words = {"role": role_requests_wording.role_and_partner(row)}
            messages.info(request, _("%(role)s: your signature is noted and waits for a second person.") % words)


def _back(request: SignedInRequest, shown: User) -> str:
    """The person's page, or one's home where that page is no longer there for who gave up the own role."""
    still = accounts_selectors.person_by_id(request.user.pk)
    if still is not None and permissions.can_see_person(still, shown):
        return reverse("selection:person", args=[shown.public_id])
    return reverse("account_start")
