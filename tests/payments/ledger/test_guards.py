"""What PostgreSQL itself refuses of the books. Each guard is tried once more switched off: then it goes through."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from payments.ledger import checking, services
from payments.models import Account, Entry, Line, Receipt
from payments.states import ReceiptKind
from tdap_portal.core.calendar import today
from tests.factories.payments import closed, deposit, finance_officer
from tests.factories.smes import SmeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
GUARDED = pytest.mark.parametrize("guarded", [True, False])


@pytest.fixture
def entry():
    return deposit(SmeFactory(), 100, on=date(2026, 6, 15))


def sql(text, *params):
    with connection.cursor() as cursor:
        cursor.execute(text, params or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def switched_off(table, trigger):
    connection.check_constraints()  # whatever waits for the commit
    sql(f"ALTER TABLE payments_{table} DISABLE TRIGGER {trigger}")


def goes_through(act):
    """Whether the database takes it, as far as the commit; nothing of it is kept."""
    try:
        with transaction.atomic():
            act()
            connection.check_constraints()
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def entry_of(effect, parts, *, day=None):
    """Written past the services. parts: (account, amount)."""
    row = Entry.objects.create(kind="refund", booked_on=day or today(), effect=effect, parts=max(len(parts), 2))
    for account, amount in parts:
        Line.objects.create(entry=row, account=account, day=row.booked_on, amount=amount)
    return row


def two_accounts():
    return Account.objects.get(kind="held"), Account.objects.get(kind="clearing")


# -------------------------------------------------------------------------------------------------------- at the commit


def test_lines_may_come_one_by_one_and_in_pieces(entry):
    held, clearing = two_accounts()
    assert goes_through(lambda: entry_of("one by one", [(held, 5), (clearing, -3), (clearing, -2)]))

    def in_pieces():
        row = Entry.objects.create(kind="refund", booked_on=today(), effect="in pieces", parts=4)
        lines = [Line(entry=row, account=held, day=row.booked_on, amount=amount) for amount in (1, 2, -4, 1)]
        Line.objects.bulk_create(lines, batch_size=1)

    assert goes_through(in_pieces)


@GUARDED
@pytest.mark.parametrize("amounts", [(), (5, -4), (5, 5)], ids=["empty", "unbalanced", "one-sided"])
def test_an_entry_that_does_not_balance_is_refused_at_the_commit(entry, guarded, amounts):
    held, clearing = two_accounts()
    if not guarded:
        switched_off("entry", "payments_entry_balances")
    act = lambda: entry_of("bad", list(zip((held, clearing), amounts, strict=False)))  # noqa: E731
    assert goes_through(act) is not guarded
    if not guarded:
        act()
        assert [fault.kind for fault in checking.unbalanced_entries()] == ["unbalanced"]


@GUARDED
def test_an_entry_has_as_many_lines_as_it_says(entry, guarded):
    held, clearing = two_accounts()
    if not guarded:
        switched_off("entry", "payments_entry_balances")

    def act():
        row = Entry.objects.create(kind="refund", booked_on=today(), effect="three", parts=3)
        for account, amount in ((held, 1), (clearing, -1)):
            Line.objects.create(entry=row, account=account, day=row.booked_on, amount=amount)

    assert goes_through(act) is not guarded


@GUARDED
def test_no_line_comes_after_the_entry_was_looked_at(entry, guarded):
    """SET CONSTRAINTS has the entry looked at before the commit; what comes later in the transaction is more than the
    entry says."""
    held, clearing = two_accounts()
    if not guarded:
        switched_off("line", "payments_line_fits")

    def act():
        row = entry_of("looked at", [(held, 1), (clearing, -1)])
        connection.check_constraints()
        Line.objects.create(entry=row, account=held, day=row.booked_on, amount=5)

    assert goes_through(act) is not guarded


def test_constraints_made_immediate_would_refuse_good_entries(entry):
    """Why nothing may say SET CONSTRAINTS ALL IMMEDIATE before it books."""
    held, clearing = two_accounts()
    connection.check_constraints()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="not balanced"), transaction.atomic():
        entry_of("good", [(held, 1), (clearing, -1)])
    sql("SET CONSTRAINTS ALL DEFERRED")
    entry_of("good", [(held, 1), (clearing, -1)])


# ----------------------------------------------------------------------------------------------- lines with their entry


@pytest.mark.django_db(transaction=True)
@GUARDED
def test_a_balanced_pair_is_not_added_to_an_entry_of_before(guarded):
    row = deposit(SmeFactory(), 100)
    held, clearing = two_accounts()
    if not guarded:
        sql("ALTER TABLE payments_line DISABLE TRIGGER payments_line_fits")

    def act():
        for account, amount in ((held, 7), (clearing, -7)):
            Line.objects.create(entry=row, account=account, day=row.booked_on, amount=amount)

    try:
        assert goes_through(act) is not guarded
        if not guarded:
            act()
            assert [fault.kind for fault in checking.unbalanced_entries()] == ["unbalanced"]  # four lines of two
    finally:
        sql("ALTER TABLE payments_line ENABLE TRIGGER payments_line_fits")


@pytest.mark.django_db(transaction=True)
def test_no_entry_can_name_a_transaction_to_come():
    deposit(SmeFactory(), 100)

    def act():
        sql(
            "INSERT INTO payments_entry (kind, booked_on, created_at, words, effect, subject, currency, parts, xid) "
            "VALUES ('refund', CURRENT_DATE, now(), '', 'later', '', 'PKR', 2, "
            "(pg_current_xact_id()::text::bigint + 5)::text::xid8)"
        )

    with pytest.raises(DatabaseError, match="not balanced"), transaction.atomic():
        act()
    assert Entry.objects.count() == 1


@GUARDED
@pytest.mark.parametrize("wrong", ["day", "currency", "before"])
def test_a_line_is_of_the_day_and_the_currency_of_its_entry_and_comes_after_it(entry, guarded, wrong):
    held, _clearing = two_accounts()
    dollars = Account.objects.create(kind="bank", code="nbp", currency="USD")
    if not guarded:
        switched_off("line", "payments_line_fits")

    def act():
        if wrong == "before":
            for amount in (1, -1):
                Line.objects.create(entry_id=999_999, account=held, day=today(), amount=amount)
            Entry.objects.create(pk=999_999, kind="refund", booked_on=today(), effect="late", parts=2)
            return
        row = Entry.objects.create(kind="refund", booked_on=today(), effect="odd", parts=2)
        day = date(2020, 1, 1) if wrong == "day" else row.booked_on
        Line.objects.create(entry=row, account=held, day=day, amount=1)
        Line.objects.create(entry=row, account=dollars if wrong == "currency" else held, day=row.booked_on, amount=-1)

    assert goes_through(act) is not guarded
    if not guarded and wrong != "before":
        act()
        assert [fault.kind for fault in checking.lines_that_do_not_fit()] == ["line"]


# ---------------------------------------------------------------------------------------------------------- append only


@GUARDED
@pytest.mark.parametrize("table", ["account", "entry", "line"])
@pytest.mark.parametrize(
    "act", ["UPDATE payments_{} SET id = id", "DELETE FROM payments_{}", "TRUNCATE payments_{} CASCADE"]
)
def test_the_books_are_never_changed(entry, guarded, table, act):
    if act.startswith("TRUNCATE"):
        trigger = f"payments_{table}_no_truncate"  # the suite's own set-up lets all of them pass
        connection.check_constraints()
        if guarded:
            sql(f"ALTER TABLE payments_{table} ENABLE TRIGGER {trigger}")
    else:
        trigger = f"payments_{table}_is_history"
        if not guarded:
            switched_off(table, trigger)
    if act.startswith("DELETE") and table != "line":
        switched_off("line", "payments_line_is_history")
        sql("DELETE FROM payments_line")
        if table == "account":
            switched_off("entry", "payments_entry_is_history")
            sql("DELETE FROM payments_entry")
    assert goes_through(lambda: sql(act.format(table))) is not guarded


def test_a_receipt_can_only_be_cancelled_once(entry):
    sme = Account.objects.get(kind="held").sme
    paper = services.issue_receipt(
        entry=entry, kind=ReceiptKind.PAYMENT, sme=sme, amount=100, reference="", purpose="x", method=""
    )
    for act in (
        "DELETE FROM payments_receipt",
        "UPDATE payments_receipt SET facts = '{}'",
        "UPDATE payments_receipt SET serial = 7",
        "UPDATE payments_receiptcounter SET last = 7",
        "UPDATE payments_receiptcounter SET last = last",
        "DELETE FROM payments_receiptcounter",
    ):
        assert not goes_through(lambda act=act: sql(act))
    assert sql("UPDATE payments_receipt SET cancel_words = 'x', cancelled_at = now()") == 1
    assert not goes_through(lambda: sql("UPDATE payments_receipt SET cancel_words = 'y'"))
    for table, trigger, act in (
        ("receipt", "payments_receipt_stays", "UPDATE payments_receipt SET serial = 7"),
        ("receiptcounter", "payments_counter_counts", "UPDATE payments_receiptcounter SET last = 7"),
    ):
        switched_off(table, trigger)
        assert goes_through(lambda act=act: sql(act))
    assert Receipt.objects.get() == paper


# ---------------------------------------------------------------------------------------------------------- closed days


@GUARDED
def test_nothing_is_written_into_a_closed_day_past_the_services(entry, guarded):
    closed(date(2026, 6, 15))
    held, clearing = two_accounts()
    if not guarded:
        switched_off("entry", "payments_entry_on_open_day")
    act = lambda: entry_of("late", [(held, 1), (clearing, -1)], day=date(2026, 6, 15))  # noqa: E731
    assert goes_through(act) is not guarded
    if not guarded:
        act()
        assert {fault.kind for fault in checking.changed_days()} == {"closed_day"}


@GUARDED
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE payments_dayclose SET entries = 5",
        "UPDATE payments_dayclose SET closed_at = NULL, closed_by_id = NULL",
        "DELETE FROM payments_dayclose",
    ],
)  # fmt: skip
def test_a_closed_day_stays_closed(entry, guarded, act):
    closed(date(2026, 6, 15))
    if not guarded:
        switched_off("dayclose", "payments_dayclose_stays")
    assert goes_through(lambda: sql(act)) is not guarded


def test_no_person_closes_the_day_that_they_prepared(entry):
    services.prepare_close(actor=finance_officer(), day=date(2026, 6, 15))
    act = "UPDATE payments_dayclose SET closed_by_id = prepared_by_id, closed_at = now()"
    assert not goes_through(lambda: sql(act))


# -------------------------------------------------------------------------------------------- past all guards, and seen


def test_whoever_writes_past_the_guards_is_found(entry, capsys):
    """A superuser can switch triggers off for a session; the owner of a table for good."""
    connection.check_constraints()
    for table in ("account", "entry", "line", "dayclose", "receipt", "receiptcounter", *checking.OF_PROCEEDS):
        sql(f"ALTER TABLE payments_{table} ENABLE TRIGGER payments_{table}_no_truncate")  # as outside of tests
    assert list(checking.faults()) == []
    connection.check_constraints()
    with transaction.atomic():
        sql("SET LOCAL session_replication_role = replica")
        sql("UPDATE payments_line SET amount = amount + 1 WHERE amount > 0")
        sql("SET LOCAL session_replication_role = origin")
    assert [fault.kind for fault in checking.faults()] == ["unbalanced"]
    sql("ALTER TABLE payments_entry DISABLE TRIGGER payments_entry_balances")
    assert [fault.kind for fault in checking.faults()] == ["guard", "unbalanced"]
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger")
    assert ended.value.code == 1
    assert "payments_entry_balances" in capsys.readouterr().out


def test_a_role_that_does_not_own_the_tables_cannot_switch_a_guard_off(entry):
    """Why the portal's own role should not be the one that migrates."""
    connection.check_constraints()
    sql("CREATE ROLE portal_web")
    sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_web")
    sql("SET LOCAL ROLE portal_web")
    assert not goes_through(lambda: sql("ALTER TABLE payments_line DISABLE TRIGGER payments_line_is_history"))
    assert not goes_through(lambda: sql("SET LOCAL session_replication_role = replica"))
    assert not goes_through(lambda: sql("DELETE FROM payments_line"))
    sql("RESET ROLE")
    assert goes_through(lambda: sql("ALTER TABLE payments_line DISABLE TRIGGER payments_line_is_history"))


def test_the_guards_that_are_looked_for_are_those_of_the_migration():
    rows = sql("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'payments%' AND NOT tgisinternal")
    looked_for = checking.GUARDS["postgresql"], checking.GUARDS_OF_PROCEEDS["postgresql"]
    assert {name for (name,) in rows} == {name for names in looked_for for name in names}
