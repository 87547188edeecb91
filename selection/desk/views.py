"""Pages of the desk: the queue, and one file. What officials do to a file is in acts.py."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from selection.appeals import selectors as appeals_selectors
from selection.applications import copy_words
from selection.applications import selectors as applications_selectors
from selection.correspondence import permissions as correspondence_permissions
from selection.correspondence import selectors as correspondence_selectors
from selection.correspondence import services as correspondence_services
from selection.correspondence.forms import DeskLetterForm, ExtendForm
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.review.forms import (
    ConflictForm,
    DecideForm,
    ExplainForm,
    ReadingForm,
    RecommendForm,
    ReturnForm,
    SignForm,
    WaiverForm,
)
from selection.states import APPLICATION, ASKABLE_STATES, Outcome, State
from smes.evidence import selectors as evidence_selectors
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.web.keeping import Kept, kept_for, kept_form, signed_in

from . import selectors, services, summary
from .filters import DeskFilter, Tab
from .forms import ViewForm
from .rows import desk_list, promise_of
from .waiting import waiting_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.http import HttpResponse

    from selection.applications.proof_words import EvidenceLine
    from selection.models import Application, ScoreCard
    from selection.review.permissions import Standing
    from selection.review.selectors import JudgedFile
    from tdap_portal.accounts.models import User
    from tdap_portal.web.requests import SignedInRequest

FORM_OF_ACT = MappingProxyType(  # the form of the page, by the name of the address it is sent to
    {
        "desk_read": "reading_form",
        "desk_recommend": "recommend_form",
        "desk_return": "return_form",
        "desk_decide": "decide_form",
        "desk_conflict": "conflict_form",
        "desk_write": "letter_form",
        "desk_extend_question": "extend_form",
        "desk_waive": "waiver_form",
        "desk_sign_waiver": "sign_form",
        "desk_explain": "explain_form",
    }
)
OFFICER_TABS = (Tab.MINE, Tab.LATE, Tab.ASKED, Tab.SECOND, Tab.LINE, Tab.WHOLE)
DIRECTOR_TABS = (Tab.DECISION, Tab.LATE, Tab.ASKED, Tab.LINE, Tab.WHOLE)
BOTH_TABS = (Tab.MINE, Tab.DECISION, Tab.LATE, Tab.ASKED, Tab.SECOND, Tab.LINE, Tab.WHOLE)


def tabs_for(user: User) -> tuple[Tab, ...]:
    """An officer's own files first; a director's are those that wait for the decision."""
    if not user.has_role(Role.APPROVER):
        return OFFICER_TABS
    return BOTH_TABS if user.has_role(Role.OFFICER) else DIRECTOR_TABS


@signed_in()
@require_GET
def desk(request: SignedInRequest) -> HttpResponse:
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    now = selectors.desk_now()
    code = request.GET.get("round", "")
    round_ = selectors.round_in_hand(now.rounds, code)
    if round_ is None:
        return render(request, "selection/desk/no_round.html")
    tabs = tabs_for(request.user)
    view = DeskFilter.read(request.GET, home=tabs[0])
    day = now.day
    page = selectors.queue_page(request.user, round_, view, cursor=request.GET.get("cursor"), day=day)
    counts = selectors.counts_for(request.user, round_, now=now)
    opened = request.GET.get("open", "")
    context: dict[str, Any] = {
        "round": round_,
        "counts": counts,
        "today": day.today,
        "waiting": waiting_numbers(request.user) if Tab.MINE in tabs else None,
        "queue": desk_list(
            round_=round_,
            rounds=now.rounds,
            officers=now.officers,
            view=view,
            page=page,
            counts=counts,
            tabs=tabs,
            day=day,
            opened=opened,
            path=request.path,
            query={"round": round_.code} if code == round_.code else {},
        ),
    }
    if opened:
        try:
            row = review_selectors.file_for(request.user, opened)
            kept = kept_form(request, reverse("selection:desk_file", args=[row.public_id]))
            context |= file_context(request.user, row, kept) | {"in_panel": True}
        except NotFound:  # the queue is there all the same
            messages.info(
                request, _("This file is not at the desk now: its firm may have taken it back to correct it.")
            )
    return render(request, "selection/desk/desk.html", context)


@signed_in()
@require_safe
@vary_on_headers("HX-Request")
def file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One file: a page of its own, or the panel beside the queue when htmx asks."""
    return file_page(request, review_selectors.file_for(request.user, public_id))


