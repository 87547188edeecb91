"""Invented things for the style page, one of each state, so that a developer sees every component as people will."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tdap_portal.charts.bars import Bar, Bars, Funnel, StackedBars
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.charts.histogram import Bin, Histogram, Mark
from tdap_portal.charts.lines import Line, Lines, Multiples, Small
from tdap_portal.charts.tiles import Strip, Tile, TileMap
from tdap_portal.core.promise import PromiseClock

COLOURS = ("green", "saf", "brick", "ink", "line", "sunk", "g1", "g2", "g3", "g4", "g5")
TONES = ("you", "us", "done", "no", "rest")
ICONS = (
    "arrow-right",
    "arrow-left",
    "document-text",
    "check",
    "clock",
    "printer",
    "magnifying-glass",
    "paper-clip",
    "envelope",
    "lock-closed",
)
SECTORS = (
    "textile", "sports_goods", "surgical_goods", "leather", "carpets", "rice", "seafood", "light_engineering", "furniture_decor", "personal_care",
    "ict", "fintech", "agritech", "unknown",
)  # fmt: skip


class SpecimenForm(forms.Form):
    """One field of each kind."""

    ntn = forms.RegexField(
        label=_("NTN, the tax number of the firm"),
        regex=r"^\d{7}-\d$",
        help_text=_("On your registration certificate, like 1234567-8."),
        error_messages={"invalid": _("Write 7 digits and a check digit.")},
    )
    city = forms.ChoiceField(label=_("City"), choices=[("SKT", _("Sialkot")), ("LHE", _("Lahore"))])
    price = forms.DecimalField(
        label=_("Your price for one ball, ex factory"), help_text=_("In PKR, without tax."), required=False
    )
    main = forms.ChoiceField(
        label=_("Which one is your main product?"),
        choices=[("950662", "9506.62"), ("420321", "4203.21")],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one. We compare your prices and markets by it.")},
    )
    channels = forms.MultipleChoiceField(
        label=_("Where do you sell today?"),
        choices=[("own", _("Own website")), ("b2b", _("A B2B platform"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label=_("What I wrote is true"), help_text=_("A wrong statement ends the application."))
    paper = forms.FileField(
        label=_("Chamber membership certificate"), help_text=_("PDF or photograph, up to 8 MB."), required=False
    )
    why = forms.CharField(
        label=_("Reason, in words the firm will read"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class SpecimenFilters(forms.Form):
    """The filters of a queue."""

    q = forms.CharField(label=_("Firm, file or HS"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    sector = forms.ChoiceField(
        label=_("Sector"), choices=[("", _("All")), ("sports_goods", _("Sports goods"))], required=False
    )
    province = forms.ChoiceField(label=_("Province"), choices=[("", _("All")), ("PK-PB", _("Punjab"))], required=False)


@dataclass(frozen=True, slots=True)
class Page:
    """Stands in for a keyset page."""

    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """Stands in for a message of the last act."""

    text: Any
    level_tag: str

    def __str__(self) -> str:
        return str(self.text)


def context() -> dict[str, Any]:
    """All that templates/web/style.html shows."""
    return {
        "colours": COLOURS,
        "tones": TONES,
        "icons": ICONS,
        "sectors": SECTORS,
        "clocks": CLOCKS,
        "path_steps": PATH_STEPS,
        "form_steps": FORM_STEPS,
        "tabs": TABS,
        "empty_form": SpecimenForm(prefix="new"),
        "wrong_form": SpecimenForm({"ntn": "42198", "city": "SKT"}),
        "filters_form": SpecimenFilters(),
        "picks": PICKS,
        "page": Page("previous", "next"),
        "said": [
            Said(_("Your answer is with us. The clock runs again."), constants.DEFAULT_TAGS[constants.SUCCESS]),
            Said(_("Your session ends in five minutes."), constants.DEFAULT_TAGS[constants.WARNING]),
        ],
        "saved_at": datetime(2027, 3, 16, 9, 32, tzinfo=UTC),
        "queue": QUEUE,
        "keys": KEYS,
        "parts": PARTS,
        "ways": WAYS,
        "sources": SOURCES,
        "facts": FACTS,
        "history": HISTORY,
        "figures": figures(),
    }


CLOCKS = {
    "running": PromiseClock(of=15, used=5, due=date(2027, 3, 25), paused=False),
    "due": PromiseClock(of=15, used=13, due=date(2027, 3, 18), paused=False),
    "paused": PromiseClock(of=15, used=8, due=None, paused=True),
    "late": PromiseClock(of=15, used=17, due=date(2027, 3, 15), paused=False),
    "fresh": PromiseClock(of=15, used=2, due=date(2027, 4, 5), paused=False),
}
PATH_STEPS = (
    {"name": _("Applied"), "when": _("26 February 2027, frozen copy kept"), "place": "done"},
    {"name": _("Being reviewed"), "when": _("You are here. Two officers read your file, each alone."), "place": "now", "tone": "you",
     "asks": _("One answer from you")},
    {"name": _("Decision and score receipt"), "when": _("by 26 March 2027 if you answer today"), "place": "next"},
)  # fmt: skip
FORM_STEPS = (
    {"label": _("Identity"), "url": "#", "note": _("complete"), "is_complete": True},
    {"label": _("What you make"), "url": "#", "note": _("2 to fix"), "is_current": True},
    {"label": _("Capacity"), "url": "#", "note": _("3 of 5")},
    {"label": _("Payments")},
)
TABS = (
    {"label": _("Mine"), "url": "#", "count": 14, "is_current": True},
    {"label": _("Late or due in 2 days"), "url": "#", "count": 4, "tone": "no"},
    {"label": _("Whole round"), "url": "#", "count": 212},
    {"label": _("Save this view"), "url": "#", "count": None},
)
PICKS = (
    {"value": "950662", "code": "9506.62", "title": _("Inflatable balls"), "also": _("Footballs, volleyballs, basketballs"),
     "where": _("Sports equipment › Balls"), "tag": _("Your sector: sports goods"), "is_chosen": True},
    {"value": "640319", "code": "6403.19", "title": _("Sports footwear, leather uppers"), "also": _("Football boots"),
     "where": _("Footwear › Sports footwear"), "tag": _("Another sector: leather goods"), "is_other": True},
)  # fmt: skip
QUEUE = (
    {
        "firm": "Multan Blue Pottery",
        "file": "R3-0436",
        "score": "68.2",
        "age": _("Fresh"),
        "tone": "done",
        "clock": CLOCKS["fresh"],
    },
    {
        "firm": "Attock Surgico",
        "file": "R3-0415",
        "score": "74.5",
        "age": _("On time"),
        "tone": "us",
        "clock": CLOCKS["running"],
        "is_current": True,
    },
    {
        "firm": "Chenab Carpets",
        "file": "R3-0401",
        "score": "69.0",
        "age": _("Due in 2 days"),
        "tone": "you",
        "clock": CLOCKS["due"],
    },
    {
        "firm": "Bannu Honey House",
        "file": "R3-0377",
        "score": "58.4",
        "age": _("Late by 2 days"),
        "tone": "no",
        "clock": CLOCKS["late"],
    },
    {
        "firm": "Noor Sports Works",
        "file": "R3-0412",
        "score": "63.2",
        "age": _("Stopped"),
        "tone": "rest",
        "clock": CLOCKS["paused"],
    },
)
KEYS = (
    {"keys": ("J", "K"), "does": _("next, previous file")},
    {"keys": ("Enter",), "does": _("open")},
    {"keys": ("/",), "does": _("search")},
    {"keys": ("Esc",), "does": _("close the panel")},
)
PARTS = (
    {"name": _("Demand in markets"), "reason": _("World imports of HS 9506.62 grew 6.1 % a year, 2021 to 2025"), "points": Decimal("16.4"), "of": 20},
    {"name": _("Price edge"), "reason": _("No figure for this market: judged neutral, half the weight"), "points": Decimal("5.0"), "of": 10,
     "is_neutral": True},
    {"name": _("Certifications"), "reason": _("ISO 9001 expired on 14 January 2027"), "points": Decimal("9.0"), "of": 15},
)  # fmt: skip
WAYS = (
    {"gain": "2.4", "title": _("Put ten products in an online catalogue"), "text": _("Photograph, name, size, price and delivery time for each."),
     "cost": "PKR 0", "time": _("about 2 days"), "is_enough": True},
    {"gain": "3.0", "title": _("Renew ISO 9001"), "text": _("It ran out on 14 January."), "cost": "PKR 185,000", "time": _("about 8 weeks")},
)  # fmt: skip
SOURCES = (
    {"text": _("Your application of 26 February 2027, frozen.")},
    {
        "text": _("Platform: industry analysis, 4th quarter of 2026, received 20 January 2027."),
        "stale": _("2 months old at decision"),
    },
)
FACTS = (
    {"says": _("median from application to answer"), "value": 11, "unit": _("working days")},
    {"says": _("of seats went to women-led firms"), "value": 31, "unit": "%"},
    {
        "says": _("Figures from 2025, newer ones failed their check"),
        "value": "USD 4.2",
        "unit": _("million"),
        "stale": _("Stale since 1 March"),
    },
)
HISTORY = (
    {"says": _("Submitted"), "at": datetime(2027, 2, 19, 6, 0, tzinfo=UTC)},
    {"says": _("Assigned"), "at": datetime(2027, 2, 25, 6, 0, tzinfo=UTC), "who": "Ayesha Karim"},
)


def figures() -> tuple[ChartFigure, ...]:
    """One figure of each kind of drawing."""
    made_up = gettext("Invented figures, 16 March 2027.")
    curve = (0, 4, 9, 20, 40, 56, 67, 72, 74)
    whole = (0, 5, 12, 20, 28, 36, 44, 49, 53)
    counts = (1, 2, 4, 6, 9, 11, 13, 14, 12, 9, 6, 10, 9, 8, 5, 3, 2, 1)
    return (
        ChartFigure(
            gettext("Nearly half of the certified firms have no shop yet"),
            gettext("Firms that reached each step, and per cent of the selected"),
            made_up,
            Funnel(
                (gettext("Step"), gettext("Firms"), gettext("per cent of selected")),
                (
                    (gettext("Selected"), 240),
                    (gettext("Certified"), 181),
                    (gettext("Shop live"), 96),
                    (gettext("First order"), 41),
                ),
            ),
        ),
        ChartFigure(
            gettext("Islamabad leads; Sindh and Balochistan are behind"),
            gettext("Firms with a live shop, in per cent of firms selected"),
            made_up,
            TileMap(
                (gettext("Province or area"), gettext("Shop live"), gettext("Of")),
                {
                    "PK-KP": Tile(gettext("Khyber Pakhtunkhwa"), "KP", 5, "48 %", gettext("15 of 31")),
                    "PK-GB": Tile(gettext("Gilgit-Baltistan"), "GB", 5, "50 %", gettext("3 of 6")),
                    "PK-IS": Tile(gettext("Islamabad"), "IS", 5, "55 %", gettext("12 of 22")),
                    "PK-JK": Tile(gettext("Azad Jammu and Kashmir"), "JK", 2, "20 %", gettext("1 of 5")),
                    "PK-PB": Tile(gettext("Punjab"), "PB", 4, "44 %", gettext("49 of 112")),
                    "PK-BA": Tile(gettext("Balochistan"), "BA", 0, "–", gettext("no firm yet")),
                    "PK-SD": Tile(gettext("Sindh"), "SD", 3, "25 %", gettext("14 of 55")),
                },
            ),
        ),
        ChartFigure(
            gettext("Place 68 of 212; the 60 seats ended at 66.0 points"),
            gettext("Firms by score, in points of 100. Green bars were offered a seat; your bar is saffron."),
            made_up,
            Histogram(
                (gettext("Points"), gettext("Firms")),
                tuple(
                    Bin(44 + 2 * n, 46 + 2 * n, count, "green" if n > 10 else "saffron" if n == 9 else "line")
                    for n, count in enumerate(counts)
                ),
                axis=(44, 50, 60, 70, 80),
                marks=(
                    Mark(Decimal("66.0"), gettext("the line: 66.0")),
                    Mark(Decimal("63.2"), gettext("you: 63.2"), before=True, dashed=False),
                ),
            ),
        ),
        ChartFigure(
            gettext("Attendance held in Sialkot; online it falls with every session"),
            gettext("Firms present, in per cent of firms enrolled, by session"),
            made_up,
            Strip(
                gettext("Cohort"),
                ("1", "2", "3", "4", "5", "6"),
                (
                    (gettext("Cohort 3"), gettext("Sialkot · 60"), (98, 97, 97, 95, 96, 94)),
                    (gettext("Cohort 4"), gettext("Online · 48"), (92, 88, 81, 76, 70, None)),
                ),
                cuts=(65, 75, 85, 92),
            ),
        ),
        ChartFigure(
            gettext("Sports goods opened shops first; seafood has few"),
            gettext("Firms with a live shop, in per cent of the sector's firms, month 0 to 8. Dashed: all firms."),
            made_up,
            Multiples(
                (gettext("Sector"), gettext("Shop live"), gettext("Of")),
                (
                    Small(gettext("Sports goods"), curve, "59 %", gettext("20 of 34")),
                    Small(gettext("Carpets and rugs"), whole, "52 %", gettext("11 of 21")),
                    Small(gettext("Seafood"), (0, 0, 2, 3, 5, 8, 9, 10, 12), "12 %", gettext("1 of 11"), bad=True),
                ),
                top=80,
                base=whole,
                level=50,
            ),
        ),
        ChartFigure(
            gettext("World demand grew every year but 2023"),
            gettext("Imports of inflatable balls, in million USD"),
            made_up,
            Lines(
                gettext("Year"),
                ("2020", "2021", "2022", "2023", "2024", "2025"),
                (
                    Line(gettext("World"), (820, 1010, 1180, 1090, 1240, 1310)),
                    Line(gettext("Pakistan"), (210, 240, 260, None, 290, 330), "brick"),
                ),
            ),
        ),
        ChartFigure(
            gettext("Germany asks most for what you make"),
            gettext("Imports from Pakistan, in million USD"),
            made_up,
            Bars(
                (gettext("Market"), gettext("Million USD")),
                (
                    Bar(gettext("Germany"), Decimal("48.2"), note=gettext("up 9 %")),
                    Bar(gettext("Spain"), Decimal("21.7")),
                    Bar(gettext("Japan"), Decimal("6.4"), tone="g3"),
                ),
            ),
        ),
        ChartFigure(
            gettext("Half of the proceeds still wait for the bank"),
            gettext("Export proceeds by state, in million PKR"),
            made_up,
            StackedBars(
                gettext("Sector"),
                ((gettext("Received"), "green"), (gettext("With the bank"), "g2"), (gettext("Overdue"), "brick")),
                ((gettext("Sports goods"), (42, 30, 4)), (gettext("Carpets"), (12, 20, 9))),
            ),
        ),
    )
