"""Programmes, who teaches and where, cohorts and the places in them: a file a noun."""

from .assessment import Assessment, Attempt, AttemptQuestion, LateSending, MoreGiven, Question, QuestionVersion
from .attendance import Attendance, AttendanceMark, MeetingReport, NamedParticipant, ScanTally
from .board import BoardDigest, BoardDigestWish
from .certificates import Certificate
from .cohorts import Cohort, Place, Session
from .deposits import Deposit
from .engagement import Call, EngagementRule, Nudge, NudgePolicy, WatchLine, WatchNight, WatchNote, WatchReason
from .feedback import FeedbackAsk, FeedbackCount, SessionFeedback
from .planning import Holiday, Road, RuleLevel, TeachingHours, TimetableProposal
from .practice import Marking, PracticalTask, Work, WorkFile
from .programmes import Material, MaterialVersion, Module, Programme
from .reminders import PlaceReminder
from .resources import Absence, Trainer, Venue, VenueClosing
from .timetables import CalendarFeed, DraftSession, SessionChange, TimetableVersion

__all__ = [
    "Absence",
    "Assessment",
    "Attempt",
    "AttemptQuestion",
    "Attendance",
    "AttendanceMark",
    "BoardDigest",
    "BoardDigestWish",
    "CalendarFeed",
    "Call",
    "Certificate",
    "Cohort",
    "Deposit",
    "DraftSession",
    "EngagementRule",
    "FeedbackAsk",
    "FeedbackCount",
    "Holiday",
    "LateSending",
    "Marking",
    "Material",
    "MaterialVersion",
    "MeetingReport",
    "Module",
    "MoreGiven",
    "NamedParticipant",
    "Nudge",
    "NudgePolicy",
    "Place",
    "PlaceReminder",
    "PracticalTask",
    "Programme",
    "Question",
    "QuestionVersion",
    "Road",
    "RuleLevel",
    "ScanTally",
    "Session",
    "SessionChange",
    "SessionFeedback",
    "TeachingHours",
    "TimetableProposal",
    "TimetableVersion",
    "Trainer",
    "Venue",
    "VenueClosing",
    "WatchLine",
    "WatchNight",
    "WatchNote",
    "WatchReason",
    "Work",
    "WorkFile",
]
