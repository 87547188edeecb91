"""Programmes, who teaches and where, cohorts and the places in them: a file a noun."""

from .attendance import Attendance, AttendanceMark, MeetingReport, NamedParticipant, ScanTally
from .board import BoardDigest, BoardDigestWish
from .certificates import Certificate
from .cohorts import Cohort, Place, Session
from .planning import Holiday, Road, RuleLevel, TeachingHours, TimetableProposal
from .programmes import Material, MaterialVersion, Module, Programme
from .reminders import PlaceReminder
from .resources import Absence, Trainer, Venue, VenueClosing
from .timetables import CalendarFeed, DraftSession, SessionChange, TimetableVersion

__all__ = [
    "Absence",
    "Attendance",
    "AttendanceMark",
    "BoardDigest",
    "BoardDigestWish",
    "CalendarFeed",
    "Certificate",
    "Cohort",
    "DraftSession",
    "Holiday",
    "Material",
    "MaterialVersion",
    "MeetingReport",
    "Module",
    "NamedParticipant",
    "Place",
    "PlaceReminder",
    "Programme",
    "Road",
    "RuleLevel",
    "ScanTally",
    "Session",
    "SessionChange",
    "TeachingHours",
    "TimetableProposal",
    "TimetableVersion",
    "Trainer",
    "Venue",
    "VenueClosing",
]
