"""Walk the chain of history and say which row was changed, removed or inserted. Exit code 1 where one was.

`--acknowledge REASON` first writes into history why the chain begins anew or was set back (a restored database, a new
disk for the notes of its end), after which links are laid again.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from tdap_portal.audit import services
from tdap_portal.audit.selectors import verify_chain

SHOWN = 50


class Command(BaseCommand):
    help = "Verify the hash chain of the audit trail."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--acknowledge", metavar="REASON", help="why the chain does not fit the notes of its end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["acknowledge"]:
            services.acknowledge(options["acknowledge"])
        report = verify_chain()
        for fault in report.breaks[:SHOWN]:
            self.stdout.write(f"{fault.kind.upper()}: {fault.text}")
        if len(report.breaks) > SHOWN:
            self.stdout.write(f"… and {len(report.breaks) - SHOWN} more.")
        age = f", the oldest {int(report.oldest_unsealed.total_seconds())} s old" if report.oldest_unsealed else ""
        self.stdout.write(f"{report.rows} rows in the chain, {report.unsealed} waiting for their link{age}.")
        for name, reason in report.acknowledged.items():
            self.stdout.write(f"Another chain lay here before this one; its ends are noted in {name}: {reason}")
        if report.breaks:
            self.stdout.write(f"The chain is broken in {len(report.breaks)} places.")
            sys.exit(1)
        end = f" It ends at position {report.end.position} with {report.end.hash}." if report.end.position else ""
        self.stdout.write(f"The chain is whole.{end}")
