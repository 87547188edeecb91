"""Give each vintage of flows its parts (until now all its flows lay in itself), and each source what reference/sources.csv says."""

from django.db import migrations


def fill(apps, schema_editor):
    flows, vintages = apps.get_model("trade", "TradeFlow"), apps.get_model("trade", "Vintage")
    part = apps.get_model("trade", "VintagePart")
    for vintage in vintages.objects.filter(kind="flows"):
        years = flows.objects.filter(vintage=vintage).values_list("source_id", "year").distinct()
        part.objects.bulk_create(
            part(vintage=vintage, source_id=source, year=year, loaded_in=vintage) for source, year in years.order_by()
        )
    sources = apps.get_model("trade", "Source")
    sources.objects.filter(code="ots2017").update(is_scored=False)
    sources.objects.filter(code__in=["baci", "baci2018"]).update(weights_estimated=True)


class Migration(migrations.Migration):
    dependencies = [("trade", "0003_parts_held_notes")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
