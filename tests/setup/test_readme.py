"""What the README says of the demo is what the demo is."""

import re

import pytest

from smes.demo import accounts as firms
from tdap_portal.accounts.demo import accounts as people
from tests.architecture.test_house import ROOT
from training.demo import accounts as trainers

pytestmark = pytest.mark.unit


def test_the_readme_says_of_every_account_what_it_shows():
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+@)`", text)) | {f"officer{number}@" for number in (2, 3, 4)}
    assert named == {account["login"].split("@")[0] + "@" for account in (*people(), *trainers(), *firms())}
