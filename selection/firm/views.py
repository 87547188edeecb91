"""The firm's own pages: its tasks and its file, applying, answering, letters, withdrawing, the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from selection.appeals import selectors as appeals_selectors
from selection.appeals import wording as appeals_wording
from selection.applications import clock
from selection.applications import selectors as applications_selectors
from selection.applications.asks import ask_of_floors_above
from selection.applications.copy_words import changes_in_words
from selection.correspondence import forms as correspondence_forms
from selection.correspondence import permissions as correspondence_permissions
from selection.correspondence import selectors as correspondence_selectors
from selection.correspondence import services as correspondence_services
from selection.intake import forms as intake_forms
from selection.intake import permissions as intake_permissions
from selection.intake import selectors as intake_selectors
from selection.intake import services as intake_services
from selection.nominations import selectors as nominations_selectors
from selection.review import permissions as review_permissions
from selection.rounds import selectors as rounds_selectors
from selection.seats.offers import overview as offers_overview
from selection.seats.offers import selectors as offers_selectors
from selection.states import ASKABLE_STATES, DECIDED_STATES, State
from smes.check.selectors import results
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from smes.vocabulary.markets import countries
from smes.vocabulary.wording import language
from tdap_portal.accounts.role_requests import selectors as role_requests_selectors
from tdap_portal.accounts.role_requests import wording as role_requests_wording
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.notifications.selectors import messages_for
from tdap_portal.web.documents import blocks_of, pdf_of
from tdap_portal.web.keeping import forget_refused, keep_refused, kept_for, signed_in, version_of
from tdap_portal.web.requests import posted
from tdap_portal.web.seen import SEEN, written_out
from tdap_portal.web.seen import read as read_seen
from tdap_portal.web.uploads import takes_files

from . import gates, journey, permissions, selectors
from .picture import draw
from .task_list import task_list

if TYPE_CHECKING:
    from selection.correspondence.forms import AnswerForm
    from selection.intake.forms import ApplicationForm, SubmitForm
    from selection.models import Application, Question, Round
    from smes.models import Sme
    from tdap_portal.web.requests import SignedInRequest

NEWEST_MESSAGES = 3
GOES_ON = {"find", "more"}  # buttons that search for a product or add a row, and send no answer
EARLIER_FILES = 10


@signed_in()
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Where the firm stands; of several the one opened last, at first the one with the newest file that lives. Without a
    firm: register."""
    firms = people_selectors.firms_here(request)
    if (request.user.is_official or request.user.is_partner) and not firms:
        return redirect("account_start")
    if not firms:
        asked = role_requests_wording.own_rows(role_requests_selectors.own_requests(request.user))
        opened = nominations_selectors.nominations_to_claim(request.session.get(nominations_selectors.OPENED, []))
        context = {"rounds": rounds_selectors.open_rounds(), "asked": asked, "to_claim": opened}
        return render(request, "selection/firm/no_firm.html", context)
    files = _files(request)
    here = people_selectors.firm_here(request)
    if people_selectors.FIRM_HERE not in request.session:
        here = next((row.sme for row in files if not row.is_ended), here)
    return _show_home(request, here or firms[0], files)


