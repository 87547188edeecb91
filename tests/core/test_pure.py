"""Refusals, state tables, answers and the promise clock."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from tdap_portal.core.access import allowed, denied
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.core.logs import cleaned, without_private_numbers
from tdap_portal.core.phones import NotAMobileNumber, national_form, parse_mobile
from tdap_portal.core.promise import Pause, due_if_resumed, read_clock
from tdap_portal.core.states import Machine, Move
from tdap_portal.web.access_log import AccessLogger

pytestmark = pytest.mark.unit


def weekdays(day: date) -> bool:
    return day.weekday() < 5


MONDAY = date(2027, 3, 1)
LAMP = Machine(
    Move("press", "off", "on", "lamp.lit"),
    Move("press", "on", "off", "lamp.dark"),
    Move("smash", ("on", "off"), "broken", "lamp.broken"),
)


def test_a_refusal_carries_words_code_and_data():
    refusal = DomainError("The round is full.", code="round_full", seats=60)
    assert (str(refusal), refusal.code, refusal.data) == ("The round is full.", "round_full", {"seats": 60})


@pytest.mark.parametrize(
    ("kind", "code"), [(WrongState, "wrong_state"), (NotAllowed, "not_allowed"), (NotFound, "not_found")]
)
def test_the_kinds_of_refusal_have_their_codes(kind, code):
    assert kind("Why.").code == code


def test_a_move_is_found_by_action_and_state():
    assert LAMP.move("press", "off").target == "on"
    assert LAMP.allows("smash", "on") is True
    assert LAMP.allows("smash", "broken") is False


def test_an_action_that_does_not_fit_is_refused_with_words():
    with pytest.raises(WrongState) as refusal:
        LAMP.move("press", "broken")
    assert refusal.value.data == {"action": "press", "state": "broken"}


def test_a_table_with_two_ways_out_is_no_table():
    with pytest.raises(ValueError, match="twice"):
        Machine(Move("go", "a", "b", "x"), Move("go", "a", "c", "y"))


def test_an_answer_is_yes_or_a_reason():
    no = denied("Only a director decides.")
    assert (bool(allowed()), bool(no), no.reason) == (True, False, "Only a director decides.")
    allowed().require()
    with pytest.raises(NotAllowed, match="Only a director decides"):
        no.require()


def test_the_clock_counts_working_days_only():
    clock = read_clock(MONDAY, 5, [], on=date(2027, 3, 8), is_working_day=weekdays)
    assert (clock.used, clock.due, clock.left, clock.late_by, clock.paused) == (5, date(2027, 3, 8), 0, 0, False)


def test_a_day_past_the_promise_is_late_by_one():
    clock = read_clock(MONDAY, 5, [], on=date(2027, 3, 9), is_working_day=weekdays)
    assert (clock.late_by, clock.due) == (1, date(2027, 3, 8))


def test_the_clock_stands_still_while_the_firm_is_asked():
    asked = [Pause(date(2027, 3, 3))]
    clock = read_clock(MONDAY, 5, asked, on=date(2027, 3, 12), is_working_day=weekdays)
    assert (clock.used, clock.due, clock.paused) == (1, None, True)
    assert due_if_resumed(date(2027, 3, 12), clock.left, is_working_day=weekdays) == date(2027, 3, 18)


def test_an_answered_question_moves_the_date_by_the_days_it_took():
    answered = [Pause(date(2027, 3, 3), date(2027, 3, 5))]
    clock = read_clock(MONDAY, 5, answered, on=date(2027, 3, 5), is_working_day=weekdays)
    assert (clock.used, clock.due) == (2, date(2027, 3, 10))


def test_a_met_promise_counts_no_further():
    clock = read_clock(
        MONDAY, 5, [Pause(date(2027, 3, 4))], on=date(2027, 6, 1), stopped=date(2027, 3, 3), is_working_day=weekdays
    )
    assert (clock.used, clock.paused, clock.late_by) == (2, False, 0)


def test_a_promise_needs_a_day():
    with pytest.raises(ValueError, match="at least one"):
        read_clock(MONDAY, 0, [], on=MONDAY, is_working_day=weekdays)


@pytest.mark.parametrize("text", ["0300-1234567", "+92 300 1234567", "923001234567", "0092 300 1234567"])
def test_a_mobile_number_is_read_as_people_write_it(text):
    assert parse_mobile(text) == "+923001234567"


@pytest.mark.parametrize("text", ["", "hello", "042-35761234", "+44 7911 123456", "0300-123456"])
def test_what_is_no_mobile_number_of_pakistan_is_refused(text):
    with pytest.raises(NotAMobileNumber):
        parse_mobile(text)


def test_a_number_is_shown_as_it_is_written_in_pakistan():
    assert national_form("+923001234567") == "0300-1234567"


@pytest.mark.parametrize(
    "private",
    [
        "35202-1234567-1",
        "3520212345671",
        "35202 1234567 1",
        "35202%2D1234567%2D1",
        "35202۱۲۳۴۵۶۷۸",
        "PK36SCBL0000001123456702",
        "PK36 SCBL 0000 0011 2345 6702",
        "pk36scbl0000001123456702",
        "0300-1234567",
        "0300 123 4567",
        "+923001234567",
        "923001234567",
        "00923001234567",
        "+92 300 123 4567",
        "%2B923001234567",
        "1234567-8",
        "NTN 1234567-8",
        "NTN: 12345678",
        "ntn=1234567",
    ],
)
def test_private_numbers_never_reach_a_log_line(private):
    assert without_private_numbers(f"sent to {private} today") == "sent to [private] today"


def test_a_number_is_found_behind_a_word_that_touches_it():
    assert (
        without_private_numbers("CNIC_3520212345671 'iban:PK36SCBL0000001123456702'")
        == "CNIC_[private] 'iban:[private]'"
    )


def test_the_key_in_an_address_never_reaches_a_log_line():
    key = "kPq8_3Xw-LmN0aZbYcXdWeVfUgThSiRjQkPlOmNnMo4"
    assert without_private_numbers(f"Not Found: /invitation/{key}/ again") == "Not Found: /invitation/[private]/ again"


@pytest.mark.parametrize(
    "words",
    [
        "file R4-0012, HS 950662, event 12345678",
        "2027-03-03T03:04:05.123456+05:00 took 0.3123456789 s, 1450000 PKR, share 33.333333333333",
        "/desk/abcdefghjkmn/read/ /firm/abcdefghjkmn/profile/identity/",
        "line 1234567 of 20270303",
    ],
)
def test_other_numbers_stay_in_the_log(words):
    assert without_private_numbers(words) == words


def test_texts_are_cleaned_however_deep_they_lie_and_digests_stay():
    digest = "a35202123456718b" * 4
    told = {
        "words": ["call 0300 123 4567", {"reason": "CNIC 35202-1234567-1"}],
        "digest": digest,
        "files": 3520212345671,
    }
    assert cleaned(told) == {
        "words": ["call [private]", {"reason": "CNIC [private]"}],
        "digest": digest,
        "files": 3520212345671,
    }


def test_the_line_of_a_request_names_the_page_and_nothing_that_was_asked(capsys):
    key = "kPq8_3Xw-LmN0aZbYcXdWeVfUgThSiRjQkPlOmNnMo4"
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": f"/invitation/{key}/?phone=03001234567", "PATH_INFO": f"/invitation/{key}/",
        "QUERY_STRING": "phone=03001234567", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "203.0.113.9",
        "HTTP_REFERER": f"https://portal/invitation/{key}/",
    }  # fmt: skip
    answer = SimpleNamespace(status="200 OK", sent=120, headers=[])
    config = Config()
    config.set("accesslog", "-")
    log = AccessLogger(config)
    log.access(answer, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=7))
    line = capsys.readouterr().out
    assert line.partition('"')[2] == 'GET /invitation/[private]/ HTTP/1.1" 200 120 7ms\n'
