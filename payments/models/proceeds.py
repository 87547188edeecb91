"""What firms sent abroad, what came for it, which of it pays what; and the dated rules, codes and rates by which that is judged."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from payments.money import CURRENCIES, MAX_PAISA
from payments.states import (
    Disagreement,
    DueReason,
    Held,
    ProceedsState,
    RuleCode,
    Shift,
    ShipmentKind,
    ShipmentState,
    Terms,
)
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import (
    DISAGREEMENT_LABELS,
    DUE_REASON_LABELS,
    HELD_LABELS,
    PROCEEDS_STATE_LABELS,
    RULE_LABELS,
    SHIFT_LABELS,
    SHIPMENT_KIND_LABELS,
    SHIPMENT_STATE_LABELS,
    TERMS_LABELS,
    choices_of,
)

NEVER = date(9999, 12, 31)


def _here(english: str, urdu: str) -> str:
    """In the language of the page, where it is written in it."""
    return urdu if get_language() == "ur" and urdu else english


class DatedRule(models.Model):
    """What a rule says from a day on. Rows are added, never changed: of two from one day the later one counts, and what was judged by a row
    keeps it. value: days, US dollars or per cent. is_confirmed: whether a source names value and day; shift_confirmed: whether one
    says what becomes of a last day that is no bank day."""

    code = models.CharField(max_length=24, choices=choices_of(RULE_LABELS))
    value = models.DecimalField(max_digits=12, decimal_places=2)
    starts_on = models.DateField(_("in force from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    shift = models.CharField(max_length=9, choices=choices_of(SHIFT_LABELS), default=Shift.NONE.value)
    condition = models.CharField(_("what it says"), max_length=300)
    condition_ur = models.CharField(max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=200)
    source_ur = models.CharField(max_length=200, blank=True)
    is_confirmed = models.BooleanField(default=False)
    shift_confirmed = models.BooleanField(default=False)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    words = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        constraints = [
            known_values("code", RuleCode, "dated_rule_code_known"),
            known_values("shift", Shift, "dated_rule_shift_known"),
            models.CheckConstraint(condition=Q(value__gte=0), name="dated_rule_of_something"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="dated_rule_the_right_way_round",
            ),
        ]
        indexes = [models.Index(fields=["code", "-starts_on", "-id"], name="dated_rule_by_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.value} from {self.starts_on}"

    @property
    def condition_here(self) -> str:
        return _here(self.condition, self.condition_ur)

    @property
    def source_here(self) -> str:
        return _here(self.source, self.source_ur)


class PurposeCode(models.Model):
    """A code by which banks book receipts for services, with the days on which it was in use."""

    code = models.CharField(max_length=8)
    label = models.CharField(max_length=120)
    label_ur = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    source_ur = models.CharField(max_length=200, blank=True)
    is_confirmed = models.BooleanField(default=False)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "starts_on"], name="purpose_code_once_a_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label_here(self) -> str:
        return _here(self.label, self.label_ur)

    @property
    def source_here(self) -> str:
        return _here(self.source, self.source_ur)


class ExchangeRate(models.Model):
    """Rupees for one unit of a currency on a day. A correction is another row; the later one counts."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=12, decimal_places=4)
    source = models.CharField(max_length=200)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            known_values("currency", [one for one in CURRENCIES if one != "PKR"], "rate_currency_known"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero"),
        ]
        indexes = [models.Index(fields=["currency", "-day", "-id"], name="rate_by_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.day} {self.rate}"


class Shipment(PublicId, TimeStamped):
    """Goods, a parcel or a service that a firm sold abroad, and when its price is due.

    number: of the financial instrument, the form or the courier's bill; number_key: the same without signs, "" for a service without one.
    amount, matched: hundredths of the currency, and how much of it receipts pay. hs6: of goods; service: of the balance of
    payments' list. sector: of these, "" for none. due_on: by rule and contract as of the day it was recorded, never counted again;
    board_on: the same, and the last of all days where there is none. bank: through which the money comes. key: of the form that
    it was written in.
    """

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=choices_of(SHIPMENT_KIND_LABELS))
    number = models.CharField(max_length=40, blank=True)
    number_key = models.CharField(max_length=40, blank=True)
    invoice_number = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    matched = models.BigIntegerField(default=0)
    hs6 = models.CharField(max_length=6, blank=True)
    service = models.CharField(max_length=8, blank=True)
    sector = models.CharField(max_length=24, blank=True)
    buyer_country = models.CharField(max_length=3)
    terms = models.CharField(max_length=12, choices=choices_of(TERMS_LABELS))
    contract_day = models.DateField(null=True)
    shipped_on = models.DateField()
    due_on = models.DateField(null=True)
    due_reason = models.CharField(max_length=8, choices=choices_of(DUE_REASON_LABELS))
    rule = models.ForeignKey("payments.DatedRule", on_delete=models.PROTECT, null=True, related_name="+")
    board_on = models.DateField(default=NEVER)
    bank = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=9, choices=choices_of(SHIPMENT_STATE_LABELS), default=ShipmentState.OPEN.value)
    held_for = models.CharField(max_length=13, choices=choices_of(HELD_LABELS), blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    words = models.CharField(max_length=300, blank=True)
    warned_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=32, unique=True)

    class Meta:
        constraints = [
            known_values("kind", ShipmentKind, "shipment_kind_known"),
            known_values("terms", Terms, "shipment_terms_known"),
            known_values("state", ShipmentState, "shipment_state_known"),
            known_values("currency", CURRENCIES, "shipment_currency_known"),
            known_values("due_reason", DueReason, "shipment_due_reason_known"),
            known_values("held_for", ["", *Held], "shipment_held_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_PAISA), name="shipment_of_something"),
            models.CheckConstraint(
                condition=Q(matched__gte=0, matched__lte=F("amount")), name="shipment_not_above_its_invoice"
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, board_on=NEVER) | Q(due_on=F("board_on")),
                name="shipment_stands_at_its_day",
            ),
            models.UniqueConstraint(
                fields=["sme", "number_key"],
                condition=~Q(number_key="") & ~Q(state__in=["refused", "withdrawn"]),
                name="one_shipment_a_firm_and_number",
            ),
            models.UniqueConstraint(
                fields=["sme", "invoice_number"],
                condition=Q(kind="service") & ~Q(state__in=["refused", "withdrawn"]),
                name="one_service_a_firm_and_invoice",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "board_on", "id"], name="shipment_by_day"),
            models.Index(fields=["state", "sector", "board_on", "id"], name="shipment_by_sector"),
            models.Index(fields=["state", "bank", "board_on", "id"], name="shipment_by_bank"),
            models.Index(fields=["sme", "-id"], name="shipment_by_firm"),
            models.Index(
                fields=["board_on", "currency", "kind", "amount", "matched", "sme"],
                condition=Q(state="open"),
                name="shipment_open_sums",
            ),
            models.Index(fields=["number_key"], condition=~Q(number_key=""), name="shipment_by_number"),
        ]

    def __str__(self) -> str:
        return self.number or self.invoice_number

    @property
    def left(self) -> int:
        return self.amount - self.matched

    @property
    def is_service(self) -> bool:
        return self.kind == ShipmentKind.SERVICE


