"""Each score card has the short code that its receipt prints. Those that are there get theirs in pieces."""

import secrets

from django.db import migrations, models

import selection.models.cards

LETTERS, LENGTH = "BCDFGHJKMNPQRSTVWXZ", 10
CHUNK = 2_000


def fill(apps, schema_editor):
    cards = apps.get_model("selection", "ScoreCard").objects
    last = 0
    while rows := list(cards.filter(pk__gt=last).order_by("pk").only("pk")[:CHUNK]):
        for row in rows:
            row.code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        cards.bulk_update(rows, ["code"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("selection", "0028_offers")]

    operations = [
        migrations.AddField(
            model_name="scorecard", name="code", field=models.CharField(max_length=10, default="", db_default="")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="scorecard",
            name="code",
            field=models.CharField(max_length=10, unique=True, default=selection.models.cards.new_receipt_code),
        ),
    ]
