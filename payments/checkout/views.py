"""A firm's payments: the list, one of them, the ways to pay, slips, receipts and the statement."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from csp.constants import SELF
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from payments.deposits import paying, permissions, proofs, selectors
from payments.ledger import permissions as ledger_permissions
from payments.ledger import selectors as ledger
from payments.ledger.receipts import receipt_pdf, statement_pdf
from payments.providers.easypaisa import Easypaisa
from payments.providers.interface import Can, Outcome, PostForm, Redirect, Refused
from payments.providers.switches import provider_of
from payments.states import UNDER_WAY, PaymentState, ReceiptKind
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from tdap_portal.charts.squares import squares_of
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.uploads import takes_files

from . import wording
from .challan import challan_pdf
from .forms import PhoneForm, ProofForm, StatementForm, WayForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from payments.models import Attempt, Entry, Payment, Receipt
    from payments.providers.interface import Provider
    from smes.models import Sme
    from tdap_portal.web.requests import SignedInRequest

PAGE = 25


# ------------------------------------------------------------------------------------------------------------- lists


@signed_in()
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Where the person's payments are: the desk of an official, or those of the firm that one is in."""
    if ledger_permissions.can_read_books(request.user):
        return redirect("payments:desk")
    sme = people_selectors.firm_here(request)
    if sme is None or not ledger_permissions.can_see_payments(request.user, sme):
        raise NotFound
    return _list(request, sme)


