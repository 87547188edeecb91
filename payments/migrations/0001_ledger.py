"""The books, and what the database itself refuses of them.

On PostgreSQL: lines are written in the transaction of their entry, on its day, in its currency and no more than it says (a trigger of each
statement); an entry has as many lines as it says and they sum to zero (a deferred trigger of each entry, at the commit, or before it where
somebody says SET CONSTRAINTS: so that no line comes after it was looked at, their number has to be right); nothing is booked into a
day that is closed, and who closes a day waits for whoever is booking; nothing is changed, deleted or emptied.

SQLite has no triggers at the commit. There a row of payments_openentry counts what is missing of each entry, and two foreign keys
that are looked at with the commit hold it to nought; an entry whose lines are all there takes no more. `INSERT OR REPLACE` deletes
without a word to triggers unless recursive_triggers is on, as in our settings.

A later migration that makes one of these tables anew on SQLite must lift() the guards before and lay() them after: triggers go with
their table.
"""

import django.db.models.deletion
import django.utils.timezone
import tdap_portal.core.models
from django.conf import settings
from django.db import migrations, models


LOCK = 20270412
"""Whoever books holds this advisory lock together with others, whoever closes a day alone."""
HISTORY = ("account", "entry", "line")
NEVER_EMPTIED = (*HISTORY, "dayclose", "receipt", "receiptcounter")

POSTGRES_ON = f"""
ALTER TABLE payments_entry ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION payments_is_history() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'the books are never changed: %', TG_TABLE_NAME;
END $$ LANGUAGE plpgsql;

CREATE FUNCTION payments_line_fits_its_entry() RETURNS trigger AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM added l LEFT JOIN payments_entry e ON e.id = l.entry_id LEFT JOIN payments_account a ON a.id = l.account_id
    WHERE e.xid IS DISTINCT FROM pg_current_xact_id() OR l.day <> e.booked_on OR a.currency IS DISTINCT FROM e.currency
  ) THEN
    RAISE EXCEPTION 'a line is booked after its entry in the same transaction, on its day and in its currency';
  END IF;
  IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT entry_id FROM added) d JOIN payments_entry e ON e.id = d.entry_id
    WHERE (SELECT count(*) FROM payments_line l WHERE l.entry_id = e.id) > e.parts
  ) THEN
    RAISE EXCEPTION 'an entry has no more lines than it says';
  END IF;
  RETURN NULL;
END $$ LANGUAGE plpgsql SET enable_hashjoin = off SET enable_mergejoin = off;
CREATE TRIGGER payments_line_fits AFTER INSERT ON payments_line
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payments_line_fits_its_entry();

CREATE FUNCTION payments_entry_is_balanced() RETURNS trigger AS $$
DECLARE
  found bigint;
  total numeric;
BEGIN
  SELECT count(*), sum(amount) INTO found, total FROM payments_line WHERE entry_id = NEW.id;
  IF found <> NEW.parts OR total <> 0 OR NEW.xid <> pg_current_xact_id() THEN
    RAISE EXCEPTION 'entry % is not balanced: % of % lines, together %', NEW.id, found, NEW.parts, total;
  END IF;
  RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE CONSTRAINT TRIGGER payments_entry_balances AFTER INSERT ON payments_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_entry_is_balanced();

CREATE FUNCTION payments_day_is_open() RETURNS trigger AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({LOCK});
  IF (SELECT min(booked_on) FROM added) <= (SELECT max(day) FROM payments_dayclose WHERE closed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the day is closed';
  END IF;
  RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER payments_entry_on_open_day AFTER INSERT ON payments_entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payments_day_is_open();

CREATE FUNCTION payments_day_stays_closed() RETURNS trigger AS $$
BEGIN
  IF OLD.closed_at IS NOT NULL OR TG_OP = 'UPDATE' AND NEW.day <> OLD.day THEN
    RAISE EXCEPTION 'a closed day stays as it is';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER payments_dayclose_stays BEFORE UPDATE OR DELETE ON payments_dayclose
  FOR EACH ROW EXECUTE FUNCTION payments_day_stays_closed();

CREATE FUNCTION payments_receipt_stays() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.cancelled_at IS NOT NULL
     OR to_jsonb(NEW) - 'cancelled_at' - 'cancelled_by_id' - 'cancel_words'
        <> to_jsonb(OLD) - 'cancelled_at' - 'cancelled_by_id' - 'cancel_words' THEN
    RAISE EXCEPTION 'a receipt stays as it is; it can only be cancelled, once';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER payments_receipt_stays BEFORE UPDATE OR DELETE ON payments_receipt
  FOR EACH ROW EXECUTE FUNCTION payments_receipt_stays();

CREATE FUNCTION payments_counter_counts() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.year <> OLD.year OR NEW.last <> OLD.last + 1 THEN
    RAISE EXCEPTION 'numbers of receipts are counted up by one';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER payments_counter_counts BEFORE UPDATE OR DELETE ON payments_receiptcounter
  FOR EACH ROW EXECUTE FUNCTION payments_counter_counts();
"""
POSTGRES_HISTORY = """
CREATE TRIGGER payments_{table}_is_history BEFORE UPDATE OR DELETE ON payments_{table}
  FOR EACH ROW EXECUTE FUNCTION payments_is_history();
"""
POSTGRES_NO_TRUNCATE = """
CREATE TRIGGER payments_{table}_no_truncate BEFORE TRUNCATE ON payments_{table}
  FOR EACH STATEMENT EXECUTE FUNCTION payments_is_history();
"""
POSTGRES_OFF = """
DROP TRIGGER payments_line_fits ON payments_line;
DROP TRIGGER payments_entry_balances ON payments_entry;
DROP TRIGGER payments_entry_on_open_day ON payments_entry;
DROP TRIGGER payments_dayclose_stays ON payments_dayclose;
DROP TRIGGER payments_receipt_stays ON payments_receipt;
DROP TRIGGER payments_counter_counts ON payments_receiptcounter;
DROP FUNCTION payments_is_history() CASCADE;
DROP FUNCTION payments_line_fits_its_entry();
DROP FUNCTION payments_entry_is_balanced();
DROP FUNCTION payments_day_is_open();
DROP FUNCTION payments_day_stays_closed();
DROP FUNCTION payments_receipt_stays();
DROP FUNCTION payments_counter_counts();
ALTER TABLE payments_entry DROP COLUMN xid;
"""

