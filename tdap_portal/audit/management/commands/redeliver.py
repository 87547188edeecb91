"""Hand events again to the handlers that gave up on them."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tdap_portal.audit import outbox


class Command(BaseCommand):
    help = "List the deliveries that were given up and put them back in the queue, after the fault was mended."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--event", help="only events of this name")
        parser.add_argument("--list", action="store_true", help="show them and leave them as they are")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = outbox.given_up()
        if options["event"]:
            rows = rows.filter(event__name=options["event"])
        for row in rows:
            event = row.event
            subject = f"{event.subject_type} {event.subject_label or event.subject_id}"
            at = timezone.localtime(event.at).isoformat(" ", "minutes")
            self.stdout.write(f"{row.pk}  {at}  {event.name}  {subject}  {row.handler}: {row.last_error}")
        if not options["list"]:
            self.stdout.write(f"{outbox.redeliver(rows)} put back.")
