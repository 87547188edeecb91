"""Deliveries name their handlers by what they do, no longer by the file in which they stand."""

from django.db import migrations

from tdap_portal.audit.renaming import rename_handlers

RENAMED = {
    "smes.handlers.look_for_duplicates": "smes.look_for_duplicates",
    "smes.handlers.tell_of_verification": "smes.tell_verified",
    "smes.handlers.tell_of_refusal": "smes.tell_paper_refused",
    "smes.handlers.remind_of_expiry": "smes.remind_of_expiry",
    "smes.handlers.tell_owners_of_new_member": "smes.tell_new_member",
}


class Migration(migrations.Migration):
    dependencies = [("smes", "0001_initial"), ("audit", "0003_keyed_chain")]
    operations = [rename_handlers(RENAMED)]
