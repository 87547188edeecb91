"""Rounds that were decided before the number was written down gave the seats that their files have now."""

from django.db import migrations


def fill(apps, schema_editor):
    files = apps.get_model("selection", "Application").objects
    for round_ in apps.get_model("selection", "Round").objects.filter(state="decided", seats_given=None):
        round_.seats_given = files.filter(round=round_, state="selected").count()
        round_.save(update_fields=["seats_given"])


class Migration(migrations.Migration):
    dependencies = [("selection", "0017_closing_and_seats")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
