"""The rows of a partner's table, each read as a nomination or refused with the cell and the reason in words. Pure.

Nothing is guessed: a number that a spreadsheet has shortened is never filled up again, a zero that may be missing is asked for,
and a cell that is empty because of an error is told apart from one that was left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from smes.vocabulary import identifiers
from smes.vocabulary.identifiers import IdentifierError, ntn_key, plain_digits
from smes.vocabulary.places import CITIES
from tdap_portal.core.folding import fold
from tdap_portal.core.marks import gettext_noop as _
from tdap_portal.core.sheet import MAX_CELL, cell_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tdap_portal.core.sheet import Row


class Field(StrEnum):
    """What a column can be."""

    FIRM = "firm"
    NTN = "ntn"
    CNIC = "cnic"
    MOBILE = "mobile"
    EMAIL = "email"
    CITY = "city"
    DISTRICT = "district"
    SECTOR = "sector"
    WOMEN_LED = "women_led"
    IBAN = "iban"


HEADINGS = {  # as partners write them, folded and without signs
    Field.FIRM: ("firm", "firm name", "name of firm", "name of the firm", "company", "company name", "business", "business name", "name",
                 "فرم", "فرم کا نام", "کمپنی", "کمپنی کا نام", "نام"),
    Field.NTN: ("ntn", "ntn no", "ntn number", "tax number", "national tax number", "این ٹی این", "ٹیکس نمبر"),
    Field.CNIC: ("cnic", "cnic no", "cnic number", "id card", "identity card", "شناختی کارڈ", "شناختی کارڈ نمبر"),
    Field.MOBILE: ("mobile", "mobile no", "mobile number", "cell", "cell no", "cell number", "phone", "phone no", "contact",
                   "contact no", "whatsapp", "موبائل", "موبائل نمبر", "فون", "فون نمبر"),
    Field.EMAIL: ("email", "e mail", "email address", "mail", "ای میل"),
    Field.CITY: ("city", "town", "place", "شہر"),
    Field.DISTRICT: ("district", "tehsil", "ضلع"),
    Field.SECTOR: ("sector", "line of business", "business line", "industry", "trade", "شعبہ", "کاروبار"),
    Field.WOMEN_LED: ("women led", "woman led", "led by women", "women owned", "خواتین کی فرم", "خواتین کی سربراہی"),
    Field.IBAN: ("iban", "bank account", "account", "آئی بی اے این", "بینک اکاؤنٹ"),
}  # fmt: skip
NOT_TOLD = frozenset({"-", "--", "–", "—", "n/a", "na", "nil", "none"})
ERRORS = frozenset({"#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#####"})
YES = frozenset({"yes", "y", "true", "1", "ہاں", "جی ہاں", "جی"})
NO = frozenset({"no", "n", "false", "0", "نہیں", "جی نہیں"})
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
SHORTENED = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
MAX_LENGTH = {Field.FIRM: 200, Field.CITY: 80, Field.DISTRICT: 80, Field.EMAIL: 254}
LIKE_ENOUGH = 50  # of 100, for a sector that may be meant
MAX_OPTIONS = 4


class Status(StrEnum):
    """What can become of a row."""

    GOOD = "good"
    WRONG = "wrong"  # to be put right
    TWICE = "twice"  # the same firm stands in an earlier row
    REST = "rest"  # nothing to do: this partner has nominated the firm already, or cannot nominate it
    HIDDEN = "hidden"  # its sender did not see it; taken only after a tick
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a cell cannot be taken. name: of its field. cell: "C7", "" in a form. text: English, filled from data. options: what may be meant."""

    name: str
    code: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    cell: str = ""
    options: tuple[str, ...] = ()


@dataclass(slots=True)
class Checked:
    """A row as it was read. values: by field, in the one form that is stored; texts: as it was written. notes: by field, the
    cell that a value was merged with. standing: of this partner's own nomination, where that is why there is nothing to do."""

    number: int
    texts: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    status: Status = Status.GOOD
    standing: str = ""
    keys: tuple[str, ...] = ()

    @property
    def by_field(self) -> dict[str, Finding]:
        """The first finding of each cell."""
        return {found.name: found for found in reversed(self.findings)}


