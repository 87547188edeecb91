"""Registration of a firm and its profile in nine steps."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_safe

from smes.check.eligibility import SESSION_KEY, profile_beginnings
from smes.check.selectors import results
from smes.papers import permissions as papers_permissions
from smes.people import selectors as people_selectors
from smes.profile.forms.registration import STEP_FORMS, RegistrationForm
from smes.vocabulary import identifiers
from smes.vocabulary.hs_search import MAX_QUERY_LENGTH
from smes.vocabulary.markets import countries
from smes.vocabulary.places import CITIES
from smes.vocabulary.sizes import size_class
from smes.vocabulary.wording import SIZE_CLASSES, language, say
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import as_sent, kept_for, signed_in, typed_in, version_of, without_private
from tdap_portal.web.requests import posted
from tdap_portal.web.seen import SEEN, written_out
from tdap_portal.web.seen import read as read_seen

from . import permissions, selectors, services
from .facts import FACTS
from .steps import STEP_BY_CODE, STEPS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from smes.models import ProfileStep, Sme
    from smes.profile.forms.base import StepForm
    from tdap_portal.web.requests import SignedInRequest

    from .steps import Completeness


@signed_in()
@require_safe
def firms(request: SignedInRequest) -> HttpResponse:
    """The person's firms; straight to the only one."""
    found = list(people_selectors.smes_of(request.user))
    if len(found) == 1:
        return redirect(found[0].home_url)
    return render(request, "smes/profile/firms.html", {"firms": found})


