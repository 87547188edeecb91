"""The way of an application and of a round, as tables. Pure."""

from __future__ import annotations

from enum import StrEnum

from tdap_portal.core.states import Machine, Move


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"  # facts frozen, waits for the worker
    HELD = "held"  # a gate is not passed; the firm knows which and what would meet it
    SCORED = "scored"  # waits for its two readers
    IN_REVIEW = "in_review"  # two officials read, each alone
    REVIEWED = "reviewed"  # both readings are in
    RECOMMENDED = "recommended"  # waits for the second person
    SELECTED = "selected"
    WAITLISTED = "waitlisted"
    DECLINED = "declined"
    GIVEN_BACK = "given_back"  # selected, and the seat is free again: declined, run out, or given back later
    WITHDRAWN = "withdrawn"


class Happened(StrEnum):
    STARTED = "application.started"
    SUBMITTED = "application.submitted"
    REOPENED = "application.reopened"
    RESTORED = "application.restored"
    CLOSING_SOON = "application.closing_soon"
    HELD = "application.held"
    SCORED = "application.scored"
    RESCORED = "application.rescored"
    PAPERS_TAKEN_UP = "application.papers_taken_up"
    ASSIGNED = "application.assigned"
    READ = "review.recorded"
    REVIEWED = "application.reviewed"
    READING_REOPENED = "review.reopened"
    THIRD_READER = "review.third_reader"
    THIRD_CALLED = "review.third_called"
    WAIVER_PROPOSED = "waiver.proposed"
    WAIVER_SIGNED = "waiver.signed"
    RELEASED = "application.released"
    HANDED_OVER = "application.handed_over"
    RECOMMENDED = "application.recommended"
    RETURNED = "application.returned"
    SELECTED = "application.selected"
    WAITLISTED = "application.waitlisted"
    DECLINED = "application.declined"
    WITHDRAWN = "application.withdrawn"
    ASKED = "question.asked"
    ANSWERED = "question.answered"
    QUESTION_CANCELLED = "question.cancelled"
    QUESTION_DUE_SOON = "question.due_soon"
    QUESTION_PASSED = "question.passed"
    QUESTION_EXTENDED = "question.extended"
    WROTE = "letter.written"
    DUE_SOON = "promise.due_soon"
    BROKEN = "promise.broken"
    REDATED = "promise.redated"
    ROUND_CREATED = "round.created"
    ROUND_CHANGED = "round.changed"
    ROUND_PUBLISHED = "round.published"
    ROUND_CANCELLED = "round.cancelled"
    ROUND_OPENED = "round.opened"
    ROUND_CLOSED = "round.closed"
    ROUND_CLOSING_CHANGED = "round.closing_changed"
    ROUND_DECIDED = "round.decided"
    ROUND_RESCORED = "round.rescored"
    COMPOSITION_ASKED = "composition.asked"
    COMPOSITION_READY = "composition.ready"
    DECISION_SENT = "round_decision.sent"
    DECISION_RETURNED = "round_decision.returned"
    DECISION_SIGNED = "round_decision.signed"
    DECISION_CONTINUED = "round_decision.continued"
    DECISION_DONE = "round_decision.done"
    SEAT_GIVEN_BACK = "application.given_back"
    SEAT_RESTORED = "application.seat_restored"
    TERMS_SET = "offer_terms.set"
    OFFERED = "offer.made"
    OFFER_ACCEPTED = "offer.accepted"
    OFFER_DECLINED = "offer.declined"
    OFFER_EXPIRED = "offer.expired"
    OFFER_TAKEN_BACK = "offer.taken_back"
    OFFER_EXTENDED = "offer.extended"
    OFFER_REMINDED = "offer.reminded"
    OFFER_HALF_TIME = "offer.half_time"
    OFFER_ENDS_SOON = "offer.ends_soon"
    PROMOTION_HALTED = "waiting_list.halted"
    SEAT_ACT_PROPOSED = "seat_act.proposed"
    SEAT_ACT_SIGNED = "seat_act.signed"
    SEAT_ACT_RETURNED = "seat_act.returned"
    NOMINATED = "nomination.made"
    NOMINATION_HALF_TIME = "nomination.half_time"
    NOMINATION_AGREED = "nomination.agreed"
    NOMINATION_REFUSED = "nomination.refused"
    NOMINATION_LAPSED = "nomination.lapsed"
    NOMINATION_WITHDRAWN = "nomination.withdrawn"
    NOMINATION_CLAIMED = "nomination.claimed"
    NOMINATION_COUNTED = "nomination.counted"
    NOMINATION_PLACES_SET = "nomination_places.set"
    APPEAL_SENT = "appeal.sent"
    APPEAL_DRAWN = "appeal.drawn"
    APPEAL_WITHOUT_DIRECTOR = "appeal.without_director"
    APPEAL_DUE_SOON = "appeal.due_soon"
    APPEAL_LATE = "appeal.late"
    APPEAL_ANSWERED = "appeal.answered"
    APPEAL_CLOSED = "appeal.closed"
    APPEAL_REOPENED = "appeal.reopened"
    BACK_TO_READING = "application.back_to_reading"