@dataclass(frozen=True, slots=True)
class Known:
    """What the checks may know: of the partner itself and of its own nominations, never of anybody else's.

    own: where its nominations of this round stand and by which tax number, by key; those that may be made again are not in
    it. itself: keys of its people. organisations: folded names of partners, which nominate and are not nominated. sectors: codes by folded name.
    """

    own: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    itself: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    sectors: Mapping[str, str] = field(default_factory=dict)


# ------------------------------------------------------------------------------------------------------------ columns


def plain_heading(text: str) -> str:
    """A heading as it is compared: without capitals, signs and what is not seen."""
    return " ".join(re.findall(r"\w+", fold(text).replace("_", " ")))


_FIELDS = {plain_heading(name): code for code, names in HEADINGS.items() for name in names}


def guess_mapping(head: Sequence[str], remembered: Mapping[str, str] | None = None) -> dict[str, int]:
    """The columns (from 0) of the fields, as this partner said the last time, else as headings are usually written.

    A field that two headings claim gets none: its partner has to say which. remembered: fields by plain heading.
    """
    claims: dict[str, list[int]] = {}
    for column, heading in enumerate(head):
        plain = plain_heading(heading)
        if name := (remembered or {}).get(plain) or _FIELDS.get(plain):
            claims.setdefault(str(name), []).append(column)
    return {name: columns[0] for name, columns in claims.items() if len(columns) == 1}


def is_usable(mapping: Mapping[str, int]) -> bool:
    """Whether rows can be read: the firm's name, and where to ask it."""
    return Field.FIRM in mapping and (Field.MOBILE in mapping or Field.EMAIL in mapping)


# --------------------------------------------------------------------------------------------------------------- rows


def check_rows(rows: Iterable[Row], mapping: Mapping[str, int], known: Known, *, taken: Iterable[int] = (),
               ticked: Iterable[int] = (), width: int = 0) -> list[Checked]:  # fmt: skip
    """Each row as it can be taken. taken, ticked: numbers of rows that became nominations, and of hidden ones that may.

    width: number of headings; a row with something behind them is refused. 0: not looked at.
    """
    done, allowed = frozenset(taken), frozenset(ticked)
    found = [check_row(row, mapping, known, width=width) for row in rows]
    hidden = {row.number for row in rows if row.is_hidden} - allowed
    first: dict[str, Checked] = {}
    for each in found:
        if each.number in done:
            each.status, each.findings = Status.TAKEN, []
        elif each.number in hidden:
            each.status = Status.HIDDEN
            continue
        _compare(each, first)
    return found


def check_row(row: Row, mapping: Mapping[str, int], known: Known, *, width: int = 0) -> Checked:
    """One row by itself."""
    cells = row.cells
    each = Checked(row.number, {name: cells[at] if at < len(cells) else "" for name, at in mapping.items()})
    for name, at in sorted(mapping.items(), key=lambda pair: pair[1]):  # a database keeps no order of a mapping
        mark = row.marks.get(at)
        if mark and mark[0] == "merged":
            each.notes[name] = mark[1]
            mark = None
        try:
            value = _value(name, each.texts[name], mark, known)
        except _Wrong as wrong:
            each.findings.append(
                Finding(name, wrong.code, wrong.text, wrong.data, cell_name(row.number, at), wrong.options)
            )
        else:
            each.values[name] = value
    if width and any(cells[width:]):
        each.findings.append(Finding(Field.FIRM, "row_longer", _("This row has more cells than there are headings."),
                                     cell=cell_name(row.number, width)))  # fmt: skip
    each.keys = keys_of(each.values)
    _contact(each, mapping, row.number)
    each.status = Status.WRONG if each.findings else Status.GOOD
    _known(each, known)
    return each


def keys_of(values: Mapping[str, str]) -> tuple[str, ...]:
    """What a nominee is recognised by: its tax number, or the address where it is asked."""
    keys = []
    if ntn := values.get(Field.NTN):
        keys.append(f"ntn:{ntn_key(ntn)}")
    keys += [f"{name}:{values[name]}" for name in (Field.MOBILE, Field.EMAIL) if values.get(name)]
    return tuple(keys)


