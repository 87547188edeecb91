"""What firms need without a name, and what lenders answer for a whole pool of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.money import MAX_PAISA
from payments.states import ReplyState
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import REPLY_LABELS, choices_of


class FinanceWish(PublicId, TimeStamped):
    """A small loan that a firm needs, counted without its name. amount: paisa. city, sector: of the firm when it was written."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    days = models.PositiveSmallIntegerField()
    use = models.CharField(_("what for"), max_length=400)
    city = models.CharField(max_length=80)
    sector = models.CharField(max_length=24)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sme"], condition=Q(ended_at__isnull=True), name="one_open_wish_a_firm"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MAX_PAISA, days__gt=0), name="wish_asks_for_something"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "sector", "amount"], condition=Q(ended_at__isnull=True), name="wish_by_pool")
        ]

    def __str__(self) -> str:
        return self.public_id


class PoolAnswer(PublicId, TimeStamped):
    """What a lender offers to every firm of a pool. above, up_to: the ticket size in paisa; up_to None for no bound. rate_bp: hundredths of
    a percent a year. firms: how many it went to."""

    lender = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, related_name="+")
    city = models.CharField(max_length=80)
    sector = models.CharField(max_length=24)
    above = models.BigIntegerField()
    up_to = models.BigIntegerField(null=True)
    rate_bp = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500)
    until = models.DateField()
    firms = models.PositiveIntegerField()
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["lender", "-id"], name="pool_answer_by_lender")]

    def __str__(self) -> str:
        return self.public_id


class PoolReply(PublicId, TimeStamped):
    """What one firm of the pool said. case: what it became, where the firm opened its name."""

    answer = models.ForeignKey("payments.PoolAnswer", on_delete=models.PROTECT, related_name="replies")
    wish = models.ForeignKey("payments.FinanceWish", on_delete=models.PROTECT, related_name="replies")
    state = models.CharField(max_length=8, choices=choices_of(REPLY_LABELS), default=ReplyState.WAITING.value)
    replied_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)
    case = models.OneToOneField("payments.FinanceCase", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            known_values("state", ReplyState, "pool_reply_known"),
            models.UniqueConstraint(fields=["answer", "wish"], name="pool_reply_once"),
        ]

    def __str__(self) -> str:
        return self.public_id
