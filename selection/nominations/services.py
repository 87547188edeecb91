"""Acts on nominations: of a partner (sheets, one firm, taking back), of the firm that is asked, of directors, of the worker."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications.locking import locked_file
from selection.models import Nomination, NominationPlaces, NominationSheet
from selection.rounds import selectors as rounds_selectors
from selection.states import NOMINATION, Happened, NominationState
from smes.duplicates import selectors as duplicates_selectors
from smes.vocabulary.places import CITIES
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.core.fingerprints import fingerprint
from tdap_portal.core.sheet import BadSheet, Row, read_sheet
from tdap_portal.core.sweeping import one_by_one

from . import permissions, selectors, store
from .checks import Field, Status, check_row, guess_mapping, is_usable, keys_of
from .wording import bad_sheet_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selection.models import Round
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

    from .checks import Checked, Known

ANSWER_DAYS = 15  # working days in which a firm answers
REMIND_AFTER_DAYS = 7  # working days
ROWS_KEPT_DAYS = 60  # after its last change a sheet loses its rows, which hold numbers of strangers


# ---------------------------------------------------------------------------------------------------------- a sheet


@transaction.atomic
def read_in_sheet(*, actor: User, partner: Partner, round: Round, file_name: str, content: bytes) -> NominationSheet:  # noqa: A002  the domain's word
    """Keep a table as it was read; nothing is nominated and nobody is asked. The same file again gives the same sheet back,
    with what was put right in it.

    Raises NotAllowed; DomainError "round_closed", or the code of a BadSheet with its words.
    """
    permissions.can_nominate(actor, partner).require()
    _require_open(round)
    digest = hashlib.sha256(content).hexdigest()
    found = NominationSheet.objects.filter(partner=partner, round=round, digest=digest).first()
    if found is not None and found.rows:
        return found
    try:
        sheet = read_sheet(content)
    except BadSheet as bad:
        raise DomainError(bad_sheet_words(bad), code=bad.code) from None
    row = found or NominationSheet(partner=partner, round=round, made_by=actor, digest=digest)
    row.file_name, row.head, row.rows = file_name[-120:], sheet.head, store.kept(sheet.rows)
    row.about = {
        "sheet": sheet.name, "encoding": sheet.encoding, "not_read": sheet.not_read,
        "hidden_sheets": sheet.hidden_sheets, "hidden_columns": sheet.hidden_columns, "head_row": sheet.head_row,
    }  # fmt: skip
    row.mapping = guess_mapping(sheet.head, selectors.remembered_headings(partner))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the same file was sent twice at this moment
        return NominationSheet.objects.get(partner=partner, round=round, digest=digest)
    return row


@transaction.atomic
def map_columns(*, actor: User, sheet: NominationSheet, mapping: Mapping[str, int]) -> NominationSheet:
    """Say which column is which; the partner's next sheet with these headings is read so by itself.

    mapping: column (from 0) by field. Raises NotAllowed; DomainError "column_twice", "unknown_column" or "columns_missing".
    """
    row = _locked_sheet(actor, sheet)
    if len(set(mapping.values())) < len(mapping):
        raise DomainError(_("One column stands for two things. Choose another."), code="column_twice")
    if not set(mapping) <= set(Field) or any(not 0 <= at < len(row.head) for at in mapping.values()):
        raise DomainError(_("There is no such column."), code="unknown_column")
    if not is_usable(mapping):
        raise DomainError(
            _("Say which column holds the firm's name, and which its mobile number or e-mail address."),
            code="columns_missing",
        )
    row.mapping = {str(name): at for name, at in mapping.items()}
    row.save(update_fields=["mapping", "updated_at"])
    return row


@transaction.atomic
def put_right(
    *,
    actor: User,
    sheet: NominationSheet,
    written: Mapping[int, Mapping[str, str]],
    ticked: Iterable[int] | None = None,
) -> NominationSheet:
    """Write cells of a sheet anew and tick hidden rows; nothing is nominated. written: text by number of the row and field;
    rows that were taken stay as they are. ticked: None leaves the ticks. Raises NotAllowed."""
    row = _locked_sheet(actor, sheet)
    taken = set(row.taken)
    wanted = {
        number: {name: text.strip() for name, text in cells.items() if name in row.mapping}
        for number, cells in written.items()
        if number not in taken
    }
    rows = store.put_right(store.rows_of(row.rows), row.mapping, wanted)
    row.rows = store.kept(rows)
    if ticked is not None:
        row.ticked = sorted({each.number for each in rows if each.is_hidden} & set(ticked))
    row.save(update_fields=["rows", "ticked", "updated_at"])
    return row


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a sheet. made: nominations; no_place: good rows for which the partner has no place left."""

    made: int
    no_place: int


