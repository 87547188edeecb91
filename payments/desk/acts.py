"""What is sent from the desk of payments: each act calls its service and says what was done; a refusal is shown where it was asked for."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payments.deposits import acts as services
from payments.deposits import found
from payments.deposits import proofs as proof_services
from payments.deposits import selectors as deposits
from payments.deposits import services as deposit_services
from payments.models import PaymentAct
from payments.states import ProofState
from tdap_portal.core.errors import DomainError
from tdap_portal.web.keeping import BackToForm, forget_refused, signed_in

from . import permissions, selectors
from .forms import ByHandForm, FoundForm, ProposeForm, WordsForm
from .views import payment_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from payments.models import Finding, Proof
    from tdap_portal.web.requests import SignedInRequest

Row = TypeVar("Row")


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


def _act(
    back: str, find: Callable[[str], Row]
) -> Callable[[Callable[[SignedInRequest, Row], str]], Callable[..., HttpResponseBase]]:
    """An address that does one thing to one row. back: the list to which it leads, unless the form came from another page of the desk."""

    def wrap(does: Callable[[SignedInRequest, Row], str]) -> Callable[..., HttpResponseBase]:
        @signed_in(back, of=())
        @require_POST
        @wraps(does)
        def view(request: SignedInRequest, public_id: str) -> HttpResponse:
            permissions.require_desk(request.user)
            row = find(public_id)
            page = request.POST.get("back", "")
            is_ours = page.startswith("/payments/desk/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
            page = page if is_ours else reverse(back)
            try:
                messages.success(request, does(request, row))
            except DomainError as refusal:
                messages.error(request, str(refusal))
                return BackToForm(page)
            forget_refused(request, page)
            return redirect(page)

        return view

    return wrap


def _words(request: SignedInRequest) -> str:
    """ "" where nothing was written, which the service refuses in its own words."""
    form = WordsForm(request.POST)
    return str(form.cleaned_data["words"]) if form.is_valid() else request.POST.get("words", "")[:300]


@_act("payments:desk_acts", selectors.act_for_desk)
def sign(request: SignedInRequest, act: PaymentAct) -> str:
    services.sign(actor=request.user, act=act)
    return _("Signed, and done in the books.")


@_act("payments:desk_acts", selectors.act_for_desk)
def give_back(request: SignedInRequest, act: PaymentAct) -> str:
    services.give_back(actor=request.user, act=act, words=_words(request))
    return _("Returned to who proposed it.")


@_act("payments:desk_findings", selectors.finding_for_desk)
def settle(request: SignedInRequest, finding: Finding) -> str:
    deposit_services.settle_finding(actor=request.user, finding=finding, words=_words(request))
    return _("Noted what was done.")


@_act("payments:desk_findings", selectors.finding_for_desk)
def give_found(request: SignedInRequest, finding: Finding) -> str:
    form = FoundForm(request.POST)
    reference, words = (request.POST.get(name, "")[:300] for name in ("reference", "words"))
    form.is_valid()
    payment = selectors.payment_named(form.cleaned_data.get("reference", ""))
    if payment is None:
        raise DomainError(
            _("No payment has the reference “%(reference)s”.") % {"reference": reference}, code="no_payment"
        )
    found.propose_found(actor=request.user, finding=finding, payment=payment, words=words)
    return _("Proposed. Another person signs it.")


@_act("payments:desk_findings", selectors.finding_for_desk)
def found_back(request: SignedInRequest, finding: Finding) -> str:
    """Money that nobody knew goes back to its payer: noted by one, borne out by another, or not so."""
    if "seen" in request.POST:
        found.bear_out_sent_back(actor=request.user, finding=finding)
        return _("Borne out. It has left the books.")
    if "not" in request.POST:
        found.note_not_sent_back(actor=request.user, finding=finding)
        return _("Noted. The money waits again.")
    found.note_sent_back(actor=request.user, finding=finding, words=_words(request))
    return _("Noted. Another person looks whether the company sent it back.")


@_act("payments:desk_proofs", selectors.proof_for_desk)
def approve(request: SignedInRequest, proof: Proof) -> str:
    row = proof_services.approve(actor=request.user, proof=proof)
    if row.state == ProofState.APPROVED and not deposits.is_slip_booked(row):
        return _("Found right by two people. The bank had shown this money before, so nothing is booked again.")
    if row.state == ProofState.APPROVED:
        return _("Found right by two people: it counts as money. The firm is told.")
    return _("Found right. With the second person it counts as money.")


@_act("payments:desk_proofs", selectors.proof_for_desk)
def refuse(request: SignedInRequest, proof: Proof) -> str:
    proof_services.refuse(actor=request.user, proof=proof, words=_words(request))
    return _("Not accepted. The firm reads why.")


@_act("payments:desk_refunds", selectors.act_for_desk)
def note_by_hand(request: SignedInRequest, act: PaymentAct) -> str:
    form = ByHandForm(request.POST)
    reference = form.cleaned_data["bank_reference"] if form.is_valid() else ""
    services.note_by_hand(actor=request.user, act=act, bank_reference=reference)
    return _("Noted as paid. Another person looks whether it left the bank.")


@_act("payments:desk_refunds", selectors.act_for_desk)
def bear_out(request: SignedInRequest, act: PaymentAct) -> str:
    services.bear_out(actor=request.user, act=act)
    return _("Borne out: the money left the bank. The firm is told.")


@_act("payments:desk_refunds", selectors.act_for_desk)
def note_not_gone(request: SignedInRequest, act: PaymentAct) -> str:
    services.note_not_gone(actor=request.user, act=act)
    return _("Noted. The money is credit of the firm again.")
