"""Links and the chain's end are keyed, a row's label and a nonce are signed, and no signature stands twice.

Rows of an earlier form do not fit the new signatures: begin with an empty history.
"""

import importlib

from django.db import migrations, models

import tdap_portal.audit.models

earlier = importlib.import_module("tdap_portal.audit.migrations.0002_append_only")

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_event_is_history() RETURNS trigger AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'history is never deleted';
  END IF;
  IF OLD.position IS NOT NULL OR to_jsonb(NEW) - 'position' - 'hash' <> to_jsonb(OLD) - 'position' - 'hash' THEN
    RAISE EXCEPTION 'history is never changed';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
"""
SIGNED = ("id", "name", "subject_type", "subject_id", "subject_label", "actor_id", "at", "data", "request_id", "nonce", "mac")
CHANGED = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in SIGNED)
SQLITE_ON = [
    f"""CREATE TRIGGER audit_event_no_change BEFORE UPDATE ON audit_event WHEN OLD.position IS NOT NULL OR {CHANGED}
       BEGIN SELECT RAISE(ABORT, 'history is never changed'); END""",
    earlier.SQLITE_ON[1],
]


def lift(apps, schema_editor):
    """SQLite makes the table anew, and its triggers would be lost without a word."""
    if schema_editor.connection.vendor != "postgresql":
        for statement in earlier.SQLITE_OFF:
            schema_editor.execute(statement)


def lay(apps, schema_editor):
    for statement in [POSTGRES_FUNCTION] if schema_editor.connection.vendor == "postgresql" else SQLITE_ON:
        schema_editor.execute(statement)


def lay_earlier(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        earlier.off(apps, schema_editor)
    earlier.on(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RunPython(lift, lay_earlier),
        migrations.AddField(
            "event", "nonce", models.CharField(default=tdap_portal.audit.models.new_nonce, max_length=16)
        ),
        migrations.AddConstraint("event", models.UniqueConstraint(fields=["mac"], name="event_signed_once")),
        migrations.AddField("chainend", "mac", models.CharField(blank=True, max_length=64)),
        migrations.RunPython(lay, lift),
    ]
