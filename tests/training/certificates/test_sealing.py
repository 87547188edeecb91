"""A certificate that anybody can check without asking us, and its number."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from training.certificates.numbers import ALPHABET, LENGTH, Reading, compact, new_number, read_number, shown
from training.certificates.sealing import (
    MARK,
    NotSealed,
    fingerprint,
    private_key,
    public_key,
    public_text,
    read_seal,
    seal,
)

pytestmark = pytest.mark.unit
# The first test vector of RFC 8032, section 7.1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
KEY = private_key(base64.b64encode(SEED).decode())
KEYS = {"2027-A": KEY.public_key()}
PDF = b"%PDF-1.7\nRabia Noor of Noor Sports Works\n%%EOF\n"
FACTS = {"number": "7K4M2QXD9FTR", "person": "Rabia Noor", "person_ur": "رابعہ نور", "hours": [48, 52]}
SEALED = seal(PDF, FACTS, key=KEY, key_name="2027-A")


def test_a_sealed_file_says_what_it_says_and_that_it_is_whole():
    found = read_seal(SEALED, keys=KEYS)
    assert (found.facts, found.key, found.is_whole) == (FACTS, "2027-A", True)
    assert SEALED.startswith(PDF)


def test_the_key_is_that_of_the_standard():
    assert KEY.public_key().public_bytes_raw() == PUBLIC
    assert public_key(public_text(KEY.public_key())).public_bytes_raw() == PUBLIC
    assert fingerprint(KEY.public_key()) == "21fe 31df a154"


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_one_changed_byte_anywhere_breaks_it(at, difference):
    changed = bytearray(SEALED)
    changed[at] ^= difference
    try:
        found = read_seal(bytes(changed), keys=KEYS)
    except NotSealed:
        return
    assert not found.is_whole


@pytest.mark.parametrize("more", [b"\n", b"x", b"\n%%EOF", MARK + b"e30= e30=\n", b"\n" + PDF])
def test_what_is_added_behind_it_breaks_it(more):
    try:
        found = read_seal(SEALED + more, keys=KEYS)
    except NotSealed:
        return
    assert not found.is_whole


def test_what_is_put_before_it_breaks_it():
    assert not read_seal(b"x" + SEALED, keys=KEYS).is_whole


def test_a_key_that_is_not_ours_does_not_hold():
    other = Ed25519PrivateKey.generate()
    assert not read_seal(seal(PDF, FACTS, key=other, key_name="2027-A"), keys=KEYS).is_whole
    assert not read_seal(seal(PDF, FACTS, key=other, key_name="2027-B"), keys=KEYS).is_whole


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PDF, "no_seal"),
        (b"", "no_seal"),
        (PDF + MARK + b"!!! e30=\n", "broken_seal"),
        (PDF + MARK + b"e30= e30=\n", "broken_seal"),
        (PDF + MARK + base64.b64encode(b"[" * 100_000) + b" e30=\n", "broken_seal"),
        (b"x" * 5_000_001, "too_large"),
    ],
)
def test_a_file_without_a_seal_is_told_from_a_broken_one(content, code):
    with pytest.raises(NotSealed) as refusal:
        read_seal(content, keys=KEYS)
    assert refusal.value.code == code


def test_a_file_is_sealed_once():
    with pytest.raises(ValueError, match="seal already"):
        seal(SEALED, FACTS, key=KEY, key_name="2027-A")


@pytest.mark.parametrize("text", ["", "short", base64.b64encode(b"x" * 31).decode(), "é" * 44])
def test_a_setting_that_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="32 bytes"):
        private_key(text)


def test_the_public_key_type_is_read_back():
    assert isinstance(public_key(public_text(KEY.public_key())), Ed25519PublicKey)


# --------------------------------------------------------------------------------------------------------- the number


def test_a_number_is_read_however_it_is_written():
    number = new_number()
    assert len(number) == LENGTH
    assert set(number) <= set(ALPHABET)
    for text in (number, shown(number), shown(number).lower(), f" {shown(number)} "):
        assert (compact(text), read_number(text)) == (number, Reading.GOOD)


@given(st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_single_wrong_letter_is_seen(at, letter):
    number = new_number()
    wrong = number[:at] + letter + number[at + 1 :]
    assert read_number(wrong) == (Reading.GOOD if wrong == number else Reading.MISTYPED)


@pytest.mark.parametrize("text", ["", "7K4M-2QXD", "O0I1-LUUU-9FTR", "۷K4M-2QXD-9FTR", "7" * 400])
def test_what_was_never_a_number_of_ours(text):
    assert read_number(text) == Reading.NOT_OURS


def test_numbers_do_not_repeat():
    assert len({new_number() for _ in range(2000)}) == 2000


def test_another_spelling_of_the_same_signature_is_a_change():
    """Base64 has four bits to spare at the end of 64 bytes: another last letter reads as the same bytes."""
    head, last = SEALED[: -len("A==\n")], chr(SEALED[-len("A==\n")])
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    others = [letter for letter in letters if letters.index(letter) // 16 == letters.index(last) // 16]
    assert len(others) == 16
    found = {letter: _reads(head + letter.encode() + b"==\n") for letter in others}
    assert found == {letter: letter == last for letter in others}


def _reads(content: bytes) -> bool:
    try:
        return read_seal(content, keys=KEYS).is_whole
    except NotSealed:
        return False
