"""Firms, the people in them, what they make, and their papers."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from smes.states import FlagState, PaperState, ProfileState
from smes.vocabulary import wording
from tdap_portal.core.models import PublicId, TimeStamped


def _known(column: str, values: Any, name: str, *, blank: bool = False) -> models.CheckConstraint:
    allowed = [str(getattr(value, "value", value)) for value in values] + ([""] if blank else [])
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": allowed}), name=name)


class Sme(PublicId, TimeStamped):
    """A firm. A null or empty column was not told yet. Numbers are stored in one form (smes.vocabulary.identifiers) and masked on
    pages; they are never copied into history, logs or frozen facts."""

    # Identity
    name = models.CharField(_("name of the firm"), max_length=200)
    legal_form = models.CharField(
        _("legal form"), max_length=24, blank=True, choices=wording.choices(wording.LEGAL_FORMS)
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    ntn = models.CharField(_("NTN"), max_length=13, blank=True)
    strn = models.CharField(_("sales tax number"), max_length=13, blank=True)
    secp_number = models.CharField(_("SECP number"), max_length=7, blank=True)
    phone = models.CharField(_("telephone"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    # Owners, as told; the rows are in Owner
    women_led = models.BooleanField(_("led by women"), null=True)
    youth_led = models.BooleanField(_("led by young people"), null=True)

    # Place and size
    province = models.CharField(_("province"), max_length=5, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    postcode = models.CharField(_("post code"), max_length=5, blank=True)
    activity = models.CharField(
        _("what the firm does"), max_length=16, blank=True, choices=wording.choices(wording.ACTIVITIES)
    )
    turnover_pkr = models.BigIntegerField(_("turnover in PKR"), null=True, blank=True)
    turnover_fiscal_year = models.PositiveSmallIntegerField(_("fiscal year of the turnover"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    women_employees = models.PositiveIntegerField(_("women employed"), null=True, blank=True)

    # Sector
    sector = models.CharField(_("sector"), max_length=24, blank=True)
    services = models.JSONField(_("services"), default=list, blank=True)

    # Capacity
    capacity_per_month = models.BigIntegerField(_("capacity a month"), null=True, blank=True)
    capacity_unit = models.CharField(_("unit"), max_length=40, blank=True)
    capacity_used_pct = models.PositiveSmallIntegerField(_("capacity in use, in %"), null=True, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(_("days from order to shipment"), null=True, blank=True)
    quality_control = models.CharField(
        _("quality control"), max_length=12, blank=True, choices=wording.choices(wording.QUALITY_CONTROLS)
    )

    # Exports, markets, channels
    export_route = models.CharField(
        _("how you export"), max_length=12, blank=True, choices=wording.choices(wording.EXPORT_ROUTES)
    )
    export_markets = models.JSONField(_("export markets"), default=list, blank=True)
    target_markets = models.JSONField(_("target markets"), default=list, blank=True)
    channels = models.JSONField(_("online channels"), default=list, blank=True)
    website = models.BooleanField(_("own website"), null=True)
    website_url = models.URLField(_("address of the website"), blank=True)
    catalogue_products = models.PositiveIntegerField(_("products in the catalogue"), null=True, blank=True)
    product_photos = models.BooleanField(_("photographs of products"), null=True)
    ecommerce_staff = models.PositiveSmallIntegerField(_("people for online sales"), null=True, blank=True)
    english_staff = models.BooleanField(_("someone writes English"), null=True)
    internet = models.CharField(_("internet"), max_length=12, blank=True, choices=wording.choices(wording.INTERNET))

    # Payments
    iban = models.CharField(_("IBAN"), max_length=24, blank=True)
    bank_account_named = models.BooleanField(_("account in the firm's name"), null=True)
    bank_account_verified = models.BooleanField(_("account verified"), default=False)
    wallet = models.BooleanField(_("mobile wallet"), null=True)
    card_payments = models.BooleanField(_("card payments"), null=True)
    foreign_currency_account = models.BooleanField(_("foreign currency account"), null=True)
    paypal_like_service = models.BooleanField(_("international payment service"), null=True)

    profile_state = models.CharField(
        max_length=12,
        default=ProfileState.OPEN.value,
        choices=[(s.value, w[0]) for s, w in wording.PROFILE_STATES.items()],
    )
    verified_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    form_token = models.CharField(max_length=32, null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")
        constraints = [
            _known("legal_form", wording.LEGAL_FORMS, "sme_legal_form_known", blank=True),
            _known("activity", wording.ACTIVITIES, "sme_activity_known", blank=True),
            _known("quality_control", wording.QUALITY_CONTROLS, "sme_quality_control_known", blank=True),
            _known("export_route", wording.EXPORT_ROUTES, "sme_export_route_known", blank=True),
            _known("internet", wording.INTERNET, "sme_internet_known", blank=True),
            _known("profile_state", ProfileState, "sme_profile_state_known"),
            models.CheckConstraint(
                condition=models.Q(turnover_pkr__isnull=True) | models.Q(turnover_pkr__gte=0),
                name="sme_turnover_from_0",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity_per_month__isnull=True) | models.Q(capacity_per_month__gte=0),
                name="sme_capacity_from_0",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity_used_pct__isnull=True) | models.Q(capacity_used_pct__lte=100),
                name="sme_capacity_used_to_100",
            ),
            models.CheckConstraint(
                condition=models.Q(women_employees__isnull=True)
                | models.Q(employees__isnull=True)
                | models.Q(women_employees__lte=models.F("employees")),
                name="sme_women_among_employees",
            ),
        ]
        indexes = [models.Index(fields=["sector", "province"], name="sme_sector_province")]

    def __str__(self) -> str:
        return self.name

    @property
    def home_url(self) -> str:
        """The firm's own first page, which the floor above draws."""
        return f"/firm/{self.public_id}/"


