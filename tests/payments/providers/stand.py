"""A provider's server on this machine: keeps what it was asked, and answers as it is told."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Question:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stand:
    """answer: makes (status, body) of a question. silence: seconds before it; drip: between bytes."""

    answer: Callable[[Question], tuple[int, bytes]] = lambda _question: (200, b"{}")
    questions: list[Question] = field(default_factory=list)
    silence: float = 0
    drip: float = 0
    url: str = ""

    @property
    def last(self) -> Question:
        return self.questions[-1]

    def says(self, body: bytes, status: int = 200) -> None:
        self.answer = lambda _question: (status, body)


@contextmanager
def running() -> Iterator[Stand]:
    stand = Stand()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stand.questions.append(Question(self.path, dict(self.headers), body))
            status, content = stand.answer(stand.last)
            time.sleep(stand.silence)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                if not stand.drip:
                    self.wfile.write(content)
                    return
                for at in range(len(content)):
                    self.wfile.write(content[at : at + 1])
                    self.wfile.flush()
                    time.sleep(stand.drip)
            except OSError:  # the caller gave up
                return

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
