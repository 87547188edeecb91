"""Programmes, who teaches and where, cohorts and the places in them: a file a noun."""

from .cohorts import Cohort, Place, Session
from .programmes import Material, MaterialVersion, Module, Programme
from .resources import Absence, Trainer, Venue, VenueClosing
from .timetables import CalendarFeed, DraftSession, SessionChange, TimetableVersion

__all__ = [
    "Absence",
    "CalendarFeed",
    "Cohort",
    "DraftSession",
    "Material",
    "MaterialVersion",
    "Module",
    "Place",
    "Programme",
    "Session",
    "SessionChange",
    "TimetableVersion",
    "Trainer",
    "Venue",
    "VenueClosing",
]
