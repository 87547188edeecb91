"""What the director reads before signing is, to the letter, what the firm gets."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import escape

from selection.models import AppealPoint, Round
from selection.states import AppealOutcome, Outcome, Verdict
from tdap_portal.audit import outbox
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, officer
from tests.factories.smes import MemberFactory
from tests.selection.appeals import made

pytestmark = pytest.mark.django_db
BETTER = {"quality_control": "third_party", "ecommerce_staff": 6, "catalogue_products": 400}
WORDS_OF_ALL = "We looked again & found it."


def typed(outcome: AppealOutcome, verdict: Verdict, **values) -> dict:
    return {
        "p1-verdict": verdict.value,
        "p1-answer": made.REASON,
        "p1-facts": list(values),
        **{f"p1-{key}": value for key, value in values.items()},
        "outcome": outcome.value,
        "words": WORDS_OF_ALL,
    }


@pytest.mark.parametrize(
    ("before", "reserve", "outcome", "verdict", "values"),
    [
        (Outcome.WAITLIST, 1, AppealOutcome.UPHELD, Verdict.RIGHT, BETTER),
        (Outcome.DECLINE, 0, AppealOutcome.UPHELD, Verdict.RIGHT, BETTER),
        (Outcome.DECLINE, 0, AppealOutcome.REJECTED, Verdict.WRONG, {}),
        (Outcome.WAITLIST, 0, AppealOutcome.REREAD, Verdict.UNCLEAR, {}),
    ],
    ids=["seat", "list", "rejected", "reread"],
)
def test_the_letter_that_was_shown_is_the_one_that_leaves(before, reserve, outcome, verdict, values):
    file = made.decided_file(before)
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=reserve)
    MemberFactory(sme=file.sme, user=UserFactory(language="ur"))
    officer(), officer()
    appeal = made.drawn(file)
    client = Client()
    client.force_login(appeal.director)
    url = f"/desk/appeals/{appeal.public_id}/decide/"
    data = typed(outcome, verdict, **values)

    page = client.post(url, data)
    shown = {letter.language: (letter.subject, letter.body) for letter in page.context["letters"]}
    assert not AppealPoint.objects.exclude(verdict="").exists(), "looking changes nothing"
    client.post(url, data | {"sure": "1", "basis": page.context["basis"]})
    outbox.deliver_all()

    left = Message.objects.filter(template="appeal.answered")
    assert {row.language: (row.subject, row.body.strip()) for row in left} == shown
    assert set(shown) == {"en", "ur"}
    assert WORDS_OF_ALL in shown["ur"][1]
    text = page.content.decode()
    assert re.search(r'<div class="letter mb-3"\s+lang="ur"\s+dir="rtl">', text)
    for subject, _body in shown.values():
        assert escape(subject) in text
