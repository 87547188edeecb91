"""What everybody can check: whether the programme is for a firm, and whether a score is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.decorators import rate_limit
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.engine.again import compute_again
from selection.policy.selectors import policy_in_force
from smes.check import eligibility as questions
from smes.vocabulary.wording import TRACKS_IN_FULL, say, sector_name, sectors_by_name
from tdap_portal.core.calendar import today
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import reads_small_files

from . import selectors
from .eligibility import judge
from .forms import CardForm, SealForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from .eligibility import GateAnswer, TrackAnswer


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """One question a page; the answers stand in the address, so nothing is stored and the way back works."""
    answers = questions.kept_answers(request.GET)
    question = questions.next_question(answers)
    if question is None:
        return _show_result(request, answers)
    codes = [each.code for each in questions.QUESTIONS]
    number = codes.index(question.code) + 1
    earlier = {code: answers[code] for code in codes[: number - 1]}
    last = codes[number - 2] if number > 1 else None
    before = {code: answer for code, answer in earlier.items() if code != last}
    worded = [(option.code, say(option.text)) for option in question.options if option.text]  # all but the sectors
    context = {
        "question": question,
        "options": [*(sectors_by_name() if question.code == "sector" else ()), *worded],
        "number": number,
        "of": len(codes),
        "answers": earlier,
        "unanswered": request.GET.get("asked") == question.code,
        "back_url": f"{reverse('check')}?{urlencode(before)}" if last else "",
    }
    return render(request, "selection/check/check.html", context)


def _show_result(request: HttpRequest, answers: dict[str, str]) -> HttpResponse:
    policy = policy_in_force(today())
    result = judge(answers, policy, today())
    tracks = [_track_in_words(track, answers) for track in result.tracks]
    shown = len(result.open_tracks) or 1
    context = {
        "result": result,
        "answers": answers,
        "names": gettext(", ").join(str(TRACKS_IN_FULL[track.code]) for track in result.open_tracks),
        "tracks": tracks[:shown],
        "others": tracks[shown:],
        "policy": policy,
        "is_young": answers["age"] == "young",
        "again": reverse("check"),
    }
    return render(request, "selection/check/check_result.html", context)


def _track_in_words(track: TrackAnswer, answers: dict[str, str]) -> dict[str, Any]:
    return {
        "name": TRACKS_IN_FULL[track.code],
        "shut": len(track.shut),
        "gates": [_gate_in_words(gate, answers) for gate in (*track.shut, *(g for g in track.gates if g.is_open))],
    }


def _gate_in_words(gate: GateAnswer, answers: dict[str, str]) -> dict[str, Any]:
    to_meet = gettext(gate.to_meet) if gate.to_meet else ""
    by_code = {question.code: question for question in questions.QUESTIONS}
    return {
        "name": gettext(gate.label),
        "is_open": gate.is_open,
        "why": gettext(gate.why) if gate.why else "",
        "answers": [_answer_in_words(by_code[code], answers[code]) for code in gate.questions],
        "to_meet": to_meet % gate.params if gate.params else to_meet,
        "where": gettext(gate.where) if gate.where else "",
    }


def _answer_in_words(question: questions.CheckQuestion, answer: str) -> tuple[str, str]:
    option = next(option for option in question.options if option.code == answer)
    return gettext(question.text), say(option.text) or sector_name(option.code)


@require_POST
def keep_check(request: HttpRequest) -> HttpResponse:
    """Carry the answers into registration."""
    request.session[questions.SESSION_KEY] = questions.kept_answers(request.POST)
    if request.user.is_authenticated:
        return redirect("smes:register")
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': reverse('smes:register')})}")


@reads_small_files
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="receipt_check")
def receipt_check(request: HttpRequest) -> HttpResponse:
    """Compute a score again: by the number and seal of a receipt, which tells only whether it is the same, or from the card."""
    sent = posted(request)
    is_card = sent is not None and "seal" not in sent
    first = {"file": request.GET.get("file", "")[:16], "seal": request.GET.get("seal", "")[:80]}
    seal_form = SealForm(None if is_card else sent, initial=first)
    card_form = CardForm(sent, request.FILES) if is_card else CardForm()
    context: dict[str, Any] = {"seal_form": seal_form, "card_form": card_form}
    if is_card and card_form.is_valid():
        recount = compute_again(card_form.cleaned_data["card"] or {})
        context |= {"recount": recount, "is_known": recount.card is not None and selectors.is_issued(recount.card)}
    elif sent is not None and not is_card and seal_form.is_valid():
        kept = selectors.card_by_seal(seal_form.cleaned_data["file"], seal_form.cleaned_data["seal"])
        context |= {
            "recount": compute_again(kept.card) if kept else None,
            "is_known": kept is not None,
            "by_seal": True,
        }
    return render(request, "selection/check/receipt_check.html", context)


@require_safe
@rate_limit(action="receipt_check", limit_get=True)
def receipt_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the portal knows of a receipt, for whom the firm gave its code to: the same that the receipt says, as of today."""
    kept = selectors.card_by_code(code)
    context: dict[str, Any] = {"code": code[:40], "card": kept}
    if kept is not None:
        context |= {
            "recount": compute_again(kept.card),
            "is_newest": selectors.is_newest(kept),
            "is_known": True,
            "by_seal": True,
        }
    return render(request, "selection/check/receipt_by_code.html", context, status=200 if kept else 404)
