"""Listed by `manage.py help`; manage.py itself hands `run` over before Django is loaded."""

import sys

from django.core.management.base import BaseCommand

from tdap_portal.runner.portal import main


class Command(BaseCommand):
    help = "Start web, worker and beat, with a database and a broker of their own where none is given."

    def run_from_argv(self, argv: list[str]) -> None:
        sys.exit(main(argv[2:]))
