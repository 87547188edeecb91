"""Fingerprints stand in the database: another way of making them would find no firm again."""

import pytest

from tdap_portal.core.fingerprints import fingerprint

pytestmark = pytest.mark.unit


def test_a_fingerprint_rests_on_key_kind_and_number(settings):
    settings.FINGERPRINT_KEY = "tests-only-fingerprint-key"
    # printf 'ntn:4174941' | openssl dgst -sha256 -hmac tests-only-fingerprint-key -r | cut -c 1-32
    assert fingerprint("ntn", "4174941") == "1dd3ebc78002fbfdcfdba711ed8c484f"
    assert fingerprint("phone", "4174941") == "e83e8bac23e7e3cb1df0725a90493fae"
    settings.FINGERPRINT_KEY = "another"
    assert fingerprint("ntn", "4174941") != "1dd3ebc78002fbfdcfdba711ed8c484f"
