"""Shapes of the API. What may be seen is decided before a row comes here; names and units stay as in the models."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  the schema reads the annotations
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from selection.appeals import selectors as appeals_selectors
from selection.appeals.grounds import GROUNDS
from selection.applications.reasons import REASONS
from selection.models import NO_DUE_DATE, Appeal, AppealPoint, Application, Decision
from selection.models.labels import (
    APPEAL_OUTCOME_LABELS,
    APPEAL_STATE_LABELS,
    OFFER_STATE_LABELS,
    OUTCOME_LABELS,
    ROUND_STATE_LABELS,
    STATE_LABELS,
    TRACK_LABELS,
    VERDICT_LABELS,
)
from selection.states import (
    APPEALABLE,
    DECIDED_STATES,
    AppealOutcome,
    AppealState,
    OfferState,
    Outcome,
    RoundState,
    State,
    Verdict,
)
from selection.trade import selectors as trade_selectors
from smes.states import NeededPapers
from smes.vocabulary.codes import SIZE_CLASSES, Track
from smes.vocabulary.sectors import Sector  # noqa: TC001  the schema reads the annotations

POINTS = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)  # as text: hundredths are exact
STATES = [(state.value, str(STATE_LABELS[state])) for state in State]
TRACKS = [(track.value, str(TRACK_LABELS[track])) for track in Track]
OUTCOMES = [(outcome.value, str(OUTCOME_LABELS[outcome])) for outcome in Outcome]
SIZES = [(code, str(label)) for code, label in SIZE_CLASSES.items()]
PAPERS = [
    (NeededPapers.MISSING.value, "Some are missing"),
    (NeededPapers.SENT.value, "All there, not all verified"),
    (NeededPapers.VERIFIED.value, "All verified"),
]
APPEAL_STATES = [(state.value, str(APPEAL_STATE_LABELS[state])) for state in AppealState if state != AppealState.DRAFT]
APPEAL_OUTCOMES = [(outcome.value, str(APPEAL_OUTCOME_LABELS[outcome])) for outcome in AppealOutcome]
OFFER_STATES = [(state.value, str(OFFER_STATE_LABELS[state])) for state in OfferState]
VERDICTS = [(verdict.value, str(VERDICT_LABELS[verdict])) for verdict in Verdict]
ROUND_STATES = [(state.value, str(ROUND_STATE_LABELS[state])) for state in RoundState]


class RoundSerializer(serializers.Serializer):
    """A round with its dates, seats and tracks."""

    code = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=ROUND_STATES)
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    seats = serializers.IntegerField()
    tracks = serializers.ListField(child=serializers.ChoiceField(choices=TRACKS))
    policy = serializers.CharField()
    promise_days = serializers.IntegerField(help_text="Working days in which TDAP promises to answer.")


class IndicatorSerializer(serializers.Serializer):
    """A figure with unit, period and source, or the reason why there is none."""

    name = serializers.CharField()
    level = serializers.SerializerMethodField(help_text="product (six digits), heading (four) or sector.")
    hs = serializers.CharField(allow_blank=True, help_text="The HS code that it is of; empty for a whole sector.")
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    period = serializers.CharField(allow_blank=True)
    year = serializers.IntegerField(
        source="last_year", allow_null=True, help_text="The last calendar year that it stands on."
    )
    source = serializers.SerializerMethodField()
    gives_points = serializers.BooleanField(
        source="source.is_scored", help_text="False for a source that is not good enough for a score."
    )
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of what must be known about the value."
    )
    vintage = serializers.CharField(source="vintage.name", help_text="The publication that it belongs to.")
    missing_reason = serializers.CharField(allow_blank=True)

    def get_source(self, row: Any) -> str:
        return str(row.source)

    def get_level(self, row: Any) -> str:
        return trade_selectors.level_of(row)


class SectorSerializer(serializers.Serializer):
    """A priority sector. hs_prefixes: 2, 4 or 6 digits as text; services: EBOPS codes."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_ur = serializers.SerializerMethodField()
    group = serializers.CharField()
    hs_prefixes = serializers.ListField(child=serializers.CharField())
    services = serializers.ListField(child=serializers.CharField())

    def get_name_ur(self, sector: Sector) -> str:
        with translation.override("ur"):
            return _(sector.name)


