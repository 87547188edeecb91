"""What officials do to one file. Each act is a POST to its own address and leads back to the file."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from selection.correspondence import permissions as correspondence_permissions
from selection.correspondence import services as correspondence_services
from selection.correspondence.common_questions import COMMON_QUESTIONS
from selection.correspondence.forms import DeskLetterForm, ExtendForm, QuestionForm
from selection.review import obstacles
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.review.forms import (
    AssignForm,
    ConflictForm,
    DecideForm,
    ExplainForm,
    ReadingForm,
    RecommendForm,
    ReturnForm,
    SignForm,
    WaiverForm,
)
from selection.states import Outcome
from smes.people import selectors as people_selectors
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.web.keeping import kept_for, signed_in

from .confirming import QUESTIONS, answers_of, rests_on, selects, still_open
from .views import FORM_OF_ACT, file_page, may_do

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpResponse
    from django_stubs_ext import StrOrPromise

    from selection.models import Application
    from selection.review.permissions import Standing
    from tdap_portal.accounts.models import User
    from tdap_portal.core.access import Answer
    from tdap_portal.web.requests import SignedInRequest


@dataclass(frozen=True, slots=True)
class Act:
    """What a form of the file does, and who may: asked before anything that was typed is looked at.

    service takes actor, application, what the form says and what stands in the address.
    """

    may: Callable[[User, Standing], Answer]
    form: type[Form]
    service: Callable[..., object]
    success: StrOrPromise


ACTS = MappingProxyType(  # by the name of the address; FORM_OF_ACT says where on the page a mistake is shown
    {
        "desk_read": Act(
            review_permissions.can_record_reading,
            ReadingForm,
            review_services.record_reading,
            _("Your reading is in. It stays sealed until both are in."),
        ),
        "desk_recommend": Act(
            review_permissions.can_recommend,
            RecommendForm,
            review_services.recommend,
            _("Your recommendation waits for the director."),
        ),
        "desk_return": Act(
            review_permissions.can_return,
            ReturnForm,
            review_services.return_to_officer,
            _("The file is back with its officer."),
        ),
        "desk_decide": Act(
            review_permissions.can_decide, DecideForm, review_services.decide, _("Decided. The firm is told now.")
        ),
        "desk_conflict": Act(
            lambda user, _standing: review_permissions.can_declare_conflict(user),
            ConflictForm,
            review_services.declare_conflict,
            _("Noted. Another official will judge this firm."),
        ),
        "desk_write": Act(
            correspondence_permissions.can_write_as_desk,
            DeskLetterForm,
            correspondence_services.write_as_desk,
            _("Your letter is on its way to the firm."),
        ),
        "desk_extend_question": Act(
            correspondence_permissions.can_extend_question,
            ExtendForm,
            correspondence_services.extend_question,
            _("The firm has more days. The clock stands still."),
        ),
        "desk_waive": Act(
            review_permissions.can_propose_waiver,
            WaiverForm,
            review_services.propose_waiver,
            _("Your proposal waits for a director to sign it."),
        ),
        "desk_sign_waiver": Act(
            lambda user, standing: review_permissions.can_sign_waiver(user, standing, 0),
            SignForm,
            review_services.sign_waiver,
            _("Signed. The file can be selected without these papers."),
        ),
        "desk_explain": Act(
            review_permissions.can_judge_papers,
            ExplainForm,
            review_services.explain_contradiction,
            _("Your explanation stands beside what does not fit."),
        ),
    }
)


@signed_in(back="selection:desk_file")
@require_POST
def do_act(request: SignedInRequest, public_id: str, **address: str) -> HttpResponse:
    """Do the act of this address; a form with something to put right comes back on the page of the file.

    An act that cannot be undone is asked about first, on a page that says what will happen. address: what else stands in
    the address, such as the waiver.
    """
    name = request.resolver_match.url_name
    act = ACTS[name]
    application = review_selectors.file_for(request.user, public_id)
    act.may(request.user, review_selectors.standing_of(application)).require()
    form = act.form(request.POST, initial={"basis": review_selectors.basis_of(application)})
    bound = {FORM_OF_ACT[name]: form, "explained": address.get("contradiction")}
    if "change" in request.POST:
        return file_page(request, application, **bound)
    if "waiver" in address:
        review_selectors.waiver_of(application, address["waiver"])  # one that another took the place of is gone
    done = _asked_first(request, application, form, name) or _acted(
        request, application, form, act.service, act.success, **address
    )
    return done or file_page(request, application, **bound)


def _asked_first(request: SignedInRequest, application: Application, form: Form, name: str) -> HttpResponse | None:
    """The page that says what will happen; None where nothing is asked, it is answered, or the act will be refused anyway."""
    question = QUESTIONS.get(name)
    if question is None or "confirmed" in request.POST or not form.is_valid():
        return None
    standing = review_selectors.standing_of(application)
    if not may_do(request.user, application, standing)[question.can]:
        return None
    if hasattr(form, "cleaned_reasons"):
        try:
            if "basis" in form.cleaned_data:
                review_services.check_basis(application, form.cleaned_data["basis"])
            reasons = form.cleaned_reasons()
            held = standing.gates_passed is not True
            review_services.check_reasons(**reasons, application=application, held=held)
            if reasons["outcome"] == Outcome.SELECT:
                obstacles.require_none(application)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return None
    in_panel = request.headers.get("HX-Request") == "true"
    context = {
        "application": application,
        "form": form,
        "question": question,
        "title": question.title % {"firm": application.sme_name},
        "answers": answers_of(form),
        "still_open": still_open(application) if question.judges else [],
        "rests_on": rests_on(application) if selects(form) else [],
        "in_panel": in_panel,
    }
    return render(request, f"selection/desk/{'_sure' if in_panel else 'sure'}.html", context)


@signed_in()
@require_http_methods(["GET", "POST"])
def assign(request: SignedInRequest, public_id: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    standing = review_selectors.standing_of(application)
    review_permissions.can_assign(request.user, standing).require()
    officers = [person for person in review_selectors.officers_with_load() if person.pk not in standing.in_conflict]
    stay = review_selectors.people_who_stay(application)
    codes = {person.pk: person.public_id for person in (*officers, *stay)}
    readers = {reader.place: codes.get(reader.user_id) for reader in standing.readers}
    form = AssignForm(
        request.POST or None,
        officers=officers,
        stay=stay,
        initial={"first": readers.get(1), "second": readers.get(2)} | kept_for(request),
    )
    success = _("The file is with its two readers.")
    done = request.method == "POST" and _acted(request, application, form, review_services.assign_readers, success)
    context = {"application": application, "form": form, "officers": [*officers, *stay]}
    return done or render(request, "selection/desk/assign.html", context)


@signed_in()
@require_http_methods(["GET", "POST"])
def ask(request: SignedInRequest, public_id: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    correspondence_permissions.can_ask(request.user, review_selectors.standing_of(application)).require()
    language = people_selectors.language_of(application.sme_id)
    common = COMMON_QUESTIONS.get(request.GET.get("use", ""))
    form = QuestionForm(
        request.POST or None, initial=(common.as_initial(language) if common else {}) | kept_for(request)
    )
    service = correspondence_services.ask_question
    success = _("The firm is asked. The clock stands still until it answers.")
    done = request.method == "POST" and _acted(request, application, form, service, success)
    context = {
        "application": application,
        "form": form,
        "firm_reads_urdu": language == "ur",
        "common": [(code, each.title[language]) for code, each in COMMON_QUESTIONS.items()],
        "used": request.GET.get("use", ""),
    }
    return done or render(request, "selection/desk/ask.html", context)


@signed_in(back="selection:desk_file")
@require_POST
def call_third(request: SignedInRequest, public_id: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    review_services.call_third_reader(actor=request.user, application=application)
    return _done(request, application, _("The file goes to a third reader, who is told."))


@signed_in(back="selection:desk_file")
@require_POST
def cancel_question(request: SignedInRequest, public_id: str, question: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    correspondence_services.cancel_question(actor=request.user, application=application, question=question)
    return _done(request, application, _("The question is taken back. The clock runs again."))


def _acted(
    request: SignedInRequest,
    application: Application,
    form: Form,
    service: Callable[..., object],
    success: StrOrPromise,
    **address: str,
) -> HttpResponse | None:
    """Do the act with what the form says; None where the form has something to put right.

    A file that has moved on shows where it stands now; what the person may not do at all rises to its own page.
    """
    if not form.is_valid():
        return None
    params = form.as_act() if hasattr(form, "as_act") else form.cleaned_data
    try:
        service(actor=request.user, application=application, **params, **address)
    except WrongState as refusal:
        messages.error(request, str(refusal))
        return redirect("selection:desk_file", public_id=application.public_id)
    except (NotAllowed, NotFound):
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    return _done(request, application, success)


def _done(request: SignedInRequest, application: Application, success: StrOrPromise) -> HttpResponse:
    """Back to the file, or to its page of papers where the form stood there."""
    messages.success(request, success)
    page = "selection:verify" if request.POST.get("back") == "verify" else "selection:desk_file"
    return redirect(page, public_id=application.public_id)
