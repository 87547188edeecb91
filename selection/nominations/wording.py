"""Nominations in words: why a file or a cell cannot be taken, where a nomination stands, what a sheet comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from selection.states import NominationState, RoundState
from smes.vocabulary.places import PROVINCES
from smes.vocabulary.wording import city_name, province_name, say, sector_name, sectors_by_name
from tdap_portal.charts.drawing import Table
from tdap_portal.core.calendar import today, working_days_between
from tdap_portal.core.days import day_words
from tdap_portal.core.phones import national_form

from .checks import Field, Status
from .radar import who_to_ask
from .selectors import stage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from selection.models import Nomination, NominationSheet
    from tdap_portal.core.sheet import BadSheet

    from .checks import Checked, Finding
    from .radar import Cluster
    from .selectors import Places

FIELD_LABELS: dict[str, StrOrPromise] = {
    Field.FIRM: gettext_lazy("Firm"),
    Field.NTN: gettext_lazy("NTN"),
    Field.CNIC: gettext_lazy("CNIC"),
    Field.MOBILE: gettext_lazy("Mobile"),
    Field.EMAIL: gettext_lazy("E-mail address"),
    Field.CITY: gettext_lazy("City"),
    Field.DISTRICT: gettext_lazy("District"),
    Field.SECTOR: gettext_lazy("Sector"),
    Field.WOMEN_LED: gettext_lazy("Led by women"),
    Field.IBAN: gettext_lazy("IBAN"),
}
BAD_SHEETS: dict[str, StrOrPromise] = {
    "too_large": gettext_lazy("The file is larger than %(megabytes)d MB. Send it in parts."),
    "too_large_inside": gettext_lazy(
        "The file holds far more than a list of firms. Copy the list into a new file and send that."
    ),
    "too_many_rows": gettext_lazy("The file has more than %(limit)d rows. Send it in parts."),
    "too_many_columns": gettext_lazy("The file has more than %(limit)d columns. Keep those that describe the firms."),
    "not_a_table": gettext_lazy(
        "This is neither a CSV nor an Excel file (XLSX). Save the list in one of the two forms."
    ),
    "broken": gettext_lazy("The file is damaged or locked. Open it in your spreadsheet, save it anew and send that."),
    "no_sheet": gettext_lazy("The file has no sheet that can be seen."),
    "empty": gettext_lazy("There is no row below the headings."),
    "has_nul": gettext_lazy("The file holds characters that no list has. Save it anew as CSV in UTF-8, or as XLSX."),
    "bad_quotes": gettext_lazy(
        "A quotation mark in line %(line)d is never closed. Put it right and send the file again."
    ),
}
STANDING: dict[str, StrOrPromise] = {
    "itself": gettext_lazy("Your own people, or a partner: cannot be nominated"),
    NominationState.INVITED: gettext_lazy("Nominated by you already; nothing to do"),
    NominationState.AGREED: gettext_lazy("Nominated by you already and agreed; nothing to do"),
    NominationState.REFUSED: gettext_lazy("Said no to you in this round; is not asked again"),
}
STATUS: dict[str, tuple[StrOrPromise, str]] = {
    Status.GOOD: (gettext_lazy("Can go in"), "done"),
    Status.WRONG: (gettext_lazy("Put right"), "no"),
    Status.TWICE: (gettext_lazy("Twice in the file"), "no"),
    Status.REST: (gettext_lazy("Nothing to do"), "rest"),
    Status.HIDDEN: (gettext_lazy("Hidden in the sheet"), "rest"),
    Status.TAKEN: (gettext_lazy("Nominated"), "done"),
}
STAGES: dict[str, StrOrPromise] = {
    "applied": gettext_lazy("applied %(day)s"),
    "in_review": gettext_lazy("in review, applied %(day)s"),
    "decided": gettext_lazy("decided, applied %(day)s"),
    "seat": gettext_lazy("has accepted a seat"),
}
MAX_ASKED = 3
SHOWN_ROWS = 50
SHOWN_COLUMNS = (Field.FIRM, Field.NTN, Field.MOBILE, Field.CITY, Field.SECTOR)


def bad_sheet_words(bad: BadSheet) -> str:
    """Why a file cannot be read, in the language of whoever reads it."""
    return say(str(BAD_SHEETS[bad.code]), bad.data)


def finding_words(found: Finding) -> str:
    return say(found.text, found.data)


# ---------------------------------------------------------------------------------------------------------- dry run


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of a row that needs a look. wrong: why it is so, "" for a good one. options: of a list to choose from, (value,
    label); suggestions: for a text field. name: of the control. code: a number, written from the left."""

    label: StrOrPromise
    name: str
    text: str
    wrong: str = ""
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[tuple[str, str], ...] = ()
    is_code: bool = False

    @property
    def id(self) -> str:
        return f"r{self.name}"