def _contact(each: Checked, mapping: Mapping[str, int], number: int) -> None:
    wrong = {found.name for found in each.findings}
    if each.values.get(Field.MOBILE) or each.values.get(Field.EMAIL) or wrong & {Field.MOBILE, Field.EMAIL}:
        return
    name = Field.MOBILE if Field.MOBILE in mapping else Field.EMAIL
    text = _("Write a mobile number or an e-mail address: the firm is asked there.")
    each.findings.append(Finding(name, "no_contact", text, cell=cell_name(number, mapping.get(name, 0))))


def _known(each: Checked, known: Known) -> None:
    name = _folded(each.values.get(Field.FIRM, "")) if known.organisations else ""
    if known.itself.intersection(each.keys) or name in known.organisations:
        each.status, each.standing = Status.REST, "itself"
        return
    ntn = ntn_key(each.values.get(Field.NTN, ""))
    for key in each.keys:
        standing, other_ntn = known.own.get(key, ("", ""))
        if standing and not (ntn and other_ntn and ntn != other_ntn):  # two firms of one owner
            each.status, each.standing = Status.REST, standing
            return


def _compare(each: Checked, first: dict[str, Checked]) -> None:
    """Whether an earlier row is about the same firm. Two firms of one owner may share a mobile, not a tax number."""
    for key in each.keys:
        other = first.setdefault(key, each)
        if other is each or each.status in {Status.REST, Status.TAKEN}:
            continue
        kind = key.partition(":")[0]
        if kind != "ntn" and each.values.get(Field.NTN) and other.values.get(Field.NTN):
            continue
        text = {
            "ntn": _("The same NTN as row %(row)d: keep one."),
            "mobile": _("The same mobile number as row %(row)d and no other NTN: keep one."),
            "email": _("The same e-mail address as row %(row)d and no other NTN: keep one."),
        }[kind]
        each.findings.append(Finding(kind, "twice", text, {"row": other.number}))
        each.status = Status.TWICE
        return


# -------------------------------------------------------------------------------------------------------------- cells


class _Wrong(Exception):  # a cell, not a fault
    def __init__(self, code: str, text: str, *, options: Sequence[str] = (), **data: object) -> None:
        super().__init__(code)
        self.code, self.text, self.options, self.data = code, text, tuple(options), data


def _value(name: str, text: str, mark: tuple[str, str] | None, known: Known) -> str:
    """The value of a cell in the form that is stored; "" where it was left out. Raises _Wrong."""
    _require_readable(name, text, mark)
    if text.casefold() in NOT_TOLD:
        text = ""
    if not text:
        if name == Field.FIRM:
            raise _Wrong("no_name", _("Write the name of the firm."))
        return ""
    if name != Field.MOBILE and text.startswith(FORMULA_STARTS):
        raise _Wrong(
            "formula", _("Begins with “%(sign)s”: it is read as text. Write what should stand here."), sign=text[0]
        )
    if len(text) >= min(MAX_CELL, MAX_LENGTH.get(Field(name), MAX_CELL) + 1):
        raise _Wrong(
            "too_long",
            _("This is too long: at most %(limit)d characters."),
            limit=MAX_LENGTH.get(Field(name), MAX_CELL - 1),
        )
    if name in _READERS:
        try:
            return _READERS[name](_without_point(text))
        except IdentifierError as wrong:
            raise _Wrong(wrong.code, wrong.text, **wrong.data) from None
    if name == Field.SECTOR:
        return _sector(text, known.sectors)
    return _WORDS[name](text)


def _require_readable(name: str, text: str, mark: tuple[str, str] | None) -> None:
    kind = mark[0] if mark else ""
    if kind == "error" or text.casefold() in ERRORS:
        raise _Wrong("error_cell", _("The cell holds the error %(error)s. Write the value."), error=text or "?")
    if kind == "formula":
        raise _Wrong(
            "formula_empty",
            _("A formula without a result: open and save the file in Excel, or type the value."),
        )
    if kind == "date":
        raise _Wrong("date", _("The spreadsheet has made a date of this: format the column as text and type it again."))
    if kind == "digits" or (name in _READERS and SHORTENED.fullmatch(text)):
        raise _Wrong("shortened", _("Shortened by the spreadsheet: format the column as text and type it again."))


def _without_point(text: str) -> str:
    """3001234506.0 is how a program writes the number 3001234506."""
    return re.sub(r"^([0-9]+)\.0+$", r"\1", text)


