"""The desk of payments: what waits, all payments, one with its trail, the lists behind what waits, the rule of deposits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from payments.deposits import permissions as deposit_permissions
from payments.deposits import selectors as deposits
from payments.deposits import services as deposit_services
from payments.ledger import selectors as ledger
from payments.ledger.wording import with_names
from payments.readiness import selectors as readiness
from payments.states import FindingKind, ProofState
from smes.people import selectors as people_selectors
from tdap_portal.core.csv_text import csv_lines
from tdap_portal.core.errors import DomainError
from tdap_portal.core.xlsx_text import Sheet, as_xlsx
from tdap_portal.web.keeping import kept_form, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import permissions, selectors, wording
from .forms import FilterForm, FindingsForm, ProposeForm, RuleForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payments.models import Finding, Payment, Proof
    from tdap_portal.core.access import Answer
    from tdap_portal.web.requests import SignedInRequest

PAGE = 25
MAX_XLSX = 20_000  # lines of a workbook; more are taken as CSV, which has no bound


@signed_in()
@require_safe
def desk(request: SignedInRequest) -> HttpResponse:
    """What waits, and where everything is."""
    permissions.require_desk(request.user)
    context = {
        "waiting": selectors.waiting_of(request.user),
        "trial": with_names(
            [line for line in ledger.trial_balance() if line.debit or line.credit], ledger.names_of_banks()
        ),
        "check": ledger.last_check(),
        "refused": bool(selectors.refused_notices().exists()),
    }
    return render(request, "payments/desk/desk.html", context)


# ------------------------------------------------------------------------------------------------------ all payments


def _filter_form(request: SignedInRequest) -> FilterForm:
    ways = [(provider.code, _(provider.name)) for provider in deposits.ways()]
    return FilterForm(request.GET, ways=ways)


@signed_in()
@require_safe
def payments(request: SignedInRequest) -> HttpResponse:
    permissions.require_desk(request.user)
    form = _filter_form(request)
    filters = form.filters()
    page = selectors.payments_page(filters, request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, wording.tone_of(row), wording.state_words(row), wording.way_name(row.way)) for row in page.rows],
        "active": sum(bool(getattr(filters, name)) for name in ("state", "purpose", "way", "q")),
    }
    return render(request, "payments/desk/payments.html", context)


@signed_in()
@require_safe
def payments_csv(request: SignedInRequest) -> StreamingHttpResponse:
    """The list as it is filtered, row by row as the database gives it."""
    permissions.require_desk(request.user)
    rows = selectors.exported(_filter_form(request).filters())
    lines = csv_lines(wording.CSV_HEAD, (wording.csv_row(row) for row in rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tdap-payments.csv"'
    return response


@signed_in()
@require_safe
def payments_xlsx(request: SignedInRequest) -> HttpResponse:
    permissions.require_desk(request.user)
    found = selectors.exported(_filter_form(request).filters())
    lines: list[tuple[Any, ...]] = []
    for row in found:
        if len(lines) == MAX_XLSX:
            messages.info(
                request,
                _("A workbook holds %(number)s payments. Filter the list, or take it as CSV.")
                % {"number": f"{MAX_XLSX:,}"},
            )
            return redirect("payments:desk_payments")
        lines.append(wording.csv_row(row))
    sheet = Sheet(_("Payments"), [wording.CSV_HEAD, *lines])
    content = as_xlsx([sheet], title=_("Payments"), rtl=get_language_bidi())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="tdap-payments.xlsx"'
    return response


# ------------------------------------------------------------------------------------------------------- one payment


@signed_in()
@require_safe
def payment(request: SignedInRequest, public_id: str) -> HttpResponse:
    permissions.require_desk(request.user)
    return payment_page(request, selectors.payment_for_desk(public_id))


def payment_page(
    request: SignedInRequest, row: Payment, *, form: ProposeForm | None = None, refusal: str = ""
) -> HttpResponse:
    people_selectors.know_roles(request.user, [row.sme])
    trail = selectors.trail_of(row)
    kinds = selectors.kinds_for(row, trail.late)
    can_propose = deposit_permissions.can_propose(request.user, row)
    kept = kept_form(request, request.path)
    if form is None and kinds and can_propose:
        typed = kept.typed if kept.act not in {"desk_settle", "desk_return"} else {}
        form = ProposeForm(kinds=kinds, initial=_suggested(request, row, trail, kinds) | typed)
    context = {
        "payment": row,
        "tone": wording.tone_of(row),
        "state": wording.state_words(row),
        "way": wording.way_name(row.way),
        "trail": trail,
        "findings": [(one, wording.what_follows(one)) for one in trail.findings],
        "tries": [(one, wording.way_name(one.way)) for one in trail.attempts],
        "slips": _slips(request, row, trail),
        "not_shown": deposits.in_transit_of(row) if trail.proofs else 0,
        "acts": [(act, deposit_permissions.can_sign(request.user, act)) for act in trail.acts],
        "form": form,
        "can_propose": can_propose,
        "can_settle": can_propose,  # the same people
        "kept": kept,
        "language": get_language(),
        "refusal": refusal,
    }
    wrong = bool(refusal or (form is not None and form.errors))
    return render(request, "payments/desk/payment.html", context, status=422 if wrong else 200)


def _slips(request: SignedInRequest, row: Payment, trail: selectors.Trail) -> list[tuple[Proof, bool]]:
    """Each with whether this person may say that the bank does not show it."""
    awaited = deposits.in_transit_of(row) if trail.proofs else 0
    return [
        (
            one,
            one.state == ProofState.APPROVED
            and one.amount <= awaited
            and bool(deposit_permissions.can_take_back_first(request.user, one)),
        )
        for one in trail.proofs
    ]


def _suggested(request: SignedInRequest, row: Payment, trail: selectors.Trail, kinds: list[str]) -> dict[str, Any]:
    """What the finding that led here asks for, else the newest that is open, else all that is held."""
    chosen = next((one for one in trail.findings if one.public_id == request.GET.get("finding")), None)
    if chosen is None:
        chosen = next((one for one in trail.findings if not one.settled_at and one.kind in selectors.SUGGESTED), None)
    kind = selectors.SUGGESTED.get(FindingKind(chosen.kind)) if chosen is not None else None
    if kind == "use_credit" and "take_short" in kinds:
        kind = selectors.Kind.TAKE_SHORT  # so little is missing that it may be accepted at once
    if kind is None or kind.value not in kinds:
        return {"kind": kinds[0], "amount": selectors.amount_for(row, kinds[0], trail.late)}
    amount = selectors.amount_for(row, kind.value, trail.late)
    return {"kind": kind.value, "amount": amount, "words": str(chosen.get_kind_display()) if chosen else ""}


# --------------------------------------------------------------------------------------------------------- the lists


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money of a finding in suspense. may_see: whether the reader bears out that it went back, once somebody has noted that."""

    may_see: Answer