class Member(TimeStamped):
    """A person in a firm."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=12, choices=wording.choices(wording.MEMBER_ROLES))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sme", "user"], name="member_once"),
            _known("role", wording.MEMBER_ROLES, "member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.sme_id}: {self.user_id} {self.role}"


class Invitation(PublicId, TimeStamped):
    """An invitation by e-mail or mobile number; taken by whoever signs in with that address and holds the link."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=12, choices=wording.choices(wording.MEMBER_ROLES))
    email = models.EmailField(_("e-mail"), blank=True)
    mobile = models.CharField(_("mobile number"), max_length=16, blank=True)
    token = models.CharField(max_length=43, unique=True, editable=False)
    invited_by = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            _known("role", wording.MEMBER_ROLES, "invitation_role_known"),
            models.CheckConstraint(
                condition=~models.Q(email="") | ~models.Q(mobile=""), name="invitation_reaches_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sme_id}: {self.role}"


class Owner(models.Model):
    """A person who owns a part of the firm. Gender is what the person says, never read from a number."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="owners")
    name = models.CharField(_("name"), max_length=120)
    cnic = models.CharField(_("CNIC"), max_length=13, blank=True)
    gender = models.CharField(_("gender"), max_length=12, blank=True, choices=wording.choices(wording.GENDERS))
    share_pct = models.DecimalField(_("share, in %"), max_digits=5, decimal_places=2)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            _known("gender", wording.GENDERS, "owner_gender_known", blank=True),
            models.CheckConstraint(
                condition=models.Q(share_pct__gt=0) & models.Q(share_pct__lte=100), name="owner_share_to_100"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """Something the firm makes, by its HS code."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="products")
    hs6 = models.CharField(_("HS code"), max_length=6)
    label = models.CharField(_("what you call it"), max_length=120, blank=True)
    share_pct = models.PositiveSmallIntegerField(_("share of sales, in %"), null=True, blank=True)
    is_main = models.BooleanField(_("main product"), default=False)
    price_pkr = models.DecimalField(_("price in PKR"), max_digits=14, decimal_places=2, null=True, blank=True)
    price_unit = models.CharField(_("unit of the price"), max_length=20, blank=True)

    class Meta:
        ordering = ["-is_main", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sme", "hs6"], name="product_once"),
            models.UniqueConstraint(fields=["sme"], condition=models.Q(is_main=True), name="one_main_product"),
            models.CheckConstraint(
                condition=models.Q(share_pct__isnull=True) | models.Q(share_pct__lte=100), name="product_share_to_100"
            ),
            models.CheckConstraint(
                condition=models.Q(price_pkr__isnull=True) | models.Q(price_pkr__gt=0), name="product_price_above_0"
            ),
        ]

    def __str__(self) -> str:
        return self.hs6


class Certification(models.Model):
    """A certificate the firm holds. Verified once an officer has verified its paper, or when TDAP itself gave it."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="certifications")
    kind = models.CharField(_("certificate"), max_length=24)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    verified = models.BooleanField(_("verified"), default=False)
    reference = models.CharField(_("number"), max_length=60, blank=True)

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["sme", "kind"], name="certification_once")]

    def __str__(self) -> str:
        return self.kind


class ExportYear(models.Model):
    """What the firm exported in a fiscal year (July to June, named by the year it ends in), in US dollars FOB."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="export_years")
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    value_usd = models.DecimalField(_("value in USD"), max_digits=14, decimal_places=2)
    route = models.CharField(_("how"), max_length=12, choices=wording.choices(wording.EXPORT_ROUTES))

    class Meta:
        ordering = ["-fiscal_year"]
        constraints = [
            models.UniqueConstraint(fields=["sme", "fiscal_year", "route"], name="export_year_once"),
            models.CheckConstraint(condition=models.Q(value_usd__gte=0), name="export_value_from_0"),
            _known("route", ("export_house", "direct"), "export_year_route_known"),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}: {self.value_usd}"


class ProfileStep(models.Model):
    """Whether a step of the profile was saved, and what was typed but could not be saved yet."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=12)
    draft = models.JSONField(default=dict)  # what was typed, by field name, only while something is wrong
    wrongs = models.PositiveSmallIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sme", "step"], name="profile_step_once")]

    def __str__(self) -> str:
        return f"{self.sme_id}: {self.step}"


class Document(PublicId, TimeStamped):
    """A paper in the vault. The file lies under `stored_as`, a random name below settings.VAULT_ROOT."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind of paper"), max_length=32)
    certificate = models.CharField(_("certificate"), max_length=24, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=130)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"), default=1)
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80, unique=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(
        max_length=12,
        default=PaperState.UPLOADED.value,
        choices=[(s.value, w[0]) for s, w in wording.PAPER_STATES.items()],
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    judged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    reminded_days = models.PositiveSmallIntegerField(null=True)  # 30, 7 or 1: the last reminder that went out
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-pk"]
        constraints = [
            _known("state", PaperState, "document_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=PaperState.REFUSED.value) | ~models.Q(reason=""), name="refusal_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["sme", "kind", "certificate", "sha256"],
                condition=~models.Q(state=PaperState.REPLACED.value),
                name="paper_sent_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="document_waiting"),
            models.Index(fields=["expires_on"], name="document_expiry", condition=models.Q(expires_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class DuplicateKey(models.Model):
    """Blocking keys of a firm (smes.duplicates): only firms that share one are compared. Numbers are fingerprints."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sme", "key"], name="duplicate_key_once")]
        indexes = [models.Index(fields=["key", "sme"], name="duplicate_key")]

    def __str__(self) -> str:
        return self.key


class DuplicateFlag(PublicId, TimeStamped):
    """Two firms that may be one; `one` is the older row."""

    one = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField(_("likeness, in %"))
    reasons = models.JSONField(default=list)  # [[kind, percent], …], strongest first
    state = models.CharField(
        max_length=12, default=FlagState.OPEN.value, choices=[(s.value, w[0]) for s, w in wording.FLAG_STATES.items()]
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    judged_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="flagged_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="flag_in_order"),
            models.CheckConstraint(condition=models.Q(percent__lte=100), name="likeness_to_100"),
            _known("state", FlagState, "flag_state_known"),
        ]
        indexes = [models.Index(fields=["state", "-percent", "id"], name="flags_to_judge")]

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id}"
