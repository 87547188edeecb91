"""The appeal as its firm writes it, and the desk of the director who decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from selection.applications import selectors as applications_selectors
from selection.models.labels import APPEAL_OUTCOME_LABELS
from selection.rounds import selectors as rounds_selectors
from selection.states import APPEALABLE, AppealOutcome, AppealState, State, Verdict
from smes.people import selectors as people_selectors
from smes.vocabulary.wording import paper_name
from tdap_portal.core.calendar import add_working_days, today, working_day_test
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.core.promise import read_clock
from tdap_portal.web.keeping import as_sent, kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import permissions, selectors, services, wording
from .forms import AnswerForm, FilterForm, FindingForm, NameForm, points_formset
from .letters import letters_of
from .outlook import Finding, Outlook
from .rules import appeal_rule
from .services import PointGiven

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from selection.models import Appeal, Application
    from tdap_portal.web.requests import SignedInRequest

PREFIX = "point"


# ------------------------------------------------------------------------------------------------------- the firm


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Write an appeal, keep it, send it; once it is sent, where it stands and what was answered."""
    row = applications_selectors.application_for(request.user, public_id)
    window = selectors.window_of(row)
    may_send = permissions.can_send(is_owner=people_selectors.role_of(request.user, row.sme) == "owner")
    if request.method == "POST":
        may_send.require()
    kept = kept_for(request)
    sent = posted(request) or (as_sent(kept) if f"{PREFIX}-TOTAL_FORMS" in kept else None)
    papers = _paper_choices(row)
    points = points_formset(is_sent="send" in request.POST)(
        _with_more(request, sent),
        prefix=PREFIX,
        initial=None
        if sent is not None
        else _kept_points(window),  # else a point that was not changed would be left out
        form_kwargs={"papers": papers},
    )
    name = NameForm(sent if "send" in request.POST else None, initial={"name": kept.get("name", "")})
    refusal = None
    if request.method == "POST" and "more" not in request.POST:
        if points.is_valid() and (name.is_valid() if "send" in request.POST else True):
            try:
                return _keep_or_send(request, row, points, name)
            except DomainError as error:
                refusal = error
    elif sent is not None:  # the person adds a point, or comes back to what was typed
        for form in points:
            form.forget_mistakes()
    wrong = refusal is not None or (request.method == "POST" and "more" not in request.POST)
    context = _firm_context(row, window) | {
        "may_send": may_send,
        "points": points,
        "name": name,
        "papers": papers,
        "can_add": points.total_form_count() < services.MAX_POINTS,
        "refusal": refusal,
    }
    return render(request, "selection/appeals/appeal.html", context, status=422 if wrong else 200)


def _with_more(request: SignedInRequest, sent: Any) -> Any:
    """What was sent, with one more empty point where that was asked for."""
    if sent is None or "more" not in request.POST:
        return sent
    data = sent.copy()
    number = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    points = int(number) if number.isdecimal() and len(number) < 4 else 1
    data[f"{PREFIX}-TOTAL_FORMS"] = str(min(points, services.MAX_POINTS - 1) + 1)
    return data


def _keep_or_send(request: SignedInRequest, row: Application, points: Any, name: NameForm) -> HttpResponse:
    """What was written is kept first, so that a refusal loses none of it."""
    given = [
        PointGiven(form["ground"], form["words"], tuple(form.get("papers", ()))) for form in points.cleaned_data if form
    ]
    if "send" not in request.POST:
        services.keep_draft(actor=request.user, application=row, points=given)
        messages.success(request, _("It is kept. Nothing was sent yet."))
        return redirect("selection:appeal", row.public_id)
    made = selectors.appeal_of(row)
    if made is None or made.state in {AppealState.DRAFT, AppealState.CLOSED}:
        services.keep_draft(actor=request.user, application=row, points=given)
    services.send(actor=request.user, application=row, points=given, name=name.cleaned_data["name"])
    messages.success(request, _("Your appeal is sent."))
    return redirect("selection:appeal", row.public_id)


def _kept_points(window: selectors.Window) -> list[dict[str, Any]] | None:
    if window.appeal is None:
        return None
    rows = window.appeal.points_made.all()
    return [{"ground": one.ground, "words": one.words, "papers": one.papers} for one in rows] or None


