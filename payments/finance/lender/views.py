"""A lender's queue, its cases, demand without names; what finance officers and the public see of all lenders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from payments.finance import counting
from payments.finance.cases import clock, paper, plan_words
from payments.finance.cases import pack as packs
from payments.finance.cases import permissions as cases_permissions
from payments.finance.cases import selectors as cases
from payments.finance.cases import services as cases_services
from payments.finance.cases import wording as cases_wording
from payments.finance.pools import permissions as pools_permissions
from payments.finance.pools import selectors as pools
from payments.finance.pools import services as pools_services
from payments.finance.schemes import selectors as schemes
from payments.states import CASE, Look, Repaying
from smes.vocabulary.wording import city_name, sector_name
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from .forms import DecisionForm, OverviewForm, PaidOutForm, PoolForm, QuestionForm, RepaymentForm, TabForm, WriteOffForm

if TYPE_CHECKING:
    from django.http import HttpRequest

    from payments.models import FinanceCase
    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]
ACTS = ("ask", "offer", "refuse", "pay_out", "repay", "write_off")


# ----------------------------------------------------------------------------------------------------------- the queue


@signed_in()
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """Cases that a consent opens to this lender today, the oldest first."""
    if not cases_permissions.can_read_queue(request.user):
        raise NotFound
    form = TabForm(request.GET)
    tab, q = form.wanted()
    rows = cases.found(cases.queue_of(request.user, tab), q)
    page = keyset_page(rows, order=["order_day", "pk"], cursor=request.GET.get("cursor"))
    day = today()
    context = {
        "rows": [(row, cases_wording.tone_for_lender(row, day), _clock(row)) for row in page.rows],
        "page": page,
        "numbers": cases.numbers_of(request.user),
        "tabs": _tabs(form, tab, reverse("payments:lender_queue")),
        "form": form,
        "tab": tab,
        "active": int(bool(q)),
        "lenders": cases_permissions.lenders_of(request.user),
        "sees_demand": bool(pools_permissions.can_see_demand(request.user)),
        "day": day,
    }
    return render(request, "payments/finance/queue.html", context)


def _tabs(form: TabForm, tab: str, url: str) -> list[dict[str, Any]]:
    """As components/tabs.html takes them."""
    return [
        {"url": f"{url}?tab={code}" if code else url, "label": name, "count": None, "is_current": code == tab}
        for code, name in form.fields["tab"].choices  # type: ignore[attr-defined]
    ]


def _clock(row: FinanceCase) -> Any:
    return clock.read(row, on=today()) if row.is_undecided else None


# ------------------------------------------------------------------------------------------------------------ one case


@signed_in()
@require_http_methods(EDITS)
def case(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The pack and the acts that fit the case. Each look is noted, and the firm reads it."""
    row = cases.lender_case(request.user, public_id)
    act = next((name for name in ACTS if name in request.POST), "")
    forms = _forms(request, row, act)
    refusal: DomainError | None = None
    if request.method == "POST" and act and forms[act].is_valid():
        try:
            return _act(request, row, act, forms[act])
        except NotFound:
            raise
        except DomainError as said_no:
            refusal = said_no
    row = cases_services.look(actor=request.user, case=row, way=Look.PAGE)
    context = _context(row) | {
        "forms": forms,
        "refusal": refusal,
        "act": act,
        "asks": CASE.allows("ask", row.state),
        "decides": CASE.allows("offer", row.state),
        "pays": CASE.allows("pay_out", row.state),
        "repays": CASE.allows("repay", row.state) or CASE.allows("recover", row.state),
        "writes_off": CASE.allows("write_off", row.state),
        "numbers": cases.numbers_of(request.user),
        "median": cases.median_days_of(row.lender),
    }
    return render(
        request, "payments/finance/lender_case.html", context, status=422 if request.method == "POST" else 200
    )


