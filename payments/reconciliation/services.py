"""A file of the bank from being handed in to its last line being booked. Accounts and rules of matching."""

from __future__ import annotations

import hashlib
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.deposits import services as deposits
from payments.deposits.selectors import BANK
from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
from payments.ledger import services as ledger
from payments.models import BankAccount, BankFile, BankLine, MatchRule
from payments.states import BANK_FILE, BankFileState, BankLineState, Happened
from smes.vocabulary.identifiers import IdentifierError, parse_iban
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, WrongState

from . import booking, matches, matching, permissions, selectors, sure, wording
from .files.reading import format_of
from .files.statement import BadFile, Format
from .files.table import Mapping, head_of, lines_of, propose, read_table, table_of
from .preview import LEAVE, TAKE, preview_of, statement_of

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User

    from .files.table import Proposal
    from .preview import Looked, Preview

CHUNK = 100
"""Lines a transaction: what is killed loses no more than that, and finds it again."""
MAX_NAME = 120


# ---------------------------------------------------------------------------------------------------- accounts and rules


@transaction.atomic
def set_account(*, actor: User, name: str, iban: str) -> BankAccount:
    """Note an account of TDAP, or name it otherwise. The one to which firms pay has the code that deposits are booked under. Raises
    NotAllowed, DomainError "iban"."""
    permissions.can_work_bank(actor).require()
    try:
        checked = parse_iban(iban)
    except IdentifierError as fault:
        raise DomainError(_("This is no Pakistani IBAN: compare it with a paper of the bank."), code="iban") from fault
    row = BankAccount.objects.filter(iban=checked).first()
    if row is None:
        row, _is_new = BankAccount.objects.get_or_create(
            iban=checked, defaults={"code": _code_of(checked), "name": name.strip()}
        )
    row.name = name.strip()
    row.save(update_fields=["name", "updated_at"])
    record(Happened.BANK_ACCOUNT_SET.value, subject=row, actor=actor, code=row.code, name=row.name)
    return row


def _code_of(iban: str) -> str:
    """ "bank" of the account to which firms pay; of others their bank's letters and last figures, as nobody else has them."""
    ours = settings.PAYMENT_IBAN.replace(" ", "").upper()
    taken = set(BankAccount.objects.values_list("code", flat=True))
    if (iban == ours or not ours) and BANK not in taken:
        return BANK
    code = f"{iban[4:8].lower()}-{iban[-4:]}"
    return code if code not in taken else f"{iban[4:8].lower()}-{iban[-8:]}"


@transaction.atomic
def set_rule(
    *,
    actor: User,
    since: date,
    tolerance: int,
    window: int,
    source: str,
    second_from: int | Literal["as it was"] | None = "as it was",
) -> MatchRule:
    """From a day on, how far a line may be off and still be offered, and from which amount a second person signs; None for none, which a
    director alone changes. Rules of days that are past stay; those of later days that went on with the amount go on with the new one. Raises NotAllowed,
    DomainError "past", "no_words"."""
    permissions.can_set_rule(actor).require()
    if since < today():
        raise DomainError(_("A rule begins today or later: what was offered stays as it was."), code="past")
    if not source.strip():
        raise DomainError(_("Write by which decision."), code="no_words")
    standing = selectors.rule_on(since)
    before = standing.second_from if standing is not None else None
    if second_from == "as it was":
        second_from = before
    if second_from != before:
        permissions.can_set_limit(actor).require()
    values = {
        "tolerance": tolerance,
        "window": window,
        "second_from": second_from,
        "source": source.strip(),
        "set_by": actor,
    }
    row, _is_new = MatchRule.objects.update_or_create(since=since, defaults=values)
    _tell_rule(row, actor)
    if second_from != before:
        later = MatchRule.objects.select_for_update(no_key=True).filter(since__gt=since).order_by("since")
        for each in takewhile(lambda each: each.second_from == before, later):
            each.second_from = second_from
            each.save(update_fields=["second_from"])
            _tell_rule(each, actor)
    return row


