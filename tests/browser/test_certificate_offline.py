"""The page that checks a certificate's PDF, kept on a computer and opened without a network."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.training.certificates.test_sealing import FACTS, KEY, KEYS, PDF, SEALED
from training.certificates.offline import page as page_of
from training.certificates.sealing import MARK, NotSealed, read_seal, seal

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser]
OTHER = Ed25519PrivateKey.generate()


def respelled() -> bytes:
    """The last letter of the signature with other bits to spare: the same bytes, written otherwise."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(SEALED) - len("A==\n")
    return SEALED[:at] + letters[letters.index(chr(SEALED[at])) ^ 1].encode() + SEALED[at + 1 :]


def spaced() -> bytes:
    """A tab in the signature, over which a browser's base64 reads."""
    at = len(SEALED) - 10
    return SEALED[:at] + b"\t" + SEALED[at:]


FILES = {
    "whole": SEALED,
    "a letter of the paper": SEALED.replace(b"Rabia", b"Maria", 1),
    "something before": b"x" + SEALED,
    "something behind": SEALED + b"x",
    "a line behind": SEALED + b"\n%%EOF\n",
    "a second seal": SEALED + MARK + b"e30= e30=\n",
    "the signature respelled": respelled(),
    "the signature spaced": spaced(),
    "no line at the end": SEALED[:-1],
    "facts of another": PDF + MARK + base64.b64encode(b'{"facts":{"person":"Eve"},"key":"2027-A"}') + SEALED[-90:],
    "signed by somebody else": seal(PDF, FACTS, key=OTHER, key_name="2027-A"),
    "a key of another name": seal(PDF, FACTS, key=KEY, key_name="2027-B"),
    "a name of every object": seal(PDF, FACTS, key=KEY, key_name="constructor"),
    "no seal": PDF,
    "nothing": b"",
    "rubbish": MARK + b"!!! ???\n",
}
SAYS = {"whole": "whole", "a key of another name": "other_key", "a name of every object": "other_key",
        "no seal": "no_seal", "nothing": "no_seal"}  # fmt: skip


def test_it_says_of_every_file_what_the_portal_says(browser: Browser, tmp_path: Path):
    kept = tmp_path / "check-certificate.html"
    kept.write_text(page_of(KEYS), "utf-8")
    context = browser.new_context()
    context.set_offline(True)
    page = context.new_page()
    page.goto(kept.as_uri())
    found = {}
    for name, content in FILES.items():
        page.reload()
        page.locator("#file").set_input_files({"name": "c.pdf", "mimeType": "application/pdf", "buffer": content})
        shown = page.locator("[data-verdict]:not([hidden])")
        shown.wait_for()
        found[name] = shown.get_attribute("data-verdict")
        if name == "whole":
            assert page.locator("[data-fact=person]").inner_text() == "Rabia Noor"
    context.close()
    assert found == {name: SAYS.get(name, "changed") for name in FILES}
    assert [name for name, content in FILES.items() if holds(content)] == ["whole"]


def holds(content: bytes) -> bool:
    try:
        return read_seal(content, keys=KEYS).is_whole
    except NotSealed:
        return False