@transaction.atomic
def take_rows(*, actor: User, sheet: NominationSheet) -> Taken:
    """Nominate the firms of all good rows, as far as there are places, in the order of the sheet; the others wait. Taking
    again takes only what has become good since.

    Raises NotAllowed; DomainError "round_closed" or "columns_missing".
    """
    row = _locked_sheet(actor, sheet)
    _require_open(row.round)
    if not is_usable(row.mapping):
        raise DomainError(_("Say first which column is which."), code="columns_missing")
    left = _places_left(row.partner, row.round)
    good = [each for each in selectors.checked_rows(row) if each.status == Status.GOOD]
    for each in good[:left]:
        _nominate(actor, row.partner, row.round, each, sheet=row)
    row.taken = sorted({*row.taken, *(each.number for each in good[:left])})
    row.save(update_fields=["taken", "updated_at"])
    return Taken(len(good[:left]), len(good[left:]))


def _locked_sheet(actor: User, sheet: NominationSheet) -> NominationSheet:
    """As it stands, for whoever may nominate with it."""
    row = NominationSheet.objects.select_for_update(of=("self",)).select_related("partner", "round").get(pk=sheet.pk)
    permissions.can_nominate(actor, row.partner).require()
    return row


# -------------------------------------------------------------------------------------------------------- nominating


def check_one(values: Mapping[str, str], known: Known) -> Checked:
    """One firm by form, with the checks of a row. values: text by field."""
    names = list(values)
    return check_row(Row(0, [values[name] for name in names]), {name: at for at, name in enumerate(names)}, known)


@transaction.atomic
def nominate_firm(*, actor: User, partner: Partner, round: Round, values: Mapping[str, str]) -> Nomination:  # noqa: A002  as above
    """Nominate one firm; it is asked within the hour. values: text by field, as in a row of a sheet.

    Raises NotAllowed; DomainError "round_closed", "no_place", "nominated" (with where it stands in .data), "itself", or
    "wrong_values" (the findings in .data["findings"]).
    """
    permissions.can_nominate(actor, partner).require()
    _require_open(round)
    left = _places_left(partner, round)
    checked = check_one(values, selectors.known_for(partner, round))
    if checked.status == Status.WRONG:
        raise DomainError(_("Put the marked fields right."), code="wrong_values", findings=checked.findings)
    if checked.standing == "itself":
        raise DomainError(
            _("This is your own organisation, a firm of your own people, or another partner: it cannot be nominated."),
            code="itself",
        )
    if checked.status == Status.REST:
        raise DomainError(
            _("You have nominated this firm in this round already; there is nothing to do."),
            code="nominated",
            standing=checked.standing,
        )
    if not left:
        raise DomainError(_("You have no places left in this round."), code="no_place")
    return _nominate(actor, partner, round, checked)


def _places_left(partner: Partner, round_: Round) -> int:
    """Under a lock that every act holds that uses a place up: what is counted here cannot change before it is used."""
    NominationPlaces.objects.get_or_create(partner=partner, round=round_)
    row = locked_places(partner, round_)
    return selectors.places_in(row, partner, round_).left


def locked_places(partner: Partner, round_: Round) -> NominationPlaces:
    return NominationPlaces.objects.select_for_update().get(partner=partner, round=round_)


