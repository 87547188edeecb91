"""Rounds, applications and everything that explains a decision: a file a noun."""

from .bulk import BulkAct
from .cards import LevelStudy, Rescoring, RescoringPiece, ScoreCard
from .decisions import Decision, Recommendation, Waiver
from .desk import DeskTally, SavedView
from .files import NO_DUE_DATE, Application, FrozenFacts
from .questions import Letter, Question
from .readings import Conflict, Reading
from .rounds import Round

__all__ = [
    "NO_DUE_DATE",
    "Application",
    "BulkAct",
    "Conflict",
    "Decision",
    "DeskTally",
    "FrozenFacts",
    "Letter",
    "LevelStudy",
    "Question",
    "Reading",
    "Recommendation",
    "Rescoring",
    "RescoringPiece",
    "Round",
    "SavedView",
    "ScoreCard",
    "Waiver",
]
