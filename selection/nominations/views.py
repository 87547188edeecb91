"""Nominations: the partner's sheets and nominees, the page behind a firm's link, and what officials see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from selection.rounds import selectors as rounds_selectors
from selection.states import NominationState
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import kept_for, signed_in
from tdap_portal.web.paging import keyset_page
from tdap_portal.web.requests import posted
from tdap_portal.web.uploads import takes_files

from . import permissions, radar, selectors, services, wording
from .checks import Status, is_usable
from .forms import (
    ClaimForm,
    ColumnsForm,
    NominationFilterForm,
    NomineeForm,
    PlacesForm,
    RadarFilterForm,
    SheetForm,
)  # fmt: skip

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from selection.models import Nomination, NominationSheet, Round
    from tdap_portal.accounts.models import Partner
    from tdap_portal.web.requests import SignedInRequest

NEWEST_NOMINEES = 6
NEWEST_SHEETS = 5
TONES: dict[str, str] = {NominationState.INVITED: "you", NominationState.AGREED: "done"}
MAX_OPENED = 10


# ------------------------------------------------------------------------------------------------------ the partner


@signed_in()
@require_safe
def start(request: SignedInRequest) -> HttpResponse:
    """To the nominations of the person's organisation, of several the first by name."""
    partners = selectors.nominating_partners(request.user)
    if not partners:
        raise NotFound
    return redirect("selection:nominations", public_id=partners[0].public_id)


