"""Numbers of certificates: twelve letters and digits that nobody can guess, the last of which tells a mistyped one. Pure."""

from __future__ import annotations

import secrets
from enum import StrEnum

from stdnum import luhn

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0, 1, I, L, O, U: nothing that is misread
LENGTH = 12
GROUP = 4


class Reading(StrEnum):
    GOOD = "good"  # as we write them; whether it was issued, the register says
    MISTYPED = "mistyped"  # the last letter does not fit the others
    NOT_OURS = "not_ours"  # another length, or letters that we never use


def new_number() -> str:
    """Eleven random letters, 30**11 of them (about 54 bits), and the one that checks them."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return letters + luhn.calc_check_digit(letters, ALPHABET)


def shown(number: str) -> str:
    """ "7K4M-2QXD-9FTR"."""
    return "-".join(number[at : at + GROUP] for at in range(0, len(number), GROUP))


def compact(text: str) -> str:
    """As it is kept: no dashes and spaces, large letters."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def read_number(text: str) -> Reading:
    number = compact(text)
    if len(number) != LENGTH or set(number) - set(ALPHABET):
        return Reading.NOT_OURS
    return Reading.GOOD if luhn.is_valid(number, ALPHABET) else Reading.MISTYPED
