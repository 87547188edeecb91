"""A new exporter is a firm without exports in its own name: one that has only supplied an export house counts as well.

What is there already is corrected in pieces, each of its own transaction, so that acts on files go on meanwhile.
"""

from django.db import migrations

CHUNK = 1_000


def correct(apps, schema_editor):
    files = apps.get_model("selection", "Application").objects.filter(facts__isnull=False)
    last = 0
    while rows := list(files.filter(pk__gt=last).order_by("pk").values_list("pk", "facts__export_history")[:CHUNK]):
        new = [
            pk
            for pk, years in rows
            if not any(year.get("route") == "direct" and (year.get("value_usd") or 0) > 0 for year in years or ())
        ]
        files.filter(pk__in=new, new_exporter=False).update(new_exporter=True)
        last = rows[-1][0]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("selection", "0032_appeals")]

    operations = [migrations.RunPython(correct, migrations.RunPython.noop)]
