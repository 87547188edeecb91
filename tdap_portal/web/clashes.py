"""Two who do the same at one moment: the database lets one of them through, and the other reads so instead of a fault."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.core.errors import DomainError

if TYPE_CHECKING:
    from django.db import IntegrityError

logger = logging.getLogger(__name__)
UNIQUE_VIOLATION = "23505"  # PostgreSQL
OF_SQLITE = "UNIQUE constraint failed"


def refusal_of(fault: IntegrityError) -> DomainError | None:
    """The refusal for whoever came second; None where no unique constraint was hit, which is a fault of ours.

    Only the constraint is logged: the database's own words name the values, such as somebody's address.
    """
    cause = fault.__cause__
    if getattr(cause, "pgcode", "") == UNIQUE_VIOLATION:
        constraint = cause.diag.constraint_name  # type: ignore[union-attr]
    elif str(fault).startswith(OF_SQLITE):
        constraint = str(fault)  # names columns alone
    else:
        return None
    logger.warning("Two at once: %s", constraint)
    return DomainError(_("Somebody did the same at this very moment. Look at the page again."), code="just_changed")
