"""What SQLite itself refuses of the books, with true commits: in a file of its own, with the tables and guards of the
migration."""

from __future__ import annotations

import importlib
import sqlite3

import pytest
from django.conf import settings
from django.db.backends.sqlite3.base import DatabaseWrapper

from payments.models import Account, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from tests.payments.ledger.test_guards import GUARDED

pytestmark = pytest.mark.django_db  # which lets a database be opened; the portal's own is not touched
guards = importlib.import_module("payments.migrations.0001_ledger")
PEOPLE_AND_FIRMS = (
    "CREATE TABLE accounts_user (id INTEGER PRIMARY KEY); CREATE TABLE smes_sme (id INTEGER PRIMARY KEY);"
)
ENTRY = "INSERT INTO payments_entry (id, kind, booked_on, created_at, words, effect, subject, currency, parts) VALUES "
LINE = "INSERT INTO payments_line (id, entry_id, account_id, day, amount, about) VALUES "
DAY = "2027-04-12"
RECEIPT = (
    "INTO payments_receipt "
    "(id, public_id, year, serial, kind, sme_id, entry_id, facts, issued_on, issued_at, cancel_words) "
    "VALUES (1, 'abc', 2027, 1, 'payment', 1, 1, '{}', '2027-04-12', '2027-04-12', '')"
)
CLOSED = (
    "INSERT INTO payments_dayclose "
    "(day, prepared_by_id, prepared_at, words, entries, moved, digest, closed_by_id, closed_at) "
    "VALUES ('2027-04-12', 1, '2027-04-13', '', 1, 100, 'x', 2, '2027-04-13')"
)


