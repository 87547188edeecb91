"""For officers: possible duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from smes.states import FlagState
from smes.vocabulary import identifiers
from smes.vocabulary.wording import FLAG_STATES, LIKENESS_REASONS
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import permissions, selectors, services
from .forms import DuplicateForm
from .likeness import is_contact_only

if TYPE_CHECKING:
    from django.http import HttpResponse

    from smes.models import DuplicateFlag, Sme
    from tdap_portal.web.requests import SignedInRequest


@signed_in()
@require_safe
def duplicates(request: SignedInRequest) -> HttpResponse:
    if not permissions.can_judge_duplicates(request.user):
        raise NotFound
    wanted = request.GET.get("state", "")
    state = wanted if wanted in set(FlagState) else FlagState.OPEN.value
    page = keyset_page(
        selectors.duplicate_flags_for(request.user, state=state),
        order=("-percent", "pk"),
        cursor=request.GET.get("cursor"),
    )
    address = reverse("smes:duplicates")
    context = {
        "page": page,
        "rows": [{"flag": flag, "reasons": _reasons(flag)} for flag in page.rows],
        "tabs": [
            {
                "url": f"{address}?state={each.value}",
                "label": FLAG_STATES[each][0],
                "count": None,
                "is_current": each == state,
            }
            for each in FlagState
        ],
        "state": state,
    }
    return render(request, "smes/duplicates/duplicates.html", context)


@signed_in()
def duplicate(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Both firms side by side, numbers masked, with what is alike."""
    flag = selectors.duplicate_flag_for(request.user, public_id)
    may_judge = permissions.can_judge_duplicate(request.user, flag)
    if request.method == "POST":
        may_judge.require()
    form = DuplicateForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.judge_duplicate(
                actor=request.user,
                flag=flag,
                same=form.cleaned_data["verdict"] == "same",
                note=form.cleaned_data["note"],
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. Both files now show this."))
            return redirect("smes:duplicates")
    context = {
        "flag": flag,
        "reasons": _reasons(flag),
        "rows": [
            (label, one, other)
            for (label, one), (_label, other) in zip(_lines(flag.one), _lines(flag.other), strict=True)
        ],
        "form": form,
        "may_judge": may_judge,
    }
    return render(request, "smes/duplicates/duplicate.html", context)


def _reasons(flag: DuplicateFlag) -> list[str]:
    reasons = [
        _("%(reason)s: %(percent)d %%") % {"reason": LIKENESS_REASONS[kind], "percent": percent}
        if kind == "name"
        else str(LIKENESS_REASONS[kind])
        for kind, percent in flag.reasons
    ]
    if is_contact_only(kind for kind, _percent in flag.reasons):
        reasons.append(_("nothing else: perhaps one adviser of two firms"))
    return reasons


def _lines(sme: Sme) -> list[tuple[str, str]]:
    return [
        (_("Name"), sme.name),
        (_("Legal form"), sme.get_legal_form_display()),
        (_("NTN"), identifiers.mask_ntn(sme.ntn)),
        (_("SECP number"), sme.secp_number),
        (_("Telephone"), identifiers.mask_phone(sme.phone)),
        (_("E-mail"), sme.email),
        (_("IBAN"), identifiers.mask_iban(sme.iban)),
        (_("City"), sme.city),
        (_("Owners"), ", ".join(owner.name for owner in sme.owners.all())),
        (_("Their CNICs"), ", ".join(identifiers.mask_cnic(owner.cnic) for owner in sme.owners.all() if owner.cnic)),
        (_("Registered on"), day_words(sme.created_at)),
    ]