_folded = lru_cache(maxsize=4096)(fold)  # the same words stand in many rows


def _digits(text: str) -> str:
    return text if text.isascii() else plain_digits(text)


def _ntn(text: str) -> str:
    plain = re.sub(r"[\s-]", "", _digits(text))
    if re.fullmatch(r"[0-9]{6}", plain):
        raise _Wrong(
            "ntn_zero", _("6 digits: is a 0 missing in front? Write all 7, with a check digit if there is one.")
        )
    if re.fullmatch(r"[0-9]{1,5}", plain):
        raise _Wrong("ntn_short", _("%(found)d digits: write 7 and a check digit."), found=len(plain))
    return identifiers.parse_ntn(text)


def _mobile(text: str) -> str:
    """As identifiers.parse_mobile, in a twentieth of the time for numbers as they are usually written."""
    usual = re.fullmatch(r"(?:\+?92|0092|0)?(3[0-9]{2})([0-9]{7})", re.sub(r"[\s().-]", "", _digits(text)))
    return f"+92{usual[1]}{usual[2]}" if usual and _is_mobile_code(usual[1]) else identifiers.parse_mobile(text)


@lru_cache(maxsize=1000)
def _is_mobile_code(code: str) -> bool:
    """Whether numbers with these three digits are given out as mobile numbers."""
    try:
        return bool(identifiers.parse_mobile(f"0{code}1234567"))
    except IdentifierError:
        return False


def _firm(text: str) -> str:
    if not re.search(r"[^\W\d_]", text):
        raise _Wrong("name_form", _("A firm's name has letters."))
    return " ".join(text.split())


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s.,;<>\"]{2,}", text):
        raise _Wrong("email_form", _("Write one e-mail address, like firm@example.pk."))
    return text.casefold()


_CITY_BY_NAME = {fold(name): city.name for city in CITIES.values() for name in (city.name, city.name_ur)}


@lru_cache(maxsize=10_000)
def _city(text: str) -> str:
    """A town of the list by its name in English or Urdu, also "Sialkot, Punjab"; any other town as it was written."""
    plain = fold(text)
    found = _CITY_BY_NAME.get(plain) or _CITY_BY_NAME.get(plain.partition(",")[0].strip())
    if found:
        return found
    begun = sorted({city for name, city in _CITY_BY_NAME.items() if len(plain) > 2 and name.startswith(plain)})
    if begun:
        raise _Wrong(
            "city_which", _("“%(written)s” may be more than one town: which?"), options=begun, written=text[:40]
        )
    return " ".join(text.split())


def _sector(text: str, sectors: Mapping[str, str]) -> str:
    plain = _folded(text)
    if found := sectors.get(plain):
        return found
    words = set(plain.split())
    inside = {code for name, code in sectors.items() if words <= set(name.split())}
    if len(inside) == 1:
        return inside.pop()
    near = process.extract(plain, list(sectors), scorer=fuzz.WRatio, score_cutoff=LIKE_ENOUGH, limit=2 * MAX_OPTIONS)
    options = list(dict.fromkeys([*sorted(inside), *(sectors[name] for name, _score, _at in near)]))[:MAX_OPTIONS]
    if inside:
        raise _Wrong(
            "sector_which", _("“%(written)s” may be more than one sector: which?"), options=options, written=text[:40]
        )
    raise _Wrong(
        "sector_unknown",
        _("“%(written)s” is no sector of the programme: choose one."),
        options=options,
        written=text[:40],
    )


def _yes_or_no(text: str) -> str:
    plain = _folded(text)
    if plain in YES or plain in NO:
        return "yes" if plain in YES else "no"
    raise _Wrong("yes_no", _("Write yes or no."))


def _as_written(text: str) -> str:
    return " ".join(text.split())


_READERS: dict[str, Callable[[str], str]] = {
    Field.NTN: _ntn,
    Field.CNIC: identifiers.parse_cnic,
    Field.MOBILE: _mobile,
    Field.IBAN: identifiers.parse_iban,
}
_WORDS: dict[str, Callable[[str], str]] = {
    Field.FIRM: _firm,
    Field.EMAIL: _email,
    Field.CITY: _city,
    Field.DISTRICT: _as_written,
    Field.WOMEN_LED: _yes_or_no,
}
