"""The queue: who sees it, its tabs, filters, orders and searches, its counts, its pages and what they cost."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import translation

from selection.applications import tallies
from selection.correspondence import services as correspondence_services
from selection.desk import selectors as desk_selectors
from selection.desk import services as desk_services
from selection.desk.filters import DeskFilter
from selection.desk.rows import promise_of, table_rows
from selection.models import NO_DUE_DATE, Application
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import State
from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import NotFound
from tdap_portal.core.folding import searchable
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.factories.smes import flag_of
from tests.factories.trade import IndicatorFactory
from tests.selection import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    return RoundFactory(seats=1)


def page(user, round_, size=25, cursor=None, **view):
    return desk_selectors.queue_page(
        user, round_, DeskFilter(**view), cursor=cursor, day=desk_selectors.desk_day(), size=size
    )


def files(user, round_, **view) -> set[int]:
    return {row.id for row in page(user, round_, **view).rows}


def counts(user, round_) -> dict[str, str]:
    found = desk_selectors.counts_for(user, round_, now=desk_selectors.DeskNow(desk_selectors.desk_day(), [round_]))
    return {name: str(number) for name, number in found.tabs.items()}


def altered(file: Application, **values) -> Application:
    """The file with other columns, counted where it then stands."""
    before = tallies.cell_of(made.fresh(file))
    Application.objects.filter(pk=file.pk).update(**values)
    row = made.fresh(file)
    Application.objects.filter(pk=file.pk).update(search_text=searchable(row.sme_name, row.city))
    after = made.fresh(file)
    tallies.shift(after, before=before)
    return after


# ------------------------------------------------------------------------------------------------------- who sees what


@pytest.mark.sqlite_leg
@pytest.mark.parametrize("role", [*Role, None])
def test_only_the_desk_sees_files(role, round_):
    file = made.scored(round=round_)
    user = UserFactory(roles=(role,) if role else ())
    at_the_desk = role in (Role.OFFICER, Role.APPROVER)
    assert files(user, round_, tab="all") == ({file.pk} if at_the_desk else set())
    if at_the_desk:
        assert review_selectors.file_for(user, file.public_id) == file
        return
    with pytest.raises(NotFound):
        review_selectors.file_for(user, file.public_id)


def test_a_draft_is_the_firms_own_affair(round_):
    draft = ApplicationFactory(round=round_)
    assert files(officer(), round_, tab="all") == set()
    with pytest.raises(NotFound):
        review_selectors.file_for(officer(), draft.public_id)


def test_a_filter_does_not_open_the_desk_to_others(round_):
    made.scored(round=round_)
    assert files(UserFactory(), round_, tab="all", sector="sports_goods", province="PK-PB") == set()


# --------------------------------------------------------------------------------------------------------------- tabs


@pytest.mark.sqlite_leg
def test_each_tab_shows_its_files_and_counts_them(round_):
    me, other = officer(), officer()
    fresh = made.scored(round=round_)
    mine = made.assigned(me, other, round=round_)
    second = made.assigned(other, me, round=round_)
    asked = made.scored(round=round_)
    correspondence_services.ask_question(
        actor=other, application=asked, title="x", words="y", document_kinds=["tax_return"]
    )
    late = altered(made.scored(round=round_), due_on=today() - timedelta(days=3))
    waiting = made.recommended(other, round=round_)
    elsewhere = made.scored(round=RoundFactory())
    near = {fresh, mine, second, asked, late, waiting}  # all have the points of the one seat's line
    expected = {
        "mine": {mine},
        "second": {second},
        "asked": {asked},
        "late": {late},
        "decision": {waiting},
        "line": near,
        "all": near,
    }
    assert {tab: files(me, round_, tab=tab) for tab in expected} == {
        tab: {file.pk for file in found} for tab, found in expected.items()
    }
    assert counts(me, round_) == {tab: str(len(found)) for tab, found in expected.items()}
    assert elsewhere.pk not in files(me, round_, tab="all")


def test_a_second_reading_that_is_in_is_no_longer_waiting(round_):
    me, other = officer(), officer()
    file = made.assigned(other, me, round=round_)
    review_services.record_reading(actor=me, application=file, **made.READ)
    assert (files(me, round_, tab="second"), counts(me, round_)["second"]) == (set(), "0")


@pytest.mark.sqlite_leg
def test_late_and_soon_are_counted_among_ones_own(round_):
    me, other = officer(), officer()
    for due in (today() - timedelta(days=1), today(), add_working_days(today(), 2), add_working_days(today(), 3)):
        altered(made.assigned(me, other, round=round_), due_on=due)
    found = desk_selectors.counts_for(me, round_, now=desk_selectors.DeskNow(desk_selectors.desk_day(), [round_]))
    assert (int(found.tabs["mine"]), int(found.mine_late), int(found.mine_soon)) == (4, 1, 2)


def test_more_than_is_counted_says_so():
    assert [str(desk_selectors.Number(n)) for n in (0, 99, 100, 5000)] == ["0", "99", "99+", "99+"]


def test_the_line_is_that_of_the_last_seat_until_the_round_is_decided():
    round_ = RoundFactory(seats=2)
    assert desk_selectors.line_of(round_) is None
    low, mid, high = (made.scored(round=round_) for _file in range(3))
    for file, points in ((low, 40), (mid, 50), (high, 60)):
        altered(file, points=points)
    assert desk_selectors.line_of(round_) == 50
    assert files(officer(), round_, tab="line") == {mid.pk}
    round_.line_points = 41
    assert files(officer(), round_, tab="line") == {low.pk}


def test_no_file_is_near_a_line_that_is_not_known():
    round_ = RoundFactory(seats=9)
    made.scored(round=round_)
    assert (files(officer(), round_, tab="line"), counts(officer(), round_)["line"]) == (set(), "0")


# ---------------------------------------------------------------------------------------- filters, searches and orders


@pytest.fixture(scope="module")
def three(module_db):
    """Three files of a round that differ in everything one can filter by."""
    round_ = RoundFactory(seats=1)
    rows = [
        {
            "sector": "rice",
            "province": "PK-SD",
            "track": "general",
            "main_hs6": "100630",
            "sme_name": "Noor Rice Mills",
        },
        {
            "sector": "carpets",
            "province": "PK-PB",
            "track": "carpet_revival",
            "main_hs6": "570110",
            "sme_name": "Chenab",
        },
        {"sector": "rice", "province": "PK-PB", "track": "general", "main_hs6": "100640", "sme_name": "Ravi 50% Rice_"},
    ]
    made_files = [altered(made.scored(round=round_), **row, file_number=f"R9-000{n}") for n, row in enumerate(rows)]
    altered(made_files[2], state=State.REVIEWED.value, points=10)
    return made_files


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    ("view", "found"),
    [
        ({"sector": "rice"}, {0, 2}),
        ({"province": "PK-PB"}, {1, 2}),
        ({"track": "carpet_revival"}, {1}),
        ({"state": "reviewed"}, {2}),
        ({"sector": "rice", "province": "PK-PB"}, {2}),
        ({"sector": "rice", "province": "PK-PB", "track": "general", "state": "reviewed"}, {2}),
        ({"sector": "rice", "state": "declined"}, set()),
        ({"q": "r9-0001"}, {1}),
        ({"q": "R9"}, {0, 1, 2}),
        ({"q": "1006"}, {0, 2}),
        ({"q": "1006.30"}, {0}),
        ({"q": "rice"}, {0, 2}),
        ({"q": "50% rice_"}, {2}),
        ({"q": "rice", "province": "PK-SD"}, {0}),
        ({"q": "no"}, {0, 1, 2}),
    ],
)
def test_filters_and_searches_find_their_files(three, view, found):
    assert files(officer(), three[0].round, tab="all", **view) == {three[n].pk for n in found}


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    "q",
    [
        "كريم", "کریم", "کريم قالين", "R3-0035", "R3-۰۰۳۵", "R۳-۰۰۳۵", "R3\u20130035", "r3\u22120035",
        "۵۷۰۱", "٥٧٠١", "5701", "karim", "Kareem Qaleen", "Multan", "ملتان", "multaan karim",
    ],
)  # fmt: skip
def test_letters_digits_and_dashes_of_any_keyboard_find_the_same_file(three, q):
    file = altered(three[1], sme_name="كريم قالين", city="Multan", file_number="R3-0035")
    assert files(officer(), file.round, tab="all", q=q) == {file.pk}


@pytest.mark.sqlite_leg
@pytest.mark.parametrize("q", ["Sialkot", "sialcot", "سیالکوٹ", "Kirthar Towls", "kirtar", "Towels Kirthar", "KIRTHAR"])
def test_a_town_and_a_misspelt_name_are_found(three, q):
    file = altered(three[1], sme_name="Kirthar Towels", city="Sialkot")
    altered(three[0], city="Lahore")
    altered(three[2], city="Lahore")
    assert files(officer(), file.round, tab="all", q=q) == {file.pk}
    assert files(officer(), file.round, tab="all", q=f"{q} Gilgit") == set(), "every word must be met"


@pytest.mark.sqlite_leg
def test_a_filter_on_the_directors_tab_cannot_leave_it(three):
    altered(three[0], state=State.RECOMMENDED.value)
    assert files(director(), three[0].round, tab="decision", sector="rice") == {three[0].pk}
    assert files(director(), three[0].round, tab="decision", state="reviewed") == set()
    assert files(director(), three[0].round, tab="decision", state="reviewed", q="rice") == set()


@pytest.mark.sqlite_leg
def test_orders(round_):
    first, second, third = (made.scored(round=round_) for _file in range(3))
    day = today()
    altered(first, due_on=day + timedelta(days=9), points=50)
    altered(second, due_on=day + timedelta(days=1), points=90)
    altered(third, due_on=day + timedelta(days=5), points=70)
    by_order = {
        order: [row.id for row in page(officer(), round_, tab="all", order=order).rows]
        for order in ("due", "points", "submitted")
    }
    assert by_order == {
        "due": [second.pk, third.pk, first.pk],
        "points": [second.pk, third.pk, first.pk],
        "submitted": [first.pk, second.pk, third.pk],
    }


@pytest.fixture(scope="module")
def five_alike(module_db):
    """Five files of a round, submitted in the same moment."""
    round_ = RoundFactory(seats=1)
    files = [made.scored(round=round_) for _file in range(5)]
    Application.objects.filter(round=round_).update(submitted_at=files[0].submitted_at)
    return files


@pytest.mark.sqlite_leg
@pytest.mark.parametrize("order", ["due", "points", "submitted"])
@pytest.mark.parametrize("narrow", [{}, {"sector": "sports_goods"}, {"sector": "sports_goods", "province": "PK-PB"}])
def test_pages_go_through_all_files_forth_and_back_where_all_share_the_value(five_alike, order, narrow):
    expected, round_ = {file.pk for file in five_alike}, five_alike[0].round
    user, seen, cursor = officer(), [], None
    while True:
        found = page(user, round_, size=2, cursor=cursor, tab="all", order=order, **narrow)
        seen += [row.id for row in found.rows]
        last, cursor = found, found.next
        if cursor is None:
            break
    assert (set(seen), len(seen)) == (expected, 5)
    back = page(user, round_, size=2, cursor=last.previous, tab="all", order=order, **narrow)
    assert [row.id for row in back.rows] == seen[2:4]


@pytest.mark.sqlite_leg
def test_rows_of_a_corner_are_the_same_as_rows_of_a_walk(round_):
    file = made.scored(round=round_)
    correspondence_services.ask_question(actor=officer(), application=file, title="x", words="y", fields=["city"])
    walked = page(officer(), round_, tab="all", sector="sports_goods").rows
    looked_up = page(officer(), round_, tab="all", sector="sports_goods", province="PK-PB").rows
    assert [row._asdict() for row in looked_up] == [row._asdict() for row in walked]


@pytest.mark.sqlite_leg
def test_counts_follow_ones_own_act_at_once(round_):
    me, other = officer(), officer()
    file = made.scored(round=round_)
    assert counts(me, round_)["mine"] == "0"
    review_services.assign_readers(actor=me, application=file, first=me, second=other)
    assert counts(me, round_)["mine"] == "1"


def test_saved_views_come_with_the_counts(round_):
    me = officer()
    desk_services.save_view(actor=me, name="Rice", query="tab=all&sector=rice")
    desk_services.save_view(actor=officer(), name="Not mine", query="tab=all")
    found = desk_selectors.counts_for(me, round_, now=desk_selectors.DeskNow(desk_selectors.desk_day(), [round_]))
    assert [(view.name, view.query) for view in found.views] == [("Rice", "tab=all&sector=rice")]


@pytest.mark.postgres
def test_names_are_searched_inside_by_an_index_where_the_database_can():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'desk_text_%' OR indexname LIKE 'desk_name_%'"
        )
        kept = [row[0] for row in cursor.fetchall()]
    assert kept == (["desk_text_inside"] if desk_selectors.finds_inside_names() else ["desk_text_beginning"])


@pytest.mark.postgres
def test_a_search_of_two_words_can_be_answered_by_that_index():
    if not desk_selectors.finds_inside_names():
        pytest.skip("this PostgreSQL has no pg_trgm")
    view = DeskFilter(tab="all", q="Kirthar Towls")
    rows = Application.objects.filter(desk_selectors._searched(view))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # three rows are read faster without an index
    assert "desk_text_inside" in rows.explain()


@pytest.mark.sqlite_leg
def test_without_trigrams_a_search_finds_beginnings(three, monkeypatch):
    monkeypatch.setattr(desk_selectors, "finds_inside_names", lambda: False)
    assert files(officer(), three[0].round, tab="all", q="noor") == {three[0].pk}
    assert files(officer(), three[0].round, tab="all", q="rice") == set()


# -------------------------------------------------------------------------------------------------- what a page costs


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("address", ["", "?tab=all", "?tab=all&sector=sports_goods&province=PK-PB", "?tab=all&q=work"])
def test_a_page_costs_at_most_ten_queries_however_many_rows(
    client, round_, number, address, django_assert_max_num_queries
):
    me, other = officer(), officer()
    for _file in range(number):
        made.assigned(me, other, round=round_)
    client.force_login(me)
    desk_selectors.finds_inside_names()  # asked once in the life of a process
    with django_assert_max_num_queries(10):
        answer = client.get(f"/desk/{address}")
    assert answer.content.count(b"data-row=") == number


@pytest.mark.parametrize("number", [1, 3])
def test_a_file_costs_the_same_however_much_was_said_about_it(client, number, django_assert_num_queries):
    by = officer()
    IndicatorFactory(hs="950662")
    file = made.recommended(by)
    for _time in range(number - 1):
        review_services.return_to_officer(
            actor=director(), application=file, words="Again.", basis=review_selectors.basis_of(file)
        )
        review_services.recommend(
            actor=by, application=file, outcome="select", reason_codes=["ready_to_sell"], words=f"Time {_time}"
        )
    client.force_login(by)
    with django_assert_num_queries(29):
        client.get(f"/desk/{file.public_id}/")


# ------------------------------------------------------------------------------------------------ the promise in words


def row(**values):
    from types import SimpleNamespace

    return SimpleNamespace(
        **{
            "state": "in_review", "awaiting_firm": False, "due_on": NO_DUE_DATE, "days_used": None,
            "clock_started_on": None, "clock_pauses": [], "unanswered_since": None,
        } | values
    )  # fmt: skip


DAY = desk_selectors.DeskDay(date(2027, 2, 17), date(2027, 2, 19), ())  # a Wednesday without holidays near it


@pytest.mark.parametrize(
    ("values", "tone", "age", "used", "due"),
    [
        ({"due_on": date(2027, 2, 16)}, "no", "Late by 1 day", "16", "16\xa0February"),
        ({"due_on": date(2027, 2, 12)}, "no", "Late by 3 days", "18", "12\xa0February"),
        ({"due_on": date(2027, 2, 17)}, "you", "Due today", "15", "17\xa0February"),
        ({"due_on": date(2027, 2, 18)}, "you", "Due tomorrow", "14", "18\xa0February"),
        ({"due_on": date(2027, 2, 19)}, "you", "Due in 2 days", "13", "19\xa0February"),
        ({"due_on": date(2027, 2, 22)}, "us", "On time", "12", "22\xa0February"),
        ({"due_on": date(2027, 3, 5)}, "done", "Fresh", "3", "5\xa0March"),
        (
            {"awaiting_firm": True, "clock_started_on": date(2027, 2, 8), "clock_pauses": [["2027-02-11", None]]},
            "rest", "Stopped", "2", "—",
        ),
        ({"state": "selected", "days_used": 9}, "done", "Selected", "9", "—"),
        ({"state": "withdrawn"}, "rest", "Withdrawn", "", "—"),
    ],
)  # fmt: skip
def test_the_promise_of_a_row_in_words(values, tone, age, used, due):
    with translation.override("en"):
        told = promise_of(row(**values), of=15, day=DAY)
    assert (told.tone, told.age, told.used, told.due) == (tone, age, used, due)


def test_pips_show_days_used_to_come_and_over():
    with translation.override("en"):
        late = promise_of(row(due_on=date(2027, 2, 15)), of=15, day=DAY).clock
    assert (late.count("is-used"), late.count("is-over"), late.count("<i></i>")) == (15, 2, 0)
    assert 'aria-label="day 17 of 15"' in late


@pytest.mark.sqlite_leg
def test_what_a_firm_wrote_is_escaped_in_its_row(round_):
    file = altered(made.scored(round=round_), sme_name="<script>alert(1)</script>", city='"><b>')
    html = table_rows(
        page(officer(), round_, tab="all").rows,
        promises={round_.pk: 15},
        day=desk_selectors.desk_day(),
        opened=file.public_id,
    )
    assert "<script>" not in html
    assert "&#34;&gt;&lt;b&gt;" in html
    assert 'aria-current="true"' in html


# ------------------------------------------------------------------------------------------ officer, women, duplicates


def test_the_queue_is_narrowed_to_an_officer_to_firms_led_by_women_and_to_possible_duplicates(client):
    me, other, round_ = officer(), officer(), RoundFactory()
    mine = made.assigned(me, other, round=round_)
    others = made.assigned(other, me, round=round_)
    led, twin = made.scored(round=round_), made.scored(round=round_)
    Application.objects.filter(pk=led.pk).update(women_led=True)
    Application.objects.exclude(pk=led.pk).update(women_led=False)
    flag_of(led.sme, twin.sme)
    flag = flag_of(mine.sme, others.sme)
    type(flag).objects.filter(pk=flag.pk).update(state="different")
    client.force_login(me)

    def shown(words: str) -> set[str]:
        return set(re.findall(r'data-row="(\w+)"', client.get(f"/desk/?tab=all&{words}").content.decode()))

    assert shown("") == {row.public_id for row in (mine, others, led, twin)}
    assert shown(f"officer={me.public_id}") == {mine.public_id}
    assert shown(f"officer={other.public_id}&sector={others.sector}") == {others.public_id}
    assert shown("women=yes") == {led.public_id}
    assert shown("doubled=yes") == {led.public_id, twin.public_id}
    assert shown("doubled=yes&women=yes") == {led.public_id}
    assert shown("officer=nobody&women=no&doubled=maybe") == shown("")
    assert (
        f'<option value="{other.public_id}" selected>'
        in client.get(f"/desk/?tab=all&officer={other.public_id}").content.decode()
    )


@pytest.mark.parametrize(
    ("due", "age", "used"),
    [(date(2027, 2, 18), "Late by 1 day", "16"), (date(2027, 2, 19), "Late, no working day yet", "15")],
)
def test_on_a_sunday_two_due_days_are_not_late_by_the_same(due, age, used):
    sunday = desk_selectors.DeskDay(date(2027, 2, 21), date(2027, 2, 23), ())
    promise = promise_of(row(due_on=due), of=15, day=sunday)
    assert (promise.age, promise.used) == (age, used)


def test_names_keep_their_full_stop_on_its_side_in_an_urdu_queue(round_):
    altered(made.scored(round=round_), sme_name="Bilal Cricket Works Co.", city="D. I. Khan")
    rows = page(officer(), round_, tab="all").rows
    html = table_rows(rows, promises={round_.pk: 15}, day=desk_selectors.desk_day())
    assert "<bdi>Bilal Cricket Works Co.</bdi>" in html
    assert "<bdi>D. I. Khan</bdi>" in html
