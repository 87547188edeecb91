"""Compute kept score cards again: the same facts must give the same points."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from selection.applications import selectors as applications_selectors
from selection.engine.again import Outcome, compute_again

if TYPE_CHECKING:
    from selection.engine.again import Recount

SEAL = re.compile(r"[0-9a-f]{12,64}")


class Command(BaseCommand):
    help = "Compute score cards again, and say of each criterion whether it comes out as printed. Fails where one does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what",
            help="a file number (R3-0412, all its cards), a seal or its first twelve signs, or a card as a JSON file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        recounts = [compute_again(card) for card in self._cards(options["what"])]
        for recount in recounts:
            self._write(recount)
        wrong = sum(recount.outcome is not Outcome.EQUAL for recount in recounts)
        if wrong:
            raise CommandError(f"{wrong} of {len(recounts)} cards do not come out as they are printed.")

    def _cards(self, what: str) -> list[Any]:
        if Path(what).is_file():
            try:
                return [json.loads(Path(what).read_text("utf-8"))]
            except (ValueError, RecursionError) as error:
                raise CommandError(f"{what} is no JSON: {error}") from error
        seal = re.sub(r"\s", "", what).lower()
        kept = applications_selectors.cards_named(
            seal if SEAL.fullmatch(seal) else "", file_number=what.strip().upper()
        )
        if not kept:
            raise CommandError(f"There is no score card of {what!r}.")
        return [row.card for row in kept]

    def _write(self, recount: Recount) -> None:
        card = recount.card
        if card is None:
            self.stdout.write(f"{recount.outcome}: this is no score card.")
            return
        self.stdout.write(
            f"{recount.outcome}: seal {card.short_seal}, policy {card.policy_version}, engine {card.engine_version}"
        )
        for line in (*recount.lines, *recount.gates):
            mark = "equal" if line.is_equal else "NOT EQUAL"
            self.stdout.write(f"  {line.code:<24} {line.printed!s:>6} {line.computed!s:>6}  {mark}")
        if recount.again:
            self.stdout.write(f"  {'total':<24} {card.total!s:>6} {recount.again.total!s:>6}")
