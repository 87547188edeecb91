"""Load CEPII BACI files: BACI_HS17_Y2022_V202401b.csv and the like, plain or .gz; several years make one vintage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from selection.trade import selectors as trade_selectors
from selection.trade import services as trade_services
from selection.trade.flows import EDITIONS
from selection.trade.management import accepting
from selection.trade.states import RunState

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Load BACI-type CSV files (columns t,i,j,k,v,q) and publish them if they stand the checks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--edition", choices=EDITIONS, default="", help="of files whose names do not say")
        accepting.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [str(path) for path in options["paths"] if not path.is_file()]
        if missing:
            raise CommandError(f"Not a file: {', '.join(missing)}")
        run = trade_services.import_baci(paths=options["paths"], edition=options["edition"], **accepting.given(options))
        if run.state in {RunState.FAILED, RunState.REFUSED}:
            raise CommandError(f"Run {run.public_id} {run.get_state_display()}: {run.problem_text}")
        self.stdout.write(f"Run {run.public_id} {run.get_state_display()}: {run.rows_kept} rows kept.")
        if run.state == RunState.HELD:
            self.stdout.write(
                "\n".join([*trade_selectors.reasons_of(run), "A second person decides on the page of the run."])
            )
