"""How a firm is paid: the firm shows it, a finance officer looks, and what services ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from payments.models.labels import READINESS_KIND_LABELS
from payments.states import ReadinessKind
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from smes.states import COUNTING_PAPERS
from smes.vocabulary.identifiers import mask_iban
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files

from . import permissions, selectors, services, wording
from .forms import FilterForm, LookForm, ProofForm, ServiceRuleForm
from .kinds import FACTS, PAPERS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from payments.models import ReadinessProof
    from smes.models import Sme
    from tdap_portal.web.requests import SignedInRequest

EDITS = ["GET", "HEAD", "POST"]


# ---------------------------------------------------------------------------------------------------------- the firm


@takes_files
@signed_in()
@require_http_methods(EDITS)
def readiness(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the firm can be paid by, what is missing and where to get it; with `kind` the form that shows one of them."""
    sme = _own_firm(request, public_id)
    may_send = permissions.can_send(request.user, sme)
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    kind = ReadinessKind(asked) if asked in set(ReadinessKind) else None
    form = _proof_form(request, sme, kind) if kind and may_send else None
    if request.method == "POST":
        may_send.require()
        if form is not None and kind is not None and form.is_valid():
            try:
                services.send_proof(actor=request.user, sme=sme, kind=kind, **form.cleaned_data)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("It is sent. A finance officer of TDAP looks at it, and we write to you."))
                return redirect("payments:readiness", public_id)
    found = selectors.readiness_of(sme)
    context = {
        "sme": sme,
        "readiness": found,
        "lines": [(line, wording.state_of(line), _words_of(line.proof)) for line in found.lines],
        "form": form,
        "kind": kind,
        "kind_name": READINESS_KIND_LABELS[kind] if kind else "",
        "may_send": may_send,
    }
    wrong = request.method == "POST"
    return render(request, "payments/readiness/readiness.html", context, status=422 if wrong else 200)


def _own_firm(request: SignedInRequest, public_id: str) -> Sme:
    sme = people_selectors.sme_for(request.user, public_id)
    if not permissions.can_see(request.user, sme):
        raise NotFound
    return sme


def _proof_form(request: SignedInRequest, sme: Sme, kind: ReadinessKind) -> ProofForm:
    papers = papers_selectors.documents_of(sme).filter(kind=PAPERS[kind], state__in=COUNTING_PAPERS)
    return ProofForm(
        posted(request), request.FILES or None, sme=sme, kind=kind, papers=list(papers), initial=kept_for(request)
    )


def _words_of(proof: ReadinessProof | None) -> str:
    return wording.title_words(proof) if proof is not None else ""


# ------------------------------------------------------------------------------------------------------- the officer


@signed_in()
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """Proofs that wait, the oldest first."""
    if not permissions.can_look(request.user):
        raise NotFound
    form = FilterForm(request.GET)
    kind = form.cleaned_data["kind"] if form.is_valid() else ""
    rows = selectors.proofs_waiting(request.user)
    page = keyset_page(rows.filter(kind=kind) if kind else rows, order=["pk"], cursor=request.GET.get("cursor"))
    context = {
        "rows": [(row, wording.title_words(row), wording.tone_of_title(row)) for row in page.rows],
        "page": page,
        "form": form,
    }
    return render(request, "payments/readiness/queue.html", context)


@signed_in()
@require_http_methods(EDITS)
def proof(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One proof beside what the firm says: accept it, or return it with a reason."""
    row = selectors.proof_for(request.user, public_id)
    lines = selectors.facts_of_paper(row)
    about = FACTS[ReadinessKind(row.kind)]
    form = LookForm(posted(request), lines=lines, about=about, initial=kept_for(request))
    if request.method == "POST" and _takes(request, form):
        try:
            return _looked(request, row, form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context: dict[str, Any] = {
        "proof": row,
        "form": form,
        "about": [(*wording.fact_words(line), line) for line in lines if line.fact in about],
        "title_words": wording.title_words(row),
        "title_tone": wording.tone_of_title(row),
        "iban": mask_iban(row.iban),
        "name_and_owner": selectors.firm_name_and_owner(row.sme),
        "seen": [(line.fact, line.digest) for line in lines],
        "is_open": row.state == "waiting",
    }
    return render(request, "payments/readiness/proof.html", context, status=422 if request.method == "POST" else 200)


def _takes(request: SignedInRequest, form: LookForm) -> bool:
    """Whether the form holds what its button needs: what is returned needs no answers."""
    valid = form.is_valid()
    return valid if "accept" in request.POST else not form.errors.get("words")


def _looked(request: SignedInRequest, row: ReadinessProof, form: LookForm) -> HttpResponse:
    """Raises DomainError."""
    words = form.cleaned_data.get("words", "")
    if "accept" in request.POST:
        sent = request.POST.dict()
        seen = {name.removeprefix("seen-"): str(sent[name]) for name in sent if name.startswith("seen-")}
        services.accept_proof(actor=request.user, proof=row, answers=form.answers(), seen=seen or None, words=words)
        messages.success(request, _("It is accepted, and the firm is told."))
    else:
        services.return_proof(actor=request.user, proof=row, words=words)
        messages.success(request, _("It goes back to the firm with your words."))
    return redirect("payments:readiness_queue")


@signed_in()
@require_safe
def paper(request: SignedInRequest, public_id: str) -> FileResponse:
    """The paper of a proof, always a file to save."""
    row = selectors.proof_for(request.user, public_id)
    try:
        content = papers_selectors.open_file(row.document.stored_as)
    except FileNotFoundError:
        raise NotFound(_("The file of this paper is missing. Ask the firm to send it again.")) from None
    response = FileResponse(
        content, as_attachment=True, filename=row.document.name, content_type=row.document.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


# --------------------------------------------------------------------------------------------------- what services ask


@signed_in()
@require_safe
def rules(request: SignedInRequest) -> HttpResponse:
    """Each service as it is today, and every row that was written before."""
    permissions.can_write_rules(request.user).require()
    context = {"rows": selectors.rules_on(), "history": selectors.rules_written(), "today": today()}
    return render(request, "payments/readiness/rules.html", context)


@signed_in()
@require_http_methods(EDITS)
def rule(request: SignedInRequest, code: str) -> HttpResponse:
    """A new row of a service, from a day on."""
    permissions.can_write_rules(request.user).require()
    history = selectors.rule_history(code)
    newest = history[0]
    form = ServiceRuleForm(posted(request), initial=_as_initial(newest) | kept_for(request))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            services.write_rule(
                actor=request.user, code=code, since=values.pop("since"), values=values | {"kind": newest.kind}
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is written, and holds from that day on."))
            return redirect("payments:service_rules")
    context = {"form": form, "history": history, "newest": newest}
    return render(request, "payments/readiness/rule.html", context, status=422 if request.method == "POST" else 200)


def _as_initial(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ServiceRuleForm.Meta.fields} | {"since": None}