def _waiting(request: SignedInRequest, finding: Finding) -> Waiting | None:
    if not deposits.is_in_suspense(finding):
        return None
    return Waiting(deposit_permissions.can_bear_found_out(request.user, finding))


@signed_in()
@require_safe
def findings(request: SignedInRequest) -> HttpResponse:
    permissions.require_desk(request.user)
    form = FindingsForm(request.GET)
    kind, rows = form.wanted(), deposits.findings_open()
    if kind:
        rows = rows.filter(kind=kind)
    page = keyset_page(rows, order=["pk"], cursor=request.GET.get("cursor"), size=PAGE)
    people_selectors.know_roles(request.user, [row.payment.sme for row in page.rows if row.payment])
    given = {act.finding_id: act for act in deposits.acts_open().filter(finding__in=page.rows)}
    context = {
        "page": page,
        "rows": [
            (
                row,
                deposit_permissions.can_settle_finding(request.user, row),
                wording.what_follows(row),
                wording.asks_for_an_act(row),
                _waiting(request, row),
                given.get(row.pk),
            )
            for row in page.rows
        ],
        "form": form,
        "active": int(bool(kind)),
        "kept": kept_form(request, request.path),
    }
    return render(request, "payments/desk/findings.html", context)


@signed_in()
@require_safe
def acts(request: SignedInRequest) -> HttpResponse:
    """What waits for a second person."""
    permissions.require_desk(request.user)
    page = keyset_page(deposits.acts_open(), order=["pk"], cursor=request.GET.get("cursor"), size=PAGE)
    people_selectors.know_roles(request.user, [act.payment.sme for act in page.rows])
    rows = [(act, deposit_permissions.can_sign(request.user, act)) for act in page.rows]
    return render(
        request, "payments/desk/acts.html", {"page": page, "rows": rows, "kept": kept_form(request, request.path)}
    )