@signed_in()
@require_safe
def firm(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One of several firms of the same person."""
    return _show_home(request, _own_firm(request, public_id), _files(request))


@signed_in()
@require_safe
def file(request: SignedInRequest, public_id: str) -> HttpResponse:
    files = _files(request)
    row = next((row for row in files if row.public_id == public_id), None)
    if row is None:
        raise NotFound
    return _show_tasks(request, row.sme, files) if row.state == State.DRAFT else _show_file(request, row, files)


def _own_firm(request: SignedInRequest, public_id: str) -> Sme:
    """One of the person's own firms. Raises NotFound for any other."""
    sme = next((sme for sme in people_selectors.firms_here(request) if sme.public_id == public_id), None)
    if sme is None:
        raise NotFound
    return sme


def _files(request: SignedInRequest) -> list[Application]:
    """All files of the firms of the person who asks, newest first. Each firm is the one object with its rows read, however
    often it stands here."""
    firms = people_selectors.firms_here(request)
    profile_selectors.read_facts_of(firms)
    known = {sme.pk: sme for sme in firms}
    files = [row for row in applications_selectors.applications_visible_to(request.user) if row.sme_id in known]
    for row in files:
        row.sme = known[row.sme_id]
    return files


def _enter(request: SignedInRequest, sme: Sme) -> None:
    """From now on the masthead, and pages that name no firm, are of this one."""
    if request.session.get(people_selectors.FIRM_HERE) != sme.public_id:
        request.session[people_selectors.FIRM_HERE] = sme.public_id


def _application(request: SignedInRequest, public_id: str) -> Application:
    """A file of one of the person's firms, which is the firm one is in from now on. Raises NotFound for any other."""
    row = applications_selectors.application_for(request.user, public_id)
    _enter(request, row.sme)
    return row


def _show_home(request: SignedInRequest, sme: Sme, files: list[Application]) -> HttpResponse:
    rounds = list(rounds_selectors.open_rounds())
    row = selectors.main_file([row for row in files if row.sme_id == sme.pk], rounds)
    return _show_tasks(request, sme, files, rounds) if row is None else _show_file(request, row, files, rounds)


def _show_tasks(
    request: SignedInRequest, sme: Sme, files: list[Application], rounds: list[Round] | None = None
) -> HttpResponse:
    """What the firm has to do until it has applied, the next thing on top."""
    _enter(request, sme)
    rounds = list(rounds_selectors.open_rounds()) if rounds is None else rounds
    own = [row for row in files if row.sme_id == sme.pk]
    later = request.GET.get("later", "")
    skip = int(later) if later.isascii() and later.isdecimal() and len(later) < 3 else 0
    tasks = task_list(selectors.firm_facts(request.user, sme, files=own, rounds=rounds), skip=skip)
    firms = people_selectors.firms_here(request)
    return render(
        request,
        "selection/firm/tasks.html",
        {
            "sme": sme,
            "firms": selectors.firms_of_mine(request.user, firms, sme, files=files, rounds=rounds),
            "tasks": tasks,
            "later_url": f"{sme.home_url}?later={skip + 1}" if tasks.others else "",
            "rounds": rounds,
            "papers": [
                row for row in papers_selectors.expiring_documents(sme) if row.expires_on and row.expires_on >= today()
            ],
            "today": today(),
            "inbox": messages_for(request.user)[:NEWEST_MESSAGES],
            "others": [row for row in own if row.state != State.DRAFT][:EARLIER_FILES],
            "draft": next((row for row in own if row.state == State.DRAFT), None),
            **_nominations(request, sme),
        },
    )


def _nominations(request: SignedInRequest, sme: Sme, round_: Round | None = None) -> dict[str, object]:
    """Who nominated the firm, in one round where it is named; and the links that were opened here and belong to nobody yet."""
    opened = request.session.get(nominations_selectors.OPENED, [])
    return {
        "nominated": nominations_selectors.nominations_about(sme, round_),
        "to_claim": nominations_selectors.nominations_to_claim(opened, round_),
    }


def _nominations_beside(request: SignedInRequest, row: Application) -> dict[str, object]:
    """Those of the file's round while it lives; once it has ended the links that were opened, of whatever round."""
    if not row.is_ended:
        return _nominations(request, row.sme, row.round)
    return {
        "to_claim": nominations_selectors.nominations_to_claim(request.session.get(nominations_selectors.OPENED, []))
    }


def _show_file(
    request: SignedInRequest, row: Application, files: list[Application], rounds: list[Round] | None = None
) -> HttpResponse:
    _enter(request, row.sme)
    question = applications_selectors.open_question_of(row) if row.state in ASKABLE_STATES else None
    decide_by = clock.due_if_answered(row, on=today()) if question else None
    promise = None if row.is_ended else clock.read(row, on=today())
    kept = applications_selectors.newest_score(row)
    card = applications_selectors.card_of(kept) if kept and row.state == State.HELD else None
    decision = applications_selectors.decision_of(row) if row.state in DECIDED_STATES else None
    waiting = offers_overview.waiting_place(row) if row.state == State.WAITLISTED else None
    place = waiting.place if waiting else None
    offer = offers_selectors.offer_to_answer(row) if row.decided_at else None
    training_ask = ask_of_floors_above(offer if row.state == State.SELECTED else None)
    is_open = rounds_selectors.is_open_now(row.round) if row.state == State.HELD else False
    progress = profile_selectors.completeness(row.sme)
    may_send = papers_selectors.sends_papers(request.user, row.sme)  # what is left beside the profile is of papers
    firms = people_selectors.firms_here(request)
    if rounds is None:
        rounds = list(rounds_selectors.open_rounds()) if len(firms) > 1 else []
    return render(
        request,
        "selection/firm/home.html",
        {
            "application": row,
            "firms": selectors.firms_of_mine(request.user, firms, row.sme, files=files, rounds=rounds),
            "headline": journey.headline(
                row, question=question, decide_by=decide_by, clock=promise, place=place, offer=offer, above=training_ask
            ),
            "ask": training_ask
            or journey.ask_of(row, question=question, card=card, decision=decision, is_open=is_open, offer=offer),
            "training_ask": training_ask,
            "offer": offer,
            "waiting": waiting,
            "appeal": appeals_wording.on_home(row, appeals_selectors.window_of(row)) if row.submitted_at else None,
            "question": question,
            "decide_by": decide_by,
            "training": journey.training_words(row),
            "promise": promise,
            "holidays": selectors.holidays_in_the_promise(row, promise, question),
            "path": journey.path_of(
                row,
                card_day=kept.created_at if kept else None,
                question=question,
                decide_by=decide_by,
                offer=offer,
                above=training_ask,
            ),
            "duties": [
                duty for duty in profile_selectors.duties_for(row.sme, progress) if may_send and duty.code != "profile"
            ],
            "papers": papers_selectors.expiring_documents(row.sme),
            "inbox": messages_for(request.user)[:NEWEST_MESSAGES],
            "others": [other for other in files if other.sme_id == row.sme_id and other.pk != row.pk][:EARLIER_FILES],
            "can_withdraw": not row.is_ended or row.state == State.WAITLISTED,
            **_nominations_beside(request, row),
        },
    )


# ---------------------------------------------------------------------------------------------------------- applying


@signed_in(keeps_refused=False)
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedInRequest, code: str) -> HttpResponse:
    """Start or go on with the firm's application in a round; the owner submits it on the same page."""
    round_ = rounds_selectors.public_round_by_code(code, request.user)
    named = request.GET.get("firm", "")
    sme = _own_firm(request, named) if named else people_selectors.firm_here(request)
    if sme is None and request.method == "POST":  # the page without a firm has no form
        raise NotFound
    if sme is None:
        return render(request, "selection/firm/no_firm.html", {"rounds": [round_]})
    _enter(request, sme)
    row = intake_selectors.application_in(round_, sme)
    if row is None:
        return _start(request, round_, sme)
    if row.state == State.DRAFT or request.method == "POST":
        intake_permissions.can_apply(request.user, sme).require()
    if row.state != State.DRAFT:
        return redirect("selection:file", row.public_id)
    initial = {name: getattr(row, name) for name in intake_selectors.DRAFT_FIELDS}
    kept = kept_for(request)
    form = intake_forms.ApplicationForm(posted(request), initial=initial | kept, round_=round_)
    sent = request.POST if request.method == "POST" else kept or None
    seen = intake_selectors.seen_of_draft(row) if sent is None else read_seen(sent.get(SEEN, ""))
    submit = intake_forms.SubmitForm(request.POST if "submit" in request.POST else None)
    if request.method == "POST" and form.is_valid():
        if done := _save_or_submit(request, row, form, submit):
            return done
        if form.is_compared:  # from now on the page shows both
            seen = intake_selectors.seen_of_draft(row)
    if form.is_saved:
        forget_refused(request)
    else:
        keep_refused(request)
    facts = profile_selectors.frozen_copy(profile_selectors.read_facts(sme))
    tracks = gates.gates_by_track(round_, sme, facts, on=today())
    earlier = intake_selectors.earlier_application(sme, besides=round_)
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
            "answers": selectors.answers_of(sme, facts),
            "earlier": earlier,
            "changed_since": changes_in_words(earlier.facts or {}, facts) if earlier else (),
            "gates": tracks.pop(str(form["track"].value()), None),
            "other_tracks": list(tracks.values()),
            "waiting": gates.waiting_before(round_, facts, on=today()),
            "other_firms": [other for other in people_selectors.firms_here(request) if other.pk != sme.pk],
            "papers_missing": papers_selectors.missing_papers(sme),
            "can_submit": intake_permissions.can_submit(request.user, row),
            "is_open": rounds_selectors.is_open_now(round_),
            "version": version_of(row.track, row.motivation, row.commitment_name),
            "seen": written_out(seen),
            **_nominations(request, sme, round_),
        },
    )


