"""Health of the portal, as rows an administrator can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from tdap_portal.celery import app as celery_app

from .caches import AWAY
from .days import span_words
from .models import Heartbeat

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HEARTBEAT_LATE_AFTER = timedelta(seconds=60)
MAX_SECONDS_APART = 5


@dataclass(frozen=True, slots=True)
class HealthLine:
    """name: what was looked at. ok: fine or not. detail: a sentence. weight: "must" fails the page, "should" only warns."""

    name: Any
    ok: bool
    detail: StrOrPromise
    weight: str = "must"


def health() -> list[HealthLine]:
    """Database, cache, broker, worker heartbeat, then what each app adds (its `health_lines`)."""
    lines = [_database(), _cache(), _broker(), _worker(), _clocks()]
    for name in settings.HEALTH_CONTRIBUTORS:
        try:
            lines.extend(import_module(name).health_lines())
        except Error:
            lines.append(HealthLine(name, ok=False, detail=_("Could not be read.")))
    return lines


def _database() -> HealthLine:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HealthLine(_("Database"), ok=False, detail=_("Does not answer."))
    return HealthLine(_("Database"), ok=True, detail=_("Answers (%(kind)s).") % {"kind": connection.vendor})


def _cache() -> HealthLine:
    try:
        cache.set("core.health", "1", 10)
        ok = cache.get("core.health") == "1" and not AWAY.is_on  # what stands in for Redis always answers
    except Exception:  # noqa: BLE001  each cache has its own errors; all mean the same here
        ok = False
    return HealthLine(_("Cache"), ok=ok, detail=_("Answers.") if ok else _("Does not answer."))


def _broker() -> HealthLine:
    try:
        with celery_app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=0, timeout=2)
    except (OperationalError, OSError):
        return HealthLine(
            _("Broker"), ok=False, detail=_("Does not answer. Acts still commit; their events go out later.")
        )
    return HealthLine(_("Broker"), ok=True, detail=_("Answers."))


def _worker() -> HealthLine:
    try:
        beat = Heartbeat.objects.filter(name="worker").first()
    except Error:
        return HealthLine(_("Worker"), ok=False, detail=_("Could not be read."))
    if beat is None:
        return HealthLine(_("Worker"), ok=False, detail=_("Has never reported."))
    age = timezone.now() - beat.beaten_at
    detail = _("Reported %(span)s ago.") % {"span": span_words(age)}
    return HealthLine(_("Worker"), ok=age < HEARTBEAT_LATE_AFTER, detail=detail)


def seconds_ahead_of_database() -> float:
    """How far the clock of this process is ahead of the database's (negative: behind); 0 on SQLite, which has no own."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return (timezone.now() - cursor.fetchone()[0]).total_seconds()


def _clocks() -> HealthLine:
    """What is due and what has expired is told by each process's clock, so they must agree."""
    try:
        ahead = {"web": seconds_ahead_of_database()} | dict(Heartbeat.objects.values_list("name", "ahead_seconds"))
    except Error:
        return HealthLine(_("Clocks"), ok=False, detail=_("Could not be read."))
    name, seconds = max(ahead.items(), key=lambda each: abs(each[1]))
    if abs(seconds) < MAX_SECONDS_APART:
        return HealthLine(_("Clocks"), ok=True, detail=_("All agree with the database's."))
    detail = (
        _("The clock of %(name)s is %(span)s ahead of the database's.")
        if seconds > 0
        else _("The clock of %(name)s is %(span)s behind the database's.")
    )
    return HealthLine(
        _("Clocks"),
        ok=False,
        detail=detail % {"name": name, "span": span_words(timedelta(seconds=abs(seconds)))},
        weight="should",
    )


def holds_half_a_demo() -> bool:
    """True where the loading of the demo into this database was begun and cut off."""
    return Heartbeat.objects.filter(name=Heartbeat.DEMO_LOADER).exists()
