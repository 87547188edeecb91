"""The way of a cohort and of a place in it, as tables. Pure."""

from __future__ import annotations

from enum import StrEnum

from tdap_portal.core.states import Machine, Move


class CohortState(StrEnum):
    PLANNED = "planned"  # only officials see it
    OPEN = "open"  # in the public calendar; firms with a seat choose it
    RUNNING = "running"  # its first session has begun
    FINISHED = "finished"
    CANCELLED = "cancelled"


class PlaceState(StrEnum):
    HELD = "held"
    WAITING = "waiting"  # all places of the cohort were taken
    CHANGED = "changed"  # the firm moved on to another cohort
    GIVEN_UP = "given_up"  # the firm gave its seat back, or stopped waiting


class SessionStage(StrEnum):
    """Where a session stands, read from its published times; never stored."""

    UNPLACED = "unplaced"  # no published time
    TO_COME = "to_come"
    IN_PROGRESS = "in_progress"
    HELD = "held"
    CANCELLED = "cancelled"


class HoursKind(StrEnum):
    TEACHING = "teaching"
    PRAYER = "prayer"


class ProposalState(StrEnum):
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    TAKEN = "taken"


class CertificateState(StrEnum):
    IN_FORCE = "in_force"
    REVOKED = "revoked"
    REPLACED = "replaced"  # its facts were wrong, and another one says the right ones


class AttendanceStatus(StrEnum):
    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"
    OPEN = "open"  # two observations disagree, and nobody has settled it


class MarkSource(StrEnum):
    """How somebody knew that a person was in a session."""

    SCAN = "scan"  # the person's own telephone, or joining through the portal's link
    ROLL = "roll"  # the trainer's page, with or without a network
    SHEET = "sheet"  # typed in from paper
    REPORT = "report"  # of an online meeting
    CORRECTION = "correction"  # by an official or the trainer, with a reason


class QuestionKind(StrEnum):
    SINGLE = "single"  # one option is right
    MULTIPLE = "multiple"  # several are, and count only together


class AttemptState(StrEnum):
    OPEN = "open"
    HANDED_IN = "handed_in"
    TIME_UP = "time_up"  # closed by the clock with what was saved


class WorkState(StrEnum):
    """Where what a firm handed in for a practical task stands."""

    WAITING = "waiting"  # for one or both of its markers
    DIFFERING = "differing"  # their marks lie too far apart
    ACCEPTED = "accepted"
    AGAIN = "again"  # to be done again
    REPLACED = "replaced"  # the firm handed in a newer one before anybody marked it


class FeedbackVia(StrEnum):
    WEB = "web"
    SMS = "sms"


class LagReason(StrEnum):
    """Why somebody falls behind, those that weigh most first."""

    MISSED = "missed"  # sessions in a row
    ATTENDANCE = "attendance"  # below the pace of the programme
    TASKS = "tasks"  # an assessment or a practical task is overdue
    LOGIN = "login"  # neither signed in nor came
    SILENCE = "silence"  # what we asked or wrote is not answered


class CallOutcome(StrEnum):
    WILL_COME = "will_come"
    CANNOT = "cannot"
    WRONG_NUMBER = "wrong_number"
    AGAIN = "again"


class CannotCome(StrEnum):
    ILL = "ill"
    FAMILY = "family"
    WORK = "work"
    ROAD = "road"
    COST = "cost"
    LANGUAGE = "language"
    OTHER = "other"


