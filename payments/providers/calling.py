"""One question to a provider over HTTPS: within a time limit for the whole of it, never tried again, nothing private
in the logs. Pure."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import anyio
import httpx
from anyio.from_thread import start_blocking_portal

from .reading import MAX_BYTES, form

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
MAY_HAVE_ACTED: Final = frozenset({408, 409, 425})
MAX_CONNECT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status 200 to 299, and its body."""

    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoResponse:
    """No answer that can be used. may_have_acted: the question may have been carried out all the same."""

    code: str
    may_have_acted: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. provider: for the logs. base_url: without a slash at its end; paths are put behind it."""

    provider: str
    base_url: str
    timeout_seconds: float = 20

    def post_form(self, path: str, fields: dict[str, str]) -> Response | NoResponse:
        return self.post(path, form(fields), "application/x-www-form-urlencoded; charset=utf-8")

    def post(
        self, path: str, body: bytes, content_type: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> Response | NoResponse:
        """Ask once. Redirects are not followed: they are answers that cannot be used."""
        began = time.monotonic()
        sent = {
            **(headers or {}),
            "Content-Type": content_type,
            "Accept": "application/json",
            "User-Agent": "tdap-portal",
        }
        try:
            with start_blocking_portal() as portal:
                status, content = portal.call(self._exchange, self.base_url + path, body, sent)
        except TimeoutError:
            outcome: Response | NoResponse = NoResponse("too_slow", may_have_acted=True)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            outcome = NoResponse("no_answer", may_have_acted=not isinstance(fault, (*NOT_SENT, httpx.InvalidURL)))
        else:
            outcome = _outcome(status, content)
        result = "answered" if isinstance(outcome, Response) else outcome.code
        seconds = time.monotonic() - began
        log.info("%s %s: %s after %.1f s", self.provider, urlsplit(self.base_url + path).path, result, seconds)
        return outcome

    async def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes | None]:
        """The status and the body; None for one that is too large. Raises TimeoutError and what httpx raises."""
        limits = httpx.Timeout(self.timeout_seconds, connect=min(self.timeout_seconds, MAX_CONNECT_SECONDS))
        parts = bytearray()
        with anyio.fail_after(self.timeout_seconds):
            async with (
                httpx.AsyncClient(timeout=limits, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", url, content=body, headers=headers) as answer,
            ):
                async for part in answer.aiter_bytes():
                    parts += part
                    if len(parts) > MAX_BYTES:
                        return answer.status_code, None
        return answer.status_code, bytes(parts)


def _outcome(status: int, body: bytes | None) -> Response | NoResponse:
    if not 200 <= status < 300:
        return NoResponse(f"http_{status}", may_have_acted=status >= 500 or status < 400 or status in MAY_HAVE_ACTED)
    return NoResponse("too_large", may_have_acted=True) if body is None else Response(body)
