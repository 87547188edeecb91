"""A firm and its loans: what it asks, whom it lets read, what was answered, who looked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from payments.finance.cases import pack as packs
from payments.finance.cases import paper, plan_words
from payments.finance.cases import permissions as cases_permissions
from payments.finance.cases import selectors as cases
from payments.finance.cases import services as cases_services
from payments.finance.cases import wording as cases_wording
from payments.finance.pools import selectors as pools
from payments.finance.pools import services as pools_services
from payments.finance.schemes import selectors as schemes
from payments.finance.schemes import wording as schemes_wording
from payments.money import rupees, shown
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.requests import posted

from .forms import AnswerForm, AskForm, ProlongForm, WishForm

if TYPE_CHECKING:
    from payments.models import FinanceCase, PoolReply
    from smes.models import Sme
    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]
USUAL_DAYS = 92
CASES_SHOWN = 25


def _own_firm(request: SignedInRequest, public_id: str) -> Sme:
    """Raises NotFound for whoever is not of the firm, or a trainee."""
    sme = people_selectors.sme_for(request.user, public_id)
    if not cases_permissions.can_see_own(request.user, sme):
        raise NotFound
    return sme


@signed_in()
@require_safe
def finance(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All about its loans on one page: cases, answers for its pool, consents, the schemes that fit."""
    sme = _own_firm(request, public_id)
    context = {
        "sme": sme,
        "may_consent": cases_permissions.can_consent(request.user, sme),
        "cases": [(row, cases_wording.tone_for_firm(row)) for row in cases.cases_of(sme)[:CASES_SHOWN]],
        "consents": cases.consents_of(sme)[:CASES_SHOWN],
        "replies": [row for row in pools.replies_of(sme)[:CASES_SHOWN] if _is_open(row)],
        "wish": pools.wish_of(sme),
        "pools_there": bool(pools.bands()),
        "tests": _tests(sme),
    }
    return render(request, "payments/finance/home.html", context)


def _is_open(row: PoolReply) -> bool:
    return row.state == "waiting" and row.answer.until >= today() and row.wish.ended_at is None


def _tests(sme: Sme) -> list[tuple[Any, str, str, list[tuple[str, str]]]]:
    """(scheme, words, tone, reasons) of each scheme today."""
    facts = schemes.facts_of(sme, profile_selectors.frozen_copy(sme), today())
    return [
        (
            row,
            schemes_wording.fit_words(test.fit),
            schemes_wording.TONES[test.fit],
            schemes_wording.reasons_in_words(test),
        )
        for row, test in schemes.fits_on(facts, today())
    ]


