"""What is sent from the desk of payments: each act is a service, its refusal is shown where it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.deposits import acts as services
from payments.deposits import proofs as proof_services
from payments.deposits import services as deposit_services
from payments.models import PaymentAct
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import signed_in

from . import permissions, selectors
from .forms import ByHandForm, ProposeForm, WordsForm
from .views import payment_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest


@signed_in("payments:desk_payment")
@require_POST
def propose(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    row = selectors.payment_for_desk(public_id)
    form = ProposeForm(request.POST, kinds=selectors.kinds_for(row, selectors.trail_of(row).late))
    if not form.is_valid():
        return payment_page(request, row, form=form)
    values = form.cleaned_data
    try:
        services.propose(
            actor=request.user,
            payment=row,
            kind=PaymentAct.Kind(values["kind"]),
            amount=values["amount"],
            words=values["words"],
        )
    except DomainError as refusal:
        return payment_page(request, row, form=form, refusal=str(refusal))
    messages.success(request, _("Proposed. Another person signs it."))
    return redirect("payments:desk_payment", public_id)


def _done(request: SignedInRequest, back: str, act: Callable[[], Any], says: str, *of: str) -> HttpResponse:
    """Act, and go back to the page from which it was asked: one of the desk."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, says)
    page = request.POST.get("back", "")
    if page.startswith("/payments/desk/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        return redirect(page)
    return redirect(back, *of)


def _words(request: SignedInRequest) -> str:
    """ "" where nothing was written, which the service refuses in its own words."""
    form = WordsForm(request.POST)
    return str(form.cleaned_data["words"]) if form.is_valid() else request.POST.get("words", "")[:300]


@signed_in("payments:desk_acts", of=())
@require_POST
def sign(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    act = selectors.act_for_desk(public_id)
    says = _("Signed, and done in the books.")
    return _done(request, "payments:desk_acts", lambda: services.sign(actor=request.user, act=act), says)


@signed_in("payments:desk_acts", of=())
@require_POST
def give_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    act, words = selectors.act_for_desk(public_id), _words(request)
    says = _("Returned to who proposed it.")
    return _done(
        request, "payments:desk_acts", lambda: services.give_back(actor=request.user, act=act, words=words), says
    )


@signed_in("payments:desk_findings", of=())
@require_POST
def settle(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    finding, words = selectors.finding_for_desk(public_id), _words(request)
    return _done(
        request,
        "payments:desk_findings",
        lambda: deposit_services.settle_finding(actor=request.user, finding=finding, words=words),
        _("Noted what was done."),
    )


@signed_in("payments:desk_proofs", of=())
@require_POST
def approve(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    proof = selectors.proof_for_desk(public_id)
    says = _("Found right. With the second person it counts as money.")
    return _done(request, "payments:desk_proofs", lambda: proof_services.approve(actor=request.user, proof=proof), says)


@signed_in("payments:desk_proofs", of=())
@require_POST
def refuse(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    proof, words = selectors.proof_for_desk(public_id), _words(request)
    says = _("Not accepted. The firm reads why.")
    return _done(
        request,
        "payments:desk_proofs",
        lambda: proof_services.refuse(actor=request.user, proof=proof, words=words),
        says,
    )


@signed_in("payments:desk_refunds", of=())
@require_POST
def note_by_hand(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    act, form = selectors.act_for_desk(public_id), ByHandForm(request.POST)
    reference = form.cleaned_data["bank_reference"] if form.is_valid() else ""
    return _done(
        request,
        "payments:desk_refunds",
        lambda: services.note_by_hand(actor=request.user, act=act, bank_reference=reference),
        _("Noted as paid. Another person looks whether it left the bank."),
    )


@signed_in("payments:desk_refunds", of=())
@require_POST
def bear_out(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    act = selectors.act_for_desk(public_id)
    says = _("Borne out: the money left the bank. The firm is told.")
    return _done(request, "payments:desk_refunds", lambda: services.bear_out(actor=request.user, act=act), says)


@signed_in("payments:desk_refunds", of=())
@require_POST
def note_not_gone(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    act = selectors.act_for_desk(public_id)
    says = _("Noted. The money is credit of the firm again.")
    return _done(request, "payments:desk_refunds", lambda: services.note_not_gone(actor=request.user, act=act), says)
