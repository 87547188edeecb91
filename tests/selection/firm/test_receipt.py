"""The receipt, the rules, the results and the clock as pure preparation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from selection.engine.facts import Facts, Figure
from selection.engine.policy import Policy
from selection.engine.score import score
from selection.firm.receipt import ReceiptSource, duration, histogram, money, prepare, score_with, whole
from selection.firm.selectors import Place
from selection.policy.plain_words import MEASURES, criteria_of, gates_of, ties_of
from selection.results.figures import median_of
from selection.rounds.counts import FileCounts, counts_of
from tdap_portal.core.csv_text import as_csv, plain_cell, safe_cell
from tests.selection.engine.situations import FROZEN, ON, evidence, facts

pytestmark = pytest.mark.unit
POLICY = Policy.version_of("2026-1")


def card(**changed):
    return score(facts(**changed), evidence(), POLICY, on=ON)


def place(points: Decimal, line: str | None = None, bins=((44, 3), (60, 5), (70, 2))) -> Place:
    return Place(3, 10, tuple(bins), Decimal(line) if line else None)


def receipt_of(one, line: str | None = None, on=ON, *, standing=True):
    return prepare(one, POLICY, standing=place(one.total, line) if standing else None, seats=60, on=on)


def test_the_points_of_the_parts_add_up_to_the_headline():
    receipt = receipt_of(card())

    assert sum(part.points for part in receipt.parts) == receipt.points
    assert sum(part.of for part in receipt.parts) == 100
    assert receipt.scale == max(part.of for part in receipt.parts)


def test_without_a_line_there_is_no_gap_and_no_promise_of_a_seat():
    receipt = receipt_of(card())

    assert receipt.gap is None
    assert receipt.figure.title == "Place 3 of 10; the line is known once the round is decided"
    assert "Green" not in receipt.figure.says
    assert receipt.ways_say == "Cheapest first. Each of these counts in the next round."


def test_under_the_line_the_cheapest_set_that_reaches_it_is_marked_and_comes_first():
    one = card()
    line = one.total + Decimal("2.00")
    receipt = receipt_of(one, str(line))

    marks = [way.is_enough for way in receipt.ways]
    assert receipt.gap == Decimal("2.00")
    assert marks == sorted(marks, reverse=True)
    assert any(marks)
    assert "over this round’s line" in receipt.ways_say
    assert receipt.figure.title == f"Place 3 of 10; the 60 seats ended at {line} points"
    assert "offered a seat" not in receipt.figure.says  # a rule may have passed over a firm after the line


def test_ways_that_cost_money_say_how_much():
    one = card()
    receipt = receipt_of(one, str(one.total + Decimal(12)))

    assert "The marked ones cost about PKR" in receipt.ways_say


def test_where_nothing_reaches_the_line_it_is_said():
    receipt = receipt_of(card(), "99.99")

    assert not any(way.is_enough for way in receipt.ways)
    assert receipt.ways_say.startswith("No single step reaches the line")


def test_over_the_line_the_gap_is_negative():
    one = card()

    assert receipt_of(one, str(one.total - 1)).gap == Decimal(-1)


def test_each_way_names_what_it_counts_in_its_cost_and_its_time():
    way = next(way for way in receipt_of(card()).ways if way.title.startswith("Put ten products"))

    assert (way.text, way.cost, way.time) == ("It counts in: Digital readiness.", "PKR 0", "about 3 days")


def test_a_shut_gate_is_shown_with_what_would_open_it():
    receipt = receipt_of(card(size_class="too_large"), standing=False)

    shut = [(gate.name, gate.to_meet[:20]) for gate in receipt.gates if not gate.passed]
    assert shut == [("A small or medium firm by the rule in force", "The programme is for")]
    assert receipt.figure is None


def of_period(period, name="rca", on=ON):
    """What the receipt says of the age of a figure that was loaded the day before."""
    figure = Figure.of(name, 4.2, period=period, source="A source", vintage="flows-2026-11-01-a1b2c3")
    one = score(facts(), evidence(**{name: figure}), POLICY, on=ON)
    return next(line.stale for line in receipt_of(one, on=on).sources if line.text.startswith("A source"))


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2017", "8 years old"),
        ("2019–2021 (H5)", "4 years old"),
        ("2014–2016 (H4) to 2017–2019 (H5–H6)", "6 years old"),
        ("2022", ""),
        ("2021 to 2025", ""),
        ("2025-09 to 2026-08", "3 months old"),
        ("2025-11 to 2026-10", ""),
        ("", ""),
    ],
)
def test_a_figure_is_as_old_as_its_last_year_whenever_it_was_loaded(period, words):
    assert of_period(period) == words


def test_the_age_of_a_figure_is_told_as_of_the_day_of_the_decision():
    assert [of_period("2022", on=date(year, 6, 1)) for year in (2026, 2027)] == ["", "4 years old"]


def test_sources_stand_once_with_their_age():
    receipt = receipt_of(card(), on=date(2027, 1, 20))

    assert receipt.sources == (
        ReceiptSource("Your application, as frozen on 1 November 2026."),
        ReceiptSource("UN Comtrade, 2021 to 2025, loaded 2026-10."),
    )


def test_a_firm_that_has_everything_is_told_so(monkeypatch):
    monkeypatch.setattr("selection.firm.receipt.ways_up", lambda *args, **kwargs: ())

    assert receipt_of(card()).ways_say == "You have won all that a firm can win by its own doing."


def test_translations_reach_every_word():
    receipt = prepare(
        card(), POLICY, standing=place(Decimal(50), "60"), seats=60, on=ON, translate=lambda text: f"«{text}»"
    )

    said = [part.name for part in receipt.parts] + [part.reason for part in receipt.parts]
    said += [receipt.ways_say, receipt.figure.title, receipt.figure.says]
    said += (
        [way.title for way in receipt.ways] + [way.text for way in receipt.ways] + [way.time for way in receipt.ways]
    )
    assert all(words.startswith("«") for words in said)


def test_ways_together_are_scored_together():
    one = card()
    ways = [way for way in POLICY.ways if way.code == "online_catalogue"]

    assert score_with(ways, one, POLICY) > one.total
    assert score_with([], one, POLICY) == one.total


# ------------------------------------------------------------------------------------------------------ the picture


def test_the_own_bar_is_saffron_and_the_seats_are_green():
    drawing = histogram(Decimal("60.50"), place(Decimal("60.5"), "66.00"))

    tones = {bin_.low: bin_.tone for bin_ in drawing.bins}
    assert (tones[58], tones[60], tones[64], tones[66], tones[70]) == ("line", "saffron", "line", "green", "green")
    assert [(mark.at, mark.before, mark.dashed) for mark in drawing.marks] == [
        (Decimal("66.00"), False, True),
        (Decimal("60.50"), True, False),
    ]
    assert [bin_.count for bin_ in drawing.bins if bin_.count] == [3, 5, 2]


def test_bars_adjoin_and_the_axis_begins_and_ends_with_them():
    drawing = histogram(Decimal(45), place(Decimal(45)))

    assert (drawing.bins[0].low, drawing.bins[-1].high) == (40, 80)
    assert drawing.axis == (40, 50, 60, 70, 80)
    assert all(a.high == b.low for a, b in zip(drawing.bins, drawing.bins[1:], strict=False))


def test_a_wide_scale_is_labelled_in_twenties():
    drawing = histogram(Decimal(10), place(Decimal(10), bins=((10, 1), (98, 1))))

    assert drawing.axis == (0, 20, 40, 60, 80, 100)


def test_a_perfect_score_alone_in_its_round_has_a_picture():
    drawing = histogram(Decimal(100), place(Decimal(100), bins=()))

    assert [(bin_.low, bin_.count) for bin_ in drawing.bins if bin_.count] == [(98, 1)]
    assert drawing.svg("x").startswith("<svg")


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "about a day"), (14, "about 14 days"), (56, "about 8 weeks"), (120, "about 4 months")],
)
def test_times_are_said_as_people_say_them(days, words):
    assert duration(days) == words


def test_numbers_are_written_short():
    assert (whole(Decimal("12.00")), whole(Decimal("12.50")), money(185000)) == (
        Decimal(12),
        Decimal("12.50"),
        "PKR 185,000",
    )


# -------------------------------------------------------------------------------------------------------- the rules


def test_the_rules_in_words_add_up_like_the_policy():
    criteria = criteria_of(POLICY)

    assert sum(rule.weight for rule in criteria) == 100
    assert all(sum(item.points for item in rule.items) == rule.weight for rule in criteria)
    assert [rule.weight for rule in criteria] == sorted((rule.weight for rule in criteria), reverse=True)


def test_every_measure_of_the_policy_has_a_name_and_every_track_its_gates():
    assert {item.measure for item in POLICY.items} <= set(MEASURES)
    assert [rule.name for rule in gates_of(POLICY, "startup")] == [
        "Registered for tax, or a sole proprietor with a CNIC",
        "A small or medium firm by the rule in force",
        "A priority sector",
        "A start-up",
    ]
    assert len(ties_of(POLICY)) == len(POLICY.tie_break) + 1


def test_shares_are_written_as_officials_read_them():
    items = {item.name: item.steps for rule in criteria_of(POLICY) for item in rule.items}

    assert items["A mobile wallet"] == (("yes", "100 %"),)
    assert items["Years with exports, of the last three and this one"][0] == ("from 1 on", "40 %")
    assert items["Growth of world exports of your product, in % a year"] == (
        ("-5 %", "0 %"), ("0 %", "40 %"), ("+10 %", "100 %"),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ the results


def test_a_tally_counts_files_by_what_became_of_them():
    tally = counts_of(
        {"draft": 9, "withdrawn": 4, "held": 1, "scored": 2, "selected": 3, "waitlisted": 1, "declined": 2}
    )

    assert tally == FileCounts(submitted=9, selected=3, waitlisted=1, declined=2, waiting=3)
    assert (tally.decided, tally.selected_pct, FileCounts().selected_pct) == (6, 50, None)
    assert tally + FileCounts(1, 1) == FileCounts(10, 4, 1, 2, 3)


@pytest.mark.parametrize(
    ("counts", "median"),
    [({}, None), ({5: 1}, 5.0), ({5: 2, 9: 2}, 7.0), ({1: 1, 5: 3, 9: 1}, 5.0), ({3: 0, 4: 1}, 4.0)],
)
def test_the_median_of_counted_values(counts, median):
    assert median_of(counts) == median


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20", "  ="])
def test_a_cell_that_begins_like_a_formula_is_made_harmless(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert plain_cell(safe_cell(f"{start}1+1")) == f"{start}1+1"


def test_plain_cells_and_numbers_stay_as_they_are():
    assert [safe_cell(cell) for cell in ("Punjab", "", -5, 7)] == ["Punjab", "", "-5", "7"]
    assert [plain_cell(text) for text in ("Punjab", "", "'s Gravenhage", "'")] == ["Punjab", "", "'s Gravenhage", "'"]


def test_csv_is_utf8_with_a_mark_and_windows_line_ends():
    assert as_csv(("a", "=b"), [("ظ", 1)]) == "\ufeffa,'=b\r\nظ,1\r\n"


# --------------------------------------------------------------------------------------------------------- evidence

PROOF = {
    "level": "verified", "paper": "export_proof", "document": "p1", "by": "o1", "on": "2026-10-20", "until": "2027-10-20"
}  # fmt: skip


def by_evidence(*proofs):
    policy = Policy.version_of("2026-2")
    copy = FROZEN | {"schema": 2, "export_house": "Sialkot Export House", "proofs": list(proofs)}
    card = score(Facts.from_frozen(copy), evidence(), policy, on=ON)
    return card, prepare(card, policy, standing=None, seats=60, on=ON)


def test_each_part_says_how_well_its_facts_stand_and_by_which_paper():
    _card, receipt = by_evidence(
        {"fact": "export_history/2026/export_house", **PROOF},
        {"fact": "export_route", **PROOF, "level": "backed", "by": None, "until": None},
    )
    (part,) = [part for part in receipt.parts if part.name == "Export experience"]

    assert [(line.name, line.level.value, line.number, line.paper, line.document) for line in part.evidence] == [
        ("Exports of the last years", "said", 1, "", ""),
        ("Exports of the last years", "verified", 1, "Proof of an export", "p1"),
        ("How you export", "backed", 0, "Proof of an export", "p1"),
    ]
    assert [(line.on, line.until) for line in part.evidence][1:] == [
        (date(2026, 10, 20), date(2027, 10, 20)),
        (date(2026, 10, 20), None),
    ]


def test_the_receipt_says_what_waits_for_the_firm_and_what_for_us():
    card, receipt = by_evidence({"fact": "province", **PROOF, "paper": "electricity_bill", "level": "backed"})

    assert receipt.waiting == card.waiting
    assert receipt.waiting_for_us == Decimal("0.90")  # from 0.25 to 1 of 0.4 of 3
    papers = {paper.kind: paper for paper in receipt.papers}
    assert papers["electricity_bill"].is_sent
    assert not papers["export_proof"].is_sent
    assert papers["export_proof"].proves == "How you export, Exports of the last years, Markets you export to"
    assert [paper.gain for paper in receipt.papers] == sorted((paper.gain for paper in receipt.papers), reverse=True)


def test_under_the_first_policy_nothing_is_said_of_proof():
    receipt = prepare(score(facts(), evidence(), POLICY, on=ON), POLICY, standing=None, seats=60, on=ON)

    assert (receipt.waiting, receipt.waiting_for_us, receipt.papers) == (0, 0, ())
    assert {part.evidence for part in receipt.parts} == {()}
