"""What a firm needs to know before it submits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models import Application, Round
from selection.states import State
from tdap_portal.web.seen import marks

if TYPE_CHECKING:
    from smes.models import Sme
    from smes.profile.steps import Completeness
    from tdap_portal.web.seen import Mark


def application_in(round_: Round, sme: Sme) -> Application | None:
    """The firm's application in a round, withdrawn ones aside."""
    row = Application.objects.filter(round=round_, sme=sme).exclude(state=State.WITHDRAWN).first()
    if row is not None:
        row.round, row.sme = round_, sme
    return row


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