@signed_in()
@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
def nominations(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Where a partner's nominations of the open round stand, and the way to nominate more."""
    partner = selectors.partner_for(request.user, public_id)
    round_ = selectors.round_to_nominate_in()
    form = SheetForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if round_ is None:
            messages.error(request, _("No round takes nominations now."))
            return redirect("selection:nominations", public_id=public_id)
        file = form.cleaned_data["file"]
        try:
            sheet = services.read_in_sheet(
                actor=request.user, partner=partner, round=round_, file_name=file.name, content=file.read()
            )
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            page = "selection:nomination_sheet" if is_usable(sheet.mapping) else "selection:nomination_columns"
            return redirect(page, public_id=sheet.public_id)
    context = {
        "form": form,
        "partners": selectors.nominating_partners(request.user),
        "sheets": selectors.sheets_of(partner, round_)[:NEWEST_SHEETS] if round_ else [],
        **_about(partner, round_),
    }
    return render(request, "selection/nominations/nominations.html", context)


def _about(partner: Partner, round_: Round | None, here: int = 0) -> dict[str, object]:
    """What all pages of a partner show: places, consent, the newest nominees. here: good rows of a sheet."""
    earlier = [row for row in selectors.rounds_nominated_in(partner) if row != round_]
    if round_ is None:
        last = selectors.nominations_of(partner, earlier[0])[:NEWEST_NOMINEES] if earlier else []
        return {"partner": partner, "round": None, "earlier": earlier, "nominees": wording.nominee_rows(last)}
    places = selectors.places_of(partner, round_)
    consent = selectors.consent_of(partner, round_)
    rows = selectors.nominations_of(partner, round_)[:NEWEST_NOMINEES]
    return {
        "partner": partner,
        "round": round_,
        "earlier": earlier,
        "places": places,
        "left_after": max(0, places.left - here),
        "places_bar": wording.places_bar(places, here),
        "consent": consent,
        "agreed": consent.get(NominationState.AGREED, 0),
        "consent_bar": wording.consent_bar(consent),
        "nominees": wording.nominee_rows(rows),
        "answer_days": services.ANSWER_DAYS,
    }


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The dry run of a sheet: rows to put right, and those that can go in."""
    row = selectors.sheet_for(request.user, public_id)
    if not is_usable(row.mapping):
        return redirect("selection:nomination_columns", public_id=public_id)
    if request.method == "POST":
        return _act_on_sheet(request, row)
    checked = selectors.checked_rows(row)
    view = wording.sheet_view(row, checked, selectors.places_of(row.partner, row.round))
    headings = ", ".join(heading for heading in row.head if heading)
    context = {"sheet": row, "view": view, "headings": headings, "is_open": rounds_selectors.is_open_now(row.round)}
    return render(request, "selection/nominations/sheet.html", context | _about(row.partner, row.round, view.good))


def _act_on_sheet(request: SignedInRequest, row: NominationSheet) -> HttpResponse:
    """Keep what was put right; nominate where that button was pressed."""
    back = redirect("selection:nomination_sheet", public_id=row.public_id)
    ticked = [int(number) for number in request.POST.getlist("hidden") if _is_row(number)]
    try:
        services.put_right(actor=request.user, sheet=row, written=_written(request.POST), ticked=ticked)
        if "take" not in request.POST:
            return back
        taken = services.take_rows(actor=request.user, sheet=row)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return back
    if taken.made:
        text = ngettext(
            "%(number)d firm is nominated and asked now.", "%(number)d firms are nominated and asked now.", taken.made
        )
        messages.success(request, text % {"number": taken.made})
    else:
        messages.info(request, _("Nothing new: every good row was nominated before."))
    if taken.no_place:
        text = ngettext(
            "%(number)d good row waits: you have no place left.",
            "%(number)d good rows wait: you have no place left.",
            taken.no_place,
        )
        messages.warning(request, text % {"number": taken.no_place})
    return back


def _is_row(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) < 7


def _written(posted_: QueryDict) -> dict[int, dict[str, str]]:
    """Cells by number of the row and field, from controls named 4-ntn."""
    found: dict[int, dict[str, str]] = {}
    for name, text in posted_.items():
        number, dash, column = name.partition("-")
        if dash and _is_row(number):
            found.setdefault(int(number), {})[column] = str(text)
    return found


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Which column is which; kept for the partner's next sheet."""
    row = selectors.sheet_for(request.user, public_id)
    initial = {name: str(at) for name, at in row.mapping.items()}
    form = ColumnsForm(posted(request), head=row.head, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.map_columns(actor=request.user, sheet=row, mapping=form.mapping())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("selection:nomination_sheet", public_id=public_id)
    context = {"form": form, "sheet": row, "partner": row.partner, "round": row.round}
    return render(request, "selection/nominations/columns.html", context)


@signed_in()
@require_safe
def reasons(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The rows that need a look, with the reasons, to be put right in a spreadsheet."""
    row = selectors.sheet_for(request.user, public_id)
    names = sorted(row.mapping, key=row.mapping.__getitem__)  # as they stand in the sheet
    lines = []
    for each in selectors.checked_rows(row) if is_usable(row.mapping) else []:
        if each.status in {Status.WRONG, Status.TWICE, Status.REST}:
            said = [f"{found.cell} {wording.finding_words(found)}".strip() for found in each.findings]
            said += [str(wording.STANDING[each.standing])] if each.standing else []
            lines.append([each.number, *(each.texts.get(name, "") for name in names), " ".join(said)])
    head = [_("Row"), *(str(wording.FIELD_LABELS[name]) for name in names), _("What to put right")]
    response = HttpResponse(as_csv(head, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="nominations-{row.public_id}.csv"'
    return response


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Nominate one firm by a form of four fields."""
    partner = selectors.partner_for(request.user, public_id)
    round_ = selectors.round_to_nominate_in()
    form = NomineeForm(posted(request), initial=kept_for(request))
    if request.method == "POST" and form.is_valid():
        if round_ is None:
            form.add_error(None, _("No round takes nominations now."))
        else:
            try:
                row = services.nominate_firm(actor=request.user, partner=partner, round=round_, values=form.values())
            except DomainError as refusal:
                _say_why(form, refusal)
            else:
                messages.success(request, _("%(firm)s is nominated and asked now.") % {"firm": row.firm})
                return redirect("selection:nominations", public_id=public_id)
    context = {"form": form, "partner": partner, "round": round_}
    return render(request, "selection/nominations/one.html", context)


def _say_why(form: NomineeForm, refusal: DomainError) -> None:
    findings = refusal.data.get("findings", [])
    for found in findings:
        name = found.name if found.name in form.fields else "contact"
        form.add_error(name, wording.finding_words(found))
    if not findings:
        form.add_error(None, str(refusal))


@signed_in()
@require_safe
def nominees(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All of a partner's nominees in one round: the one that is asked for, else the open one, else the last."""
    partner = selectors.partner_for(request.user, public_id)
    rounds = selectors.rounds_nominated_in(partner)
    asked = next((row for row in rounds if row.code == request.GET.get("round")), None)
    round_ = asked or selectors.round_to_nominate_in() or next(iter(rounds), None)
    rows = selectors.nominations_of(partner, round_) if round_ else None
    page = keyset_page(rows, order=["-id"], cursor=request.GET.get("cursor")) if rows is not None else None
    context = {
        "partner": partner,
        "round": round_,
        "earlier": [row for row in rounds if row != round_],
        "page": page,
        "nominees": wording.nominee_rows(page.rows) if page else [],
        "answer_days": services.ANSWER_DAYS,
    }
    return render(request, "selection/nominations/nominees.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Take a nomination back; asks first."""
    row = selectors.nomination_for(request.user, public_id)
    back_url = reverse("selection:nominations", args=[row.partner.public_id])
    if request.method == "POST":
        try:
            services.withdraw_nomination(actor=request.user, nomination=row)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The nomination of %(firm)s is taken back.") % {"firm": row.firm})
        return redirect(back_url)
    context = {
        "title": _("Take the nomination of %(firm)s back?") % {"firm": row.firm},
        "says": _(
            "The firm's link stops. It can still apply by itself. The place stays used, since the firm was asked."
        ),
        "submit": _("Take it back"),
        "danger": True,
        "back_url": back_url,
    }
    return render(request, "web/confirm.html", context)


# --------------------------------------------------------------------------------------------------------- the firm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def nomination(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a firm's link: who nominates it and what that means; yes or no without an account, then to the firm."""
    try:
        row = selectors.nomination_by_token(token)
    except NotFound as refusal:
        return render(request, "selection/nominations/over.html", {"refusal": refusal}, status=404)
    _remember(request, token)
    user = request.user
    firms = list(people_selectors.smes_of(user))
    own = [firm for firm in firms if user.is_authenticated and permissions.can_claim(user, row, firm)]
    claim = ClaimForm(posted(request) if request.POST.get("answer") == "claim" else None, firms=own)
    if request.method == "POST":
        response = _answer(request, row, claim)
        if response is not None:
            return response
    going_on = urlencode({"next": request.path})
    context = {
        "nomination": row,
        "tone": TONES.get(row.state, "rest"),
        "claim": claim if own and row.sme_id is None else None,
        "claimed_here": next((firm for firm in firms if firm.pk == row.sme_id), None),
        "has_firms": bool(firms),
        "login_url": f"{reverse('account_login')}?{going_on}",
        "signup_url": f"{reverse('account_signup')}?{going_on}",
    }
    return render(request, "selection/nominations/nomination.html", context)


def _answer(request: HttpRequest, row: Nomination, claim: ClaimForm) -> HttpResponse | None:
    """What a press came to; None where the form says what is missing."""
    answer = request.POST.get("answer")
    actor = request.user if request.user.is_authenticated else None
    try:
        if answer in {"yes", "no"}:
            services.answer_nomination(token=row.token, agrees=answer == "yes", actor=actor)
        elif answer == "claim" and actor is not None and claim.is_valid():
            sme = people_selectors.sme_for(actor, claim.cleaned_data["firm"])
            services.claim_nomination(actor=actor, token=row.token, sme=sme)
            messages.success(
                request, _("Your file will say that %(partner)s nominated you.") % {"partner": row.partner.name}
            )
        elif answer == "claim" and actor is not None:
            return None
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("selection:nomination", token=row.token)


def _remember(request: HttpRequest, token: str) -> None:
    """So that the firm's own pages lead back here after signing in."""
    opened = request.session.get(selectors.OPENED, [])
    if token not in opened:
        request.session[selectors.OPENED] = [*opened, token][-MAX_OPENED:]


# ------------------------------------------------------------------------------------------------------ the officials


@signed_in()
@require_safe
def desk(request: SignedInRequest) -> HttpResponse:
    """All nominations with what an official should look at; the newest first."""
    _require_official(request)
    form = NominationFilterForm(request.GET, partners=list(accounts_selectors.active_partners()))
    filters = form.filters()
    if "partner" in filters:
        filters["partner__public_id"] = filters.pop("partner")
    rows = selectors.nominations_visible_to(request.user).filter(**filters)
    page = keyset_page(rows, order=["-id"], cursor=request.GET.get("cursor"))
    questions = selectors.questions_about(page.rows)
    context = {
        "form": form,
        "filters_in_force": len(filters),
        "page": page,
        "rows": [
            {
                "row": row,
                "place": wording.place_words(row),
                "consent": wording.consent_words(row),
                "questions": questions[row.pk],
            }
            for row in page.rows
        ],
    }
    return render(request, "selection/nominations/desk.html", context)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: SignedInRequest) -> HttpResponse:
    """How many firms each partner may nominate in the open round; a director changes it."""
    _require_official(request)
    round_ = selectors.round_to_nominate_in()
    if request.method == "POST":
        return _set_places(request, round_)
    lines = selectors.partners_counted(round_) if round_ else []
    context = {"round": round_, "lines": lines, "may_set": permissions.can_set_places(request.user)}
    return render(request, "selection/nominations/places.html", context)


def _set_places(request: SignedInRequest, round_: Round | None) -> HttpResponse:
    permissions.can_set_places(request.user).require()
    form = PlacesForm(request.POST)
    wanted = request.POST.get("partner")
    partner = next((row for row in accounts_selectors.active_partners() if row.public_id == wanted), None)
    if round_ is None or partner is None:
        messages.error(request, _("No such partner nominates now."))
    elif not form.is_valid():
        messages.error(request, _("Write a whole number from 0, or nothing for the usual number."))
    else:
        services.set_places(actor=request.user, partner=partner, round=round_, places=form.cleaned_data["places"])
        messages.success(request, _("The places of %(partner)s are set.") % {"partner": partner.name})
    return redirect("selection:nomination_places")


@signed_in()
@require_safe
def radar_page(request: SignedInRequest) -> HttpResponse:
    """Priority sectors and towns with clusters where nobody was nominated or applied."""
    _require_official(request)
    form = RadarFilterForm(request.GET)
    filters = form.filters()
    round_ = selectors.round_to_nominate_in()
    nominated, applied = selectors.corners_of(round_)
    found = radar.clusters(nominated, applied)
    rows = wording.radar_rows(_filtered(found, filters), selectors.askable_partners())
    context = {
        "form": form,
        "filters_in_force": sum(bool(value) for value in filters.values()),
        "round": round_,
        "rows": rows,
        "empty": sum(row.is_empty for row in found),
        "clusters": len(found),
        "grid": wording.grid_table(radar.grid(nominated, applied)),
        "query": request.GET.urlencode(),
    }
    return render(request, "selection/nominations/radar.html", context)


@signed_in()
@require_safe
def radar_csv(request: SignedInRequest) -> HttpResponse:
    """The same rows for a spreadsheet; English names, since machines read it."""
    _require_official(request)
    found = radar.clusters(*selectors.corners_of(selectors.round_to_nominate_in()))
    partners = selectors.askable_partners()
    head = ("city", "province", "sector", "nominated", "applied", "in_province", "confirmed", "ask")
    lines = [
        (
            row.city,
            row.province,
            row.sector,
            row.nominated,
            row.applied,
            row.in_province,
            "yes" if row.confirmed else "no",
            "; ".join(radar.who_to_ask(row.city, row.province, partners)),
        )
        for row in _filtered(found, RadarFilterForm(request.GET).filters())
    ]
    response = HttpResponse(as_csv(head, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="radar.csv"'
    return response


def _filtered(found: list[radar.Cluster], filters: dict[str, str]) -> list[radar.Cluster]:
    return [
        row
        for row in found
        if (filters["show"] == "all" or row.is_empty)
        and filters["sector"] in {"", row.sector}
        and filters["province"] in {"", row.province}
    ]


def _require_official(request: SignedInRequest) -> None:
    if not permissions.can_see_nominations(request.user):
        raise NotFound