def _save_or_submit(
    request: SignedInRequest, row: Application, form: ApplicationForm, submit: SubmitForm
) -> HttpResponse | None:
    """Keep what was written, and submit it where that was asked; None where the page says what is in the way."""
    try:
        seen = read_seen(request.POST.get(SEEN, ""))
        _row, stopped = intake_services.save_application_draft(
            actor=request.user, application=row, seen=seen, **form.cleaned_data
        )
        form.stop(stopped)
        if not stopped and "submit" not in request.POST:
            messages.success(request, _("Saved. You can go on later, on any device."))
            return redirect(row.sme.home_url)
        if not stopped and submit.is_valid():
            intake_services.submit_application(actor=request.user, application=row, **submit.cleaned_data)
            return redirect("selection:submitted", row.public_id)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    row.refresh_from_db(fields=["state", "track", "motivation", "commitment_name"])
    if row.state != State.DRAFT:  # another press, or another person of the firm, was quicker
        return redirect("selection:submitted", row.public_id)
    return None


def _start(request: SignedInRequest, round_: Any, sme: Sme) -> HttpResponse:
    """The first page: which track. Starting writes a row, so it is a POST."""
    may_apply = intake_permissions.can_apply(request.user, sme)
    if request.method == "POST":
        may_apply.require()
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
        "other_firms": [other for other in people_selectors.firms_here(request) if other.pk != sme.pk],
        "is_open": rounds_selectors.is_open_now(round_),
        "can_apply": may_apply,
    }
    return render(request, "selection/firm/start.html", context)


