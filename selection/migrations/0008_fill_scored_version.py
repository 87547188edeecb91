"""Which files have a score for their facts as they stand: told from their cards. The others are scored by the next sweep."""

from django.db import migrations
from django.db.models import Exists, F, OuterRef

FILES = 5000


def fill(apps, schema_editor):
    files = apps.get_model("selection", "Application").objects
    cards = apps.get_model("selection", "ScoreCard").objects
    scored = Exists(cards.filter(application=OuterRef("pk"), facts_version=OuterRef("facts_version")))
    waiting = files.filter(scored_version__lt=F("facts_version")).exclude(state="submitted").order_by("pk")
    last = 0
    while ids := list(waiting.filter(pk__gt=last).values_list("pk", flat=True)[:FILES]):
        files.filter(scored, pk__in=ids).update(scored_version=F("facts_version"))
        last = ids[-1]


class Migration(migrations.Migration):
    atomic = False  # a piece a transaction: nobody waits for a million rows

    dependencies = [("selection", "0007_scored_version")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
