"""Firms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from smes.states import ProfileState
from smes.vocabulary import wording
from tdap_portal.core.models import PublicId, TimeStamped, known_values

if TYPE_CHECKING:
    from smes.models.papers import Comparison


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

    # Owners, as the firm stated them; the rows are in Owner
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
    export_house = models.CharField(_("export house"), max_length=120, blank=True)
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
    verified_until = models.DateField(null=True, editable=False)  # the first end of a paper that it rests on
    completed_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    form_token = models.CharField(max_length=32, null=True, editable=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("firm")
        verbose_name_plural = _("firms")
        constraints = [
            models.UniqueConstraint(fields=["created_by", "form_token"], name="sme_registered_once"),
            known_values("legal_form", (*wording.LEGAL_FORMS, ""), "sme_legal_form_known"),
            known_values("activity", (*wording.ACTIVITIES, ""), "sme_activity_known"),
            known_values("quality_control", (*wording.QUALITY_CONTROLS, ""), "sme_quality_control_known"),
            known_values("export_route", (*wording.EXPORT_ROUTES, ""), "sme_export_route_known"),
            known_values("internet", (*wording.INTERNET, ""), "sme_internet_known"),
            known_values("profile_state", ProfileState, "sme_profile_state_known"),
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

    # The role in the firm of the person for whom people.selectors read it; no columns.
    viewer_id: int | None = None
    viewer_role: str | None = None
    # What profile.selectors.read_facts read of its comparisons.
    answers_kept: list[Comparison]

    def __str__(self) -> str:
        return self.name

    @property
    def home_url(self) -> str:
        """The firm's own first page, which the floor above draws."""
        return f"/firm/{self.public_id}/"
