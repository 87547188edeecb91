"""Deliveries name their handlers by what they do, no longer by the file in which they stand."""

from django.db import migrations

from tdap_portal.audit.renaming import rename_handlers

RENAMED = {
    "selection.trade.handlers.begin_requested_run": "trade.begin_run",
}


class Migration(migrations.Migration):
    dependencies = [("trade", "0001_initial"), ("audit", "0003_keyed_chain")]
    operations = [rename_handlers(RENAMED)]
