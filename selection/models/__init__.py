"""Rounds, applications and everything that explains a decision: a file a noun."""

from .appeals import Appeal, AppealPoint
from .bulk import BulkAct
from .cards import LevelStudy, Rescoring, RescoringPiece, ScoreCard
from .decisions import Decision, Recommendation, Waiver
from .desk import DeskTally, SavedView
from .files import NO_DUE_DATE, Application, FrozenFacts
from .nominations import Nomination, NominationPlaces, NominationSheet
from .questions import Letter, Question
from .readings import Conflict, Reading
from .rounds import Round
from .seats import Composition, DecisionLine, Offer, OfferTerms, PromotionHalt, RoundDecision, SeatAct

__all__ = [
    "NO_DUE_DATE",
    "Appeal",
    "AppealPoint",
    "Application",
    "BulkAct",
    "Composition",
    "Conflict",
    "Decision",
    "DecisionLine",
    "DeskTally",
    "FrozenFacts",
    "Letter",
    "LevelStudy",
    "Nomination",
    "NominationPlaces",
    "NominationSheet",
    "Offer",
    "OfferTerms",
    "PromotionHalt",
    "Question",
    "Reading",
    "Recommendation",
    "Rescoring",
    "RescoringPiece",
    "Round",
    "RoundDecision",
    "SavedView",
    "ScoreCard",
    "SeatAct",
    "Waiver",
]