@dataclass(frozen=True, slots=True)
class RowView:
    """A row that needs a look. says: its first finding with the cell, for the list on top."""

    number: int
    cells: tuple[CellView, ...]
    state: StrOrPromise
    tone: str
    says: str
    target: str


@dataclass(frozen=True, slots=True)
class SheetView:
    """A dry run. read: rows of the file; numbers of those that are good now, wrong, to be left, hidden and not ticked, taken.
    no_place: good ones beyond the places that are left."""

    rows: tuple[RowView, ...]
    columns: tuple[tuple[str, StrOrPromise], ...]
    read: int
    good: int
    wrong: int
    rest: int
    taken: int
    hidden: tuple[tuple[int, str, bool], ...]
    more: int
    no_place: int
    left_after: int
    good_numbers: str
    notes: tuple[str, ...]

    @property
    def to_look_at(self) -> int:
        return self.wrong + self.rest


def sheet_view(sheet: NominationSheet, checked: Sequence[Checked], places: Places) -> SheetView:
    """What the page of a sheet shows."""
    by_status: dict[Status, list[Checked]] = {status: [] for status in Status}
    for each in checked:
        by_status[each.status].append(each)
    wrong = sorted(by_status[Status.WRONG] + by_status[Status.TWICE], key=lambda each: each.number)
    look = wrong + by_status[Status.REST]
    columns = _columns(sheet.mapping, look[:SHOWN_ROWS])
    good = by_status[Status.GOOD]
    ticked = set(sheet.ticked)
    hidden = {row["n"] for row in sheet.rows if row.get("h")}
    return SheetView(
        rows=tuple(_row_view(each, columns) for each in look[:SHOWN_ROWS]),
        columns=tuple((name, FIELD_LABELS[name]) for name in columns),
        read=len(checked),
        good=min(len(good), places.left),
        wrong=len(wrong),
        rest=len(by_status[Status.REST]),
        taken=len(by_status[Status.TAKEN]),
        hidden=tuple(
            (each.number, each.texts.get(Field.FIRM, ""), each.number in ticked)
            for each in checked
            if each.number in hidden and each.status != Status.TAKEN
        ),
        more=max(0, len(look) - SHOWN_ROWS),
        no_place=max(0, len(good) - places.left),
        left_after=max(0, places.left - len(good)),
        good_numbers=ranges(each.number for each in good),
        notes=tuple(
            _("%(cell)s: “%(text)s”, merged with %(other)s.")
            % {"cell": f"{FIELD_LABELS[name]}, {each.number}", "text": each.texts[name], "other": other}
            for each in checked
            for name, other in each.notes.items()
        )[:SHOWN_ROWS],
    )


def _columns(mapping: Mapping[str, int], rows: Iterable[Checked]) -> list[str]:
    """The usual columns, and others in which one of these rows has something wrong."""
    wrong = {found.name for each in rows for found in each.findings}
    return [name for name in Field if name in mapping and (name in SHOWN_COLUMNS or name in wrong)]


