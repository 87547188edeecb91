"""What leads to an appeal: the letter of the decision for the firm, the file for the desk."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import timezone

from selection.appeals import selectors, services
from selection.models import Application, Conflict, Decision
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import AppealOutcome, Outcome, Verdict
from tdap_portal.audit import outbox
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.notifications.models import Message
from tests.factories.accounts import administrator, director, officer
from tests.factories.selection import owner_of
from tests.selection import made as files
from tests.selection.appeals import made
from tests.smes.pages import text_of

pytestmark = pytest.mark.django_db


CODES = {Outcome.SELECT: "ready_to_sell", Outcome.WAITLIST: "seats_full", Outcome.DECLINE: "product_not_ready"}


def decided_by_a_director(outcome: Outcome) -> Application:
    file = files.recommended(outcome=outcome, codes=[CODES[outcome]])
    basis = review_selectors.basis_of(file)
    given = {"outcome": outcome, "reason_codes": [CODES[outcome]], "words": "Few places.", "basis": basis}
    review_services.decide(actor=director(), application=file, **given)
    return files.fresh(file)


def letter(file: Application) -> str:
    outbox.deliver_all()
    return Message.objects.get(to=owner_of(file), template=f"application.{file.state}").body


@pytest.mark.parametrize("outcome", [Outcome.WAITLIST, Outcome.DECLINE])
def test_the_letter_names_the_last_day_and_the_page(client, outcome):
    file = decided_by_a_director(outcome)

    text = letter(file)

    ends = timezone.localtime(selectors.window_ends(Decision.objects.get(application=file)))
    assert f"until {day_words(ends, 'DATETIME_FORMAT')}" in text
    url = f"/file/{file.public_id}/appeal/"
    assert f"{settings.SITE_URL}{url}" in text
    client.force_login(owner_of(file))
    assert "Tell us what we got wrong" in text_of(client.get(url))


def test_the_letter_of_a_selection_names_none():
    assert "/appeal/" not in letter(decided_by_a_director(Outcome.SELECT))


def test_the_letter_of_a_file_that_had_its_appeal_names_none():
    with outbox.held_back():
        file = decided_by_a_director(Outcome.DECLINE)
        made.sent(file)

    assert "/appeal/" not in letter(file)


def test_the_file_leads_the_desk_to_its_appeal(client):
    file = made.decided_file()
    url = f"/desk/{file.public_id}/"
    draft = services.keep_draft(actor=owner_of(file), application=file, points=[made.point()])
    there = f"/desk/appeals/{draft.public_id}/"
    person = officer()
    client.force_login(person)
    assert there not in text_of(client.get(url)), "a draft is the firm's own"

    appeal = made.drawn(file)
    assert there in text_of(client.get(url))
    made.answered(appeal, AppealOutcome.REJECTED, made.finding(Verdict.WRONG))
    assert f"Rejected, {day_words(today())}" in text_of(client.get(url))
    Conflict.objects.create(official=person, sme=file.sme, words="A cousin.")
    assert there not in text_of(client.get(url)), "not for somebody who is tied to the firm"


def test_an_administrator_at_the_file_learns_of_no_appeal():
    appeal = made.sent(made.decided_file())

    assert selectors.appeal_at_desk(administrator(), appeal.application) is None
    assert selectors.appeal_at_desk(officer(), appeal.application) == appeal
