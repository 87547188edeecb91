"""The history: written with the act, delivered, chained, verified."""

import importlib
import json
import re
import threading
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from tdap_portal.audit import anchor, outbox, selectors, services
from tdap_portal.audit.chain import end_mac
from tdap_portal.audit.models import ChainEnd, Delivery, Event
from tdap_portal.audit.renaming import rename_handlers
from tests.factories.accounts import PartnerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]


@pytest.fixture
def heard(monkeypatch):
    """A handler of `thing.done` that notes what it heard; the registry is as before afterwards."""
    calls = []
    monkeypatch.setattr(outbox, "_handlers", outbox.defaultdict(dict))

    @outbox.on("thing.done", name="tests.note")
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
            cursor.execute("DROP TRIGGER IF EXISTS audit_event_no_change")
            cursor.execute("DROP TRIGGER IF EXISTS audit_event_no_delete")
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


def test_a_handler_hears_only_of_what_it_wants_to_hear(heard):
    rare = []

    @outbox.on("thing.done", name="tests.hear_large_ones", where=lambda data: data["number"] > 1)
    def hears_of_large_ones(event):
        rare.append(event.data["number"])

    for number in (1, 2):
        history_of(number)
    outbox.deliver_all()
    assert (heard, rare, Delivery.objects.count()) == ([1, 2], [2], 3)


def test_an_event_is_delivered_once_however_often_it_is_rung(heard):
    event = history_of(1)
    assert [outbox.deliver(event.pk), outbox.deliver(event.pk), outbox.deliver_due()] == [1, 0, 0]
    assert heard == [1]


def test_what_another_worker_did_since_the_sweeper_looked_is_not_done_again(heard):
    """The sweeper reads its rows at once; a second worker may come before it to the later ones."""
    for number in (1, 2):
        history_of(number)
    first, second = Delivery.objects.order_by("pk")

    def done_meanwhile(event):
        Delivery.objects.filter(pk=second.pk).update(state=Delivery.State.DONE)
        heard.append(event.data["number"])

    outbox._handlers["thing.done"][first.handler] = done_meanwhile
    assert outbox.deliver_due() == 1
    assert heard == [1]


def test_what_was_never_rung_is_swept_up_in_order(heard):
    for number in (1, 2, 3):
        history_of(number)
    assert outbox.deliver_all() == 3
    assert heard == [1, 2, 3]


def test_a_handler_that_fails_is_tried_again_and_its_effects_are_undone(monkeypatch, heard):
    broken = [True]

    @outbox.on("thing.done", name="tests.makes_a_partner")
    def makes_a_partner(event):
        PartnerFactory(name="Made by a handler")
        if broken:
            raise OSError("the gateway is down")

    event = history_of(1)
    outbox.deliver(event.pk)
    row = Delivery.objects.get(handler="tests.makes_a_partner")
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "OSError")
    assert not PartnerFactory._meta.model.objects.filter(name="Made by a handler").exists()
    broken.clear()
    outbox.deliver(event.pk)
    row.refresh_from_db()
    assert (row.state, heard) == ("done", [1])


def test_a_handler_that_always_fails_is_given_up_and_seen_on_the_health_page(heard):
    @outbox.on("thing.done", name="tests.always_fails")
    def always_fails(event):
        raise OSError

    event = history_of(1)
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(event.pk)
    assert Delivery.objects.get(handler="tests.always_fails").state == "failed"
    assert [line.ok for line in selectors.health_lines()] == [True, False, True]


def test_two_handlers_of_an_event_cannot_have_one_name(heard):
    with pytest.raises(ValueError, match="has a handler called"):

        @outbox.on("thing.done", name="tests.note")
        def another(event):
            """Would take the other's deliveries."""


def test_an_event_for_a_handler_that_is_not_known_here_waits_for_the_release_that_knows_it(heard, monkeypatch):
    event = history_of(1)
    known = outbox._handlers["thing.done"].pop("tests.note")
    outbox.deliver(event.pk)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.last_error, heard) == ("pending", 1, "UnknownHandler", [])
    outbox._handlers["thing.done"]["tests.note"] = known
    outbox.deliver(event.pk)
    row.refresh_from_db()
    assert (row.state, heard) == ("done", [1])


def test_a_handler_that_stays_unknown_is_given_up_and_named_on_the_health_page(heard):
    event = history_of(1)
    outbox._handlers["thing.done"].clear()
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(event.pk)
    (line,) = [line for line in selectors.health_lines() if not line.ok]
    assert str(line.detail) == "1 need a person: tests.note."


