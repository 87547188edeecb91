"""What firms are asked to pay, each try to pay it, what providers say of it, and what a person has to look at."""

from __future__ import annotations

from datetime import date

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.money import MAX_PAISA
from payments.states import (
    AttemptState,
    FindingKind,
    NoticeState,
    PaymentState,
    ProofState,
    Purpose,
)
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import (
    ATTEMPT_STATE_LABELS,
    FINDING_KIND_LABELS,
    NOTICE_STATE_LABELS,
    PAYMENT_STATE_LABELS,
    PROOF_STATE_LABELS,
    PURPOSE_LABELS,
    choices_of,
)


class Payment(PublicId, TimeStamped):
    """What a firm is asked to pay, once. reference: DEP-0004711-K, written by payments.references from the row's number.

    opened_for: what it is for, in the words of the floor that asks, such as "offer:abc": the same asks once. words, words_ur: what the
    payer reads. due_at: the last moment in which it counts. paid, paid_back, kept: paisa that came, went back, were forfeited; what is
    held is the difference. let_go: paisa that are missing and that two people accepted as missing. paid_at: the provider's or the bank's moment of the payment that settled it. reminded_at: when its firm was
    reminded of this due day.
    """

    reference = models.CharField(max_length=20, unique=True, null=True)
    purpose = models.CharField(max_length=8, choices=choices_of(PURPOSE_LABELS))
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    opened_for = models.CharField(max_length=60, unique=True)
    words = models.CharField(max_length=160)
    words_ur = models.CharField(max_length=160)
    amount = models.BigIntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=choices_of(PAYMENT_STATE_LABELS), default=PaymentState.ASKED.value)
    paid = models.BigIntegerField(default=0)
    paid_back = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)
    let_go = models.BigIntegerField(default=0)
    way = models.CharField(max_length=24, blank=True)
    paid_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known_values("purpose", Purpose, "payment_purpose_known"),
            known_values("state", PaymentState, "payment_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_PAISA), name="payment_amount_in_bounds"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount"), paid_back__gte=0, kept__gte=0)
                & Q(paid__gte=F("paid_back") + F("kept")),
                name="payment_gives_back_no_more_than_was_paid",
            ),
            models.CheckConstraint(
                condition=Q(let_go=0) | Q(let_go__gt=0, paid__gt=0, amount=F("paid") + F("let_go")),
                name="payment_lets_go_what_was_missing",
            ),
        ]
        indexes = [
            models.Index(fields=["sme", "-id"], name="payment_by_firm"),
            models.Index(fields=["state", "due_at", "id"], name="payment_by_state_and_day"),
            models.Index(fields=["state", "id"], name="payment_by_state"),
            models.Index(fields=["way", "id"], condition=~Q(way=""), name="payment_by_way"),
            models.Index(fields=["due_at", "id"], name="payment_by_day"),
            models.Index(fields=["amount", "id"], name="payment_by_amount"),
        ]

    def __str__(self) -> str:
        return self.reference or self.public_id

    @property
    def left(self) -> int:
        """Paisa that have not come yet and are asked for."""
        return self.amount - self.paid - self.let_go

    @property
    def held(self) -> int:
        """Paisa of it that are still here."""
        return self.paid - self.paid_back - self.kept


class Attempt(TimeStamped):
    """One try to pay, by one way. reference: ours, as the provider knows it. token: of the page it was sent from, so that a double click
    is one try. came: paisa that came where they are not the amount asked. fee: paisa that the provider keeps, as it says; None for not
    told. asked_times, ask_next_at: questions to the provider; None where none is due."""

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="attempts")
    way = models.CharField(max_length=24)
    number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=20, unique=True)
    token = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    came = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=choices_of(ATTEMPT_STATE_LABELS), default=AttemptState.PENDING.value)
    code = models.CharField(max_length=40, blank=True)
    provider_reference = models.CharField(max_length=64, blank=True)
    begun_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    begun_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    fee = models.BigIntegerField(null=True)
    asked_times = models.PositiveSmallIntegerField(default=0)
    ask_next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known_values("state", AttemptState, "pay_attempt_state_known"),
            models.UniqueConstraint(fields=["payment", "token"], name="one_pay_attempt_a_page"),
            models.UniqueConstraint(fields=["payment", "number"], name="pay_attempt_number_once"),
        ]
        indexes = [
            models.Index(fields=["ask_next_at"], condition=Q(ask_next_at__isnull=False), name="pay_attempt_to_ask"),
        ]

    def __str__(self) -> str:
        return self.reference


