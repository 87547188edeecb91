"""Programmes, who teaches and where, cohorts and the places in them: a file a noun."""

from .cohorts import Cohort, Place, Session
from .programmes import Material, MaterialVersion, Module, Programme
from .resources import Absence, Trainer, Venue, VenueClosing

__all__ = [
    "Absence",
    "Cohort",
    "Material",
    "MaterialVersion",
    "Module",
    "Place",
    "Programme",
    "Session",
    "Trainer",
    "Venue",
    "VenueClosing",
]