def _paper_choices(row: Application) -> list[tuple[str, str]]:
    return [
        (
            paper.public_id,
            _("%(paper)s, sent %(day)s")
            % {"paper": paper_name(paper.kind), "day": day_words(timezone.localdate(paper.created_at))},
        )
        for paper in selectors.papers_there(row)
    ]


def _firm_context(row: Application, window: selectors.Window) -> dict[str, Any]:
    made = window.appeal
    rule = appeal_rule(today())
    is_sent = window.is_sent
    earlier = selectors.last_answered_round(row.round)
    return {
        "application": row,
        "window": window,
        "appeal": made if is_sent else None,
        "draft": made if made and not is_sent else None,
        "answer": wording.points_shown(made) if made and is_sent else [],
        "clock": _clock(made) if made and made.state == AppealState.SENT else None,
        "days_left": (timezone.localdate(window.ends) - today()).days if window.ends else None,
        "answer_days": rule.answer_days,
        "answer_by": add_working_days(today(), rule.answer_days),
        "place": selectors.place_with(row, row.points) if row.state == State.WAITLISTED else None,
        "earlier": earlier,
        "counts": selectors.counts_of(earlier) if earlier else None,
        "tone": wording.tone_of(made) if made else "us",
    }


# ------------------------------------------------------------------------------------------------------- the desk


@signed_in()
@require_safe
def appeals(request: SignedInRequest) -> HttpResponse:
    """For directors: those that were drawn to them first, then all of them, narrowed by state and round."""
    form, rows = _listed(request)
    own = selectors.appeals_seen_by(request.user).filter(state=AppealState.SENT, director=request.user)
    page = keyset_page(rows, order=["-due_on", "-pk"], cursor=request.GET.get("cursor"))
    context = {"own": own.order_by("due_on", "pk")[:25], "rows": page.rows, "page": page, "form": form, "day": today()}
    return render(request, "selection/appeals/list.html", context)


@signed_in()
@require_safe
def appeals_csv(request: SignedInRequest) -> HttpResponse:
    """The same list, whole."""
    _form, rows = _listed(request)
    text = as_csv(wording.CSV_HEAD, wording.csv_rows(rows.order_by("round__number", "number")))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tdap-appeals.csv"'
    return response