def _nominate(
    actor: User, partner: Partner, round_: Round, checked: Checked, *, sheet: NominationSheet | None = None
) -> Nomination:
    values = checked.values
    city = CITIES.get(values.get(Field.CITY, ""))
    women_led = values.get(Field.WOMEN_LED)
    account = values.get(Field.IBAN, "")
    row = Nomination.objects.create(
        partner=partner,
        round=round_,
        made_by=actor,
        sheet=sheet,
        sheet_row=checked.number or None,
        **{
            name: values.get(name, "")
            for name in ("firm", "ntn", "cnic", "mobile", "email", "city", "district", "sector")
        },
        province=city.province if city else partner.province,
        women_led={"yes": True, "no": False}.get(women_led or ""),
        account=fingerprint("account", account) if account else "",
        key=fingerprint("nominee", keys_of(values)[0]),
        token=secrets.token_urlsafe(32),
        remind_at=min(_end_of(REMIND_AFTER_DAYS), round_.closes_at),
        lapses_at=min(_end_of(ANSWER_DAYS), round_.closes_at),
    )
    record(
        Happened.NOMINATED.value, subject=row, actor=actor, partner=partner.public_id, round=round_.code,
        sheet=sheet.public_id if sheet else None, row=row.sheet_row,
    )  # fmt: skip
    return row


def _end_of(days: int) -> datetime:
    """The last moment in Pakistan of the working day that is so many from today."""
    return timezone.make_aware(datetime.combine(add_working_days(today(), days), time.max))


@transaction.atomic
def withdraw_nomination(*, actor: User, nomination: Nomination) -> Nomination:
    """The partner takes a nomination back; its link stops. The place stays used, since the firm was asked.

    Raises NotAllowed, WrongState, DomainError "has_applied" once the firm that claimed it has applied, whoever its file counts
    under: else a partner could tell that another one nominated the firm too.
    """
    row = _locked(nomination.pk)
    permissions.can_nominate(actor, row.partner).require()
    if row.state == NominationState.WITHDRAWN:
        return row
    if selectors.has_applied(row):
        raise DomainError(_("The firm has applied: its nomination can no longer be taken back."), code="has_applied")
    return _move(row, "withdraw", actor)


@transaction.atomic
def set_places(*, actor: User, partner: Partner, round: Round, places: int | None) -> NominationPlaces:  # noqa: A002  as above
    """How many firms a partner may nominate in a round; None is the usual number. Fewer than it has nominated stops it
    from nominating more. Raises NotAllowed, DomainError "not_a_nominator"."""
    permissions.can_set_places(actor).require()
    if partner.kind not in permissions.NOMINATING:
        raise DomainError(_("This partner does not nominate firms."), code="not_a_nominator")
    NominationPlaces.objects.get_or_create(partner=partner, round=round)
    row = locked_places(partner, round)
    if row.places != places:
        was, row.places = row.places, places
        row.save(update_fields=["places", "updated_at"])
        record(
            Happened.NOMINATION_PLACES_SET.value, subject=row, actor=actor, partner=partner.public_id,
            round=round.code, was=was, places=places,
        )  # fmt: skip
    return row


def _require_open(round_: Round) -> None:
    if not rounds_selectors.is_open_now(round_):
        raise DomainError(
            _("This round takes no nominations now. The calendar shows when the next one opens."), code="round_closed"
        )


# ---------------------------------------------------------------------------------------------------------- the firm


@transaction.atomic
def answer_nomination(*, token: str, agrees: bool, actor: User | None) -> Nomination:
    """The firm's yes or no, by whoever holds the link; no account is needed. The same answer twice is one. A yes can be
    taken back as long as the firm has not applied.

    Raises NotFound for a link that no longer works, by the database's clock; WrongState for a yes after a no.
    """
    row = _locked(selectors.nomination_by_token(token).pk)
    if row.state == (NominationState.AGREED if agrees else NominationState.REFUSED):
        return row
    if row.counted_at is not None:
        raise DomainError(_("Your firm has applied with this nomination: it stays in the file."), code="has_applied")
    row.answered_at = timezone.now()
    return _move(row, "agree" if agrees else "refuse", actor, "answered_at")


