"""Verifying a firm by its papers: the paper beside what the firm says, an answer for each fact, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.evidence.wording import name_of
from smes.papers import services as papers_services
from smes.people import selectors as people_selectors
from smes.states import PaperState
from smes.vocabulary.evidence import EVIDENCE_LEVELS
from smes.vocabulary.wording import paper_name
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.web.keeping import kept_form, signed_in

from . import selectors
from .forms import AnswersForm, RefuseForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from selection.models import Application
    from smes.models import Document
    from tdap_portal.web.requests import SignedInRequest


def _file(request: SignedInRequest, public_id: str) -> Application:
    """The file, for an officer who is not tied to its firm: private numbers stand here in full."""
    application = review_selectors.file_for(request.user, public_id)
    standing = review_selectors.standing_of(application)
    review_permissions.can_judge_papers(request.user, standing).require()
    return application


def _paper(request: SignedInRequest, public_id: str, paper: str) -> tuple[Application, Document]:
    application = _file(request, public_id)
    return application, review_selectors.paper_of(application, paper)


@signed_in()
@require_safe
def firm(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The firm as a whole: its papers, what is left, what does not fit together, and on what each fact stands."""
    return _page(request, _file(request, public_id))


@signed_in()
@require_safe
def paper(request: SignedInRequest, public_id: str, paper: str) -> HttpResponse:
    application, document = _paper(request, public_id, paper)
    return _page(request, application, document, _kept_answers(request, document))


def _kept_answers(request: SignedInRequest, document: Document) -> AnswersForm | None:
    """The answers that were refused, or that came after the session had ended; without those to something else than the firm
    says now."""
    kept = kept_form(request)
    if kept.act != "verify_answer":
        return None
    lines = evidence_selectors.checklist(document)
    old = {str(place) for place, line in enumerate(lines, 1) if kept.typed.get(f"seen-{place}") != line.digest}
    typed = {name: value for name, value in kept.typed.items() if name.partition("-")[2] not in old}
    return AnswersForm(typed, lines=lines)


@signed_in(back="selection:verify_paper", of=("public_id", "paper"))
@require_POST
def answer(request: SignedInRequest, public_id: str, paper: str) -> HttpResponse:
    """Answers to facts of the paper; with the button "keep" the paper is kept as well, and the next one comes."""
    application, document = _paper(request, public_id, paper)
    form = AnswersForm(request.POST, lines=evidence_selectors.checklist(document))
    if not form.is_valid():
        return _page(request, application, document, form)
    try:
        evidence_services.compare_facts(actor=request.user, document=document, **form.as_act())
        if "keep" in request.POST:
            evidence_services.keep_paper(
                actor=request.user, document=document, expires_on=form.cleaned_data["expires_on"]
            )
            return _kept(request, application, document)
    except (NotAllowed, NotFound):
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("selection:verify_paper", public_id=public_id, paper=paper)


def _kept(request: SignedInRequest, application: Application, document: Document) -> HttpResponse:
    """On to the next paper that waits, or to the firm as a whole."""
    seen = selectors.firm_seen(application)
    coming = selectors.next_waiting(selectors.tiles_of(seen, document), document)
    messages.success(request, _("%(paper)s: kept.") % {"paper": paper_name(document.kind)})
    if coming is None:
        return redirect("selection:verify", public_id=application.public_id)
    return redirect("selection:verify_paper", public_id=application.public_id, paper=coming.document.public_id)


@signed_in(back="selection:verify_paper", of=("public_id", "paper"))
@require_POST
def undo(request: SignedInRequest, public_id: str, paper: str) -> HttpResponse:
    """Take back what this officer said last of the paper."""
    _application, document = _paper(request, public_id, paper)
    last = selectors.last_answer(document, request.user)
    if last is not None:
        evidence_services.undo_comparison(actor=request.user, comparison=last)
        messages.success(request, _("Taken back: %(fact)s.") % {"fact": name_of(last.fact)})
    return redirect("selection:verify_paper", public_id=public_id, paper=paper)


