"""The lines that gunicorn writes of each request: which page, never what was asked of it or the key in its address."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from tdap_portal.core.logs import without_private_numbers

FORMAT = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)sms'


class AccessLogger(Logger):
    """Its format is its own: the address without query, the page before it not at all."""

    def __init__(self, cfg: Any) -> None:
        cfg.set("access_log_format", FORMAT)
        super().__init__(cfg)

    def atoms(self, resp: object, req: object, environ: dict[str, object], request_time: object) -> dict[str, object]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return found | {"U": without_private_numbers(str(found["U"]))}
