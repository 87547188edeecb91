"""Who may see runs and sources, load flows, and hand in the platform's figures. Figures of sectors are public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import PartnerKind, Role
from tdap_portal.core.access import Answer, allowed, denied

from .models import SourceKind

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

    from .models import ImportRun


def is_platform_partner(user: User) -> bool:
    """Member of an active partner organisation that runs a platform."""
    return (
        user.has_role(Role.PARTNER)
        and user.partnerships.filter(partner__kind=PartnerKind.PLATFORM, partner__is_active=True).exists()
    )


def can_see_runs(user: User) -> Answer:
    """Officials see all runs; the platform partner sees those of its own figures (see selectors.runs_visible_to)."""
    if user.is_authenticated and (user.is_official or is_platform_partner(user)):
        return allowed()
    return denied(_("Only officials and the platform partner see where the figures come from, run by run."))


def can_load_flows(user: User | None) -> Answer:
    """None is the portal itself: the clock or the command line."""
    if user is None or user.has_role(Role.APPROVER, Role.ADMINISTRATOR):
        return allowed()
    return denied(_("Only a director or an administrator can load trade figures."))


def can_decide_on_held(user: User, run: ImportRun) -> Answer:
    """A second person looks: never who started the run. Figures of the platform may be an officer's to judge, flows are not."""
    platform = run.source.kind == SourceKind.PLATFORM
    roles = (Role.OFFICER, Role.APPROVER) if platform else (Role.APPROVER, Role.ADMINISTRATOR)
    if not (user.is_authenticated and user.has_role(*roles)):
        return denied(
            _("Only an officer or a director decides on the platform's figures.")
            if platform
            else _("Only a director or an administrator decides on trade figures.")
        )
    if run.started_by_id == user.pk:
        return denied(_("You handed these figures in yourself: a second person decides."))
    return allowed()


def can_hand_in_platform_figures(user: User | None) -> Answer:
    """None is the portal itself."""
    if user is None or (
        user.is_authenticated and (user.has_role(Role.APPROVER, Role.ADMINISTRATOR) or is_platform_partner(user))
    ):
        return allowed()
    return denied(_("Only the platform partner, a director or an administrator can upload the platform's figures."))