class SectorIndicatorsSerializer(serializers.Serializer):
    """A sector with its own indicators and those of its headings, of the vintages in use."""

    sector = SectorSerializer()
    indicators = IndicatorSerializer(many=True)
    headings = serializers.DictField(child=IndicatorSerializer(many=True), help_text="Indicators by HS heading.")


# ----------------------------------------------------------------------------------------------------- applications


class DecisionSerializer(serializers.Serializer):
    """What was decided, with coded reasons and in words."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    reasons = serializers.SerializerMethodField()
    words = serializers.CharField()
    decided_at = serializers.DateTimeField(source="created_at")

    def get_reasons(self, row: Decision) -> list[dict[str, str]]:
        return reasons_json(row.reason_codes)


def reasons_json(codes: list[str]) -> list[dict[str, str]]:
    """Stored codes with their words; a code no longer known keeps its name."""
    return [{"code": code, "words": _(REASONS[code].words) if code in REASONS else code} for code in codes]


class AppealSerializer(serializers.Serializer):
    """Where an appeal stands, and what came of it; its words are told apart."""

    id = serializers.CharField(source="public_id")
    code = serializers.CharField()
    state = serializers.ChoiceField(choices=APPEAL_STATES)
    outcome = serializers.ChoiceField(choices=APPEAL_OUTCOMES, allow_blank=True, help_text="Empty before the answer.")
    sent_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="The day by which the answer is promised.")
    director = serializers.CharField(
        source="director.name", default=None, allow_null=True, help_text="Null until the lot has chosen one."
    )
    answered_at = serializers.DateTimeField(allow_null=True)
    points_before = serializers.DecimalField(source="points", max_digits=5, decimal_places=2, allow_null=True)
    points_after = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    from_reserve = serializers.BooleanField(help_text="With a seat that was kept for appeals.")


class AppealPointSerializer(serializers.Serializer):
    """One thing that went wrong. corrections: by the key of the frozen fact, its value as it counts now."""

    ground = serializers.CharField()
    ground_words = serializers.SerializerMethodField()
    words = serializers.CharField()
    papers = serializers.ListField(child=serializers.CharField(), help_text="Ids of papers of the firm.")
    verdict = serializers.ChoiceField(choices=VERDICTS, allow_blank=True, help_text="Empty before the answer.")
    answer = serializers.CharField(allow_blank=True)
    corrections = serializers.DictField()

    def get_ground_words(self, row: AppealPoint) -> str:
        return _(GROUNDS[row.ground].words)


class AppealWordsSerializer(serializers.Serializer):
    """What was written in an appeal and in its answer."""

    answer = serializers.CharField(source="words", allow_blank=True)
    points_made = AppealPointSerializer(source="points_made.all", many=True)


class OwnAppealSerializer(AppealSerializer, AppealWordsSerializer):
    """A firm's own appeal, once it is sent."""


class DeskAppealSerializer(AppealSerializer):
    """A row of the desk's list of appeals."""

    round = serializers.CharField(source="round.code")
    file = serializers.CharField(source="application.file_number")
    firm_name = serializers.CharField(source="application.sme_name")


class OneDeskAppealSerializer(DeskAppealSerializer):
    """One appeal at the desk. written: null for whoever had a part in the file, until it is answered."""

    written = AppealWordsSerializer(allow_null=True)


class OfferStateSerializer(serializers.Serializer):
    """A seat that was held out to a selected firm."""

    state = serializers.ChoiceField(choices=OFFER_STATES)
    offered_at = serializers.DateTimeField(source="created_at")
    deadline = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class LineSerializer(serializers.Serializer):
    """A line of the terms in both languages; ur is empty where nobody wrote it."""

    en = serializers.CharField(allow_blank=True)
    ur = serializers.CharField(allow_blank=True, default="")


