"""Score cards, and the scoring of a whole round again."""

from __future__ import annotations

import secrets

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped

CODE_LETTERS = (
    "BCDFGHJKMNPQRSTVWXZ"  # no vowels, so no words; no figures, so no spreadsheet takes it for a number or a date
)
CODE_LENGTH = 10


def new_receipt_code() -> str:
    """Ten random letters (19**10, about 42 bits): what is typed to see whether a receipt is one of ours."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


class ScoreCard(models.Model):
    """A score with everything needed to compute it again. Never changed; the newest of an application counts.

    code: printed on its receipt, in two halves.
    """

    application = models.ForeignKey("selection.Application", on_delete=models.PROTECT, related_name="score_cards")
    facts_version = models.PositiveSmallIntegerField()
    policy_version = models.CharField(max_length=20)
    engine_version = models.CharField(max_length=20)
    vintage = models.CharField(_("vintage of the trade data"), max_length=60, blank=True)
    scored_on = models.DateField()
    gates_passed = models.BooleanField()
    points = models.DecimalField(max_digits=5, decimal_places=2)
    card = models.JSONField(encoder=DjangoJSONEncoder)  # the engine's card: facts, evidence, gates, parts
    seal = models.CharField(max_length=64)
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_receipt_code)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["application", "-id"], name="card_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "facts_version", "policy_version", "vintage", "engine_version"],
                name="scored_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.points}"

    @property
    def code_shown(self) -> str:
        """As it is printed and told: BCDFG-HJKMN."""
        return f"{self.code[:5]}-{self.code[5:]}"


class Rescoring(PublicId, TimeStamped):
    """One scoring of a round's files again: the worker does them piece by piece, and one that is killed goes on where it was.

    last_id: done up to here. gate_changed: files whose gates would now say otherwise, left to a person. failed: numbers of
    files that a fault kept from it.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    planned = models.PositiveIntegerField()
    scored = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gate_changed = models.PositiveIntegerField(default=0)
    failed = models.JSONField(default=list)
    last_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=models.Q(finished_at__isnull=True), name="one_rescoring_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.so_far}/{self.planned}"

    @property
    def so_far(self) -> int:
        return self.scored + self.gate_changed + len(self.failed)


class RescoringPiece(models.Model):
    """What one piece found, one line per file, kept until the digest over all pieces is taken."""

    rescoring = models.ForeignKey("selection.Rescoring", on_delete=models.CASCADE, related_name="pieces")
    lines = models.TextField()

    def __str__(self) -> str:
        return f"{self.rescoring_id}: {len(self.lines.splitlines())}"


class LevelStudy(PublicId, TimeStamped):
    """What one policy makes of one round at each level of evidence; the worker counts the files piece by piece.

    last_id: done up to here. left_out: files without a card that can be read. counted: by standing, what scoring/levels.py keeps.
    """

    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    policy = models.CharField(max_length=20)
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    planned = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    counted = models.JSONField(default=dict)
    last_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["round", "-id"], name="level_study_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "policy"],
                condition=models.Q(finished_at__isnull=True),
                name="one_level_study_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.policy} {self.done}/{self.planned}"
