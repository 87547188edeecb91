"""A state machine is a table that an official can check: action, from, to, and the event it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import WrongState
from .marks import gettext_noop

WRONG_STATE_TEXT = gettext_noop(
    "This cannot be done now: the file has moved on. Load the page again to see where it stands."
)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. source may be one state or several; event is the history row's name (a StrEnum)."""

    action: str
    source: Any
    target: Any
    event: Any

    @property
    def sources(self) -> tuple[str, ...]:
        return (str(self.source),) if isinstance(self.source, str) else tuple(str(state) for state in self.source)


class Machine:
    """All moves of one kind of thing. An action may stand in several rows as long as their sources differ.

    Raises ValueError where two rows give one action two ways out of one state.
    """

    def __init__(self, *moves: Move) -> None:
        self.moves = moves
        self._by_action_and_source: dict[tuple[str, str], Move] = {}
        for move in moves:
            for source in move.sources:
                if (move.action, source) in self._by_action_and_source:
                    raise ValueError(f"{move.action} leaves {source} twice")
                self._by_action_and_source[move.action, source] = move

    def move(self, action: str, state: str) -> Move:
        """The row for this action in this state. Raises WrongState, with words, where there is none."""
        try:
            return self._by_action_and_source[action, str(state)]
        except KeyError:
            raise WrongState(WRONG_STATE_TEXT, action=action, state=str(state)) from None

    def allows(self, action: str, state: str) -> bool:
        return (action, str(state)) in self._by_action_and_source