class Happened(StrEnum):
    PROGRAMME_CREATED = "programme.created"
    PROGRAMME_CHANGED = "programme.changed"
    MODULE_ADDED = "module.added"
    MODULE_CHANGED = "module.changed"
    MODULE_MOVED = "module.moved"
    MATERIAL_ADDED = "material.added"
    MATERIAL_WITHDRAWN = "material.withdrawn"
    TRAINER_CREATED = "trainer.created"
    TRAINER_CHANGED = "trainer.changed"
    TRAINER_AWAY = "trainer.away"
    TRAINER_BACK = "trainer.back"
    VENUE_CREATED = "venue.created"
    VENUE_CHANGED = "venue.changed"
    VENUE_CLOSED = "venue.closed"
    VENUE_REOPENED = "venue.reopened"
    COHORT_CREATED = "cohort.created"
    COHORT_CHANGED = "cohort.changed"
    COHORT_JOINING = "cohort.joining_changed"
    COHORT_OPENED = "cohort.opened"
    COHORT_STARTED = "cohort.started"
    COHORT_FINISHED = "cohort.finished"
    COHORT_CANCELLED = "cohort.cancelled"
    PLACE_TAKEN = "place.taken"
    PLACE_WAITING = "place.waiting"
    PLACE_CHANGED = "place.changed"
    PLACE_GIVEN_UP = "place.given_up"
    PLACE_REMINDED = "place.reminded"
    PLACE_CONFIRMED = "place.confirmed"
    ATTENDEE_CHANGED = "place.attendee_changed"
    ATTENDEE_CORRECTED = "place.attendee_corrected"
    PROPOSAL_ASKED = "timetable.proposal_asked"
    PROPOSAL_READY = "timetable.proposal_ready"
    PROPOSAL_TAKEN = "timetable.proposal_taken"
    HOLIDAY_SET = "holiday.set"
    HOURS_SET = "teaching_hours.set"
    ROAD_SET = "road.set"
    RULE_SET = "timetable.rule_set"
    TIMETABLE_PUBLISHED = "timetable.published"
    ATTENDED = "session.attended"
    ROLL_TAKEN = "session.roll_taken"
    REPORT_COUNTED = "session.report_counted"
    PARTICIPANTS_NAMED = "session.participants_named"
    ATTENDANCE_CORRECTED = "attendance.corrected"
    OUT_OF_REACH = "attendance.out_of_reach"
    CODE_STOPPED = "session.code_stopped"
    CODE_SHOWN = "session.code_shown"
    CERTIFICATES_ASKED = "certificates.asked"
    CERTIFICATES_CONTINUED = "certificates.continued"
    CERTIFIED = "certificate.issued"
    CERTIFICATE_REVOKED = "certificate.revoked"
    CERTIFICATE_REPLACED = "certificate.replaced"
    QUESTION_ADDED = "question.added"
    QUESTION_CHANGED = "question.changed"
    QUESTION_RETIRED = "question.retired"
    QUESTION_TAKEN_UP = "question.taken_up"
    ASSESSMENT_SET = "assessment.set"
    ATTEMPT_BEGUN = "attempt.begun"
    ATTEMPT_PROLONGED = "attempt.prolonged"
    ATTEMPT_CLOSED = "attempt.closed"
    ATTEMPT_LATE = "attempt.late"
    MORE_GIVEN = "assessment.more_given"
    TASK_SET = "practical_task.set"
    WORK_HANDED_IN = "work.handed_in"
    WORK_MARKED = "work.marked"
    WORK_DIFFERS = "work.differs"
    WORK_AGREED = "work.agreed"
    WORK_ACCEPTED = "work.accepted"
    WORK_AGAIN = "work.again"
    WORK_REPLACED = "work.replaced"
    FEEDBACK_ASKED = "feedback.asked"
    FEEDBACK_GIVEN = "feedback.given"
    FEEDBACK_CHANGED = "feedback.changed"
    WATCH_STARTED = "engagement.night_started"
    WATCH_CONTINUED = "engagement.night_continued"
    WATCH_DONE = "engagement.night_done"
    NUDGED = "engagement.nudged"
    WATCH_RULE_SET = "engagement.rule_set"
    NUDGE_POLICY_SET = "engagement.policy_set"
    CALL_CLAIMED = "call.claimed"
    CALL_LEFT = "call.left"
    CALL_NOTED = "call.noted"
    FEED_OPENED = "calendar_feed.opened"
    FEED_CLOSED = "calendar_feed.closed"
    DIGEST_WANTED = "board_digest.wanted"
    DIGEST_STOPPED = "board_digest.stopped"
    DIGEST_WRITTEN = "board_digest.written"


COHORT = Machine(
    Move("open", CohortState.PLANNED, CohortState.OPEN, Happened.COHORT_OPENED),
    Move("start", CohortState.OPEN, CohortState.RUNNING, Happened.COHORT_STARTED),
    Move("finish", CohortState.RUNNING, CohortState.FINISHED, Happened.COHORT_FINISHED),
    Move(
        "cancel",
        (CohortState.PLANNED, CohortState.OPEN, CohortState.RUNNING),
        CohortState.CANCELLED,
        Happened.COHORT_CANCELLED,
    ),
)
PLACE = Machine(
    Move("take", PlaceState.WAITING, PlaceState.HELD, Happened.PLACE_TAKEN),
    Move("change", PlaceState.HELD, PlaceState.CHANGED, Happened.PLACE_CHANGED),
    Move("give_up", (PlaceState.HELD, PlaceState.WAITING), PlaceState.GIVEN_UP, Happened.PLACE_GIVEN_UP),
)
UNFINISHED = (CohortState.PLANNED, CohortState.OPEN, CohortState.RUNNING)
PUBLIC = (CohortState.OPEN, CohortState.RUNNING, CohortState.FINISHED)
CERTIFICATE = Machine(
    Move("revoke", CertificateState.IN_FORCE, CertificateState.REVOKED, Happened.CERTIFICATE_REVOKED),
    Move("replace", CertificateState.IN_FORCE, CertificateState.REPLACED, Happened.CERTIFICATE_REPLACED),
)
WORK = Machine(
    Move("differ", WorkState.WAITING, WorkState.DIFFERING, Happened.WORK_DIFFERS),
    Move("accept", (WorkState.WAITING, WorkState.DIFFERING), WorkState.ACCEPTED, Happened.WORK_ACCEPTED),
    Move("again", (WorkState.WAITING, WorkState.DIFFERING), WorkState.AGAIN, Happened.WORK_AGAIN),
    Move("replace", WorkState.WAITING, WorkState.REPLACED, Happened.WORK_REPLACED),
)
TO_BE_MARKED = (WorkState.WAITING, WorkState.DIFFERING)
