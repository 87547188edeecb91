"""The books: entries of signed lines that are never changed, and what is derived from them. What these tables refuse,
and on which database by what, stands in migrations/0001_ledger.py.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.money import CURRENCIES, MAX_PAISA, PKR
from payments.states import FIRM_KINDS, AccountKind, EntryKind, ReceiptKind
from tdap_portal.core.models import PublicId, known_values

from .labels import ACCOUNT_KIND_LABELS, ENTRY_KIND_LABELS, RECEIPT_KIND_LABELS, choices_of

MAX_PARTS = 1000


class Account(models.Model):
    """Whose money, or where it is. Made when it is first booked on, never changed.

    sme: of the kinds that belong to a firm, else None; code: of the provider or the bank, else "".
    """

    kind = models.CharField(max_length=10, choices=choices_of(ACCOUNT_KIND_LABELS))
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=24, blank=True)
    currency = models.CharField(max_length=3, default=PKR)

    class Meta:
        constraints = [
            known_values("kind", AccountKind, "account_kind_known"),
            known_values("currency", CURRENCIES, "account_currency_known"),
            models.UniqueConstraint(
                fields=["sme", "kind", "currency"], condition=Q(sme__isnull=False), name="one_account_a_firm_and_kind"
            ),
            models.UniqueConstraint(
                fields=["kind", "code", "currency"], condition=Q(sme__isnull=True), name="one_account_a_kind_and_code"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in FIRM_KINDS], sme__isnull=False, code="")
                | Q(~Q(kind__in=[kind.value for kind in FIRM_KINDS]), sme__isnull=True),
                name="account_has_its_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sme_id or self.code} {self.currency}"


class Entry(models.Model):
    """One act on the books: lines that sum to zero, all written with it. Its number in the books is its id.

    booked_on: a day in Karachi. parts: how many lines it has. effect: what it books, once: a second entry with the
    same is refused. subject: what it is about, such as the reference of a payment. reverses: the entry that it takes
    back.
    """

    kind = models.CharField(max_length=20, choices=choices_of(ENTRY_KIND_LABELS))
    booked_on = models.DateField(_("booked on"))
    created_at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    words = models.CharField(_("why"), max_length=300, blank=True)
    effect = models.CharField(max_length=80)
    subject = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3, default=PKR)
    parts = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            known_values("kind", EntryKind, "entry_kind_known"),
            models.UniqueConstraint(fields=["effect"], name="effect_booked_once"),
            models.CheckConstraint(condition=~Q(effect=""), name="entry_has_its_effect"),
            models.CheckConstraint(condition=Q(parts__gte=2, parts__lte=MAX_PARTS), name="entry_has_two_lines_or_more"),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSAL.value, reverses__isnull=False)
                | Q(~Q(kind=EntryKind.REVERSAL.value), reverses__isnull=True),
                name="reversal_names_what_it_reverses",
            ),
        ]
        indexes = [
            models.Index(fields=["booked_on", "id"], name="entry_by_day"),
            models.Index(fields=["subject", "id"], condition=~Q(subject=""), name="entry_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.booked_on}"


class Line(models.Model):
    """A signed amount on one account: above 0 a debit, below 0 a credit. day: that of its entry. about: which of
    several things of the entry it is for, such as the payment whose share of a fee it is."""

    entry = models.ForeignKey("payments.Entry", on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey("payments.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    amount = models.BigIntegerField()
    about = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=-MAX_PAISA, amount__lte=MAX_PAISA) & ~Q(amount=0), name="line_amount_in_bounds"
            )
        ]
        indexes = [models.Index(fields=["account", "day", "amount"], name="line_by_account_and_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day} {self.amount}"


class DayClose(models.Model):
    """A day after which nothing is booked into it or any day before. One person prepares it, another closes it.

    entries, moved, digest: how many entries the day has, what was moved in paisa, and the hash of all lines, as they
    were prepared.
    """

    day = models.DateField(unique=True)
    prepared_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    words = models.CharField(max_length=300, blank=True)
    entries = models.PositiveIntegerField()
    moved = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(closed_by=models.F("prepared_by"))),
                name="day_closed_by_a_second_person",
            )
        ]
        indexes = [models.Index(fields=["-day"], condition=Q(closed_at__isnull=False), name="dayclose_closed")]

    def __str__(self) -> str:
        return f"{self.day} {'closed' if self.closed_at else 'prepared'}"


class MonthBalance(models.Model):
    """The balance of an account after the last day of a closed month in which it was booked on. Derived: can be built
    anew."""

    account = models.ForeignKey("payments.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    through = models.DateField()
    balance = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "through"], name="one_balance_an_account_and_month")]
        indexes = [models.Index(fields=["through"], name="monthbalance_by_month")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.through} {self.balance}"


class BooksCheck(models.Model):
    """One look through the books: how many faults it found, and the first of them. Rows are kept for a year."""

    ran_at = models.DateTimeField(default=timezone.now)
    faults = models.PositiveIntegerField()
    first = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-ran_at"], name="books_check_newest")]

    def __str__(self) -> str:
        return f"{self.ran_at}: {self.faults}"


class ReceiptCounter(models.Model):
    """The last number of a year in Karachi: counted up as the last statement of an act, so that none is left out."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Receipt(PublicId):
    """A numbered paper, R-2027-01204. facts: all that stands on it, never changed. One that no longer holds stays,
    marked."""

    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=choices_of(RECEIPT_KIND_LABELS))
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("payments.Entry", on_delete=models.PROTECT, related_name="receipts")
    facts = models.JSONField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField(default=timezone.now)
    cancelled_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancel_words = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        constraints = [
            known_values("kind", ReceiptKind, "receipt_kind_known"),
            models.UniqueConstraint(fields=["year", "serial"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["entry", "kind"], name="one_receipt_an_entry_and_kind"),
            models.CheckConstraint(condition=Q(serial__gte=1), name="receipt_serial_from_one"),
        ]
        indexes = [models.Index(fields=["sme", "-id"], name="receipt_by_firm")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"R-{self.year}-{self.serial:05d}"
