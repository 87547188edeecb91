"""A look for viruses in a paper before it is kept, by the scanner that CLAMD_URL names, or by none.

Without a scanner nothing is looked through, and no page says that it was. With one, only a paper that it calls clean is
kept: while it is away papers are refused for now, and what else was written in the form stays there.
"""

from __future__ import annotations

import logging
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from tdap_portal.core.marks import gettext_noop as _

from .checks import PaperError

if TYPE_CHECKING:
    from .checks import CheckedPaper

logger = logging.getLogger(__name__)

CLAMD_PORT: Final = 3310
MAX_ANSWER: Final = 4096  # bytes


class Verdict(Enum):
    CLEAN = auto()
    FOUND = auto()
    UNKNOWN = auto()  # the scanner is away, or says something else
    NOT_SCANNED = auto()  # there is no scanner


class Scanner(Protocol):
    def scan(self, content: bytes) -> Verdict: ...


class NoScanner:
    """Where no scanner is set."""

    def scan(self, content: bytes) -> Verdict:
        return Verdict.NOT_SCANNED


@dataclass(frozen=True, slots=True)
class ClamdScanner:
    """ClamAV's daemon. url: unix:///path or tcp://host:port (IPv4). timeout_seconds: for one scan in all."""

    url: str
    timeout_seconds: float

    def scan(self, content: bytes) -> Verdict:
        try:
            answer = self._answer_to(content)
        except OSError as error:
            logger.warning("clamd gave no answer: %s", error)
            return Verdict.UNKNOWN
        if answer == b"stream: OK":
            return Verdict.CLEAN
        logger.warning("clamd said of a paper: %s", answer[:200])
        is_found = answer.startswith(b"stream: ") and answer.endswith(b" FOUND")
        return Verdict.FOUND if is_found else Verdict.UNKNOWN

    def _answer_to(self, content: bytes) -> bytes:
        """What clamd says of the content, without the zero byte at its end. Raises OSError."""
        until = monotonic() + self.timeout_seconds
        where = urlsplit(self.url)
        is_local = where.scheme == "unix"
        with socket.socket(socket.AF_UNIX if is_local else socket.AF_INET) as clamd:
            clamd.settimeout(self.timeout_seconds)
            clamd.connect(where.path if is_local else (where.hostname, where.port or CLAMD_PORT))
            with suppress(ConnectionError):  # it stops listening to a file that is too large for it, and says so
                clamd.sendall(b"zINSTREAM\0" + struct.pack(">I", len(content)) + content + bytes(4))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < MAX_ANSWER:
                clamd.settimeout(max(until - monotonic(), 0.001))
                if not (piece := clamd.recv(MAX_ANSWER)):
                    break
                answer += piece
        return answer.removesuffix(b"\0")


def scanner() -> Scanner:
    """The one that the settings name."""
    if settings.CLAMD_URL:
        return ClamdScanner(settings.CLAMD_URL, settings.CLAMD_TIMEOUT_SECONDS)
    return NoScanner()


def refuse_infected(paper: CheckedPaper) -> CheckedPaper:
    """The paper itself. Raises PaperError: virus; not_scanned where a scanner is set and gives no answer."""
    verdict = scanner().scan(paper.content)
    if verdict is Verdict.FOUND:
        raise PaperError(_("The virus scanner found something harmful in this file. It was not kept."), code="virus")
    if verdict is Verdict.UNKNOWN:
        raise PaperError(
            _(
                "The virus scanner does not answer at the moment, so the file was not kept. Send it again in a few "
                "minutes."
            ),
            code="not_scanned",
        )
    return paper
