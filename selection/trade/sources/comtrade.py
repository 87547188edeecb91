"""UN Comtrade API v1, asked politely and believed only after checking.

Knows what the service does not say: that breakdown rows multiply a sum unless the totals are asked for; that an answer at the
cap is cut off without a word; that "no data" and "wrong code" both come as an empty 200; that it throttles, and answers in
HTML when it is unwell. Everything that moves time (clock, sleep) is handed in, so that tests run in no time.
"""

from __future__ import annotations

import email.utils
import json
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
from anyio.from_thread import start_blocking_portal

from selection.trade.flows import LARGEST, Flow

TOTALS_ONLY = {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}
MAX_URL_LENGTH = 1_800
MAX_PERIODS = 12
CAP_WITHOUT_KEY = 500
CAP_WITH_KEY = 100_000
MANY_AREAS = 260
"""Upper bound for "all reporters" or "all partners", used to see whether an answer could reach the cap."""
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
MAX_RETRY_AFTER_SECONDS = 1e9
"""A wait that the source asks for is read as thirty years at the most: a number of three hundred digits is infinite."""

Log = Callable[..., None]
Answer = tuple[int, httpx.Headers, bytes]
Get = Callable[[str], Answer]


class SourceError(Exception):
    """The source gave nothing that can be used. code: one of labels.LOG_TEXTS; data: details for its sentence, never a key."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(f"{code} {data}")
        self.code = code
        self.data = data


class SourceDown(SourceError):
    """No usable answer after several tries; worth trying again later."""


class SourceRefused(SourceError):
    """The source says no: key, right or question is wrong. Trying again changes nothing."""


class QuotaGone(SourceError):
    """Today's calls are used up, or the source asks to wait longer than a run may."""


class SourceLied(SourceError):
    """The answer contradicts itself or the question; nothing of it may be stored."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask. Codes as text; an empty tuple means all. reporters and partners are Comtrade codes, "0" is the world.

    periods: calendar years, "2023"; a Flow knows no month, so months raise ValueError. commodities: HS codes, "TOTAL", "AG2",
    "AG4", "AG6". kind: C goods, S services. classification: HS as reported, or EB10 and the like for services.
    at_a_time: so many commodities in one question, where more would come back cut off; 0 for as many as fit.
    """

    reporters: tuple[str, ...]
    periods: tuple[str, ...]
    commodities: tuple[str, ...]
    flows: tuple[str, ...]
    partners: tuple[str, ...] = ("0",)
    kind: str = "C"
    classification: str = "HS"
    at_a_time: int = 0

    def __post_init__(self) -> None:
        if not all(YEAR.fullmatch(period) for period in self.periods):
            raise ValueError(f"periods are calendar years such as 2023, not {', '.join(self.periods)}")

    def max_records(self) -> float:
        """Upper bound of cells that can come back; infinite where a commodity level such as AG6 is asked."""
        if any(code.startswith("AG") for code in self.commodities) or not self.commodities:
            return math.inf
        areas = (len(self.reporters) or MANY_AREAS) * (len(self.partners) or MANY_AREAS)
        return areas * len(self.periods) * len(self.commodities) * len(self.flows)

    def parameters(self) -> dict[str, str]:
        params = {
            "reporterCode": self.reporters,
            "period": self.periods,
            "partnerCode": self.partners,
            "cmdCode": self.commodities,
            "flowCode": self.flows,
        }
        return {name: ",".join(values) for name, values in params.items() if values} | TOTALS_ONLY

    def halves(self) -> tuple[Query, Query] | None:
        """Two questions that together ask the same, cut along the longest list; None where nothing is left to cut."""
        lists = {name: getattr(self, name) for name in ("commodities", "reporters", "periods", "partners", "flows")}
        name = max(lists, key=lambda each: len(lists[each]))
        values = lists[name]
        if len(values) < 2:
            return None
        middle = len(values) // 2
        first, second = {name: values[:middle]}, {name: values[middle:]}
        return replace(self, **first), replace(self, **second)

    def first_parts(self) -> list[Query]:
        """The question cut so that no part asks for more than twelve years, nor for more commodities than at_a_time."""
        commodities = _chunks(self.commodities, self.at_a_time) if self.at_a_time else [self.commodities]
        return [
            replace(self, periods=years, commodities=codes)
            for years in _chunks(self.periods, MAX_PERIODS)
            for codes in commodities
        ]


