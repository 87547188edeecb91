"""The timetable as a programme manager plans it, and as other officials read it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.keeping import as_sent, kept_for, signed_in
from tdap_portal.web.requests import posted
from training.programmes.versions import published_slot
from training.states import ProposalState

from . import history, parts, permissions, proposals, reading, selectors, services
from .board import WAYS, Board, is_over
from .cause_words import impossible_words
from .forms import MoveForm, PublishForm, ReasonForm
from .rule_words import RULE_NAMES, city_words, violation_words
from .solver.problem import Placed, week_of
from .wording import change_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpResponse

    from tdap_portal.web.requests import SignedInRequest
    from training.models import Session, SessionChange, TimetableProposal

    from .board import Line

SHOWN_EVENTS = 20
SHOWN_MOVES = 100


def _require_sight(request: SignedInRequest) -> None:
    if not permissions.can_see_plan(request.user):
        raise NotFound


@signed_in()
@require_safe
def timetable(request: SignedInRequest) -> HttpResponse:
    """One week of the plan, with all that blocks, warns or has no place."""
    _require_sight(request)
    week, now = _week(request.GET.get("week", "")), timezone.now()
    city, cursor = request.GET.get("city"), request.GET.get("cursor")
    part = parts.part_of(week=week, city=city, cursor=cursor, now=now)
    board = Board(week=week, by=request.GET.get("by", ""), now=now, part=part)
    here = part.city if part else None
    last, proposal_ = selectors.last_version(), selectors.last_proposal()
    number = last.number if last else 0
    context = {
        "board": board,
        "can_plan": permissions.can_plan(request.user),
        "ways": [
            {"url": _board_url(board.week, way, here), "label": label, "count": None, "is_current": way == board.by}
            for way, label in WAYS.items()
        ],
        "before": _board_url(board.week - timedelta(weeks=1), board.by, here),
        "after": _board_url(board.week + timedelta(weeks=1), board.by, here),
        "part": part,
        "cities": [(code, city_words(code) if code else _("Online"), number) for code, number in part.cities.items()]
        if part
        else [],
        "last": last,
        "next_number": number + 1,
        "proposal": proposal_,
        "rules": [(RULE_NAMES[code], rule) for code, rule in board.planned.rules.items()],
        "people": len(selectors.reached_by(selectors.changes_to_come(board.moved))) if board.moved else 0,
    }
    return render(request, "training/timetable/board.html", context)


def _week(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 < day.year < 2100 else None


def _board_url(week: date, by: str, city: str | None = None) -> str:
    """city: None where the whole plan is shown."""
    of = {"week": week_of(week).isoformat(), "by": by} | ({} if city is None else {"city": city})
    return f"{reverse('training:timetable')}?{urlencode(of)}"


# ------------------------------------------------------------------------------------------------------------ a session


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One session: where it is, what blocks or warns, where else it could be; and the acts on it."""
    _require_sight(request)
    row = _session(public_id)
    if request.method == "POST":
        permissions.can_plan(request.user).require()
        return _session_act(request, row)
    kept = kept_for(request)
    form = _move_form(row, as_sent(kept)) if kept and "reason" in kept else _move_form(row)
    return _session_page(request, row, form=form)


def _session_act(request: SignedInRequest, row: Session) -> HttpResponse:
    if "call_off" in request.POST:
        reason = ReasonForm(request.POST)
        if not reason.is_valid():
            return _session_page(request, row, form=_move_form(row), off=reason)
        return _acted(
            request,
            row,
            lambda: services.plan_cancelling(actor=request.user, session=row, **reason.cleaned_data),
            _("It is planned as called off. Nobody is told before you publish."),
        )
    if "put_back" in request.POST:
        said = _("It stands as it is published.")
        return _acted(request, row, lambda: services.put_back(actor=request.user, session=row), said)
    if "lock" in request.POST:
        is_locked = request.POST["lock"] == "1"
        said = _("It is locked: no proposal moves it.") if is_locked else _("It is no longer locked.")
        act = lambda: services.lock_session(actor=request.user, session=row, is_locked=is_locked)  # noqa: E731
        return _acted(request, row, act, said)
    return _move(request, row)


