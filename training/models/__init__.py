"""Programmes, who teaches and where, cohorts and the places in them: a file a noun."""

from .attendance import Attendance, AttendanceMark, MeetingReport, NamedParticipant, ScanTally
from .certificates import Certificate
from .cohorts import Cohort, Place, Session
from .engagement import Call, EngagementRule, Nudge, NudgePolicy, WatchLine, WatchNight, WatchNote, WatchReason
from .feedback import FeedbackAsk, FeedbackCount, SessionFeedback
from .planning import Holiday, Road, RuleLevel, TeachingHours, TimetableProposal
from .programmes import Material, MaterialVersion, Module, Programme
from .reminders import PlaceReminder
from .resources import Absence, Trainer, Venue, VenueClosing
from .timetables import CalendarFeed, DraftSession, SessionChange, TimetableVersion

__all__ = [
    "Absence",
    "Attendance",
    "AttendanceMark",
    "CalendarFeed",
    "Call",
    "Certificate",
    "Cohort",
    "DraftSession",
    "EngagementRule",
    "FeedbackAsk",
    "FeedbackCount",
    "Holiday",
    "Material",
    "MaterialVersion",
    "MeetingReport",
    "Module",
    "NamedParticipant",
    "Nudge",
    "NudgePolicy",
    "Place",
    "PlaceReminder",
    "Programme",
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
]
