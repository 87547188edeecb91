"""The way of an application and of a round, written out here once more by hand: a change of either table is a decision."""

import pytest

from selection import states
from selection.states import APPLICATION, ROUND, Outcome, RoundState, State
from smes.vocabulary.codes import Track
from tests.state_tables import carried_out, written

pytestmark = pytest.mark.unit

WAY_OF_AN_APPLICATION = """
submit         | draft | submitted application.submitted
submit         | submitted held scored in_review reviewed recommended selected waitlisted declined withdrawn given_back | wrong state
hold           | submitted scored in_review reviewed | held application.held
hold           | draft held recommended selected waitlisted declined withdrawn given_back | wrong state
score          | submitted | scored application.scored
score          | draft held scored in_review reviewed recommended selected waitlisted declined withdrawn given_back | wrong state
rescore        | held | scored application.scored
rescore        | scored in_review reviewed | scored application.rescored
rescore        | draft submitted recommended selected waitlisted declined withdrawn given_back | wrong state
reopen         | held | draft application.reopened
reopen         | draft submitted scored in_review reviewed recommended selected waitlisted declined withdrawn given_back | wrong state
restore        | draft | held application.restored
restore        | submitted held scored in_review reviewed recommended selected waitlisted declined withdrawn given_back | wrong state
assign         | scored in_review | in_review application.assigned
assign         | draft submitted held reviewed recommended selected waitlisted declined withdrawn given_back | wrong state
finish_reading | in_review | reviewed application.reviewed
finish_reading | draft submitted held scored reviewed recommended selected waitlisted declined withdrawn given_back | wrong state
recommend      | held reviewed | recommended application.recommended
recommend      | draft submitted scored in_review recommended selected waitlisted declined withdrawn given_back | wrong state
reread         | reviewed recommended | in_review review.reopened
reread         | draft submitted held scored in_review selected waitlisted declined withdrawn given_back | wrong state
call_third     | reviewed | in_review review.third_called
call_third     | draft submitted held scored in_review recommended selected waitlisted declined withdrawn given_back | wrong state
return         | recommended | reviewed application.returned
return         | draft submitted held scored in_review reviewed selected waitlisted declined withdrawn given_back | wrong state
select         | recommended waitlisted | selected application.selected
select         | draft submitted held scored in_review reviewed selected declined withdrawn given_back | wrong state
waitlist       | recommended | waitlisted application.waitlisted
waitlist       | draft submitted held scored in_review reviewed selected waitlisted declined withdrawn given_back | wrong state
decline        | recommended waitlisted | declined application.declined
decline        | draft submitted held scored in_review reviewed selected declined withdrawn given_back | wrong state
withdraw       | draft submitted held scored in_review reviewed recommended waitlisted | withdrawn application.withdrawn
withdraw       | selected declined withdrawn given_back | wrong state
select_in_round   | reviewed recommended | selected application.selected
select_in_round   | draft submitted held scored in_review selected waitlisted declined withdrawn given_back | wrong state
waitlist_in_round | reviewed recommended | waitlisted application.waitlisted
waitlist_in_round | draft submitted held scored in_review selected waitlisted declined withdrawn given_back | wrong state
decline_in_round  | held reviewed recommended | declined application.declined
decline_in_round  | draft submitted scored in_review selected waitlisted declined withdrawn given_back | wrong state
waitlist_again | selected | waitlisted application.waitlisted
waitlist_again | draft submitted held scored in_review reviewed recommended waitlisted declined withdrawn given_back | wrong state
decline_again  | selected waitlisted | declined application.declined
decline_again  | draft submitted held scored in_review reviewed recommended declined withdrawn given_back | wrong state
select_on_appeal   | waitlisted declined | selected application.selected
select_on_appeal   | draft submitted held scored in_review reviewed recommended selected withdrawn given_back | wrong state
waitlist_on_appeal | waitlisted declined | waitlisted application.waitlisted
waitlist_on_appeal | draft submitted held scored in_review reviewed recommended selected withdrawn given_back | wrong state
reread_on_appeal   | waitlisted declined | in_review application.back_to_reading
reread_on_appeal   | draft submitted held scored in_review reviewed recommended selected withdrawn given_back | wrong state
give_back      | selected | given_back application.given_back
give_back      | draft submitted held scored in_review reviewed recommended waitlisted declined withdrawn given_back | wrong state
restore_seat   | given_back | selected application.seat_restored
restore_seat   | draft submitted held scored in_review reviewed recommended selected waitlisted declined withdrawn | wrong state
"""

WAY_OF_A_ROUND = """
open   | planned | open round.opened
open   | open in_review decided | wrong state
close  | open | in_review round.closed
close  | planned in_review decided | wrong state
finish | in_review | decided round.decided
finish | planned open decided | wrong state
"""

GROUPS = {
    "OPEN_STATES": "submitted held scored in_review reviewed recommended",
    "DECIDED_STATES": "selected waitlisted declined given_back",
    "ENDED_STATES": "selected waitlisted declined given_back withdrawn",
    "ASKABLE_STATES": "held scored in_review reviewed",
    "SCORABLE_STATES": "submitted held scored in_review reviewed",
}


def test_every_act_on_an_application_in_every_state():
    assert carried_out(APPLICATION, State) == written(WAY_OF_AN_APPLICATION)


def test_every_act_on_a_round_in_every_state():
    assert carried_out(ROUND, RoundState) == written(WAY_OF_A_ROUND)


@pytest.mark.parametrize("group", GROUPS)
def test_the_groups_of_states(group):
    assert " ".join(getattr(states, group)) == GROUPS[group]


def test_the_words_that_stand_in_the_database():
    assert [str(track) for track in Track] == ["general", "carpet_revival", "startup", "services"]
    assert [str(outcome) for outcome in Outcome] == ["select", "waitlist", "decline"]
