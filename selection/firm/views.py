"""The firm's own pages: its file, applying, answering, letters, withdrawing, the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from selection.applications import clock
from selection.applications import selectors as applications_selectors
from selection.applications.copy_words import groups_of
from selection.applications.reasons import words_of
from selection.correspondence import forms as correspondence_forms
from selection.correspondence import permissions as correspondence_permissions
from selection.correspondence import selectors as correspondence_selectors
from selection.correspondence import services as correspondence_services
from selection.intake import forms as intake_forms
from selection.intake import permissions as intake_permissions
from selection.intake import selectors as intake_selectors
from selection.intake import services as intake_services
from selection.rounds import selectors as rounds_selectors
from selection.states import ASKABLE_STATES, DECIDED_STATES, State
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tdap_portal.notifications.selectors import messages_for
from tdap_portal.web.keeping import kept_for, signed_in, version_of
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files

from . import journey, permissions, selectors

if TYPE_CHECKING:
    from django.http import HttpResponse

    from selection.correspondence.forms import AnswerForm
    from selection.models import Application, Question
    from smes.models import Sme
    from tdap_portal.core.promise import PromiseClock
    from tdap_portal.web.requests import SignedInRequest

NEWEST_MESSAGES = 3
EARLIER_FILES = 10


@signed_in()
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Where the firm stands. Without an application: choose a round; without a firm: register."""
    if (request.user.is_official or request.user.is_partner) and not people_selectors.smes_of(request.user).exists():
        return redirect("account_start")
    files = list(applications_selectors.applications_visible_to(request.user)[:EARLIER_FILES])
    if files:
        return _show_file(request, _first(files), others=files)
    firms = list(people_selectors.smes_of(request.user))
    if not firms:
        return render(request, "selection/firm/no_firm.html", {"rounds": rounds_selectors.open_rounds()})
    return _show_firm(request, firms[0], firms)


