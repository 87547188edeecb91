"""An index that finds letters inside the names of firms: PostgreSQL only, and where its pg_trgm can be had.

Without it the search finds beginnings of names, by a plain index (see selectors_desk.finds_inside_names).
"""

from django.db import DatabaseError, migrations, transaction

INSIDE = "CREATE INDEX desk_name_inside ON selection_application USING gin (upper(sme_name::text) gin_trgm_ops)"
BEGINNING = "CREATE INDEX desk_name_beginning ON selection_application (upper(sme_name::text) text_pattern_ops)"


def index_names(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(INSIDE)
        except DatabaseError:
            cursor.execute(BEGINNING)


def drop_names(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS desk_name_inside")
        schema_editor.execute("DROP INDEX IF EXISTS desk_name_beginning")


class Migration(migrations.Migration):
    dependencies = [("selection", "0003_desk_indexes")]
    operations = [migrations.RunPython(index_names, drop_names)]
