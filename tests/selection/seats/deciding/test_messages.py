"""Who hears of a decision that was sent, went back or is carried out."""

from __future__ import annotations

import pytest
from django.urls import reverse

from selection.seats.deciding import services
from tdap_portal.audit import outbox
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director, officer
from tests.selection.seats.filled import closed_round, composed, reviewed_files, sent, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision():
    """Sent by Hina, not delivered yet."""
    round_ = closed_round(seats=1, number=5)
    reviewed_files(round_, {"points": "80"}, {"points": "70"})
    found = composed(round_, by=director(name="Hina Qureshi"))
    with outbox.held_back():
        return sent(found)


def heard(template: str) -> dict[str, Message]:
    return {row.to.name: row for row in Message.objects.select_related("to").filter(template=template)}


def test_the_other_directors_hear_that_a_signature_is_wanted_each_in_their_language(decision):
    director(name="Salman Raza")
    director(name="Rabia Malik", language="ur")
    officer(name="Kamran Shah")
    outbox.deliver_all()
    told = heard("round_decision.sent")
    assert {"Salman Raza", "Rabia Malik"} <= set(told)
    assert not {"Hina Qureshi", "Kamran Shah"} & set(told)
    assert "Hina Qureshi" in told["Salman Raza"].body
    assert told["Salman Raza"].url == reverse("selection:round_decision", args=["R5", decision.public_id])
    assert "دوسرے ڈائریکٹر" in told["Rabia Malik"].body


def test_nobody_hears_that_a_signature_is_wanted_once_it_was_given(decision):
    with outbox.held_back():
        services.sign(actor=director(), decision=decision, basis=decision.basis)
    outbox.deliver_all()
    assert heard("round_decision.sent") == {}


def test_whoever_sent_it_hears_why_it_came_back_but_not_of_their_own_return(decision):
    services.return_decision(actor=director(name="Salman Raza"), decision=decision, words="One seat for Balochistan.")
    outbox.deliver_all()
    (row,) = heard("round_decision.returned").values()
    assert (row.to.name, "Salman Raza" in row.body, "One seat for Balochistan." in row.body) == (
        "Hina Qureshi",
        True,
        True,
    )
    again = sent(decision.composition, by=decision.sent_by)
    services.return_decision(actor=decision.sent_by, decision=again, words="A mistake.")
    outbox.deliver_all()
    assert Message.objects.filter(template="round_decision.returned").count() == 1


def test_whoever_sent_it_hears_that_it_is_carried_out(decision):
    signed(decision)
    (row,) = heard("round_decision.done").values()
    assert row.to.name == "Hina Qureshi"
    assert row.body.startswith("2 of 2 files of round R5 are decided as signed.")
