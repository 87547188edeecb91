"""Files say whether their firm tells of no exports, which the rules of a round may count by.

What is there already is filled in pieces, each of its own transaction, so that acts on files go on meanwhile.
"""

from django.db import migrations, models

CHUNK = 1_000


def fill(apps, schema_editor):
    files = apps.get_model("selection", "Application").objects.filter(facts__isnull=False)
    last = 0
    while rows := list(files.filter(pk__gt=last).order_by("pk").values_list("pk", "facts__export_history")[:CHUNK]):
        new = [pk for pk, years in rows if not any((year.get("value_usd") or 0) > 0 for year in years or ())]
        files.filter(pk__in=new).update(new_exporter=True)
        last = rows[-1][0]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("selection", "0026_seats")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="new_exporter",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(model_name="composition", name="costs", field=models.JSONField(default=dict)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
