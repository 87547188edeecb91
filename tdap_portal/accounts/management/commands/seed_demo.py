"""Build the demo: a living portal with invented people and firms, through the apps' own services, the same for one seed."""

from __future__ import annotations

import gc
import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tdap_portal.audit import outbox, services


class Command(BaseCommand):
    help = "Build the demo (only where DEMO is on). A second run changes nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--seed", type=int, default=2017)

    def handle(self, *args: Any, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: the demo's accounts have a password that everybody knows.")
        firms, accounts = import_module("smes.demo"), import_module("tdap_portal.accounts.demo")
        if firms.is_built():
            self.stdout.write("The demo is there already.")
            return
        started = time.monotonic()
        gc.freeze()  # a minute of short-lived rows: looking for cycles at every 700 objects, and in the code itself, is waste
        gc.set_threshold(2_000_000, 50, 50)  # 57 s instead of 59, and 430 MB at the most
        today = timezone.localdate()
        with outbox.held_back():
            people = accounts.build()
            import_module("selection.trade.demo").build(seed=options["seed"], until=today)
            beside = [
                import_module(name).Story(people=people, today=today)
                for name in ("payments.demo.story", "training.demo")
            ]
            import_module("selection.demo").build(
                people=people,
                seed=options["seed"],
                today=today,
                beside=lambda replay: [story.schedule(replay) for story in beside],
            )
        while services.seal() == services.SEAL_CHUNK:
            pass
        self.stdout.write(f"The demo is built: {firms.FIRMS} invented firms, in {time.monotonic() - started:.0f} s.")
