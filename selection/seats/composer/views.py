"""Filling the seats of a round, as the director does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from selection.review import permissions as review_permissions
from selection.review import selectors as review_selectors
from selection.rounds import selectors as rounds_selectors
from selection.states import CompositionState, RoundState
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import as_sent, kept_for, signed_in
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .forms import LockFormSet, RuleFormSet, SeatsForm, groups_to_count, initial_lock, initial_rule, initial_seats
from .overview import Overview, only_in, versus
from .pools import files_to_fill_from, hindered
from .rules import first_rules

if TYPE_CHECKING:
    from django.http import HttpResponse

    from selection.models import Composition, Round
    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: SignedInRequest, code: str) -> HttpResponse:
    """Ask for a composition; what was worked out last is shown where there is one, unless a form waits to be put right."""
    round_ = _round(request, code)
    newest = selectors.newest_of(round_)
    kept = kept_for(request)
    if newest is not None and request.method != "POST" and not kept:
        return redirect("selection:composition", code=code, letter=newest.letter)
    sent = posted(request) or (as_sent(kept) if kept else None)
    forms = _forms(round_, newest, sent)
    refusal = None
    if request.method == "POST" and all(form.is_valid() for form in forms.values()):
        try:
            made = services.ask_composition(actor=request.user, round=round_, **_asked(round_, forms))
        except DomainError as error:
            refusal = error
        else:
            return redirect("selection:composition", code=code, letter=made.letter)
    shown = selectors.composition_of(round_, newest.letter) if newest else None
    began = sent.get("began", "") if sent is not None else ""
    older = next((row for row in selectors.compositions_of(round_) if row.letter == began), None)
    return _page(request, round_, shown, forms, refusal=refusal, began=older)


@signed_in()
@require_safe
@vary_on_headers("HX-Request")
def composition(request: SignedInRequest, code: str, letter: str) -> HttpResponse:
    """One composition: what it found, or how far the worker is, asked again every two seconds."""
    round_ = _round(request, code)
    row = selectors.composition_of(round_, letter)
    if request.headers.get("HX-Request") == "true":
        return render(request, "selection/seats/_progress.html", {"composition": row, "round": round_})
    if row.finished_at is None:
        services.wake(composition=row)
    return _page(request, round_, row, _forms(round_, row))


@signed_in()
@require_safe
def beside(request: SignedInRequest, code: str, letter: str, other: str) -> HttpResponse:
    """Two compositions side by side, the earlier first: what the later one brought. letter: of the one that leads here and back."""
    round_ = _round(request, code)
    asked = [selectors.composition_of(round_, each) for each in (letter, other)]
    rows = sorted(asked, key=lambda row: row.number)
    if any(row.state != CompositionState.READY for row in rows):
        raise NotFound
    one, two = (Overview(row) for row in rows)
    left, right = only_in(one, two)
    context = {
        "round": round_,
        "own": asked[0],
        "one": rows[0],
        "two": rows[1],
        "lines": versus(one, two),
        "only_in_one": left,
        "only_in_two": right,
        "same_pool": rows[0].pool_seal == rows[1].pool_seal,
    }
    return render(request, "selection/seats/beside.html", context)


# ---------------------------------------------------------------------------------------------------------- details


def _round(request: SignedInRequest, code: str) -> Round:
    """The round, for a director who may fill its seats; others of the desk are told why not, strangers find nothing."""
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    permissions.can_fill_seats(request.user).require()
    round_ = rounds_selectors.round_by_code(code)
    permissions.can_judge_all(request.user, selectors.part_in(request.user, files_to_fill_from(round_))).require()
    return round_


def _forms(round_: Round, last: Composition | None, data: Any = None) -> dict[str, Any]:
    """Blank, from the last composition; what was typed is taken as it is, whatever was worked out meanwhile."""
    if data is not None:
        return {
            "form": SeatsForm(data),
            "rules": RuleFormSet(data, prefix="rule", form_kwargs={"groups": groups_to_count()}),
            "locks": LockFormSet(data, prefix="lock"),
        }
    rules = last.rules if last else first_rules(today())
    files = selectors.file_numbers(lock["file"] for lock in last.locks) if last else {}
    locks = [initial_lock(lock, files) for lock in last.locks] if last else []
    return {
        "form": SeatsForm(initial=initial_seats(round_, last)),
        "rules": RuleFormSet(
            prefix="rule", initial=[initial_rule(rule) for rule in rules], form_kwargs={"groups": groups_to_count()}
        ),
        "locks": LockFormSet(prefix="lock", initial=locks),
    }


def _asked(round_: Round, forms: dict[str, Any]) -> dict[str, Any]:
    """What the forms ask, by the names of the service. Raises DomainError for a file that is not among the candidates."""
    rules = [rule for form in forms["rules"] if (rule := form.as_rule()) is not None]
    typed = [form.cleaned_data for form in forms["locks"] if form.cleaned_data.get("file")]
    ids = selectors.ids_of_files(round_, [lock["file"] for lock in typed])
    unknown = [lock["file"] for lock in typed if lock["file"].strip().upper() not in ids]
    if unknown:
        raise DomainError(
            _("No file %(files)s is among those that can be chosen.") % {"files": ", ".join(unknown)},
            code="unknown_file",
        )
    locks = [
        {"file": ids[lock["file"].strip().upper()], "is_in": lock["way"] == "in", "words": lock["words"].strip()}
        for lock in typed
    ]
    return {**forms["form"].as_asked(), "rules": rules, "locks": locks}


def _page(
    request: SignedInRequest,
    round_: Round,
    row: Composition | None,
    forms: dict[str, Any],
    *,
    refusal: DomainError | None = None,
    began: Composition | None = None,
) -> HttpResponse:
    """began: the composition from which a form that came back was opened; this one where left out."""
    wrong = refusal is not None or (request.method == "POST" and not all(form.is_valid() for form in forms.values()))
    first = request.GET.get("from", "")
    hindrances = hindered(round_) if round_.state == RoundState.IN_REVIEW else {}
    read, not_read = selectors.numbers_of_files(round_)
    context: dict[str, Any] = {
        **forms,
        "round": round_,
        "composition": row,
        "began": began or row,
        "all": selectors.compositions_of(round_)[:12],
        "refusal": refusal,
        "candidates": read - len(hindrances),
        "hindered": selectors.named_hindrances(hindrances),
        "hindered_count": len(hindrances),
        "late": not_read,
        "free_places": review_selectors.free_places(round_),
        "is_in_review": round_.state == RoundState.IN_REVIEW,
    }
    if row is not None and row.result:
        shown = Overview(row, first=int(first) if first.isdecimal() and len(first) < 8 else 0)
        context |= {"shown": shown, "beside": selectors.ready_before(row), "decision": selectors.decision_by(row)}
        for form, rule in zip(forms["rules"], shown.rules() if not forms["rules"].is_bound else (), strict=False):
            form.shown = rule
    return render(request, "selection/seats/composer.html", context, status=422 if wrong else 200)
