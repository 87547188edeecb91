"""Pages for everybody: the front page, the calendar, the rules of a round, the open results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from selection.appeals import selectors as appeals_selectors
from selection.models.labels import TRACK_LABELS
from selection.policy import plain_words
from selection.policy import selectors as policy_selectors
from selection.rounds import permissions as rounds_permissions
from selection.rounds import selectors as rounds_selectors
from selection.rounds.counts import FileCounts
from selection.seats.offers import overview as offers_overview
from smes.check.eligibility import QUESTIONS
from smes.vocabulary.places import PROVINCES
from smes.vocabulary.sectors import SECTORS
from smes.vocabulary.wording import province_name, sector_name
from tdap_portal.charts.bars import Bar, Bars
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.charts.tiles import Tile, TileMap
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.days import day_words

from . import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest

ALL_IN_CSV, OTHERS_IN_CSV = "(all)", "(others)"
CSV_HEAD = ("round", "province", "sector", "submitted", "selected", "waitlisted", "declined", "waiting", "as_at")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: the first question of the check, the open round, the way, the sectors, the promise in figures."""
    open_round = rounds_selectors.open_rounds().first()
    return render(
        request,
        "selection/results/landing.html",
        {
            "question": QUESTIONS[0],
            "questions": len(QUESTIONS),
            "round": open_round,
            "tracks": track_names(open_round.tracks) if open_round else [],
            "sectors": [(code, sector_name(code), hs_words(code)) for code in SECTORS],
            "numbers": selectors.open_numbers(),
        },
    )


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    return render(request, "selection/results/rounds.html", {"lines": rounds_selectors.calendar()})


@require_safe
def round_rules(request: HttpRequest, code: str) -> HttpResponse:
    """The policy of a round in words: conditions a track, points, ties."""
    round_ = rounds_selectors.public_round_by_code(code, request.user)
    policy = policy_selectors.policy_of(round_.policy)
    context = {
        "round": round_,
        "is_open": rounds_selectors.is_open_now(round_),
        "policy": policy,
        "tracks": [
            (TRACK_LABELS[track], plain_words.gates_of(policy, track, gettext))
            for track in TRACK_LABELS
            if track in round_.tracks
        ],
        "criteria": plain_words.criteria_of(policy, gettext),
        "asks_for_proof": policy.asks_for_proof,
        "ties": plain_words.ties_of(policy, gettext),
        "may_study": request.user.is_authenticated and bool(rounds_permissions.can_run_rounds(request.user)),
    }
    return render(request, "selection/results/round.html", context)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Open results of one round (?round=R3) or of all."""
    code = request.GET.get("round", "")
    round_ = rounds_selectors.public_round_by_code(code, request.user) if code else None
    found = selectors.results_of(round_)
    context = {
        "round": round_,
        "rounds": rounds_selectors.rounds_in_calendar(),
        "results": found,
        "figures": seat_figures(found) if found.whole.selected else (),
        "numbers": selectors.open_numbers(),
        "seats_back": offers_overview.reasons_in_public(round_),
        "appeals": appeals_selectors.counts_of(round_),
    }
    return render(request, "selection/results/results.html", context)


@require_safe
def results_csv(request: HttpRequest) -> HttpResponse:
    """The lines of the page, for each round by province and by sector; English names, since machines read it."""
    day = timezone.localdate().isoformat()
    corners = selectors.corners_of()
    by_province = [
        (number, PROVINCES[code].name if code else OTHERS_IN_CSV, ALL_IN_CSV, tally)
        for number, lines in selectors.lines_by_round(corners, 1).items()
        for code, tally in lines.items()
    ]
    by_sector = [
        (number, ALL_IN_CSV, SECTORS[code].name if code else OTHERS_IN_CSV, tally)
        for number, lines in selectors.lines_by_round(corners, 2).items()
        for code, tally in lines.items()
    ]
    rows = [
        (
            f"R{number}",
            province,
            sector,
            tally.submitted,
            tally.selected,
            tally.waitlisted,
            tally.declined,
            tally.waiting,
            day,
        )
        for number, province, sector, tally in sorted(by_province + by_sector, key=lambda row: row[:3])
    ]
    response = HttpResponse(as_csv(CSV_HEAD, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tdap-results-{day}.csv"'
    return response


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "web/privacy.html")


def seat_figures(results: selectors.Results) -> tuple[ChartFigure, ChartFigure]:
    """Where the seats went, by province on the map and by sector as bars."""
    source = _("TDAP portal, %(day)s.") % {"day": day_words(timezone.localdate())}
    most = max(line.tally.selected for line in results.by_province)
    seats = {line.code: line.tally for line in results.by_province}
    tiles = {}
    for code in PROVINCES:
        tally = seats.get(code, FileCounts())
        share = tally.selected / most if most else 0
        note = _("of %(number)d") % {"number": tally.submitted} if tally.submitted else _("of 0 to 4")
        tiles[code] = Tile(
            province_name(code), code[3:], round(5 * share), str(tally.selected) if tally.submitted else "–", note
        )
    lines = sorted(results.by_sector, key=lambda line: -line.tally.selected)
    bars = tuple(
        Bar(
            sector_name(line.code) or _("Others, and fewer than 5"),
            line.tally.selected,
            note=_("of %(number)d") % {"number": line.tally.submitted},
        )
        for line in lines
    )
    best = bars[0].label
    return (
        ChartFigure(
            _("Seats by province and area"),
            _("Firms selected, of firms that applied"),
            source,
            TileMap((_("Province or area"), _("Selected"), _("Applied")), tiles),
        ),
        ChartFigure(
            _("Most seats went to: %(sector)s") % {"sector": best},
            _("Firms selected, of firms that applied"),
            source,
            Bars((_("Sector"), _("Selected")), bars),
        ),
    )


def track_names(tracks: list[str]) -> list[str]:
    return [str(TRACK_LABELS[track]) for track in TRACK_LABELS if track in tracks]


def hs_words(code: str) -> str:
    """The HS headings of a sector for its tile, chapters in a row joined: "HS 50-56, 58-63"; for services a word."""
    sector = SECTORS[code]
    if not sector.hs_prefixes:
        return _("Services")
    runs: list[list[str]] = []
    for prefix in sorted(sector.hs_prefixes):
        if runs and len(runs[-1][-1]) == len(prefix) and int(prefix) == int(runs[-1][-1]) + 1:
            runs[-1].append(prefix)
        else:
            runs.append([prefix])
    shown = [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:3]]
    return "HS " + ", ".join(shown) + (" …" if len(runs) > 3 else "")
