"""What officials do to one file. Each act is a POST to its own address and leads back to the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tdap_portal.core.errors import DomainError, NotAllowed, NotFound

from . import permissions_officer as permissions
from . import selectors_file, services_ask, services_review
from . import services as firm_side
from .forms_desk import (
    AssignForm,
    ConflictForm,
    DecideForm,
    LetterForm,
    QuestionForm,
    ReadingForm,
    RecommendForm,
    RefusePaperForm,
    ReturnForm,
)
from .views_desk import file_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from .models import Application


def _done(request: HttpRequest, application: Application, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("selection:desk_file", public_id=application.public_id)


def _tried(form: Form, act: Callable[[], Any]) -> bool:
    """Do the act; a refusal that the person can mend stands in the form, the others rise to their own pages."""
    try:
        act()
    except (NotAllowed, NotFound):
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@login_required
@require_POST
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    form = ReadingForm(request.POST)
    if form.is_valid() and _tried(
        form,
        lambda: services_review.record_reading(actor=request.user, application=application, **form.cleaned_data),
    ):
        return _done(request, application, _("Your reading is in. It stays sealed until both are in."))
    return file_page(request, application, reading_form=form)


@login_required
@require_POST
def recommend(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    form = RecommendForm(request.POST)
    if form.is_valid() and _tried(
        form, lambda: services_review.recommend(actor=request.user, application=application, **form.as_act())
    ):
        return _done(request, application, _("Your recommendation waits for the director."))
    return file_page(request, application, recommend_form=form)


@login_required
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    form = ReturnForm(request.POST)
    if form.is_valid() and _tried(
        form,
        lambda: services_review.return_to_officer(
            actor=request.user, application=application, words=form.cleaned_data["returned_words"]
        ),
    ):
        return _done(request, application, _("The file is back with its officer."))
    return file_page(request, application, return_form=form)


@login_required
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    form = DecideForm(request.POST)
    if form.is_valid() and _tried(
        form, lambda: services_review.decide(actor=request.user, application=application, **form.as_act())
    ):
        return _done(request, application, _("Decided. The firm is told now."))
    return file_page(request, application, decide_form=form)


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    permissions.can_assign(request.user).require()
    now: dict[str, str | None] = {"first": None, "second": None}
    standing = selectors_file.standing_of(application)
    officers = [person for person in selectors_file.officers() if person.pk not in standing.in_conflict]
    for name, reader in zip(now, standing.readers, strict=False):
        now[name] = next((person.public_id for person in officers if person.pk == reader.user_id), None)
    form = AssignForm(request.POST or None, officers=officers, initial=now)
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(
            form, lambda: services_review.assign_readers(actor=request.user, application=application, **form.as_act())
        )
    ):
        return _done(request, application, _("The file is with its two readers."))
    return render(
        request, "selection/desk/assign.html", {"application": application, "form": form, "officers": officers}
    )


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    permissions.can_ask(request.user, selectors_file.standing_of(application)).require()
    form = QuestionForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(
            form, lambda: services_ask.ask_question(actor=request.user, application=application, **form.as_act())
        )
    ):
        return _done(request, application, _("The firm is asked. The clock stands still until it answers."))
    return render(request, "selection/desk/ask.html", {"application": application, "form": form})


@login_required
@require_POST
def cancel_question(request: HttpRequest, public_id: str, question: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    services_ask.cancel_question(actor=request.user, application=application, question=question)
    return _done(request, application, _("The question is taken back. The clock runs again."))


@login_required
@require_POST
def declare_conflict(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    form = ConflictForm(request.POST)
    if form.is_valid() and _tried(
        form,
        lambda: services_review.declare_conflict(
            actor=request.user, application=application, words=form.cleaned_data["ties"]
        ),
    ):
        return _done(request, application, _("Noted. Another official will judge this firm."))
    return file_page(request, application, conflict_form=form)


@login_required
@require_POST
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    form = LetterForm(request.POST)
    if form.is_valid() and _tried(
        form,
        lambda: firm_side.write_letter(
            actor=request.user,
            application=application,
            words=form.cleaned_data["letter"],
            token=form.cleaned_data["token"],
        ),
    ):
        return _done(request, application, _("Your letter is on its way to the firm."))
    return file_page(request, application, letter_form=form)


@login_required
@require_POST
def verify_paper(request: HttpRequest, public_id: str, paper: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    services_ask.verify_paper(actor=request.user, application=application, document=paper)
    return _done(request, application, _("The paper is verified."))


@login_required
@require_POST
def refuse_paper(request: HttpRequest, public_id: str, paper: str) -> HttpResponse:
    application = selectors_file.file_for(request.user, public_id)
    form = RefusePaperForm(request.POST)
    if form.is_valid() and _tried(
        form,
        lambda: services_ask.refuse_paper(
            actor=request.user, application=application, document=paper, reason=form.cleaned_data["reason"]
        ),
    ):
        return _done(request, application, _("The paper is refused; the firm reads why."))
    return file_page(request, application, paper_form=form, refused_paper=paper)