@signed_in()
@require_safe
def proofs(request: SignedInRequest) -> HttpResponse:
    permissions.require_desk(request.user)
    page = keyset_page(deposits.proofs_open(), order=["pk"], cursor=request.GET.get("cursor"), size=PAGE)
    people_selectors.know_roles(request.user, [proof.payment.sme for proof in page.rows])
    twins, shown = selectors.twins_of(page.rows), deposits.shown_before([proof.payment for proof in page.rows])
    rows = [
        (
            proof,
            deposit_permissions.can_judge_proof(request.user, proof),
            twins[proof.pk],
            list(_why_twice(proof, shown.get(proof.payment_id, 0))),
        )
        for proof in page.rows
    ]
    return render(
        request, "payments/desk/proofs.html", {"page": page, "rows": rows, "kept": kept_form(request, request.path)}
    )


def _why_twice(proof: Proof, shown: int) -> Iterator[str]:
    """What speaks for looking twice, beside other slips. shown: paisa that the bank has shown of its payment and no slip told of."""
    if shown >= proof.amount:
        yield _("The bank has shown such money of this payment already; it is not booked again.")
    if proof.paid_on < timezone.localdate(proof.payment.created_at):
        yield _("The day on the slip lies before this payment was asked for.")


@signed_in()
@require_safe
def refunds(request: SignedInRequest) -> HttpResponse:
    """Refunds that a person pays from the bank."""
    permissions.require_desk(request.user)
    page = keyset_page(
        deposits.refunds_by_hand(), order=["signed_at", "pk"], cursor=request.GET.get("cursor"), size=PAGE
    )
    people_selectors.know_roles(request.user, [act.payment.sme for act in page.rows])
    asked = (
        deposit_permissions.can_bear_out,
        deposit_permissions.can_note_by_hand,
        deposit_permissions.can_note_not_gone,
    )
    answers = [(act, *(may(request.user, act) for may in asked)) for act in page.rows]
    to_pay = [act.payment.sme for act, _seen, may, _deny in answers if may and not act.told_at]
    accounts = readiness.accounts_to_pay(to_pay)  # of these firms alone: whoever only looks reads no account
    context = {
        "page": page,
        "rows": [(*answer, accounts.get(answer[0].payment.sme_id)) for answer in answers],
        "kept": kept_form(request, request.path),
    }
    return render(request, "payments/desk/refunds.html", context)


@signed_in()
@require_safe
def refused(request: SignedInRequest) -> HttpResponse:
    """Notices that were not believed; of each what is needed to ask the payment company, nothing of its payer."""
    permissions.require_desk(request.user)
    page = keyset_page(selectors.refused_notices(), order=["-pk"], cursor=request.GET.get("cursor"), size=PAGE)
    rows = [(row, wording.way_name(row.provider), wording.why_refused(row)) for row in page.rows]
    return render(request, "payments/desk/refused.html", {"page": page, "rows": rows})


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: SignedInRequest) -> HttpResponse:
    """How deposits are asked for: every version, and a new one."""
    permissions.require_desk(request.user)
    can_set = deposit_permissions.can_set_rule(request.user)
    now = deposits.rule_on()
    fields = ("pay_days", "again_days", "remind_days", "keep_days", "short_up_to", "words", "words_ur")
    initial = {name: getattr(now, name) for name in fields} | kept_form(request).typed
    form = RuleForm(posted(request), initial=initial)
    if request.method == "POST":
        can_set.require()
        if form.is_valid():
            try:
                deposit_services.set_rule(actor=request.user, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The rule is noted."))
                return redirect("payments:desk_rules")
    others = deposits.rules().exclude(pk=now.pk)
    page = keyset_page(others, order=["-since", "-id"], cursor=request.GET.get("cursor"), size=PAGE)
    context = {"now": now, "page": page, "form": form, "can_set": can_set}
    return render(request, "payments/desk/rules.html", context, status=422 if form.errors else 200)
