"""Places in cohorts: the firm's choice, and what officials see of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.applications import selectors as applications_selectors
from selection.seats.offers import selectors as offers_selectors
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, kept_form, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted
from training.states import CohortState, PlaceState

from . import overview, permissions, selectors, services, wording
from .forms import AttendeeForm, CohortFilterForm, ConsentForm, NameForm

if TYPE_CHECKING:
    from selection.models import Application, Offer
    from tdap_portal.web.requests import SignedInRequest
    from training.models import Place

    from .selectors import CountedCohort

PAGE = 50


# --------------------------------------------------------------------------------------------------------- the firm


@signed_in()
@require_safe
def place(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the firm has, and the cohorts that it can choose."""
    file = applications_selectors.application_for(request.user, public_id)
    seat = selectors.accepted_seat(file)
    return _without_seat(request, file) if seat is None else _place_page(request, seat)


@signed_in("training:place")
@require_POST
def attendee(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Another person comes."""
    file = applications_selectors.application_for(request.user, public_id)
    permissions.can_choose(request.user, file).require()
    seat = selectors.accepted_seat(file)
    if seat is None:
        return _without_seat(request, file)
    form = _attendee_form(seat, selectors.living_places(file), data=request.POST)
    if not form.is_valid():
        return _place_page(request, seat, form=form)
    try:
        services.change_attendee(actor=request.user, application=file, **form.as_attendee())
    except DomainError as refusal:
        return _place_page(request, seat, form=form, refusal=refusal)
    messages.success(request, _("It is noted who comes."))
    return redirect("training:place", public_id)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def cohort(request: SignedInRequest, public_id: str, cohort_id: str) -> HttpResponse:
    """One cohort with its days; here a place in it is taken."""
    return _act(request, public_id, cohort_id, "take" if request.method == "POST" else "")


@signed_in("training:place_cohort", of=("public_id", "cohort_id"))
@require_POST
def change(request: SignedInRequest, public_id: str, cohort_id: str) -> HttpResponse:
    """Move to this cohort from the place that the firm has."""
    return _act(request, public_id, cohort_id, "change")


@signed_in("training:place_cohort", of=("public_id", "cohort_id"))
@require_POST
def wait(request: SignedInRequest, public_id: str, cohort_id: str) -> HttpResponse:
    return _act(request, public_id, cohort_id, "wait")


@signed_in("training:place_cohort", of=("public_id", "cohort_id"))
@require_POST
def stop_waiting(request: SignedInRequest, public_id: str, cohort_id: str) -> HttpResponse:
    return _act(request, public_id, cohort_id, "stop")


def _act(request: SignedInRequest, public_id: str, cohort_id: str, act: str) -> HttpResponse:
    """act: "take", "change", "wait", "stop"; "" to look only."""
    file = applications_selectors.application_for(request.user, public_id)
    if act:
        permissions.can_choose(request.user, file).require()
    seat = selectors.accepted_seat(file)
    if seat is None:
        return _without_seat(request, file)
    row = selectors.cohort_for_firm(cohort_id)
    places = selectors.living_places(file)
    is_asked_who = act == "take" or (act == "wait" and all(one.state != PlaceState.HELD for one in places))
    who = _attendee_form(seat, places, data=request.POST if is_asked_who else None)
    consent = _consent_form(seat, row, places, data=posted(request))
    if who.errors or (act != "stop" and consent.errors):
        return _cohort_page(request, seat, row, who=who, consent=consent)
    if act:
        try:
            says = _do(act, who, consent, actor=request.user, application=file, cohort=row)
        except DomainError as refusal:
            return _cohort_page(request, seat, row, who=who, consent=consent, refusal=refusal)
        messages.success(request, says)
        return redirect("training:place", public_id)
    kept = kept_form(request)
    if kept.typed:
        who = _attendee_form(seat, places, initial=kept.typed)
        consent = _consent_form(seat, row, places, initial=kept.typed)
    return _cohort_page(request, seat, row, who=who, consent=consent)


def _do(act: str, who: AttendeeForm, consent: ConsentForm, **common: Any) -> str:
    """Call the service of an act; returns what the page says then. common: what each of them takes."""
    code = {"cohort": common["cohort"].code}
    if act == "take":
        services.take_place(**common, **who.as_attendee(), **consent.as_consent())
        return _("The place in %(cohort)s is yours.") % code
    if act == "change":
        services.change_cohort(**common, **consent.as_consent())
        return _("Your firm moved to %(cohort)s. The place that it had goes to the next firm.") % code
    if act == "wait":
        agreed = consent.as_consent()
        agreed.pop("keeps_waiting", None)
        named = who.as_attendee() if who.is_bound else {"attendee": ""}  # whoever comes to the place that it has
        services.wait_for_place(**common, **named, **agreed)
        return _("Your firm waits for a place in %(cohort)s. We write to you when one comes free.") % code
    services.stop_waiting(**common)
    return _("Your firm no longer waits for a place in %(cohort)s.") % code


def _attendee_form(seat: Offer, places: list[Place], **kwargs: Any) -> AttendeeForm:
    named = places[0].attendee if places else seat.attendee
    people = selectors.people_who_may_come(seat.application)
    before = named if places and selectors.has_begun(seat.application_id) else ""
    return AttendeeForm(people=people, named=named, before=before, **kwargs)


def _consent_form(seat: Offer, row: CountedCohort, places: list[Place], **kwargs: Any) -> ConsentForm:
    others = [one.cohort.code for one in places if one.state == PlaceState.WAITING and one.cohort_id != row.pk]
    elsewhere = "" if selectors.fits(seat, row) else wording.way_words(row.mode, row.city)
    return ConsentForm(elsewhere=elsewhere, waits=_(", ").join(others), **kwargs)


def _takes_deposit(seat: Offer) -> bool:
    return seat.terms.deposit_paisa > 0 and offers_selectors.takes_deposits()


def _without_seat(request: SignedInRequest, file: Application) -> HttpResponse:
    messages.info(
        request, _("A place in the training is chosen once the firm has accepted its seat. There is none now.")
    )
    return redirect("selection:file", file.public_id)


def _place_page(
    request: SignedInRequest, seat: Offer, *, form: AttendeeForm | None = None, refusal: DomainError | None = None
) -> HttpResponse:
    filters = CohortFilterForm(request.GET)
    language, time = filters.wanted()
    places = selectors.living_places(seat.application)
    held = next((row for row in places if row.state == PlaceState.HELD), None)
    lost = selectors.newest_place(seat.application) if not places else None
    context = {
        "application": seat.application,
        "seat": seat,
        "held": held,
        "held_given": wording.given_words(held.cohort) if held else "",
        "waiting": overview.waiting_of(places),
        "lost": lost if lost is not None and lost.cohort.state == CohortState.CANCELLED else None,
        "choice": overview.choice_of(
            seat,
            places,
            language=language,
            time=time,
            cursor=request.GET.get("cursor"),
            others=request.GET.get("others"),
        ),
        "accepted": wording.way_words(seat.mode, seat.city),
        "filters": filters,
        "is_filtered": bool(language or time),
        "may_choose": permissions.can_choose(request.user, seat.application),
        "deposit_rupees": f"{seat.terms.deposit_paisa // 100:,}" if _takes_deposit(seat) else "",
        "form": form or (_attendee_form(seat, places) if places else None),
        "refusal": refusal,
    }
    wrong = refusal is not None or form is not None
    return render(request, "training/places/place.html", context, status=422 if wrong else 200)


def _cohort_page(
    request: SignedInRequest,
    seat: Offer,
    row: CountedCohort,
    *,
    who: AttendeeForm,
    consent: ConsentForm,
    refusal: DomainError | None = None,
) -> HttpResponse:
    if refusal is not None:  # it may be full, begun or called off while the page stood open
        row = selectors.cohort_for_firm(row.public_id)
    places = selectors.living_places(seat.application)
    is_of_round = row.round_id in (None, seat.round_id)
    context = {
        "application": seat.application,
        "cohort": row,
        "card": overview.card_of(seat, row, places),
        "held": next((one for one in places if one.state == PlaceState.HELD), None),
        "is_of_round": is_of_round,
        "can_be_taken": row.state == CohortState.OPEN and is_of_round,
        "sessions": selectors.sessions_of(row),
        "who": who,
        "consent": consent,
        "may_choose": permissions.can_choose(request.user, seat.application),
        "refusal": refusal,
    }
    wrong = refusal is not None or bool(who.errors or consent.errors)
    return render(request, "training/places/cohort.html", context, status=422 if wrong else 200)


# -------------------------------------------------------------------------------------------------------- officials


def _require_official(request: SignedInRequest) -> None:
    if not request.user.is_official:
        raise NotFound
    permissions.can_see_places(request.user).require()


@signed_in()
@require_safe
def desk_places(request: SignedInRequest) -> HttpResponse:
    """Firms with a seat and without a place, and how full the cohorts are."""
    _require_official(request)
    rows = selectors.firms_without_place()
    page = keyset_page(rows, order=["answered_at", "pk"], cursor=request.GET.get("cursor"), size=PAGE)
    cohorts = keyset_page(
        selectors.cohorts_with_places(), order=["starts_on", "pk"], cursor=request.GET.get("cohorts"), size=PAGE
    )
    context = {
        "page": page,
        "rows": [(row, wording.way_words(row.mode, row.city)) for row in page.rows],
        "number": rows.count(),
        "cohorts_page": cohorts,
        "cohorts": [(row, wording.given_words(row)) for row in cohorts.rows],
    }
    return render(request, "training/places/desk.html", context)


@signed_in()
@require_safe
def roster(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Who comes to a cohort, and who waits."""
    _require_official(request)
    row = selectors.cohort_for_officials(public_id)
    context = {
        "cohort": row,
        "given": wording.given_words(row),
        "roster": selectors.roster_of(row),
        "waiting": selectors.waiting_list_of(row),
        "may_correct": permissions.can_correct(request.user),
    }
    return render(request, "training/places/roster.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def roster_name(request: SignedInRequest, public_id: str, place_id: str) -> HttpResponse:
    """The name of somebody who comes, where it was written wrongly."""
    _require_official(request)
    permissions.can_correct(request.user).require()
    row = selectors.held_place_in(public_id, place_id)
    form = NameForm(posted(request), initial={"attendee": row.attendee} | kept_for(request))
    if form.is_bound and form.is_valid():
        try:
            services.correct_attendee(actor=request.user, place=row, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The name is corrected."))
            return redirect("training:roster", public_id)
    context = {"form": form, "place": row, "cohort": row.cohort}
    return render(request, "training/places/name.html", context, status=422 if form.errors else 200)


@signed_in()
@require_safe
def roster_csv(request: SignedInRequest, public_id: str) -> HttpResponse:
    _require_official(request)
    row = selectors.cohort_for_officials(public_id)
    head = [_("Firm"), _("File"), _("Who comes"), _("Since")]
    lines = [
        [one.sme.name, one.application.file_number, one.attendee, timezone.localdate(one.asked_at).isoformat()]
        for one in selectors.roster_of(row)
    ]
    response = HttpResponse(as_csv(head, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tdap-cohort-{row.code}.csv"'
    return response