@signed_in()
@require_safe
def firm(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _list(request, _firm(request, public_id))


def _firm(request: SignedInRequest, public_id: str) -> Sme:
    """Of one's own firms; of every firm for whoever reads the books. Raises NotFound."""
    sme = people_selectors.sme_by_public_id(public_id)
    if sme is None or not ledger_permissions.can_see_payments(request.user, sme):
        raise NotFound
    return sme


def _list(request: SignedInRequest, sme: Sme) -> HttpResponse:
    page = keyset_page(selectors.payments_of(sme), order=["-pk"], cursor=request.GET.get("cursor"), size=PAGE)
    rows, receipts = ledger.statement_page(sme, size=PAGE)
    others = [one for one in people_selectors.firms_here(request) if one.pk != sme.pk]
    context = {
        "sme": sme,
        "is_own": people_selectors.role_of(request.user, sme) is not None,
        "page": page,
        "rows": [(row, wording.state_of(row)) for row in page.rows],
        "booked": rows,
        "booked_page": receipts,
        "money": ledger.money_of(sme),
        "form": StatementForm(request.GET if request.GET.keys() & StatementForm.base_fields.keys() else None),
        "others": [one for one in others if ledger_permissions.can_see_payments(request.user, one)],
        "language": get_language(),
    }
    return render(request, "payments/checkout/list.html", context)


@signed_in()
@require_safe
def statement(request: SignedInRequest, public_id: str) -> HttpResponse:
    sme = _firm(request, public_id)
    form = StatementForm(request.GET)
    if not form.is_valid():
        days = urlencode({name: request.GET.get(name, "") for name in form.fields})
        return redirect(
            f"{reverse('payments:firm', args=[public_id])}?{days}#st-h"
        )  # where they stand with what is wrong
    found = ledger.statement(sme, *form.days())
    return _pdf(statement_pdf(found, language=get_language() or "en"), f"statement-{found.first}-{found.last}")


@signed_in()
@require_safe
def receipt(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = ledger.receipt_for(request.user, public_id)
    return _pdf(receipt_pdf(row), row.number)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="tdap-{name}.pdf"'
    return response


# -------------------------------------------------------------------------------------------------------- one payment


def _payment(request: SignedInRequest, public_id: str) -> Payment:
    """Of one's own firm. Raises NotFound, for officials too: theirs stands at their desk."""
    row = selectors.payment_for(request.user, public_id)
    if people_selectors.role_of(request.user, row.sme) is None:
        raise NotFound
    return row


@signed_in()
@require_safe
def payment(request: SignedInRequest, public_id: str) -> HttpResponse:
    if ledger_permissions.can_read_books(request.user):
        return redirect("payments:desk_payment", selectors.payment_for(request.user, public_id).public_id)
    return _payment_page(request, _payment(request, public_id))


def _payment_page(
    request: SignedInRequest, row: Payment, *, form: WayForm | None = None, refusal: str = ""
) -> HttpResponse:
    attempts = list(selectors.attempts_of(row))
    for one in attempts:
        one.payment = row
    proofs_sent, credit = list(selectors.proofs_of(row)), selectors.late_money_of(row)
    has_slip = any(one.is_open for one in proofs_sent)
    can_pay = permissions.can_pay(request.user, row)
    is_open = row.state in selectors.PAYABLE_NOW and row.state != PaymentState.AT_BANK
    options = wording.options_of(selectors.ways()) if is_open and can_pay else []
    entries = list(ledger.entries_about(row.reference or "").prefetch_related("receipts"))
    waits = wording.waited_for(row, attempts, has_slip=has_slip, credit=credit)
    is_asked = is_open and wording.is_asked_about(attempts, timezone.now())
    if request.headers.get("HX-Target") == "asked":  # the page asks again by itself, until there is something to show
        return HttpResponse(status=204) if is_asked else HttpResponseClientRefresh()
    context = {
        "payment": row,
        "headline": waits.title if waits else wording.headline(row),
        "waits": waits,
        "is_asked": is_asked,
        "is_folded": waits is not None and not refusal and form is None,
        "standing": wording.state_of(row),
        "callouts": wording.callouts_of(row, attempts, credit=credit, is_short=selectors.is_short(row)),
        "can_pay": can_pay,
        "is_open": is_open,
        "form": form or _way_form(options),
        "options": options,
        "tries": [(one, wording.try_words(one, _way_name(one.way))) for one in attempts],
        "entries": entries,
        "receipt": _receipt_of(entries) if row.state == PaymentState.PAID else None,
        "refunds": selectors.refunds_of(row),
        "rule": selectors.rule_on(timezone.localdate(row.created_at)),
        "language": get_language(),
        "refusal": refusal,
    }
    wrong = bool(refusal or (form is not None and form.errors))
    return render(request, "payments/checkout/payment.html", context, status=422 if wrong else 200)


def _receipt_of(entries: list[Entry]) -> Receipt | None:
    """The newest of a payment that still holds."""
    papers = [paper for entry in entries for paper in entry.receipts.all()]
    holding = [paper for paper in papers if paper.kind == ReceiptKind.PAYMENT and paper.cancelled_at is None]
    return max(holding, key=lambda paper: paper.pk, default=None)


def _way_form(options: list[wording.Option], data: Any = None) -> WayForm:
    initial = {"token": secrets.token_urlsafe(18), "way": options[0].code if options else ""}
    return WayForm(data, options=options, initial=initial)


def _way_name(way: str) -> str:
    provider = provider_of(way)
    return _(provider.name) if provider else way


@signed_in("payments:payment", keeps_refused=False)
@require_POST
def pay(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Begin a try, and take the payer to where it goes on."""
    row = _payment(request, public_id)
    permissions.can_pay(request.user, row).require()
    options = wording.options_of(selectors.ways())
    form = _way_form(options, request.POST)
    if not form.is_valid():
        return _payment_page(request, row, form=form)
    way, is_phone = (
        form.cleaned_data["way"].removesuffix(wording.PHONE),
        form.cleaned_data["way"].endswith(wording.PHONE),
    )
    payer: dict[str, str] = {}
    if is_phone:
        phone = PhoneForm(
            request.POST if "mobile" in request.POST else None,
            needs_cnic=way == "jazzcash",
            initial=request.POST.dict(),
        )
        if not phone.is_valid():
            context = {"payment": row, "form": phone, "way": _way_name(way)}
            return render(request, "payments/checkout/phone.html", context, status=422 if phone.is_bound else 200)
        payer = phone.as_payer()
    return _begin(request, row, way, form.cleaned_data["token"], payer)


def _begin(request: SignedInRequest, row: Payment, way: str, token: str, payer: dict[str, str]) -> HttpResponse:
    try:
        made, begun = paying.begin_attempt(
            actor=request.user,
            payment=row,
            way=way,
            token=token,
            return_url=f"{settings.SITE_URL.rstrip('/')}{reverse('payments:back', args=[row.public_id])}",
            notice_url=f"{settings.SITE_URL.rstrip('/')}{reverse('payments:notice', args=[way])}",
            **payer,
        )
    except DomainError as refusal:
        row.refresh_from_db()
        return _payment_page(request, row, refusal=str(refusal))
    if isinstance(begun, Refused):
        return _payment_page(request, row, refusal=wording.refusal_words(begun.code))
    if begun is not None and begun.outcome == Outcome.PENDING:
        if isinstance(begun.step, PostForm):
            return _forward(request, begun.step, _way_name(way), row)
        if isinstance(begun.step, Redirect):
            return HttpResponseRedirect(begun.step.url)
    return redirect("payments:attempt", row.public_id, made.number)


def _forward(request: HttpRequest, step: PostForm, way: str, row: Payment | None = None) -> HttpResponse:
    """A page with one button that posts to the payment company, whose page alone this one may post to."""
    response = render(request, "payments/checkout/forward.html", {"step": step, "way": way, "payment": row})
    response._csp_replace = {"form-action": [SELF, step.origin]}  # type: ignore[attr-defined]  # noqa: SLF001  as csp's own decorators do
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where a payer comes back to from another site: without session and token, so it reads and writes nothing. Easypaisa's own page
    comes back in the middle, with a token that is posted on."""
    provider = provider_of("easypaisa")
    token = request.POST.get("auth_token", "")
    if token and isinstance(provider, Easypaisa):
        url = f"{settings.SITE_URL.rstrip('/')}{reverse('payments:back', args=[public_id])}"
        step = provider.confirm(token, return_url=url)
        if isinstance(step, PostForm):
            return _forward(request, step, _(provider.name))
    return render(request, "payments/checkout/back.html", {"public_id": public_id})


# ---------------------------------------------------------------------------------------------------------- one try


@signed_in()
@require_safe
def attempt(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """How a try stands; what is copied or scanned, and where a slip is sent."""
    row = _payment(request, public_id)
    return _attempt_page(request, selectors.attempt_in(row, number))


def _attempt_page(
    request: SignedInRequest, row: Attempt, *, form: ProofForm | None = None, refusal: str = ""
) -> HttpResponse:
    provider = provider_of(row.way)
    is_live = row.state in UNDER_WAY
    steps = paying.instructions_of(row) if is_live else None
    label = _("Code for Raast: PKR %(sum)s to TDAP") % {"sum": f"{row.amount // 100:,}"}
    sends = proofs.takes_proofs(row.way) and row.payment.state in selectors.PAYABLE_NOW
    initial = {"amount": row.amount} | kept_for(request)
    sent = [one for one in selectors.proofs_of(row.payment) if one.attempt_id == row.pk]
    waits = is_live and any(one.is_open for one in sent)
    standing = wording.slip_waits() if waits else wording.try_words(row, _way_name(row.way))
    context = {
        "payment": row.payment,
        "attempt": row,
        "way": _way_name(row.way),
        "standing": standing,
        "headline": wording.headline(row.payment),
        "is_live": is_live,
        "steps": steps,
        "lines": [(_(line.label), line.value, line.is_number) for line in steps.lines] if steps else [],
        "qr": mark_safe(squares_of(steps.qr).svg(label)) if steps and steps.qr else "",
        "has_challan": bool(steps) and hasattr(provider, "challan"),
        "can_ask": is_live and selectors.asks(provider),
        "can_pay": permissions.can_pay(request.user, row.payment),
        "is_payable": row.payment.state in selectors.PAYABLE_NOW,
        "proofs": sent,
        "form": (form or ProofForm(initial=initial)) if sends else None,
        "refusal": refusal,
    }
    wrong = bool(refusal or (form is not None and form.errors))
    return render(request, "payments/checkout/attempt.html", context, status=422 if wrong else 200)


@signed_in("payments:attempt", of=("public_id", "number"))
@require_POST
def look(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """Ask the payment company now."""
    row = selectors.attempt_in(_payment(request, public_id), number)
    paying.look_now(actor=request.user, attempt=row)
    row.refresh_from_db()
    if row.state in UNDER_WAY:
        messages.info(request, _("Nothing new yet. We go on asking, and write to you."))
    return redirect("payments:attempt", public_id, number)


@signed_in("payments:attempt", of=("public_id", "number"))
@require_POST
def leave(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    row = selectors.attempt_in(_payment(request, public_id), number)
    try:
        paying.leave_attempt(actor=request.user, attempt=row)
    except DomainError as refusal:
        return _attempt_page(request, row, refusal=str(refusal))
    messages.success(request, _("This way is left. Choose another one."))
    return redirect("payments:payment", public_id)


@takes_files
@signed_in("payments:attempt", of=("public_id", "number"))
@require_POST
def send_slip(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    row = selectors.attempt_in(_payment(request, public_id), number)
    permissions.can_pay(request.user, row.payment).require()
    form = ProofForm(request.POST, request.FILES)
    if not form.is_valid():
        return _attempt_page(request, row, form=form)
    try:
        proofs.send_proof(actor=request.user, attempt=row, **form.as_proof())
    except DomainError as refusal:
        return _attempt_page(request, row, form=form, refusal=str(refusal))
    messages.success(request, _("The slip is here. Two officers look at it, within one working day as a rule."))
    return redirect("payments:attempt", public_id, number)


@signed_in()
@require_safe
def challan(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """The paying-in slip, to be printed and taken to the bank."""
    row = selectors.attempt_in(_payment(request, public_id), number)
    provider: Provider | None = provider_of(row.way)
    if provider is None or Can.INSTRUCTIONS not in provider.can or not hasattr(provider, "challan"):
        raise NotFound
    found = provider.challan(paying.request_of(row))
    if isinstance(found, Refused):
        raise NotFound
    return _pdf(challan_pdf(found, row.reference, row.payment.sme.name), f"challan-{row.reference}")


@signed_in()
@require_safe
def slip(request: SignedInRequest, public_id: str, proof_id: str) -> FileResponse:
    """A slip of one's own firm, or of any for whoever reads the books; always a file to save."""
    row = selectors.proof_in(selectors.payment_for(request.user, public_id), proof_id)
    try:
        content = papers_selectors.open_file(row.stored_as)
    except FileNotFoundError:
        raise NotFound(_("This file is missing. Tell TDAP.")) from None
    response = FileResponse(content, as_attachment=True, filename=row.name, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
