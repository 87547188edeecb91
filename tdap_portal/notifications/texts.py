"""What leaves the portal, seen as text: how long an SMS is, and how an address is shown to staff. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# GSM 03.38: the basic alphabet costs one septet a character, the extension two.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
TYPED_FOR = str.maketrans(  # what telephones and word processors put for a sign of the alphabet
    dict.fromkeys("‘’‚‛′ʼ`´", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": "...", "\u00a0": " ", "\u202f": " "}
)
GSM_ONE, GSM_MANY = 160, 153  # a longer message loses seven septets a part to its header
UCS2_ONE, UCS2_MANY = 70, 67
HIDDEN = "•••"
MAX_NAME_LENGTH = 60
NOT_DIALLED = re.compile(r"[^0-9+]")
SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]*://|\bwww\.", re.IGNORECASE)
JOINT_OF_AN_ADDRESS = re.compile(r"(?<=\w)[.。．｡:/@](?=\w)")  # the wide dots too: browsers take them for dots


@dataclass(frozen=True, slots=True)
class SmsLength:
    """alphabet: "gsm" or "ucs2". units: septets, or UTF-16 code units. parts: messages that the operator charges."""

    alphabet: str
    units: int
    parts: int


def sms_length(text: str) -> SmsLength:
    """How an operator counts this SMS. One character outside GSM 03.38 (any Urdu letter) makes all of it UCS-2.

    A character that needs two units never stands across two parts. An empty text is one part.
    Source: 3GPP TS 23.038 (alphabets) and TS 23.040, section 9.2.3.24.1 (header of a part).
    """
    if all(letter in GSM_BASIC or letter in GSM_EXTENDED for letter in text):
        costs = [2 if letter in GSM_EXTENDED else 1 for letter in text]
        return SmsLength("gsm", sum(costs), _parts(costs, GSM_ONE, GSM_MANY))
    costs = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return SmsLength("ucs2", sum(costs), _parts(costs, UCS2_ONE, UCS2_MANY))


def sms_text(text: str) -> str:
    """The text as an SMS: curly quotes and long dashes plain where that brings all of it into the cheaper alphabet."""
    plain = text.translate(TYPED_FOR)
    return plain if sms_length(plain).alphabet == "gsm" else text


def _parts(costs: list[int], one: int, many: int) -> int:
    if sum(costs) <= one:
        return 1
    parts, room = 1, many
    for cost in costs:
        if cost > room:
            parts, room = parts + 1, many
        room -= cost
    return parts


def with_telephone(text: str, phone: str) -> str:
    """The SMS with TDAP's number, as it is dialled, on a line of its own; without it where it would cost a further part."""
    dialled = NOT_DIALLED.sub("", phone)
    longer = f"{text}\nTDAP {dialled}"
    return longer if dialled and sms_length(longer).parts == sms_length(text).parts else text


def masked(address: str) -> str:
    """An address that staff may see: `f•••@example.pk`, `+92•••567`. Enough to recognise, too little to use."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}{HIDDEN}@{domain}"
    return f"{address[:3]}{HIDDEN}{address[-3:]}" if len(address) > 9 else HIDDEN


def one_line(text: str) -> str:
    """Text for a mail's subject: no line breaks (they would end the header), no runs of spaces, at most 200 characters."""
    return " ".join(text.split())[:200]


def without_links(name: str) -> str:
    """A name that its owner chose, for a message of ours to strangers: nothing in it can be tapped, and it is not long."""
    text = JOINT_OF_AN_ADDRESS.sub(" ", SCHEME.sub("", one_line(name)))
    return text if len(text) <= MAX_NAME_LENGTH else f"{text[: MAX_NAME_LENGTH - 1]}…"
