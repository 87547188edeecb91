"""What officials judge by themselves, and what bars them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import TimeStamped

from .labels import OUTCOME_LABELS, choices_of


class Reading(TimeStamped):
    """One official's own judgement of a file, hidden from the other reader until both are in."""

    class Place(models.IntegerChoices):
        FIRST = 1, _("first reading")
        SECOND = 2, _("second reading")
        THIRD = 3, _("third reading")  # where the first two disagree

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="readings")
    place = models.PositiveSmallIntegerField(choices=Place.choices)
    reader = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    commitment = models.PositiveSmallIntegerField(_("will the owner carry it through?"), null=True)  # 0 to 10
    product_fit = models.PositiveSmallIntegerField(
        _("is the product fit for sale online abroad?"), null=True
    )  # 0 to 10
    outcome = models.CharField(max_length=10, choices=choices_of(OUTCOME_LABELS), blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    facts_version = models.PositiveSmallIntegerField(null=True)  # the version that was read; an older one is read again
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "place"], name="one_reading_a_place"),
            models.UniqueConstraint(fields=["application", "reader"], name="reader_reads_once"),
            models.CheckConstraint(condition=models.Q(place__in=[1, 2, 3]), name="reading_place_known"),
            models.CheckConstraint(
                condition=models.Q(commitment__isnull=True) | models.Q(commitment__lte=10), name="commitment_to_10"
            ),
            models.CheckConstraint(
                condition=models.Q(product_fit__isnull=True) | models.Q(product_fit__lte=10), name="product_fit_to_10"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reader", "application"], condition=models.Q(done_at__isnull=True), name="reading_open"
            ),
            models.Index(fields=["reader", "done_at"], condition=models.Q(done_at__isnull=False), name="reading_done"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.place}"


class Conflict(TimeStamped):
    """An official's own word that they must not judge this firm: kin, business or dispute. It is never taken back."""

    official = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("what ties you to the firm"), max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["official", "sme"], name="conflict_declared_once")]

    def __str__(self) -> str:
        return f"{self.official_id} {self.sme_id}"