def test_a_handler_that_gets_another_name_takes_its_deliveries_along(heard):
    history_of(1)
    operation = rename_handlers({"tests.note": "tests.listen"})
    editor = SimpleNamespace(connection=connection)
    operation.code(apps, editor)
    assert Delivery.objects.get().handler == "tests.listen"
    operation.reverse_code(apps, editor)
    assert Delivery.objects.get().handler == "tests.note"


def test_every_handler_has_a_name_of_its_app_and_every_old_name_leads_to_one():
    known = {name for handlers in outbox._handlers.values() for name in handlers}
    assert [
        name for name in known if not re.fullmatch(r"(accounts|smes|selection|trade|training|payments)\.[a-z_]+", name)
    ] == []
    renamed = [
        importlib.import_module(f"{app}.migrations.{file}").RENAMED
        for app, file in (
            ("smes", "0002_handler_names"),
            ("selection", "0010_handler_names"),
            ("selection.trade", "0002_handler_names"),
        )
    ]
    assert {new for names in renamed for new in names.values()} <= known


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_failure_that_is_noted_late_undoes_no_delivery_of_another_worker(heard):
    with outbox.held_back(), transaction.atomic():
        event = history_of(1)
    row = Delivery.objects.get()
    busy, go_on = threading.Event(), threading.Event()

    def other_worker():
        with transaction.atomic():
            mine = Delivery.objects.select_for_update().get(pk=row.pk)
            mine.state = Delivery.State.DONE
            mine.save(update_fields=["state"])
            busy.set()
            go_on.wait(10)
        connections.close_all()

    worker = threading.Thread(target=other_worker)
    worker.start()
    busy.wait(10)
    threading.Timer(0.5, go_on.set).start()
    outbox._note_failure(row.pk, OSError())
    worker.join()
    row.refresh_from_db()
    assert (event.pk, row.state, row.attempts, row.last_error) == (row.event_id, "done", 0, "")


@pytest.fixture
def given_up(heard):
    """Two deliveries, of which the one of the handler `stumbles` was given up; gives what makes it stumble."""
    faults = [OSError()]

    @outbox.on("thing.done", "thing.undone", name="tests.stumbles")
    def stumbles(event):
        if faults:
            raise faults[0]
        heard.append(f"{event.name} at last")

    events = [history_of(1), services.record("thing.undone", subject=PartnerFactory(), actor=None)]
    for event in events:
        for _ in range(outbox.MAX_ATTEMPTS):
            outbox.deliver(event.pk)
    return faults


def redeliver(*words):
    out = StringIO()
    call_command("redeliver", *words, stdout=out)
    return out.getvalue()


def test_what_was_given_up_goes_out_again_once_its_fault_is_mended(given_up, heard):
    given_up.clear()
    assert outbox.deliver_due() == 0
    *lines, last = redeliver().splitlines()
    assert (len(lines), last) == (2, "2 put back.")
    assert ("thing.done" in lines[0], lines[0].endswith("stumbles: OSError")) == (True, True)
    assert outbox.deliver_all() == 2
    assert heard == [1, "thing.done at last", "thing.undone at last"]
    assert redeliver() == "0 put back.\n"


def test_what_was_given_up_can_be_listed_and_put_back_by_the_name_of_its_event(given_up):
    assert len(redeliver("--list").splitlines()) == 2
    assert redeliver("--event", "thing.undone").splitlines()[-1] == "1 put back."
    assert list(outbox.given_up().values_list("event__name", flat=True)) == ["thing.done"]


def test_what_fails_again_after_it_was_put_back_is_given_up_again(given_up):
    redeliver("--event", "thing.done")
    (row,) = Delivery.objects.filter(state="pending")
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(row.event_id)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", outbox.MAX_ATTEMPTS)


def test_the_database_refuses_to_change_history(heard):
    row = history_of(1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Event.objects.filter(pk=row.pk).update(data={"number": 2})


@pytest.mark.postgres
def test_the_database_refuses_to_delete_history():
    row = services.record("thing.unheard", subject=PartnerFactory(), actor=None)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [row.pk])