def _tell_rule(row: MatchRule, actor: User) -> None:
    record(
        Happened.BANK_RULE_SET.value,
        subject=row,
        actor=actor,
        since=row.since,
        tolerance=row.tolerance,
        window=row.window,
        second_from=row.second_from,
        source=row.source,
    )


# ------------------------------------------------------------------------------------------------------------ handed in


def read_in(*, actor: User, account: BankAccount, file_name: str, content: bytes) -> BankFile:
    """Look at a file. Nothing is taken; the same file again is the row that is there. Raises NotAllowed, and DomainError with the sentence
    for a file that cannot be read at all."""
    permissions.can_work_bank(actor).require()
    sha256 = hashlib.sha256(content).hexdigest()
    known = selectors.known_file(account, sha256)
    if known is not None:
        return known
    try:
        row = _looked_at(account, content)
    except BadFile as fault:
        raise DomainError(wording.refusal_words(fault), code=fault.code) from fault
    row.uploaded_by, row.name, row.sha256 = actor, file_name[-MAX_NAME:], sha256
    return _kept(row, actor)


def _looked_at(account: BankAccount, content: bytes) -> BankFile:
    """Not saved. Raises BadFile."""
    row = BankFile(account=account, raw=content, format=format_of(content).value)
    if row.format == Format.TABLE:
        known = BankAccount.objects.values_list("layouts", flat=True).get(pk=account.pk)
        row.layout = known.get(head_of(table_of(content)))
        if row.layout is None:
            return row
    statement_of(row)
    return row


@transaction.atomic
def _kept(row: BankFile, actor: User) -> BankFile:
    """Two people may hand in the same at the same moment: the account is locked, and the first one's row is both's."""
    BankAccount.objects.select_for_update(no_key=True).get(pk=row.account_id)
    known = selectors.known_file(row.account, row.sha256)
    if known is not None:
        return known
    row.save()
    record(Happened.BANK_FILE_READ.value, subject=row, actor=actor, account=row.account.code, sha256=row.sha256)
    return row


@transaction.atomic
def map_columns(*, actor: User, file: BankFile, mapping: Mapping) -> BankFile:
    """Say which column is which; kept for the next file of this account with the same headings. Raises NotAllowed, WrongState, DomainError
    "no_mapping", and the sentence where the file cannot be read that way."""
    permissions.can_work_bank(actor).require()
    row = _locked(file)
    if row.state != BankFileState.READ:
        raise WrongState(_("This file was taken or put away meanwhile."))
    if mapping.lacks:
        raise DomainError(wording.LACKS[mapping.lacks], code="no_mapping")
    try:
        sheet = table_of(bytes(row.raw))
        read_table(sheet, mapping, today=today())
    except BadFile as fault:
        raise DomainError(wording.refusal_words(fault), code=fault.code) from fault
    row.layout, row.choices = mapping.as_dict(), {}
    row.save(update_fields=["layout", "choices", "updated_at"])
    account = row.account
    account.layouts[head_of(sheet)] = row.layout
    account.save(update_fields=["layouts", "updated_at"])
    record(Happened.BANK_FILE_MAPPED.value, subject=row, actor=actor, columns=row.layout)
    return row


def proposal_for(file: BankFile) -> tuple[Proposal, list[list[str]], list[str]]:
    """What a table's columns are likely to be, its first lines, and its headings. Raises BadFile."""
    sheet = table_of(bytes(file.raw))
    proposal = propose(sheet)
    first = [row.cells for row in lines_of(sheet, proposal.mapping)[:3]]
    return proposal, first, sheet.head


