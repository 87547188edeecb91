"""Listed by `manage.py help`; manage.py itself hands `test` over before Django is loaded."""

import sys

from django.core.management.base import BaseCommand

from tdap_portal.runner.suite import main


class Command(BaseCommand):
    help = "Run all tests with pytest on a real PostgreSQL, Redis and Chromium; takes pytest's own arguments."

    def run_from_argv(self, argv: list[str]) -> None:
        sys.exit(main(argv[2:]))
