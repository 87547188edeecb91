"""The Comtrade adapter against a local service that answers in the real envelope, on good days and bad."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from http import HTTPStatus

import pytest

from selection.trade.flows import Flow
from selection.trade.sources.comtrade import Comtrade, Query, QuotaGone, SourceDown, SourceLied, SourceRefused
from tests.selection.trade.stub_comtrade import StubComtrade, envelope, record

pytestmark = pytest.mark.unit

FOOTBALLS = Query(reporters=("586",), periods=("2023",), commodities=("950662",), flows=("X",), partners=("842",))


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self):
        self.seconds = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def stub():
    with StubComtrade() as running:
        yield running


@pytest.fixture
def ask(stub):
    """Build an adapter on the stub: ask(**settings) -> Comtrade, with .time and .lines beside it."""

    def made(**settings):
        time, lines = Time(), []
        source = Comtrade(
            **{
                "base_url": stub.url,
                "key": "secret-key",
                "clock": time.clock,
                "sleep": time.sleep,
                "now": lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
                "log": lambda code, **data: lines.append((code, data)),
                **settings,
            }
        )
        source.time, source.lines = time, lines
        return source

    return made


def flows(source, query=FOOTBALLS):
    return [flow for answer in source.fetch(query) for flow in answer.flows]


def test_a_good_answer_becomes_flows_with_text_codes_and_dollars(stub, ask):
    stub.records = [record()]
    assert flows(ask()) == [
        Flow(
            2023,
            "586",
            "842",
            "X",
            "950662",
            7_200_000.0,
            net_weight_kg=480_000.0,
            weight_estimated=False,
            edition="H6",
        )
    ]


def test_totals_are_asked_for_and_the_key_travels_in_the_header_only(stub, ask):
    stub.records = [record()]
    flows(ask())
    path, query, headers = stub.asked[0]
    assert path == "/data/v1/get/C/A/HS"
    assert query == {
        "reporterCode": "586",
        "period": "2023",
        "partnerCode": "842",
        "cmdCode": "950662",
        "flowCode": "X",
        "partner2Code": "0",
        "customsCode": "C00",
        "motCode": "0",
    }
    assert headers["ocp-apim-subscription-key"] == "secret-key"


def test_without_a_key_the_public_preview_is_asked(stub, ask):
    stub.records = [record()]
    flows(ask(key=""))
    assert stub.paths == ["/public/v1/preview/C/A/HS"]
    assert "ocp-apim-subscription-key" not in stub.asked[0][2]


def test_breakdown_rows_that_come_although_totals_were_asked_are_left_out_and_counted(stub, ask):
    stub.ignores_totals = True
    stub.records = [
        record(primaryValue=100.0),
        record(primaryValue=60.0, motCode=2100),
        record(primaryValue=40.0, customsCode="C04"),
        record(primaryValue=100.0, partner2Code=784),
    ]
    answer = next(ask().fetch(FOOTBALLS))
    assert ([f.value_usd for f in answer.flows], answer.breakdown) == ([100.0], 3)


@pytest.mark.parametrize("mode", [{"mosCode": "0 "}, {"mosCode": None}, {"mosCode": ""}, {"motCode": None}])
def test_a_row_that_is_broken_down_by_nothing_is_a_total(stub, ask, mode):
    stub.ignores_totals = True
    stub.records = [record(primaryValue=100.0, **mode)]
    answer = next(ask().fetch(FOOTBALLS))
    assert ([f.value_usd for f in answer.flows], answer.breakdown) == ([100.0], 0)


def test_a_row_of_one_mode_of_supply_is_a_part(stub, ask):
    stub.ignores_totals = True
    stub.records = [record(primaryValue=100.0), record(primaryValue=60.0, mosCode="1")]
    assert next(ask().fetch(FOOTBALLS)).breakdown == 1


def test_only_breakdown_rows_and_no_total_is_a_lie(stub, ask):
    stub.ignores_totals = True
    stub.records = [record(motCode=2100), record(motCode=1000)]
    with pytest.raises(SourceLied) as told:
        flows(ask())
    assert told.value.code == "no_totals"


def test_one_cell_sent_twice_counts_once_but_two_totals_for_one_cell_are_a_lie(stub, ask):
    stub.records = [record(), record()]
    assert len(flows(ask())) == 1
    stub.records = [record(), record(primaryValue=9.0)]
    with pytest.raises(SourceLied) as told:
        flows(ask())
    assert told.value.code == "two_totals"


def test_the_world_row_keeps_its_own_code_and_stays_apart_from_partners(stub, ask):
    stub.records = [record(partnerCode=0), record(partnerCode=842), record(partnerCode=699)]
    everybody = Query(("586",), ("2023",), ("950662",), ("X",), partners=())
    assert [f.partner for f in flows(ask(), everybody)] == ["0", "842", "699"]
    assert "partnerCode" not in stub.asked[-1][1]


def test_an_answer_at_the_cap_is_cut_off_so_it_is_split_and_never_used(stub, ask):
    codes = tuple(f"{n:06d}" for n in range(10101, 10131))
    stub.records = [record(reporterCode=area, cmdCode=code) for area in range(1, 31) for code in codes]
    stub.cap = 500
    source = ask(key="")
    areas = tuple(str(area) for area in range(1, 31))
    found = flows(source, Query(areas, ("2023",), codes, ("X",), partners=("842",)))
    assert sorted((int(f.reporter), f.hs) for f in found) == [(area, code) for area in range(1, 31) for code in codes]
    assert ("answer_at_cap", {"cap": 500}) in source.lines


def test_a_count_beyond_the_cap_is_found_out_before_the_data_is_asked(stub, ask):
    codes = tuple(str(code) for code in range(1, 31))
    stub.records = [record(reporterCode=int(code), partnerCode=0) for code in codes]
    found = flows(ask(cap_with_key=20), Query(codes, ("2023",), ("950662",), ("X",)))
    assert sorted(int(f.reporter) for f in found) == list(range(1, 31))
    assert [(q.get("countOnly"), len(q["reporterCode"].split(","))) for _, q, _ in stub.asked] == [
        ("true", 30),
        (None, 15),
        (None, 15),
    ]


def test_a_cell_that_cannot_be_split_further_at_the_cap_is_refused(stub, ask):
    stub.script.extend([(200, {}, envelope([record()] * 500))])
    with pytest.raises(SourceLied) as told:
        flows(ask(key=""))
    assert told.value.code == "cannot_split"


def test_long_addresses_and_more_than_twelve_years_are_split(stub, ask):
    codes = tuple(f"{n:06d}" for n in range(10101, 10701))
    years = tuple(str(y) for y in range(2000, 2024))
    flows(ask(), Query(("586",), years, codes, ("X",), partners=("842",)))
    asked = [query for _, query, _ in stub.asked]
    assert max(len(query["period"].split(",")) for query in asked) == 12
    assert {(c, y) for q in asked for c in q["cmdCode"].split(",") for y in q["period"].split(",")} == {
        (c, y) for c in codes for y in years
    }
    source = ask()
    assert all(
        len(source.url(Query(("586",), tuple(q["period"].split(",")), tuple(q["cmdCode"].split(",")), ("X",)))) < 1800
        for q in asked
    )


def test_months_are_not_asked_for_and_not_believed_since_a_flow_knows_years_only(stub, ask):
    with pytest.raises(ValueError, match="periods are calendar years such as 2023, not 202301, 202302"):
        Query(("586",), ("202301", "202302"), ("TOTAL",), ("X",))
    stub.script.append((200, {}, envelope([record(), record(period="202301"), record(period="202302")])))
    answer = next(ask().fetch(FOOTBALLS))
    assert ([flow.year for flow in answer.flows], answer.unusable) == ([2023], 2)


def test_an_address_the_service_finds_too_long_is_split(stub, ask):
    stub.records = [record(), record(cmdCode="950661")]
    stub.script.append((414, {}, b"<html>URI Too Long</html>"))
    found = flows(ask(), Query(("586",), ("2023",), ("950661", "950662"), ("X",), partners=("842",)))
    assert sorted(f.hs for f in found) == ["950661", "950662"]


def test_an_empty_answer_means_no_data_on_record(stub, ask):
    assert [(a.flows, a.breakdown) for a in ask().fetch(FOOTBALLS)] == [((), 0)]


def test_calls_keep_a_second_of_distance(stub, ask):
    source = ask()
    flows(source), flows(source), flows(source)
    assert source.time.slept == [1.0, 1.0]


def test_429_waits_as_long_as_asked_in_the_header_in_a_date_or_in_words(stub, ask):
    throttled = json.dumps({"statusCode": 429, "message": "Rate limit is exceeded. Try again in 2 seconds."}).encode()
    stub.script.extend(
        [
            (429, {"Retry-After": "7"}, b""),
            (429, {"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT"}, b""),
            (429, {}, throttled),
            (429, {"Retry-After": "soon"}, b""),
        ]
    )
    stub.records = [record()]
    source = ask()
    assert len(flows(source)) == 1
    assert source.time.slept == [7.0, 30.0, 2.0, 16.0]


def test_a_storm_of_429_ends_and_says_so(stub, ask):
    stub.script.extend([(429, {}, b"")] * 50)
    source = ask()
    with pytest.raises(QuotaGone) as told:
        flows(source)
    assert (told.value.code, len(stub.asked), source.time.slept) == ("throttled", 5, [2.0, 4.0, 8.0, 16.0])


@pytest.mark.parametrize("told", ["²", "٣", "1e9", "-5", "Mon, 23 Nov 2026 12:00:30 +99999999999999"])
def test_a_wait_that_cannot_be_read_is_no_wait_and_breaks_nothing(stub, ask, told):
    stub.script.append((429, {"Retry-After": told.encode().decode("latin-1")}, b""))
    stub.records = [record()]
    source = ask()
    assert (len(flows(source)), source.time.slept) == (1, [2.0])


@pytest.mark.parametrize("told", ["9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_beyond_all_measure_is_a_quota_that_is_gone(stub, ask, told):
    stub.script.append((429, {"Retry-After": told}, b""))
    with pytest.raises(QuotaGone) as refused:
        flows(ask())
    assert (refused.value.code, len(stub.asked)) == ("asked_to_wait", 1)


@pytest.mark.parametrize("status", [429, 403])
def test_a_quota_that_is_gone_for_the_day_is_not_waited_for(stub, ask, status):
    stub.script.append((status, {"Retry-After": "40000"}, b""))
    with pytest.raises(QuotaGone) as told:
        flows(ask())
    assert (told.value.code, told.value.data, len(stub.asked)) == ("asked_to_wait", {"seconds": 40000}, 1)


@pytest.mark.parametrize("status", [429, 403])
def test_a_quota_that_is_gone_costs_one_call_also_without_a_wait(stub, ask, status):
    words = "Out of call volume quota. Quota will be replenished in 09:15:40."
    stub.script.append((status, {}, json.dumps({"statusCode": status, "message": words}).encode()))
    with pytest.raises(QuotaGone) as told:
        flows(ask())
    assert (told.value.code, len(stub.asked)) == ("quota_gone", 1)


def test_the_runs_own_budget_of_calls_is_kept(stub, ask):
    with pytest.raises(QuotaGone) as told:
        flows(ask(max_calls=2), Query(("586",), tuple(str(y) for y in range(1980, 2020)), ("TOTAL",), ("X",)))
    assert (told.value.code, len(stub.asked)) == ("calls_used_up", 2)


def test_server_errors_are_tried_again_with_growing_pauses_and_then_called_down(stub, ask):
    stub.records = [record()]
    stub.script.extend([(503, {}, b""), (500, {}, b"<html>")])
    source = ask()
    assert (len(flows(source)), source.time.slept) == (1, [2.0, 4.0])
    stub.script.extend([(502, {}, b"")] * 5)
    with pytest.raises(SourceDown) as told:
        flows(ask())
    assert told.value.code == "server_error"


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (
            401,
            b'{"statusCode": 401, "message": "Access denied due to missing subscription key."}',
            "Access denied due to missing subscription key.",
        ),
        (400, b'{"errorObject": {"errorMessage": "Value of period is wrong"}}', "Value of period is wrong"),
        (200, b'{"count": 0, "data": [], "error": "Too many codes"}', "Too many codes"),
        (403, b"<html>Forbidden</html>", ""),
        (302, b"", ""),
    ],
)
def test_a_refusal_is_told_in_the_services_own_words_and_not_tried_again(stub, ask, status, body, message):
    stub.script.append((status, {}, body))
    with pytest.raises(SourceRefused) as told:
        flows(ask())
    assert (told.value.data["message"], len(stub.asked)) == (message, 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<!DOCTYPE html><html><body>We are sorry</body></html>", "not_json"),
        (envelope([record()])[:-40], "not_json"),
        (b'{"count": NaN, "data": [], "error": ""}', "not_json"),
        (b"[1, 2]", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b'{"count": 0, "data": null, "error": ""}', "no_data_list"),
    ],
)
def test_an_answer_that_is_no_envelope_is_tried_again_and_never_believed(stub, ask, body, code):
    stub.script.extend([(200, {"Content-Type": "application/json"}, body)] * 5)
    with pytest.raises(SourceLied) as told:
        flows(ask())
    assert (told.value.code, len(stub.asked)) == (code, 5)


def test_a_count_that_differs_from_what_came_is_a_lie(stub, ask):
    stub.script.append((200, {}, envelope([record()], count=3)))
    with pytest.raises(SourceLied) as told:
        flows(ask())
    assert (told.value.code, told.value.data) == ("count_differs", {"told": "3", "came": 1})


def test_rows_that_were_not_asked_for_and_rows_without_a_value_are_left_out_and_counted(stub, ask):
    stub.script.append(
        (
            200,
            {},
            envelope(
                [
                    record(),
                    record(reporterCode=156),
                    record(period="2019"),
                    record(flowCode="M"),
                    record(primaryValue=None, fobvalue=None),
                    record(primaryValue=-5, fobvalue=None),
                    record(primaryValue=True, fobvalue="12"),
                    record(period="20AB"),
                    record(cmdCode=None),
                    record(partnerCode=None),
                    record(partnerCode="elsewhere"),
                    record(primaryValue=10**400, fobvalue=None),
                    record(primaryValue=1e300, fobvalue=None),
                ]
            ),
        )
    )
    answer = next(ask().fetch(FOOTBALLS))
    assert (len(answer.flows), answer.strangers, answer.unusable) == (1, 3, 9)


def test_records_that_are_no_objects_are_unusable(stub, ask):
    stub.script.append((200, {}, envelope([record(), "a line", 7])))
    assert next(ask().fetch(FOOTBALLS)).unusable == 2


def test_both_spellings_of_the_keys_and_values_that_stand_for_nothing_are_understood(stub, ask):
    told = {
        name: value
        for name, value in record(primaryValue=None, netWgt=0).items()
        if name not in {"fobvalue", "isNetWgtEstimated"}
    }
    stub.script.append((200, {}, envelope([told | {"fobValue": 5.0, "isnetWgtEstimated": True}])))
    assert flows(ask()) == [Flow(2023, "586", "842", "X", "950662", 5.0, None, weight_estimated=True, edition="H6")]


def test_a_code_that_came_as_a_number_gets_its_leading_zeros_back(stub, ask):
    query = Query(("586",), ("2023",), ("0306",), ("X",), partners=("842",))
    stub.script.append((200, {}, envelope([record(cmdCode=306, aggrLevel=4), record(cmdCode=306, aggrLevel=None)])))
    answer = next(ask().fetch(query))
    assert ([f.hs for f in answer.flows], answer.unusable) == (["0306"], 1)


def test_levels_are_sized_first_since_their_number_is_not_known(stub, ask):
    stub.records = [record(cmdCode="950662"), record(cmdCode="950669")]
    query = Query(("586",), ("2023",), ("AG6",), ("X",), partners=("842",))
    stub.script.extend([(200, {}, envelope([], count=2)), (200, {}, envelope(stub.records))])
    assert [f.hs for f in flows(ask(), query)] == ["950662", "950669"]
    assert [q.get("countOnly") for _, q, _ in stub.asked] == ["true", None]


def test_a_size_needs_no_list_of_data(stub, ask):
    stub.script.append((200, {}, b'{"count": 12, "data": null, "error": ""}'))
    assert ask().count(FOOTBALLS) == 12


@pytest.mark.parametrize("count", [None, "12", True, -1])
def test_a_size_that_is_no_number_is_a_lie(stub, ask, count):
    stub.script.append((200, {}, envelope([], count=count)))
    with pytest.raises(SourceLied) as told:
        ask().count(FOOTBALLS)
    assert told.value.code == "no_count"


def test_an_answer_that_is_too_large_is_dropped_while_it_arrives(stub, ask):
    stub.script.append((200, {}, b" " * 3_000_000))
    with pytest.raises(SourceLied) as told:
        flows(ask(max_answer_bytes=1_000_000))
    assert (told.value.code, told.value.data) == ("answer_too_large", {"limit_mb": 1})


def drip(of_the_headers):
    """A whole answer, but the first bytes of it, or of_the_headers, one every hundredth of a second."""

    def answer(handler):
        body = envelope([])
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nX-Dots: {'.' * 60}\r\n\r\n".encode()
        slow, rest = (head, body) if of_the_headers else (body + b" ", b"")
        try:
            handler.wfile.write(b"" if of_the_headers else head.replace(b"Content-Length", b"X-Length"))
            for byte in slow[:60]:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(0.01)
            handler.wfile.write(slow[60:] + rest)
        except OSError:  # given up
            return

    return answer


@pytest.mark.parametrize("of_the_headers", [True, False])
def test_an_answer_that_drips_for_ever_is_given_up(stub, ask, of_the_headers):
    stub.script.extend([drip(of_the_headers)] * 2)
    with pytest.raises(SourceDown) as told:
        flows(ask(tries=2, max_answer_seconds=0.2))
    assert told.value.code == "answer_too_slow"


@pytest.mark.parametrize("of_the_headers", [True, False])
def test_an_answer_that_drips_but_comes_in_time_is_read(stub, ask, of_the_headers):
    stub.script.append(drip(of_the_headers))
    assert flows(ask()) == []


def test_silence_is_down_and_the_log_says_what_was_tried(stub, ask):
    source = ask(base_url="http://127.0.0.1:9", tries=2)
    with pytest.raises(SourceDown) as told:
        flows(source)
    assert (told.value.code, source.lines) == (
        "no_answer",
        [("trying_again", {"problem": "no_answer", "seconds": 2, "attempt": 1})],
    )


def test_a_dead_network_is_given_up_within_seconds_and_a_silent_source_is_not(stub, ask):
    unreached, silent = ask(base_url="http://127.0.0.1:9"), ask()
    stub.script.extend([(503, {}, b"")] * 5)
    for source in (unreached, silent):
        with pytest.raises(SourceDown):
            flows(source)
    assert (sum(unreached.time.slept), sum(silent.time.slept)) == (2 + 4, 2 + 4 + 8 + 16)
    assert unreached._client().timeout.connect == 10


def test_a_cut_connection_is_tried_again(stub, ask):
    def hang_up(handler):
        handler.send_response(HTTPStatus.OK)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"count"')

    stub.records = [record()]
    stub.script.append(hang_up)
    assert len(flows(ask())) == 1


def test_the_key_is_in_no_address_no_error_and_no_log_line(stub, ask):
    stub.script.extend([(429, {}, b""), (401, {}, b'{"statusCode": 401, "message": "Access denied"}')])
    source = ask()
    with pytest.raises(SourceRefused) as told:
        flows(source)
    assert "secret-key" not in f"{source.lines} {told.value} {source.url(FOOTBALLS)}"
