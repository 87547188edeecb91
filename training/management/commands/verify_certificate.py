"""Check the seal of a certificate's PDF, without a database and without a connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from training.certificates import keys
from training.certificates.sealing import MAX_BYTES, NotSealed, fingerprint, public_key, read_seal

SAYS = {
    "no_seal": "This file carries no seal.",
    "broken_seal": "The seal of this file cannot be read: it was changed.",
    "too_large": f"This file is larger than {MAX_BYTES // 1_000_000} MB, which no certificate is.",
}


class Command(BaseCommand):
    help = "Check the seal of a certificate's PDF and print what it says. Fails where the seal does not hold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            metavar="NAME=BASE64",
            help="a public key beside those of the settings",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = keys.public_keys()
        for given in options["key"]:
            name, _equals, text = given.partition("=")
            try:
                known[name] = public_key(text)
            except ValueError as error:
                raise CommandError(f"{given} is no public key: name=32 bytes in base64.") from error
        try:
            seal = read_seal(options["file"].read_bytes(), keys=known)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except NotSealed as error:
            raise CommandError(SAYS[error.code]) from error
        if seal.key not in known:
            raise CommandError(f"It is signed with the key {seal.key!r}, which is not known here.")
        if not seal.is_whole:
            raise CommandError("The seal does not hold: the file was changed after it was issued.")
        self.stdout.write(f"The seal holds, key {seal.key}, fingerprint {fingerprint(known[seal.key])}.")
        for name, value in sorted(seal.facts.items()):
            self.stdout.write(f"{name}: {value}")
