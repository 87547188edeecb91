"""Loans: schemes and terms as dated rows, consents, cases, and who looked at them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.money import MAX_PAISA
from payments.states import CaseState, ConsentFor, Exporting, Look, Repaying
from tdap_portal.core.calendar import today
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import (
    CASE_STATE_LABELS,
    CONSENT_LABELS,
    EXPORTING_LABELS,
    LOOK_LABELS,
    REPAYING_LABELS,
    choices_of,
)
from .written import InBothLanguages

NUMBER_DIGITS = 5
ENDS_CONSENT = ("with_lender", "asked", "offered", "accepted")
LENT = ["paid_out", "closed", "written_off"]


class Scheme(InBothLanguages, PublicId, TimeStamped):
    """A finance scheme as it is from a day on; the next row of its code ends it, so that two never hold together.

    cap: paisa; None for no cap. max_rate: the highest rate for the firm in % a year; None where it follows the market. rate, terms: in words.
    days_max: the longest loan; None for any. size_classes, lender_kinds: codes; [] for any. owner_age_min, owner_age_max, it_age_min: years of
    the owner, the last for IT and e-commerce. income_max: the borrower's income a year in paisa, which nobody has told us, so it is asked.
    new_borrowers, goods_only: what else it asks. is_confirmed: whether somebody read it at its source. source_ur: "" where it is read as it is.
    """

    BOTH = ("name", "rate", "terms", "source")

    code = models.CharField(max_length=24)
    since = models.DateField(_("holds from"))
    is_ended = models.BooleanField(_("ends on that day"), default=False)
    name = models.CharField(_("name"), max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120)
    cap = models.BigIntegerField(_("at most"), null=True, blank=True)
    max_rate = models.DecimalField(_("highest rate, % a year"), max_digits=5, decimal_places=2, null=True, blank=True)
    rate = models.CharField(_("rate in words"), max_length=120)
    rate_ur = models.CharField(_("the same in Urdu"), max_length=120)
    terms = models.CharField(_("terms"), max_length=300, blank=True)
    terms_ur = models.CharField(_("the same in Urdu"), max_length=300, blank=True)
    days_max = models.PositiveSmallIntegerField(_("longest loan, in days"), null=True, blank=True)
    size_classes = models.JSONField(_("size classes"), default=list, blank=True)
    lender_kinds = models.JSONField(_("lenders"), default=list, blank=True)
    exports = models.CharField(
        _("exports"), max_length=10, choices=choices_of(EXPORTING_LABELS), default=Exporting.NOT_ASKED.value
    )
    goods_only = models.BooleanField(_("for goods alone"), default=False)
    new_borrowers = models.BooleanField(_("for firms without a bank loan"), default=False)
    owner_age_min = models.PositiveSmallIntegerField(_("youngest owner, years"), null=True, blank=True)
    owner_age_max = models.PositiveSmallIntegerField(_("oldest owner, years"), null=True, blank=True)
    it_age_min = models.PositiveSmallIntegerField(_("youngest owner in IT, years"), null=True, blank=True)
    income_max = models.BigIntegerField(_("highest income of the borrower a year"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    source_ur = models.CharField(_("source in Urdu"), max_length=200, blank=True)
    is_confirmed = models.BooleanField(_("read at its source"), default=False)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "since"], name="scheme_once_a_day"),
            known_values("exports", Exporting, "scheme_exports_known"),
            models.CheckConstraint(
                condition=Q(cap__isnull=True) | Q(cap__gt=0, cap__lte=MAX_PAISA), name="scheme_cap_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(max_rate__isnull=True) | Q(max_rate__gte=0, max_rate__lte=100), name="scheme_rate_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(owner_age_min__isnull=True)
                | Q(owner_age_max__isnull=True)
                | Q(owner_age_min__lte=F("owner_age_max")),
                name="scheme_ages_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.since}"


class LendingTerms(models.Model):
    """What lenders and firms are held to from a day on, until the next row. answer_days, offer_days: working days for the lender's decision
    and for the firm's answer to an offer. consent_days: the longest consent. small: a group of fewer firms is shown to nobody."""

    since = models.DateField(unique=True)
    answer_days = models.PositiveSmallIntegerField()
    offer_days = models.PositiveSmallIntegerField()
    consent_days = models.PositiveSmallIntegerField()
    small = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, offer_days__gte=1, consent_days__gte=1, small__gte=2),
                name="lending_terms_above_0",
            )
        ]

    def __str__(self) -> str:
        return str(self.since)


