"""What codes of the training are called on pages. Each code has its words here and nowhere else."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext_lazy as _

from training import codes
from training.states import (
    AttemptState,
    CallOutcome,
    CannotCome,
    CertificateState,
    CohortState,
    FeedbackVia,
    LagReason,
    PlaceState,
    QuestionKind,
    SessionStage,
    WorkState,
)
from training.states import AttendanceStatus as Status
from training.states import MarkSource as Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

Code = TypeVar("Code", bound=StrEnum)

LANGUAGE_LABELS = {code: _(text) for code, text in codes.LANGUAGES.items()}
TIME_OF_DAY_LABELS = {code: _(text) for code, text in codes.TIMES_OF_DAY.items()}
SKILL_LABELS = {code: _(text) for code, text in codes.SKILLS.items()}
EQUIPMENT_LABELS = {code: _(text) for code, text in codes.EQUIPMENT.items()}
COHORT_STATE_LABELS = {
    CohortState.PLANNED: _("Planned"),
    CohortState.OPEN: _("Places can be taken"),
    CohortState.RUNNING: _("Running"),
    CohortState.FINISHED: _("Finished"),
    CohortState.CANCELLED: _("Cancelled"),
}
PLACE_STATE_LABELS = {
    PlaceState.HELD: _("Place held"),
    PlaceState.WAITING: _("Waiting for a place"),
    PlaceState.CHANGED: _("Moved to another cohort"),
    PlaceState.GIVEN_UP: _("Given up"),
}
SESSION_STAGE_LABELS = {
    SessionStage.UNPLACED: _("Day and time to come"),
    SessionStage.TO_COME: _("To come"),
    SessionStage.IN_PROGRESS: _("In progress"),
    SessionStage.HELD: _("Held"),
    SessionStage.CANCELLED: _("Cancelled"),
}
ATTENDANCE_LABELS = {
    Status.PRESENT: _("Present"),
    Status.LATE: _("Late"),
    Status.EXCUSED: _("Excused"),
    Status.ABSENT: _("Absent"),
    Status.OPEN: _("Not settled"),
}
QUESTION_KIND_LABELS = {
    QuestionKind.SINGLE: _("One right answer"),
    QuestionKind.MULTIPLE: _("Several right answers"),
}
ATTEMPT_STATE_LABELS = {
    AttemptState.OPEN: _("Under way"),
    AttemptState.HANDED_IN: _("Handed in"),
    AttemptState.TIME_UP: _("Closed when the time was up"),
}
WORK_STATE_LABELS = {
    WorkState.WAITING: _("To be marked"),
    WorkState.DIFFERING: _("Marks differ"),
    WorkState.ACCEPTED: _("Accepted"),
    WorkState.AGAIN: _("To be done again"),
    WorkState.REPLACED: _("A newer one came"),
}
CERTIFICATE_STATE_LABELS = {
    CertificateState.IN_FORCE: _("In force"),
    CertificateState.REVOKED: _("Taken back"),
    CertificateState.REPLACED: _("Replaced"),
}
SOURCE_LABELS = {
    Source.SCAN: _("Code on the screen"),
    Source.ROLL: _("Roll"),
    Source.SHEET: _("Printed sheet"),
    Source.REPORT: _("Report of the meeting"),
    Source.CORRECTION: _("Correction"),
}
FEEDBACK_VIA_LABELS = {FeedbackVia.WEB: _("On the portal"), FeedbackVia.SMS: _("By SMS")}
LAG_LABELS = {
    LagReason.MISSED: _("Sessions missed in a row"),
    LagReason.ATTENDANCE: _("Attendance below the pace"),
    LagReason.TASKS: _("Task overdue"),
    LagReason.LOGIN: _("No sign of life"),
    LagReason.SILENCE: _("No answer"),
}
CALL_OUTCOME_LABELS = {
    CallOutcome.WILL_COME: _("Will come"),
    CallOutcome.CANNOT: _("Cannot come"),
    CallOutcome.WRONG_NUMBER: _("Wrong number"),
    CallOutcome.AGAIN: _("Call again"),
}
CANNOT_COME_LABELS = {
    CannotCome.ILL: _("Illness"),
    CannotCome.FAMILY: _("Family"),
    CannotCome.WORK: _("Too much work, or an order to finish"),
    CannotCome.ROAD: _("The way is too long or not safe"),
    CannotCome.COST: _("Costs of coming"),
    CannotCome.LANGUAGE: _("Could not follow, or another language"),
    CannotCome.OTHER: _("Another reason"),
}


def choices_of(labels: Mapping[Code, StrOrPromise]) -> list[tuple[str, StrOrPromise]]:
    return [(code.value, label) for code, label in labels.items()]
