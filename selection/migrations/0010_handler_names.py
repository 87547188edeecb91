"""Deliveries name their handlers by what they do, no longer by the file in which they stand."""

from django.db import migrations

from tdap_portal.audit.renaming import rename_handlers

RENAMED = {
    "selection.handlers.score_it": "selection.score",
    "selection.handlers.go_on_reading": "selection.resume_reading",
    "selection.handlers_desk.read_again": "selection.resume_reading",
    "selection.handlers.take_up_papers": "selection.take_up_papers",
    "selection.handlers.go_on_rescoring": "selection.continue_rescoring",
    "selection.handlers.tell_the_firm": "selection.tell_firm",
    "selection.handlers.tell_the_decision": "selection.tell_decision",
    "selection.handlers.tell_the_question": "selection.tell_question",
    "selection.handlers.tell_the_desk": "selection.tell_answer",
    "selection.handlers.tell_the_letter": "selection.tell_letter",
    "selection.handlers.warn_the_officer": "selection.warn_of_due_date",
    "selection.handlers.escalate": "selection.escalate_broken_promise",
    "selection.handlers_desk.go_on_with_bulk": "selection.continue_bulk_act",
}


class Migration(migrations.Migration):
    dependencies = [("selection", "0009_rescoring"), ("audit", "0003_keyed_chain")]
    operations = [rename_handlers(RENAMED)]
