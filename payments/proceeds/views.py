"""The firm's own exports and the money for them; the queue of its bank."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payments.states import PROCEEDS, SHIPMENT, ProceedsState, ShipmentKind
from smes.vocabulary.markets import countries
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import Kept, kept_for, kept_form, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import allocating, confirming, files, permissions, selectors, services, wording
from .forms import (
    CompleteForm,
    DayField,
    DisagreeForm,
    MatchForm,
    QueueForm,
    ReceiptForm,
    ShipmentForm,
    WordsForm,
    products_of,
)
from .matching import proposed
from .recording import number_key, side_of_receipt, side_of_shipment

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from payments.models import ProceedsReceipt, Shipment
    from tdap_portal.web.requests import SignedInRequest

PAGE = 25
QUEUE_PAGE = 50
EDITS = ["GET", "HEAD", "POST"]


# -------------------------------------------------------------------------------------------------------------- the firm


@signed_in()
@require_safe
def own(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the firm sold abroad, what is due when, and what came."""
    sme = selectors.firm_for(request.user, public_id)
    day = today()
    page = keyset_page(selectors.shipments_of(sme), order=("-id",), cursor=request.GET.get("cursor"), size=PAGE)
    money = keyset_page(selectors.receipts_of(sme), order=("-id",), cursor=request.GET.get("money"), size=PAGE)
    context = {
        "sme": sme,
        "page": page,
        "rows": [_shipment_line(row, day) for row in page.rows],
        "money": money,
        "receipts": [(row, wording.receipt_state(row), wording.money(row.amount, row.currency)) for row in money.rows],
        "sums": [
            (wording.money(one.open, one.currency), one.overdue and wording.money(one.overdue, one.currency))
            for one in selectors.sums_of(sme, day)
        ],
        "can_record": permissions.can_record(request.user, sme),
        "most_rows": files.MOST_ROWS,
    }
    return render(request, "payments/proceeds/own.html", context)


def _shipment_line(row: Shipment, day: Any) -> dict[str, Any]:
    return {
        "row": row,
        "what": wording.what_words(row),
        "amount": wording.money(row.amount, row.currency),
        "left": wording.money(row.left, row.currency),
        "standing": wording.standing_of(row, day),
    }


