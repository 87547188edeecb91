"""The history: written with the act, delivered, chained, verified."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tdap_portal.audit import outbox, selectors, services
from tdap_portal.audit.models import ChainEnd, Delivery, Event
from tests.factories.accounts import PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """A handler of `thing.done` that notes what it heard; the registry is as before afterwards."""
    calls = []
    monkeypatch.setattr(outbox, "_handlers", outbox.defaultdict(dict))

    @outbox.on("thing.done")
    def note(event):
        calls.append(event.data["number"])

    return calls


def history_of(number):
    return services.record("thing.done", subject=PartnerFactory(), actor=UserFactory(), number=number)


def without_triggers(sql, *params):
    """What somebody with the database's password could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER audit_event_no_change")
            cursor.execute("DROP TRIGGER audit_event_no_delete")
        cursor.execute(sql, params)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")


def test_a_number_of_a_person_in_a_reason_does_not_enter_history():
    words = "Ask Saima, CNIC 35202-1234567-1, 0300 123 4567."
    row = services.record("thing.done", subject=PartnerFactory(), actor=UserFactory(), reason=words, files=[words])
    assert Event.objects.get(pk=row.pk).data == {
        "reason": "Ask Saima, CNIC [private], [private].",
        "files": ["Ask Saima, CNIC [private], [private]."],
    }


def test_an_act_leaves_one_row_with_who_what_and_when(heard):
    partner, person = PartnerFactory(), UserFactory()
    row = services.record("thing.done", subject=partner, actor=person, number=7)
    assert (row.subject_type, row.subject_id, row.subject_label) == (
        "accounts.partner",
        str(partner.pk),
        partner.public_id,
    )
    assert list(selectors.timeline(partner)) == [row]
    assert (row.actor, row.data) == (person, {"number": 7})


@pytest.mark.django_db(transaction=True)
def test_history_without_its_act_is_refused(heard):
    partner = PartnerFactory()
    with pytest.raises(RuntimeError, match="transaction"):
        services.record("thing.done", subject=partner, actor=None)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_neither_row_nor_delivery(heard):
    with transaction.atomic():
        history_of(1)
        transaction.set_rollback(True)
    assert (Event.objects.count(), Delivery.objects.count(), heard) == (0, 0, [])


def test_an_event_is_delivered_once_however_often_it_is_rung(heard):
    event = history_of(1)
    assert [outbox.deliver(event.pk), outbox.deliver(event.pk), outbox.deliver_due()] == [1, 0, 0]
    assert heard == [1]


def test_what_was_never_rung_is_swept_up_in_order(heard):
    for number in (1, 2, 3):
        history_of(number)
    assert outbox.deliver_all() == 3
    assert heard == [1, 2, 3]


def test_a_handler_that_fails_is_tried_again_and_its_effects_are_undone(monkeypatch, heard):
    broken = [True]

    @outbox.on("thing.done")
    def makes_a_partner(event):
        PartnerFactory(name="Made by a handler")
        if broken:
            raise OSError("the gateway is down")

    event = history_of(1)
    outbox.deliver(event.pk)
    row = Delivery.objects.get(handler__endswith="makes_a_partner")
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "OSError")
    assert not PartnerFactory._meta.model.objects.filter(name="Made by a handler").exists()
    broken.clear()
    outbox.deliver(event.pk)
    row.refresh_from_db()
    assert (row.state, heard) == ("done", [1])


def test_a_handler_that_always_fails_is_given_up_and_seen_on_the_health_page(heard):
    @outbox.on("thing.done")
    def always_fails(event):
        raise OSError

    event = history_of(1)
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(event.pk)
    assert Delivery.objects.get(handler__endswith="always_fails").state == "failed"
    assert [line.ok for line in selectors.health_lines()] == [True, False, True]


def test_the_database_refuses_to_change_history(heard):
    row = history_of(1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Event.objects.filter(pk=row.pk).update(data={"number": 2})


@pytest.mark.postgres
def test_the_database_refuses_to_delete_history():
    row = services.record("thing.unheard", subject=PartnerFactory(), actor=None)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [row.pk])


def verify() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def chain(heard):
    rows = [history_of(number) for number in range(1, 6)]
    assert services.seal() == 5
    return rows


def test_a_whole_chain_is_called_whole(chain):
    assert verify() == (0, "5 rows in the chain, 0 waiting for their link.\nThe chain is whole.\n")


def test_sealing_twice_lays_no_second_link(chain):
    assert services.seal() == 0
    history_of(6)
    assert services.seal() == 1
    assert verify()[0] == 0


def test_a_changed_row_is_named(chain):
    without_triggers("UPDATE audit_event SET data = %s WHERE id = %s", json.dumps({"number": 99}), chain[2].pk)
    code, words = verify()
    assert (code, words.splitlines()[0]) == (
        1,
        f"CHANGED: Row {chain[2].pk} (thing.done) was changed: its signature does not fit.",
    )


def test_a_removed_row_is_named(chain):
    Delivery.objects.filter(event=chain[1]).delete()
    without_triggers("DELETE FROM audit_event WHERE id = %s", chain[1].pk)
    code, words = verify()
    assert (code, words.splitlines()[0]) == (1, "REMOVED: The row at position 2 is gone.")


def test_a_chain_cut_at_its_end_is_noticed(chain):
    Delivery.objects.filter(event=chain[4]).delete()
    without_triggers("DELETE FROM audit_event WHERE id = %s", chain[4].pk)
    assert verify()[1].splitlines()[0] == "REMOVED: The row at position 5 is gone."


def test_a_row_written_past_the_portal_is_named(chain):
    forged = Event.objects.get(pk=chain[0].pk)
    forged.pk, forged.position, forged.hash, forged.data = None, None, "", {"number": 66}
    forged.save()
    code, words = verify()
    assert (code, words.splitlines()[0]) == (
        1,
        f"INSERTED: Row {forged.pk} (thing.done) was not written by the portal.",
    )


def test_a_chain_laid_anew_over_a_forged_row_is_noticed(chain):
    ChainEnd.objects.update(hash="f" * 64)
    assert verify()[1].splitlines()[0] == "END: The chain does not end where its end was noted."