def _row_view(each: Checked, columns: Iterable[str]) -> RowView:
    found = each.by_field
    state, tone = STATUS[each.status]
    if each.status == Status.REST:
        state = STANDING[each.standing]
    first = each.findings[0] if each.findings else None
    says = ""
    if first:
        place = f"{first.cell} {FIELD_LABELS[first.name]}".strip()
        says = _("Row %(row)d, %(cell)s: %(why)s") % {"row": each.number, "cell": place, "why": finding_words(first)}
    return RowView(
        each.number,
        tuple(_cell_view(each, name, found.get(name)) for name in columns),
        state,
        tone,
        says,
        f"r{each.number}-{first.name}" if first else "",
    )


def _cell_view(each: Checked, name: str, found: Finding | None) -> CellView:
    text, value = each.texts.get(name, ""), each.values.get(name, "")
    label = FIELD_LABELS[name]
    is_code = name in {Field.NTN, Field.CNIC, Field.MOBILE, Field.IBAN, Field.EMAIL}
    control = f"{each.number}-{name}"
    if found is None or each.status == Status.REST:
        shown = _SHOWN.get(name, str)(value) if value else text
        return CellView(label, control, shown, is_code=is_code)
    options: tuple[tuple[str, str], ...] = ()
    suggestions: tuple[tuple[str, str], ...] = ()
    if name == Field.SECTOR:
        near = [(code, sector_name(code)) for code in found.options]
        rest = [pair for pair in sectors_by_name() if pair[0] not in found.options]
        options = tuple((label, label) for _code, label in [*near, *rest])
    elif name == Field.CITY:
        suggestions = tuple((city, city_name(city)) for city in found.options)
    elif name == Field.WOMEN_LED:
        options = (("yes", _("yes")), ("no", _("no")))
    return CellView(label, control, text, finding_words(found), options, suggestions, is_code)


def _ntn_shown(ntn: str) -> str:
    return f"{ntn[:7]}-{ntn[7:]}" if len(ntn) == 8 else ntn


_SHOWN: dict[str, Callable[[str], str]] = {  # a stored value as people write it
    Field.CITY: city_name,
    Field.SECTOR: sector_name,
    Field.MOBILE: national_form,
    Field.NTN: _ntn_shown,
}


def ranges(numbers: Iterable[int]) -> str:
    """ "1–3, 5, 8–9" of rising numbers."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1] = [found[-1][0], number]
        else:
            found.append([number])
    return _(", ").join("–".join(map(str, dict.fromkeys(pair))) for pair in found)


# ----------------------------------------------------------------------------------------------------------- consent


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar. x, width: in per cent of it. fill: class of the theme."""

    name: str
    number: int
    x: str
    width: str
    fill: str


def bar(parts: Iterable[tuple[str, int, str]], whole: int) -> list[Segment]:
    """A bar of parts (name, number, fill), from the right on a page that is read from there."""
    begins, found = 0.0, []
    for name, number, fill in parts:
        width = 100 * number / whole if whole else 0
        x = 100 - begins - width if get_language_bidi() else begins
        found.append(Segment(name, number, f"{x:.2f}%", f"{width:.2f}%", fill))
        begins += width
    return found


def places_bar(places: Places, here: int = 0) -> list[Segment]:
    parts = [(_("%(number)d nominated before") % {"number": places.used}, places.used, "f-green")]
    if here:
        parts.append((_("%(number)d in this sheet") % {"number": here}, here, "f-g3"))
    left = max(0, places.left - here)
    parts.append((_("%(number)d left") % {"number": left}, left, "f-line"))
    return bar(parts, max(places.of, places.used))


