"""Offers: the firm's page, and the offers and the waiting list of a round as directors see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from selection.applications import selectors as applications_selectors
from selection.applications.asks import ask_of_floors_above
from selection.review import permissions as review_permissions
from selection.rounds import selectors as rounds_selectors
from selection.seats.composer import selectors as composer_selectors
from selection.states import OfferState, State
from smes.people import selectors as people_selectors
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.core.xlsx_text import Sheet, as_xlsx
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted

from . import overview, permissions, selectors, services, signing, wording
from .forms import (
    AcceptForm,
    ExtendForm,
    LeaveForm,
    ReserveForm,
    ReturnActForm,
    ShortOfferForm,
    TermsForm,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms

    from selection.models import Application, Offer, Round, SeatAct
    from selection.seats.composer.permissions import Part
    from tdap_portal.web.requests import SignedInRequest

OPEN_SHOWN, HANDED_SHOWN, WAITING_SHOWN, PAGE = 50, 20, 5, 50


# --------------------------------------------------------------------------------------------------------- the firm


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The seat that is held out to the firm; an owner accepts it here."""
    file = applications_selectors.application_for(request.user, public_id)
    if request.method == "POST":
        permissions.can_answer(request.user, file).require()
    row = selectors.offer_to_answer(file)
    if row is None:
        return _without_offer(request, file)
    if request.method == "GET":
        services.note_opened(actor=request.user, offer=row)
    form = _accept_form(row, posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_offer(actor=request.user, offer=row, **form.as_act())
        except DomainError as refusal:
            return _firm_page(request, row, accept=form, refusal=refusal)
        messages.success(request, _("The seat is yours. What you took on stands below."))
        return redirect("selection:offer", public_id)
    return _firm_page(request, row, accept=form)


@signed_in("selection:offer", of=("public_id",))
@require_POST
def decline(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _leave(request, public_id, services.decline_offer, _("You declined the seat. It goes to the next firm."))


@signed_in("selection:offer", of=("public_id",))
@require_POST
def give_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _leave(request, public_id, services.give_back, _("You gave the seat back. It goes to the next firm."))


def _leave(request: SignedInRequest, public_id: str, act: Callable[..., Offer], says: str) -> HttpResponse:
    file = applications_selectors.application_for(request.user, public_id)
    permissions.can_answer(request.user, file).require()
    row = selectors.offer_to_answer(file)
    if row is None:
        return _without_offer(request, file)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return _firm_page(request, row, leave=form)
    try:
        act(actor=request.user, offer=row, **form.cleaned_data)
    except DomainError as refusal:
        return _firm_page(request, row, leave=form, refusal=refusal)
    messages.success(request, says)
    return redirect("selection:offer", public_id)


def _without_offer(request: SignedInRequest, file: Application) -> HttpResponse:
    messages.info(request, _("No seat is held for this file."))
    return redirect("selection:file", file.public_id)


def _firm_page(
    request: SignedInRequest,
    row: Offer,
    *,
    accept: AcceptForm | None = None,
    leave: LeaveForm | None = None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    if refusal is not None:  # the offer may have ended while the page stood open
        file = applications_selectors.application_for(request.user, row.application.public_id)
        row = selectors.offer_to_answer(file) or row
    wrong = refusal is not None or any(form is not None and form.is_bound for form in (accept, leave))
    context = {
        "application": row.application,
        "offer": row,
        "shown": overview.firm_offer(row, services.ended_words(row)),
        "form": accept if accept is not None else _accept_form(row),
        "leave_form": leave or LeaveForm(),
        "may_answer": permissions.can_answer(request.user, row.application),
        "training": _training(row.application.round),
        "place": selectors.place_of(row.application) if row.application.state == State.WAITLISTED else None,
        "reason": wording.reason_words(row.reason_code),
        "ask": ask_of_floors_above(row),
        "refusal": refusal,
    }
    return render(request, "selection/seats/offer.html", context, status=422 if wrong else 200)


def _accept_form(row: Offer, data: Any = None, **kwargs: Any) -> AcceptForm:
    names = [person.name for person in people_selectors.people_of(row.application.sme_id)]
    return AcceptForm(data, terms=row.terms, people=names, **kwargs)


def _training(round_: Round) -> str:
    return round_.training_note_ur if get_language() == "ur" else round_.training_note


# -------------------------------------------------------------------------------------------------- the round's offers


@signed_in()
@require_safe
def offers(request: SignedInRequest, code: str) -> HttpResponse:
    """The seats as a sum, who answers, who waits, and what two directors can do."""
    return _round_page(request, _round(request, code))


@signed_in()
@require_safe
def offers_csv(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = _round(request, code)
    text = as_csv(overview.CSV_HEAD, overview.csv_rows(selectors.offers_of(round_).order_by("pk")))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tdap-offers-{round_.code}.csv"'
    return response


@signed_in()
@require_safe
def offers_xlsx(request: SignedInRequest, code: str) -> HttpResponse:
    """The same rows as a workbook."""
    round_ = _round(request, code)
    rows = overview.csv_rows(selectors.offers_of(round_).order_by("pk"))
    book = as_xlsx([Sheet(round_.code, [overview.CSV_HEAD, *rows])], title=f"TDAP {round_.code}")
    response = HttpResponse(book, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="tdap-offers-{round_.code}.xlsx"'
    return response


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: SignedInRequest, code: str) -> HttpResponse:
    """What an offer of the round includes and binds to."""
    round_ = _round(request, code)
    known = selectors.newest_terms(round_) or services.first_terms(round_)
    form = TermsForm(posted(request), initial=TermsForm.shown(known) | kept_for(request))
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            services.set_terms(actor=request.user, round=round_, **form.as_terms())
        except DomainError as error:
            refusal = error
        else:
            messages.success(
                request, _("These terms hold for offers made from now on. Offers that were made keep theirs.")
            )
            return redirect("selection:offers", code)
    context = {
        "round": round_,
        "form": form,
        "terms": known,
        "takes_deposits": selectors.takes_deposits(),
        "refusal": refusal,
    }
    wrong = refusal is not None or (form.is_bound and not form.is_valid())
    return render(request, "selection/seats/terms.html", context, status=422 if wrong else 200)


@signed_in()
@require_safe
def waiting_list(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = _round(request, code)
    page = keyset_page(
        selectors.waiting_files(round_).defer("facts"),
        order=["-points", "tie_key", "submitted_at", "file_number"],
        cursor=request.GET.get("cursor"),
        size=PAGE,
    )
    first = selectors.place_of(page.rows[0]) if page.rows else 1
    context = {
        "round": round_,
        "page": page,
        "rows": overview.waiting_shown(round_, page.rows, first),
        "number": selectors.waiting_files(round_).count(),
    }
    return render(request, "selection/seats/waiting_list.html", context)


@signed_in("selection:offers", of=("code",))
@require_POST
def remind(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    round_ = _round(request, code)
    row = selectors.offer_for_desk(round_, public_id)
    try:
        services.remind_now(actor=request.user, offer=row)
    except NotAllowed:
        raise
    except DomainError as refusal:
        return _round_page(request, round_, refusal=refusal)
    messages.success(request, _("%(firm)s is reminded.") % {"firm": row.application.sme_name})
    return redirect("selection:offers", code)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def reserve(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = _round(request, code)
    form = ReserveForm(posted(request), initial={"reserve": round_.appeal_reserve, **kept_for(request)})
    return _proposal(
        request,
        round_,
        form,
        title=_("Seats kept for appeals"),
        act=lambda values: signing.propose_reserve(actor=request.user, round=round_, **values),
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    round_ = _round(request, code)
    row = selectors.offer_for_desk(round_, public_id)
    form = ExtendForm(posted(request), initial={"deadline": row.deadline, **kept_for(request)})
    return _proposal(
        request,
        round_,
        form,
        title=_("More time for %(firm)s") % {"firm": row.application.sme_name},
        act=lambda values: signing.propose_extension(actor=request.user, offer=row, **values),
    )


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def short_offer(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = _round(request, code)
    form = ShortOfferForm(posted(request), initial={"file": request.GET.get("file", "")[:16], **kept_for(request)})

    def propose(values: dict[str, Any]) -> object:
        number = values.pop("file").strip().upper()
        row = selectors.file_of(round_, number)
        if row is None:
            raise DomainError(_("No file of this round: %(files)s") % {"files": number}, code="unknown_file")
        return signing.propose_short_offer(actor=request.user, application=row, **values)

    return _proposal(request, round_, form, title=_("A shortened offer"), act=propose)


def _proposal(
    request: SignedInRequest,
    round_: Round,
    form: forms.Form,
    *,
    title: str,
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            act(dict(form.cleaned_data))
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("A second director signs it. Until then nothing changes."))
            return redirect("selection:offers", round_.code)
    context = {"round": round_, "form": form, "title": title, "refusal": refusal}
    wrong = refusal is not None or (form.is_bound and not form.is_valid())
    return render(request, "selection/seats/propose.html", context, status=422 if wrong else 200)


@signed_in("selection:offers", of=("code",))
@require_POST
def sign(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    round_ = _round(request, code)
    try:
        signing.sign_act(actor=request.user, act=selectors.act_of(round_, public_id))
    except DomainError as refusal:
        return _round_page(request, round_, refusal=refusal)
    messages.success(request, _("It is signed and done."))
    return redirect("selection:offers", code)


@signed_in("selection:offers", of=("code",))
@require_POST
def return_act(request: SignedInRequest, code: str, public_id: str) -> HttpResponse:
    round_ = _round(request, code)
    form = ReturnActForm(request.POST)
    if not form.is_valid():
        return _round_page(request, round_, return_form=form)
    try:
        signing.return_act(actor=request.user, act=selectors.act_of(round_, public_id), **form.cleaned_data)
    except DomainError as refusal:
        return _round_page(request, round_, refusal=refusal)
    messages.success(request, _("It went back. Nothing of it was done."))
    return redirect("selection:offers", code)


# ---------------------------------------------------------------------------------------------------------- details


def _round(request: SignedInRequest, code: str) -> Round:
    if not review_permissions.can_use_desk(request.user):
        raise NotFound
    permissions.can_see_offers(request.user).require()
    return rounds_selectors.round_by_code(code)


def _round_page(
    request: SignedInRequest,
    round_: Round,
    *,
    refusal: DomainError | None = None,
    return_form: ReturnActForm | None = None,
) -> HttpResponse:
    round_.refresh_from_db()
    seats, moment = selectors.ledger_of(round_), selectors.database_now()
    parts = overview.parts_of(seats)
    cells, height = overview.cells_of(parts)
    rows = selectors.open_offers(round_)
    waiting = list(selectors.waiting_files(round_).defer("facts")[:WAITING_SHOWN])
    ended = list(selectors.seats_given_on(round_)[:HANDED_SHOWN])
    halt = selectors.halt_of(round_)
    acts = [
        (act, wording.act_words(act), permissions.can_sign(request.user, act, _part(request, act)))
        for act in selectors.waiting_acts(round_)
    ]
    every = selectors.offers_of(round_)
    context = {
        "round": round_,
        "seats": seats,
        "parts": parts,
        "cells": cells,
        "height": height,
        "figure": overview.answers_by_day(every.filter(state=OfferState.ACCEPTED)),
        "open": [overview.open_row(row, moment) for row in rows[:OPEN_SHOWN]],
        "unopened": rows.filter(opened_at=None).count(),
        "open_count": seats.open,
        "next_end": rows.order_by("deadline").values_list("deadline", flat=True).first(),
        "handed": overview.handed_on(ended),
        "handed_count": selectors.seats_given_on(round_).count(),
        "waiting": overview.waiting_shown(round_, waiting, 1),
        "waiting_count": selectors.waiting_files(round_).count(),
        "moved": selectors.moved_up(round_),
        "halt": halt,
        "halt_words": wording.halt_words(halt) if halt else "",
        "too_late_file": wording.next_file(halt) if halt else "",
        "is_closed": overview.is_list_closed(round_),
        "terms": selectors.newest_terms(round_),
        "acts": acts,
        "return_form": return_form or ReturnActForm(initial=kept_for(request)),
        "refusal": refusal,
    }
    wrong = refusal is not None or return_form is not None
    return render(request, "selection/seats/offers.html", context, status=422 if wrong else 200)


def _part(request: SignedInRequest, act: SeatAct) -> Part:
    return composer_selectors.part_in(request.user, selectors.files_of_act(act))