@signed_in()
@require_http_methods(EDITS)
def ask(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Ask one lender, with a consent that ends."""
    sme = _own_firm(request, public_id)
    may = cases_permissions.can_consent(request.user, sme)
    may.require()
    kept = kept_for(request)
    initial = {"ends_on": today() + timedelta(days=min(USUAL_DAYS, schemes.terms_on().consent_days))}
    scheme_rows = [(row.code, f"{row.name_here} – {words}") for row, words, _tone, _reasons in _tests(sme)]
    lenders = [(row.public_id, f"\u2068{row.name}\u2069") for row in cases.lenders()]
    form = AskForm(posted(request), lenders=lenders, schemes=scheme_rows, initial=initial | kept)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values.pop("agrees")
        try:
            case = cases_services.refer(
                actor=request.user, sme=sme, lender=cases.lender_for(values.pop("lender")), **values
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is asked. You see here who looks, and what is answered."))
            return redirect("payments:finance_case", case.public_id)
    context = {"sme": sme, "form": form, "lenders": lenders}
    return render(request, "payments/finance/ask.html", context, status=422 if request.method == "POST" else 200)


@signed_in()
@require_safe
def pack(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What a lender would read."""
    sme = _own_firm(request, public_id)
    readers = {row.lender.name: None for row in cases.consents_of(sme) if row.is_in_force}
    context = {"sme": sme, "pack": packs.pack_of(sme, on=today()), "readers": list(readers)}
    return render(request, "payments/finance/pack.html", context)


@signed_in()
@require_safe
def pack_pdf(request: SignedInRequest, public_id: str) -> HttpResponse:
    sme = _own_firm(request, public_id)
    return as_pdf(paper.own_pdf(sme), "tdap-readiness-pack.pdf")


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """Always a file to save."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@signed_in()
@require_http_methods(EDITS)
def case(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One case: answer the lender, take its offer or leave it, see who looked."""
    row = cases.own_case(request.user, public_id)
    act = next((name for name in ("answer", "accept", "decline") if name in request.POST), "")
    form = AnswerForm(posted(request) if act == "answer" else None, initial=kept_for(request))
    refusal: DomainError | None = None
    if request.method == "POST" and (act != "answer" or form.is_valid()):
        try:
            return _act(request, row, act, form)
        except DomainError as said_no:
            refusal = said_no
            row = cases.own_case(request.user, public_id)
    context = _case_context(request, row) | {"form": form, "refusal": refusal}
    return render(request, "payments/finance/case.html", context, status=422 if request.method == "POST" else 200)


def _act(request: SignedInRequest, row: FinanceCase, act: str, form: AnswerForm) -> HttpResponse:
    """Raises DomainError."""
    if act == "answer":
        cases_services.answer(actor=request.user, case=row, words=form.cleaned_data["words"])
        messages.success(request, _("Your answer is sent. The lender’s clock runs again."))
    elif act == "accept":
        cases_services.accept_offer(actor=request.user, case=row)
        messages.success(request, _("You took the offer. The lender pays out and tells you the day."))
    elif act == "decline":
        cases_services.decline_offer(actor=request.user, case=row)
        messages.success(request, _("You left the offer. The case is over."))
    return redirect("payments:finance_case", row.public_id)


def _case_context(request: SignedInRequest, row: FinanceCase) -> dict[str, Any]:
    questions, kept = cases.questions_of(row), cases.decided_pack_of(row)
    return {
        "kept": kept,
        "pack": packs.pack_of_case(row) if kept else None,
        "figure": plan_words.figure_of(row),
        "case": row,
        "sme": row.sme,
        "tone": cases_wording.tone_for_firm(row),
        "steps": cases_wording.path_of(row),
        "questions": questions,
        "open_question": next((one for one in questions if one.answered_at is None), None),
        "reasons": cases_wording.reasons_said(row),
        "loss": cases_wording.loss_said(row),
        "looks": [cases_wording.look_words(view, row.lender.name) for view in cases.views_of(row)],
        "scheme": cases.scheme_of(row),
        "may_consent": cases_permissions.can_consent(request.user, row.sme),
        "may_answer": cases_permissions.can_answer(request.user, row.sme),
    }


@signed_in()
@require_http_methods(EDITS)
def end_consent(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take a consent back: at once, on page, file and interface. The page asks whoever comes by a link."""
    consent = cases.own_consent(request.user, public_id)
    if request.method != "POST":
        context = {"consent": consent, "may_consent": cases_permissions.can_consent(request.user, consent.sme)}
        return render(request, "payments/finance/consent_end.html", context)
    cases_services.revoke(actor=request.user, consent=consent)
    messages.success(
        request, _("It is taken back. %(lender)s reads nothing of your firm any more.") % {"lender": consent.lender}
    )
    return redirect("payments:finance", consent.sme.public_id)


@signed_in()
@require_http_methods(EDITS)
def prolong_consent(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Let the lender read until a later day, as long as the consent has not ended."""
    consent = cases.own_consent(request.user, public_id)
    may = cases_permissions.can_consent(request.user, consent.sme)
    latest = today() + timedelta(days=schemes.terms_on().consent_days)
    form = ProlongForm(posted(request), initial={"ends_on": latest} | kept_for(request))
    if request.method == "POST":
        may.require()
    if request.method == "POST" and form.is_valid():
        try:
            cases_services.prolong(actor=request.user, consent=consent, ends_on=form.cleaned_data["ends_on"])
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It holds until that day, unless you take it back before."))
            return redirect("payments:finance", consent.sme.public_id)
    context = {"consent": consent, "may_consent": may, "form": form, "latest": latest}
    return render(
        request, "payments/finance/consent_prolong.html", context, status=422 if request.method == "POST" else 200
    )


@signed_in()
@require_http_methods(EDITS)
def wish(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the firm needs, counted without its name; or that it needs it no more."""
    sme = _own_firm(request, public_id)
    cases_permissions.can_consent(request.user, sme).require()
    there = pools.wish_of(sme)
    if request.method == "POST" and "end" in request.POST and there is not None:
        pools_services.end_wish(actor=request.user, wish=there)
        messages.success(request, _("It is counted no more."))
        return redirect("payments:finance", public_id)
    initial = {"amount": there.amount, "days": there.days, "use": there.use} if there else {}
    form = WishForm(posted(request), initial=initial | kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            pools_services.keep_wish(actor=request.user, sme=sme, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is counted, without your name. We write to you if a bank answers."))
            return redirect("payments:finance", public_id)
    context = {
        "sme": sme,
        "form": form,
        "wish": there,
        "largest": shown(pools.largest() or rupees(1)),
        "small": schemes.terms_on().small,
    }
    return render(request, "payments/finance/wish.html", context, status=422 if request.method == "POST" else 200)


@signed_in()
@require_http_methods(EDITS)
def pool_reply(request: SignedInRequest, public_id: str) -> HttpResponse:
    """An answer for the firm's pool: open the name, or stay without."""
    row = pools.own_reply(request.user, public_id)
    refusal: DomainError | None = None
    if request.method == "POST":
        cases_permissions.can_consent(request.user, row.wish.sme).require()
        try:
            made = pools_services.reply(actor=request.user, reply=row, opens="yes" in request.POST)
        except DomainError as said_no:
            refusal = said_no
        else:
            if made.case is not None:
                return redirect("payments:finance_case", made.case.public_id)
            messages.success(request, _("Your firm stays without a name."))
            return redirect("payments:finance", row.wish.sme.public_id)
    context = {
        "reply": row,
        "sme": row.wish.sme,
        "is_open": _is_open(row),
        "refusal": refusal,
        "may_consent": cases_permissions.can_consent(request.user, row.wish.sme),
    }
    return render(request, "payments/finance/pool_reply.html", context, status=422 if request.method == "POST" else 200)
