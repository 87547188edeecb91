#!/usr/bin/env python3
"""The portal's commands: `run` and `test` for everybody, Django's own for developers."""

import os
import sys

from tdap_portal import bootstrap


def main() -> None:
    """Make sure that the packages are there, then do what the command line asks for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tdap_portal.settings.dev")
    bootstrap.enter(sys.argv)
    command = "".join(sys.argv[1:2])
    if command == "run":  # starts the processes that load Django; loading it here too would only cost seconds
        from tdap_portal.runner.portal import main as run

        sys.exit(run(sys.argv[2:]))
    if command == "test":  # pytest chooses its own settings
        from tdap_portal.runner.suite import main as test

        sys.exit(test(sys.argv[2:]))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
