"""The states of a profile, a paper and a possible duplicate, written out here once more by hand."""

import pytest

from smes.states import (
    CONTRADICTION,
    FLAG,
    PAPER,
    PROFILE,
    ContradictionState,
    FlagState,
    PaperState,
    ProfileState,
)
from tests.state_tables import carried_out, written

pytestmark = pytest.mark.unit

WAY_OF_A_PROFILE = """
verify | open verified | verified sme.verified
reopen | verified | open sme.reopened
reopen | open | wrong state
"""

WAY_OF_A_PAPER = """
verify  | uploaded refused | verified document.verified
verify  | verified replaced | wrong state
refuse  | uploaded verified | refused document.refused
refuse  | refused replaced | wrong state
replace | uploaded verified refused | replaced document.replaced
replace | replaced | wrong state
reopen  | verified refused | uploaded document.reopened
reopen  | uploaded replaced | wrong state
"""

WAY_OF_A_FLAG = """
same      | open different | same duplicate.judged
same      | same | wrong state
different | open same | different duplicate.judged
different | different | wrong state
"""

WAY_OF_A_CONTRADICTION = """
explain | open explained | explained contradiction.explained
explain | solved | wrong state
"""


@pytest.mark.parametrize(
    ("machine", "states", "table"),
    [
        (PROFILE, ProfileState, WAY_OF_A_PROFILE),
        (PAPER, PaperState, WAY_OF_A_PAPER),
        (FLAG, FlagState, WAY_OF_A_FLAG),
        (CONTRADICTION, ContradictionState, WAY_OF_A_CONTRADICTION),
    ],
    ids=["profile", "paper", "flag", "contradiction"],
)
def test_every_action_in_every_state(machine, states, table):
    assert carried_out(machine, states) == written(table)