@transaction.atomic
def drop_file(*, actor: User, file: BankFile) -> BankFile:
    """Put a file away of which nothing was taken; twice is once. Raises NotAllowed, WrongState."""
    permissions.can_work_bank(actor).require()
    row = _locked(file)
    if row.state == BankFileState.DROPPED:
        return row
    move = BANK_FILE.move("drop", row.state)
    row.state = move.target.value
    row.save(update_fields=["state", "updated_at"])
    record(move.event.value, subject=row, actor=actor, account=row.account.code)
    return row


# ---------------------------------------------------------------------------------------------------------------- taken


def take_file(
    *,
    actor: User,
    file: BankFile,
    choices: dict[str, str] | None = None,
    others: str = "",
    covers: tuple[date, date] | None = None,
    without_bad: bool = False,
    words: str = "",
) -> BankFile:
    """Take the lines of a file into the books; the worker books them. Twice is once.

    choices: by place of a line in the file, "take" or "leave", against what was found, beside those that were noted before; others: the same for
    all that may be there already and of which nothing was said. covers: the first and last day of which
    no line is missing, of a table, which does not tell; None for those of its lines. without_bad: leave lines out that cannot be read.
    Both need a reason. A file that its balances do not bear out is taken by another person than who handed it in. Raises NotAllowed, WrongState,
    DomainError "bad_lines", "undecided", "no_words", "covers", "second_person", and the sentence of a file that does not fit any more.
    """
    permissions.can_take_files(actor).require()
    try:
        return _take(actor, file, choices or {}, others, covers, without_bad=without_bad, words=words.strip())
    except BadFile as fault:
        raise DomainError(wording.refusal_words(fault), code=fault.code) from fault


@transaction.atomic
def _take(
    actor: User,
    file: BankFile,
    choices: dict[str, str],
    others: str,
    covers: tuple[date, date] | None,
    *,
    without_bad: bool,
    words: str,
) -> BankFile:
    row = _locked(file)
    account = row.account
    if row.state in (BankFileState.TAKING, BankFileState.TAKEN):
        return row
    move = BANK_FILE.move("take", row.state)
    row.choices = _chosen(row, choices)
    found = preview_of(row)
    if others in {TAKE, LEAVE} and found.undecided:
        row.choices |= {str(line.at): others for line in found.undecided}
        found = preview_of(row)
    if found.bad and not without_bad:
        raise DomainError(
            _("Some lines cannot be read. Ask the bank for another file, or leave them out with a reason."),
            code="bad_lines",
        )
    if found.undecided:
        raise DomainError(_("Say of each line that may be there already whether it is taken."), code="undecided")
    answer = permissions.can_take_file(actor, row, is_proven=not found.unproven)
    if not answer:
        raise DomainError(answer.reason, code="second_person")
    if (found.bad or found.overruled) and not words:
        raise DomainError(_("Give the reason. Whoever looks at this file later reads it."), code="no_words")
    BankLine.objects.bulk_create([_line(row, each) for each in found.fresh], batch_size=500, ignore_conflicts=True)
    first = min((each.row.booked_on for each in found.lines), default=None)
    if found.statement.opening is not None and (account.opening is None or _is_first(row, first)):
        account.opening = found.statement.opening
        account.save(update_fields=["opening", "updated_at"])
    row.state, row.taken_by, row.taken_at, row.words = move.target.value, actor, timezone.now(), words[:300]
    row.lines, row.left_out = len(found.lines), len(found.bad)
    row.fresh = selectors.lines_of_file(row).count()
    row.opening, row.closing = found.statement.opening, found.statement.closing
    row.covers_from, row.covers_to = _covers(found, covers)
    row.save()
    record(
        move.event.value,
        subject=row,
        actor=actor,
        account=account.code,
        lines=row.lines,
        fresh=row.fresh,
        left_out=row.left_out,
        words=row.words,
    )
    return row


def _chosen(row: BankFile, choices: dict[str, str]) -> dict[str, str]:
    """What was noted before, and what is said now, which may take a choice back."""
    said = {**row.choices, **choices}
    return {at: choice for at, choice in said.items() if choice in {TAKE, LEAVE}}