class ChoiceSerializer(serializers.Serializer):
    """One way in which the training is given."""

    mode = serializers.CharField(default="")
    city = serializers.CharField(allow_blank=True, default="", help_text="Empty where it is not in person.")


class OwnOfferSerializer(OfferStateSerializer):
    """The newest offer to a firm with its terms, and how it was answered."""

    is_short = serializers.BooleanField(help_text="With fewer days than the terms give.")
    from_place = serializers.IntegerField(allow_null=True, help_text="The place on the waiting list that it came from.")
    terms = serializers.IntegerField(source="terms.version")
    includes = LineSerializer(source="terms.includes", many=True)
    commitments = LineSerializer(source="terms.commitments", many=True)
    choices = ChoiceSerializer(source="terms.choices", many=True)
    deposit_paisa = serializers.IntegerField(source="terms.deposit_paisa", help_text="0 where nothing is to be paid.")
    mode = serializers.CharField(allow_blank=True, help_text="As it was accepted.")
    city = serializers.CharField(allow_blank=True)
    attendee = serializers.CharField(allow_blank=True)
    typed_name = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(
        source="reason_code", allow_blank=True, help_text="Why it was declined or given back, as a code."
    )


class _FileSerializer(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    file = serializers.CharField(source="file_number")
    state = serializers.ChoiceField(choices=STATES)
    track = serializers.ChoiceField(choices=TRACKS)
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.SerializerMethodField(
        help_text="The promised date; null while the clock stands still or is over."
    )
    waits_for_firm = serializers.BooleanField(source="awaiting_firm")

    def get_due_on(self, row: Any) -> date | None:
        return None if row.due_on == NO_DUE_DATE else row.due_on


class OwnApplicationSerializer(_FileSerializer):
    """A firm's own application, as its status page tells it: points only after the decision."""

    round = serializers.CharField(source="round.code")
    firm = serializers.CharField(source="sme.public_id")
    firm_name = serializers.CharField(source="sme.name")
    points = serializers.SerializerMethodField(help_text="Of 100; null before the decision.")
    decision = serializers.SerializerMethodField()
    offer = serializers.SerializerMethodField(help_text="Of a seat; null where none was made.")
    appeal = serializers.SerializerMethodField(help_text="Null before one is sent.")
    appeal_until = serializers.SerializerMethodField(
        help_text="Until when the firm can appeal; null where it cannot, or has already."
    )

    @extend_schema_field(POINTS)
    def get_points(self, row: Application) -> str | None:
        return f"{row.points:.2f}" if row.has_score and row.state in DECIDED_STATES else None

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, row: Application) -> dict[str, Any] | None:
        newest = self._newest_decision(row)
        return DecisionSerializer(newest).data if newest else None

    @extend_schema_field(OwnOfferSerializer(allow_null=True))
    def get_offer(self, row: Application) -> dict[str, Any] | None:
        newest = max(row.offers.all(), key=lambda made: made.pk, default=None)
        return OwnOfferSerializer(newest).data if newest else None

    @extend_schema_field(OwnAppealSerializer(allow_null=True))
    def get_appeal(self, row: Application) -> dict[str, Any] | None:
        appeal = self._sent_appeal(row)
        return OwnAppealSerializer(appeal).data if appeal else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_appeal_until(self, row: Application) -> datetime | None:
        newest = self._newest_decision(row) if row.state in APPEALABLE and not self._sent_appeal(row) else None
        return appeals_selectors.window_ends(newest) if newest else None

    def _newest_decision(self, row: Application) -> Decision | None:
        decisions = list(row.decisions.all()) if row.state in DECIDED_STATES else []
        return max(decisions, key=lambda made: made.pk, default=None)

    def _sent_appeal(self, row: Application) -> Appeal | None:
        appeal: Appeal | None = getattr(row, "appeal", None)  # a file without one has no such attribute
        return appeal if appeals_selectors.has_appealed(row, appeal) else None


