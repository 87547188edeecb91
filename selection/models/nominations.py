"""Nominations: firms that partners think of, whom the portal asks, and the sheets that they came in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.states import NOMINATED_ONCE, NominationState
from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .labels import NOMINATION_STATE_LABELS, choices_of


class NominationPlaces(TimeStamped):
    """How many firms a partner may nominate in a round. Every act that counts them holds this row.

    places: null takes settings.NOMINATION_PLACES.
    """

    partner = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    places = models.PositiveIntegerField(_("places"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "round"], name="nomination_places_once")]

    def __str__(self) -> str:
        return f"{self.partner_id}, {self.round_id}: {self.places}"


class NominationSheet(PublicId, TimeStamped):
    """A partner's table as it was read, with what was put right in it since. The same file again is the same row.

    head: its headings. rows: as store.py writes them, emptied some time after the round. mapping: column (from 0) by field.
    ticked: numbers of hidden rows that may be taken; taken: of rows that became nominations. about: {"sheet": name,
    "encoding": …, "not_read": [names], "hidden_sheets": [names], "hidden_columns": [headings], "head_row": number}.
    """

    partner = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    head = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    about = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    ticked = models.JSONField(default=list)
    taken = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "round", "digest"], name="nomination_sheet_once")]
        indexes = [models.Index(fields=["partner", "-id"], name="nomination_sheets")]

    def __str__(self) -> str:
        return self.file_name


class Nomination(PublicId, TimeStamped):
    """A firm that a partner nominates for a round. Its numbers are shown masked, and never copied into history or logs.

    token: of the link that the firm is sent. key: what this partner's nominations are told apart by, a fingerprint.
    account: fingerprint of the IBAN in the sheet, "" without one. sme: the firm that claimed it by the link.
    recognised: the firm of the portal that it looks like, for officials alone. counted_at: when its file was submitted
    and counts under the partner.
    """

    partner = models.ForeignKey("accounts.Partner", on_delete=models.PROTECT, related_name="+")
    round = models.ForeignKey("selection.Round", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    sheet = models.ForeignKey("selection.NominationSheet", on_delete=models.PROTECT, null=True, related_name="+")
    sheet_row = models.PositiveIntegerField(null=True)
    firm = models.CharField(_("firm"), max_length=200)
    ntn = models.CharField(_("NTN"), max_length=13, blank=True)
    cnic = models.CharField(_("CNIC"), max_length=13, blank=True)
    mobile = models.CharField(_("mobile number"), max_length=16, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    district = models.CharField(_("district"), max_length=80, blank=True)
    province = models.CharField(_("province"), max_length=5, blank=True)
    sector = models.CharField(_("sector"), max_length=24, blank=True)
    women_led = models.BooleanField(_("led by women"), null=True)
    account = models.CharField(max_length=32, blank=True)
    key = models.CharField(max_length=32)
    state = models.CharField(
        _("state"), max_length=9, choices=choices_of(NOMINATION_STATE_LABELS), default=NominationState.INVITED.value
    )
    token = models.CharField(max_length=43, unique=True, editable=False)
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    sme = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, null=True, related_name="+")
    claimed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    recognised = models.ForeignKey("smes.Sme", on_delete=models.PROTECT, null=True, related_name="+")
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            known_values("state", NominationState, "nomination_state_known"),
            models.CheckConstraint(condition=~models.Q(mobile="", email=""), name="nominee_can_be_asked"),
            models.UniqueConstraint(
                fields=["partner", "round", "key"],
                condition=models.Q(state__in=[state.value for state in NOMINATED_ONCE]),
                name="nominated_once",
            ),
            models.UniqueConstraint(
                fields=["partner", "round", "sme"], condition=models.Q(sme__isnull=False), name="nominee_claims_once"
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "round", "-id"], name="nominations_of_partner"),
            models.Index(fields=["round", "-id"], name="nominations_of_round"),
            models.Index(fields=["sme", "round"], name="nominations_of_firm"),
            models.Index(fields=["lapses_at"], condition=models.Q(state="invited"), name="nominations_to_lapse"),
        ]

    def __str__(self) -> str:
        return self.firm
