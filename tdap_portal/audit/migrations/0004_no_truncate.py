"""PostgreSQL refuses to empty history too; triggers for each row do not hear of TRUNCATE. SQLite has no such statement."""

from django.db import migrations

ON = """
CREATE FUNCTION audit_event_is_not_emptied() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION 'history is never deleted';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_not_emptied();
"""
OFF = """
DROP TRIGGER audit_event_no_truncate ON audit_event;
DROP FUNCTION audit_event_is_not_emptied();
"""


def on(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ON)


def off(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(OFF)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_keyed_chain")]
    operations = [migrations.RunPython(on, off)]
