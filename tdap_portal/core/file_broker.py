"""The broker without a server, for `manage.py run`: kombu's folder of messages, with whole files only.

kombu opens a message under its final name and writes it afterwards; a worker that lists the folder between the two reads an
empty file, and dies of it. The same holds for the table of an exchange that two processes open at once.
"""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages and tables appear under their names when they are written to the end."""

    def _put(self, queue: str, payload: Any, **kwargs: object) -> None:  # type: ignore[override]  # as kombu names it
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}"
        try:
            _write_whole(Path(self.data_folder_out) / f"{name}.{queue}.msg", dumps(payload))
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {self.data_folder_out}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message; raises Empty. One that a power cut left broken is told in the log and let go: kombu has taken
        it away by then, and the sweepers ring again.
        """
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                logger.exception("A message of the queue %s is broken and was let go", queue)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        table = self._exchange_file(exchange)
        self.control_folder.mkdir(exist_ok=True)
        try:
            self.get_table(exchange)
        except ValueError:
            logger.exception("The table of the exchange %s is broken and begins anew", exchange)
            _write_whole(table, "[]")
        if not table.exists():
            _write_whole(table, "[]", over=False)
        super()._queue_bind(exchange, routing_key, pattern, queue)


class Transport(filesystem.Transport):
    """kombu's, with the channel above."""

    Channel = Channel


def _write_whole(path: Path, text: str, *, over: bool = True) -> None:
    """Without `over` a file that somebody else put there meanwhile stays."""
    draft = path.with_name(f"{uuid.uuid4()}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        if over:
            draft.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