class Notice(models.Model):
    """What a provider sent, whole, before anything was believed. event_id: the same for the same notice sent again; of one that was
    refused the hash of its body. headers: those that the signature may rest on, none with a cookie."""

    provider = models.CharField(max_length=24)
    event_id = models.CharField(max_length=80)
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=choices_of(NOTICE_STATE_LABELS), default=NoticeState.WAITING.value)
    code = models.CharField(max_length=40, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_next_at = models.DateTimeField(default=timezone.now)
    attempt = models.ForeignKey("payments.Attempt", on_delete=models.PROTECT, null=True, related_name="notices")

    class Meta:
        constraints = [
            known_values("state", NoticeState, "notice_state_known"),
            models.UniqueConstraint(fields=["provider", "event_id"], name="notice_kept_once"),
        ]
        indexes = [
            models.Index(fields=["try_next_at"], condition=Q(state="waiting"), name="notice_to_work_off"),
            models.Index(fields=["provider", "received_at"], condition=Q(state="refused"), name="notice_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class Finding(PublicId, TimeStamped):
    """Something about a payment that a person has to look at. effect: raises it once. amount: in hundredths of `currency`; None where it
    is not known. words: what was done about it. back_by: who says that the company sent money in suspense back to its payer; it is settled by
    another person."""

    kind = models.CharField(max_length=16, choices=choices_of(FINDING_KIND_LABELS))
    effect = models.CharField(max_length=100, unique=True)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, null=True, related_name="findings")
    attempt = models.ForeignKey("payments.Attempt", on_delete=models.PROTECT, null=True, related_name="+")
    notice = models.ForeignKey("payments.Notice", on_delete=models.PROTECT, null=True, related_name="+")
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    settled_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    back_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    words = models.CharField(_("what was done"), max_length=300, blank=True)

    class Meta:
        constraints = [
            known_values("kind", FindingKind, "finding_kind_known"),
            models.CheckConstraint(
                condition=Q(back_by__isnull=True) | Q(settled_by__isnull=True) | ~Q(settled_by=F("back_by")),
                name="finding_sent_back_by_two",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | ~Q(words=""), name="finding_settled_with_words"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(settled_at__isnull=True), name="finding_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class PaymentAct(PublicId, TimeStamped):
    """Money that goes another way than it was asked for: one person proposes it with a reason, another signs or returns it.

    amount: paisa. way: by which money goes back, "" for by hand. sent_at, done_at: of a refund, when it was given to the provider and when
    that said that it is done; code: why it was not. came_back: nothing went out, and the money is credit again. bank_reference: of a refund
    that a person paid from the bank, noted by told_by and borne out by done_by. notice: of the payment company, that bears it
    out. finding: of money that nobody knew, which the act gives to the payment.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", _("Pay back")
        FORFEIT = "forfeit", _("Keep the deposit")
        APPLY_LATE = "apply_late", _("Take late money all the same")
        PAY_CREDIT = "pay_credit", _("Pay credit back")
        USE_CREDIT = "use_credit", _("Take credit towards what is asked")
        TAKE_SHORT = "take_short", _("Accept as paid, though a little is missing")
        TAKE_FOUND = "take_found", _("Give money that nobody knew to this payment")

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.BigIntegerField()
    words = models.CharField(_("reason"), max_length=300)
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_words = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    code = models.CharField(max_length=40, blank=True)
    way = models.CharField(max_length=24, blank=True)
    came_back = models.BooleanField(default=False)
    bank_reference = models.CharField(_("the bank’s reference"), max_length=40, blank=True)
    told_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    told_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    notice = models.OneToOneField("payments.Notice", on_delete=models.PROTECT, null=True, related_name="+")
    finding = models.ForeignKey("payments.Finding", on_delete=models.PROTECT, null=True, related_name="acts")

    class Meta:
        constraints = [
            known_values(
                "kind",
                ["refund", "forfeit", "apply_late", "pay_credit", "use_credit", "take_short", "take_found"],
                "payment_act_known",
            ),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True) | Q(Q(told_by__isnull=False) & ~Q(done_by=F("told_by"))),
                name="refund_by_hand_of_two_people",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_PAISA), name="payment_act_of_something"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("proposed_by")), name="payment_act_of_two_people"
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(returned_by__isnull=True),
                name="payment_act_signed_or_returned",
            ),
            models.CheckConstraint(
                condition=Q(kind="take_found", finding__isnull=False) | Q(~Q(kind="take_found"), finding__isnull=True),
                name="payment_act_of_found_money",
            ),
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(returned_at__isnull=True, finding__isnull=False),
                name="found_money_given_once",
            ),
            models.UniqueConstraint(
                fields=["payment", "kind"],
                condition=Q(signed_at__isnull=True, returned_at__isnull=True),
                name="one_payment_act_open_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["signed_at", "id"],
                condition=Q(signed_at__isnull=False, done_at__isnull=True, kind__in=["refund", "pay_credit"]),
                name="refund_under_way",
            ),
            models.Index(fields=["id"], condition=Q(signed_at=None, returned_at=None), name="payment_act_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.signed_at is None and self.returned_at is None

    @property
    def waits_for_hand(self) -> bool:
        """Whether a person has to pay it from the bank, or to bear out that it was paid."""
        return bool(self.is_refund and self.sent_at and not self.done_at and not self.came_back)

    @property
    def refund_reference(self) -> str:
        """As the payment company knows it."""
        return f"R{self.public_id}"

    @property
    def is_refund(self) -> bool:
        return self.kind in (self.Kind.REFUND, self.Kind.PAY_CREDIT)


class Proof(PublicId, TimeStamped):
    """A slip of the bank that a firm sent. It counts as money once two people found it right; the bank's own line is matched with it later.

    amount: paisa, and paid_on: the day of the bank, both as the slip says. bank_reference: of the slip, "" where it has none.
    """

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="proofs")
    attempt = models.ForeignKey("payments.Attempt", on_delete=models.PROTECT, related_name="proofs")
    amount = models.BigIntegerField()
    paid_on = models.DateField()
    bank_reference = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=60)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=choices_of(PROOF_STATE_LABELS), default=ProofState.WAITING.value)
    first_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    first_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    judged_at = models.DateTimeField(null=True)
    words = models.CharField(_("why not"), max_length=300, blank=True)

    class Meta:
        constraints = [
            known_values("state", ProofState, "proof_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_PAISA), name="proof_of_something"),
            models.UniqueConstraint(fields=["payment", "sha256"], name="proof_sent_once"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(Q(first_by__isnull=False, judged_by__isnull=False) & ~Q(first_by=F("judged_by"))),
                name="proof_found_right_by_two",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "looked_at"]), name="proof_to_look_at"),
            models.Index(fields=["sha256"], name="proof_by_file"),
            models.Index(fields=["bank_reference"], condition=~Q(bank_reference=""), name="proof_by_transfer"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.paid_on} {self.state}"

    @property
    def effect(self) -> str:
        """As the books know it."""
        return f"proof:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in (ProofState.WAITING, ProofState.LOOKED_AT)


class DepositRule(TimeStamped):
    """How deposits are asked for and given back from a day on; the newest counts, none is changed.

    pay_days: working days to pay. again_days: working days after the bank took a payment back. remind_days: days before the last one on
    which the firm is reminded. short_up_to: paisa that may be missing and that two people may accept as missing; 0: none. keep_days: whoever gives its seat back fewer days than that before the training begins loses the deposit; 0:
    nobody does. words, words_ur: what firms read of it.
    """

    since = models.DateField(_("from this day on"))
    pay_days = models.PositiveSmallIntegerField(_("working days to pay"), default=3)
    again_days = models.PositiveSmallIntegerField(_("working days to pay again"), default=3)
    remind_days = models.PositiveSmallIntegerField(_("days before the last one for a reminder"), default=2)
    keep_days = models.PositiveSmallIntegerField(_("days before the training"), default=7)
    short_up_to = models.BigIntegerField(_("paisa that may be missing"), default=0)
    words = models.CharField(max_length=300, blank=True)
    words_ur = models.CharField(max_length=300, blank=True)
    source = models.CharField(_("where it is decided"), max_length=160)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pay_days__gte=1, pay_days__lte=60, again_days__gte=1, again_days__lte=60),
                name="deposit_rule_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(short_up_to__gte=0, short_up_to__lte=MAX_PAISA), name="deposit_rule_short_in_bounds"
            ),
        ]
        indexes = [models.Index(fields=["-since", "-id"], name="deposit_rule_newest")]

    def __str__(self) -> str:
        return f"{self.since}: {self.pay_days}"

    @classmethod
    def usual(cls) -> DepositRule:
        """What counts until somebody sets a rule; not kept."""
        return cls(since=date(2026, 7, 1), source="Working rule of TDAP, first round")


class KeptAnswer(models.Model):
    """What a program was answered to a request that it may send again. digest: of its method, path and body, so that the same key for
    something else is noticed. status: 0 while it is being worked on, in that very transaction."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="answer_kept_once")]
        indexes = [models.Index(fields=["created_at"], name="answer_by_age")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
