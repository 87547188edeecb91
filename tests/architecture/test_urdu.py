"""The Urdu of the catalogue: one word for one thing, Urdu marks, and values that keep their own direction."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from bidi import get_display

from selection.engine import words
from selection.engine.card import Reason

CATALOGUE = Path(__file__).resolve().parents[2] / "locale" / "ur" / "LC_MESSAGES" / "django.po"
LETTER = r"[\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef]"
MARKS = re.compile("[\u2068\u2069]")
SMS = (
    "TDAP: ",
    "%(code)s is your code",
    "You already have an account in the TDAP portal. Sign in",
    "There is no account with this number in",
)
"""How the messages begin that go to old telephones, which draw a box for a mark of direction."""

# What must not come back, with a sentence in which it is found.
UNWANTED = {
    "the desk is جائزہ دفتر": (rf"(?<!{LETTER})ڈیسک(?!{LETTER})", "خط ڈیسک، کو"),
    "a reader is جائزہ افسر, a reading جائزہ": (rf"(?<!{LETTER})مطالع(?:ہ|ے|وں)(?!{LETTER})", "دوسرا مطالعہ کار"),
    "a track is زمرہ": (rf"(?<!{LETTER})درج(?:ہ|ے|وں)(?!{LETTER})", "عمومی درجہ"),
    "a training session is تربیتی سیشن": (r"تربیتی نشست", "10 تربیتی نشستیں"),
    "a frozen copy is سربمہر نقل": (r"محفوظ نقل", "محفوظ نقل دیکھیں"),
    "a vintage is نسخہ": (r"اشاعت", "اشاعت 2026-10"),
    "a state is کیفیت": (rf"(?<!{LETTER})حالت", "فائل کی حالت"),
    "a passkey is پاس کی (passkey)": ("پاس\u200cکی", "پاس\u200cکی بنائیں"),
    "a request for quotation is قیمت پوچھنے کی درخواست": (r"کوٹیشن|پوچھ گچھ", "کوٹیشن کی درخواست"),
    "a certificate is سرٹیفکیٹ": (rf"(?<!{LETTER})سند(?!{LETTER})", "تربیت اور سند"),
    "the firm withdraws; no gender of the reader": (r"لیتا/لیتی", "واپس لیتا/لیتی ہوں"),
    "a day is never کل, which is both tomorrow and yesterday": (r"(?:آخری تاریخ|باقی) کل", "آخری تاریخ کل"),
    "the median is درمیانی مدت": (r"اوسط \(میڈین\)", "اوسط (میڈین)"),
    "letters are Urdu's own": ("[يكةى]", "فرم كا"),
    "a Latin mark after an Urdu letter": (rf"{LETTER}\u2069?[,.;?](?=\s|$)", "پہلے, پھر"),
    "per cent is a word in a sentence": (r"%%|%(?![(%ds])", "15 % زیادہ"),
    "Latin quotation marks": (r"[“”]", "“نام”"),
}


def entries() -> list[tuple[str, str]]:
    """(English, Urdu) of every entry, each form of a plural by itself."""
    return [
        (entry.msgid, form)
        for entry in polib.pofile(str(CATALOGUE))
        for form in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
    ]


@pytest.mark.unit
@pytest.mark.parametrize("rule", UNWANTED)
def test_an_old_word_or_mark_does_not_come_back(rule):
    pattern, example = UNWANTED[rule]
    assert re.search(pattern, example), "the rule finds its own example"
    assert [urdu for _english, urdu in entries() if re.search(pattern, urdu)] == []


TEMPLATES = CATALOGUE.parents[3] / "templates"
LATIN_COMMA = re.compile(r'date:"[^"]*,|\|join:", ')


@pytest.mark.unit
def test_no_template_joins_days_hours_and_lists_with_a_latin_comma():
    found = {
        str(path.relative_to(TEMPLATES)): LATIN_COMMA.findall(path.read_text("utf-8"))
        for path in TEMPLATES.rglob("*.html")
    }
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert len(LATIN_COMMA.findall('{{ a|date:"j F Y, H:i" }} {{ b|join:", " }}')) == len("ab")


# Direction -----------------------------------------------------------------------------------------------------------
VALUES = {
    "firm": "Noor (Pvt.) Ltd.",
    "person": "A. Khan (Jr.)",
    "inviter": "A. Khan (Jr.)",
    "officer": "A. Khan (Jr.)",
    "file": "03-0412",
    "email": "1st+a@x.pk",
    "from_email": "1st+a@x.pk",
    "to_email": "2nd+a@x.pk",
    "deleted_email": "1st+a@x.pk",
    "phone": "0300 1234567",
    "ip": "10.0.0.1",
    "policy": "2026-1",
    "seal": "12-3a (b)",
    "source": "UN Comtrade, HS (2022).",
    "edition": "HS (2022).",
    "query": "ball (5).",
    "hs": "9506.62 (b).",
}
"""Values as they come, each of which stands turned round beside Urdu unless it is isolated."""
EXAMPLE = re.compile(
    r"(?<![\w.,:/=#-])(?:[+±-][0-9][0-9.,]*|[0-9]+(?:[-/][0-9]+)+|0[0-9]{2,3} [0-9]{6,8}|[0-9]+[ \u00a0](?:MB|KB|px))(?![\w/-])"
)
ISOLATED = re.compile("\u2068[^\u2069]*\u2069")


def seen(text: str) -> str:
    """The line as the eye sees it in an Urdu page, from left to right. `code` and <bdi> isolate, as theme.css says."""
    text = re.sub(r'<(?:\w+ class="code"[^>]*|bdi)>([^<]*)<', "\u2068\\1\u2069<", text)
    return MARKS.sub("", get_display(re.sub(r"</?\w[^>]*>", "", text), base_dir="R"))


def turned(text: str) -> list[str]:
    """The values and the examples of a sentence that the eye sees in another order than they were written."""
    names = [name for name in VALUES if f"%({name})s" in text]
    filled = re.sub(r"%\((\w+)\)[sd]", lambda found: VALUES.get(found[1], "8"), text).replace("%%", "%")
    plain = MARKS.sub("", re.sub(r"<[^>]*>", "", text))
    wanted = [*(VALUES[name] for name in names), *EXAMPLE.findall(plain)]
    return [value for value in wanted if value not in seen(filled)]


def pages_and_mails() -> list[str]:
    return [urdu for english, urdu in entries() if re.search(LETTER, urdu) and not english.startswith(SMS)]


@pytest.mark.unit
def test_names_numbers_and_examples_are_seen_in_their_order():
    assert {text: wrong for text in pages_and_mails() if (wrong := turned(text))} == {}


@pytest.mark.unit
def test_without_the_marks_they_are_seen_turned_round():
    marked = [text for text in pages_and_mails() if ISOLATED.search(text)]
    found = {value for text in marked for value in turned(MARKS.sub("", text))}
    assert {"Noor (Pvt.) Ltd.", "35202-1234567-1", "0300 1234567", "1234567-8", "2026-09"} <= found


@pytest.mark.unit
def test_a_short_message_holds_no_mark_of_direction():
    texts = [urdu for english, urdu in entries() if english.startswith(SMS)]
    assert len(texts) > len(SMS)
    assert [text for text in texts if re.search("[\u2066-\u2069\u200e\u200f\u00a0]", text)] == []


def urdu(text: str) -> str:
    return dict(entries())[text]


@pytest.mark.unit
def test_a_period_is_seen_from_its_first_month_on_the_right_to_its_last():
    months = words.period_in_words("2025-11 to 2026-10", urdu)
    assert MARKS.sub("", months) == "نومبر 2025 تا اکتوبر 2026"
    line = seen(Reason(words.FROM_FIGURE, {"source": "X", "period": "2025-11 to 2026-10", "vintage": "v"}).format(urdu))
    assert line.index("2026") < line.index("2025")


@pytest.mark.unit
@pytest.mark.parametrize("period", ["2019–2023", "2019–2021 (H5) to 2022–2024 (H6)"])
def test_the_years_of_a_period_are_seen_in_their_order(period):
    line = seen(Reason(words.FROM_FIGURE, {"source": "ماخذ", "period": period, "vintage": "v"}).format(urdu))
    assert all(side in line for side in period.split(" to "))


@pytest.mark.unit
def test_a_period_in_english():
    assert words.period_in_words("2025-11 to 2026-10") == "November 2025 to October 2026"
    assert words.period_in_words("2019–2023") == "2019–2023"
    assert words.period_in_words("2019–2021 (H5) to 2022–2024 (H6)") == "2019–2021 (H5) to 2022–2024 (H6)"
    assert words.period_in_words("") == ""