@transaction.atomic
def claim_nomination(*, actor: User, token: str, sme: Sme) -> Nomination:
    """Link the nomination behind a link to a firm of the person who holds it; says yes as well. Claiming twice is one act.

    Raises NotFound for a link that no longer works, NotAllowed, WrongState after a no, DomainError "claimed" where another
    nomination of the same partner belongs to the firm already.
    """
    row = _locked(selectors.nomination_by_token(token).pk)
    permissions.can_claim(actor, row, sme).require()
    if row.sme_id == sme.pk:
        return row
    if row.state != NominationState.AGREED:
        row.answered_at = timezone.now()
        _move(row, "agree", actor, "answered_at")
    row.sme, row.claimed_by, row.claimed_at = sme, actor, timezone.now()
    try:
        with transaction.atomic():
            row.save(update_fields=["sme", "claimed_by", "claimed_at", "updated_at"])
    except IntegrityError:
        raise DomainError(_("Your firm has taken up a nomination of this partner already."), code="claimed") from None
    record(Happened.NOMINATION_CLAIMED.value, subject=row, actor=actor, sme=sme.public_id)
    return row


# -------------------------------------------------------------------------------------------------------- the worker


@transaction.atomic
def recognise(*, nomination_id: int) -> Nomination | None:
    """Note which firm of the portal a nominee looks like, for officials. None where the nomination is gone or over."""
    row = Nomination.objects.select_for_update().filter(pk=nomination_id, state=NominationState.INVITED).first()
    if row is not None:
        row.recognised = duplicates_selectors.firm_known_by(
            ntn=row.ntn, cnic=row.cnic, phone=row.mobile, email=row.email
        )
        row.save(update_fields=["recognised", "updated_at"])
    return row


def lapse_due() -> int:
    """End what nobody answered in time; returns how many."""
    return sum(one_by_one(_lapse, selectors.ids_to_lapse()))


@transaction.atomic
def _lapse(pk: int) -> bool:
    row = _locked(pk)
    if row.state != NominationState.INVITED:  # answered, or taken back, a moment ago
        return False
    _move(row, "lapse", None)
    return True


def remind_due() -> int:
    """Remind once at half time; returns how many."""
    return sum(one_by_one(_remind, selectors.ids_to_remind()))


@transaction.atomic
def _remind(pk: int) -> bool:
    row = _locked(pk)
    if row.state != NominationState.INVITED or row.reminded_at is not None:
        return False
    row.reminded_at = timezone.now()
    row.save(update_fields=["reminded_at", "updated_at"])
    record(Happened.NOMINATION_HALF_TIME.value, subject=row, actor=None)
    return True


@transaction.atomic
def count_under_partner(*, application_id: int) -> Nomination | None:
    """Write into a submitted file which partner nominated its firm: of the nominations it had claimed by then, the one it
    agreed to first. Once written it is never changed. None where there is nothing to write."""
    file = locked_file(application_id)
    if file.nominated_by_id is not None or file.submitted_at is None:
        return None
    found = selectors.first_agreed(file)
    if found is None or not permissions.is_of(found, file.sme):  # its tax number may have come after the claim
        return None
    row = _locked(found.pk)
    file.nominated_by, row.counted_at = row.partner, timezone.now()
    file.save(update_fields=["nominated_by", "updated_at"])
    row.save(update_fields=["counted_at", "updated_at"])
    record(Happened.NOMINATION_COUNTED.value, subject=row, actor=None, file=file.file_number)
    return row


def empty_old_sheets() -> int:
    """Take the rows out of sheets that nobody has touched for ROWS_KEPT_DAYS; returns how many."""
    old = timezone.now() - timedelta(days=ROWS_KEPT_DAYS)
    return NominationSheet.objects.filter(updated_at__lt=old).exclude(rows=[]).update(rows=[])


def _locked(pk: int) -> Nomination:
    row = Nomination.objects.select_for_update(of=("self",)).select_related("partner", "round").filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _move(row: Nomination, action: str, actor: User | None, *columns: str, **data: Any) -> Nomination:
    move = NOMINATION.move(action, row.state)
    row.state = move.target.value
    row.save(update_fields=["state", *columns, "updated_at"])
    record(move.event.value, subject=row, actor=actor, **data)
    return row