def _forms(request: SignedInRequest, row: FinanceCase, act: str) -> dict[str, Any]:
    """By act; the one that was sent is bound. An offer and a refusal are one form."""
    kept = kept_for(request)
    wanted = {"amount": row.amount, "days": row.days} | kept
    decision = DecisionForm(
        posted(request) if act in ("offer", "refuse") else None, is_refusal=act == "refuse", initial=wanted
    )
    return {
        "ask": QuestionForm(posted(request) if act == "ask" else None, initial=kept),
        "offer": decision,
        "refuse": decision,
        "pay_out": PaidOutForm(
            posted(request) if act == "pay_out" else None, initial={"paid_out": row.offer_amount, "on": today()} | kept
        ),
        "write_off": WriteOffForm(posted(request) if act == "write_off" else None, initial={"lost_on": today()} | kept),
        "repay": RepaymentForm(
            posted(request) if act == "repay" else None,
            is_lost=row.written_off_on is not None,
            initial={"day": today()} | kept,
        ),
    }


def _act(request: SignedInRequest, row: FinanceCase, act: str, form: Any) -> HttpResponse:
    """Raises DomainError."""
    given: dict[str, Any] = form.cleaned_data
    common: dict[str, Any] = {"actor": request.user, "case": row}
    if act == "ask":
        cases_services.ask(**common, words=given["question"])
        messages.success(request, _("The firm is asked, and your clock stands still until it answers."))
    elif act in ("offer", "refuse"):
        cases_services.decide(**common, **form.as_decision())
        messages.success(request, _("It is decided, and the firm is told."))
    elif act == "pay_out":
        cases_services.pay_out(**common, amount=given["paid_out"], on=given["on"])
        messages.success(request, _("It is noted that you paid out, and the firm is told."))
    elif act == "write_off":
        cases_services.write_off(**common, on=given["lost_on"], reason=given["loss"], words=given["loss_words"])
        messages.success(request, _("The loan is written off, and the firm is told why."))
    else:
        cases_services.note_repayment(
            **common,
            on=given["day"],
            state=Repaying(given.get("repaying", Repaying.LATE)),
            amount=given["came"] or 0,
            is_over=given.get("is_over", False),
        )
        messages.success(request, _("It is noted."))
    return redirect("payments:lender_case", row.public_id)


def _context(row: FinanceCase) -> dict[str, Any]:
    return {
        "case": row,
        "pack": packs.pack_of_case(row),
        "kept": cases.decided_pack_of(row),
        "figure": plan_words.figure_of(row),
        "clock": _clock(row),
        "tone": cases_wording.tone_for_lender(row, today()),
        "steps": cases_wording.path_of(row),
        "questions": cases.questions_of(row),
        "looks": [cases_wording.look_words(view, row.lender.name) for view in cases.views_of(row)[:5]],
        "scheme": cases.scheme_of(row),
        "reasons": cases_wording.reasons_said(row),
        "loss": cases_wording.loss_said(row),
        "repayments": row.repayments.order_by("pk"),
    }