def file_page(request: SignedInRequest, application: Application, **bound: object) -> HttpResponse:
    """The file with all its forms; bound: a form that came back with something to put right, by name."""
    in_panel = request.headers.get("HX-Request") == "true"
    context = file_context(request.user, application, kept_form(request), **bound) | {"in_panel": in_panel}
    if in_panel:
        return render(request, "selection/desk/_file.html", context)
    context["fact_groups"] = copy_words.groups_of(application.facts or {})
    context["versions"] = [row for row in reversed(applications_selectors.versions_of(application)) if row.changes]
    return render(request, "selection/desk/file.html", context)


def file_context(user: User, application: Application, kept: Kept, **bound: object) -> dict[str, object]:
    """kept: what was typed in one of its forms when the session ended or it was refused; bound: as in file_page."""
    name = FORM_OF_ACT.get(kept.act, "")
    standing = review_selectors.standing_of(application)
    judged = review_selectors.judged_for(user, application, standing)
    waiting = next((made for made in judged.recommendations if made.returned_at is None), None)
    questions = list(correspondence_selectors.questions_of(application))
    day = selectors.desk_day()
    letters = list(correspondence_selectors.letters_of(application))
    can = may_do(user, application, standing)
    papers = list(review_selectors.papers_of(application))
    is_unread = any(letter.from_firm and letter.read_at is None for letter in letters)
    if application.officer_id == user.pk and is_unread and can["write"]:
        correspondence_services.mark_letters_read(actor=user, application=application)
    return {
        "application": application,
        "promise": promise_of(application, of=application.round.promise_days, day=day),
        "state_words": summary.state_words(application.state),
        "firm_reads_urdu": people_selectors.language_of(application.sme_id) == "ur",
        "my_readings": review_selectors.readings_of(user, application),
        "facts": summary.facts_of(application),
        "score": summary.score_of(
            judged.card,
            selectors.line_of(application.round),
            review_selectors.simulated_vintages_of(judged.card),
            lead=_leads(application, judged.card, papers, judges=can["judge_papers"]),
        ),
        "papers": papers,
        "appeal": appeals_selectors.appeal_at_desk(user, application),
        "lookalikes": list(review_selectors.lookalikes_of(application)),
        "clashes": evidence_selectors.clashes_of(application.sme, (application.facts or {}).get("proofs") or ()),
        "waivers": [
            (waiver, bool(review_permissions.can_sign_waiver(user, standing, waiver.proposed_by_id)))
            for waiver in review_selectors.waivers_of(application)
        ],
        "history": summary.history_lines(review_selectors.history_of(application), with_outcomes=not judged.is_tied),
        "letters": letters,
        "questions": questions,
        "open_question": next((q for q in questions if not q.answered_at and not q.cancelled_at), None),
        "readings": judged.readings,
        "readings_differ": judged.readings_differ,
        "recommendations": judged.recommendations,
        "decisions": judged.decisions,
        "in_conflict": judged.is_tied,
        "can": can,
        **_forms(application, standing, judged, waiting, {name: kept.typed}),
        "kept_form": name,
        "explained": kept.of.get("contradiction"),
        **bound,
    }


def _leads(
    application: Application, card: ScoreCard | None, papers: Iterable[Any], *, judges: bool
) -> Callable[[EvidenceLine], EvidenceLine]:
    """Each line of evidence to the page of its paper, where that paper is still in force, and to the name of who compared it."""
    there = {paper.public_id for paper in papers}
    names = accounts_selectors.names_by_public_id(summary.compared_by(card))

    def lead(line: EvidenceLine) -> EvidenceLine:
        url = ""
        if line.document in there and judges:
            url = reverse("selection:verify_paper", args=[application.public_id, line.document])
        elif line.document in there:
            url = reverse("smes:paper", args=[application.sme.public_id, line.document])
        return replace(line, url=url, who=names.get(line.compared_by, ""))

    return lead