# Tables of the guards alone: Django knows nothing of them, so nothing but the triggers writes there.
SQLITE_TABLES = [
    "CREATE TABLE payments_nought (zero INTEGER PRIMARY KEY CHECK (zero = 0))",
    "INSERT INTO payments_nought VALUES (0)",
    """CREATE TABLE payments_openentry (
         entry_id INTEGER PRIMARY KEY REFERENCES payments_entry (id) DEFERRABLE INITIALLY DEFERRED,
         total INTEGER NOT NULL REFERENCES payments_nought (zero) DEFERRABLE INITIALLY DEFERRED,
         missing INTEGER NOT NULL REFERENCES payments_nought (zero) DEFERRABLE INITIALLY DEFERRED)""",
]
SQLITE_TRIGGERS = {
    "payments_entry_opens": """AFTER INSERT ON payments_entry BEGIN
         SELECT RAISE(ABORT, 'the day is closed')
           WHERE EXISTS (SELECT 1 FROM payments_dayclose WHERE closed_at IS NOT NULL AND day >= NEW.booked_on);
         INSERT INTO payments_openentry VALUES (NEW.id, 0, NEW.parts);
       END""",
    "payments_line_fits": """AFTER INSERT ON payments_line BEGIN
         SELECT RAISE(ABORT, 'a line is booked with its entry, on its day and in its currency') WHERE NOT EXISTS (
           SELECT 1 FROM payments_openentry o JOIN payments_entry e ON e.id = o.entry_id
             JOIN payments_account a ON a.id = NEW.account_id
             WHERE o.entry_id = NEW.entry_id AND o.missing > 0 AND e.booked_on = NEW.day AND e.currency = a.currency);
         UPDATE payments_openentry SET total = total + NEW.amount, missing = missing - 1 WHERE entry_id = NEW.entry_id;
       END""",
    "payments_openentry_counts": """BEFORE UPDATE ON payments_openentry
       WHEN NEW.entry_id <> OLD.entry_id OR OLD.missing = 0 OR NEW.missing <> OLD.missing - 1
       BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END""",
    "payments_openentry_no_delete": """BEFORE DELETE ON payments_openentry
       BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END""",
    "payments_dayclose_stays": """BEFORE UPDATE ON payments_dayclose WHEN OLD.closed_at IS NOT NULL OR NEW.day <> OLD.day
       BEGIN SELECT RAISE(ABORT, 'a closed day stays as it is'); END""",
    "payments_dayclose_no_delete": """BEFORE DELETE ON payments_dayclose WHEN OLD.closed_at IS NOT NULL
       BEGIN SELECT RAISE(ABORT, 'a closed day stays as it is'); END""",
    "payments_receipt_stays": """BEFORE UPDATE ON payments_receipt WHEN OLD.cancelled_at IS NOT NULL OR """
    + " OR ".join(
        f"NEW.{column} IS NOT OLD.{column}"
        for column in (
            "id", "public_id", "year", "serial", "kind", "sme_id", "entry_id", "facts", "issued_on", "issued_at",
        )
    )
    + """ BEGIN SELECT RAISE(ABORT, 'a receipt stays as it is; it can only be cancelled, once'); END""",
    "payments_receipt_no_delete": """BEFORE DELETE ON payments_receipt
       BEGIN SELECT RAISE(ABORT, 'a receipt stays as it is; it can only be cancelled, once'); END""",
    "payments_counter_counts": """BEFORE UPDATE ON payments_receiptcounter WHEN NEW.year <> OLD.year OR NEW.last <> OLD.last + 1
       BEGIN SELECT RAISE(ABORT, 'numbers of receipts are counted up by one'); END""",
    "payments_counter_no_delete": """BEFORE DELETE ON payments_receiptcounter
       BEGIN SELECT RAISE(ABORT, 'numbers of receipts are counted up by one'); END""",
    **{
        f"payments_{table}_no_{act.lower()}": f"""BEFORE {act} ON payments_{table}
       BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END"""
        for table in HISTORY
        for act in ("UPDATE", "DELETE")
    },
}


