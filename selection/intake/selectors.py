"""What a firm needs to know before it submits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models import Application
from selection.states import Happened, RoundState, State
from tdap_portal.notifications.reminders import days_of
from tdap_portal.web.seen import marks

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from selection.models import Round
    from smes.models import Sme
    from smes.profile.steps import Completeness
    from tdap_portal.web.seen import Mark


def application_in(round_: Round, sme: Sme) -> Application | None:
    """The firm's application in a round, withdrawn ones aside."""
    row = Application.objects.filter(round=round_, sme=sme).exclude(state=State.WITHDRAWN).first()
    if row is not None:
        row.round, row.sme = round_, sme
    return row


def earlier_application(sme: Sme, *, besides: Round) -> Application | None:
    """What the firm submitted last in another round, with that round; None where this is its first."""
    files = Application.objects.filter(sme=sme, submitted_at__isnull=False).exclude(round=besides)
    return files.select_related("round").order_by("-submitted_at", "-pk").first()


@dataclass(frozen=True, slots=True)
class MissingItem:
    """One thing that stands between a draft and its submission. step: of the profile, "" for the application's own page."""

    code: str
    label: Any
    step: str = ""


def missing_before_submission(row: Application, profile: Completeness) -> list[MissingItem]:
    """What is still missing, the profile's part first; empty when it can be submitted. profile: of the firm, as it is now."""
    missing = [
        MissingItem(progress.step.code, gettext(progress.step.title), progress.step.code)
        for progress in profile.steps
        if not progress.is_complete
    ]
    if not row.motivation:
        missing.append(MissingItem("motivation", _("Say what you want to reach with the programme.")))
    if not row.commitment_name:
        missing.append(MissingItem("commitment_name", _("Name the person who will do the work.")))
    return missing


DRAFT_FIELDS = ("track", "motivation", "commitment_name")


def mark_of_draft(application: Application) -> Mark:
    """The digests of the page of a draft."""
    return marks(f"application-{application.public_id}")


def seen_of_draft(application: Application) -> dict[str, str]:
    """Digests of what is saved in a draft, by field."""
    mark = mark_of_draft(application)
    return {name: mark(name, getattr(application, name)) for name in DRAFT_FIELDS}


# ------------------------------------------------------------------------------------------------------ before the end

HOURS_OF_THE_LAST_DAY = 9  # a round that closes before that hour has its last day the day before


def unsubmitted_in(round_: Round) -> QuerySet[Application]:
    """Drafts of a round, those among them that were submitted once and are being corrected."""
    return Application.objects.filter(round=round_, state=State.DRAFT).order_by("pk")


def reminder_due_since(round_: Round, *, now: datetime) -> tuple[datetime, int] | None:
    """The beginning of the day whose reminder counts at this moment, and how many days that is before the last; None before
    the first."""
    last = timezone.localdate(round_.closes_at - timedelta(hours=HOURS_OF_THE_LAST_DAY))
    starts = [
        (timezone.make_aware(datetime.combine(last - timedelta(days=days), time.min)), days)
        for days in days_of(Happened.CLOSING_SOON, on=timezone.localdate(now))
    ]
    return max((start for start in starts if start[0] <= now), default=None)


def ids_to_remind(round_: Round, since: datetime) -> QuerySet[Application, int]:
    """Files begun before `since` whose firm was not told since."""
    waiting = unsubmitted_in(round_).filter(created_at__lt=since)
    return waiting.filter(Q(reminded_at=None) | Q(reminded_at__lt=since)).values_list("pk", flat=True)


def ids_to_restore() -> list[int]:
    """Files that were submitted and are a draft after their round has closed."""
    left = Application.objects.filter(state=State.DRAFT, submitted_at__isnull=False)
    closed = (RoundState.IN_REVIEW, RoundState.DECIDED)
    return list(left.filter(round__state__in=closed).order_by("pk").values_list("pk", flat=True))
