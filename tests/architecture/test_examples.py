"""Every example in a sentence that a person reads is taken by the field it stands for."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.utils import translation

from smes.fields import DayField, NumberField, YearField
from smes.profile.forms.registration import STEP_FORMS
from smes.vocabulary import identifiers
from smes.vocabulary.hs_search import parse_hs6
from tests.factories.smes import SmeFactory

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {
    r"(?<![0-9-])[0-9]{5}-[0-9]{7}-[0-9]": identifiers.parse_cnic,
    r"(?<![0-9-])[0-9]{7}-[0-9](?![0-9-])": identifiers.parse_ntn,
    r"(?<![0-9])0[0-9]{2,3}[ -][0-9]{6,8}": lambda text: identifiers.parse_phone(text).e164,
    r"(?<![0-9])00[0-9]{5}(?![0-9])": identifiers.parse_secp,
    r"(?<![0-9])PK[0-9]{2}(?: ?[A-Z0-9]{4}){5}": identifiers.parse_iban,
    r"(?<![0-9])[0-9]{2}/[0-9]{2}/[0-9]{4}": DayField().clean,
    r"(?<![0-9])[0-9]{4}\\.[0-9]{2}(?![0-9.])": parse_hs6,
}
"""What an example looks like, and what reads it."""
LIKE = re.compile(r"(?:like|جیسے|یا) \u2068?([0-9][0-9 ,/-]*[0-9])")


def sentences() -> list[str]:
    return [
        text
        for entry in polib.pofile(str(ROOT / "locale" / "ur" / "LC_MESSAGES" / "django.po"))
        for text in (entry.msgid, entry.msgid_plural, entry.msgstr, *entry.msgstr_plural.values())
    ]


@pytest.mark.unit
@pytest.mark.parametrize("pattern", EXAMPLES, ids=lambda pattern: re.sub(r"[^A-Za-z0-9-]", "", pattern))
def test_an_example_is_taken(pattern):
    found = {example for text in sentences() for example in re.findall(pattern, text)}
    wrong = [example for example in found if not EXAMPLES[pattern](example)]
    assert wrong == []


@pytest.mark.unit
def test_the_examples_are_found():
    assert {"35202-1234567-1", "0300 1234567", "052 4261234", "1234567-8", "0012345", "31/12/2020"} <= {
        example for text in sentences() for pattern in EXAMPLES for example in re.findall(pattern, text)
    }


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_example_beside_a_field_of_the_profile_is_taken_by_it(language):
    sme, read = SmeFactory(), set()
    with translation.override(language):
        for make in STEP_FORMS.values():
            form = make(sme=sme)
            for name, field in form.fields.items():
                wrongs = field.error_messages.values() if isinstance(field, NumberField | YearField | DayField) else ()
                for text in (field.help_text, *wrongs):
                    for example in LIKE.findall(str(text)):
                        assert field.clean(example), (name, example)
                        read.add(name)
    assert {"phone", "ntn", "secp_number", "owner-0-cnic", "owner-0-birth_year", "turnover_pkr", "founded_on"} <= read
