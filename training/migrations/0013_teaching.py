"""What the trainer's page keeps: that the code is no longer shown, and how far off the clock of a device was."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0012_joining"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendancemark",
            name="clock_off",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="scantally",
            name="stopped_at",
            field=models.DateTimeField(null=True),
        ),
    ]
