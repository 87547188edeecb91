"""State tables as a person writes them down, to hold the tables of the code against."""

from __future__ import annotations

from tdap_portal.core.errors import WrongState

REFUSED = ("wrong", "state")


def written(text: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The outcome by (action, state), of lines "action | states | new state and event" or "action | states | wrong state".

    Raises ValueError where one action has two outcomes in one state.
    """
    table: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        action, states, outcome = (cell.strip() for cell in line.split("|"))
        for state in states.split():
            if (action, state) in table:
                raise ValueError(f"{action} is written twice for {state}")
            table[action, state] = tuple(outcome.split())
    return table


def carried_out(machine, states) -> dict[tuple[str, str], tuple[str, ...]]:
    """What the machine answers to each of its actions in each of the states, in the same form."""
    table = {}
    for action in dict.fromkeys(move.action for move in machine.moves):
        for state in states:
            try:
                move = machine.move(action, state)
            except WrongState:
                table[action, str(state)] = REFUSED
            else:
                table[action, str(state)] = (str(move.target), str(move.event))
    return table