@signed_in()
@require_http_methods(["GET", "POST"])
def refuse(request: SignedInRequest, public_id: str, paper: str) -> HttpResponse:
    """First the words that the firm will read, then the act. What was chosen stands in the address until it is sent."""
    application, document = _paper(request, public_id, paper)
    form = RefuseForm(request.POST or request.GET)
    if request.method == "POST" and form.is_valid():
        evidence_services.refuse_paper(actor=request.user, document=document, **form.cleaned_data)
        messages.success(request, _("%(paper)s: refused. The firm reads why.") % {"paper": paper_name(document.kind)})
        return redirect("selection:verify_paper", public_id=public_id, paper=paper)
    if not form.is_valid():
        return _page(request, application, document, refuse_form=form)
    words = evidence_selectors.refusal_words(application.sme_id, **form.cleaned_data)
    subject, body = evidence_selectors.letter_of_refusal(document, words)
    context = {
        "application": application,
        "document": document,
        "form": form,
        "language": people_selectors.language_of(application.sme_id),
        "subject": subject,
        "body": body,
    }
    return render(request, "selection/verification/refuse.html", context)


@signed_in(back="selection:verify_paper", of=("public_id", "paper"))
@require_POST
def reopen(request: SignedInRequest, public_id: str, paper: str) -> HttpResponse:
    """Take back that a paper was kept or refused."""
    _application, document = _paper(request, public_id, paper)
    try:
        papers_services.reopen_document(actor=request.user, document=document)
    except WrongState as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(paper)s: to be looked at again.") % {"paper": paper_name(document.kind)})
    return redirect("selection:verify_paper", public_id=public_id, paper=paper)


@signed_in(back="selection:verify")
@require_POST
def verify_firm(request: SignedInRequest, public_id: str) -> HttpResponse:
    application = _file(request, public_id)
    try:
        evidence_services.verify_firm(actor=request.user, sme=application.sme)
    except NotAllowed:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("selection:verify", public_id=public_id)


def _page(
    request: SignedInRequest,
    application: Application,
    document: Document | None = None,
    form: AnswersForm | None = None,
    refuse_form: RefuseForm | None = None,
) -> HttpResponse:
    """form: answers that came back with something to put right."""
    seen = selectors.firm_seen(application)
    papers_services.ask_to_draw(seen.documents)
    tiles = selectors.tiles_of(seen, document)
    coming = selectors.next_waiting(tiles, document)
    context: dict[str, Any] = {
        "application": application,
        "sme": seen.sme,
        "tiles": tiles,
        "coming": coming,
        "left": seen.left,
        "left_kinds": [paper_name(kind) for kind in seen.left.missing],
        "left_differing": [name_of(key) for key in seen.left.differing],
        "then": [tile.name for tile in tiles if tile.waits and not tile.is_current],
        "reads_urdu": people_selectors.language_of(application.sme_id) == "ur",
        "versions": selectors.changes_by_the_firm(application),
        "can": {"judge_papers": True},
        "clashes": evidence_selectors.clashes_of(seen.sme, seen.copy["proofs"]),
        "levels": list(EVIDENCE_LEVELS),
    }
    if document is None:
        context["facts"] = selectors.fact_rows(seen)
    else:
        document = next(row for row in seen.documents if row.pk == document.pk)
        same_file = [tile.name for tile in tiles if tile.document.sha256 == document.sha256 and not tile.is_current]
        context |= {"same_file_as": same_file}
        context |= _paper_context(request, seen, document, form) | {"refuse_form": refuse_form or RefuseForm()}
    return render(request, "selection/verification/verify.html", context)


def _paper_context(
    request: SignedInRequest, seen: selectors.FirmSeen, document: Document, form: AnswersForm | None
) -> dict[str, Any]:
    checks = selectors.checks_of(seen, document, form, change=request.GET.get("change", ""))
    left = sum(check.line.is_open for check in checks)
    last = selectors.last_answer(document, request.user) if document.state != PaperState.REFUSED else None
    return {
        "document": document,
        "is_drawn": bool(document.drawn_as),
        "pages": range(1, len(document.drawn_as or ()) + 1),
        "checks": checks,
        "done": len(checks) - left,
        "left_here": ngettext("%(number)d fact of this paper is left", "%(number)d facts of this paper are left", left)
        % {"number": left}
        if left
        else "",
        "current": next((check.number for check in checks if check.is_shown), 0),
        "form": form,
        "last": last,
        "last_name": name_of(last.fact) if last else "",
    }