@signed_in()
@require_safe
def own_csv(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All shipments of the firm."""
    sme = selectors.firm_for(request.user, public_id)
    return files.as_csv_answer(files.shipment_table(files.limited(selectors.shipments_of(sme))), "shipments")


@signed_in()
@require_safe
def own_xlsx(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All shipments and all receipts of the firm."""
    sme = selectors.firm_for(request.user, public_id)
    tables = [
        files.shipment_table(files.limited(selectors.shipments_of(sme))),
        files.receipt_table(files.limited(selectors.receipts_of(sme))),
    ]
    return files.as_xlsx_answer(tables, "proceeds")


def _kind(request: SignedInRequest) -> ShipmentKind:
    asked = request.GET.get("kind", "")
    return ShipmentKind(asked) if asked in set(ShipmentKind) else ShipmentKind.GOODS


@signed_in()
@require_http_methods(EDITS)
def shipment_new(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Write down goods, a parcel or a service."""
    sme = selectors.firm_for(request.user, public_id)
    kind = _kind(request)
    form = ShipmentForm(posted(request), kind=kind, banks=list(selectors.banks()), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = services.record_shipment(actor=request.user, sme=sme, **form.as_act())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            _say_held(request, row, _("It is written down."))
            return redirect("payments:shipment", row.public_id)
    context = {
        "sme": sme,
        "form": form,
        "kind": kind.value,
        "kinds": [(code.value, words) for code, words in files.KINDS.items()],
        "countries": countries(get_language() or "en").values(),
        "products": products_of(sme),
    }
    return render(request, "payments/proceeds/shipment_new.html", context, status=422 if form.is_bound else 200)


def _say_held(request: SignedInRequest, row: Shipment | ProceedsReceipt, words: str) -> None:
    if row.held_for and row.state == "held":
        messages.warning(
            request, _("It is written down and waits: %(why)s.") % {"why": wording.held_words(row.held_for)}
        )
    else:
        messages.success(request, words)


@signed_in()
@require_safe
def shipment(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One shipment: when it is due and why, and what paid it."""
    return _shipment_page(request, selectors.shipment_of(request.user, public_id))


def _shipment_page(request: SignedInRequest, row: Shipment, *, refusal: str = "", typed: Any = None) -> HttpResponse:
    lines = selectors.standing_allocations(shipment=row)
    known = selectors.rules()
    context = {
        "line": _shipment_line(row, today()),
        "row": row,
        "due": wording.due_words(row),
        "country": wording.country_words(row.buyer_country),
        "held": wording.held_words(row.held_for),
        "lines": [(one, wording.money(one.paid, row.currency), wording.receipt_state(one.receipt)) for one in lines],
        "late": [late for one in lines if (late := wording.late_of(one, known)) is not None],
        "can_withdraw": SHIPMENT.allows("withdraw", row.state) and not row.matched,
        "form": WordsForm(typed, label=_("Why is it taken back?")),
        "refusal": refusal,
    }
    return render(request, "payments/proceeds/shipment.html", context, status=422 if refusal else 200)


@signed_in("payments:shipment")
@require_POST
def shipment_withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """It was written down by mistake."""
    row = selectors.shipment_of(request.user, public_id)
    try:
        services.withdraw_shipment(actor=request.user, shipment=row, words=request.POST.get("words", ""))
    except DomainError as refusal:
        return _shipment_page(request, row, refusal=str(refusal), typed=request.POST)
    messages.success(request, _("It is taken back."))
    return redirect("payments:proceeds", row.sme.public_id)


@signed_in()
@require_http_methods(EDITS)
def receipt_new(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Write down money that came, for goods or for a service."""
    sme = selectors.firm_for(request.user, public_id)
    is_service = request.GET.get("kind") == "service"
    banks, codes = list(selectors.banks()), selectors.codes_on(_day_of_money(request))
    values: dict[str, Any] = {"is_service": is_service, "banks": banks, "codes": codes, "initial": kept_for(request)}
    form = ReceiptForm(posted(request), **values, asks_another="is_another" in request.POST)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.record_proceeds(actor=request.user, sme=sme, **form.as_act())
        except DomainError as refusal:
            if refusal.code == "looks_twice":
                form = ReceiptForm(posted(request), **values, asks_another=True)
                form.is_valid()
            form.add_error(None, str(refusal))
        else:
            _say_held(request, row, _("It is written down, and the bank is asked. Now say which shipments it pays."))
            return redirect("payments:proceeds_receipt", row.public_id)
    context = {
        "sme": sme,
        "form": form,
        "is_service": is_service,
        "banks": banks,
        "countries": countries(get_language() or "en").values(),
    }
    return render(request, "payments/proceeds/receipt_new.html", context, status=422 if form.is_bound else 200)


def _day_of_money(request: SignedInRequest) -> date:
    """The day that the form names, as far as one can be read; else today."""
    with suppress(ValidationError):
        return DayField(required=False).clean(request.POST.get("came_on", "")) or today()
    return today()


@signed_in()
@require_safe
def receipt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Money that came: what the bank says, and which shipments it pays."""
    return _receipt_page(request, selectors.receipt_of(request.user, public_id))


def _receipt_page(
    request: SignedInRequest,
    row: ProceedsReceipt,
    *,
    refusal: str = "",
    match: MatchForm | None = None,
    complete: CompleteForm | None = None,
) -> HttpResponse:
    """The forms of this page are sent to addresses of their own; what was typed in the one that was refused stands in it again."""
    kept = kept_form(request)
    act = request.resolver_match.url_name if request.resolver_match and request.method == "POST" else kept.act
    typed: dict[str, Any] = request.POST.dict() if request.method == "POST" else kept.typed
    lines = selectors.standing_allocations(receipt=row)
    can_match = row.state in (ProceedsState.SAID, ProceedsState.CONFIRMED) and row.left > 0
    shipments = selectors.open_shipments(row) if can_match else []
    others = selectors.open_shipments(row, others=True) if can_match else []
    if match is None:
        parts = dict(proposed(side_of_receipt(row), [side_of_shipment(one) for one in shipments]))
        initial = {f"part_{one.public_id}": parts[one.pk] for one in shipments if one.pk in parts}
        initial = {"seen": row.matched} | initial | (kept.typed if act == "proceeds_match" else {})
        match = MatchForm(shipments=shipments, others=others, initial=initial)
    day = today()
    context = {
        "row": row,
        "amount": wording.money(row.amount, row.currency),
        "left": wording.money(row.left, row.currency),
        "rupees": wording.money(row.paisa, "PKR") if row.paisa is not None else "",
        "kept": wording.money(row.kept, row.currency) if row.kept else "",
        "standing": wording.receipt_state(row),
        "held": wording.held_words(row.held_for),
        "service": wording.service_words(row.service),
        "form_r": wording.form_r_words(row) if row.is_service else None,
        "lines": [(one, wording.money(one.amount, row.currency), wording.paid_words(one)) for one in lines],
        "match": match,
        "choices": [
            (_shipment_line(one, day), match[f"part_{one.public_id}"])
            for one in shipments
            if f"part_{one.public_id}" in match.fields
        ],
        "exchanges": [
            (_shipment_line(one, day), match[f"part_{one.public_id}"], match[f"pays_{one.public_id}"])
            for one in others
            if f"pays_{one.public_id}" in match.fields
        ],
        "exchange_is_open": not shipments or any(match[f"pays_{public_id}"].value() for public_id in match.others),
        "can_withdraw": PROCEEDS.allows("withdraw", row.state),
        "can_ask": PROCEEDS.allows("ask_again", row.state),
        "complete": complete
        or CompleteForm(
            codes=selectors.codes_on(row.came_on),
            initial={"purpose": row.purpose_id, "form_r": row.form_r} | (typed if act == "proceeds_complete" else {}),
        ),
        "refusal": refusal,
        "words": WordsForm(auto_id="w_%s", initial=typed if act == "proceeds_withdraw" else {}),
        "act": act,
        "typed": typed.get("words", ""),
        "wrong_line": str(_sent_to(request, kept)),
    }
    wrong = bool(refusal) or match.is_bound
    return render(request, "payments/proceeds/receipt.html", context, status=422 if wrong else 200)


def _sent_to(request: SignedInRequest, kept: Kept) -> object:
    """The number of the match that a refused form was about; "" for none."""
    of = request.resolver_match.kwargs if request.resolver_match and request.method == "POST" else kept.of
    return of.get("number", "")


@signed_in("payments:proceeds_receipt")
@require_POST
def receipt_match(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Which shipments it pays."""
    row = selectors.receipt_of(request.user, public_id)
    others = selectors.open_shipments(row, others=True)
    form = MatchForm(request.POST, shipments=selectors.open_shipments(row), others=others)
    if not form.is_valid():
        return _receipt_page(request, row, refusal=_("Nothing was matched. Put right what is marked."), match=form)
    try:
        values = {"parts": form.parts(), "pays": form.pays(), "seen": form.cleaned_data["seen"]}
        allocating.match(actor=request.user, receipt=row, **values)
    except DomainError as refusal:
        row = selectors.receipt_of(request.user, public_id)
        return _receipt_page(request, row, refusal=str(refusal), match=None if refusal.code == "stale" else form)
    messages.success(request, _("It is matched."))
    return redirect("payments:proceeds_receipt", public_id)


@signed_in("payments:proceeds_receipt")
@require_POST
def receipt_unmatch(request: SignedInRequest, public_id: str, number: int) -> HttpResponse:
    """A match was wrong."""
    row = selectors.receipt_of(request.user, public_id)
    words = request.POST.get("words", "")
    return _do(
        request, row, lambda: allocating.unmatch(actor=request.user, receipt=row, allocation_id=number, words=words)
    )


@signed_in("payments:proceeds_receipt")
@require_POST
def receipt_withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """It was written down by mistake."""
    row = selectors.receipt_of(request.user, public_id)
    words = request.POST.get("words", "")
    return _do(request, row, lambda: services.withdraw_proceeds(actor=request.user, receipt=row, words=words))


@signed_in("payments:proceeds_receipt")
@require_POST
def receipt_ask_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The bank should look once more."""
    row = selectors.receipt_of(request.user, public_id)
    words = request.POST.get("words", "")
    return _do(request, row, lambda: confirming.ask_again(actor=request.user, receipt=row, words=words))


@signed_in("payments:proceeds_receipt")
@require_POST
def receipt_complete(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Purpose code and Form R."""
    row = selectors.receipt_of(request.user, public_id)
    form = CompleteForm(request.POST, codes=selectors.codes_on(row.came_on))
    if not form.is_valid():
        return _receipt_page(request, row, refusal=_("Choose a purpose code of the list."), complete=form)
    return _do(request, row, lambda: services.complete(actor=request.user, receipt=row, **form.as_act()))


def _do(request: SignedInRequest, row: ProceedsReceipt, act: Any) -> HttpResponse:
    try:
        act()
    except NotFound:
        raise
    except DomainError as refusal:
        return _receipt_page(request, selectors.receipt_of(request.user, row.public_id), refusal=str(refusal))
    messages.success(request, _("It is saved."))
    return redirect("payments:proceeds_receipt", row.public_id)


# -------------------------------------------------------------------------------------------------------------- the bank

TABS = {"said": ProceedsState.SAID, "confirmed": ProceedsState.CONFIRMED, "disputed": ProceedsState.DISPUTED}


@signed_in()
@require_safe
def bank_queue(request: SignedInRequest) -> HttpResponse:
    """What firms say came through the bank, the oldest first."""
    shown = request.GET.get("show", "said")
    state = TABS.get(shown, ProceedsState.SAID)
    form = QueueForm(request.GET)
    text = form.wanted()
    rows = selectors.queue_of(request.user, state.value, text, number_key(text))
    page = keyset_page(rows, order=selectors.QUEUE_ORDER, cursor=request.GET.get("cursor"), size=QUEUE_PAGE)
    labels = {"said": _("To confirm"), "confirmed": _("Confirmed"), "disputed": _("Not agreed")}
    context = {
        "page": page,
        "rows": [
            (row, wording.money(row.amount, row.currency), wording.service_words(row.service)) for row in page.rows
        ],
        "tabs": [
            {
                "label": label,
                "url": f"?show={name}",
                "count": selectors.queue_of(request.user).count() if name == "said" else None,
                "is_current": TABS[name] == state,
                "tone": "you" if name == "said" else "",
            }
            for name, label in labels.items()
        ],
        "form": form,
        "active": int(bool(text)),
        "is_open": state == ProceedsState.SAID,
    }
    return render(request, "payments/proceeds/bank_queue.html", context)


@signed_in()
@require_safe
def bank_receipt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One of them: confirm, or say why not."""
    return _bank_page(
        request, selectors.queued_receipt(request.user, public_id), DisagreeForm(initial=kept_for(request))
    )


def _bank_page(request: SignedInRequest, row: ProceedsReceipt, form: DisagreeForm, refusal: str = "") -> HttpResponse:
    may = permissions.can_confirm(request.user, row)
    context = {
        "row": row,
        "amount": wording.money(row.amount, row.currency),
        "kept": wording.money(row.kept, row.currency) if row.kept else "",
        "standing": wording.receipt_state(row),
        "service": wording.service_words(row.service),
        "country": wording.country_words(row.buyer_country),
        "form": form,
        "can_confirm": may and PROCEEDS.allows("confirm", row.state),
        "can_disagree": may and PROCEEDS.allows("disagree", row.state),
        "may": may,
        "lines": [
            (one, wording.money(one.amount, row.currency)) for one in selectors.standing_allocations(receipt=row)
        ],
        "refusal": refusal,
    }
    wrong = bool(refusal) or form.is_bound
    return render(request, "payments/proceeds/bank_receipt.html", context, status=422 if wrong else 200)


@signed_in("payments:bank_receipt")
@require_POST
def bank_confirm(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The money came as the firm says."""
    row = selectors.queued_receipt(request.user, public_id)
    try:
        confirming.confirm(actor=request.user, receipt=row)
    except DomainError as refusal:
        row = selectors.queued_receipt(request.user, public_id)
        return _bank_page(request, row, DisagreeForm(), str(refusal))
    messages.success(request, _("It is confirmed."))
    return redirect("payments:proceeds_queue")


@signed_in("payments:bank_receipt")
@require_POST
def bank_disagree(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The bank does not have it so."""
    row = selectors.queued_receipt(request.user, public_id)
    form = DisagreeForm(request.POST)
    if not form.is_valid():
        return _bank_page(request, row, form)
    try:
        confirming.disagree(actor=request.user, receipt=row, **form.cleaned_data)
    except DomainError as refusal:
        return _bank_page(request, selectors.queued_receipt(request.user, public_id), form, str(refusal))
    messages.success(request, _("The firm is told that you do not agree."))
    return redirect("payments:proceeds_queue")
