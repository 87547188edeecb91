"""Deciding many files of a round, as two directors do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from selection.review import permissions as review_permissions
from selection.rounds import selectors as rounds_selectors
from selection.seats.composer import permissions as composer_permissions
from selection.seats.composer import selectors as composer_selectors
from selection.seats.composer.overview import Overview
from selection.seats.composer.pools import files_to_fill_from
from selection.states import Outcome
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import as_sent, kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import permissions, selectors, services, wording
from .forms import ChangeForm, OverrideFormSet, ReturnForm, SendForm, SignForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from selection.models import Round, RoundDecision
    from selection.seats.composer.permissions import Part
    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: SignedInRequest, code: str, letter: str) -> HttpResponse:
    """Send a composition to decision: what will become of the files, and why these rules."""
    round_ = _round(request, code)
    made = composer_selectors.composition_of(round_, letter)
    if "answer" not in made.result:
        raise NotFound
    part = composer_selectors.part_in(request.user, files_to_fill_from(round_))
    permissions.can_send(request.user, part).require()
    kept = kept_for(request)
    typed = posted(request) or (as_sent(kept) if kept else None)
    form = SendForm(typed, initial={"waiting": made.seats // 2})
    overrides = OverrideFormSet(typed, prefix="override")
    refusal = None
    if request.method == "POST" and form.is_valid() and overrides.is_valid():
        try:
            sent = services.send_composition(
                actor=request.user,
                composition=made,
                overrides=_overrides(round_, overrides),
                **form.cleaned_data,
            )
        except DomainError as error:
            refusal = error
        else:
            return redirect("selection:round_decision", code=code, public_id=sent.public_id)
    context = {
        "round": round_,
        "composition": made,
        "shown": Overview(made),
        "form": form,
        "overrides": overrides,
        "refusal": refusal,
        "held": len(selectors.held_files(round_)),
    }
    wrong = request.method == "POST" and (refusal is not None or not (form.is_valid() and overrides.is_valid()))
    return render(request, "selection/seats/send.html", context, status=422 if wrong else 200)


@signed_in()
@require_safe
def decisions(request: SignedInRequest, code: str) -> HttpResponse:
    """The decisions of many files of a round, the newest first."""
    round_ = _round(request, code)
    context = {"round": round_, "rows": selectors.decisions_of(round_)}
    return render(request, "selection/seats/decisions.html", context)


@signed_in()
@require_safe
@vary_on_headers("HX-Request")
def decision(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    """What was sent, what differs, who signs; then how far it is, and what was left as it was."""
    round_ = _round(request, code)
    row = selectors.decision_of(round_, public_id)
    if request.headers.get("HX-Request") == "true":
        _part(request, row)
        return render(request, "selection/seats/_carrying_out.html", {"decision": row, "round": round_})
    return _decision_page(request, round_, row)


@signed_in("selection:round_decision", of=("code", "public_id"))
@require_POST
def sign(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    round_ = _round(request, code)
    row = selectors.decision_of(round_, public_id)
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            services.sign(actor=request.user, decision=row, basis=form.cleaned_data["basis"])
        except DomainError as error:
            return _decision_page(request, round_, row, refusal=error)
        messages.success(request, _("It is signed and is being carried out."))
        return redirect("selection:round_decision", code=code, public_id=public_id)
    return _decision_page(request, round_, row, sign_form=form)


@signed_in("selection:round_decision", of=("code", "public_id"))
@require_POST
def give_back(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    round_ = _round(request, code)
    row = selectors.decision_of(round_, public_id)
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            services.return_decision(actor=request.user, decision=row, **form.cleaned_data)
        except DomainError as error:
            return _decision_page(request, round_, row, refusal=error)
        messages.success(request, _("It went back. Nothing of it was done."))
        return redirect("selection:round_decision", code=code, public_id=public_id)
    return _decision_page(request, round_, row, return_form=form)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, code: str) -> HttpResponse:
    """Send a change of decisions that were made."""
    round_ = _round(request, code)
    form = ChangeForm(posted(request), initial={"numbers": request.GET.get("files", "")[:12_000], **kept_for(request)})
    refusal = None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        numbers = values.pop("numbers")
        files = list(selectors.decided_files(round_, numbers))
        missing = sorted(set(numbers) - {file.file_number for file in files})
        if missing:
            form.add_error("numbers", _("No file of this round: %(files)s") % {"files": ", ".join(missing[:20])})
        else:
            try:
                sent = services.send_change(actor=request.user, round=round_, files=files, **values)
            except DomainError as error:
                refusal = error
            else:
                return redirect("selection:round_decision", code=code, public_id=sent.public_id)
    wrong = refusal is not None or (form.is_bound and not form.is_valid())
    context = {"round": round_, "form": form, "refusal": refusal}
    return render(request, "selection/seats/change.html", context, status=422 if wrong else 200)


# ---------------------------------------------------------------------------------------------------------- details


def _round(request: SignedInRequest, code: str) -> Round:
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    composer_permissions.can_fill_seats(request.user).require()
    return rounds_selectors.round_by_code(code)


def _part(request: SignedInRequest, row: RoundDecision) -> Part:
    """What the director has to do with the files of this decision. Raises NotAllowed where it is anything."""
    part = composer_selectors.part_in(request.user, selectors.files_of(row))
    composer_permissions.can_judge_all(request.user, part).require()
    return part


def _overrides(round_: Round, forms: Any) -> list[services.Override]:
    """Raises DomainError for a file that cannot be decided here."""
    typed = [form.cleaned_data for form in forms if form.cleaned_data.get("file")]
    ids = composer_selectors.ids_of_files(round_, [one["file"] for one in typed])
    unknown = [one["file"] for one in typed if one["file"].strip().upper() not in ids]
    if unknown:
        raise DomainError(
            _("No file %(files)s is among those that can be chosen.") % {"files": ", ".join(unknown)},
            code="unknown_file",
        )
    return [
        services.Override(
            ids[one["file"].strip().upper()], Outcome(one["outcome"]), one["reason_code"], one["words"].strip()
        )
        for one in typed
    ]


def _decision_page(
    request: SignedInRequest,
    round_: Round,
    row: RoundDecision,
    *,
    refusal: DomainError | None = None,
    sign_form: SignForm | None = None,
    return_form: ReturnForm | None = None,
) -> HttpResponse:
    part = _part(request, row)
    before = composer_selectors.ready_before(row.composition) if row.composition else None
    before = composer_selectors.composition_of(round_, before.letter) if before else None
    page = keyset_page(selectors.lines_shown(row), order=["pk"], cursor=request.GET.get("cursor"), size=50)
    context = {
        "round": round_,
        "decision": row,
        "composition": row.composition,
        "before": before,
        "counts": selectors.counts_of(row),
        "differences": wording.differences_shown(selectors.differences_of(row, before)),
        "lines": wording.lines_shown(row, page.rows),
        "page": page,
        "locks": Overview(row.composition).locks() if row.composition and row.composition.locks else [],
        "overrides": wording.lines_shown(row, selectors.lines_shown(row).filter(is_override=True)[:50]),
        "left": wording.lines_shown(row, selectors.lines_shown(row).exclude(left_as_was="")[:100]),
        "left_count": row.lines.exclude(left_as_was="").count(),
        "can_sign": permissions.can_sign(request.user, row, part),
        "sign_form": sign_form or SignForm(initial={"basis": row.basis}),
        "return_form": return_form or ReturnForm(initial=kept_for(request)),
        "refusal": refusal,
    }
    wrong = refusal is not None or sign_form is not None or return_form is not None
    return render(request, "selection/seats/decision.html", context, status=422 if wrong else 200)
