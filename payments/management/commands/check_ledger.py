"""Look through the books for what must not be: entries that do not balance, broken reversals, changed days, gaps of
receipts.

Exit code 1 where something is found. `--mend-months` first builds the kept balances of months anew; nothing else can
be mended here: what is wrong in an entry is put right by another one.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from payments.ledger import checking, services

SHOWN = 50


class Command(BaseCommand):
    help = "Check the books: balance, reversals, closed days, kept balances, numbers of receipts."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--mend-months", action="store_true", help="build the kept balances of months anew first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["mend_months"]:
            self.stdout.write(f"{services.keep_balances(anew=True)} balances of months kept.")
        number = 0
        for fault in checking.faults():
            number += 1
            if number <= SHOWN:
                self.stdout.write(f"{fault.kind.upper()}: {fault.text}")
        if number > SHOWN:
            self.stdout.write(f"… and {number - SHOWN} more.")
        if number:
            self.stdout.write(f"The books have {number} faults.")
            sys.exit(1)
        self.stdout.write("The books are whole.")
