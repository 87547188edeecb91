"""A small UN Comtrade on 127.0.0.1: answers in the real envelope, and can be told to throttle, to lie and to break."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SAMPLE = Path(__file__).parents[2] / "data" / "trade" / "comtrade_record.json"


def record(**changes) -> dict:
    """One invented record with all 47 keys of the service; keyword names are the service's own keys."""
    told = json.loads(SAMPLE.read_text(encoding="utf-8"))
    told.update(changes)
    if "refYear" in changes and "period" not in changes:
        told["period"] = str(changes["refYear"])
    return told


def envelope(records: list[dict], **changes) -> bytes:
    told = {"elapsedTime": "0.10 secs", "count": len(records), "data": records, "error": ""}
    return json.dumps(told | changes).encode()


class StubComtrade:
    """records: what it knows. script: answers to give first, as (status, headers, body). Everything asked is kept in `asked`."""

    def __init__(self, records=(), *, cap=None, ignores_totals=False):
        self.records = list(records)
        self.cap = cap
        self.ignores_totals = ignores_totals
        self.script: deque = deque()
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def answer(self, query: dict[str, str]) -> bytes:
        def wanted(name: str, value) -> bool:
            return name not in query or str(value) in query[name].split(",")

        found = [
            r
            for r in self.records
            if wanted("reporterCode", r["reporterCode"])
            and wanted("partnerCode", r["partnerCode"])
            and wanted("period", r["period"])
            and wanted("cmdCode", r["cmdCode"])
            and wanted("flowCode", r["flowCode"])
        ]
        if not self.ignores_totals:
            found = [
                r
                for r in found
                if wanted("partner2Code", r["partner2Code"])
                and wanted("customsCode", r["customsCode"])
                and wanted("motCode", r["motCode"])
            ]
        if query.get("countOnly") == "true":
            return envelope([], count=len(found))
        return envelope(found[: self.cap] if self.cap else found)

    def _handler(stub):  # noqa: N805  the handler's own self is inside
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                stub.asked.append((parts.path, query, {name.lower(): value for name, value in self.headers.items()}))
                step = stub.script.popleft() if stub.script else (200, {}, stub.answer(query))
                if callable(step):
                    step(self)
                    return
                status, headers, body = step
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