OPEN_STATES = (State.SUBMITTED, State.HELD, State.SCORED, State.IN_REVIEW, State.REVIEWED, State.RECOMMENDED)
DECIDED_STATES = (State.SELECTED, State.WAITLISTED, State.DECLINED, State.GIVEN_BACK)
ENDED_STATES = (*DECIDED_STATES, State.WITHDRAWN)
ASKABLE_STATES = (State.HELD, State.SCORED, State.IN_REVIEW, State.REVIEWED)
SCORABLE_STATES = (State.SUBMITTED, *ASKABLE_STATES)

APPLICATION = Machine(
    Move("submit", State.DRAFT, State.SUBMITTED, Happened.SUBMITTED),
    # After submission at once; later where an answer or a paper turned out to shut a gate.
    Move("hold", (State.SUBMITTED, State.SCORED, State.IN_REVIEW, State.REVIEWED), State.HELD, Happened.HELD),
    Move("score", State.SUBMITTED, State.SCORED, Happened.SCORED),
    Move("rescore", State.HELD, State.SCORED, Happened.SCORED),
    Move("rescore", (State.SCORED, State.IN_REVIEW, State.REVIEWED), State.SCORED, Happened.RESCORED),
    Move("reopen", State.HELD, State.DRAFT, Happened.REOPENED),
    # The round closed before the correction was submitted: the file counts as it was submitted.
    Move("restore", State.DRAFT, State.HELD, Happened.RESTORED),
    Move("assign", (State.SCORED, State.IN_REVIEW), State.IN_REVIEW, Happened.ASSIGNED),
    Move("finish_reading", State.IN_REVIEW, State.REVIEWED, Happened.REVIEWED),
    Move("reread", (State.REVIEWED, State.RECOMMENDED), State.IN_REVIEW, Happened.READING_REOPENED),
    # Readings that disagree from before a third one was asked for by rule.
    Move("call_third", State.REVIEWED, State.IN_REVIEW, Happened.THIRD_CALLED),
    Move("recommend", (State.REVIEWED, State.HELD), State.RECOMMENDED, Happened.RECOMMENDED),
    Move("return", State.RECOMMENDED, State.REVIEWED, Happened.RETURNED),
    Move("select", (State.RECOMMENDED, State.WAITLISTED), State.SELECTED, Happened.SELECTED),
    Move("waitlist", State.RECOMMENDED, State.WAITLISTED, Happened.WAITLISTED),
    Move("decline", (State.RECOMMENDED, State.WAITLISTED), State.DECLINED, Happened.DECLINED),
    # A whole round at once, by the signatures of two directors: what was read need not be recommended one by one.
    Move("select_in_round", (State.REVIEWED, State.RECOMMENDED), State.SELECTED, Happened.SELECTED),
    Move("waitlist_in_round", (State.REVIEWED, State.RECOMMENDED), State.WAITLISTED, Happened.WAITLISTED),
    Move("decline_in_round", (State.HELD, State.REVIEWED, State.RECOMMENDED), State.DECLINED, Happened.DECLINED),
    # A decision is changed by the signatures of two directors as long as its offer is not accepted.
    Move("waitlist_again", State.SELECTED, State.WAITLISTED, Happened.WAITLISTED),
    Move("decline_again", (State.SELECTED, State.WAITLISTED), State.DECLINED, Happened.DECLINED),
    Move("give_back", State.SELECTED, State.GIVEN_BACK, Happened.SEAT_GIVEN_BACK),
    # Its deposit came too late and is taken all the same, while the seat is free.
    Move("restore_seat", State.GIVEN_BACK, State.SELECTED, Happened.SEAT_RESTORED),
    # What an appeal can change; the firm never stands worse after it.
    Move("select_on_appeal", (State.DECLINED, State.WAITLISTED), State.SELECTED, Happened.SELECTED),
    Move("waitlist_on_appeal", (State.DECLINED, State.WAITLISTED), State.WAITLISTED, Happened.WAITLISTED),
    Move("reread_on_appeal", (State.DECLINED, State.WAITLISTED), State.IN_REVIEW, Happened.BACK_TO_READING),
    Move("withdraw", (State.DRAFT, *OPEN_STATES, State.WAITLISTED), State.WITHDRAWN, Happened.WITHDRAWN),
)