@signed_in()
def register(request: SignedInRequest) -> HttpResponse:
    form = RegistrationForm(posted(request), initial={"token": secrets.token_hex(16)} | kept_for(request))
    answers = request.session.get(SESSION_KEY, {})
    if request.method == "POST" and form.is_valid():
        try:
            sme = services.register_sme(actor=request.user, beginnings=profile_beginnings(answers), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            request.session.pop(SESSION_KEY, None)
            return redirect("smes:step", public_id=sme.public_id, code="identity")
    return render(request, "smes/profile/register.html", {"form": form, "checked": bool(answers)})


@signed_in()
@require_safe
def profile(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What is told and what is missing, step by step; the desk may look too."""
    sme = selectors.read_facts(people_selectors.sme_for(request.user, public_id))
    facts = selectors.frozen_copy(sme)
    progress = selectors.completeness(sme, facts)
    rows = [
        {
            "step": row.step,
            "progress": row,
            "missing": [say(FACTS[fact].label) for fact in row.missing],
            "may_edit": bool(permissions.can_edit_step(request.user, sme, row.step.code)),
        }
        for row in progress.steps
    ]
    context = {
        "sme": sme,
        "progress": progress,
        "rows": rows,
        "facts": facts,
        "contradictions": selectors.contradictions_in(facts),
        "ntn": identifiers.mask_ntn(sme.ntn),
        "iban": identifiers.mask_iban(sme.iban),
        "phone": identifiers.mask_phone(sme.phone),
        "may_see_papers": papers_permissions.can_see_papers(request.user, sme),
        "is_member": people_selectors.role_of(request.user, sme) is not None,
    }
    return render(request, "smes/profile/profile.html", context)


@signed_in(keeps_refused=False)
def step(request: SignedInRequest, public_id: str, code: str) -> HttpResponse:
    """One step: what is right is saved at once, what is wrong is kept beside its mistake."""
    if code not in STEP_BY_CODE:
        raise NotFound
    sme = people_selectors.sme_for(request.user, public_id)
    permissions.can_edit_step(request.user, sme, code).require()
    if request.method == "POST":
        return _answer_step(request, sme, code)
    saved = selectors.step_of(selectors.read_facts(sme), code)
    kept = kept_for(request)
    typed = kept or _wrong_answers(saved, request)
    seen = _first((typed or {}).get(SEEN)) if typed is not None else None
    form = STEP_FORMS[code](None if typed is None else as_sent(typed), sme=sme, rows=_whole(request.GET.get("rows")))
    if kept:
        form.forget_mistakes()
    return _show_step(request, sme, code, form, seen=seen)


def _first(texts: str | list[str] | None) -> str:
    return texts[0] if isinstance(texts, list) and texts else texts or ""  # type: ignore[return-value]


def _answer_step(request: SignedInRequest, sme: Sme, code: str) -> HttpResponse:
    if _is_search(request):
        form = STEP_FORMS[code](request.POST, sme=sme)
        form.forget_mistakes()
        return _show_step(request, sme, code, form, query=request.POST.get("q", ""), seen=request.POST.get(SEEN, ""))
    pausing = bool(request.POST.keys() & {"stop", "more"})
    form = STEP_FORMS[code](request.POST, sme=sme, demanding=not pausing)
    right = form.is_valid()
    saved = services.save_page_of_step(
        actor=request.user,
        sme=sme,
        step=code,
        values=form.values,
        rows=form.rows,
        draft=typed_in(request.POST),
        error_count=len(form.errors),
        seen=read_seen(request.POST.get(SEEN, "")),
    )
    if saved.ids:  # rows that were new have an id now, also where the page is shown again
        form.data = as_sent(dict(request.POST.lists()) | {f"{at}-id": [str(pk)] for at, pk in saved.ids.items()})
    for stopped in saved.stopped:
        form.stop(stopped)
    right = right and not saved.stopped
    if "more" in request.POST and not saved.stopped:
        return redirect(f"{reverse('smes:step', args=[sme.public_id, code])}?rows={form.row_count}#rows")
    if right and code in {"place", "exports"}:  # what is told in two steps is compared
        for sentence in selectors.contradictions_in(selectors.frozen_copy(selectors.read_facts(saved.sme)), step=code):
            messages.warning(request, sentence)
    if right and "stop" in request.POST:
        return redirect("smes:profile", public_id=sme.public_id)
    if right:
        following = _following(code)
        if following is None:
            messages.success(request, _("The last step of your profile is saved."))
            return redirect(sme.home_url)
        return redirect("smes:step", public_id=sme.public_id, code=following)
    sme = people_selectors.sme_for(request.user, sme.public_id)
    return _show_step(request, sme, code, form, seen=written_out(saved.seen))


def _is_search(request: SignedInRequest) -> bool:
    """Whether products are looked for: by the button, or by Enter on a word that was not looked for yet. Enter presses the
    first button of a form, which does not say in which field it was pressed."""
    query = request.POST.get("q", "")[:MAX_QUERY_LENGTH].strip()
    return "find" in request.POST or ("enter" in request.POST and query not in ("", request.POST.get("searched", "")))


def _show_step(
    request: SignedInRequest, sme: Sme, code: str, form: StepForm, *, query: str = "", seen: str | None = None
) -> HttpResponse:
    """seen: digests of what the form was made from; None where it is made from what is saved now."""
    progress = selectors.completeness(selectors.read_facts(sme))
    saved = selectors.step_of(sme, code)
    at = [each.code for each in STEPS].index(code)
    context: dict[str, Any] = {
        "sme": sme,
        "form": form,
        "step": STEPS[at],
        "number": at + 1,
        "of": len(STEPS),
        "body": f"smes/profile/steps/_{code}.html",
        "steps": _step_list(sme, progress, code),
        "all_url": reverse("smes:profile", args=[sme.public_id]),
        "back": STEPS[at - 1] if at else None,
        "saved_at": saved.saved_at if saved else None,
        "progress": progress.steps[at],
        "keep": f"{sme.public_id}-{code}",
        "version": _version(sme, code, saved),
        "seen": written_out(selectors.seen_of_step(sme, code)) if seen is None else seen,
    }
    if code == "place":
        size = size_class(
            sme.turnover_pkr, sme.employees, min(sme.founded_on, today()) if sme.founded_on else None, today(),
            activity=sme.activity or "manufacturing",
        )  # fmt: skip
        context |= {
            "cities": [city.label(language()) for city in CITIES.values()],
            "size": SIZE_CLASSES[size.size_class],
            "size_known": size.size_class != "unknown",
            "size_rule": size.rule_id,
        }
    if code in {"exports", "markets"}:
        context["countries"] = countries(language()).values()
    if code == "products":
        context |= results(query, sme.sector or None, form.chosen, listed=form.chosen)
        context["listed"] = "".join(f"&listed={hs6}" for hs6 in form.chosen)  # escaped by the page
    return render(request, "smes/profile/step.html", context)


def _step_list(sme: Sme, progress: Completeness, current: str) -> list[dict[str, object]]:
    return [
        {
            "url": reverse("smes:step", args=[sme.public_id, row.step.code]),
            "label": say(row.step.title),
            "note": _note(row),
            "is_current": row.step.code == current,
            "is_complete": row.is_complete,
        }
        for row in progress.steps
    ]


def _note(row: Any) -> str:
    if row.error_count:
        return ngettext("%(number)d to fix", "%(number)d to fix", row.error_count) % {"number": row.error_count}
    if row.is_complete:
        return _("complete")
    return _("%(filled)d of %(needed)d") % {"filled": row.filled, "needed": row.needed}


def _following(code: str) -> str | None:
    codes = [each.code for each in STEPS]
    at = codes.index(code) + 1
    return codes[at] if at < len(codes) else None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 3 else 0


def _wrong_answers(saved: ProfileStep | None, request: SignedInRequest) -> dict[str, Any] | None:
    """What was typed in a step that was saved with mistakes, by field; None where there are none."""
    if saved is None or not saved.error_count:
        return None
    return saved.draft if saved.saved_by_id == request.user.pk else without_private(saved.draft)


def _version(sme: Sme, code: str, saved: ProfileStep | None) -> str:
    """Of what is saved in a step, right or wrong, and not of the language in which a country is named."""
    with override("en"):
        return version_of(STEP_FORMS[code](sme=sme).initial, saved.draft if saved else {})