def _acted(request: SignedInRequest, row: Session, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except DomainError as refusal:
        form = _move_form(row)
        return _session_page(request, row, form=form, refusal=str(refusal))
    messages.success(request, said)
    return redirect("training:timetable_session", public_id=row.public_id)


def _move(request: SignedInRequest, row: Session) -> HttpResponse:
    form = _move_form(row, request.POST)
    if not form.is_valid():
        return _session_page(request, row, form=form)
    values = form.cleaned_data
    try:
        services.move_session(
            actor=request.user,
            session=row,
            starts_at=values["starts_at"],
            trainer=selectors.trainers_by_id([values["trainer"]])[values["trainer"]],
            venue=selectors.venues_by_id([values["venue"]])[values["venue"]] if values["venue"] else None,
            reason=values["reason"],
            seen=values["seen"] or None,
            known=values["known"].split(),
        )
    except DomainError as refusal:
        if values["to"]:  # an offered place that is none any more stands in the fields, to be changed or kept
            chosen = {name: values[name] for name in ("trainer", "venue") if values[name]}
            chosen["starts_at"] = reading.wall(values["starts_at"]).isoformat(timespec="minutes")
            form = _move_form(row, as_sent({name: str(value) for name, value in chosen.items()}))
        return _session_page(request, row, form=form, refusal=str(refusal), blocks=refusal.data.get("blocks", ()))
    messages.success(request, _("It is moved. Nobody is told before you publish."))
    return redirect("training:timetable_session", public_id=row.public_id)


def _move_form(row: Session, data: Any = None) -> MoveForm:
    slot = selectors.planned_slot(row)
    is_online = row.cohort.mode == "online"
    trainers = {one.pk: one for one in selectors.trainers_to_plan()}
    venues = {one.pk: one for one in selectors.venues_to_plan("" if is_online else row.cohort.city)}
    draft = selectors.draft_of(row)
    for at in (row, draft):
        if at is not None and at.trainer is not None:
            trainers.setdefault(at.trainer.pk, at.trainer)
        if at is not None and at.venue is not None:
            venues.setdefault(at.venue.pk, at.venue)
    initial = {
        "starts_at": slot.starts_at,
        "trainer": slot.trainer_id,
        "venue": slot.venue_id,
        "seen": selectors.mark_of(row),
    }
    return MoveForm(
        data, initial=initial, trainers=trainers.values(), venues=venues.values(), needs_venue=not is_online
    )


def _session_page(
    request: SignedInRequest,
    row: Session,
    *,
    form: MoveForm,
    off: ReasonForm | None = None,
    refusal: str = "",
    blocks: Iterable[dict[str, Any]] = (),
) -> HttpResponse:
    board = Board()
    key, blocks = str(row.pk), list(blocks)
    stands = board.sessions.get(key)
    if stands is None:
        raise NotFound
    is_planned = key in board.planned.sessions
    can_move = bool(permissions.can_plan(request.user)) and not is_over(stands)
    draft = selectors.draft_of(stands)
    context = {
        "row": stands,
        "slot": selectors.planned_slot(stands),
        "published": published_slot(stands),
        "draft": draft,
        "trainer": draft.trainer if draft else stands.trainer,
        "venue": draft.venue if draft else stands.venue,
        "is_moved": selectors.is_moved(stands),
        "lines": board.of_session.get(key, []),
        "why": board.why_unplaced(key) if is_planned and key not in board.plan else "",
        "offers": [
            {
                "value": _offer_value(offer.placed),
                "at": offer.placed.start,
                "lines": lines,
                "trainer": board.names.trainer(offer.placed.trainer),
                "venue": board.names.venue(offer.placed.venue) if offer.placed.venue else "",
            }
            for offer, lines in (board.offers(stands) if can_move and is_planned else ())
        ],
        "can_move": can_move,
        "is_planned": is_planned,
        "can_plan": permissions.can_plan(request.user),
        "form": form,
        "off": off or ReasonForm(),
        "refusal": refusal,
        "blocks": board.words_of(blocks, about=key),
        "known": " ".join(f"{one['code']}:{'-'.join(one['sessions'])}" for one in blocks),
        "seen": selectors.mark_of(stands),
        "board_url": _board_url(board.plan[key].start.date(), "room")
        if key in board.plan
        else reverse("training:timetable"),
    }
    is_wrong = request.method == "POST" and bool(refusal or form.errors or (off is not None and off.errors))
    return render(request, "training/timetable/session.html", context, status=422 if is_wrong else 200)


def _offer_value(placed: Placed) -> str:
    return f"{placed.start.isoformat(timespec='minutes')} {placed.trainer} {placed.venue or ''}"


@signed_in(keeps_refused=False)
@require_POST
def try_move(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What would block or warn of a session at another place, before it is moved; nothing is kept."""
    _require_sight(request)
    permissions.can_plan(request.user).require()
    row = _session(public_id)
    form = _move_form(row, request.POST)
    if not form.is_valid():
        return JsonResponse({"tone": "no", "lines": [error for errors in form.errors.values() for error in errors]})
    values = form.cleaned_data
    venue = str(values["venue"]) if values["venue"] else None
    board = Board()
    stands = board.sessions.get(str(row.pk))
    if stands is None or str(row.pk) not in board.planned.sessions:
        raise NotFound
    lines = board.lines_of_move(stands, Placed(reading.wall(values["starts_at"]), str(values["trainer"]), venue))
    tone = lines[0].tone if lines else "done"
    words = [line.words for line in lines] or [_("Nothing blocks and nothing warns.")]
    return JsonResponse({"tone": tone, "lines": words})


def _session(public_id: str) -> Session:
    row = selectors.session_by_id(public_id)
    if row is None:
        raise NotFound
    return row


# ------------------------------------------------------------------------------------------------------------ proposals


@signed_in(back="training:timetable")
@require_POST
def propose(request: SignedInRequest) -> HttpResponse:
    """Have a timetable worked out, anew or with the fewest changes."""
    _require_sight(request)
    try:
        row = proposals.ask_proposal(actor=request.user, keeps_plan="keeps_plan" in request.POST)
    except DomainError as refusal:
        if refusal.code == "not_allowed":
            raise
        messages.error(request, str(refusal))
        return redirect("training:timetable")
    return redirect("training:timetable_proposal", public_id=row.public_id)


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def proposal(request: SignedInRequest, public_id: str) -> HttpResponse:
    """How far a proposal is, then what it found; taken over by POST."""
    _require_sight(request)
    row = selectors.proposal_by_public_id(public_id)
    if row is None:
        raise NotFound
    if request.headers.get("HX-Request") == "true":
        return render(request, "training/timetable/_progress.html", {"proposal": row})
    refusal = ""
    if request.method == "POST":
        try:
            moved = proposals.take_proposal(actor=request.user, proposal=row)
        except DomainError as error:
            if error.code == "not_allowed":
                raise
            refusal = str(error)
        else:
            said = ngettext("%(number)d session is moved.", "%(number)d sessions are moved.", moved)
            messages.success(request, said % {"number": moved} + " " + _("Nobody is told before you publish."))
            return redirect("training:timetable")
    context = {"proposal": row, "can_plan": permissions.can_plan(request.user), "refusal": refusal}
    if row.state in {ProposalState.READY, ProposalState.TAKEN}:
        context |= _found(row)
    return render(request, "training/timetable/proposal.html", context, status=422 if refusal else 200)


def _found(row: TimetableProposal) -> dict[str, Any]:
    """What a proposal found, in words."""
    board, result = Board(), row.result
    known = board.planned.sessions
    moves: list[dict[str, Any]] = []
    for key, (start, trainer, venue) in result["places"].items():
        placed = Placed(datetime.fromisoformat(start), trainer, venue)
        before = board.plan.get(key)
        if key in board.sessions and before != placed:
            moves.append(
                {
                    "row": board.sessions[key],
                    "before": before.start if before else None,
                    "at": placed.start,
                    "trainer": board.names.trainer(placed.trainer),
                    "venue": board.names.venue(placed.venue) if placed.venue else _("Online"),
                }
            )
    warnings = result["blocks"] + result["warnings"]
    named = board.sessions | selectors.sessions_by_key(
        one["sessions"][0] for one in warnings if one["sessions"][0] not in board.sessions
    )
    warned = [
        (named.get(one["sessions"][0]), violation_words(
            one["code"], tuple(one["sessions"]), one["facts"], board.names, about=one["sessions"][0]
        ), one["cost"])
        for one in warnings
    ]  # fmt: skip
    return {
        "result": result,
        "placed": len(result["places"]),
        "moves": sorted(moves, key=lambda move: move["at"])[:SHOWN_MOVES],
        "moves_count": len(moves),
        "lines": warned,
        "unplaced": [board.sessions[key] for key in result["unplaced"] if key in board.sessions],
        "impossible": [
            impossible_words(
                one["code"], one["sessions"], one["resources"], one["room"], problem=board.planned, names=board.names
            )
            for one in result["impossible"]
            if all(key in known for key in one["sessions"])
        ],
        "is_stale": row.state == ProposalState.READY and reading.seal_of(board.planned) != row.basis,
    }


# ----------------------------------------------------------------------------------------------------------- publishing


@signed_in()
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest) -> HttpResponse:
    """What publishing changes, and for whom; what still blocks needs a reason."""
    _require_sight(request)
    board = Board()
    last = selectors.last_version()
    number = last.number if last else 0
    blocks = board.blocks_of_moved
    form = _publish_form(request, board, blocks, expected=number)
    refusal = ""
    if request.method == "POST":
        permissions.can_plan(request.user).require()
        if form.is_valid():
            try:
                made = services.publish(
                    actor=request.user,
                    words=form.cleaned_data["words"],
                    expected=form.cleaned_data["expected"],
                    reasons=form.reasons,
                )
            except DomainError as error:
                refusal = str(error)
            else:
                text = ngettext(
                    "Version %(version)d is published; %(number)d person is told.",
                    "Version %(version)d is published; %(number)d people are told.",
                    made.people,
                )
                messages.success(request, text % {"version": made.number, "number": made.people})
                return redirect("training:timetable_version", number=made.number)
    changes = selectors.changes_to_come(board.moved)
    reached = selectors.reached_by(changes)
    context = {
        "form": form,
        "refusal": refusal,
        "last": last,
        "next_number": number + 1,
        "lines": _change_lines(request, changes),
        "people": len(reached),
        "blocks": blocks,
        "can_plan": permissions.can_plan(request.user),
    }
    return render(request, "training/timetable/publish.html", context, status=422 if refusal or form.errors else 200)


def _publish_form(request: SignedInRequest, board: Board, blocks: Iterable[Line], *, expected: int) -> PublishForm:
    asked = {}
    for line in blocks:
        draft = selectors.draft_of(line.session)
        asked[line.session.pk] = (line.session.pk, board.names.session(line.key), draft.reason if draft else "")
    return PublishForm(posted(request), initial={"expected": expected, **kept_for(request)}, blocked=asked.values())


def _change_lines(request: SignedInRequest, changes: list[SessionChange]) -> list[dict[str, Any]]:
    """Each change with how many people it reaches, in one sentence for an official."""
    venues = selectors.venues_by_id(change.after["venue"] for change in changes if change.after["venue"])
    trainers = selectors.trainers_by_id(change.after["trainer"] for change in changes if change.after["trainer"])
    people: dict[int, int] = {}
    for touching in selectors.reached_by(changes).values():
        for change in touching:
            people[change.session.pk] = people.get(change.session.pk, 0) + 1
    return [
        {
            "session": change.session,
            "words": change_words(change, request.user, venues=venues, trainers=trainers),
            "people": people.get(change.session.pk, 0),
        }
        for change in changes
    ]


@signed_in()
@require_safe
def versions(request: SignedInRequest) -> HttpResponse:
    _require_sight(request)
    context = {
        "versions": selectors.versions(),
        "history": history.lines_of(audit_selectors.last_of(history.OF_PLAN, number=SHOWN_EVENTS)),
    }
    return render(request, "training/timetable/versions.html", context)


@signed_in()
@require_safe
def version(request: SignedInRequest, number: int) -> HttpResponse:
    """What one version changed against the one before."""
    _require_sight(request)
    row = selectors.version_by_number(number)
    if row is None:
        raise NotFound
    lines = _change_lines(request, list(selectors.changes_of(row)))
    return render(request, "training/timetable/version.html", {"version": row, "lines": lines})
