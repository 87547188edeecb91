"""Count the files of rounds again: the kept counts of the desk are replaced by what is there."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from selection.applications import tallies
from selection.rounds import selectors as rounds_selectors


class Command(BaseCommand):
    help = "Count the files of rounds again, and say which of the kept counts were wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rounds", nargs="*", metavar="R4", help="codes of rounds; all where none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        named = [rounds_selectors.round_by_code(code) for code in options["rounds"]]
        for round_ in named or rounds_selectors.rounds_in_calendar():
            wrong = tallies.rebuild(round_)
            self.stdout.write(f"{round_.code}: {len(wrong)} counts were wrong.")
            for cell, (kept, counted) in sorted(wrong.items()):
                self.stdout.write(f"  {', '.join(map(str, cell[1:]))}: {kept}, now {counted}")
