"""The people in a firm, and who is let in."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smes.vocabulary import wording
from tdap_portal.core.models import PublicId, TimeStamped, known_values


class Member(TimeStamped):
    """A person in a firm."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=12, choices=wording.choices(wording.MEMBER_ROLES))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sme", "user"], name="member_once"),
            known_values("role", wording.MEMBER_ROLES, "member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.sme_id}: {self.user_id} {self.role}"


class Invitation(PublicId, TimeStamped):
    """An invitation by e-mail or mobile number; taken by whoever signs in with that address and holds the link."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=12, choices=wording.choices(wording.MEMBER_ROLES))
    email = models.EmailField(_("e-mail"), blank=True)
    mobile = models.CharField(_("mobile number"), max_length=16, blank=True)
    token = models.CharField(max_length=43, unique=True, editable=False)
    invited_by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known_values("role", wording.MEMBER_ROLES, "invitation_role_known"),
            models.CheckConstraint(
                condition=~models.Q(email="") | ~models.Q(mobile=""), name="invitation_reaches_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sme_id}: {self.role}"

    @property
    def is_open(self) -> bool:
        """Neither taken nor withdrawn nor run out."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()
