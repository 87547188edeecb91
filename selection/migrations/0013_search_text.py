"""The desk's search looks into one column that holds a firm's name and town as they are compared.

Its index replaces that over names: with pg_trgm it finds pieces inside, without it beginnings.
"""

from django.db import migrations, models

from tdap_portal.core.folding import searchable

CHUNK = 2_000
INSIDE = "CREATE INDEX desk_text_inside ON selection_application USING gin (search_text gin_trgm_ops)"
BEGINNING = "CREATE INDEX desk_text_beginning ON selection_application (search_text text_pattern_ops)"


def fill(apps, schema_editor):
    rows = apps.get_model("selection", "Application").objects
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").only("pk", "sme_name", "city")[:CHUNK]):
        for row in chunk:
            row.search_text = searchable(row.sme_name, row.city)
        rows.bulk_update(chunk, ["search_text"])
        last = chunk[-1].pk


def index_texts(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')")
        cursor.execute(INSIDE if cursor.fetchone()[0] else BEGINNING)
        cursor.execute("DROP INDEX IF EXISTS desk_name_inside")
        cursor.execute("DROP INDEX IF EXISTS desk_name_beginning")


def drop_texts(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS desk_text_inside")
        schema_editor.execute("DROP INDEX IF EXISTS desk_text_beginning")


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL builds no index on a table whose rows were changed in the same transaction

    dependencies = [("selection", "0012_home_indexes")]
    operations = [
        migrations.AddField(
            model_name="application",
            name="search_text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index_texts, drop_texts),
    ]
