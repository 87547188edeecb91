"""Walk the chain of history and say which row was changed, removed or inserted. Exit code 1 where one was."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from tdap_portal.audit.selectors import verify_chain

SHOWN = 50


class Command(BaseCommand):
    help = "Verify the hash chain of the audit trail."

    def handle(self, *args: Any, **options: object) -> None:
        report = verify_chain()
        for fault in report.breaks[:SHOWN]:
            self.stdout.write(f"{fault.kind.upper()}: {fault.words}")
        if len(report.breaks) > SHOWN:
            self.stdout.write(f"… and {len(report.breaks) - SHOWN} more.")
        age = f", the oldest {int(report.oldest_unsealed.total_seconds())} s old" if report.oldest_unsealed else ""
        self.stdout.write(f"{report.rows} rows in the chain, {report.unsealed} waiting for their link{age}.")
        for name in report.earlier:
            self.stdout.write(f"Another chain lay here before this one; its ends are noted in {name}.")
        if report.breaks:
            self.stdout.write(f"The chain is broken in {len(report.breaks)} places.")
            sys.exit(1)
        end = f" It ends at position {report.end.position} with {report.end.hash}." if report.end.position else ""
        self.stdout.write(f"The chain is whole.{end}")
