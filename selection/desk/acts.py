"""What officials do to one file. Each act is a POST to its own address and leads back to the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from selection.correspondence import permissions as correspondence_permissions
from selection.correspondence import services as correspondence_services
from selection.correspondence.forms import DeskLetterForm, QuestionForm
from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.review.forms import (
    AssignForm,
    ConflictForm,
    DecideForm,
    ReadingForm,
    RecommendForm,
    RefusePaperForm,
    ReturnForm,
)
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.web.keeping import kept_for, signed_in

from .views import file_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from selection.models import Application


def _done(request: HttpRequest, application: Application, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("selection:desk_file", public_id=application.public_id)


def _acted(
    request: HttpRequest, application: Application, form: Any, act: Callable[[dict[str, Any]], Any], said: str
) -> HttpResponse | None:
    """Do the act with what the form says; None where the form has something to put right.

    A file that has moved on shows where it stands now; what the person may not do at all rises to its own page.
    """
    if not form.is_valid():
        return None
    try:
        act(form.as_act() if hasattr(form, "as_act") else form.cleaned_data)
    except WrongState as refusal:
        messages.error(request, str(refusal))
        return redirect("selection:desk_file", public_id=application.public_id)
    except (NotAllowed, NotFound):
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    return _done(request, application, said)


@signed_in(back="selection:desk_file")
@require_POST
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    application, form = review_selectors.file_for(request.user, public_id), ReadingForm(request.POST)

    def act(told: dict[str, Any]) -> None:
        review_services.record_reading(actor=request.user, application=application, **told)

    said = _("Your reading is in. It stays sealed until both are in.")
    return _acted(request, application, form, act, said) or file_page(request, application, reading_form=form)


@signed_in(back="selection:desk_file")
@require_POST
def recommend(request: HttpRequest, public_id: str) -> HttpResponse:
    application, form = review_selectors.file_for(request.user, public_id), RecommendForm(request.POST)

    def act(told: dict[str, Any]) -> None:
        review_services.recommend(actor=request.user, application=application, **told)

    said = _("Your recommendation waits for the director.")
    return _acted(request, application, form, act, said) or file_page(request, application, recommend_form=form)


@signed_in(back="selection:desk_file")
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponse:
    application, form = review_selectors.file_for(request.user, public_id), ReturnForm(request.POST)

    def act(told: dict[str, Any]) -> None:
        review_services.return_to_officer(actor=request.user, application=application, words=told["returned_words"])

    said = _("The file is back with its officer.")
    return _acted(request, application, form, act, said) or file_page(request, application, return_form=form)


@signed_in(back="selection:desk_file")
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    application, form = review_selectors.file_for(request.user, public_id), DecideForm(request.POST)

    def act(told: dict[str, Any]) -> None:
        review_services.decide(actor=request.user, application=application, **told)

    said = _("Decided. The firm is told now.")
    return _acted(request, application, form, act, said) or file_page(request, application, decide_form=form)


@signed_in()
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    standing = review_selectors.standing_of(application)
    review_permissions.can_assign(request.user, standing).require()
    officers = [person for person in review_selectors.officers() if person.pk not in standing.in_conflict]
    codes = {person.pk: person.public_id for person in officers}
    readers = {reader.place: codes.get(reader.user_id) for reader in standing.readers}
    form = AssignForm(
        request.POST or None,
        officers=officers,
        initial={"first": readers.get(1), "second": readers.get(2)} | kept_for(request),
    )

    def act(told: dict[str, Any]) -> None:
        review_services.assign_readers(actor=request.user, application=application, **told)

    done = request.method == "POST" and _acted(request, application, form, act, _("The file is with its two readers."))
    context = {"application": application, "form": form, "officers": officers}
    return done or render(request, "selection/desk/assign.html", context)


@signed_in()
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    correspondence_permissions.can_ask(request.user, review_selectors.standing_of(application)).require()
    form = QuestionForm(request.POST or None, initial=kept_for(request))

    def act(told: dict[str, Any]) -> None:
        correspondence_services.ask_question(actor=request.user, application=application, **told)

    said = _("The firm is asked. The clock stands still until it answers.")
    done = request.method == "POST" and _acted(request, application, form, act, said)
    return done or render(request, "selection/desk/ask.html", {"application": application, "form": form})


@signed_in(back="selection:desk_file")
@require_POST
def cancel_question(request: HttpRequest, public_id: str, question: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    correspondence_services.cancel_question(actor=request.user, application=application, question=question)
    return _done(request, application, _("The question is taken back. The clock runs again."))


@signed_in(back="selection:desk_file")
@require_POST
def declare_conflict(request: HttpRequest, public_id: str) -> HttpResponse:
    application, form = review_selectors.file_for(request.user, public_id), ConflictForm(request.POST)

    def act(told: dict[str, Any]) -> None:
        review_services.declare_conflict(actor=request.user, application=application, words=told["ties"])

    said = _("Noted. Another official will judge this firm.")
    return _acted(request, application, form, act, said) or file_page(request, application, conflict_form=form)


@signed_in(back="selection:desk_file")
@require_POST
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    application, form = review_selectors.file_for(request.user, public_id), DeskLetterForm(request.POST)

    def act(told: dict[str, Any]) -> None:
        correspondence_services.write_letter(
            actor=request.user, application=application, words=told["letter"], token=told["token"]
        )

    said = _("Your letter is on its way to the firm.")
    return _acted(request, application, form, act, said) or file_page(request, application, letter_form=form)


@signed_in(back="selection:desk_file")
@require_POST
def verify_paper(request: HttpRequest, public_id: str, paper: str) -> HttpResponse:
    application = review_selectors.file_for(request.user, public_id)
    review_services.verify_paper(actor=request.user, application=application, document=paper)
    return _done(request, application, _("The paper is verified."))


@signed_in(back="selection:desk_file")
@require_POST
def refuse_paper(request: HttpRequest, public_id: str, paper: str) -> HttpResponse:
    application, form = review_selectors.file_for(request.user, public_id), RefusePaperForm(request.POST)

    def act(told: dict[str, Any]) -> None:
        review_services.refuse_paper(actor=request.user, application=application, document=paper, reason=told["reason"])

    done = _acted(request, application, form, act, _("The paper is refused; the firm reads why."))
    return done or file_page(request, application, paper_form=form, refused_paper=paper)