@pytest.fixture
def books(tmp_path):
    """A connection as the portal has it, but one that begins transactions by itself alone. Entry 1 with lines 1 and 2
    is there."""
    path = tmp_path / "books.sqlite3"
    django = DatabaseWrapper(
        {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {}, "TIME_ZONE": None, "CONN_MAX_AGE": 0,
         "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False},
        alias="books",
    )  # fmt: skip
    with django.schema_editor(atomic=False) as editor:
        for table in PEOPLE_AND_FIRMS.split(";"):
            editor.execute(table)
        for model in (Account, Entry, Line, DayClose, MonthBalance, ReceiptCounter, Receipt):
            editor.create_model(model)
        guards.set_up(None, editor)
    django.close()
    line = sqlite3.connect(path, isolation_level=None)
    for pragma in settings.SQLITE_OPTIONS["init_command"].split(";"):
        line.execute(pragma)
    line.execute(
        "INSERT INTO payments_account (id, kind, code, currency) "
        "VALUES (1, 'bank', 'a', 'PKR'), (2, 'bank', 'b', 'PKR'), (3, 'bank', 'b', 'USD')"
    )
    commits(line, *entry(1, [(1, 100), (2, -100)]))
    yield line
    line.close()


def entry(number, lines, *, parts=None, day=DAY, line_day=None):
    """Statements. lines: (account, amount)."""
    number_of_lines = parts or max(2, len(lines))
    named = f"'{day}', '{day}', '', 'effect {number}', '', 'PKR', {number_of_lines}"
    made = [f"{ENTRY} ({number}, 'refund', {named})"]
    for at, (account, amount) in enumerate(lines, 1):
        made.append(f"{LINE} ({number * 10 + at}, {number}, {account}, '{line_day or day}', {amount}, '')")
    return made


def commits(line, *statements):
    line.execute("BEGIN IMMEDIATE")
    for statement in statements:
        line.execute(statement)
    line.execute("COMMIT")


def is_refused(line, *statements):
    try:
        commits(line, *statements)
    except sqlite3.IntegrityError:
        line.execute("ROLLBACK")
        return True
    return False


def drop(line, *names):
    for name in names:
        line.execute(f"DROP TRIGGER {name}")


@GUARDED
@pytest.mark.parametrize("lines", [[], [(1, 5), (2, -4)], [(1, 5)]], ids=["empty", "unbalanced", "one line of two"])
def test_an_entry_that_does_not_balance_is_refused_at_the_commit(books, guarded, lines):
    if not guarded:
        books.execute("PRAGMA foreign_keys = OFF")
    assert is_refused(books, *entry(2, lines)) is guarded


def test_it_is_refused_at_the_commit_and_not_before(books):
    books.execute("BEGIN IMMEDIATE")
    for statement in entry(2, [(1, 5), (2, -4)]):
        books.execute(statement)
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        books.execute("COMMIT")
    books.execute("ROLLBACK")
    assert not is_refused(books, *entry(2, [(1, 5), (2, -4), (2, -1)]))


@GUARDED
def test_a_balanced_pair_is_not_added_to_an_entry_of_before(books, guarded):
    if not guarded:
        drop(books, "payments_line_fits")
    late = [f"{LINE} (91, 1, 1, '{DAY}', 5, '')", f"{LINE} (92, 1, 2, '{DAY}', -5, '')"]
    assert is_refused(books, *late) is guarded


def test_what_counts_the_missing_lines_cannot_be_set_back(books):
    for act in (
        "UPDATE payments_openentry SET missing = 2",
        "UPDATE payments_openentry SET entry_id = 7",
        "DELETE FROM payments_openentry",
        "INSERT OR REPLACE INTO payments_openentry VALUES (1, 0, 2)",
    ):
        assert is_refused(books, act), act


@pytest.mark.parametrize("lines", [[(1, 5), (3, -5)], [(1, 5), (99, -5)]], ids=["currency", "no such account"])
def test_lines_are_of_the_currency_of_their_entry(books, lines):
    assert is_refused(books, *entry(2, lines))


def test_lines_are_of_the_day_of_their_entry_and_come_after_it(books):
    good = entry(2, [(1, 5), (2, -5)])
    assert is_refused(books, *entry(2, [(1, 5), (2, -5)], line_day="2027-04-13"))
    assert is_refused(books, *good[1:], good[0])
    assert not is_refused(books, *good)


@GUARDED
@pytest.mark.parametrize("table", ["account", "entry", "line"])
@pytest.mark.parametrize("act", ["UPDATE payments_{} SET id = id + 1000", "DELETE FROM payments_{}"])
def test_the_books_are_never_changed(books, guarded, table, act):
    if not guarded:
        drop(books, f"payments_{table}_no_update", f"payments_{table}_no_delete")
        books.execute("PRAGMA foreign_keys = OFF")
    statement = act.format(table)
    assert is_refused(books, statement) is guarded


@GUARDED
def test_a_line_is_not_replaced(books, guarded):
    """INSERT OR REPLACE deletes, and triggers of deleting hear of it only where recursive_triggers is on, as in the
    settings."""
    if not guarded:
        books.execute("PRAGMA recursive_triggers = OFF")
        drop(books, "payments_line_fits")
    act = f"{LINE} (11, 1, 1, '{DAY}', 999, '')".replace("INSERT", "INSERT OR REPLACE")
    assert is_refused(books, act) is guarded


def test_the_setting_is_what_keeps_a_receipt_from_being_replaced(books):
    commits(books, "INSERT INTO smes_sme VALUES (1)", f"INSERT {RECEIPT}")
    replaced = f"INSERT OR REPLACE {RECEIPT}".replace("'{}'", "'[]'")
    assert is_refused(books, replaced)
    books.execute("PRAGMA recursive_triggers = OFF")
    assert not is_refused(books, replaced)


def test_a_receipt_is_cancelled_once_and_counted_up_by_one(books):
    commits(
        books,
        "INSERT INTO smes_sme VALUES (1)",
        f"INSERT {RECEIPT}",
        "INSERT INTO payments_receiptcounter VALUES (2027, 0)",
    )
    for act in (
        "DELETE FROM payments_receipt",
        "UPDATE payments_receipt SET serial = 7",
        "UPDATE payments_receipt SET facts = '[]'",
    ):
        assert is_refused(books, act)
    assert not is_refused(books, "UPDATE payments_receipt SET cancelled_at = '2027-05-01', cancel_words = 'x'")
    assert is_refused(books, "UPDATE payments_receipt SET cancel_words = 'y'")
    assert not is_refused(books, "UPDATE payments_receiptcounter SET last = last + 1")
    for act in ("UPDATE payments_receiptcounter SET last = last + 2", "DELETE FROM payments_receiptcounter"):
        assert is_refused(books, act)


@GUARDED
def test_nothing_is_written_into_a_closed_day(books, guarded):
    commits(
        books,
        "INSERT INTO accounts_user VALUES (1), (2)",
        CLOSED,
    )
    if not guarded:
        drop(books, "payments_entry_opens", "payments_line_fits")
    assert is_refused(books, *entry(2, [(1, 5), (2, -5)], day="2027-04-11")) is guarded
    assert not is_refused(books, *entry(3, [(1, 5), (2, -5)], day="2027-04-13"))
    for act in (
        "DELETE FROM payments_dayclose",
        "UPDATE payments_dayclose SET entries = 2",
        "UPDATE payments_dayclose SET closed_at = NULL, closed_by_id = NULL",
    ):
        assert is_refused(books, act)


def test_the_guards_that_are_looked_for_are_those_of_the_migration(books):
    from payments.ledger import checking

    rows = books.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'payments%'")
    assert {name for (name,) in rows} == set(checking.GUARDS["sqlite"])
