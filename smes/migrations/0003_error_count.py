from django.db import migrations


class Migration(migrations.Migration):
    """The number of mistakes kept with a step is called what it is. Renames a column; nothing is lost either way."""

    dependencies = [("smes", "0002_handler_names")]

    operations = [migrations.RenameField("profilestep", "wrongs", "error_count")]
