"""Slips are found by their file and by the transfer that they name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_proceeds")]

    operations = [
        migrations.AddIndex(
            model_name="proof",
            index=models.Index(fields=["sha256"], name="proof_by_file"),
        ),
        migrations.AddIndex(
            model_name="proof",
            index=models.Index(
                fields=["bank_reference"],
                condition=models.Q(("bank_reference", ""), _negated=True),
                name="proof_by_transfer",
            ),
        ),
    ]
