"""Sources, the runs that read them, the vintages they make, and the figures in a vintage."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped

from . import labels
from .states import RunState, VintageState


class SourceKind(models.TextChoices):
    FLOWS = "flows", _("Trade flows")
    PLATFORM = "platform", _("Platform demand")


class Source(models.Model):
    """Where figures come from. Filled from reference/sources.csv; the texts travel with every figure."""

    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=8, choices=SourceKind.choices)
    name = models.CharField(_("name"), max_length=80)
    publisher = models.CharField(_("publisher"), max_length=80)
    edition = models.CharField(_("HS edition"), max_length=40)
    world = models.CharField(_("what counts as the world"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=60)
    licence = models.CharField(_("licence"), max_length=80)
    delay = models.CharField(_("delay"), max_length=60)
    stale_after_days = models.PositiveSmallIntegerField(_("stale after days"), default=0)
    is_simulated = models.BooleanField(_("simulated"), default=False)
    is_scored = models.BooleanField(_("gives points"), default=True)
    weights_estimated = models.BooleanField(_("weights partly estimated"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=SourceKind.values), name="trade_source_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Vintage(PublicId):
    """One state of all figures of a kind. Scores name it. Old vintages stay; exactly one of a kind is current.

    summary: "indicators", how many have a value; "beside", the id of the vintage in use beside which it was built.
    """

    kind = models.CharField(max_length=8, choices=SourceKind.choices)
    name = models.CharField(_("name"), max_length=30, unique=True)
    state = models.CharField(max_length=10, choices=labels.VINTAGE_STATES, default=VintageState.BUILDING.value)
    is_simulated = models.BooleanField(default=False)
    built_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    summary = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in VintageState]), name="trade_vintage_state_known"
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state="current"), name="trade_one_current_vintage_a_kind"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="current") | models.Q(published_at__isnull=False),
                name="trade_current_vintage_was_published",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VintagePart(models.Model):
    """The flows of one year of one source in a vintage: those that lie in `loaded_in`, which may be an earlier vintage.

    So one source, or one year, comes new without reading the others again. measures: see checks.Measures.
    """

    vintage = models.ForeignKey("trade.Vintage", on_delete=models.CASCADE, related_name="parts")
    source = models.ForeignKey("trade.Source", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    loaded_in = models.ForeignKey("trade.Vintage", on_delete=models.RESTRICT, related_name="+")
    measures = models.JSONField(default=dict)

    class Meta:
        ordering = ["source_id", "year"]
        constraints = [
            models.UniqueConstraint(fields=["vintage", "source", "year"], name="trade_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.year}"


class ImportRun(PublicId, TimeStamped):
    """One attempt to read one source. asked: what was asked for. summary of the outcome in `problem` and its data.

    calls: of the source's service. decided_by, decided_reason: who published or refused a held run, and why.
    """

    source = models.ForeignKey("trade.Source", on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=labels.RUN_STATES, default=RunState.WAITING.value)
    started_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked = models.JSONField(default=dict)
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    upload = models.BinaryField(null=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True)
    vintage = models.ForeignKey("trade.Vintage", on_delete=models.PROTECT, null=True, related_name="runs")
    rows_read = models.PositiveBigIntegerField(_("rows read"), default=0)
    rows_kept = models.PositiveBigIntegerField(_("rows kept"), default=0)
    rows_refused = models.PositiveBigIntegerField(_("rows refused"), default=0)
    problem = models.CharField(max_length=40, blank=True)
    problem_data = models.JSONField(default=dict)
    calls = models.PositiveIntegerField(default=0)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_reason = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RunState]), name="trade_run_state_known"
            ),
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state="running"), name="trade_one_running_run_a_source"
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="trade_run_by_state")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def tone(self) -> str:
        """The theme's colour of the state."""
        return labels.RUN_TONES[RunState(self.state)]

    @property
    def problem_text(self) -> str:
        return labels.log_text(self.problem, self.problem_data) if self.problem else ""


class KeptAnswer(models.Model):
    """A checked answer of a source, kept while no run of it has come to its end, so that the next one asks for the rest only.

    address: SHA-256 of what was asked. content: packed JSON of the answer.
    """

    source = models.ForeignKey("trade.Source", on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=64)
    content = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "address"], name="trade_answer_kept_once")]

    def __str__(self) -> str:
        return self.address


