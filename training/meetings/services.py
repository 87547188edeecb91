"""Reports of meetings: read in, looked at, counted; who is who in them; the minutes that follow."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.core.sheet import BadSheet, read_sheet
from training.attendance import permissions as attendance_permissions
from training.attendance import selectors as attendance_selectors
from training.attendance import services as attendance_services
from training.attendance.meeting import HEADINGS, find_table, guess_columns, lacking
from training.attendance.services import Credited
from training.models import MeetingReport, NamedParticipant
from training.states import Happened, SessionStage

from . import selectors
from .selectors import NOBODY
from .wording import bad_sheet_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from tdap_portal.accounts.models import User
    from training.models import Session

MAX_LINES = 5_000  # of one report
KEPT_UNCOUNTED = timedelta(days=7)  # for which a report waits for somebody to say that it counts


@transaction.atomic
def read_in(*, actor: User, session: Session, file_name: str, content: bytes) -> MeetingReport:
    """Keep a report as it was read; nothing counts yet. The same file again gives the same report back.

    Raises NotAllowed; DomainError "not_begun", "called_off", or the code of a BadSheet with its words.
    """
    row = _locked(actor, session)
    digest = hashlib.sha256(content).hexdigest()
    found = row.reports.filter(sha256=digest).first()
    if found is not None:
        return found
    try:
        sheet = read_sheet(content)
    except BadSheet as bad:
        raise DomainError(bad_sheet_words(bad), code=bad.code) from None
    head, rows = find_table([sheet.head, *(line.cells for line in sheet.rows)])
    if not rows:
        raise DomainError(bad_sheet_words(BadSheet("empty")), code="empty")
    if len(rows) > MAX_LINES:
        raise DomainError(bad_sheet_words(BadSheet("too_many_rows", limit=MAX_LINES)), code="too_many_rows")
    MeetingReport.objects.filter(counted_at=None, created_at__lt=timezone.now() - KEPT_UNCOUNTED).delete()
    key = selectors.head_key(head)
    return MeetingReport.objects.create(
        session=row,
        name=file_name[-120:],
        sha256=digest,
        head=head,
        head_key=key,
        rows=rows,
        mapping=selectors.remembered_mapping(key) or guess_columns(head),
        uploaded_by=actor,
    )


@transaction.atomic
def map_columns(*, actor: User, report: MeetingReport, columns: Mapping[str, int], zone: str) -> MeetingReport:
    """Say which column is which, and in which hours it is written; the next report with these headings is read so.

    columns: place by what it holds. Raises NotAllowed; DomainError "counted", "column_twice", "unknown_column" or "columns".
    """
    _locked(actor, report.session)
    row = _uncounted(report)
    if len(set(columns.values())) < len(columns):
        raise DomainError(_("One column stands for two things. Choose another."), code="column_twice")
    is_known = set(columns) <= set(HEADINGS) and all(0 <= at < len(row.head) for at in columns.values())
    if not is_known or zone not in selectors.zones_of(row.session):
        raise DomainError(_("There is no such column."), code="unknown_column")
    if lacking(columns):
        raise DomainError(_("Say which columns hold the name, and when somebody joined and left."), code="columns")
    row.mapping = {**columns, "zone": zone}
    row.save(update_fields=["mapping", "updated_at"])
    return row


@transaction.atomic
def count(*, actor: User, report: MeetingReport) -> int:
    """Let a report count beside those that count already. Counting twice is once. Gives for how many people it changed something.

    Raises NotAllowed; NotFound where somebody dropped it meanwhile; DomainError with the code of a BadReport.
    """
    session = _locked(actor, report.session)
    row = MeetingReport.objects.select_for_update(of=("self",)).select_related("session").filter(pk=report.pk).first()
    if row is None:
        raise NotFound
    if row.counted_at is not None:
        return 0
    lines = selectors.lines_in(row)
    row.lines = [[line.name, line.email, line.joined.isoformat(), line.left.isoformat()] for line in lines]
    row.rows, row.counted_at = [], timezone.now()
    row.save(update_fields=["lines", "rows", "counted_at", "updated_at"])
    changed, unknown = _keep(actor, session)
    record(
        Happened.REPORT_COUNTED.value,
        subject=session,
        actor=actor,
        report=row.public_id,
        people=changed,
        unknown=unknown,
    )
    return changed


@transaction.atomic
def drop(*, actor: User, report: MeetingReport) -> None:
    """Forget a report that does not count. Raises NotAllowed; DomainError "counted"."""
    _locked(actor, report.session)
    _uncounted(report).delete()


@transaction.atomic
def name_participants(*, actor: User, session: Session, named: Mapping[str, str]) -> int:
    """Say who is who in the reports of a session; their minutes follow. Gives for how many people it changed something.

    named: by the name as it is written in the report, the public id of a place; NOBODY for somebody who is nobody of the cohort; ""
    to take back what was said. Raises NotAllowed; DomainError "unknown_person".
    """
    row = _locked(actor, session)
    places = {place.public_id: place for place in attendance_selectors.expected_in(row)}
    if any(public_id not in places and public_id not in ("", NOBODY) for public_id in named.values()):
        raise DomainError(_("This person has no place in the cohort of this session."), code="unknown_person")
    before = dict(row.named.values_list("written", "place_id"))
    wanted = {
        written: places[public_id].pk if public_id != NOBODY else None
        for written, public_id in named.items()
        if public_id
    }
    taken_back = [written for written, public_id in named.items() if not public_id and written in before]
    new = {written: pk for written, pk in wanted.items() if written not in before or before[written] != pk}
    if not new and not taken_back:
        return 0
    row.named.filter(written__in=taken_back).delete()
    for written, pk in new.items():
        NamedParticipant.objects.update_or_create(
            session=row, written=written[:260], defaults={"place_id": pk, "named_by": actor}
        )
    changed, _unknown = _keep(actor, row)
    by_pk = {place.pk: place.public_id for place in places.values()}
    record(
        Happened.PARTICIPANTS_NAMED.value,
        subject=row,
        actor=actor,
        places=sorted(by_pk[pk] for pk in new.values() if pk is not None),
        nobody=sum(pk is None for pk in new.values()),
        taken_back=len(taken_back),
    )
    return changed


def _keep(actor: User, session: Session) -> tuple[int, int]:
    """Work out anew what the reports come to. Gives for how many people it changed something, and how many are unknown."""
    overview = selectors.overview_of(session)
    credited = {one.place.pk: Credited(one.status, _hundredths(one.minutes)) for one in overview.people}
    return attendance_services.keep_reports(actor=actor, session=session, credited=credited), len(overview.unknown)


def _hundredths(minutes: Fraction) -> Decimal:
    exact = Decimal(minutes.numerator) / Decimal(minutes.denominator)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_FLOOR)


def _locked(actor: User, session: Session) -> Session:
    """Raises NotAllowed; DomainError "not_begun" or "called_off"."""
    row = attendance_services.lock_session(session)
    attendance_permissions.can_take_roll(actor, row).require()
    stage = row.stage(timezone.now())
    if stage == SessionStage.CANCELLED:
        raise DomainError(_("This session is called off, so it has no report."), code="called_off")
    if stage not in (SessionStage.IN_PROGRESS, SessionStage.HELD):
        raise DomainError(_("This session has not begun, so it has no report yet."), code="not_begun")
    return row


def _uncounted(report: MeetingReport) -> MeetingReport:
    """Raises DomainError "counted"; NotFound where somebody dropped it meanwhile."""
    row = selectors.report_in(report.session, report.public_id)
    if row.counted_at is not None:
        raise DomainError(_("This report counts already."), code="counted")
    return row
