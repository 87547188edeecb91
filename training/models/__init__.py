"""Programmes, who teaches and where, cohorts and the places in them: a file a noun."""

from .attendance import Attendance, AttendanceMark, MeetingReport, NamedParticipant, ScanTally
from .cohorts import Cohort, Place, Session
from .programmes import Material, MaterialVersion, Module, Programme
from .resources import Absence, Trainer, Venue, VenueClosing
from .timetables import CalendarFeed, DraftSession, SessionChange, TimetableVersion

__all__ = [
    "Absence",
    "Attendance",
    "AttendanceMark",
    "CalendarFeed",
    "Cohort",
    "DraftSession",
    "Material",
    "MaterialVersion",
    "MeetingReport",
    "Module",
    "NamedParticipant",
    "Place",
    "Programme",
    "ScanTally",
    "Session",
    "SessionChange",
    "TimetableVersion",
    "Trainer",
    "Venue",
    "VenueClosing",
]