def verify(*options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", *options, stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def sealed(heard, django_capture_on_commit_callbacks):
    """Seal as the worker does, whose transaction commits."""

    def seal():
        with django_capture_on_commit_callbacks(execute=True):
            return services.seal()

    return seal


@pytest.fixture
def chain(sealed):
    rows = [history_of(number) for number in range(1, 6)]
    assert sealed() == 5
    return rows


def test_a_whole_chain_is_called_whole(chain):
    end = Event.objects.get(position=5).hash
    words = f"5 rows in the chain, 0 waiting for their link.\nThe chain is whole. It ends at position 5 with {end}.\n"
    assert verify() == (0, words)


def test_an_empty_history_is_whole():
    assert verify() == (0, "0 rows in the chain, 0 waiting for their link.\nThe chain is whole.\n")


def test_sealing_twice_lays_no_second_link(chain, sealed):
    assert sealed() == 0
    history_of(6)
    assert sealed() == 1
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


def forge(row, **changed):
    """A row made from another one, as somebody with the database's password could write it."""
    forged = Event.objects.get(pk=row.pk)
    forged.pk, forged.position, forged.hash, forged.mac = None, None, "", "0" * 64
    for name, value in changed.items():
        setattr(forged, name, value)
    forged.save(force_insert=True)
    return forged


def test_a_row_written_past_the_portal_is_named_and_gets_no_link(chain):
    forged = forge(chain[0], data={"number": 66})
    assert services.seal() == 0
    words = f"INSERTED: Row {forged.pk} (thing.done) was not written by the portal."
    assert (verify()[0], verify()[1].splitlines()[0]) == (1, words)


def test_a_foreign_row_does_not_keep_others_from_their_link(chain):
    forge(chain[0], data={"number": 66})
    history_of(6)
    assert services.seal() == 1


def test_the_database_refuses_a_copy_of_a_row(chain):
    with pytest.raises(IntegrityError, match=r"event_signed_once|audit_event\.mac"), transaction.atomic():
        forge(chain[0], mac=chain[0].mac)


def test_a_row_put_behind_the_end_is_named(chain):
    forged = forge(chain[0], position=6, hash="a" * 64)
    assert verify()[1].splitlines()[0] == f"INSERTED: Row {forged.pk} (thing.done) stands behind the end of the chain."


@pytest.mark.parametrize("column", ["subject_label", "request_id", "name", "nonce"])
def test_whatever_is_changed_of_a_row_is_noticed(chain, column):
    without_triggers(f"UPDATE audit_event SET {column} = 'x' WHERE id = %s", chain[4].pk)  # noqa: S608  our own columns
    assert verify()[1].splitlines()[0].startswith(f"CHANGED: Row {chain[4].pk} ")


@pytest.mark.parametrize("column", ["subject_label", "request_id", "nonce"])
def test_the_database_refuses_to_change_a_row_before_its_link_too(heard, column):
    row = history_of(1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Event.objects.filter(pk=row.pk).update(**{column: "x"})


def test_an_end_that_the_portal_did_not_note_is_noticed(chain):
    ChainEnd.objects.update(hash="f" * 64)
    assert [line.split(":")[0] for line in verify()[1].splitlines()[:2]] == ["END", "END"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e16])
def test_history_takes_no_number_that_a_database_gives_back_otherwise(heard, number):
    with pytest.raises(ValueError):
        history_of(number)
    assert not Event.objects.exists()


class TestTheEndNotedOutside:
    """What nobody sees inside the database: the chain was cut short, or laid anew by somebody with the portal's key."""

    @pytest.fixture
    def chain(self, sealed):
        self.seal = sealed
        rows = [self.sealed(number) for number in range(1, 6)]
        assert verify()[0] == 0
        return rows

    def sealed(self, number):
        row = history_of(number)
        assert self.seal() == 1
        row.refresh_from_db()
        return row

    def cut(self, chain, left):
        """Only the first rows are left, and the end is noted there as it once was."""
        for row in chain[left:]:
            Delivery.objects.filter(event=row).delete()
            without_triggers("DELETE FROM audit_event WHERE id = %s", row.pk)
        last = chain[left - 1]
        mac = end_mac(last.position, last.hash, settings.AUDIT_KEY)
        ChainEnd.objects.update(position=last.position, hash=last.hash, mac=mac)

    def test_a_chain_cut_short_with_its_end_set_back_is_noticed(self, chain):
        self.cut(chain, left=3)
        words = "REMOVED: The chain once reached position 5: what stood behind position 3 is gone."
        assert verify()[1].splitlines()[0] == words

    def test_a_chain_that_was_cut_does_not_grow_together(self, chain, caplog):
        self.cut(chain, left=3)
        for number in range(7):
            history_of(number)
        assert self.seal() == 0
        assert "does not fit the notes of its end" in caplog.text
        assert (verify()[0], Event.objects.filter(position=None).count()) == (1, 7)

    def test_a_chain_that_grew_past_its_cut_is_broken_for_ever(self, chain, monkeypatch):
        self.cut(chain, left=3)
        monkeypatch.setattr(services, "_fits_its_notes", lambda end: True)  # as a portal that did not look
        monkeypatch.setattr(anchor, "_notes", lambda content: [])
        for number in range(7):
            self.sealed(number)
        monkeypatch.undo()
        words = "END: The chain ended at position 5 and later, with another row, at position 4."
        assert (verify()[0], verify()[1].splitlines()[0]) == (1, words)

    def test_a_chain_laid_anew_upon_its_first_row_is_noticed(self, chain, monkeypatch):
        Delivery.objects.filter(event=chain[1]).delete()
        without_triggers("DELETE FROM audit_event WHERE id = %s", chain[1].pk)
        without_triggers("UPDATE audit_event SET position = NULL, hash = '' WHERE id > %s", chain[0].pk)
        self.cut(chain[:1], left=1)
        monkeypatch.setattr(services, "_fits_its_notes", lambda end: True)
        assert self.seal() == 3
        words = f"CHANGED: Row {chain[2].pk} (thing.done) is not the one that was noted outside the database."
        assert (verify()[0], verify()[1].splitlines()[0]) == (1, words)

    def test_a_history_that_was_emptied_stays_a_break_until_a_person_says_why(self, chain, sealed):
        self.cut(chain, left=0)
        ChainEnd.objects.all().delete()
        words = "REMOVED: The chain once reached position 5: what stood behind position 0 is gone."
        assert verify()[1].splitlines()[0] == words
        self.sealed(1)
        code, text = verify()
        assert code == 1
        assert re.match(
            r"END: Another chain lay here before this one, as audit-anchor-until-\d+.txt says\. Nobody", text
        )
        assert verify("--acknowledge", "Moved to a new database.")[0] == 0
        assert sealed() == 1
        code, text = verify()
        assert code == 0
        assert re.search(r"noted in audit-anchor-until-\d+.txt: Moved to a new database.\n", text)

    @pytest.mark.parametrize("leave", ["gone", "empty"])
    def test_notes_that_are_gone_are_a_break_and_stop_the_chain_until_a_person_says_why(self, chain, sealed, leave):
        file = anchor._file()
        file.unlink()
        if leave == "empty":
            file.touch()
        history_of(6)
        assert sealed() == 0
        code, text = verify()
        assert (code, text.splitlines()[0]) == (
            1,
            "END: Nothing outside the database says where the chain ended: the file that noted it is gone or empty.",
        )
        with self.commits():
            services.acknowledge("The disk was replaced.")
        assert sealed() == 2
        assert verify()[0] == 0

    @pytest.fixture(autouse=True)
    def _commits(self, django_capture_on_commit_callbacks):
        self.commits = lambda: django_capture_on_commit_callbacks(execute=True)

    def test_a_database_set_back_to_its_last_copy_goes_on_once_a_person_says_so(self, chain, sealed):
        self.cut(chain, left=3)
        with self.commits():
            assert len(services.acknowledge("Restored from the copy of last night.")) == 1
        assert sealed() == 1
        assert verify()[0] == 0

    def test_who_acknowledges_nothing_hides_no_fault_in_the_rows(self, chain):
        without_triggers("UPDATE audit_event SET subject_label = 'x' WHERE id = %s", chain[1].pk)
        assert verify("--acknowledge", "All is well.")[0] == 1

    def test_a_worker_that_notes_late_takes_nothing_back(self, chain):
        anchor.note(4, chain[3].hash)
        assert [position for position, _hash in anchor.noted()] == [1, 2, 3, 4, 5]

    def test_a_line_cut_off_by_a_crash_is_passed_over(self, chain):
        with anchor._file().open("a") as out:
            out.write("6 abc")
        self.sealed(6)
        assert [position for position, _hash in anchor.noted()] == [1, 2, 3, 4, 5, 6]
        assert verify()[0] == 0

    def test_old_notes_are_thinned_and_what_contradicts_stays(self, chain, monkeypatch):
        monkeypatch.setattr(anchor, "MAX_BYTES", 3000)
        monkeypatch.setattr(anchor, "KEPT_WHOLE", 20)
        lines = [(position, f"{position:064x}") for position in range(1, 60)]
        lines[30] = (12, "f" * 64)
        anchor._file().write_text("".join(f"{position} {hash_}\n" for position, hash_ in lines))
        anchor.note(60, "a" * 64)
        positions = [position for position, _hash in anchor.noted()]
        assert positions == [1, 11, 21, 30, 12, *range(41, 61)]


@pytest.mark.postgres
def test_the_database_refuses_to_empty_history():
    services.record("thing.unheard", subject=PartnerFactory(), actor=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with transaction.atomic():
            cursor.execute("TRUNCATE audit_event CASCADE")  # the suite's own set-up lets it pass
            transaction.set_rollback(True)
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_no_truncate")
        with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
            cursor.execute("TRUNCATE audit_event CASCADE")
