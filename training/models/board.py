"""The partner's monthly digest: who wants it, and which were written."""

from __future__ import annotations

import secrets

from django.db import models

from tdap_portal.core.models import TimeStamped


def new_token() -> str:
    """43 letters, 256 bits."""
    return secrets.token_urlsafe(32)


class BoardDigestWish(TimeStamped):
    """A person of a partner who wants its digest; whoever does not, has no row. token: of the link by which it ends."""

    partner = models.ForeignKey("accounts.Partner", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "user"], name="board_digest_wanted_once")]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.user_id}"


class BoardDigest(TimeStamped):
    """A partner's digest of a month was written. month: the first day of the month that it tells of. readers: how many got it."""

    partner = models.ForeignKey("accounts.Partner", on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    readers = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "month"], name="board_digest_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="board_digest_month_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id}, {self.month}"