def lay(apps, schema_editor):
    """The guards, on tables that are there."""
    if schema_editor.connection.vendor == "postgresql":
        statements = [
            POSTGRES_ON,
            *(POSTGRES_HISTORY.format(table=table) for table in HISTORY),
            *(POSTGRES_NO_TRUNCATE.format(table=table) for table in NEVER_EMPTIED),
        ]
    else:
        statements = [f"CREATE TRIGGER {name} {rest}" for name, rest in SQLITE_TRIGGERS.items()]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def lift(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = [POSTGRES_OFF]
    else:
        statements = [f"DROP TRIGGER {name}" for name in SQLITE_TRIGGERS]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def set_up(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE_TABLES:
            schema_editor.execute(statement)
    lay(apps, schema_editor)


def take_down(apps, schema_editor):
    lift(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE payments_openentry")
        schema_editor.execute("DROP TABLE payments_nought")



class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('smes', '0009_verification'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReceiptCounter',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('held', 'Deposits that we hold'), ('credit', 'Credit of firms'), ('fees', 'Fees paid by firms'), ('kept', 'Deposits that were kept'), ('clearing', 'With the payment company'), ('bank', 'In the bank'), ('suspense', 'Not yet matched'), ('charges', 'Charges of banks and payment companies')], max_length=10)),
                ('code', models.CharField(blank=True, max_length=24)),
                ('currency', models.CharField(default='PKR', max_length=3)),
                ('sme', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='smes.sme')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['held', 'credit', 'fees', 'kept', 'clearing', 'bank', 'suspense', 'charges'])), name='account_kind_known'),
                    models.CheckConstraint(condition=models.Q(('currency__in', ['PKR', 'AED', 'AUD', 'CAD', 'CHF', 'CNY', 'DKK', 'EUR', 'GBP', 'HKD', 'MYR', 'NOK', 'NZD', 'QAR', 'SAR', 'SEK', 'SGD', 'THB', 'USD'])), name='account_currency_known'),
                    models.UniqueConstraint(condition=models.Q(('sme__isnull', False)), fields=('sme', 'kind', 'currency'), name='one_account_a_firm_and_kind'),
                    models.UniqueConstraint(condition=models.Q(('sme__isnull', True)), fields=('kind', 'code', 'currency'), name='one_account_a_kind_and_code'),
                    models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('kind__in', ['held', 'credit', 'fees', 'kept']), ('sme__isnull', False)), models.Q(models.Q(('kind__in', ['held', 'credit', 'fees', 'kept']), _negated=True), ('sme__isnull', True)), _connector='OR'), name='account_has_its_owner'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DayClose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('prepared_at', models.DateTimeField()),
                ('words', models.CharField(blank=True, max_length=300)),
                ('entries', models.PositiveIntegerField()),
                ('moved', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['-day'], name='dayclose_closed'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('closed_by', models.F('prepared_by')), _negated=True)), _connector='OR'), name='day_closed_by_a_second_person'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('deposit_paid', 'Deposit paid'), ('fee_paid', 'Fee paid'), ('kept_as_credit', 'Payment kept as credit'), ('credit_used', 'Credit used'), ('released', 'Deposit turned into credit'), ('refund', 'Paid back'), ('fee_refund', 'Fee paid back'), ('forfeit', 'Deposit kept'), ('payment_returned', 'Payment returned by the bank'), ('refund_returned', 'Money paid back that was returned to us'), ('settlement', 'Paid out by the payment company'), ('bank_charge', 'Charge of the bank'), ('suspense_in', 'Received, not yet matched'), ('suspense_out', 'Payment matched'), ('reversal', 'Entry taken back')], max_length=20)),
                ('booked_on', models.DateField(verbose_name='booked on')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('effect', models.CharField(max_length=80)),
                ('subject', models.CharField(blank=True, max_length=40)),
                ('currency', models.CharField(default='PKR', max_length=3)),
                ('parts', models.PositiveSmallIntegerField()),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='payments.entry')),
            ],
            options={
                'verbose_name_plural': 'entries',
                'indexes': [
                    models.Index(fields=['booked_on', 'id'], name='entry_by_day'),
                    models.Index(condition=models.Q(('subject', ''), _negated=True), fields=['subject', 'id'], name='entry_by_subject'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['deposit_paid', 'fee_paid', 'kept_as_credit', 'credit_used', 'released', 'refund', 'fee_refund', 'forfeit', 'payment_returned', 'refund_returned', 'settlement', 'bank_charge', 'suspense_in', 'suspense_out', 'reversal'])), name='entry_kind_known'),
                    models.UniqueConstraint(fields=('effect',), name='effect_booked_once'),
                    models.CheckConstraint(condition=models.Q(('effect', ''), _negated=True), name='entry_has_its_effect'),
                    models.CheckConstraint(condition=models.Q(('parts__gte', 2), ('parts__lte', 1000)), name='entry_has_two_lines_or_more'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reversal'), ('reverses__isnull', False)), models.Q(models.Q(('kind', 'reversal'), _negated=True), ('reverses__isnull', True)), _connector='OR'), name='reversal_names_what_it_reverses'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('about', models.CharField(blank=True, max_length=24)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.account')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.entry')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['account', 'day', 'amount'], name='line_by_account_and_day'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount__gte', -10000000000000), ('amount__lte', 10000000000000), models.Q(('amount', 0), _negated=True)), name='line_amount_in_bounds'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MonthBalance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('through', models.DateField()),
                ('balance', models.BigIntegerField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.account')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['through'], name='monthbalance_by_month'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'through'), name='one_balance_an_account_and_month'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=tdap_portal.core.models.new_public_id, editable=False, max_length=12, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('payment', 'Receipt of payment'), ('refund', 'Receipt of money paid back'), ('forfeit', 'Notice of a deposit kept')], max_length=10)),
                ('facts', models.JSONField()),
                ('issued_on', models.DateField()),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancel_words', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('cancelled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='payments.entry')),
                ('sme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='smes.sme')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['sme', '-id'], name='receipt_by_firm'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['payment', 'refund', 'forfeit'])), name='receipt_kind_known'),
                    models.UniqueConstraint(fields=('year', 'serial'), name='receipt_number_once'),
                    models.UniqueConstraint(fields=('entry', 'kind'), name='one_receipt_an_entry_and_kind'),
                    models.CheckConstraint(condition=models.Q(('serial__gte', 1)), name='receipt_serial_from_one'),
                ],
            },
        ),
        migrations.RunPython(set_up, take_down),
    ]