class QueueFileSerializer(_FileSerializer):
    """A row of the desk's queue."""

    firm_name = serializers.CharField(source="sme_name")
    city = serializers.CharField(allow_blank=True)
    sector = serializers.CharField(allow_blank=True)
    main_hs6 = serializers.CharField(allow_blank=True)
    size_class = serializers.ChoiceField(choices=SIZES, allow_blank=True)
    papers = serializers.ChoiceField(
        source="needed_papers", choices=PAPERS, help_text="How far those have come that the firm must send."
    )
    readings_differ = serializers.BooleanField(help_text="Both readings are in and would not do the same.")
    does_not_fit = serializers.BooleanField(
        help_text="Something that the firm says or sends does not fit, and nobody has explained it."
    )
    points = serializers.SerializerMethodField(help_text="Of 100; null before the worker has scored.")

    @extend_schema_field(POINTS)
    def get_points(self, row: Any) -> str | None:
        return f"{row.points:.2f}" if row.has_score else None


class GateSerializer(serializers.Serializer):
    name = serializers.CharField()
    passed = serializers.BooleanField()
    reason = serializers.CharField()
    to_meet = serializers.CharField(allow_blank=True)


class PartSerializer(serializers.Serializer):
    """A criterion: its points, why, and where the values came from."""

    name = serializers.CharField()
    reason = serializers.CharField()
    source = serializers.CharField()
    simulated = serializers.BooleanField(help_text="True where some of the values were made up by a program.")
    points = serializers.DecimalField(max_digits=5, decimal_places=2)
    of = serializers.DecimalField(max_digits=5, decimal_places=2)


class ScoreSerializer(serializers.Serializer):
    total = serializers.DecimalField(max_digits=5, decimal_places=2)
    passed = serializers.BooleanField()
    policy = serializers.CharField()
    vintage = serializers.CharField(allow_blank=True)
    seal = serializers.CharField()
    gates = GateSerializer(many=True)
    parts = PartSerializer(many=True)


class JudgedSerializer(serializers.Serializer):
    commitment = serializers.IntegerField()
    product_fit = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    comment = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class ReadingSerializer(serializers.Serializer):
    """judged: null while the reading is not in, or sealed for you until both are in."""

    place = serializers.IntegerField()
    reader = serializers.CharField()
    is_own = serializers.BooleanField()
    is_in = serializers.BooleanField()
    judged = JudgedSerializer(allow_null=True)


class RecommendationSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    reasons = serializers.SerializerMethodField()
    words = serializers.CharField()
    officer = serializers.CharField(source="officer.name")
    at = serializers.DateTimeField(source="created_at")
    returned_words = serializers.CharField(allow_blank=True)

    def get_reasons(self, row: Any) -> list[dict[str, str]]:
        return reasons_json(row.reason_codes)


class JudgedFileSerializer(serializers.Serializer):
    """What a file is judged by, and what was judged; for somebody tied to the firm what was judged is left out."""

    points = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    readings_differ = serializers.BooleanField(help_text="Two readings that you may see would not do the same.")
    facts = serializers.DictField(help_text="The frozen facts that are judged.")
    score = ScoreSerializer(allow_null=True)
    readings = ReadingSerializer(many=True)
    recommendations = RecommendationSerializer(many=True)
    decisions = DecisionSerializer(many=True)
    offer = OfferStateSerializer(allow_null=True, help_text="The newest one of a seat; null where none was made.")
    basis = serializers.CharField(help_text="What a decision rests on; it is sent with the decision.")


class DeskFileSerializer(QueueFileSerializer, JudgedFileSerializer):
    """A file as an official sees it."""


class OutcomeSerializer(serializers.Serializer):
    """What is recommended or decided: coded reasons, and words that the firm will read."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    reason_codes = serializers.ListField(child=serializers.CharField(max_length=40), allow_empty=False, max_length=5)
    words = serializers.CharField(max_length=2000)


class DecideSerializer(OutcomeSerializer):
    """What is decided, and on which recommendation."""

    basis = serializers.CharField(max_length=60, help_text="As the file gave it; refused where it has changed since.")
