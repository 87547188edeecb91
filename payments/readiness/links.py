"""What waits for a finance officer about how firms are paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tdap_portal.web.context import HomeTask

from . import selectors

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def home_tasks(user: User) -> list[HomeTask]:
    number = selectors.proofs_waiting(user).count()
    if not number:
        return []
    title = ngettext("%(number)d proof of an account waits", "%(number)d proofs of accounts wait", number)
    return [HomeTask(title % {"number": number}, reverse("payments:readiness_queue"), _("How firms are paid"))]