@transaction.atomic
def choose(*, actor: User, file: BankFile, choices: dict[str, str]) -> BankFile:
    """Note what a person chose on one page of a long file before the next one is looked at. Raises NotAllowed, WrongState."""
    permissions.can_take_files(actor).require()
    row = _locked(file)
    if row.state != BankFileState.READ:
        raise WrongState(_("This file was taken or put away meanwhile."))
    row.choices = _chosen(row, choices)
    row.save(update_fields=["choices", "updated_at"])
    return row


def _covers(found: Preview, said: tuple[date, date] | None) -> tuple[date | None, date | None]:
    """What the bank says counts; of a table what a person says, which holds all of its lines and no day that is not over."""
    if said is None or found.statement.first_on is not None:
        return found.covers or (None, None)
    days = [line.row.booked_on for line in found.lines if line.row.booked_on < today()]
    if said[1] >= today() or said[0] > min(days, default=said[0]) or said[1] < max(days, default=said[0]):
        raise DomainError(_("The days must hold all lines of the file, and only days that are over."), code="covers")
    return said


def _is_first(row: BankFile, first: date | None) -> bool:
    """Whether no line of the account lies before this file's."""
    return (
        first is not None
        and not BankLine.objects.filter(account=row.account_id, booked_on__lt=first).exclude(file=row).exists()
    )


def _line(file: BankFile, each: Looked) -> BankLine:
    row = each.row
    return BankLine(
        account=file.account,
        file=file,
        number=row.number,
        booked_on=row.booked_on,
        value_on=row.value_on,
        amount=row.amount,
        text=row.text,
        name=row.name,
        reference=row.reference,
        bank_reference=row.bank_reference,
        balance=row.balance,
        is_return=row.is_return,
        parts=row.parts,
        print=each.print,
        nth=each.nth,
    )


@transaction.atomic
def book_lines(*, file_id: int) -> bool:
    """Book the next lines of a file, and match those that are sure; more of them leave one event that carries it on. Safe to run twice, and
    after it was killed. Returns False when all was done."""
    there = BankFile.objects.defer("raw").filter(pk=file_id).first()
    row = _locked(there) if there is not None else None
    if row is None or row.state != BankFileState.TAKING:
        return False
    lines = selectors.lines_to_post(row, CHUNK)
    matched = _booked(lines)
    row.posted += len(lines)
    if len(lines) < CHUNK:
        matches.refresh_offers(all_of_them=True)
        move = BANK_FILE.move("finish", row.state)
        row.state, row.finished_at = move.target.value, timezone.now()
    row.save(update_fields=["posted", "state", "finished_at", "updated_at"])
    event = Happened.BANK_STATEMENT_READ if row.is_taken else Happened.BANK_FILE_CONTINUED
    record(
        event.value,
        subject=row,
        actor=row.taken_by,
        posted=row.posted,
        matched=matched,
        covers_from=row.covers_from,
        covers_to=row.covers_to,
    )
    return True


def _booked(lines: list[BankLine]) -> int:
    """Each into the books as not yet matched, on the day of the bank where that is open; then what is sure is matched. How many were."""
    closed = ledger_selectors.last_closed_day()
    day = today()

    def open_day(line: BankLine) -> date | None:
        is_open = line.booked_on <= day and (closed is None or line.booked_on > closed)
        return line.booked_on if is_open else None

    moved = [line for line in lines if line.amount]
    entries = ledger.post_many(
        wanted=[ledger.Wanted(_into_suspense(line), f"bankline:{line.pk}", on=open_day(line)) for line in moved],
        actor=None,
    )
    for line, entry in zip(moved, entries, strict=True):
        line.entry, line.state = entry, BankLineState.OPEN.value
    for line in lines:
        if not line.amount:
            line.state = BankLineState.NOTHING.value
    BankLine.objects.bulk_update(lines, ["entry", "state"], batch_size=500)
    return _matched(moved)


