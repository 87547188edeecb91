"""The people of a firm and their invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from smes.vocabulary.wording import MEMBER_DUTIES, MEMBER_ROLES
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .forms import InvitationForm, RoleForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from tdap_portal.web.requests import SignedInRequest


@signed_in()
def people(request: SignedInRequest, public_id: str) -> HttpResponse:
    sme = selectors.sme_for(request.user, public_id)
    may_manage = permissions.can_manage_people(request.user, sme)
    form = InvitationForm(posted(request), initial=kept_for(request))
    if request.method == "POST":
        may_manage.require()
        if form.is_valid():
            try:
                services.invite_member(actor=request.user, sme=sme, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The invitation is on its way."))
                return redirect("smes:people", public_id=public_id)
    members = list(selectors.members_of(sme))
    context = {
        "sme": sme,
        "rows": [
            {"member": member, "form": RoleForm(initial={"role": member.role}, auto_id=f"id_{member.pk}_%s")}
            for member in members
        ],
        "invitations": selectors.open_invitations_of(sme) if may_manage else [],
        "form": form,
        "may_manage": bool(may_manage),
        "duties": [(MEMBER_ROLES[code], duty) for code, duty in MEMBER_DUTIES.items()],
    }
    return render(request, "smes/people/people.html", context)


@signed_in(back="smes:people")
@require_POST
def role(request: SignedInRequest, public_id: str, user_id: str) -> HttpResponse:
    sme = selectors.sme_for(request.user, public_id)
    permissions.can_manage_people(request.user, sme).require()
    member = selectors.member_for(sme, user_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            services.change_role(actor=request.user, member=member, role=form.cleaned_data["role"])
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(person)s has another role now.") % {"person": member.user.name})
    return redirect("smes:people", public_id=public_id)


@signed_in()
def remove(request: SignedInRequest, public_id: str, user_id: str) -> HttpResponse:
    """Asks first: the person loses sight of the firm at once."""
    sme = selectors.sme_for(request.user, public_id)
    member = selectors.member_for(sme, user_id)
    permissions.can_manage_people(request.user, sme).require()
    back_url = reverse("smes:people", args=[public_id])
    if request.method == "POST":
        try:
            services.remove_member(actor=request.user, member=member)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(person)s is no longer in the firm.") % {"person": member.user.name})
        return redirect(back_url)
    context = {
        "title": _("Remove %(person)s from the firm?") % {"person": member.user.name},
        "says": _("The person no longer sees the firm's file. What they did stays in its history."),
        "rows": [{"label": member.user.name, "note": MEMBER_ROLES[member.role]}],
        "submit": _("Remove"),
        "danger": True,
        "back_url": back_url,
    }
    return render(request, "web/confirm.html", context)


@signed_in(back="smes:people")
@require_POST
def withdraw(request: SignedInRequest, public_id: str, invitation_id: str) -> HttpResponse:
    sme = selectors.sme_for(request.user, public_id)
    permissions.can_manage_people(request.user, sme).require()
    row = selectors.invitation_in(sme, invitation_id)
    try:
        services.withdraw_invitation(actor=request.user, invitation=row)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation no longer works."))
    return redirect("smes:people", public_id=public_id)


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link: who invites, and to sign in or to accept."""
    row = selectors.invitation_by_token(token)
    user = request.user
    answer = permissions.can_accept(user, row) if user.is_authenticated else None
    going_on = urlencode({"next": request.path})
    login_url = f"{reverse('account_login')}?{going_on}"
    if request.method == "POST":
        if not user.is_authenticated:
            return redirect(login_url)
        services.accept_invitation(actor=user, invitation=row)
        messages.success(request, _("You now work on the file of %(firm)s.") % {"firm": row.sme.name})
        return redirect("smes:profile", public_id=row.sme.public_id)
    context = {
        "invitation": row,
        "role": MEMBER_ROLES[row.role],
        "duty": MEMBER_DUTIES[row.role],
        "answer": answer,
        "login_url": login_url,
        "signup_url": f"{reverse('account_signup')}?{going_on}",
    }
    return render(request, "smes/people/invitation.html", context)