def may_do(user: User, application: Application, standing: Standing) -> Mapping[str, bool]:
    """What this person can do with the file now: the rule on people and the state table, both."""
    state, asked = application.state, application.awaiting_firm
    is_open = asked or application.unanswered_since is not None
    askable = state in ASKABLE_STATES
    return {
        "read": state == State.IN_REVIEW and bool(review_permissions.can_record_reading(user, standing)),
        "see_readings": bool(review_permissions.can_see_readings(user, standing)),
        "recommend": not asked
        and APPLICATION.allows("recommend", state)
        and bool(review_permissions.can_recommend(user, standing)),
        "return": APPLICATION.allows("return", state) and bool(review_permissions.can_return(user, standing)),
        "decide": bool(_outcomes_now(state)) and bool(review_permissions.can_decide(user, standing)),
        "ask": askable and not is_open and bool(correspondence_permissions.can_ask(user, standing)),
        "cancel_question": is_open and bool(correspondence_permissions.can_cancel_question(user, standing)),
        "extend_question": askable and is_open and bool(correspondence_permissions.can_extend_question(user, standing)),
        "assign": APPLICATION.allows("assign", state) and bool(review_permissions.can_assign(user, standing)),
        "call_third": APPLICATION.allows("call_third", state)
        and standing.needs_third
        and bool(review_permissions.can_call_third(user, standing)),
        "waive": APPLICATION.allows("withdraw", state) and bool(review_permissions.can_propose_waiver(user, standing)),
        "sign_waiver": APPLICATION.allows("withdraw", state) and bool(review_permissions.can_decide(user, standing)),
        "judge_papers": bool(review_permissions.can_judge_papers(user, standing)),
        "write": bool(correspondence_permissions.can_write_as_desk(user, standing)),
        "declare_conflict": user.pk not in standing.in_conflict,
    }


def _outcomes_now(state: str) -> list[Outcome]:
    return [outcome for outcome in Outcome if APPLICATION.allows(outcome.value, state)]


def _forms(
    application: Application,
    standing: Standing,
    judged: JudgedFile,
    waiting: Any,
    typed: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Empty forms, filled with what is proposed already, or with what was typed before. What was typed for a decision on
    something else than the file holds now is not given again."""

    def first(name: str, proposed: Mapping[str, object] = MappingProxyType({})) -> dict[str, Any]:
        return {**proposed, **typed.get(name, {})}

    held = standing.gates_passed is not True
    has_line = review_selectors.has_line(application.round)
    lacking = list(papers_selectors.unverified_papers(application.sme))
    own = next((reading for reading in judged.readings if reading.is_own), None)
    proposed = {}
    if waiting is not None:
        codes = [*waiting.reason_codes, "", ""]
        proposed = {
            "outcome": waiting.outcome,
            "reason": codes[0],
            "second_reason": codes[1],
            "words": waiting.words,
        }
    basis = {"basis": judged.basis}
    if typed.get("decide_form", {}).get("basis", judged.basis) != judged.basis:
        typed = {}
    leaning = {"outcome": own.judged.outcome} if own and own.judged else {}
    return {
        "own_reading": own,
        "reading_form": ReadingForm(initial=first("reading_form")),
        "recommend_form": RecommendForm(held=held, has_line=has_line, initial=first("recommend_form", leaning)),
        "decide_form": DecideForm(
            outcomes=_outcomes_now(application.state),
            held=held,
            has_line=has_line,
            initial=first("decide_form", proposed) | basis,
        ),
        "lacking": lacking,
        "waiver_form": WaiverForm(initial=first("waiver_form") | {"offered": lacking}),
        "sign_form": SignForm(),
        "explain_form": ExplainForm(initial=first("explain_form")),
        "return_form": ReturnForm(initial=first("return_form") | basis),
        "conflict_form": ConflictForm(initial=first("conflict_form")),
        "extend_form": ExtendForm(initial=first("extend_form")),
        "letter_form": DeskLetterForm(initial=first("letter_form")),
    }


# ------------------------------------------------------------------------------------------------------- saved views


@signed_in()
@require_http_methods(["GET", "POST"])
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep the view of this address under a name."""
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    view = DeskFilter.read(request.GET, home=tabs_for(request.user)[0])
    form = ViewForm(request.POST or None, initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_view(actor=request.user, name=form.cleaned_data["name"], query=view.query())
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The view is saved."))
            return redirect(f"{reverse('selection:desk')}?{view.query()}")
    context = {
        "form": form,
        "saved": selectors.saved_views_of(request.user),
        "back": f"{reverse('selection:desk')}?{view.query()}",
    }
    return render(request, "selection/desk/views.html", context)


@signed_in(back="selection:desk_view_save")
@require_POST
def forget_view(request: SignedInRequest, view_id: int) -> HttpResponse:
    services.forget_view(actor=request.user, view_id=view_id)
    messages.success(request, _("The view is deleted."))
    return redirect("selection:desk")
