"""The column says what it means: the file waits for the firm. Index and constraint name it, so they are laid anew."""

from django.db import migrations, models

ASKED = models.Q(("awaiting_firm", True))
CELL = ["round", "state", "sector", "province", "track", "awaiting_firm"]


class Migration(migrations.Migration):
    dependencies = [("selection", "0010_handler_names")]

    operations = [
        migrations.RemoveIndex("application", "desk_asked"),
        migrations.RemoveConstraint("desktally", "one_folded_cell"),
        migrations.RenameField("application", "is_asked", "awaiting_firm"),
        migrations.RenameField("desktally", "is_asked", "awaiting_firm"),
        migrations.AddIndex(
            "application", models.Index(fields=["round", "due_on", "id"], condition=ASKED, name="desk_asked")
        ),
        migrations.AddConstraint(
            "desktally", models.UniqueConstraint(fields=CELL, condition=models.Q(("folded", True)), name="one_folded_cell")
        ),
    ]
