import pytest

from smes.states import FLAG, PAPER, PROFILE, FlagState, PaperState, ProfileState
from tdap_portal.core.errors import WrongState

pytestmark = pytest.mark.unit

TABLES = [
    (
        PAPER,
        PaperState,
        {
            ("verify", "uploaded"): "verified",
            ("verify", "refused"): "verified",
            ("refuse", "uploaded"): "refused",
            ("refuse", "verified"): "refused",
            ("replace", "uploaded"): "replaced",
            ("replace", "verified"): "replaced",
            ("replace", "refused"): "replaced",
        },
    ),
    (
        PROFILE,
        ProfileState,
        {("verify", "open"): "verified", ("verify", "verified"): "verified", ("reopen", "verified"): "open"},
    ),
    (
        FLAG,
        FlagState,
        {
            ("same", "open"): "same",
            ("same", "different"): "same",
            ("different", "open"): "different",
            ("different", "same"): "different",
        },
    ),
]


@pytest.mark.parametrize(("machine", "states", "table"), TABLES)
def test_every_action_in_every_state(machine, states, table):
    found = {}
    for action in {action for action, _ in table}:
        for state in states:
            try:
                found[action, state.value] = machine.move(action, state).target.value
            except WrongState:
                assert (action, state.value) not in table
    assert found == table
