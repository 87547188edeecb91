"""The text of a Raast code."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers import emv
from payments.providers.interface import Refused
from payments.providers.reading import KARACHI
from tdap_portal.charts.squares import QUIET, squares_of

from .made import IBAN, JUNK_TEXTS, ORACLE

pytestmark = pytest.mark.unit
VECTORS = ORACLE["raast_qr"]
UNTIL = datetime(2026, 1, 31, 18, 0, tzinfo=KARACHI)
MERCHANT = {"name": "TDAP TRAINING", "city": "KARACHI", "trade": "8299"}
DYNAMIC = VECTORS["p2p_dynamic_1500_expires_2026-01-31T18:00"]


def closed(text: str, tag: str = "63") -> str:
    """A row with the right CRC at its end."""
    return f"{text}{tag}04" + emv.crc(f"{text}{tag}04")


def test_the_crc_of_the_vector():
    for vector in ORACLE["crc16_ccitt_false"]["vectors"]:
        assert emv.crc(vector["text"]) == vector["crc"]


def test_a_static_code_between_persons():
    assert emv.person_code(IBAN) == VECTORS["p2p_static"]
    assert emv.read_code(VECTORS["p2p_static"]) == emv.Code(is_merchant=False, is_dynamic=False, iban=IBAN)


def test_a_code_for_one_payment_between_persons():
    assert emv.person_code(IBAN, amount_paisa=150_000, purpose="Training fee", expires_at=UNTIL) == DYNAMIC
    assert emv.read_code(DYNAMIC) == emv.Code(
        is_merchant=False,
        is_dynamic=True,
        iban=IBAN,
        amount_paisa=150_000,
        purpose="Training fee",
        expires_at=UNTIL,
    )


def test_a_code_of_a_merchant():
    text = emv.merchant_code(IBAN, **MERCHANT, reference="INV-42", amount_paisa=150_000)
    assert text == VECTORS["merchant_dynamic"]
    assert emv.read_code(text) == emv.Code(
        is_merchant=True,
        is_dynamic=True,
        iban=IBAN,
        amount_paisa=150_000,
        name="TDAP TRAINING",
        city="KARACHI",
        reference="INV-42",
    )


def test_paisa_and_a_merchant_without_amount_or_reference():
    assert emv.read_code(emv.person_code(IBAN, amount_paisa=150_050)).amount_paisa == 150_050
    static = emv.read_code(emv.merchant_code(IBAN, **MERCHANT))
    assert (static.is_dynamic, static.amount_paisa, static.reference) == (False, None, "")


def test_the_account_is_not_in_what_is_printed_of_a_code():
    assert IBAN not in repr(emv.read_code(DYNAMIC))


@given(
    st.integers(1, emv.LARGEST_PAISA),
    st.text(max_size=120),
    st.none() | st.integers(0, 50_000_000).map(lambda minutes: UNTIL + timedelta(minutes=minutes)),
)
def test_what_is_written_is_read(amount, words, until):
    found = emv.read_code(emv.person_code(IBAN, amount_paisa=amount, purpose=words, expires_at=until))
    assert (found.amount_paisa, found.expires_at, found.iban) == (amount, until, IBAN)
    assert found.purpose == emv.printable(words)[:99].strip()


@given(st.sampled_from(sorted(VECTORS.values())), st.integers(0), st.integers(1, 127))
def test_one_changed_byte_of_a_code_is_refused(text, at, difference):
    changed = bytearray(text.encode())
    changed[at % len(text)] ^= difference
    assert isinstance(emv.read_code(changed.decode("latin-1")), Refused)


@pytest.mark.parametrize("text", sorted(VECTORS.values()))
def test_a_code_that_is_cut_off_or_longer_is_refused(text):
    assert [end for end in range(len(text)) if not isinstance(emv.read_code(text[:end]), Refused)] == []
    assert emv.read_code(text + "0") == Refused("form")
    assert isinstance(emv.read_code(text + text), Refused)


@given(
    st.text(max_size=100)
    | st.text("0123456789", max_size=100)
    | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))
)
def test_the_reader_never_raises(text):
    emv.read_row(text)
    assert isinstance(emv.read_code(text), Refused)


@given(
    st.lists(
        st.tuples(st.integers(0, 99), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)),
        max_size=8,
    ),
    st.sampled_from(["10", "63"]),
)
def test_the_reader_never_raises_on_rows_with_a_right_crc(fields, tag):
    emv.read_code(closed("".join(f"{number:02}{len(value):02}{value}" for number, value in fields), tag))


@pytest.mark.parametrize("text", JUNK_TEXTS)
def test_junk_is_refused(text):
    assert emv.read_code(text) == Refused("form")


PERSON = f"0002020102120202000424{IBAN}"
ACCOUNT = f"28420010A0000007360124{IBAN}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (closed(PERSON + "05041500", "10"), ""),
        (closed(PERSON, "10"), "amount"),  # for one payment, but of how much?
        (closed(PERSON + "0503abc", "10"), "amount"),
        (closed(PERSON + "05010", "10"), "amount"),
        (closed(PERSON + "0506-15000", "10"), "amount"),
        (closed(PERSON + "051499999999999999", "10"), "amount"),
        (closed(PERSON + "05041500" + "0712310220261800", "10"), "time"),
        (closed(PERSON + "05041500" + "07050101 ", "10"), "time"),
        (closed(PERSON.replace("PK36", "PK37") + "05041500", "10"), "iban"),
        (closed(PERSON.replace("PK36", "pk36") + "05041500", "10"), "iban"),
        (closed(PERSON.replace("010212", "010213") + "05041500", "10"), "layout"),
        (closed(PERSON + "05041500", "63"), "layout"),
        (closed(PERSON + "05041500" + "05041500", "10"), "form"),
        (closed(f"000201010212{ACCOUNT}5303586540515.005802PK", "63"), ""),
        (closed(f"000201010212{ACCOUNT}5303840540515.005802PK", "63"), "layout"),
        (closed(f"000201010212{ACCOUNT}5303586540515.005802IN", "63"), "layout"),
        (closed(f"000201010212{ACCOUNT}5303586540515.005802PK6203010", "63"), "layout"),
        (closed(f"000201010212{ACCOUNT}{ACCOUNT.replace('2842', '2942')}5303586540515.005802PK", "63"), "layout"),
        (closed("0002010102125303586540515.005802PK", "63"), "layout"),
        (closed(f"000201010211{ACCOUNT}5303586" + "5802PK", "63"), ""),
        (closed(f"000201010211{ACCOUNT.replace('PK36', 'PK37')}5303586" + "5802PK", "63"), "iban"),
        (closed(f"000201010212{ACCOUNT}5303586" + "5802PK", "63"), "amount"),
        (DYNAMIC[:-4] + DYNAMIC[-4:].lower(), "crc"),
    ],
)  # fmt: skip
def test_other_rows(text, code):
    found = emv.read_code(text)
    assert (found.code if isinstance(found, Refused) else "") == code


@pytest.mark.parametrize(
    "write",
    [
        lambda: emv.person_code("PK37SCBL0000001123456702"),
        lambda: emv.person_code("pk36 scbl 0000 0011 2345 6702"),
        lambda: emv.person_code(IBAN, amount_paisa=0),
        lambda: emv.person_code(IBAN, amount_paisa=emv.LARGEST_PAISA + 1),
        lambda: emv.merchant_code(IBAN, name="تربیت", city="KARACHI", trade="8299"),
        lambda: emv.merchant_code(IBAN, name="TDAP", city=" ", trade="8299"),
        lambda: emv.merchant_code(IBAN, name="TDAP", city="KARACHI", trade="82"),
    ],
)
def test_what_no_code_can_hold_is_not_written(write):
    with pytest.raises(ValueError):
        write()


def test_letters_that_a_code_cannot_hold_give_way():
    found = emv.read_code(emv.person_code(IBAN, amount_paisa=100, purpose="زرِ ضمانت D-3\n0412 " + "x" * 200))
    assert found.purpose == ("D-3 0412 " + "x" * 200)[:99]


def test_the_drawing_is_an_svg_with_white_around_it():
    drawn = squares_of(DYNAMIC)
    svg = drawn.svg('Code of "D-3" <b>')

    assert drawn.path.startswith("M0 0h1v1h-1z")
    assert f'viewBox="{-QUIET} {-QUIET} {drawn.size + 2 * QUIET} {drawn.size + 2 * QUIET}"' in svg
    assert 'aria-label="Code of &quot;D-3&quot; &lt;b&gt;"' in svg
    assert IBAN not in svg
