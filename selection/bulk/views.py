"""Acts on many files: choose, see exactly what will happen, confirm, watch. And the saved views of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from selection.correspondence import permissions as correspondence_permissions
from selection.desk import selectors as desk_selectors
from selection.desk.filters import DeskFilter
from selection.desk.rows import promise_of
from selection.desk.views import tabs_for
from selection.models import BulkAct
from selection.models.labels import OUTCOME_LABELS
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.states import Outcome
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.web.keeping import forget_refused, keep_refused, kept_for, signed_in

from . import selectors, services
from .forms import bulk_form

if TYPE_CHECKING:
    from django.http import HttpResponse

    from selection.models import Round
    from tdap_portal.web.requests import SignedInRequest

TICKED_AT_MOST = 200


@signed_in(keeps_refused=False)
@require_http_methods(["GET", "POST"])
def bulk(request: SignedInRequest) -> HttpResponse:
    """GET: the act and the files of a view, each with a tick. POST: the plan, to be confirmed; nothing is done yet."""
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    round_ = desk_selectors.round_in_hand(desk_selectors.desk_now().rounds, request.GET.get("round", ""))
    if round_ is None:
        return render(request, "selection/desk/no_round.html")
    kinds = _kinds_for(request)
    kind = request.GET.get("kind") if request.GET.get("kind") in kinds else kinds[0]
    officers = list(review_selectors.officers_with_load())
    kept = kept_for(request)
    data = request.POST if request.method == "POST" else None
    has_line = review_selectors.has_line(round_)
    form = bulk_form(str(kind), data, officers=officers, initial=kept, has_line=has_line)
    if request.method == "POST" and kind != BulkAct.Kind.AUTO_ASSIGN and not request.POST.getlist("file"):
        form.add_error(None, _("Tick the files that this is for."))
    if request.method == "POST" and form.is_valid():
        try:
            plan, signed = services.plan_bulk(
                actor=request.user,
                kind=str(kind),
                round=round_,
                files=request.POST.getlist("file"),
                choices=form.as_act(),
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            for number, why in refusal.data.get("left_out", [])[:20]:
                form.add_error(None, _("%(file)s: %(why)s") % {"file": number, "why": why})
        else:
            forget_refused(request)
            return render(request, "selection/bulk/plan.html", _plan_context(request, round_, plan, signed, officers))
    keep_refused(request)
    return render(
        request,
        "selection/bulk/choose.html",
        _bulk_context(request, round_, str(kind), kinds, form, ticked=kept.get("file", [])),
    )


def _kinds_for(request: SignedInRequest) -> list[str]:
    """What this person may do to many files, as the tabs of the page."""
    kinds = [BulkAct.Kind.ASSIGN, BulkAct.Kind.AUTO_ASSIGN]
    nobody = review_permissions.Standing(gates_passed=True)
    if correspondence_permissions.can_ask(request.user, nobody):
        kinds += [BulkAct.Kind.ASK, BulkAct.Kind.RECOMMEND_DECLINE]
    if review_permissions.can_decide(request.user, nobody):
        kinds.insert(0, BulkAct.Kind.DECIDE)
    return [kind.value for kind in kinds]


def _bulk_context(
    request: SignedInRequest, round_: Round, kind: str, kinds: list[str], form: Any, *, ticked: Any
) -> dict[str, Any]:
    now = desk_selectors.desk_now()
    view = DeskFilter.read(request.GET, home=tabs_for(request.user)[0])
    page = desk_selectors.queue_page(request.user, round_, view, cursor=None, day=now.day, size=TICKED_AT_MOST)
    ticked = set(request.POST.getlist("file") or ([ticked] if isinstance(ticked, str) else ticked))
    if not ticked and request.GET.get("tick") == "all" and request.method != "POST":
        ticked = {row.public_id for row in page.rows}
    promised = {one.pk: one.promise_days for one in [round_, *now.rounds]}
    kept = f"{view.query()}&round={round_.code}"
    return {
        "round": round_,
        "kind": kind,
        "form": form,
        "tabs": [
            {
                "label": BulkAct.Kind(one).label,
                "url": f"{request.path}?kind={one}&{kept}",
                "count": None,
                "is_current": one == kind,
            }
            for one in kinds
        ],
        "files": []
        if kind == BulkAct.Kind.AUTO_ASSIGN
        else [
            (
                row,
                row.public_id in ticked,
                promise_of(row, of=promised.get(row.round_id, round_.promise_days), day=now.day),
            )
            for row in page.rows
        ],
        "waiting": selectors.waiting_for_readers(round_) if kind == BulkAct.Kind.AUTO_ASSIGN else None,
        "tick_all": f"{request.path}?kind={kind}&{kept}&tick=all",
        "more": bool(page.next),
        "most": TICKED_AT_MOST,
        "back": f"{reverse('selection:desk')}?{kept}",
    }


def _plan_context(request: SignedInRequest, round_: Round, plan: Any, signed: str, officers: Any) -> dict[str, Any]:
    names = {person.public_id: person.name for person in officers}
    chosen = {name: request.POST.getlist(name) for name in ("first", "second", "officers")}
    return {
        "round": round_,
        "plan": plan,
        "signed": signed,
        "label": BulkAct.Kind(plan.kind).label,
        "people": [names[code] for codes in chosen.values() for code in codes if code in names],
        "outcomes": [(OUTCOME_LABELS[Outcome(outcome)], number) for outcome, number in plan.outcomes.items()],
        "title": request.POST.get("title", ""),
        "words": request.POST.get("words", ""),
        "by_worker": plan.number > services.CHUNK,
        "back": request.get_full_path(),
    }


@signed_in(back="selection:desk")
@require_POST
def confirm(request: SignedInRequest) -> HttpResponse:
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    act = services.confirm_bulk(actor=request.user, plan=request.POST.get("plan", ""))
    return redirect("selection:desk_bulk_act", public_id=act.public_id)


@signed_in()
@require_GET
def bulk_act(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far a bulk act is, asked again every three seconds until it is over."""
    act = selectors.bulk_for(request.user, public_id)
    template = "_progress.html" if request.headers.get("HX-Request") == "true" else "act.html"
    context = {"act": act, "so_far": act.done + len(act.left_out), "seen": selectors.seen_of_bulk(request.user, act)}
    return render(request, f"selection/bulk/{template}", context)
