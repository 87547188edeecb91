"""Components: clocks, paths, pagers, icons, and that each says what it takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from tdap_portal.charts.bars import Bar, Bars
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.charts.lines import Line, Lines
from tdap_portal.charts.tiles import Strip
from tdap_portal.core.promise import PromiseClock
from tdap_portal.web.specimens import Page
from tdap_portal.web.templatetags import look
from tests.markup import flat

pytestmark = pytest.mark.unit

COMPONENTS = sorted((Path(settings.BASE_DIR) / "templates" / "components").glob("*.html"))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_says_first_what_it_is_for(path):
    assert path.read_text().startswith("{# ")


RUNNING = PromiseClock(of=5, used=2, due=date(2027, 3, 25), paused=False)
PAUSED = PromiseClock(of=5, used=2, due=None, paused=True)
LATE = PromiseClock(of=5, used=7, due=date(2027, 3, 15), paused=False)
LAST_DAY = PromiseClock(of=5, used=5, due=date(2027, 3, 15), paused=False)


@pytest.mark.parametrize(
    ("clock", "row"),
    [
        (RUNNING, ["is-used", "is-used", "is-today", "", ""]),
        (PAUSED, ["is-used", "is-used", "", "", ""]),
        (LATE, ["is-used"] * 5 + ["is-over"] * 2),
        (LAST_DAY, ["is-used"] * 5),
    ],
)
def test_a_clock_has_one_pip_a_working_day(clock, row):
    assert look.pips(clock) == row


@pytest.mark.parametrize(
    ("clock", "tone", "label", "says"),
    [
        (RUNNING, "tone-us", "2 of 5 working days used", "We answer by <strong>25 March 2027</strong>."),
        (
            PAUSED,
            "tone-rest",
            "2 of 5 working days used; the clock stands still",
            "The clock stands still while you answer.",
        ),
        (LATE, "tone-no", "5 of 5 working days used, and 2 over", "Late by 2 working days."),
        (LAST_DAY, "tone-you", "5 of 5 working days used", "We answer by <strong>15 March 2027</strong>."),
    ],
)
def test_a_clock_says_its_state_in_words_tone_and_label(clock, tone, label, says):
    html = flat(render_to_string("components/clock.html", {"clock": clock}))

    assert f'<div class="clock {tone}">' in html
    assert f'aria-label="{label}"' in html
    assert says in html


def test_a_clock_in_a_table_has_no_sentence():
    html = flat(render_to_string("components/clock.html", {"clock": RUNNING, "mini": True, "tone": "done"}))

    assert '<div class="clock clock--mini tone-done">' in html
    assert "clock__say" not in html


def test_the_present_step_of_a_path_is_marked_for_screen_readers():
    steps = [
        {"name": "Applied", "place": "done"},
        {"name": "Reviewed", "place": "now", "tone": "you", "asks": "One answer"},
    ]
    html = flat(render_to_string("components/path.html", {"steps": steps}))

    assert html.count('aria-current="step"') == 1
    assert 'class="path__step is-now tone-you" aria-current="step"' in html
    assert '<span class="state tone-you">One answer</span>' in html


@pytest.mark.parametrize(
    ("level", "dress"),
    [
        (constants.SUCCESS, '<div class="callout tone-done">'),
        (constants.INFO, '<div class="callout tone-us">'),
        (constants.WARNING, '<div class="callout tone-you">'),
        (constants.ERROR, '<div class="callout tone-no">'),
    ],
)
def test_what_the_last_act_did_wears_the_tone_of_its_level(level, dress):
    html = flat(render_to_string("components/messages.html", {"messages": [Message(level, "The file is with us.")]}))

    assert f"{dress}<p>The file is with us.</p></div>" in html


def test_what_is_for_the_browser_alone_is_shown_to_nobody():
    messages = [Message(constants.INFO, "letter-1", extra_tags="draft")]
    html = flat(render_to_string("components/messages.html", {"messages": messages}))

    assert '<span data-forget-draft="letter-1" hidden></span>' in html
    assert "callout" not in html


def page_of(previous, following):
    request = RequestFactory().get("/desk/?sector=rice&cursor=old")
    return flat(render_to_string("components/pager.html", {"page": Page(previous, following)}, request))


def test_the_pager_keeps_the_filters_and_replaces_the_cursor():
    html = page_of("before", "after")

    assert 'rel="prev" href="?sector=rice&amp;cursor=before"' in html
    assert 'rel="next" href="?sector=rice&amp;cursor=after"' in html


def test_the_pager_is_not_shown_where_one_page_holds_all():
    assert page_of(None, None) == ""


def test_arrows_turn_with_the_writing_and_other_icons_do_not():
    assert 'class="icon icon--way"' in look.icon("arrow-right")
    assert 'class="icon"' in look.icon("printer")
    assert 'aria-hidden="true"' in look.icon("printer")


def drawn(figure, extra=""):
    return flat(Template("{% chart figure " + extra + " %}").render(Context({"figure": figure})))


FIGURE = ChartFigure(
    "Germany leads",
    "Imports, in million USD",
    "UN Comtrade, 1 February 2027.",
    Bars(("Market", "Million USD"), (Bar("Germany", 40),)),
)


def test_a_chart_says_finding_unit_source_and_the_same_as_a_table():
    html = drawn(FIGURE)

    for words in (
        "<h2>Germany leads</h2>",
        "<p>Imports, in million USD</p>",
        "UN Comtrade, 1 February 2027.",
        "The same as a table",
    ):
        assert words in html
    assert '<th scope="row">Germany</th><td class="is-num">40</td>' in html


def test_a_chart_mirrors_on_an_urdu_page():
    half = ChartFigure("t", "s", "q", Bars(("Market", "Million USD"), (Bar("Germany", 40),), top=80))
    with translation.override("ur"):
        html = drawn(half)

    assert '<rect x="50%" y="20" width="50%" height="16" rx="2" class="f-green">' in html


def test_a_chart_has_a_key_only_where_parts_need_telling_apart():
    lines = (Line("World", (1, 2)), Line("Pakistan", (1, 1), "brick"))

    assert 'class="key"' not in drawn(FIGURE)
    assert '<line x1="0" x2="20" y1="6" y2="6" class="s-brick"/></svg> Pakistan</li>' in drawn(
        ChartFigure("t", "s", "q", Lines("Year", ("a", "b"), lines)), "3"
    )


def test_a_chart_that_is_a_table_has_no_twin():
    strip = Strip("Cohort", ("1",), (("C1", "", (1,)),), (1, 2, 3, 4))

    assert "The same as a table" not in drawn(ChartFigure("t", "s", "q", strip))
    assert "The same as a table" not in drawn(FIGURE, "2 False")


def test_filters_are_folded_until_one_is_in_force():
    from tdap_portal.web.specimens import SpecimenFilters

    request = RequestFactory().get("/desk/")
    folded, in_force = (
        flat(
            render_to_string(
                "components/filters.html", {"form": SpecimenFilters(), "name": "Filter", "active": active}, request
            )
        )
        for active in (0, 2)
    )

    assert '<details class="filters-fold no-print"><summary>Filters</summary>' in folded
    assert '<details class="filters-fold no-print" open><summary>Filters <b>2</b></summary>' in in_force
    assert 'href="/desk/">Clear</a>' in in_force


def test_a_score_bar_reaches_the_page():
    assert look.score_bar(5, 10, 20).startswith('<svg class="bar"')


def test_words_of_ours_that_begin_with_a_latin_name_are_read_from_the_right():
    with translation.override("ur"):
        texts = ["HACCP (خوراک)", "Noor (Pvt.) Ltd.", "PKR 12,500"]
        assert list(map(look.direction, texts)) == ["rtl", "auto", "auto"]
    with translation.override("en"):
        assert look.direction("HACCP (خوراک)") == "auto"
