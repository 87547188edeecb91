"""The chart builder, checked on whole pictures: what is drawn, where, and what the table beside it says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tdap_portal.charts.bars import Bar, Bars, Funnel, StackedBars, bar_svg
from tdap_portal.charts.columns import Column, Columns
from tdap_portal.charts.drawing import Table, number_text, ticks
from tdap_portal.charts.histogram import Bin, Histogram, Mark
from tdap_portal.charts.lines import Line, Lines, Multiples, Small
from tdap_portal.charts.staircase import Flight, Stair, Staircase
from tdap_portal.charts.tiles import Strip, Tile, TileMap

pytestmark = pytest.mark.unit

START, END = "\u2068", "\u2069"  # the marks that keep a value in its own direction


@pytest.mark.parametrize(
    ("value", "said"), [(12841, "12,841"), (0, "0"), (Decimal("63.20"), "63.20"), (1234.56, "1,234.6"), (-5, "-5")]
)
def test_numbers_are_written_as_people_read_them(value, said):
    assert number_text(value) == said


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        (100, (0, 25, 50, 75, 100)),
        (1310, (0, 500, 1000, 1500)),
        (7, (0, 2, 4, 6, 8)),
        (0.3, (0, 0.1, 0.2, 0.3)),
        (1, (0, 0.25, 0.5, 0.75, 1)),
        (Decimal(36), (0, 10, 20, 30, 40)),
        (40_000_000, (0, 10_000_000, 20_000_000, 30_000_000, 40_000_000)),
    ],
)
def test_an_axis_has_round_steps_that_reach_the_top(top, expected):
    assert ticks(top) == expected


@pytest.mark.parametrize("top", [0, -1])
def test_an_axis_without_a_height_is_refused(top):
    with pytest.raises(ValueError, match="above 0"):
        ticks(top)


def test_bars_lie_below_their_names_and_share_one_scale():
    bars = Bars(
        ("Market", "Million USD"), (Bar("Germany", 40, note="up 9 %"), Bar("Japan", 10, shown="10.0", tone="g3"))
    )

    assert bars.svg("Who buys") == (
        '<svg height="92" role="img" aria-label="Who buys">'
        '<foreignObject y="0" width="100%" height="18"><div class="bar-words"><b dir="auto">Germany</b>'
        f"<span><b>{START}40{END}</b><small> · {START}up 9 %{END}</small></span></div></foreignObject>"
        '<rect x="0%" y="20" width="100%" height="16" rx="2" class="f-sunk"></rect>'
        '<rect x="0%" y="20" width="100%" height="16" rx="2" class="f-green"><title>Germany: 40</title></rect>'
        '<foreignObject y="50" width="100%" height="18"><div class="bar-words"><b dir="auto">Japan</b>'
        f"<span><b>{START}10.0{END}</b></span></div></foreignObject>"
        '<rect x="0%" y="70" width="100%" height="16" rx="2" class="f-sunk"></rect>'
        '<rect x="0%" y="70" width="25%" height="16" rx="2" class="f-g3"><title>Japan: 10.0</title></rect></svg>'
    )
    assert bars.table() == Table(("Market", "Million USD"), (("Germany", "40"), ("Japan", "10.0")))
    assert bars.legend() == ()


def test_bars_mirror_for_urdu():
    drawn = Bars(("Market", "Share"), (Bar("جرمنی", 25),), top=100).svg("Who buys", rtl=True)

    assert drawn == (
        '<svg height="42" role="img" aria-label="Who buys">'
        '<foreignObject y="0" width="100%" height="18"><div class="bar-words"><b dir="auto">جرمنی</b>'
        f"<span><b>{START}25{END}</b></span></div></foreignObject>"
        '<rect x="0%" y="20" width="100%" height="16" rx="2" class="f-sunk"></rect>'
        '<rect x="75%" y="20" width="25%" height="16" rx="2" class="f-green"><title>جرمنی: 25</title></rect></svg>'
    )


def test_words_of_a_chart_cannot_become_markup():
    evil = '"><script>alert(1)</script>&'

    drawings = (
        Bars(("a", "b"), (Bar(evil, 1, shown=evil, note=evil),)),
        Funnel(("a", "b", "c"), ((evil, 1),)),
        Histogram(("a", "b"), (Bin(0, 1, 1),), axis=(0,), marks=(Mark(0, evil),)),
        StackedBars("a", ((evil, "green"),), ((evil, (1,)),)),
        Lines("a", (evil, evil), (Line(evil, (1, 2)),)),
        Multiples(("a", "b", "c"), (Small(evil, (1, 2), evil, evil),), top=2),
        Strip(evil, (evil,), ((evil, evil, (1,)),), cuts=(1, 2, 3, 4)),
        TileMap(("a", "b", "c"), {"PK-PB": Tile(evil, evil, 1, evil, evil)}),
    )

    assert [drawing.svg(evil).count("<script") for drawing in drawings] == [0] * len(drawings)
    assert [drawing.svg(evil).count('"><script') for drawing in drawings] == [0] * len(drawings)


@pytest.mark.parametrize("drawing", [Bars(("a", "b"), ()), Funnel(("a", "b", "c"), ()), StackedBars("a", (), ())])
def test_an_empty_chart_is_an_empty_picture(drawing):
    assert drawing.svg("Nothing yet") == '<svg height="0" role="img" aria-label="Nothing yet"></svg>'
    assert drawing.table().rows == ()


def test_bars_of_nothing_have_no_length():
    assert 'width="0%" height="16" rx="2" class="f-green"' in Bars(("a", "b"), (Bar("x", 0),)).svg("n")


def test_a_bar_never_leaves_the_picture():
    drawn = Bars(("a", "b"), (Bar("over", 150), Bar("under", -5)), top=100).svg("n")

    assert drawn.count('width="100%" height="16" rx="2" class="f-green"') == 1
    assert drawn.count('width="0%" height="16" rx="2" class="f-green"') == 1


def test_a_funnel_tells_shares_of_the_first_step_and_marks_the_greatest_loss():
    funnel = Funnel(
        ("Step", "Firms", "%"), (("Selected", 240), ("Certified", 181), ("Shop live", 96), ("First order", 41))
    )

    assert funnel.shares() == (100, 75, 40, 17)
    assert funnel.worst() == 2
    assert funnel.table() == Table(
        ("Step", "Firms", "%"),
        (
            ("Selected", "240", "100"),
            ("Certified", "181", "75"),
            ("Shop live", "96", "40"),
            ("First order", "41", "17"),
        ),
    )
    drawn = funnel.svg("Where firms are lost")
    assert drawn.count("f-brick") == 1
    assert 'width="40%" height="16" rx="2" class="f-brick"><title>Shop live: 96</title>' in drawn
    assert f"{START}40 %{END}" in drawn


def test_a_funnel_in_which_nobody_is_lost_has_no_brick_step():
    funnel = Funnel(("Step", "Firms", "%"), (("Selected", 0), ("Certified", 0)))

    assert funnel.worst() is None
    assert funnel.shares() == (0, 0)
    assert "f-brick" not in funnel.svg("n")
    assert Funnel(("Step", "Firms", "%"), (("Selected", 5),)).worst() is None


HISTOGRAM = Histogram(
    ("Points", "Firms"),
    (Bin(0, 50, 2), Bin(50, 75, 0), Bin(75, 100, 4, "green")),
    axis=(0, 50, 100),
    marks=(Mark(Decimal("66.0"), "the line"), Mark(20, "you", before=True, dashed=False)),
)


def test_a_histogram_places_bars_marks_and_axis_by_value():
    assert HISTOGRAM.svg("Your place") == (
        '<svg height="140" role="img" aria-label="Your place">'
        '<rect x="3%" y="81" width="44%" height="31" rx="0" class="f-line"><title>0–50: 2</title></rect>'
        '<rect x="51.5%" y="112" width="22%" height="0" rx="0" class="f-line"><title>50–75: 0</title></rect>'
        '<rect x="76.5%" y="50" width="22%" height="62" rx="0" class="f-green"><title>75–100: 4</title></rect>'
        '<line x1="0%" x2="100%" y1="112" y2="112" class="s-strong"/>'
        '<line x1="66%" x2="66%" y1="14" y2="112" class="s-ink" stroke-dasharray="4 3"/>'
        '<text x="67%" y="24" class="t-b" text-anchor="start">the line</text>'
        '<line x1="20%" x2="20%" y1="34" y2="112" class="s-ink"/>'
        '<text x="19%" y="44" class="t-b" text-anchor="end">you</text>'
        '<text x="0%" y="130" class="t-q t-xs" text-anchor="start">0</text>'
        '<text x="50%" y="130" class="t-q t-xs" text-anchor="middle">50</text>'
        '<text x="100%" y="130" class="t-q t-xs" text-anchor="end">100</text></svg>'
    )


def test_a_histogram_mirrors_for_urdu():
    drawn = HISTOGRAM.svg("Your place", rtl=True)

    assert '<rect x="53%" y="81" width="44%" height="31"' in drawn
    assert '<line x1="34%" x2="34%" y1="14"' in drawn
    assert '<text x="33%" y="24" class="t-b" text-anchor="start">the line</text>' in drawn


def test_the_table_of_a_histogram_leaves_empty_steps_out():
    assert HISTOGRAM.table() == Table(("Points", "Firms"), (("0–50", "2"), ("75–100", "4")))


def test_a_histogram_of_nobody_is_flat():
    assert 'height="0"' in Histogram(("a", "b"), (Bin(0, 1, 0),), axis=()).svg("n")


def test_stacked_bars_stand_one_behind_the_other_on_one_scale():
    chart = StackedBars(
        "Sector", (("Received", "green"), ("Overdue", "brick")), (("Sports", (30, 10)), ("Carpets", (0, 20)))
    )

    drawn = chart.svg("Proceeds")
    assert (
        '<rect x="0%" y="20" width="75%" height="16" rx="0" class="f-green"><title>Sports, Received: 30</title></rect>'
        in drawn
    )
    assert (
        '<rect x="75%" y="20" width="25%" height="16" rx="0" class="f-brick"><title>Sports, Overdue: 10</title></rect>'
        in drawn
    )
    assert (
        '<rect x="0%" y="70" width="50%" height="16" rx="0" class="f-brick"><title>Carpets, Overdue: 20</title></rect>'
        in drawn
    )
    assert '<rect x="0%" y="20" width="25%" height="16" rx="0" class="f-brick">' in chart.svg("Proceeds", rtl=True)
    assert chart.legend() == (("Received", "f-green"), ("Overdue", "f-brick"))
    assert chart.table() == Table(("Sector", "Received", "Overdue"), (("Sports", "30", "10"), ("Carpets", "0", "20")))


LINES = Lines(
    "Year", ("2021", "2022", "2023"), (Line("World", (50, None, 100)), Line("Pakistan", (0, 25, 50), "brick"))
)


def test_a_line_breaks_where_there_is_no_figure():
    drawn = LINES.svg("Demand")

    assert '<circle cx="0.0%" cy="98.0" r="4" class="f-green"/>' in drawn  # alone: a line would say before and after
    assert '<circle cx="100.0%" cy="18.0" r="4" class="f-green"/>' in drawn
    assert drawn.count("<polyline") == 1
    assert '<polyline points="0.0,160.0 50.0,120.0 100.0,80.0" class="s-brick thin" fill="none"/>' in drawn
    assert '<text x="50%" y="196" class="t-q t-xs" text-anchor="middle">2022</text>' in drawn
    assert '<text x="0%" y="14" class="t-q t-xs" text-anchor="start">100</text>' in drawn


def test_lines_run_from_the_right_in_urdu():
    assert '<polyline points="100.0,160.0 50.0,120.0 0.0,80.0" class="s-brick thin"' in LINES.svg("Demand", rtl=True)
    assert '<circle cx="100.0%" cy="98.0"' in LINES.svg("Demand", rtl=True)


def test_the_table_of_lines_shows_a_dash_where_there_is_no_figure():
    assert LINES.table() == Table(
        ("Year", "World", "Pakistan"), (("2021", "50", "0"), ("2022", "–", "25"), ("2023", "100", "50"))
    )
    assert LINES.legend() == (("World", "s-green"), ("Pakistan", "s-brick"))


def test_a_single_line_needs_no_key_and_an_axis_stands_even_without_figures():
    unknown = Lines("Year", ("2021", "2022"), (Line("World", (None, None)),))

    assert unknown.legend() == ()
    assert "polyline" not in unknown.svg("n")
    assert ">1</text>" in unknown.svg("n")


def test_the_top_of_lines_can_be_set():
    assert ">200</text>" in Lines("Year", ("a", "b"), (Line("x", (1, 2)),), top=200).svg("n")


def test_small_multiples_share_scale_base_and_level():
    chart = Multiples(
        ("Sector", "Live", "Of"),
        (Small("Sports", (0, 40, 80), "59 %", "20 of 34"), Small("Seafood", (0, 0, 8), "0 %", bad=True)),
        top=80,
        base=(0, 20, 40),
        level=40,
    )

    drawn = chart.svg("Shops by sector")
    assert drawn.startswith('<ul class="mult" aria-label="Shops by sector"><li><h3>Sports</h3>')
    assert '<line x1="0" x2="100" y1="32.0" y2="32.0" class="s-line thin"/>' in drawn
    assert drawn.count('<polyline points="0.0,64.0 50.0,48.0 100.0,32.0" class="s-quiet thin"') == 2
    assert '<polyline points="0.0,64.0 50.0,32.0 100.0,0.0" class="s-green thin"' in drawn
    assert '<polyline points="0.0,64.0 50.0,64.0 100.0,57.6" class="s-brick thin"' in drawn
    assert f"<p><b>{START}59 %{END}</b> · {START}20 of 34{END}</p>" in drawn
    assert f"<p><b>{START}0 %{END}</b></p>" in drawn
    assert chart.table() == Table(("Sector", "Live", "Of"), (("Sports", "59 %", "20 of 34"), ("Seafood", "0 %", "")))


def test_small_multiples_need_neither_base_nor_level():
    drawn = Multiples(("a", "b", "c"), (Small("x", (1, 2), "2"),), top=2).svg("n")

    assert "s-quiet" not in drawn
    assert "s-line" not in drawn


def test_heat_grows_with_the_value_and_a_dash_is_still_to_come():
    strip = Strip("Cohort", ("1", "2"), (("Cohort 1", "Lahore", (97, None)),), cuts=(65, 75, 85, 92))

    assert [strip.heat(value) for value in (None, 0, 64.9, 65, 75, 85, 91, 92, 100)] == [0, 1, 1, 2, 3, 4, 4, 5, 5]
    assert strip.svg("Attendance") == (
        '<table class="strip"><caption class="visually-hidden">Attendance</caption><colgroup><col></colgroup><thead><tr>'
        '<th scope="col"><span class="visually-hidden">Cohort</span></th><th scope="col">1</th><th scope="col">2</th></tr></thead><tbody>'
        '<tr><th scope="row">Cohort 1<small>Lahore</small></th><td class="heat5">97</td><td class="heat0">–</td></tr></tbody></table>'
    )
    assert strip.table() is None


def test_a_tile_map_stands_still_in_urdu_and_writes_light_on_dark():
    tiles = TileMap(
        ("Area", "Live", "Of"),
        {
            "PK-PB": Tile("Punjab", "PB", 4, "44 %", "49 of 112"),
            "PK-BA": Tile("Balochistan", "BA", 0, "–"),
            "PK-JK": Tile("Azad Jammu and Kashmir", "JK", 2, "20 %", "1 of 5"),
        },
    )

    drawn = tiles.svg("Shops by province")
    assert drawn == tiles.svg("Shops by province", rtl=True)
    assert (
        '<g><title>Punjab: 44 %, 49 of 112</title><rect x="33.4%" y="168" width="32%" height="78" rx="6" class="f-g4"></rect>'
        '<text x="35.9%" y="188" class="t-b t-inv" text-anchor="start">PB</text>'
        '<text x="35.9%" y="214" class="t-b t-l t-inv" text-anchor="start">44 %</text>'
        '<text x="35.9%" y="234" class="t-xs t-inv" text-anchor="start">\u206849 of 112\u2069</text></g>'
    ) in drawn
    assert '<title>Balochistan: –</title><rect x="0%" y="252" width="32%" height="78" rx="6" class="f-sunk">' in drawn
    assert '<rect x="66.8%" y="84" width="32%" height="78" rx="6" class="f-g2">' in drawn
    assert tiles.table() == Table(
        ("Area", "Live", "Of"),
        (("Punjab", "44 %", "49 of 112"), ("Balochistan", "–", ""), ("Azad Jammu and Kashmir", "20 %", "1 of 5")),
    )


def test_an_area_without_a_place_on_the_map_is_an_error():
    with pytest.raises(KeyError):
        TileMap(("a", "b", "c"), {"PK-XX": Tile("Nowhere", "XX", 1, "1")}).svg("n")


def test_a_score_bar_is_as_long_as_its_points_on_the_scale_of_the_receipt():
    assert bar_svg(Decimal("6.0"), 15, 20) == (
        '<svg class="bar" height="12" aria-hidden="true"><rect width="75%" height="100%" rx="2" class="f-line"/>'
        '<rect width="30%" height="100%" rx="2" class="f-green"/></svg>'
    )
    assert 'class="f-g3"' in bar_svg(5, 10, 20, neutral=True)


def test_columns_stand_on_one_floor_with_their_numbers_above():
    columns = Columns(("Day", "Files"), (Column("late", 1, "brick"), Column("Thu 26", 2), Column("27", 0)))

    assert columns.svg("Thursday <b>") == (
        '<svg height="134" role="img" aria-label="Thursday &lt;b&gt;">'
        '<line x1="0%" x2="100%" y1="104" y2="104" class="s-strong"/>'
        '<rect x="4%" y="65" width="25.33%" height="39" rx="3" class="f-brick"></rect>'
        '<text x="16.67%" y="59" class="t-b" text-anchor="middle">1</text>'
        '<text x="16.67%" y="124" class="t-q" text-anchor="middle">late</text>'
        '<rect x="37.33%" y="26" width="25.33%" height="78" rx="3" class="f-g4"></rect>'
        '<text x="50%" y="20" class="t-b" text-anchor="middle">2</text>'
        '<text x="50%" y="124" class="t-q" text-anchor="middle">Thu 26</text>'
        '<text x="83.33%" y="98" class="t-b" text-anchor="middle">0</text>'
        '<text x="83.33%" y="124" class="t-q" text-anchor="middle">27</text></svg>'
    )
    assert columns.table() == Table(("Day", "Files"), (("late", "1"), ("Thu 26", "2"), ("27", "0")))
    assert '<rect x="70.67%" y="65"' in columns.svg("", rtl=True)  # the first stands at the right


def test_columns_without_a_bar_are_a_floor():
    assert Columns(("Day", "Files"), ()).svg("x").count("<") == 3


STAIRS = Staircase(
    "Day",
    "1 Jun 27",
    "28 Nov 27",
    180,
    (
        Flight("Expected", (Stair(0, "1 Jun 27", 4), Stair(90, "30 Aug 27", 2), Stair(100, "9 Sep 27", 0))),
        Flight("Noted", (Stair(0, "1 Jun 27", 4), Stair(45, "16 Jul 27", 3)), "brick"),
    ),
)


def test_a_staircase_keeps_its_value_until_the_next_day_and_then_falls():
    drawn = STAIRS.svg("Loan")

    assert '<polyline points="0.0,0.0 50.0,0.0 50.0,60.0 55.6,60.0 55.6,120.0" class="s-green thin"' in drawn
    assert '<polyline points="100.0,0.0 75.0,0.0 75.0,30.0" class="s-brick thin"' in STAIRS.svg("Loan", rtl=True)


def test_days_of_stairs_do_not_lie_on_each_other():
    drawn = STAIRS.svg("Loan")

    assert '<text x="0%" y="156" class="t-q t-xs" text-anchor="start">1 Jun 27</text>' in drawn
    assert '<text x="25%" y="156" class="t-q t-xs" text-anchor="middle">16 Jul 27</text>' in drawn
    assert '<text x="50%" y="156" class="t-q t-xs" text-anchor="middle">30 Aug 27</text>' in drawn
    assert "9 Sep 27" not in drawn  # no room beside 30 August


def test_the_table_of_stairs_has_each_day_and_a_dash_where_a_line_has_ended():
    assert STAIRS.table() == Table(
        ("Day", "Expected", "Noted"),
        (("1 Jun 27", "4", "4"), ("16 Jul 27", "4", "3"), ("30 Aug 27", "2", "–"), ("9 Sep 27", "0", "–")),
    )
    assert STAIRS.legend() == (("Expected", "s-green"), ("Noted", "s-brick"))
    assert Staircase("Day", "a", "b", 1, (Flight("x", (Stair(0, "a", 0),)),)).legend() == ()