@signed_in()
@require_safe
def firm(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One of several firms of the same person."""
    row = applications_selectors.applications_visible_to(request.user).filter(sme__public_id=public_id).first()
    if row is not None:
        return _show_file(request, row)
    sme = intake_selectors.own_firm_for(request.user, public_id)
    return _show_firm(request, sme, list(people_selectors.smes_of(request.user)))


@signed_in()
@require_safe
def file(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _show_file(request, applications_selectors.application_for(request.user, public_id))


def _first(files: list[Application]) -> Application:
    """The newest that still lives, else the newest."""
    return next((row for row in files if not row.is_ended), files[0])


def _show_firm(request: SignedInRequest, sme: Sme, firms: list[Sme]) -> HttpResponse:
    progress = profile_selectors.completeness(profile_selectors.read_facts(sme))
    return render(
        request,
        "selection/firm/no_application.html",
        {
            "sme": sme,
            "firms": firms,
            "rounds": list(rounds_selectors.open_rounds()),
            "path": journey.path_of(sme, None, card_day=None, question=None, decide_by=None),
            "duties": profile_selectors.duties_for(sme, progress),
            "papers": papers_selectors.expiring_documents(sme),
            "inbox": messages_for(request.user)[:NEWEST_MESSAGES],
            "can_apply": intake_permissions.can_apply(request.user, sme),
        },
    )


def _show_file(request: SignedInRequest, row: Application, others: list[Application] | None = None) -> HttpResponse:
    question = applications_selectors.open_question_of(row) if row.state in ASKABLE_STATES else None
    decide_by = clock.due_if_answered(row, on=today()) if question else None
    promise = None if row.is_ended else clock.read(row, on=today())
    kept = applications_selectors.newest_score(row)
    card = applications_selectors.card_of(kept) if kept and row.state == State.HELD else None
    decision = applications_selectors.decision_of(row) if row.state in DECIDED_STATES else None
    place = selectors.waiting_place(row) if row.state == State.WAITLISTED else None
    is_open = rounds_selectors.is_open_now(row.round) if row.state in (State.DRAFT, State.HELD) else False
    progress = profile_selectors.completeness(profile_selectors.read_facts(row.sme))
    missing = intake_selectors.missing_before_submission(row, progress) if row.state == State.DRAFT else []
    others = (
        list(applications_selectors.applications_visible_to(request.user)[:EARLIER_FILES]) if others is None else others
    )
    return render(
        request,
        "selection/firm/home.html",
        {
            "application": row,
            "headline": journey.headline(row, question=question, decide_by=decide_by, clock=promise, place=place),
            "ask": journey.ask_of(
                row, question=question, missing=missing, card=card, decision=decision, is_open=is_open
            ),
            "question": question,
            "decide_by": decide_by,
            "promise": promise,
            "holidays": _holidays(row, promise, question),
            "path": journey.path_of(
                row.sme,
                row,
                card_day=kept.created_at if kept else None,
                question=question,
                decide_by=decide_by,
            ),
            "duties": [
                duty
                for duty in profile_selectors.duties_for(row.sme, progress)
                if duty.code != "profile" or row.state == State.DRAFT
            ],
            "papers": papers_selectors.expiring_documents(row.sme),
            "inbox": messages_for(request.user)[:NEWEST_MESSAGES],
            "others": [other for other in others if other.pk != row.pk],
            "can_withdraw": not row.is_ended or row.state == State.WAITLISTED,
        },
    )


def _holidays(row: Application, promise: PromiseClock | None, question: Question | None) -> str:
    """Named days off between the start of the promise and the day we promised."""
    if promise is None or row.clock_started_on is None:
        return ""
    end = clock.due_if_answered(row, on=today()) if question else promise.due
    return journey.holiday_words(row.clock_started_on, end) if end else ""


# ---------------------------------------------------------------------------------------------------------- applying


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedInRequest, code: str) -> HttpResponse:
    """Start or go on with the firm's application in a round; the owner submits it on the same page."""
    round_ = rounds_selectors.round_by_code(code)
    sme = intake_selectors.firm_to_apply_for(request.user, request.GET.get("firm", ""))
    if sme is None:
        return render(request, "selection/firm/no_firm.html", {"rounds": [round_]})
    row = intake_selectors.application_in(round_, sme)
    if row is None:
        return _start(request, round_, sme)
    if row.state != State.DRAFT:
        return redirect("selection:file", row.public_id)
    intake_permissions.can_apply(request.user, sme).require()
    initial = {"track": row.track, "motivation": row.motivation, "commitment_name": row.commitment_name}
    form = intake_forms.ApplicationForm(posted(request), initial=initial | kept_for(request), round_=round_)
    submit = intake_forms.SubmitForm(request.POST if "submit" in request.POST else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = intake_services.save_application_draft(actor=request.user, application=row, **form.cleaned_data)
            if "submit" not in request.POST:
                messages.success(request, _("Saved. You can go on later, on any device."))
                return redirect(request.get_full_path())
            if submit.is_valid():
                row = intake_services.submit_application(actor=request.user, application=row, **submit.cleaned_data)
                return redirect("selection:submitted", row.public_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    facts = profile_selectors.frozen_copy(profile_selectors.read_facts(sme))
    return render(
        request,
        "selection/firm/apply.html",
        {
            "application": row,
            "round": round_,
            "sme": sme,
            "form": form,
            "submit": submit,
            "missing": intake_selectors.missing_before_submission(row, profile_selectors.completeness(sme, facts)),
            "copy": groups_of(facts),
            "papers_missing": papers_selectors.missing_papers(sme),
            "can_submit": intake_permissions.can_submit(request.user, row),
            "is_open": rounds_selectors.is_open_now(round_),
            "version": version_of(row.track, row.motivation, row.commitment_name),
        },
    )


def _start(request: SignedInRequest, round_: Any, sme: Sme) -> HttpResponse:
    """The first page: which track. Starting writes a row, so it is a POST."""
    form = intake_forms.TrackForm(posted(request), initial=kept_for(request), round_=round_)
    if request.method == "POST" and form.is_valid():
        try:
            intake_services.start_application(actor=request.user, round=round_, sme=sme, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(request.get_full_path())
    context = {
        "form": form,
        "round": round_,
        "sme": sme,
        "is_open": rounds_selectors.is_open_now(round_),
        "can_apply": intake_permissions.can_apply(request.user, sme),
    }
    return render(request, "selection/firm/start.html", context)


@signed_in()
@require_safe
def submitted(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = applications_selectors.application_for(request.user, public_id)
    if row.state == State.DRAFT:
        return redirect("selection:apply", row.round.code)
    return render(request, "selection/firm/submitted.html", {"application": row})


@signed_in()
@require_safe
def frozen(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The copy by which the application is judged, and what changed in it since."""
    row = applications_selectors.application_for(request.user, public_id)
    context = {
        "application": row,
        "copy": applications_selectors.copy_of(row),
        "versions": applications_selectors.versions_of(row),
    }
    return render(request, "selection/firm/frozen.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = applications_selectors.application_for(request.user, public_id)
    if request.method == "POST":
        intake_services.reopen_application(actor=request.user, application=row)
        messages.success(request, _("Your application is a draft again. Correct it and submit it."))
        return redirect("selection:apply", row.round.code)
    return render(
        request, "selection/firm/reopen.html", {"application": row, "card": applications_selectors.newest_card(row)}
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = applications_selectors.application_for(request.user, public_id)
    form = intake_forms.WithdrawForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            intake_services.withdraw_application(
                actor=request.user, application=row, reason=form.cleaned_data["reason"]
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The application is withdrawn."))
            return redirect("selection:file", row.public_id)
    context = {"application": row, "form": form, "can_withdraw": intake_permissions.can_withdraw(request.user, row)}
    return render(request, "selection/firm/withdraw.html", context)


# --------------------------------------------------------------------------------------------- answers and letters


@takes_files
@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Answer what the desk asked: only the named facts and papers are open."""
    row = applications_selectors.application_for(request.user, public_id)
    asked = applications_selectors.open_question_of(row)
    if asked is None:
        messages.info(request, _("No question waits for you."))
        return redirect("selection:file", row.public_id)
    form = correspondence_forms.AnswerForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        question=asked,
        application=row,
        initial=kept_for(request),
    )
    if request.method == "POST" and form.is_valid() and _answer(request, row, asked, form):
        messages.success(request, _("Your answer is with us. The clock runs again."))
        return redirect("selection:file", row.public_id)
    context = {
        "application": row,
        "question": asked,
        "form": form,
        "decide_by": clock.due_if_answered(row, on=today()),
        "can_answer": correspondence_permissions.can_answer(request.user, asked),
    }
    return render(request, "selection/firm/question.html", context)


def _answer(request: SignedInRequest, row: Application, asked: Question, form: AnswerForm) -> bool:
    """Papers and answer go together or not at all; a wrong value stands beside its field."""
    try:
        with papers_services.all_or_nothing():
            for kind, paper, until in form.papers():
                papers_services.upload_document(
                    actor=request.user, sme=row.sme, kind=kind, paper=paper, expires_on=until
                )
            correspondence_services.answer_question(
                actor=request.user, question=asked, values=form.values, answer=form.cleaned_data["answer"]
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = applications_selectors.application_for(request.user, public_id)
    may_write = correspondence_permissions.can_write_letter(request.user, row)
    form = correspondence_forms.FirmLetterForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            correspondence_services.write_letter(actor=request.user, application=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your letter is with the desk."))
            return redirect("selection:letters", row.public_id)
    thread = list(correspondence_selectors.letters_of(row))
    if may_write:
        correspondence_services.mark_letters_read(actor=request.user, application=row)
    context = {"application": row, "form": form, "thread": thread, "may_write": may_write}
    return render(request, "selection/firm/letters.html", context)


# ------------------------------------------------------------------------------------------------------ the receipt


@signed_in()
@require_GET
def receipt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The score receipt; officials open any file's, the firm its own once it is decided."""
    row = selectors.application_with_receipt_for(request.user, public_id)
    may_read = permissions.can_read_receipt(request.user, row)
    context: dict[str, Any] = {"application": row, "may_read": may_read}
    if may_read:
        decision = applications_selectors.decision_of(row)
        context["receipt"] = selectors.receipt_of(row, decision)
        context["place"] = selectors.waiting_place(row) if row.state == State.WAITLISTED else None
        if decision:
            context |= {"decision": decision, "decision_reasons": words_of(decision.reason_codes)}
    return render(request, "selection/firm/receipt.html", context)
