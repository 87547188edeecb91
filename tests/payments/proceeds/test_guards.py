"""What the database itself refuses of matches, rules, codes, rates and published months. Each guard is tried once more switched off: then it
goes through."""

from __future__ import annotations

import importlib
import sqlite3

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from payments.ledger import checking
from payments.models import Allocation, StatementMonth
from payments.proceeds import allocating
from tests.factories.payments import finance_officer
from tests.factories.proceeds import came, days_ago, first_of, rate, shipped
from tests.factories.smes import SmeFactory
from tests.payments.ledger.test_guards import GUARDED, goes_through, sql, switched_off

guards = importlib.import_module("payments.migrations.0010_proceeds_stay")
TABLE = pytest.mark.parametrize("table", guards.KEPT)
CHANGES = ("UPDATE payments_{} SET id = id", "DELETE FROM payments_{}")


@pytest.fixture
def rows():
    """A row of each table, none of which another one needs."""
    sme = SmeFactory()
    row, money = shipped(sme), came(sme)
    allocating.match(actor=sme.created_by, receipt=money, parts={row.public_id: 5}, seen=0)
    rate(day=days_ago(3))
    StatementMonth.objects.create(month=first_of(days_ago(90)), published_by=finance_officer(), lines={})


def only_ours(table):
    """The keys of other tables are not what is asked here."""
    if table == "datedrule":
        sql("UPDATE payments_shipment SET rule_id = NULL")
    if table == "exchangerate":
        sql("UPDATE payments_proceedsreceipt SET rate_id = NULL")


@pytest.mark.django_db
@pytest.mark.postgres
@GUARDED
@TABLE
@pytest.mark.parametrize("act", CHANGES)
def test_rows_are_added_and_never_changed(rows, guarded, table, act):
    only_ours(table)
    if not guarded:
        switched_off(table, f"payments_{table}_is_history")
    assert goes_through(lambda: sql(act.format(table))) is not guarded


@pytest.mark.django_db
@pytest.mark.postgres
@GUARDED
@TABLE
def test_no_table_is_emptied(rows, guarded, table):
    connection.check_constraints()
    if guarded:  # the suite's own set-up lets all of them pass
        sql(f"ALTER TABLE payments_{table} ENABLE TRIGGER payments_{table}_no_truncate")
    assert goes_through(lambda: sql(f"TRUNCATE payments_{table} CASCADE")) is not guarded


@pytest.mark.django_db
def test_a_match_that_was_taken_back_is_not_deleted_by_the_models_either(rows):
    assert not goes_through(Allocation.objects.all().delete)
    assert not goes_through(lambda: Allocation.objects.update(amount=1))
    assert Allocation.objects.get().amount == 5


@pytest.fixture
def file(tmp_path):
    """A database of SQLite with the tables, each with one row, as far as the guards ask for them."""
    path = tmp_path / "proceeds.sqlite3"
    django = DatabaseWrapper(
        {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {}, "TIME_ZONE": None, "CONN_MAX_AGE": 0,
         "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False},
        alias="proceeds",
    )  # fmt: skip
    with django.schema_editor(atomic=False) as editor:
        for table in guards.KEPT:
            editor.execute(f"CREATE TABLE payments_{table} (id INTEGER PRIMARY KEY)")
            editor.execute(f"INSERT INTO payments_{table} VALUES (1)")  # noqa: S608  our own words
        guards.lay(None, editor)
        yield path, editor
    django.close()


@pytest.mark.django_db
@GUARDED
@TABLE
@pytest.mark.parametrize("act", [*CHANGES, "INSERT OR REPLACE INTO payments_{} VALUES (1)"])
def test_sqlite_refuses_the_same(file, guarded, table, act):
    path, editor = file
    if not guarded:
        guards.lift(None, editor)
    line = sqlite3.connect(path, isolation_level=None)
    line.execute("PRAGMA recursive_triggers = ON")  # as in our settings
    try:
        if guarded:
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                line.execute(act.format(table))
        else:
            line.execute(act.format(table))
        line.execute(f"INSERT INTO payments_{table} VALUES (2)")  # noqa: S608  our own words
    finally:
        line.close()


@pytest.mark.django_db
def test_the_guards_that_are_looked_for_are_those_of_sqlite(file):
    line = sqlite3.connect(file[0])
    found = {name for (name,) in line.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    line.close()
    assert found == set(checking.GUARDS_OF_PROCEEDS["sqlite"])
    assert checking.OF_PROCEEDS == guards.KEPT