def _chunks(values: tuple[str, ...], size: int) -> list[tuple[str, ...]]:
    return [values[start : start + size] for start in range(0, len(values), size)]


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """Checked totals for one question. breakdown: rows left out because they were parts of a total. strangers: rows that
    were not asked for. unusable: rows without a readable value. An empty answer means "no data on record"."""

    query: Query
    flows: tuple[Flow, ...]
    breakdown: int = 0
    strangers: int = 0
    unusable: int = 0


NO_NETWORK = (httpx.ConnectError, httpx.ConnectTimeout)
MAX_CONNECT_SECONDS = 10


def _say_nothing(_code: str, **_data: object) -> None:
    """The log of a conversation nobody listens to."""


class Forgetful:
    """Keeps no answers: each conversation begins anew. runs.KeptAnswers does keep them."""

    def find(self, _address: str) -> dict[str, Any] | None:
        """The parts of a SourceAnswer, as `keep` was given them, or None."""
        return None

    def keep(self, _address: str, _answer: SourceAnswer) -> None:
        """A checked answer to the question at this address."""


@dataclass
class Comtrade:
    """One conversation with the service. Without a key it uses the public preview (500 records an answer).

    timeout_seconds: silence that counts as down; tries_without_network: where nobody is reached at all, which waiting
    seldom mends; max_answer_seconds: one whole exchange, from the look-up of the name to the last byte; max_answer_bytes: after
    unpacking. calls: those made so far, also by earlier runs of the day. kept: where answers of runs that failed lie. seconds_between_calls, tries, max_wait_seconds and max_calls keep within the service's manners: the free
    key has 500 calls a day and about one a second.
    """

    base_url: str
    key: str = ""
    timeout_seconds: float = 30
    max_answer_seconds: float = 300
    max_answer_bytes: int = 200_000_000
    seconds_between_calls: float = 1.0
    tries: int = 5
    tries_without_network: int = 3
    max_wait_seconds: float = 120
    max_calls: int = 450
    cap_with_key: int = CAP_WITH_KEY
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    log: Log = _say_nothing
    calls: int = 0
    kept: Forgetful = field(default_factory=Forgetful)
    _last_call: float = -math.inf

    @property
    def cap(self) -> int:
        return self.cap_with_key if self.key else CAP_WITHOUT_KEY

    def fetch(self, query: Query) -> Iterator[SourceAnswer]:
        """Checked answers that together answer `query`, cut into as many questions as it takes.

        Raises SourceDown, SourceRefused, QuotaGone or SourceLied; whatever was yielded before then must not be published.
        """
        waiting = query.first_parts()[::-1]
        with self._connected() as get:
            while waiting:
                part = waiting.pop()
                address = self.url(part)
                if known := self.kept.find(address):
                    yield SourceAnswer(part, **known)
                    continue
                try:
                    envelope = None if self._too_long(part) or self._too_many(get, part) else self._ask(get, part)
                except _TooLong:
                    envelope = None
                if envelope is None or self._at_cap(envelope):
                    halves = part.halves()
                    if halves is None:
                        raise SourceLied("cannot_split", cap=self.cap)
                    if envelope is not None:
                        self.log("answer_at_cap", cap=self.cap)
                    waiting.extend(reversed(halves))
                    continue
                answer = self._checked(part, envelope)
                self.kept.keep(address, answer)
                yield answer

    def count(self, query: Query) -> int:
        """How many records the service would send; needs a key. Raises as fetch does."""
        with self._connected() as get:
            return self._count(get, query)

    def url(self, query: Query, **more: str) -> str:
        """The address that asks `query`; commas stay commas, and the key is never part of it."""
        door = "data/v1/get" if self.key else "public/v1/preview"
        pairs = "&".join(f"{name}={value}" for name, value in (query.parameters() | more).items())
        return f"{self.base_url.rstrip('/')}/{door}/{query.kind}/A/{query.classification}?{pairs}"

    # Sizes -----------------------------------------------------------------------------------------------------------
    def _too_long(self, query: Query) -> bool:
        return len(self.url(query, countOnly="true")) >= MAX_URL_LENGTH

    def _too_many(self, get: Get, query: Query) -> bool:
        """Asks for the count only where the cap could be reached: a count costs a call of the day's quota."""
        return bool(self.key) and query.max_records() >= self.cap and self._count(get, query) >= self.cap

    def _count(self, get: Get, query: Query) -> int:
        count = self._ask(get, query, countOnly="true").get("count")
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise SourceLied("no_count")
        return count

    def _at_cap(self, envelope: Mapping[str, Any]) -> bool:
        count = envelope.get("count")
        return len(envelope["data"]) >= self.cap or (isinstance(count, int) and count >= self.cap)

    # Asking ----------------------------------------------------------------------------------------------------------
    @contextmanager
    def _connected(self) -> Iterator[Get]:
        """Reads addresses over one connection. A loop of its own does it, so that an exchange can be given up wherever it is."""
        with start_blocking_portal() as portal, portal.wrap_async_context_manager(self._client()) as client:
            yield lambda url: portal.call(self._read, client, url)

    def _client(self) -> httpx.AsyncClient:
        headers = {"Accept": "application/json", "User-Agent": "tdap-portal"}
        if self.key:
            headers["Ocp-Apim-Subscription-Key"] = self.key
        timeout = httpx.Timeout(self.timeout_seconds, connect=min(self.timeout_seconds, MAX_CONNECT_SECONDS))
        return httpx.AsyncClient(headers=headers, timeout=timeout, follow_redirects=False, trust_env=True)

    def _ask(self, get: Get, query: Query, **more: str) -> dict[str, object]:
        """One envelope, after as many tries as allowed."""
        problem: SourceError = SourceDown("no_answer")
        for attempt in range(1, self.tries + 1):
            self._keep_distance()
            try:
                status, headers, body = get(self.url(query, **more))
                return _envelope(status, headers, body, self.now(), counting="countOnly" in more)
            except httpx.HTTPError as error:
                problem, wait = SourceDown("no_answer", kind=type(error).__name__), None
                if isinstance(error, NO_NETWORK) and attempt >= self.tries_without_network:
                    break
            except _TryAgain as again:
                problem, wait = again.problem, again.wait
            if wait is not None and wait > self.max_wait_seconds:
                raise QuotaGone("asked_to_wait", seconds=round(wait))
            if attempt < self.tries:
                pause = wait if wait is not None else min(2.0**attempt, self.max_wait_seconds)
                self.log("trying_again", problem=problem.code, seconds=round(pause), attempt=attempt)
                self.sleep(pause)
        raise problem

    def _keep_distance(self) -> None:
        if self.calls >= self.max_calls:
            raise QuotaGone("calls_used_up", calls=self.calls)
        early = self._last_call + self.seconds_between_calls - self.clock()
        if early > 0:
            self.sleep(early)
        self.calls += 1
        self._last_call = self.clock()

    async def _read(self, client: httpx.AsyncClient, url: str) -> Answer:
        """Status, headers and unpacked body; gives up on a body that is too large and on an exchange that drips too slowly."""
        parts: list[bytes] = []
        size = 0
        try:
            with anyio.fail_after(self.max_answer_seconds):
                async with client.stream("GET", url) as response:
                    async for part in response.aiter_bytes():
                        size += len(part)
                        if size > self.max_answer_bytes:
                            raise SourceLied("answer_too_large", limit_mb=self.max_answer_bytes // 1_000_000)
                        parts.append(part)
        except TimeoutError:
            raise _TryAgain(SourceDown("answer_too_slow", seconds=round(self.max_answer_seconds))) from None
        return response.status_code, response.headers, b"".join(parts)

    # Believing -------------------------------------------------------------------------------------------------------
    def _checked(self, query: Query, envelope: Mapping[str, Any]) -> SourceAnswer:
        records = envelope["data"]
        if envelope.get("count") != len(records):
            raise SourceLied("count_differs", told=str(envelope.get("count")), came=len(records))
        cells: dict[tuple[int, str, str, str, str], Flow] = {}
        left_out = {"breakdown": 0, "strangers": 0, "unusable": 0}
        for raw in records:
            record = {str(name).lower(): value for name, value in raw.items()} if isinstance(raw, dict) else {}
            flow = _flow(record)
            if flow is None:
                left_out["unusable"] += 1
            elif not _is_total(record):
                left_out["breakdown"] += 1
            elif not _asked(query, record, flow):
                left_out["strangers"] += 1
            elif cells.setdefault(flow.cell, flow).value_usd != flow.value_usd:
                raise SourceLied("two_totals", year=flow.year, reporter=flow.reporter, partner=flow.partner, hs=flow.hs)
        if records and not cells:
            raise SourceLied("no_totals", came=len(records))
        return SourceAnswer(query, tuple(cells.values()), **left_out)


class _TryAgain(Exception):
    def __init__(self, problem: SourceError, wait: float | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.wait = wait


class _TooLong(Exception):
    """The service finds the address too long, whatever we measured."""


def _envelope(
    status: int, headers: httpx.Headers, body: bytes, now: datetime, *, counting: bool = False
) -> dict[str, object]:
    """The JSON object of a good answer. Raises _TryAgain for what may pass, SourceRefused for what will not.

    counting: only the size was asked for, so there need not be any data.
    """
    if status in {403, 429} and "retry-after" not in headers and b"quota" in body[:2_000].lower():
        raise QuotaGone("quota_gone")
    if status == 429 or (status == 403 and "retry-after" in headers):
        raise _TryAgain(QuotaGone("throttled", status=status), wait=_seconds_to_wait(headers, body, now))
    if status == 414:
        raise _TooLong
    if status >= 500:
        raise _TryAgain(SourceDown("server_error", status=status), wait=_seconds_to_wait(headers, b"", now))
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        found = None
    if status != 200:
        raise SourceRefused("refused", status=status, message=_message(found))
    if not isinstance(found, dict):
        raise _TryAgain(SourceLied("not_json"))
    message = _message(found)
    if message:
        raise SourceRefused("refused", status=found.get("statusCode") or status, message=message)
    if not counting and not isinstance(found.get("data"), list):
        raise _TryAgain(SourceLied("no_data_list"))
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _message(found: object) -> str:
    """The source's own words of refusal, wherever it put them; at most 200 characters."""
    if not isinstance(found, dict):
        return ""
    nested = found.get("errorObject")
    messages = [nested.get("errorMessage") if isinstance(nested, dict) else None, found.get("error")]
    if "statusCode" in found:
        messages.append(found.get("message"))
    return next((str(message)[:200] for message in messages if message), "")


def _seconds_to_wait(headers: httpx.Headers, body: bytes, now: datetime) -> float | None:
    """From Retry-After (seconds or a date), else from the words "in 2 seconds"; None where neither is there."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return min(float(value), MAX_RETRY_AFTER_SECONDS)
    if value:
        try:
            return max(0.0, (email.utils.parsedate_to_datetime(value) - now).total_seconds())
        except (ValueError, TypeError, OverflowError):  # no date, or one without a zone, or in a zone that cannot be
            return None
    match = re.search(rb"in (\d{1,6}) seconds?", body[:2_000])
    return float(match[1]) if match else None


def _flow(record: Mapping[str, object]) -> Flow | None:
    """A record as a Flow; None where value, year or code cannot be read. Keys are lower-case: the service spells some in two ways."""
    value = _number(record.get("primaryvalue"))
    if value is None:
        value = _number(record.get("cifvalue" if record.get("flowcode") == "M" else "fobvalue"))
    hs = _commodity(record)
    period = str(record.get("period") or "")
    reporter, partner = str(record.get("reportercode")), str(record.get("partnercode"))
    if value is None or hs is None or not YEAR.fullmatch(period) or not (_is_area(reporter) and _is_area(partner)):
        return None
    return Flow(
        year=int(period),
        reporter=reporter,
        partner=partner,
        flow=str(record.get("flowcode") or ""),
        hs=hs,
        value_usd=value,
        net_weight_kg=_number(record.get("netwgt")) or None,  # 0 stands for "not told"
        weight_estimated=bool(record.get("isnetwgtestimated")),
        edition=str(record.get("classificationcode") or ""),
    )


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        return None
    return float(raw) if 0 <= raw <= LARGEST else None


def _is_area(code: str) -> bool:
    return re.fullmatch(r"[0-9]{1,4}", code) is not None


def _commodity(record: Mapping[str, object]) -> str | None:
    """The code as text. A code that came as a number has lost its zeros; its level tells how many."""
    code, level = record.get("cmdcode"), record.get("aggrlevel")
    if isinstance(code, str) and code:
        return code
    if isinstance(code, int) and not isinstance(code, bool) and level in {2, 4, 6}:
        return str(code).zfill(level)
    return None


def _is_total(record: Mapping[str, object]) -> bool:
    """True for the row over all second partners, customs procedures and modes; a key that is not there, or holds nothing,
    cannot break it down."""
    totals = {"partner2code": "0", "customscode": "C00", "motcode": "0", "moscode": "0"}
    told = {name: str(value).strip() for name in totals if (value := record.get(name)) is not None}
    return all(told.get(name) in {None, "", total} for name, total in totals.items())


def _asked(query: Query, record: Mapping[str, object], flow: Flow) -> bool:
    wanted_codes = not any(code.startswith("AG") for code in query.commodities)
    return (
        (not query.reporters or flow.reporter in query.reporters)
        and (not query.partners or flow.partner in query.partners)
        and (not query.commodities or not wanted_codes or flow.hs in query.commodities)
        and flow.flow in query.flows
        and str(record.get("period")) in query.periods
    )
