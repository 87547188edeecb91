"""An SMS gateway and a mail server for tests: real sockets, nothing behind them; and a broker that is not there."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tdap_portal.celery import app


@contextlib.contextmanager
def broker_at(url: str):
    """Rings go to the broker at `url` instead of running at once."""
    before = app.conf.broker_url
    _point(eager=False, url=url)
    try:
        yield
    finally:
        _point(eager=True, url=before)


def _point(*, eager: bool, url: str) -> None:
    app.conf.task_always_eager, app.conf.broker_url = eager, url
    app._pool = app.amqp._producer_pool = None  # both remember the old address
    app.away.end()


class _Provider:
    server: socketserver.BaseServer

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_details):
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        return self.server.server_address[1]


class SmsGateway(_Provider):
    """requests: (headers, body) in order. delivered: key -> body, what the phones get. answer: status and headers."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict, dict]] = []
        self.delivered: dict[str, dict] = {}
        self.answer: tuple[int, dict[str, str]] = (201, {})
        self.seconds_each = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append((dict(self.headers), body))
                status, headers = outer.answer
                key = self.headers["Idempotency-Key"]
                if status < 300:
                    outer.delivered.setdefault(key, body)
                time.sleep(outer.seconds_each)
                content = json.dumps({"id": f"ref-{key}"}).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_details: None  # a client that was killed is what these tests are about

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/messages"


class SmtpServer(_Provider):
    """Just enough of RFC 5321. mails: Message-IDs in the order of arrival. refuse: recipient -> reply line."""

    def __init__(self) -> None:  # noqa: C901  one dialogue, read from top to bottom
        self.mails: list[str] = []
        self.refuse: dict[str, str] = {}
        self.connections = 0
        self.seconds_each = 0.0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self):
                outer.connections += 1
                self.say("220 test")
                for raw in self.rfile:
                    line = raw.decode().strip()
                    verb = line[:4].upper()
                    if verb == "RCPT":
                        address = line.partition("<")[2].partition(">")[0]
                        self.say(outer.refuse.get(address, "250 ok"))
                    elif verb == "DATA":
                        self.say("354 go on")
                        self._take()
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

            def _take(self) -> None:
                for raw in self.rfile:
                    line = raw.decode().rstrip("\r\n")
                    if line.lower().startswith("message-id:"):
                        name = line.partition(":")[2].strip()
                    if line == ".":
                        outer.mails.append(name)
                        time.sleep(outer.seconds_each)
                        self.say("250 taken")
                        return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_details: None
