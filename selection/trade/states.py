"""The life of an import run and of a vintage, as tables. Pure."""

from __future__ import annotations

from enum import StrEnum

from tdap_portal.core.states import Machine, Move


class RunState(StrEnum):
    WAITING = "waiting"  # asked for, not yet begun
    CHECKED = "checked"  # a file was read on trial; waits for a person's yes
    RUNNING = "running"
    HELD = "held"  # read and built; waits for the look of a person other than who started it
    PUBLISHED = "published"  # its figures became the ones in use
    UNCHANGED = "unchanged"  # the same input again: nothing to do
    REFUSED = "refused"  # read, but not good enough to replace what is in use
    FAILED = "failed"  # could not be read to the end
    DROPPED = "dropped"  # a trial that nobody confirmed


class VintageState(StrEnum):
    BUILDING = "building"
    CURRENT = "current"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


class Happened(StrEnum):
    REQUESTED = "trade_run.requested"  # a worker shall begin it
    OPENED = "trade_run.opened"  # begun at once by who opened it
    CHECKED = "trade_run.checked"
    STARTED = "trade_run.started"
    HELD = "trade_run.held"
    PUBLISHED = "trade_run.published"
    UNCHANGED = "trade_run.unchanged"
    REFUSED = "trade_run.refused"
    FAILED = "trade_run.failed"
    DROPPED = "trade_run.dropped"


RUN = Machine(
    Move("start", (RunState.WAITING, RunState.CHECKED), RunState.RUNNING, Happened.STARTED),
    Move("hold", RunState.RUNNING, RunState.HELD, Happened.HELD),
    Move("publish", (RunState.RUNNING, RunState.HELD), RunState.PUBLISHED, Happened.PUBLISHED),
    Move("find_unchanged", RunState.RUNNING, RunState.UNCHANGED, Happened.UNCHANGED),
    Move("refuse", (RunState.RUNNING, RunState.HELD), RunState.REFUSED, Happened.REFUSED),
    Move("fail", (RunState.WAITING, RunState.RUNNING), RunState.FAILED, Happened.FAILED),
    Move("drop", RunState.CHECKED, RunState.DROPPED, Happened.DROPPED),
)