class ProceedsReceipt(PublicId, TimeStamped):
    """Money that came from abroad for goods or for a service, as the firm says and its bank confirms.

    amount, matched, kept: hundredths of the currency: what came, what was matched to shipments, what stays in a foreign account. rate: the row
    by which paisa was worked out, None where none is known. cents: the same in US cents. counts_in: the first day of the month in which it
    is published, set when the bank confirms. key: of the form.
    """

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    is_service = models.BooleanField(default=False)
    bank = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    bank_reference = models.CharField(max_length=40)
    reference_key = models.CharField(max_length=40)
    came_on = models.DateField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    matched = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)
    rate = models.ForeignKey(
        "payments.ExchangeRate", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    paisa = models.BigIntegerField(null=True)
    cents = models.BigIntegerField(null=True)
    purpose = models.ForeignKey(
        "payments.PurposeCode", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    service = models.CharField(max_length=8, blank=True)
    needs_form_r = models.BooleanField(null=True)
    form_r = models.CharField(max_length=40, blank=True)
    buyer_country = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=9, choices=choices_of(PROCEEDS_STATE_LABELS), default=ProceedsState.SAID.value)
    held_for = models.CharField(max_length=13, choices=choices_of(HELD_LABELS), blank=True)
    disagreement = models.CharField(max_length=12, choices=choices_of(DISAGREEMENT_LABELS), blank=True)
    words = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    counts_in = models.DateField(null=True)
    key = models.CharField(max_length=32, unique=True)

    class Meta:
        constraints = [
            known_values("state", ProceedsState, "proceeds_state_known"),
            known_values("currency", CURRENCIES, "proceeds_currency_known"),
            known_values("held_for", ["", *Held], "proceeds_held_known"),
            known_values("disagreement", ["", *Disagreement], "proceeds_disagreement_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_PAISA), name="proceeds_of_something"),
            models.CheckConstraint(
                condition=Q(matched__gte=0, matched__lte=F("amount")), name="proceeds_not_matched_twice"
            ),
            models.CheckConstraint(condition=Q(kept__gte=0, kept__lte=F("amount")), name="proceeds_kept_within"),
            models.CheckConstraint(
                condition=Q(state="confirmed", counts_in__isnull=False) | ~Q(state="confirmed"),
                name="proceeds_counted_once",
            ),
            models.UniqueConstraint(
                fields=["sme", "bank", "reference_key"],
                condition=~Q(state__in=["refused", "withdrawn"]),
                name="one_receipt_a_firm_and_reference",
            ),
        ]
        indexes = [
            models.Index(fields=["sme", "-id"], name="proceeds_by_firm"),
            models.Index(fields=["bank", "state", "came_on", "id"], name="proceeds_by_bank"),
            models.Index(fields=["bank", "reference_key"], name="proceeds_by_reference"),
            models.Index(fields=["state", "counts_in"], name="proceeds_by_month"),
            models.Index(fields=["id"], condition=Q(state="said"), name="proceeds_said"),
            models.Index(fields=["-came_on", "-id"], condition=Q(is_service=True), name="proceeds_of_services"),
        ]

    def __str__(self) -> str:
        return self.bank_reference

    @property
    def left(self) -> int:
        return self.amount - self.matched


class Allocation(models.Model):
    """So much of a receipt pays so much of a shipment. Rows are added, never changed: one below 0 takes another back.

    amount: hundredths of the currency of the receipt. pays: what that pays of an invoice in another currency, in its hundredths; None where both
    are in one. is_late: the money came after the last day of the shipment.
    """

    receipt = models.ForeignKey("payments.ProceedsReceipt", on_delete=models.PROTECT, related_name="allocations")
    shipment = models.ForeignKey("payments.Shipment", on_delete=models.PROTECT, related_name="allocations")
    amount = models.BigIntegerField()
    pays = models.BigIntegerField(null=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    words = models.CharField(max_length=300, blank=True)
    is_late = models.BooleanField(default=False)
    takes_back = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="taken_back_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back__isnull=True, amount__gt=0) | Q(takes_back__isnull=False, amount__lt=0),
                name="allocation_takes_back_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(pays__isnull=True) | Q(amount__gt=0, pays__gt=0) | Q(amount__lt=0, pays__lt=0),
                name="allocation_pays_as_it_takes",
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(is_late=True), name="allocation_late")]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.shipment_id} {self.amount}"

    @property
    def paid(self) -> int:
        """Of the invoice, in its own hundredths."""
        return self.amount if self.pays is None else self.pays


class StatementMonth(models.Model):
    """A month of confirmed proceeds as it was published, never changed. month: its first day. lines: what may be shown, by kind."""

    month = models.DateField(unique=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    published_at = models.DateTimeField(default=timezone.now)
    lines = models.JSONField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="statement_month_begins_it")]

    def __str__(self) -> str:
        return self.month.isoformat()[:7]