class RoundState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    IN_REVIEW = "in_review"
    DECIDED = "decided"


ROUND = Machine(
    Move("open", RoundState.PLANNED, RoundState.OPEN, Happened.ROUND_OPENED),
    Move("close", RoundState.OPEN, RoundState.IN_REVIEW, Happened.ROUND_CLOSED),
    Move("finish", RoundState.IN_REVIEW, RoundState.DECIDED, Happened.ROUND_DECIDED),
)


class Outcome(StrEnum):
    """What a reader, an officer or an approver says should become of a file."""

    SELECT = "select"
    WAITLIST = "waitlist"
    DECLINE = "decline"


class CompositionState(StrEnum):
    WORKING = "working"  # the worker looks for the best set
    READY = "ready"
    CLASH = "clash"  # the rules cannot hold together; the smallest set of them is named
    FAILED = "failed"  # a fault, noted for the administrators


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"  # by two directors, before it was accepted
    GIVEN_BACK = "given_back"  # by the firm, after it was accepted


OFFER = Machine(
    Move("accept", OfferState.OPEN, OfferState.ACCEPTED, Happened.OFFER_ACCEPTED),
    Move("decline", OfferState.OPEN, OfferState.DECLINED, Happened.OFFER_DECLINED),
    Move("expire", OfferState.OPEN, OfferState.EXPIRED, Happened.OFFER_EXPIRED),
    Move("take_back", OfferState.OPEN, OfferState.TAKEN_BACK, Happened.OFFER_TAKEN_BACK),
    Move("give_back", OfferState.ACCEPTED, OfferState.GIVEN_BACK, Happened.SEAT_GIVEN_BACK),
    Move("restore_seat", OfferState.GIVEN_BACK, OfferState.ACCEPTED, Happened.SEAT_RESTORED),
)
SEAT_HOLDING = (OfferState.OPEN, OfferState.ACCEPTED)
"""Of offers: those that keep a seat."""


class NominationState(StrEnum):
    INVITED = "invited"  # asked, without an answer
    AGREED = "agreed"
    REFUSED = "refused"
    LAPSED = "lapsed"  # nobody answered in time
    WITHDRAWN = "withdrawn"  # by the partner


NOMINATION = Machine(
    Move("agree", NominationState.INVITED, NominationState.AGREED, Happened.NOMINATION_AGREED),
    Move(
        "refuse",
        (NominationState.INVITED, NominationState.AGREED),
        NominationState.REFUSED,
        Happened.NOMINATION_REFUSED,
    ),
    Move("lapse", NominationState.INVITED, NominationState.LAPSED, Happened.NOMINATION_LAPSED),
    # As long as the firm has not applied: from then on its file counts under the partner.
    Move(
        "withdraw",
        (NominationState.INVITED, NominationState.AGREED),
        NominationState.WITHDRAWN,
        Happened.NOMINATION_WITHDRAWN,
    ),
)
NOMINATED_ONCE = (NominationState.INVITED, NominationState.AGREED, NominationState.REFUSED)
"""While a nomination stands so, its partner does not nominate the firm again in the round."""


APPEALABLE = (State.DECLINED, State.WAITLISTED)
"""Of files: those whose firm can say that the decision rests on a mistake."""


class AppealState(StrEnum):
    DRAFT = "draft"  # the firm's own; nobody else reads it
    SENT = "sent"  # waits for the director who was drawn, or for one to be free
    ANSWERED = "answered"
    CLOSED = "closed"  # nothing is left to decide: the file got its seat meanwhile, or was taken back


class AppealOutcome(StrEnum):
    UPHELD = "upheld"
    REJECTED = "rejected"
    REREAD = "reread"  # two new officers read the file


class Verdict(StrEnum):
    """What the director says of one point of an appeal."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCLEAR = "unclear"


APPEAL = Machine(
    Move("send", AppealState.DRAFT, AppealState.SENT, Happened.APPEAL_SENT),
    Move("answer", AppealState.SENT, AppealState.ANSWERED, Happened.APPEAL_ANSWERED),
    Move("close", AppealState.SENT, AppealState.CLOSED, Happened.APPEAL_CLOSED),
    # It was never answered, and the seat for which it was closed was taken back.
    Move("reopen", AppealState.CLOSED, AppealState.DRAFT, Happened.APPEAL_REOPENED),
)
