"""How long an SMS is, how an address is shown, what fits a subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdap_portal.notifications.texts import SmsLength, masked, one_line, sms_length, sms_text, with_telephone

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SmsLength("gsm", 0, 1)),
        ("a" * 160, SmsLength("gsm", 160, 1)),
        ("a" * 161, SmsLength("gsm", 161, 2)),
        ("a" * 306, SmsLength("gsm", 306, 2)),
        ("a" * 307, SmsLength("gsm", 307, 3)),
        ("€" * 80, SmsLength("gsm", 160, 1)),
        ("€" * 81, SmsLength("gsm", 162, 2)),
        ("a" * 152 + "€" + "a" * 152, SmsLength("gsm", 306, 3)),
        ("ک" * 70, SmsLength("ucs2", 70, 1)),
        ("ک" * 71, SmsLength("ucs2", 71, 2)),
        ("ک" * 134, SmsLength("ucs2", 134, 2)),
        ("ک" * 135, SmsLength("ucs2", 135, 3)),
        ("😀" * 35, SmsLength("ucs2", 70, 1)),
        ("a" * 70 + "’", SmsLength("ucs2", 71, 2)),
    ],
)
def test_an_sms_is_counted_as_the_operator_counts_it(text, expected):
    assert sms_length(text) == expected


@pytest.mark.parametrize(
    ("text", "sent", "alphabet"),
    [
        ("Khan’s Carpets", "Khan's Carpets", "gsm"),
        ("Khan's Carpets – Lahore", "Khan's Carpets - Lahore", "gsm"),
        ("“Noor” Rugs… 5\u00a0days", '"Noor" Rugs... 5 days', "gsm"),
        ("Šumava’s Rugs", "Šumava’s Rugs", "ucs2"),
        ("“نور” قالین – لاہور", "“نور” قالین – لاہور", "ucs2"),
    ],
)
def test_signs_that_telephones_type_do_not_double_the_price_of_an_english_sms(text, sent, alphabet):
    assert (sms_text(text), sms_length(sms_text(text)).alphabet) == (sent, alphabet)


@given(st.text(max_size=400), st.characters())
def test_a_longer_sms_never_has_fewer_parts(text, letter):
    assert sms_length(text + letter).parts >= sms_length(text).parts


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("fatima@example.pk", "f•••@example.pk"),
        ("@example.pk", "•••@example.pk"),
        ("+923001234567", "+92•••567"),
        ("12345", "•••"),
        ("", "•••"),
    ],
)
def test_a_masked_address_can_be_recognised_but_not_used(address, expected):
    assert masked(address) == expected


@pytest.mark.parametrize(
    ("text", "phone", "expected"),
    [
        ("File R4-0001 waits.", "051 111-222-333 (office)", "File R4-0001 waits.\nTDAP 051111222333"),
        ("a" * 142, "051111222333", "a" * 142 + "\nTDAP 051111222333"),
        ("a" * 143, "051111222333", "a" * 143),
        ("ک" * 52, "051111222333", "ک" * 52 + "\nTDAP 051111222333"),
        ("ک" * 53, "051111222333", "ک" * 53),
        ("File R4-0001 waits.", "", "File R4-0001 waits."),
    ],
)
def test_an_sms_names_the_telephone_where_that_costs_no_further_part(text, phone, expected):
    assert with_telephone(text, phone) == expected


def test_a_subject_is_one_line_of_at_most_200_characters():
    assert one_line(" Two\r\nlines \t and  spaces ") == "Two lines and spaces"
    assert one_line("a" * 300) == "a" * 200
