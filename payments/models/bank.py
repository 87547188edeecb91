"""TDAP's accounts at banks, the files that the banks send, their lines, and what each line was matched with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.money import MAX_PAISA
from payments.states import BankFileState, BankLineState
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import BANK_FILE_STATE_LABELS, BANK_LINE_STATE_LABELS, BANK_MATCH_KIND_LABELS, choices_of

MATCH_KINDS = ("payment", "return", "refund", "charge", "settlement", "pair")


class BankAccount(PublicId, TimeStamped):
    """An account of TDAP. code: as the books name it. layouts: by the headings of a table which column is which, as a
    person confirmed it. opening: paisa on the account before its first line here; None until a file told it."""

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=80)
    iban = models.CharField(_("IBAN"), max_length=24, unique=True)
    layouts = models.JSONField(default=dict)
    opening = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class MatchRule(models.Model):
    """How far a line may be off and still be offered, from a day on. tolerance: paisa; window: days after the day of a
    payment. second_from: paisa from which a second person signs what one person matched; None for none."""

    since = models.DateField(_("from"), unique=True)
    tolerance = models.BigIntegerField(_("tolerance"))
    window = models.PositiveSmallIntegerField(_("days after its day"))
    second_from = models.BigIntegerField(_("a second person from"), null=True)
    source = models.CharField(_("by which decision"), max_length=200)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tolerance__gte=0, tolerance__lte=MAX_PAISA, window__lte=90), name="match_rule_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(second_from__isnull=True) | Q(second_from__gt=0, second_from__lte=MAX_PAISA),
                name="match_rule_second_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}"


class BankFile(PublicId, TimeStamped):
    """What somebody handed in, whole, and how far it is. layout: of a table, as it is read. choices: by number of a line,
    "take" or "leave", where a person overruled what was found. covers_from, covers_to: the days of which no line is missing. fresh: lines that it
    brought; posted: how many of them are in the books; left_out: lines that could not be read."""

    account = models.ForeignKey("payments.BankAccount", on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    format = models.CharField(max_length=8)
    layout = models.JSONField(null=True)
    state = models.CharField(max_length=8, choices=choices_of(BANK_FILE_STATE_LABELS), default=BankFileState.READ.value)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    choices = models.JSONField(default=dict)
    words = models.CharField(_("reason"), max_length=300, blank=True)
    taken_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    covers_from = models.DateField(null=True)
    covers_to = models.DateField(null=True)
    opening = models.BigIntegerField(null=True)
    closing = models.BigIntegerField(null=True)
    lines = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    posted = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            known_values("state", BankFileState, "bank_file_state_known"),
            models.UniqueConstraint(
                fields=["account", "sha256"], condition=~Q(state="dropped"), name="bank_file_handed_in_once"
            ),
            models.CheckConstraint(
                condition=Q(covers_from__isnull=True, covers_to__isnull=True) | Q(covers_from__lte=F("covers_to")),
                name="bank_file_covers_days_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "covers_to"], condition=Q(state="taken"), name="bank_file_covering"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_taken(self) -> bool:
        return self.state == BankFileState.TAKEN


class BankLine(PublicId):
    """One movement of an account, as the bank says. print, nth: of which day, amount and words it is, and the how-manieth of
    those: two equal ones are two movements. value_on: the day that counts for who paid. certainty: of the likeliest offer, for the order of
    the queue; is_clear: nothing else comes near it. entry: by which it came into the books. bank_reference: the bank's own number of the
    movement. asked_on, asked_by, asked_words: since when the bank is asked about it, by whom, and what."""

    account = models.ForeignKey("payments.BankAccount", on_delete=models.PROTECT, related_name="lines")
    file = models.ForeignKey("payments.BankFile", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    booked_on = models.DateField()
    value_on = models.DateField()
    amount = models.BigIntegerField()
    text = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    balance = models.BigIntegerField(null=True)
    is_return = models.BooleanField(default=False)
    parts = models.BigIntegerField(null=True)
    print = models.CharField(max_length=32)
    nth = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=choices_of(BANK_LINE_STATE_LABELS), default=BankLineState.NEW.value)
    certainty = models.PositiveSmallIntegerField(default=0)
    is_clear = models.BooleanField(default=False)
    entry = models.ForeignKey("payments.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField(null=True)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    asked_words = models.CharField(_("what the bank is asked"), max_length=300, blank=True)

    class Meta:
        constraints = [
            known_values("state", BankLineState, "bank_line_state_known"),
            models.UniqueConstraint(fields=["account", "print", "nth"], name="bank_line_taken_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=-MAX_PAISA, amount__lte=MAX_PAISA), name="bank_line_amount_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "nothing"], entry__isnull=True)
                | Q(state__in=["open", "matched"], entry__isnull=False),
                name="bank_line_in_the_books_when_open",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "booked_on", "id"], name="bank_line_by_day"),
            models.Index(fields=["-certainty", "id"], condition=Q(state="open"), name="bank_line_queue"),
            models.Index(fields=["file", "number", "id"], condition=Q(state="new"), name="bank_line_to_post"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"


class BankMatch(PublicId):
    """What a line was matched with, by whom, why, and how certain that was. Nothing is changed or removed: a match that was taken
    back says so. by: None for one that was found by itself; second_by, back_second_by: who signed the match, or its taking back, as well. reasons: [code, data] each."""

    line = models.ForeignKey("payments.BankLine", on_delete=models.PROTECT, related_name="matches")
    kind = models.CharField(max_length=10, choices=choices_of(BANK_MATCH_KIND_LABELS))
    certainty = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    words = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    second_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    report = models.ForeignKey("payments.WalletReport", on_delete=models.PROTECT, null=True, related_name="matches")
    other = models.ForeignKey("payments.BankLine", on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey("payments.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_words = models.CharField(max_length=300, blank=True)
    back_second_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            known_values("kind", MATCH_KINDS, "bank_match_kind_known"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(taken_back_at__isnull=True), name="one_standing_match_a_line"
            ),
            models.UniqueConstraint(
                fields=["other"],
                condition=Q(taken_back_at__isnull=True, other__isnull=False),
                name="one_standing_match_an_other_line",
            ),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(taken_back_at__isnull=True, report__isnull=False),
                name="one_standing_match_a_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def stands(self) -> bool:
        return self.taken_back_at is None


class MatchProposal(PublicId):
    """What one person would match a line with, or take back, and a second one signs or gives back. shares: [payment or refund, paisa] each;
    reasons as of a match; other: the line that undoes it. undoes: the match that would be taken back. report: of a payment company, whose sum the
    line is; added: reference of a refund that it lacks. is_done: it was signed; match: what came of it."""

    line = models.ForeignKey("payments.BankLine", on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=10, choices=choices_of(BANK_MATCH_KIND_LABELS))
    shares = models.JSONField(default=list)
    certainty = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    words = models.CharField(_("reason"), max_length=300, blank=True)
    other = models.ForeignKey("payments.BankLine", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    settled_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    settled_words = models.CharField(max_length=300, blank=True)
    undoes = models.ForeignKey("payments.BankMatch", on_delete=models.PROTECT, null=True, related_name="+")
    report = models.ForeignKey("payments.WalletReport", on_delete=models.PROTECT, null=True, related_name="proposals")
    added = models.CharField(max_length=24, blank=True)
    is_done = models.BooleanField(default=False)
    match = models.OneToOneField("payments.BankMatch", on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        constraints = [
            known_values("kind", MATCH_KINDS, "match_proposal_kind_known"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(settled_at__isnull=True), name="one_open_proposal_a_line"
            ),
            models.CheckConstraint(
                condition=Q(is_done=False) | (Q(settled_by__isnull=False) & ~Q(settled_by=F("by"))),
                name="match_proposal_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(match__isnull=True) | Q(is_done=True), name="match_proposal_done_where_matched"
            ),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(settled_at__isnull=True, report__isnull=False),
                name="one_open_proposal_a_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class BankShare(models.Model):
    """What of a line a payment, or a refund, got. effect: as the books know it. applied: paisa that paid it; what is left was kept as
    credit of the firm."""

    match = models.ForeignKey("payments.BankMatch", on_delete=models.PROTECT, related_name="shares")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="bank_shares")
    act = models.ForeignKey("payments.PaymentAct", on_delete=models.PROTECT, null=True, related_name="bank_shares")
    amount = models.BigIntegerField()
    applied = models.BigIntegerField(default=0)
    effect = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MAX_PAISA, applied__gte=0, applied__lte=F("amount")),
                name="bank_share_of_something",
            )
        ]

    def __str__(self) -> str:
        return self.effect


class WalletReport(PublicId, TimeStamped):
    """What a payment company says of one sum that it pays out. rows: [reference, gross in paisa, ISO moment] each, below 0 for a refund.
    fee: paisa that it keeps, below 0 where it gives some back. added: rows that a person put in, with their reason. raw: as it was handed in."""

    provider = models.CharField(max_length=24)
    day = models.DateField()
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    rows = models.JSONField(default=list)
    added = models.JSONField(default=list)
    fee = models.BigIntegerField()
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "sha256"], name="wallet_report_handed_in_once"),
        ]
        indexes = [models.Index(fields=["-day", "-id"], name="wallet_report_by_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"

    @property
    def gross(self) -> int:
        return sum(row[1] for row in (*self.rows, *self.added))

    @property
    def net(self) -> int:
        """Paisa that the bank must show."""
        return self.gross - self.fee