def _into_suspense(line: BankLine) -> books.Posting:
    if line.amount > 0:
        return books.suspense_in(line.amount, bank_code=line.account.code)
    return books.suspense_gone(-line.amount, bank_code=line.account.code)


def _matched(lines: list[BankLine]) -> int:
    """What is sure, in the order of the lines, as payments stand under their locks. Payments are booked together; a line that takes money away
    is looked at once all before it is booked."""
    index = selectors.index_of_named(lines)
    named = [row.pk for row in index.by_pk.values()]
    if not named and not index.refunds:
        return 0
    deposits.lock_payments(named)
    index = selectors.index_of_named(lines)
    matched = 0
    found: list[tuple[BankLine, matching.Offer]] = []
    for line in lines:
        if line.amount < 0:
            matched += _book_found(found, index)
            matched += _match_gone(line, index, named)
        elif (offer := sure.alone(selectors.seen(line), index)) is not None:
            found.append((line, offer))
            if not all(index.pay(share.of, share.amount, line.value_on) for share in offer.shares):
                matched += _book_found(found, index)
    matched += _book_found(found, index)
    return matched + _match_parts(lines, index)


def _match_parts(lines: list[BankLine], index: matching.Index) -> int:
    """Parts of one payment that are sure together, some of which may have waited since an earlier file: those that nobody works on. They are
    looked at with the last line of the file that names their payment, however large the pieces are."""
    left = {line.pk for line in lines if line.amount > 0 and line.state == BankLineState.OPEN}
    named = [row for each in selectors.references_in(lines) if (row := index.by_reference.get(each)) is not None]
    if not any(row.is_open for row in named):
        return 0
    waiting = {line.pk: line for line in selectors.open_lines()}
    groups = sure.together(map(selectors.seen, waiting.values()), index)
    wanted = [group for group in groups if any(line.pk in left for line, _offer in group)]
    if not wanted:
        return 0
    payments = {index.by_pk[group[0][1].shares[0].of].reference for group in wanted}
    later = selectors.named_later(lines[0].file_id, payments)
    free = matches.free_of({line.pk for group in wanted for line, _offer in group})
    found = [
        (waiting[line.pk], offer)
        for group in wanted
        if all(line.pk in free for line, _offer in group)
        and index.by_pk[group[0][1].shares[0].of].reference not in later
        for line, offer in group
    ]
    return _book_found(found, index)


def _book_found(found: list[tuple[BankLine, matching.Offer]], index: matching.Index) -> int:
    """Book them, note in the index how their payments stand now, and begin anew."""
    number = len(found)
    if found:
        booking.book_payments(found, actor=None)
        for row in selectors.expected_by_pks({share.of for _line, offer in found for share in offer.shares}):
            index.put(row)
        found.clear()
    return number


def _match_gone(line: BankLine, index: matching.Index, named: list[int]) -> int:
    brought = selectors.brought_by(line.account, named) if line.is_return else {}
    offer = sure.alone(selectors.seen(line), index, brought)
    if offer is None:
        return 0
    booking.book(line, booking.Act(offer), actor=None)
    for share in offer.shares:
        if offer.kind is matching.Kind.REFUND:
            index.take_out(share.of)
    if offer.kind is matching.Kind.RETURN:
        for row in selectors.expected_by_pks({share.of for share in offer.shares}):
            index.put(row)
    return 1


def _locked(file: BankFile) -> BankFile:
    """The account first, then its file: so everybody locks them, and one file of an account is worked on after the other."""
    account = BankAccount.objects.select_for_update(no_key=True).get(pk=file.account_id)
    row: BankFile = BankFile.objects.select_for_update(of=("self",), no_key=True).get(pk=file.pk)
    row.account = account
    return row
