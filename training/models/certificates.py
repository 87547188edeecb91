"""Certificates: facts as they were on the day of issue."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.states import CertificateState

from .labels import CERTIFICATE_STATE_LABELS, choices_of


class Certificate(PublicId, TimeStamped):
    """number: twelve letters, see certificates/numbers.py. facts: all that stands on it; never changed. replaces: the one whose facts were
    wrong. reason_code, words: why it was taken back."""

    number = models.CharField(max_length=12, unique=True)
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="certificates")
    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    state = models.CharField(
        max_length=10, choices=choices_of(CERTIFICATE_STATE_LABELS), default=CertificateState.IN_FORCE.value
    )
    issued_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=24, blank=True)
    words = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        constraints = [
            known_values("state", CertificateState, "certificate_state_known"),
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(state="in_force"), name="one_certificate_in_force_a_file"
            ),
        ]

    def __str__(self) -> str:
        return self.number