def consent_bar(consent: Mapping[str, int]) -> list[Segment]:
    words = (
        (NominationState.AGREED, _("%(number)d agreed"), "f-green"),
        (NominationState.INVITED, _("%(number)d without an answer"), "f-saf"),
        (NominationState.REFUSED, _("%(number)d said no"), "f-brick"),
        (NominationState.LAPSED, _("%(number)d ran out"), "f-line"),
        (NominationState.WITHDRAWN, _("%(number)d taken back"), "f-line"),
    )
    parts = [
        (text % {"number": consent[state]}, consent[state], fill) for state, text, fill in words if consent.get(state)
    ]
    return bar(parts, sum(consent.values()))


@dataclass(frozen=True, slots=True)
class NomineeRow:
    """A line of the partner's list. may_take_back: the nomination can be withdrawn."""

    public_id: str
    firm: str
    nominated: str
    consent: str
    note: str
    tone: str
    may_take_back: bool


def nominee_rows(rows: Iterable[Nomination]) -> list[NomineeRow]:
    return [_nominee_row(row) for row in rows]


def _nominee_row(row: Nomination) -> NomineeRow:
    consent, note, tone = consent_words(row)
    open_states = (NominationState.INVITED, NominationState.AGREED)
    return NomineeRow(
        row.public_id,
        row.firm,
        _("nominated %(day)s") % {"day": day_words(row.created_at)},
        consent,
        note,
        tone,
        row.state in open_states and row.round.state == RoundState.OPEN and not row.was_submitted,  # type: ignore[attr-defined]  # with_stage
    )


def consent_words(row: Nomination) -> tuple[str, str, str]:
    """Where a nomination stands: words, a quiet line behind them, tone. row: with its stage."""
    answered = {"day": day_words(row.answered_at)} if row.answered_at else {"day": ""}
    if row.state == NominationState.AGREED:
        stage = stage_of(row)
        applied: Any = getattr(row, "applied_at", None)
        may_apply = row.round.state in (RoundState.PLANNED, RoundState.OPEN)
        nothing = _("has not applied yet") if may_apply else _("did not apply")
        note = str(STAGES[stage]) % {"day": day_words(applied)} if stage else nothing
        return _("Agreed %(day)s") % answered, note, "done"
    if row.state == NominationState.REFUSED:
        return _("Said no %(day)s") % answered, _("no reason asked"), "no"
    if row.state == NominationState.LAPSED:
        return _("Ran out %(day)s") % {"day": day_words(row.lapses_at)}, _("may be nominated again"), "rest"
    if row.state == NominationState.WITHDRAWN:
        return _("Nomination taken back"), _("its place stays used"), "rest"
    left = working_days_between(today(), timezone.localdate(row.lapses_at))
    words = ngettext("No answer, %(left)d working day left", "No answer, %(left)d working days left", left)
    note = _("reminded %(day)s; call them") % {"day": day_words(row.reminded_at)} if row.reminded_at else ""
    return words % {"left": left}, note, "you"


@dataclass(frozen=True, slots=True)
class RadarRow:
    """A cluster in words. ask: names of partners that may know firms there."""

    cluster: Cluster
    city: str
    province: str
    sector: str
    ask: tuple[str, ...]


def radar_rows(found: Iterable[Cluster], partners: Sequence[tuple[str, str]]) -> list[RadarRow]:
    return [
        RadarRow(
            row,
            city_name(row.city),
            province_name(row.province),
            sector_name(row.sector),
            tuple(who_to_ask(row.city, row.province, partners)[:MAX_ASKED]),
        )
        for row in found
    ]


def grid_table(grid: Mapping[str, Mapping[str, int]]) -> Table:
    """Sectors down, provinces across; a dash where nobody is."""
    provinces = list(PROVINCES)
    rows = [(sector_name(sector), *(str(line[code] or "–") for code in provinces)) for sector, line in grid.items()]
    return Table((_("Sector"), *(province_name(code) for code in provinces)), tuple(rows))


def place_words(row: Nomination) -> str:
    """Town and province of a nominee; "" where neither was told."""
    province = province_name(row.province) if row.province in PROVINCES else ""
    return " · ".join(filter(None, (city_name(row.city), province)))
