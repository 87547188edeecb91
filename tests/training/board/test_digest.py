"""The monthly digest: who gets it, when, and once."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tdap_portal.accounts.models import PartnerMember
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import NotAllowed
from tdap_portal.notifications.models import Dispatch, Message
from tests.factories.accounts import partner_person
from tests.factories.board import nominees, running, train
from tests.factories.selection import RoundFactory
from tests.factories.training_places import CohortFactory
from tests.selection.nominations.made import organisation_of
from tests.smes.pages import text_of
from training.board import overview, selectors, services, tasks
from training.board.figures import Wanted
from training.models import BoardDigest, BoardDigestWish

pytestmark = pytest.mark.django_db
MAY = date(2027, 5, 1)


@pytest.fixture
def person():
    return partner_person(language="en")


@pytest.fixture
def partner(person):
    found = organisation_of(person)
    rows = nominees(found, RoundFactory(), 20, made_by=person, dice=random.Random(3), seats=1, agreed=1)
    train(rows, [running(CohortFactory(code="SKT-1"))], dice=random.Random(3))
    return found


def told(person):
    return Message.objects.filter(to=person, template="board.digest")


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2027, 6, 1), date(2027, 5, 1)),  # a Tuesday
        (date(2027, 5, 1), None),  # a Saturday
        (date(2027, 5, 2), None),
        (date(2027, 5, 3), date(2027, 4, 1)),
        (date(2027, 5, 10), date(2027, 4, 1)),
        (date(2027, 5, 11), None),
        (date(2027, 1, 4), date(2026, 12, 1)),
    ],
)
def test_the_month_before_is_told_from_the_first_working_day_on(day, month):
    assert services.month_to_tell(day) == month


def test_whoever_wants_it_gets_the_finding_three_figures_whom_to_call_and_two_links(person, partner):
    wish = services.want_digest(actor=person, partner=partner)
    services.write_digest(partner_id=partner.pk, month=MAY)
    message = told(person).get()
    board = overview.board_of(selectors.snapshot_of(partner), Wanted())
    assert board.finding in message.body
    for name, value in overview.three_figures(board):
        assert f"{name}: {value}" in message.body
    assert board.needs[0].nominee.firm in message.body
    assert f"/training/digest/{wish.token}/" in message.body
    assert message.url == f"/training/partner/?partner={partner.public_id}"
    assert message.subject == f"{partner.name}: your firms in the training, May 2027"
    assert {row.channel for row in Dispatch.objects.filter(message=message)} == {"mail"}


def test_each_reader_is_written_to_in_their_own_language(person, partner):
    other = partner_person(language="ur")
    PartnerMember.objects.filter(user=other).update(partner=partner)
    for reader in (person, other):
        services.want_digest(actor=reader, partner=partner)
    services.write_digest(partner_id=partner.pk, month=MAY)
    assert "firms that you nominated" in told(person).get().body
    assert "آپ کی نامزد کردہ 20 فرموں میں سے" in told(other).get().body


def test_nobody_who_did_not_ask_or_has_left_is_written_to(person, partner):
    silent, gone = partner_person(), partner_person()
    PartnerMember.objects.filter(user__in=[silent, gone]).update(partner=partner)
    for reader in (person, gone):
        services.want_digest(actor=reader, partner=partner)
    PartnerMember.objects.filter(user=gone).delete()
    services.write_digest(partner_id=partner.pk, month=MAY)
    assert [told(reader).count() for reader in (person, silent, gone)] == [1, 0, 0]


@pytest.mark.sqlite_leg
def test_run_twice_a_month_is_told_once(person, partner):
    services.want_digest(actor=person, partner=partner)
    assert services.write_digest(partner_id=partner.pk, month=MAY).readers == 1
    assert services.write_digest(partner_id=partner.pk, month=MAY) is None
    assert told(person).count() == 1
    assert services.write_digest(partner_id=partner.pk, month=date(2027, 6, 1)) is not None
    assert told(person).count() == 2


@pytest.mark.sqlite_leg
def test_the_table_itself_holds_one_digest_a_partner_and_month(partner):
    BoardDigest.objects.create(partner=partner, month=MAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoardDigest.objects.create(partner=partner, month=MAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoardDigest.objects.create(partner=partner, month=date(2027, 6, 2))


def test_a_worker_killed_in_between_has_written_nothing_and_the_next_one_writes_all(person, partner, monkeypatch):
    other = partner_person()
    PartnerMember.objects.filter(user=other).update(partner=partner)
    for reader in (person, other):
        services.want_digest(actor=reader, partner=partner)
    tell, calls = services._tell, []

    def killed(wish, *args):
        calls.append(wish)
        if len(calls) == 2:
            raise KeyboardInterrupt
        tell(wish, *args)

    monkeypatch.setattr(services, "_tell", killed)
    with pytest.raises(KeyboardInterrupt):
        services.write_digest(partner_id=partner.pk, month=MAY)
    monkeypatch.undo()
    assert BoardDigest.objects.count() == Message.objects.filter(template="board.digest").count() == 0

    services.write_digest(partner_id=partner.pk, month=MAY)
    assert [told(reader).count() for reader in (person, other)] == [1, 1]


def test_the_bell_rings_for_each_partner_that_is_still_to_be_told(person, partner, monkeypatch):
    services.want_digest(actor=person, partner=partner)
    rung = []
    monkeypatch.setattr(tasks.write_board_digest, "delay", lambda **facts: rung.append(facts))
    assert services.digests_due(on=date(2027, 6, 1)) == [(partner.pk, MAY)]
    assert services.digests_due(on=date(2027, 6, 15)) == []
    monkeypatch.setattr(services, "today", lambda: date(2027, 6, 1))
    tasks.write_board_digests()
    assert rung == [{"partner_id": partner.pk, "month": "2027-05-01"}]
    tasks.write_board_digest(**rung[0])
    assert services.digests_due(on=date(2027, 6, 2)) == []
    partner.is_active = False
    partner.save()
    assert services.write_digest(partner_id=partner.pk, month=date(2027, 6, 1)) is None


def test_the_page_takes_the_wish_and_takes_it_back_and_a_second_press_changes_nothing(client, person, partner):
    client.force_login(person)
    for wanted, number in (("1", 1), ("1", 1), ("", 0), ("", 0)):
        client.post("/training/partner/digest/", {"wanted": wanted})
        assert BoardDigestWish.objects.filter(user=person).count() == number
    names = list(Event.objects.filter(name__startswith="board_digest.").order_by("pk").values_list("name", flat=True))
    assert names == ["board_digest.wanted", "board_digest.stopped"]


def test_the_link_asks_first_and_stops_without_signing_in(client, person, partner):
    wish = services.want_digest(actor=person, partner=partner)
    address = f"/training/digest/{wish.token}/"
    assert partner.name in text_of(client.get(address))
    assert BoardDigestWish.objects.count() == 1
    assert client.post(address).status_code == 200
    assert BoardDigestWish.objects.count() == 0
    used, never = client.get(address), client.get(f"/training/digest/{'z' * 43}/")
    assert (used.status_code, never.status_code, client.post(address).status_code) == (404, 404, 404)
    tokens = re.compile(r'value="\w+"')
    assert tokens.sub("", text_of(used).replace(wish.token, "z" * 43)) == tokens.sub("", text_of(never))


def test_nobody_can_ask_for_the_digest_of_another_partner(client, person, partner):
    rival = partner_person()
    with pytest.raises(NotAllowed):
        services.want_digest(actor=rival, partner=partner)
    client.force_login(rival)
    answer = client.post(f"/training/partner/digest/?partner={partner.public_id}", {"wanted": "1"})
    assert answer.status_code == 404
    assert BoardDigestWish.objects.count() == 0