@signed_in()
@require_safe
def submitted(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = _application(request, public_id)
    if row.state == State.DRAFT:
        return redirect(journey.apply_url(row.round, row.sme))
    context = {"application": row, "number": selectors.number_of_receipt(row)}
    return render(request, "selection/firm/submitted.html", context)


@signed_in()
@require_safe
def picture(request: SignedInRequest, public_id: str) -> HttpResponse:
    """That the application was received, as a PNG to send on; its words are in the language of the page."""
    row = _application(request, public_id)
    if row.submitted_at is None:
        raise NotFound
    return HttpResponse(
        draw(journey.lines_of_picture(row), from_right=get_language_bidi()),
        content_type="image/png",
        headers={"Content-Disposition": f'attachment; filename="{row.file_number}.png"'},
    )


@signed_in()
@require_safe
def frozen(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The copy by which the application is judged, and what changed in it since."""
    row = _application(request, public_id)
    context = {
        "application": row,
        "copy": applications_selectors.copy_of(row),
        "versions": applications_selectors.versions_of(row),
    }
    return render(request, "selection/firm/frozen.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = _application(request, public_id)
    may_reopen = intake_permissions.can_reopen(request.user, row)
    if request.method == "POST":
        may_reopen.require()
        intake_services.reopen_application(actor=request.user, application=row)
        messages.success(request, _("Your application is a draft again. Correct it and submit it."))
        return redirect(journey.apply_url(row.round, row.sme))
    context = {"application": row, "card": applications_selectors.newest_card(row), "may_reopen": may_reopen}
    return render(request, "selection/firm/reopen.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = _application(request, public_id)
    may_withdraw = intake_permissions.can_withdraw(request.user, row)
    if request.method == "POST":
        may_withdraw.require()
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
    context = {"application": row, "form": form, "can_withdraw": may_withdraw}
    return render(request, "selection/firm/withdraw.html", context)


# --------------------------------------------------------------------------------------------- answers and letters


@takes_files
@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Answer what the desk asked: only the named facts and papers are open."""
    row = _application(request, public_id)
    asked = applications_selectors.open_question_of(row)
    if asked is None:
        messages.info(request, _("No question waits for you."))
        return redirect("selection:file", row.public_id)
    may_answer = correspondence_permissions.can_answer(request.user, asked)
    if request.method == "POST":
        may_answer.require()
    sent, typed = posted(request), kept_for(request)
    files = request.FILES if sent is not None else None
    if sent is not None and sent.get("question") != asked.public_id:
        messages.warning(
            request,
            _("We have taken that question back and ask this one. Nothing was sent; your words stand below."),
        )
        typed, sent, files = sent.dict(), None, None
    if typed and typed.get("question") != asked.public_id:
        typed = {"answer": typed.get("answer", "")}  # of the fields of another question nothing fits
    form = correspondence_forms.AnswerForm(
        sent,
        files,
        question=asked,
        application=row,
        came=correspondence_selectors.papers_since(asked),
        initial=typed,
    )
    if sent is not None and sent.keys() & GOES_ON:
        form.forget_mistakes()
    elif form.is_valid() and _answer(request, asked, form):
        messages.success(request, _("Your answer is with us. The clock runs again."))
        for sentence in profile_selectors.contradictions_in(_application(request, public_id).facts or {}):
            messages.warning(request, sentence)
        return redirect("selection:file", row.public_id)
    context = {
        "application": row,
        "question": asked,
        "form": form,
        "steps": [(step, f"smes/profile/steps/_{step.step}.html") for step in form.steps],
        "countries": countries(language()).values(),
        "decide_by": clock.due_if_answered(row, on=today()),
        "has_passed": asked.answer_by < today(),
        "can_answer": may_answer,
    }
    products = next((step for step in form.steps if step.step == "products"), None)
    if products is not None:
        query = sent.get("q", "") if sent is not None else ""
        context |= results(query, row.sme.sector or None, products.chosen, listed=products.chosen)
        context["listed"] = "".join(f"&listed={hs6}" for hs6 in products.chosen)  # escaped by the page
    return render(request, "selection/firm/question.html", context)


def _answer(request: SignedInRequest, asked: Question, form: AnswerForm) -> bool:
    """Papers and answer go together or not at all; a wrong value stands beside its field."""
    try:
        correspondence_services.answer_with_papers(
            actor=request.user,
            question=asked,
            papers=form.papers(),
            values=form.values,
            rows=form.rows,
            answer=form.cleaned_data["answer"],
            cannot_send=form.cleaned_data.get("cannot_send", False),
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: SignedInRequest, public_id: str) -> HttpResponse:
    row = _application(request, public_id)
    may_write = correspondence_permissions.can_write_letter(request.user, row)
    if request.method == "POST":
        may_write.require()
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
@require_safe
def receipt(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The score receipt; the desk opens any file's, the firm its own once it is decided."""
    row = selectors.application_with_receipt_for(request.user, public_id)
    is_of_desk = bool(review_permissions.can_use_desk(request.user))
    if not is_of_desk:
        _enter(request, row.sme)
    may_read = permissions.can_read_receipt(request.user, row)
    context: dict[str, Any] = {"application": row, "may_read": may_read, "is_of_desk": is_of_desk}
    if may_read:
        context |= selectors.shown_on_receipt(row)
    return render(request, "selection/firm/receipt.html", context)


@signed_in()
@require_safe
def receipt_pdf(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same receipt as a PDF, in the language of the page: read from the page itself, so that both say the same. Who may not
    read the receipt yet, or where there is none, is led to the page that says so."""
    row = selectors.application_with_receipt_for(request.user, public_id)
    context = selectors.shown_on_receipt(row) if permissions.can_read_receipt(request.user, row) else {}
    if not context.get("receipt"):
        return redirect("selection:receipt", row.public_id)
    html = render_to_string("selection/firm/_receipt.html", {"application": row, **context}, request)
    address = reverse("receipt_by_code", args=[context["code"]])
    made = pdf_of(
        blocks_of(html),
        language=get_language() or "en",
        title=f"{row.file_number} {row.sme_name}",
        foot=f"{request.get_host()}{address}",
    )
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{row.file_number}.pdf"'
    return response


@signed_in()
@require_safe
def card(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The score card of the receipt as JSON: with it the score can be computed again. Who may not read the receipt yet, or where
    there is none, is led to the page that says so."""
    row = selectors.application_with_receipt_for(request.user, public_id)
    kept = selectors.card_shown(row, applications_selectors.decision_of(row))
    if kept is None or not permissions.can_read_receipt(request.user, row):
        return redirect("selection:receipt", row.public_id)
    response = JsonResponse(kept.card, json_dumps_params={"indent": 1, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="score-card-{row.file_number}.json"'
    return response
