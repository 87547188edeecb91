"""Fetch trade figures now: from UN Comtrade, or from the sample that comes with the portal."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from selection.trade import selectors as trade_selectors
from selection.trade import services as trade_services
from selection.trade.management import accepting
from selection.trade.sources.comtrade import YEAR
from selection.trade.states import RunState

if TYPE_CHECKING:
    from argparse import ArgumentParser


def calendar_year(text: str) -> int:
    if not YEAR.fullmatch(text):
        raise ArgumentTypeError(f"{text} is not a calendar year")
    return int(text)


class Command(BaseCommand):
    help = "Fetch trade figures and publish them if they stand the checks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", choices=["comtrade", "sample"], default="comtrade")
        parser.add_argument(
            "--years", nargs="*", type=calendar_year, default=[], help="calendar years (default: the last eight)"
        )
        accepting.add_arguments(parser)

    def say(self, line: str) -> None:
        """At once, also into a pipe: whoever waits sees for what."""
        self.stdout.write(line)
        self.stdout.flush()

    def handle(self, *args: Any, **options: Any) -> None:
        if options["source"] == "sample":
            run = trade_services.load_sample(**accepting.given(options))
        else:
            self.say(f"Asking {settings.COMTRADE_URL} …")
            run = trade_services.pull_comtrade(years=options["years"], say=self.say, **accepting.given(options))
        if run.state in {RunState.FAILED, RunState.REFUSED}:
            raise CommandError(f"Run {run.public_id} {run.get_state_display()}: {run.problem_text}")
        self.stdout.write(f"Run {run.public_id} {run.get_state_display()}: {run.rows_kept} rows kept.")
        if run.state == RunState.HELD:
            self.stdout.write(
                "\n".join([*trade_selectors.reasons_of(run), "A second person decides on the page of the run."])
            )
