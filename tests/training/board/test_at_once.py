"""Two workers write one digest, on a real PostgreSQL."""

from __future__ import annotations

from datetime import date

import pytest

from tdap_portal.notifications.models import Message
from tests.factories.accounts import partner_person
from tests.selection.nominations.made import organisation_of
from tests.selection.test_at_once import at_once
from training.board import services
from training.models import BoardDigest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
MAY = date(2027, 5, 1)


def test_of_workers_that_write_one_digest_at_once_one_writes_it_and_each_reader_is_told_once():
    person = partner_person()
    partner = organisation_of(person)
    services.want_digest(actor=person, partner=partner)

    at_once(*[lambda: services.write_digest(partner_id=partner.pk, month=MAY)] * 8)

    assert BoardDigest.objects.count() == 1
    assert Message.objects.filter(to=person, template="board.digest").count() == 1
    assert BoardDigest.objects.get().readers == 1
