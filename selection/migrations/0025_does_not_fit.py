"""The desk marks files of whose firm something does not fit, and filters by it.

What is there already is filled in pieces, each of its own transaction, so that acts on files go on meanwhile.
"""

from django.db import migrations, models

CHUNK = 2_000
ENDED = ("selected", "waitlisted", "declined", "withdrawn")


def fill(apps, schema_editor):
    files = apps.get_model("selection", "Application").objects.filter(facts__isnull=False).exclude(state__in=ENDED)
    open_ones = apps.get_model("smes", "Contradiction").objects.filter(state="open")
    last = 0
    while firms := list(
        open_ones.filter(sme__gt=last).order_by("sme").values_list("sme", flat=True).distinct()[:CHUNK]
    ):
        files.filter(sme__in=firms).update(does_not_fit=True)
        last = firms[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("selection", "0024_level_study"), ("smes", "0009_verification")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="does_not_fit",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("does_not_fit", True)), fields=["round", "due_on", "id"], name="desk_does_not_fit"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