class Consent(PublicId, TimeStamped):
    """That one lender may read of one firm for one purpose, until a day or until the firm takes it back. prolonged_*: the last time that the
    firm set a later day; the history has all."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    lender = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=choices_of(CONSENT_LABELS))
    ends_on = models.DateField()
    given_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    prolonged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    prolonged_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [known_values("purpose", ConsentFor, "consent_purpose_known")]
        indexes = [
            models.Index(fields=["sme", "-id"], name="consent_by_firm"),
            models.Index(fields=["ends_on"], condition=Q(revoked_at__isnull=True), name="consent_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.public_id}"

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and self.ends_on >= today()


class FinanceCase(PublicId, TimeStamped):
    """What a firm asks one lender for, with the lender's clock and answer. number: 93 is shown as F-00093.

    amount: paisa; days: for how long. expected: [day, paisa] of what the firm expects to pay it back from, as it says. size_class: of the firm
    on the day it asked. due_on: until when the lender answers; None while nothing is owed. calendar: by which its days were reckoned. offer_*: what was offered, the rate in hundredths of a percent a year. reasons: codes of a refusal. answered_days: working days
    that the lender took. repaying, repaid: how it is paid back, and the paisa that came back, after a loss too. written_off_on, loss_reason,
    loss_words: since when the lender does not expect the rest, by code, and its words to the firm.
    """

    number = models.PositiveIntegerField(unique=True, null=True)
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="+")
    lender = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey("payments.Consent", on_delete=models.PROTECT, related_name="cases")
    scheme = models.CharField(max_length=24, blank=True)
    amount = models.BigIntegerField()
    days = models.PositiveSmallIntegerField()
    use = models.CharField(max_length=400)
    expected = models.JSONField(default=list)
    size_class = models.CharField(max_length=16, blank=True)
    sector = models.CharField(max_length=24, blank=True)
    city = models.CharField(max_length=80, blank=True)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=choices_of(CASE_STATE_LABELS), default=CaseState.WITH_LENDER.value)
    promise_days = models.PositiveSmallIntegerField()
    clock_started_on = models.DateField()
    clock_pauses = models.JSONField(default=list)
    due_on = models.DateField(null=True)
    calendar = models.CharField(max_length=16, blank=True)
    late_noted_at = models.DateTimeField(null=True)
    answered_days = models.PositiveSmallIntegerField(null=True)
    offer_amount = models.BigIntegerField(null=True)
    offer_rate_bp = models.PositiveIntegerField(null=True)
    offer_days = models.PositiveSmallIntegerField(null=True)
    offer_until = models.DateField(null=True)
    reasons = models.JSONField(default=list)
    words = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    paid_out = models.BigIntegerField(null=True)
    paid_out_on = models.DateField(null=True)
    repaying = models.CharField(max_length=8, choices=choices_of(REPAYING_LABELS), blank=True)
    repaid = models.BigIntegerField(default=0)
    written_off_on = models.DateField(null=True)
    loss_reason = models.CharField(max_length=4, blank=True)
    loss_words = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known_values("state", CaseState, "finance_case_state_known"),
            known_values("repaying", (*Repaying, ""), "finance_case_repaying_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MAX_PAISA, days__gt=0), name="finance_case_asks_for_something"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["offered", "accepted", "declined", "lapsed", *LENT])
                | Q(offer_amount__gt=0, offer_rate_bp__isnull=False, offer_days__gt=0),
                name="finance_case_offer_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=LENT)
                | Q(paid_out__gt=0, paid_out__lte=F("offer_amount"), paid_out_on__isnull=False),
                name="finance_case_pays_no_more_than_offered",
            ),
            models.CheckConstraint(
                condition=Q(
                    Q(state="written_off", written_off_on__isnull=False, written_off_on__gte=F("paid_out_on"))
                    & ~Q(loss_reason="")
                )
                | Q(~Q(state="written_off"), written_off_on__isnull=True, loss_reason=""),
                name="finance_case_written_off_with_reason",
            ),
            models.UniqueConstraint(
                fields=["sme", "lender"],
                condition=Q(state__in=ENDS_CONSENT),
                name="one_open_case_a_lender",
            ),
        ]
        indexes = [
            models.Index(fields=["lender", "due_on", "id"], name="finance_case_by_lender"),
            models.Index(fields=["sme", "-id"], name="finance_case_by_firm"),
            models.Index(
                fields=["calendar"],
                condition=Q(due_on__isnull=False) | Q(state="offered"),
                name="finance_case_by_calendar",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        return f"F-{self.number or 0:0{NUMBER_DIGITS}d}"

    @property
    def lost(self) -> int:
        """Paisa of a loan that was written off and have not come back."""
        return max(0, (self.paid_out or 0) - self.repaid) if self.written_off_on is not None else 0

    @property
    def is_lent(self) -> bool:
        """Whether money was paid out."""
        return self.state in LENT

    @property
    def is_undecided(self) -> bool:
        return self.state in ENDS_CONSENT[:2]


class CaseQuestion(TimeStamped):
    """What a lender asked, and what the firm answered. One is open at a time."""

    case = models.ForeignKey("payments.FinanceCase", on_delete=models.PROTECT, related_name="questions")
    words = models.CharField(_("question"), max_length=500)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_at__isnull=True), name="one_open_question_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.words[:30]}"


class CaseView(models.Model):
    """That somebody of the lender looked, when and by which way. Never changed."""

    case = models.ForeignKey("payments.FinanceCase", on_delete=models.PROTECT, related_name="views")
    viewer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    way = models.CharField(max_length=8, choices=choices_of(LOOK_LABELS))

    class Meta:
        constraints = [known_values("way", Look, "case_view_way_known")]
        indexes = [models.Index(fields=["case", "-id"], name="case_view_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.way}"


class DecidedPack(models.Model):
    """What the lender decided upon, word for word in both languages. Made with the decision and never changed.

    content: {language: {"facts": [[name, value]], "lines": [{...}], "missing": [...]}}, and "on", the day of its size class. digest: SHA-256 of
    it, which stands in the history with the decision.
    """

    case = models.OneToOneField("payments.FinanceCase", on_delete=models.PROTECT, related_name="decided_pack")
    made_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.case_id} {self.digest[:12]}"


class Repayment(TimeStamped):
    """Money that came back to the lender, as it says. amount: paisa; 0 where only the state changed."""

    case = models.ForeignKey("payments.FinanceCase", on_delete=models.PROTECT, related_name="repayments")
    on = models.DateField()
    amount = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=choices_of(REPAYING_LABELS))
    noted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            known_values("state", Repaying, "repayment_state_known"),
            models.CheckConstraint(condition=Q(amount__gte=0, amount__lte=MAX_PAISA), name="repayment_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.on}"
