"""The database itself refuses to change or delete history; only the chain's two columns are set, once."""

from django.db import migrations

POSTGRES_ON = """
CREATE FUNCTION audit_event_is_history() RETURNS trigger AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'history is never deleted';
  END IF;
  IF OLD.position IS NOT NULL
     OR NEW.id <> OLD.id OR NEW.name <> OLD.name OR NEW.subject_type <> OLD.subject_type OR NEW.subject_id <> OLD.subject_id
     OR NEW.subject_label <> OLD.subject_label OR NEW.actor_id IS DISTINCT FROM OLD.actor_id OR NEW.at <> OLD.at
     OR NEW.data <> OLD.data OR NEW.request_id <> OLD.request_id OR NEW.mac <> OLD.mac THEN
    RAISE EXCEPTION 'history is never changed';
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
  FOR EACH ROW EXECUTE FUNCTION audit_event_is_history();
"""
POSTGRES_OFF = """
DROP TRIGGER audit_event_no_change ON audit_event;
DROP FUNCTION audit_event_is_history();
"""
SQLITE_ON = [
    """CREATE TRIGGER audit_event_no_change BEFORE UPDATE ON audit_event
       WHEN OLD.position IS NOT NULL OR NEW.name <> OLD.name OR NEW.subject_type <> OLD.subject_type
         OR NEW.subject_id <> OLD.subject_id OR NEW.actor_id IS NOT OLD.actor_id OR NEW.at <> OLD.at
         OR NEW.data <> OLD.data OR NEW.mac <> OLD.mac
       BEGIN SELECT RAISE(ABORT, 'history is never changed'); END""",
    """CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
       BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END""",
]
SQLITE_OFF = ["DROP TRIGGER audit_event_no_delete", "DROP TRIGGER audit_event_no_change"]


def on(apps, schema_editor):
    for statement in [POSTGRES_ON] if schema_editor.connection.vendor == "postgresql" else SQLITE_ON:
        schema_editor.execute(statement)


def off(apps, schema_editor):
    for statement in [POSTGRES_OFF] if schema_editor.connection.vendor == "postgresql" else SQLITE_OFF:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(on, off)]
