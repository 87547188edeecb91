"""What a partner's home says of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from selection.home.selectors import HomeLink

from . import selectors

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def partner_link(user: User) -> HomeLink | None:
    """None for somebody whose organisations nominate nobody."""
    if not selectors.partners_of(user):
        return None
    return HomeLink(reverse("training:partner_board"), _("Your cohorts"))
