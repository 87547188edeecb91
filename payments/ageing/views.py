"""Export proceeds of all firms, for finance officers and directors; the dated rules, codes and rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from payments.models import Shipment
from payments.models.labels import RULE_LABELS
from payments.proceeds import files, permissions, rulebook, selectors, services, wording
from payments.states import RuleCode
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import overview
from .forms import BoardFilterForm, CodeForm, JudgeForm, RateForm, RuleForm

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from payments.proceeds.due import Rule
    from tdap_portal.web.requests import SignedInRequest

PAGE = 50
EDITS = ["GET", "HEAD", "POST"]


def _require_board(request: SignedInRequest) -> None:
    if not permissions.can_see_board(request.user):
        raise NotFound


@signed_in()
@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """What is still to come, the first due first; what is late and what waits for a look."""
    _require_board(request)
    day = today()
    form = BoardFilterForm(request.GET, banks=selectors.banks())
    wanted = form.wanted()
    rows = selectors.board_rows(request.user, wanted, day)
    page = keyset_page(rows, order=selectors.BOARD_ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    known = selectors.rules()
    lines = selectors.ages(day)
    context = {
        "form": form,
        "page": page,
        "rows": [
            (row, wording.standing_of(row, day), wording.due_words(row), wording.money(row.left, row.currency))
            for row in page.rows
        ],
        "active": sum(bool(value) for value in wanted.values()),
        "bands": overview.bands(lines),
        "says": overview.says(lines, selectors.firms_over(day)),
        "late": overview.late_ones(known),
        "services": [
            (row, wording.money(row.amount, row.currency), wording.form_r_words(row), wording.receipt_state(row))
            for row in selectors.service_receipts(8)
        ],
        "unconfirmed": [(row, wording.money(row.amount, row.currency)) for row in selectors.unconfirmed()],
        "held": [
            *((row, wording.held_words(row.held_for)) for row in selectors.held_shipments()),
            *((row, wording.held_words(row.held_for)) for row in selectors.held_receipts()),
        ],
        "rules": overview.rules_today(known, day),
        "most_rows": files.MOST_ROWS,
    }
    return render(request, "payments/ageing/board.html", context)


@signed_in()
@require_safe
def board_csv(request: SignedInRequest) -> HttpResponse:
    """The rows of the board with its filters."""
    return files.as_csv_answer(files.shipment_table(_filtered(request)), "proceeds-board")


@signed_in()
@require_safe
def board_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook."""
    return files.as_xlsx_answer([files.shipment_table(_filtered(request))], "proceeds-board")


def _filtered(request: SignedInRequest) -> list[Shipment]:
    wanted = BoardFilterForm(request.GET, banks=selectors.banks()).wanted()
    return files.limited(selectors.board_rows(request.user, wanted, today()))


@signed_in()
@require_http_methods(EDITS)
def held(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What waits for a look: let it count, or do not take it."""
    row = selectors.held_for(request.user, public_id)
    if request.method == "POST":
        permissions.can_judge(request.user, row.sme).require()
    form = JudgeForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.judge_held(actor=request.user, held=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is decided, and the firm is told."))
            return redirect("payments:board")
    context = {
        "row": row,
        "is_shipment": isinstance(row, Shipment),
        "amount": wording.money(row.amount, row.currency),
        "why": wording.held_words(row.held_for),
        "others": selectors.same_number(row) if row.state == "held" else [],
        "standing": wording.standing_of(row, today()) if isinstance(row, Shipment) else wording.receipt_state(row),
        "form": form,
        "can_judge": permissions.can_judge(request.user, row.sme),
        "is_open": row.state == "held",
    }
    return render(request, "payments/ageing/held.html", context, status=422 if form.is_bound else 200)


# ---------------------------------------------------------------------------------------------------------------- rules


@signed_in()
@require_safe
def rules(request: SignedInRequest) -> HttpResponse:
    """Dated rules with their sources, what was in force before, purpose codes, the latest rates."""
    _require_board(request)
    day = today()
    rows = selectors.rule_rows()
    now = {rule.number for code in RuleCode if (rule := _now(selectors.rules(), code, day)) is not None}
    groups = [
        (words, [(row, row.pk in now) for row in rows if row.code == code], _unit(code))
        for code, words in RULE_LABELS.items()
    ]
    context = {
        "groups": groups,
        "codes": selectors.all_codes(),
        "rates": selectors.latest_rates(),
        "can_keep": permissions.can_keep_rules(request.user),
    }
    return render(request, "payments/ageing/rules.html", context)


def _now(known: list[Rule], code: RuleCode, day: Any) -> Rule | None:
    return overview.in_force(known, code, day)


def _unit(code: RuleCode) -> str:
    if code in rulebook.MONEY_RULES:
        return "USD"
    if code == RuleCode.KEEP_SHARE:
        return "%"
    return "" if code == RuleCode.LATE else _("days")


def _edit(request: SignedInRequest, form: forms.Form, act: Any, title: str, lead: str) -> HttpResponse:
    _require_board(request)
    permissions.can_keep_rules(request.user).require()
    if request.method == "POST" and form.is_valid():
        try:
            act(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It stands in the list."))
            return redirect("payments:proceeds_rules")
    context = {"form": form, "title": title, "lead": lead}
    return render(request, "payments/ageing/edit.html", context, status=422 if form.is_bound else 200)


@signed_in()
@require_http_methods(EDITS)
def rule(request: SignedInRequest) -> HttpResponse:
    """What a rule says from a day on."""
    form = RuleForm(posted(request), initial=kept_for(request))
    lead = _("From a day on. Exports that are written down keep the rule of their day; no row is ever changed.")
    return _edit(request, form, rulebook.add_rule, _("Add a dated rule"), lead)


@signed_in()
@require_http_methods(EDITS)
def code(request: SignedInRequest) -> HttpResponse:
    """A purpose code."""
    form = CodeForm(posted(request), initial=kept_for(request))
    return _edit(
        request, form, rulebook.add_code, _("Add a purpose code"), _("By which banks book money for services.")
    )


@signed_in()
@require_http_methods(EDITS)
def rate(request: SignedInRequest) -> HttpResponse:
    """The rate of a day."""
    form = RateForm(posted(request), initial=kept_for(request))
    lead = _("It counts for its day, and for the days after it on which none was published, a week at most.")
    return _edit(request, form, rulebook.set_rate, _("Add a rate of exchange"), lead)
