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


OPEN_STATES = (State.SUBMITTED, State.HELD, State.SCORED, State.IN_REVIEW, State.REVIEWED, State.RECOMMENDED)
DECIDED_STATES = (State.SELECTED, State.WAITLISTED, State.DECLINED)
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
