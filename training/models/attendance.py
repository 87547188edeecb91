"""Who was there: every observation, and what became of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.states import AttendanceStatus as Status
from training.states import MarkSource as Source

from .labels import ATTENDANCE_LABELS, SOURCE_LABELS, choices_of


class AttendanceMark(PublicId):
    """One observation of one person in one session; never changed, never deleted.

    key: of its own, so that what is sent twice counts once. place: None for a scan of somebody without one, who is not kept.
    is_visitor: the person has no place in the cohort on that day; it gives no hours. observed_at: by the portal's clock. minutes:
    None for all of them. clock_off: minutes that the device's clock went ahead (below 0: behind), None where it was right. words: why, of
    a correction. taken_back_at: of a name in a report that was given to the wrong person.
    """

    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="marks")
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="marks")
    key = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=choices_of(ATTENDANCE_LABELS))
    source = models.CharField(max_length=12, choices=choices_of(SOURCE_LABELS))
    minutes = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    clock_off = models.IntegerField(null=True)
    device = models.CharField(max_length=40, blank=True)
    marked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("why"), max_length=500, blank=True)
    is_visitor = models.BooleanField(default=False)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "key"], name="attendance_mark_once"),
            known_values("status", Status, "attendance_mark_status_known"),
            known_values("source", Source, "attendance_mark_source_known"),
        ]
        indexes = [models.Index(fields=["session", "place", "observed_at"], name="attendance_mark_person")]

    def __str__(self) -> str:
        return f"{self.session_id}, {self.place_id}: {self.status}"


class Attendance(TimeStamped):
    """What counts of one person in one session: settled from the marks, and settled again whenever one comes. mark: the one that
    counts, None while it is open. beside: how many marks disagree with it."""

    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="attendance")
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, related_name="attendance")
    status = models.CharField(max_length=8, choices=choices_of(ATTENDANCE_LABELS))
    minutes = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    mark = models.ForeignKey("training.AttendanceMark", on_delete=models.PROTECT, null=True, related_name="+")
    beside = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "place"], name="attendance_once"),
            known_values("status", Status, "attendance_status_known"),
        ]
        indexes = [models.Index(fields=["place", "status"], name="attendance_place")]

    def __str__(self) -> str:
        return f"{self.session_id}, {self.place_id}: {self.status}"


class MeetingReport(PublicId, TimeStamped):
    """A report of an online meeting as it was uploaded. head, rows: its table, until it counts. mapping: {what a column holds: its
    place, "zone": of its hours}; head_key: of the headings, so that the next report with the same ones is read the same way.
    lines: [[name, email, joined, left]], moments with their zone. counted_at: None while somebody still looks at it."""

    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="reports")
    name = models.CharField(max_length=130)
    sha256 = models.CharField(max_length=64)
    head = models.JSONField(default=list)
    head_key = models.CharField(max_length=64, blank=True)
    rows = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "sha256"], name="meeting_report_once")]
        indexes = [models.Index(fields=["head_key", "-id"], name="meeting_report_head")]

    def __str__(self) -> str:
        return self.name


class NamedParticipant(TimeStamped):
    """Who somebody in a meeting's report is, as a person said it; taken back, the minutes go back. written: as `Line.written` of
    the report. place: None for somebody who is nobody of the cohort, such as the trainer."""

    session = models.ForeignKey("training.Session", on_delete=models.PROTECT, related_name="named")
    written = models.CharField(_("name in the report"), max_length=260)
    place = models.ForeignKey("training.Place", on_delete=models.PROTECT, null=True, related_name="+")
    named_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "written"], name="participant_named_once")]

    def __str__(self) -> str:
        return f"{self.written}: {self.place_id}"


class ScanTally(models.Model):
    """How many scans of a session were refused; the trainer sees the number only. stopped_at: since when the code of the screen counts
    for nothing, None while it does."""

    session = models.OneToOneField("training.Session", on_delete=models.CASCADE, related_name="scan_tally")
    refused = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.session_id}: {self.refused}"