@signed_in()
@require_safe
def case_pdf(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same as one PDF. The consent is asked before it is made and again before it leaves."""
    row = cases.lender_case(request.user, public_id)
    row = cases_services.look(actor=request.user, case=row, way=Look.PDF)
    content = paper.case_pdf(row)
    if not cases.is_still_open_to(request.user, row):
        raise NotFound
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.pdf"'
    return response


# -------------------------------------------------------------------------------------------------------------- demand


@signed_in()
@require_safe
def demand(request: SignedInRequest) -> HttpResponse:
    """What firms need, by town, sector and size, without names; and what this bank answered."""
    if not pools_permissions.can_see_demand(request.user):
        raise NotFound
    page = keyset_page(pools.answers_of(request.user), order=["-pk"], cursor=request.GET.get("cursor"))
    opened = pools.numbers_of_replies(page.rows)
    context = {
        "pools": [
            (pool, city_name(pool.city), sector_name(pool.sector), _address(pool))
            for pool in pools.pools_for(request.user)
        ],
        "answers": [(row, city_name(row.city), sector_name(row.sector), opened.get(row.pk, 0)) for row in page.rows],
        "page": page,
        "small": schemes.terms_on().small,
        "day": today(),
    }
    return render(request, "payments/finance/demand.html", context)


def _address(pool: Any) -> str:
    query = urlencode({"city": pool.city, "sector": pool.sector, "up_to": pool.band.up_to})
    return f"{reverse('payments:pool_answer')}?{query}"


@signed_in()
@require_http_methods(EDITS)
def pool_answer(request: SignedInRequest) -> HttpResponse:
    """The same offer to every firm of one pool."""
    if not pools_permissions.can_see_demand(request.user):
        raise NotFound
    asked = request.POST if request.method == "POST" else request.GET
    if "city" not in asked:
        return redirect("payments:lender_demand")
    number = asked.get("up_to", "")
    up_to = int(number) if number.isascii() and number.isdecimal() and len(number) < 15 else 0
    pool = pools.pool_for(request.user, asked.get("city", ""), asked.get("sector", ""), up_to)
    form = PoolForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            pools_services.answer_pool(
                actor=request.user,
                pool=pool,
                rate_bp=given["rate"],
                days=given["days"],
                words=given["words"],
                until=given["until"],
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Every firm of the pool is told. Those that open their name come to your queue.")
            )
            return redirect("payments:lender_demand")
    context = {"form": form, "pool": pool, "city": city_name(pool.city), "sector": sector_name(pool.sector)}
    return render(
        request, "payments/finance/pool_answer.html", context, status=422 if request.method == "POST" else 200
    )


# ----------------------------------------------------------------------------------------- officers, and everybody else


@signed_in()
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Where all cases stand, for finance officers: not what their lenders read."""
    if not cases_permissions.can_oversee(request.user):
        raise NotFound
    asked = request.GET.copy()
    if asked.get("late") == "1":
        asked.setdefault("tab", "late")
    form = OverviewForm(asked)
    tab, q = form.wanted()
    rows = cases.found(cases.cases_overseen_by(request.user, tab), q)
    page = keyset_page(rows, order=["-pk"], cursor=request.GET.get("cursor"))
    day = today()
    context = {
        "rows": [(row, cases_wording.tone_for_lender(row, day)) for row in page.rows],
        "page": page,
        "tabs": _tabs(form, tab, reverse("payments:finance_overview")),
        "form": form,
        "tab": tab,
        "active": int(bool(q)),
        "day": day,
    }
    return render(request, "payments/finance/overview.html", context)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How lenders decided, for everybody: refusals counted by reason and sector, small groups hidden."""
    found = cases.figures()
    small = found.small
    offered, refused = (counting.told(number, small=small) for number in (found.offered, found.refused))
    whole = None if None in (offered, refused) else counting.told(found.decided, small=small)  # else their difference
    days = sorted(found.days)
    context = {
        "counts": [
            (pgettext("number of loans", "asked for"), counting.told(found.asked, small=small)),
            (_("decided"), whole),
            (_("offers made"), offered),
            (pgettext("number of loans", "refused"), refused),
            (pgettext("number of loans", "paid out"), counting.told(found.paid_out, small=small)),
            (_("written off"), counting.told(found.written_off, small=small)),
        ],
        "median": days[(len(days) - 1) // 2] if len(found.decided.firms) >= small else None,
        "reasons": _published(found.refused_by_reason, small, cases_wording.reason_name),
        "losses": _published(found.written_off_by_reason, small, cases_wording.loss_name),
        "sectors": _published(found.refused_by_sector, small, sector_name),
        "small": small,
        "until": found.until,
    }
    return render(request, "payments/finance/figures.html", context)


def _published(counts: dict[str, counting.Tally], small: int, name: Any) -> dict[str, Any]:
    cut = counting.publish(counts, small=small)
    return {"rows": [(name(code) or _("not told"), number) for code, number in cut.rows], "others": cut.others}
