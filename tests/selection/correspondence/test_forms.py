from contextlib import nullcontext
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from selection.correspondence.forms import AnswerForm, PaperField
from smes.profile import services as profile_services
from smes.profile.facts import ASKABLE, LISTS, FactKind
from smes.profile.forms.registration import STEP_FORMS
from tdap_portal.core.errors import DomainError
from tests.factories.smes import SmeFactory
from tests.smes.papers.test_checks import pdf


@pytest.mark.unit
def test_a_paper_with_an_answer_is_looked_through_for_viruses_too(settings, tmp_path):
    upload = SimpleUploadedFile("paper.pdf", pdf())
    settings.CLAMD_URL = ""
    assert PaperField().clean(upload).content == pdf()
    upload.seek(0)
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody.ctl"
    with pytest.raises(ValidationError) as refusal:
        PaperField().clean(upload)
    assert refusal.value.code == "not_scanned"


TEXTS = {
    FactKind.TEXT: ("Lahore", "لاہور", " sialkot ", "Dinga", "x" * 81, ""),
    FactKind.WHOLE: (
        "61,000,000",
        "61000000",
        "۶۱۰۰۰۰۰۰",
        "PKR 5,00,000",
        "7",
        "۷",
        "7%",
        "-1",
        "2.5",
        "many",
        "95066²",
        "2099",
        "1999",
        "2026",
        "",
    ),
    FactKind.DATE: (
        "2015-04-01",
        "01/04/2015",
        "0218-02-28",
        "2999-01-01",
        "1849-12-31",
        "1850-01-01",
        "yesterday",
        "",
    ),
    FactKind.FLAG: ("yes", "no", "", "True", "perhaps"),
}
IN_A_STEP = [key for key, fact in ASKABLE.items() if fact.step and key not in LISTS]


@pytest.fixture
def asked(db, time_machine):
    """A firm, and what an answer to a question about a fact makes of a text: (whether it is taken, value)."""
    time_machine.move_to("2026-11-23 12:00+05:00", tick=False)
    sme = SmeFactory(complete=True, employees=100_000, women_employees=0)

    def answer(key, text):
        question = SimpleNamespace(public_id="q", fields=[key], document_kinds=[])
        form = AnswerForm({key: text}, question=question, application=SimpleNamespace(facts={}, sme=sme))
        return form.is_valid(), form.values.get(key)

    return sme, answer


@pytest.mark.parametrize("key", IN_A_STEP)
def test_an_answer_takes_what_the_profile_takes_and_makes_the_same_of_it(key, asked):
    sme, answer = asked
    fact = ASKABLE[key]
    for text in TEXTS.get(fact.kind) or (*(fact.codes or {}), "empire", ""):
        step = STEP_FORMS[fact.step]({fact.column: text}, sme=sme, demanding=True)
        step.is_valid()
        taken = fact.column not in step.errors
        value = step.cleaned_data.get(fact.column)
        value = value.isoformat() if isinstance(value, date) else value
        assert answer(key, text) == (taken, value), (key, text)
        with nullcontext() if taken else pytest.raises(DomainError):
            profile_services.correct_profile(actor=sme.created_by, sme=sme, values={key: value if taken else text})


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("city", "لاہور", (True, "Lahore")),
        ("turnover_fiscal_year", "2099", (False, None)),
        ("turnover_fiscal_year", "2024", (True, 2024)),
        ("founded_on", "0218-02-28", (False, None)),
        ("founded_on", "1850-01-01", (True, "1850-01-01")),
        ("turnover_pkr", "61,000,000", (True, 61_000_000)),
        ("turnover_pkr", "۶۱۰۰۰۰۰۰", (True, 61_000_000)),
    ],
)
def test_an_answer_is_read_as_people_write_it(key, text, expected, asked):
    assert asked[1](key, text) == expected
