"""The letter that answers an appeal, as its firm will get it in each language, before it is signed. Sends nothing."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

from django.conf import settings

from selection.seats.offers import services as offers_services
from selection.states import Happened
from tdap_portal.notifications.services import written

from . import wording

if TYPE_CHECKING:
    from selection.states import AppealOutcome

    from .outlook import Outlook


@dataclass(frozen=True, slots=True)
class Letter:
    language: str
    subject: str
    body: str


def letters_of(outlook: Outlook, outcome: AppealOutcome, words: str, *, has_seat: bool) -> list[Letter]:
    """In every language of the portal; each person of the firm gets it in their own. has_seat: the answer gives one, with an
    offer whose last moment is that of an offer made now."""
    appeal = copy.copy(outlook.appeal)
    appeal.outcome, appeal.words, appeal.from_reserve = outcome.value, words.strip(), has_seat
    appeal.points, appeal.points_after = outlook.points, outlook.points_after
    offer = SimpleNamespace(deadline=offers_services.deadline_now(outlook.file.round)[0]) if has_seat else None
    points = partial(wording.points_shown, appeal, outlook.findings)  # called by the template, in its language
    made = []
    for language, _name in settings.LANGUAGES:
        subject, body = written(
            template=Happened.APPEAL_ANSWERED.value, language=language, appeal=appeal, points=points, offer=offer
        )
        made.append(Letter(language, subject, body.strip()))
    return made