class RunLine(models.Model):
    """A line of a run's log: a code with its data; the words are made when it is read, in the reader's language."""

    class Level(models.TextChoices):
        INFO = "info", _("note")
        WARNING = "warning", _("warning")
        ROW = "row", _("refused row")

    run = models.ForeignKey("trade.ImportRun", on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(auto_now_add=True)
    level = models.CharField(max_length=7, choices=Level.choices, default=Level.INFO.value)
    code = models.CharField(max_length=40)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.code}"

    @property
    def text(self) -> str:
        return labels.log_text(self.code, self.data)


class TradeFlow(models.Model):
    """One cell of a vintage, as flows.Flow says. value_usd: current US dollars, never NaN; net_weight_kg: null where none is told."""

    vintage = models.ForeignKey("trade.Vintage", on_delete=models.CASCADE, related_name="flows")
    source = models.ForeignKey("trade.Source", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    reporter = models.CharField(max_length=4)
    partner = models.CharField(max_length=4)
    flow = models.CharField(max_length=3)
    hs = models.CharField(max_length=6)
    edition = models.CharField(max_length=8, blank=True)
    value_usd = models.FloatField()
    net_weight_kg = models.FloatField(null=True)
    weight_estimated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vintage", "source", "year", "hs", "flow", "reporter", "partner"], name="trade_flow_cell_once"
            ),
            models.CheckConstraint(condition=models.Q(value_usd__gte=0), name="trade_flow_value_not_negative"),
            models.CheckConstraint(
                condition=models.Q(net_weight_kg__isnull=True) | models.Q(net_weight_kg__gt=0),
                name="trade_flow_weight_positive_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.reporter}->{self.partner} {self.flow} {self.hs}"


class Indicator(models.Model):
    """A figure or the reason why there is none. hs is empty for a whole sector; sector is empty for a code in no sector.

    notes: codes of what must be known about the value (indicators.Note).
    """

    vintage = models.ForeignKey("trade.Vintage", on_delete=models.CASCADE, related_name="indicators")
    source = models.ForeignKey("trade.Source", on_delete=models.PROTECT, related_name="+")
    hs = models.CharField(max_length=6, blank=True)
    sector = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=30, choices=labels.INDICATOR_NAMES)
    value = models.FloatField(null=True)
    unit = models.CharField(max_length=60)
    period = models.CharField(max_length=40, blank=True)
    last_year = models.PositiveSmallIntegerField(null=True)
    missing_reason = models.CharField(max_length=40, blank=True)
    notes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vintage", "hs", "sector", "name"], name="trade_indicator_once"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True, missing_reason__gt="")
                | models.Q(value__isnull=False, missing_reason=""),
                name="trade_indicator_value_or_reason",
            ),
        ]
        indexes = [models.Index(fields=["vintage", "sector", "name"], name="trade_indicator_by_sector")]

    def __str__(self) -> str:
        return f"{self.hs or self.sector} {self.name}"


class PlatformDemand(models.Model):
    """What buyers did for one product from one market in one month. A later vintage replaces rows, it does not change them."""

    vintage = models.ForeignKey("trade.Vintage", on_delete=models.PROTECT, related_name="demand")
    replaced_in = models.ForeignKey("trade.Vintage", on_delete=models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey("trade.ImportRun", on_delete=models.PROTECT, related_name="+")
    hs6 = models.CharField(max_length=6)
    market = models.CharField(max_length=3)
    month = models.DateField()
    searches = models.PositiveBigIntegerField(null=True)
    rfqs = models.PositiveBigIntegerField(null=True)
    inquiries = models.PositiveBigIntegerField(null=True)
    active_suppliers = models.PositiveBigIntegerField(null=True)
    price_low_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    price_high_usd = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    is_simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hs6", "market", "month"],
                condition=models.Q(replaced_in__isnull=True),
                name="trade_platform_cell_once",
            ),
            models.CheckConstraint(
                condition=models.Q(price_low_usd__isnull=True)
                | models.Q(price_high_usd__isnull=True)
                | models.Q(price_low_usd__lte=models.F("price_high_usd")),
                name="trade_platform_price_band_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hs6} {self.market} {self.month:%Y-%m}"


def visible_demand(vintage: Vintage) -> models.Q:
    """Rows of platform demand as they stood in this vintage."""
    later: Any = models.Q(replaced_in__isnull=True) | models.Q(replaced_in__gt=vintage.pk)
    return models.Q(vintage__lte=vintage.pk) & later