def _listed(request: SignedInRequest) -> tuple[FilterForm, QuerySet[Appeal]]:
    """The form that narrows the list, and what it leaves."""
    if not permissions.can_see_appeals(request.user):
        raise NotFound
    permissions.can_list_appeals(request.user).require()
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = selectors.appeals_listed(request.user, state=chosen.get("state", ""), round_code=chosen.get("round", ""))
    return form, rows


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def desk_appeal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One appeal. POST computes again with the corrections that were typed; nothing is done yet."""
    row = selectors.appeal_for(request.user, public_id)
    return _bench(request, row)


@signed_in("selection:desk_appeal")
@require_http_methods(["POST"])
def decide(request: SignedInRequest, public_id: str) -> HttpResponse:
    """First what will happen, then, with `sure`, the answer itself."""
    row = selectors.appeal_for(request.user, public_id)
    permissions.can_decide(request.user, row, selectors.part_in_file(row.application)).require()
    if row.state != AppealState.SENT:
        return redirect("selection:desk_appeal", public_id)
    forms = _finding_forms(request, row)
    form = AnswerForm(request.POST)
    are_valid = [one.is_valid() for one in (form, *forms)]  # all of them, so that each says what it lacks
    if not all(are_valid):
        return _bench(request, row, forms=forms, form=form)
    findings = _findings(row, forms)
    outcome = AppealOutcome(form.cleaned_data["outcome"])
    outlook = Outlook(row, findings, by=request.user)
    try:
        if "sure" in request.POST:
            services.answer(
                actor=request.user,
                appeal=row,
                outcome=outcome,
                words=form.cleaned_data["words"],
                findings=findings,
                basis=request.POST.get("basis", ""),
            )
            messages.success(request, _("The appeal is answered, and its firm is told."))
            return redirect("selection:desk_appeal", public_id)
        services.check_answer(outlook, outcome, form.cleaned_data["words"])
    except DomainError as error:
        return _bench(request, row, forms=forms, form=form, refusal=error)
    round_ = rounds_selectors.round_by_code(row.round.code)
    why_no_seat = outlook.why_no_seat(round_) if outcome == AppealOutcome.UPHELD else ""
    has_seat = outcome == AppealOutcome.UPHELD and not why_no_seat
    context = {
        "appeal": row,
        "outcome": outcome.value,
        "outcome_name": APPEAL_OUTCOME_LABELS[outcome],
        "outlook": outlook,
        "why_no_seat": why_no_seat,
        "has_seat": has_seat,
        "letters": letters_of(outlook, outcome, form.cleaned_data["words"], has_seat=has_seat),
        "reserve_left": round_.appeal_reserve - 1,
        "readers": selectors.readers_for_reading_again(row.application) if outcome == AppealOutcome.REREAD else [],
        "basis": outlook.basis(outcome, round_),
        "typed": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "sure", "basis", "again", "draft")
            for value in values
        ],
    }
    return render(request, "selection/appeals/sure.html", context)


def _bench(
    request: SignedInRequest,
    row: Appeal,
    *,
    forms: list[FindingForm] | None = None,
    form: AnswerForm | None = None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    part = selectors.part_in_file(row.application)
    may_read = permissions.can_read_appeal(request.user, row, part)
    may_decide = permissions.can_decide(request.user, row, part)
    context: dict[str, Any] = {"appeal": row, "may_read": may_read, "application": row.application}
    if request.method == "POST":
        may_decide.require()
    if not may_read:
        return render(request, "selection/appeals/desk.html", context)
    is_open = row.state == AppealState.SENT and row.application.state in APPEALABLE
    if is_open and may_decide:
        kept = kept_for(request)
        forms = forms or _finding_forms(request, row, kept)
        form = form or AnswerForm(posted(request), initial=kept)
        if "again" in request.POST:
            form.forget_mistakes()
    findings = _findings(row, forms) if forms else _kept_findings(row)
    outlook = Outlook(row, findings, by=request.user)
    wrong = bool(refusal) or (request.method == "POST" and "again" not in request.POST)
    context |= {
        "outlook": outlook,
        "shown": list(zip(wording.points_shown(row), forms, strict=True)) if forms else [],
        "points": wording.points_shown(row),
        "lines": wording.lines_shown(outlook),
        "form": form,
        "may_decide": may_decide,
        "is_open": is_open,
        "clock": _clock(row) if row.state == AppealState.SENT else None,
        "reserve": row.round.appeal_reserve,
        "reserve_used": selectors.reserve_used(row.round),
        "barred": wording.barred_shown(part),
        "refusal": refusal,
        "tone": wording.tone_of(row),
    }
    return render(request, "selection/appeals/desk.html", context, status=422 if wrong else 200)


def _finding_forms(request: SignedInRequest, row: Appeal, kept: Any = None) -> list[FindingForm]:
    outlook = Outlook(row)
    sent = posted(request) or (as_sent(kept) if kept else None)
    return [
        FindingForm(
            sent,
            prefix=f"p{point.position}",
            sme=row.application.sme,
            facts=outlook.facts if outlook.card else {},
            correctable=outlook.correctable,
            countable=outlook.countable.get(point.position, {}),
            papers={key: paper_name(paper.kind) for key, paper in outlook.papers.items()},
        )
        for point in row.points_made.all()
    ]


def _findings(row: Appeal, forms: list[FindingForm]) -> list[Finding]:
    """Of the forms that can be read so far."""
    found = []
    for point, form in zip(row.points_made.all(), forms, strict=True):
        if form.is_bound:
            form.is_valid()
            verdict = form.cleaned_data.get("verdict")
            if verdict:
                answer = form.cleaned_data.get("answer", "")
                found.append(Finding(point.position, Verdict(verdict), answer, form.corrections))
    return found


def _kept_findings(row: Appeal) -> list[Finding]:
    return [
        Finding(one.position, Verdict(one.verdict), one.answer, one.corrections)
        for one in row.points_made.all()
        if one.verdict
    ]


def _clock(row: Appeal) -> Any:
    """The promise of the answer, day by day."""
    if row.sent_at is None:
        return None
    started = timezone.localdate(row.sent_at)
    days = appeal_rule(started).answer_days
    return read_clock(started, days, (), on=today(), is_working_day=working_day_test())
