"""What a firm tells of itself in rows, and how far each step of its profile is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from smes.vocabulary import wording
from tdap_portal.core.models import known_values


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
            known_values("gender", (*wording.GENDERS, ""), "owner_gender_known"),
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
            known_values("route", ("export_house", "direct"), "export_year_route_known"),
        ]

    def __str__(self) -> str:
        return f"{self.fiscal_year}: {self.value_usd}"


class ProfileStep(models.Model):
    """Whether a step of the profile was saved, and what was typed but could not be saved yet."""

    sme = models.ForeignKey("smes.Sme", on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=12)
    draft = models.JSONField(default=dict)  # what was typed, by field name, only while something is wrong
    error_count = models.PositiveSmallIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sme", "step"], name="profile_step_once")]

    def __str__(self) -> str:
        return f"{self.sme_id}: {self.step}"
