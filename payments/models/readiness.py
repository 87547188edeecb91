"""What a firm can be paid by: its proofs, and what the services ask for, as dated rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.states import ReadinessKind, ReadinessState
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import READINESS_KIND_LABELS, READINESS_STATE_LABELS, choices_of
from .written import InBothLanguages


class ReadinessProof(PublicId, TimeStamped):
    """What a firm shows of one way to be paid, and what a finance officer said of it.

    iban: of the account, in the one form that is stored, masked on pages and copied nowhere; "" for a way without. title: of the account,
    as the firm copied it. document: the firm's paper that shows it. verdict, likeness, reasons: of payments.iban.compare_title when it came.
    words: why it came back.
    """

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=choices_of(READINESS_KIND_LABELS))
    iban = models.CharField(max_length=24, blank=True)
    title = models.CharField(_("account title"), max_length=120, blank=True)
    document = models.ForeignKey("smes.Document", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=8, choices=choices_of(READINESS_STATE_LABELS), default=ReadinessState.WAITING.value
    )
    verdict = models.CharField(max_length=8, blank=True)
    likeness = models.PositiveSmallIntegerField(null=True)
    reasons = models.JSONField(default=list)
    sent_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    looked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True)
    words = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        constraints = [
            known_values("kind", ReadinessKind, "readiness_kind_known"),
            known_values("state", ReadinessState, "readiness_state_known"),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(words=""), name="readiness_returned_with_words"),
            models.UniqueConstraint(
                fields=["sme", "kind"],
                condition=Q(state__in=["waiting", "accepted"]),
                name="one_readiness_proof_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="waiting"), name="readiness_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class ServiceRule(InBothLanguages, PublicId, TimeStamped):
    """A service by which firms are paid, as it is from a day on; the next row of its code ends it, so that two never hold together.

    kind: the proof that shows it; "" for none. needs, where: what it asks for, and where the firm gets it. is_confirmed: whether somebody read
    it at its source. is_ended: from this day on the service is not offered.
    """

    BOTH = ("name", "needs", "where", "source")

    code = models.SlugField(max_length=30, db_index=False)
    since = models.DateField(_("holds from"))
    is_ended = models.BooleanField(_("ends on that day"), default=False)
    kind = models.CharField(max_length=8, choices=choices_of(READINESS_KIND_LABELS), blank=True)
    name = models.CharField(_("name"), max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120)
    needs = models.CharField(_("what it asks for"), max_length=300)
    needs_ur = models.CharField(_("the same in Urdu"), max_length=300)
    where = models.CharField(_("where to get it"), max_length=200)
    where_ur = models.CharField(_("the same in Urdu"), max_length=200)
    source = models.CharField(_("source"), max_length=200)
    source_ur = models.CharField(_("source in Urdu"), max_length=200, blank=True)
    is_confirmed = models.BooleanField(_("read at its source"), default=False)
    position = models.PositiveSmallIntegerField(default=100)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            known_values("kind", (*ReadinessKind, ""), "service_rule_kind_known"),
            models.UniqueConstraint(fields=["code", "since"], name="service_rule_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.since}"
