"""What providers write, read strictly: nothing in two ways, and nothing raises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers import reading

from .made import JUNK_TEXTS

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"a=1&b=&c=x+y%26z", {"a": "1", "b": "", "c": "x y&z"}),
        (b"", {}),
        (b"a=1&a=2", None),
        (b"a=1&%61=2", None),
        (b"a=%ff", None),
        (b"a=%ED%A0%80", None),  # half a letter
        (b"a=%00", None),
        ("a=ø".encode(), None),
        (b"&".join(b"a%d=1" % number for number in range(101)), None),
        (b"a=" + b"x" * reading.MAX_BYTES, None),
    ],
)
def test_forms(body, fields):
    assert reading.read_form(body) == fields


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a": 1.50, "b": 25000, "c": null, "d": [true]}', {"a": "1.50", "b": "25000", "c": None, "d": [True]}),
        (b'{"a": %s}' % (b"9" * 5_000), {"a": "9" * 5_000}),
        (b"[1]", None),
        (b'{"a": 1, "a": 2}', None),
        (b'{"a": {"b": 1, "b": 1}}', None),
        (b'{"a": NaN}', None),
        (b'{"a": -Infinity}', None),
        (b'{"a": "\\ud800"}', None),
        (b'{"\\u0000": 1}', None),
        (b'{"a": "\xff"}', None),
        (b'{"a":' + b"[" * 700 + b"]" * 700 + b"}", None),
        (b'{"a":' * 100_000, None),
        (b'{"a":"' + b"x" * reading.MAX_BYTES + b'"}', None),
        (b"", None),
    ],
)
def test_json(body, found):
    assert reading.read_json(body) == found


@given(st.binary(max_size=60) | st.text('{}[]",:\\u0d89aNI -', max_size=40).map(str.encode))
def test_junk_never_raises(body):
    reading.read_form(body)
    if reading.read_json(body) is not None:
        reading.raw_member(body, "a")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text('aü"\\{}[],:', max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    )
)
def test_a_member_is_cut_out_as_it_is_written(value):
    import json

    written = json.dumps(value, ensure_ascii=False, indent=1)
    body = f'{{ "x": [1, {{"response": 2}}] ,\n"response" :\t{written}, "signature": "response" }}'.encode()
    assert reading.raw_member(body, "response") == written.encode()
    assert reading.raw_member(body, "missing") is None


@pytest.mark.parametrize(
    ("text", "paisa"),
    [
        ("1500", 150_000),
        ("1500.5", 150_050),
        ("1500.05", 150_005),
        ("1500.0500", 150_005),
        ("0.01", 1),
        ("1,500", None),
        ("1500.005", None),
        ("1500.", None),
        (" 1500", None),
        ("1500\n", None),
        ("+1500", None),
        ("١٥٠٠", None),
        ("1" * 13, None),
        *((text, None) for text in JUNK_TEXTS if text),
    ],
)
def test_rupees(text, paisa):
    assert reading.read_rupees(text) == paisa


@pytest.mark.parametrize(("text", "paisa"), [("150000", 150_000), ("1500.00", None), ("1" * 15, None), ("１", None)])
def test_paisa(text, paisa):
    assert reading.read_paisa(text) == paisa


@given(st.integers(0, 10**14 - 1))
def test_rupees_are_written_and_read_alike(paisa):
    assert reading.read_rupees(reading.rupees(paisa)) == paisa


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20270412235959", datetime(2027, 4, 12, 18, 59, 59, tzinfo=UTC)),
        ("20080831233000", datetime(2008, 8, 31, 17, 30, tzinfo=UTC)),  # summer time
        ("20080601003000", None),  # left out when the clocks went forward
        ("20270229000000", None),
        ("20271301000000", None),
        ("00000000000000", None),
        ("2027041223595", None),
        ("٢٠٢٧٠٤١٢٢٣٥٩٥٩", None),
        ("9" * 5_000, None),
    ],
)
def test_stamps_are_of_a_clock_in_karachi(text, moment):
    found = reading.read_stamp(text)
    assert found == moment
    assert found is None or reading.stamp(found) == text


def test_the_hour_that_came_twice_is_read_as_the_first():
    assert reading.read_stamp("20081031233000") == datetime(2008, 10, 31, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-04-12T18:59:30Z", datetime(2027, 4, 12, 18, 59, 30, tzinfo=UTC)),
        ("2027-04-12T23:59:30+05:00", datetime(2027, 4, 12, 18, 59, 30, tzinfo=UTC)),
        ("2027-04-12T23:59:30", None),
        ("2027-04-12", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("9999-12-31T23:59:59-05:00", None),
        *((text, None) for text in JUNK_TEXTS),
    ],
)
def test_moments_name_their_zone(text, moment):
    assert reading.read_iso(text) == moment


@given(st.text(max_size=40))
def test_no_moment_raises(text):
    for pattern in ("%d/%m/%Y %I:%M %p", "%Y-%m-%d %H:%M:%S", "%d%m%Y%H%M"):
        reading.read_local(text, pattern)
    reading.read_iso(text)
    reading.read_stamp(text)


@pytest.mark.parametrize("text", ["00010101000000", "99991231235959", "00011231235959"])
def test_the_ends_of_the_calendar_do_not_raise(text):
    reading.read_stamp(text)
    reading.read_local(text, "%Y%m%d%H%M%S", zone=reading.ZoneInfo("Pacific/Kiritimati"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("T-1", True),
        ("240418718258", True),
        ("a" * 65, False),
        ("-1", False),
        ("a b", False),
        ("a\n", False),
        ("ø", False),
        ("a\0", False),
        ("", False),
    ],
)
def test_references(text, is_one):
    assert (reading.read_reference(text) == text) is is_one


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"X-Sign": "a"}, "a"),
        ({"x-sign": "a"}, "a"),
        ({"X-Sign": "a", "x-sign": "b"}, ""),
        ({"X-Sign": b"a"}, ""),
        ({}, ""),
    ],
)
def test_a_header_is_found_in_any_case(headers, found):
    assert reading.header(headers, "X-Sign") == found
