"""The way of an import run, written out here once more by hand."""

import pytest

from selection.trade.states import RUN, RunState
from tests.state_tables import carried_out, written

pytestmark = pytest.mark.unit

WAY_OF_A_RUN = """
start          | waiting checked | running trade_run.started
start          | running held published unchanged refused failed dropped | wrong state
hold           | running | held trade_run.held
hold           | waiting checked held published unchanged refused failed dropped | wrong state
publish        | running held | published trade_run.published
publish        | waiting checked published unchanged refused failed dropped | wrong state
find_unchanged | running | unchanged trade_run.unchanged
find_unchanged | waiting checked held published unchanged refused failed dropped | wrong state
refuse         | running held | refused trade_run.refused
refuse         | waiting checked published unchanged refused failed dropped | wrong state
fail           | waiting running | failed trade_run.failed
fail           | checked held published unchanged refused failed dropped | wrong state
drop           | checked | dropped trade_run.dropped
drop           | waiting running held published unchanged refused failed dropped | wrong state
"""


def test_every_act_on_a_run_in_every_state():
    assert carried_out(RUN, RunState) == written(WAY_OF_A_RUN)
