"""The cache in Redis that may be away: acts commit and pages are served all the same, a little slower.

While Redis does not answer, a stand-in of this process takes its place. For everything but sessions that is its memory:
rate limits go on counting, each process for itself, and figures are kept for as long as they would have been. Sessions
have none and are read from the database: one that was ended in another process must not live on in this one. What could
not be written or removed meanwhile is removed before Redis is read again, so that nothing old comes back.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from .pause import Pause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.core.cache.backends.base import BaseCache

logger = logging.getLogger(__name__)
STAND_IN_ENTRIES = 10_000  # a flood of other keys must not push out the counts of the rate limits
AWAY = Pause(seconds=5)  # of this process: each of its threads has a cache object of its own


class Owed:
    """Keys whose value in Redis is no longer true, since Redis was away when it changed."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._lock = Lock()

    def __bool__(self) -> bool:
        return bool(self._keys)

    def add(self, keys: Iterable[str]) -> None:
        with self._lock:
            self._keys.update(keys)

    def take(self) -> set[str]:
        with self._lock:
            keys, self._keys = self._keys, set()
        return keys


def _none(*_args: object, **_kwargs: object) -> Iterable[str]:
    return ()


def _one(key: str, *_args: object, **_kwargs: object) -> Iterable[str]:
    return (key,)


def _each(keys: Iterable[str], *_args: object, **_kwargs: object) -> Iterable[str]:
    return keys


def _or_stand_in(name: str, *, changes: Callable[..., Iterable[str]] = _none) -> Any:
    """The method `name` of the cache in Redis or, while Redis is away, of the stand-in. changes: the keys it is about to change."""
    in_redis = getattr(RedisCache, name)

    def method(self: SteadyRedisCache, *args: Any, **kwargs: Any) -> Any:
        if not AWAY.is_on:
            try:
                self.settle()
                return in_redis(self, *args, **kwargs)
            except RedisError as fault:
                AWAY.begin()
                logger.warning("Redis does not answer the cache (%s): asked again in %d s", fault, AWAY.seconds)
        version = kwargs.get("version")
        self.owed.add(self.make_and_validate_key(key, version=version) for key in changes(*args, **kwargs))
        return getattr(self.stand_in, name)(*args, **kwargs)

    return method


class SteadyRedisCache(RedisCache):
    """Redis, or this process's memory while Redis is away."""

    owed = Owed()

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.stand_in = self._stand_in(params)

    def _stand_in(self, params: dict[str, object]) -> BaseCache:
        return LocMemCache("while Redis is away", {**params, "OPTIONS": {"MAX_ENTRIES": STAND_IN_ENTRIES}})

    def settle(self) -> None:
        """Redis is asked for the first time after it was away: remove there what is no longer true, forget the stand-in."""
        if not self.owed:
            return
        keys = self.owed.take()
        try:
            self._cache.get_client(write=True).delete(*keys)
        except RedisError:
            self.owed.add(keys)
            raise
        self.stand_in.clear()

    get = _or_stand_in("get")
    get_many = _or_stand_in("get_many")
    has_key = _or_stand_in("has_key")
    touch = _or_stand_in("touch")
    add = _or_stand_in("add", changes=_one)
    incr = _or_stand_in("incr", changes=_one)
    set = _or_stand_in("set", changes=_one)
    delete = _or_stand_in("delete", changes=_one)
    set_many = _or_stand_in("set_many", changes=_each)
    delete_many = _or_stand_in("delete_many", changes=_each)
    clear = _or_stand_in("clear")


class SessionRedisCache(SteadyRedisCache):
    """Redis, or nothing while Redis is away: the sessions lie in the database, too."""

    owed = Owed()

    def _stand_in(self, params: dict[str, object]) -> BaseCache:
        return DummyCache("", params)
