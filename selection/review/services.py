"""What officials do with a file: share it out, read it, recommend, return, decide. Papers are verification, questions correspondence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import clock
from selection.applications.locking import locked_file, locked_round
from selection.applications.notices import take_back_letters
from selection.applications.reasons import unfit_codes
from selection.applications.selectors import newest_score
from selection.models import Application, Conflict, Decision, Reading, Recommendation, Waiver
from selection.states import APPLICATION, OPEN_STATES, Happened, Outcome, RoundState, State
from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.papers import selectors as papers_selectors
from smes.people import services as people_services
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState

from . import obstacles, permissions, places, selectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tdap_portal.accounts.models import User

MAX_MARK = 10


@transaction.atomic
def assign_readers(*, actor: User | None, application: Application, first: User, second: User) -> Application:
    """Give the file to two readers; the first one is also its officer. Assigning the same two again changes nothing.

    A reading that is in, of the facts as they stand, stays and so does its reader; one made of older facts is read again.
    Where that reader has left, the director chooses: named again the reading stays and the other one is the officer; with
    two others named it falls away, and both places are read anew.
    actor None: the portal shares out a round. Raises NotAllowed, WrongState, DomainError "same_reader" or "reading_is_in".
    """
    row = locked_file(application.pk)
    standing = selectors.standing_of(row)
    if actor is not None:
        permissions.can_assign(actor, standing).require()
    if first.pk == second.pk:
        raise DomainError(_("Choose two different officers: each reads alone."), code="same_reader")
    move = APPLICATION.move("assign", row.state)
    readings = list(row.readings.filter(place__in=selectors.PAIR).select_related("reader").order_by("place"))
    third = row.readings.filter(place=Reading.Place.THIRD, reader__in=[first, second]).exists()
    if third:
        raise DomainError(_("This officer is the third reader of the file. Choose another one."), code="same_reader")
    is_in = {reading.reader_id for reading in readings if places.is_in_force(reading, row)} - standing.in_conflict
    able = [person for person in (first, second) if permissions.can_be_reader(person, standing)]
    for person in (first, second):
        if person not in able and (person.pk not in is_in or not able):
            _require_reader(person, standing)
    officer = able[0]
    same = [reading.reader_id for reading in readings] == [first.pk, second.pk] and row.officer_id == officer.pk
    if same and row.state == State.IN_REVIEW:
        return row
    dropped = places.replace_readers(row, readings, (first, second), standing)
    places.drop_third_that_nobody_needs(row)
    row.officer, row.nobody_since = officer, None
    places.move_file(row, move, "officer", "nobody_since")
    record(
        move.event.value,
        subject=row,
        actor=actor,
        officer=officer.public_id,
        readers=[first.public_id, second.public_id],
        dropped=[person.public_id for person in dropped],
    )
    places.finish_reading_if_all_are_in(row)
    return row


@transaction.atomic
def resume_reading(*, application_id: int) -> bool:
    """A file that was scored anew goes back to its readers; readings of older facts are opened again.

    Returns False where there is nothing to do: no two readers, or the file has moved on.
    """
    row = locked_file(application_id)
    readings = list(row.readings.filter(place__in=selectors.PAIR).select_related("reader").order_by("place"))
    if row.state != State.SCORED or len(readings) != len(selectors.PAIR):
        return False
    standing = selectors.standing_of(row)
    gone = [r for r in readings if r.reader_id not in standing.in_charge and not places.is_in_force(r, row)]
    if gone:  # whoever has left does not read again: the file waits for its readers, and keeps the one that can stay
        for reading in gone:
            places.take_away(row, reading.reader, actor=None, keep_reading=False)
        return False
    first, second = (reading.reader for reading in readings)
    places.replace_readers(row, readings, (first, second), standing)
    places.drop_third_that_nobody_needs(row)
    move = APPLICATION.move("assign", row.state)
    places.move_file(row, move)
    record(move.event.value, subject=row, actor=None, readers=[first.public_id, second.public_id], again=True)
    places.finish_reading_if_all_are_in(row)
    return True


@transaction.atomic
def record_reading(
    *, actor: User, application: Application, commitment: int, product_fit: int, outcome: str, comment: str = ""
) -> Reading:
    """Put in one's own reading; with the second one the file is reviewed and both can be seen. Where the two disagree, a third
    officer reads it first.

    commitment, product_fit: 0 to 10. outcome: what the reader would do. What was judged is kept out of history, which
    the other reader can see. Sending the same reading twice is one reading.
    Raises NotAllowed, WrongState, DomainError "out_of_range" or "reading_is_in".
    """
    row = locked_file(application.pk)
    permissions.can_record_reading(actor, selectors.standing_of(row)).require()
    outcome = Outcome(outcome).value
    if not (0 <= commitment <= MAX_MARK and 0 <= product_fit <= MAX_MARK):
        raise DomainError(_("Both answers are whole numbers from 0 to 10."), code="out_of_range")
    reading = row.readings.get(reader=actor)
    judged = (commitment, product_fit, outcome, comment.strip())
    if reading.done_at is not None:
        if (reading.commitment, reading.product_fit, reading.outcome, reading.comment) == judged:
            return reading
        raise DomainError(_("Your reading is in and can no longer be changed."), code="reading_is_in")
    APPLICATION.move("finish_reading", row.state)  # the file is being read
    reading.commitment, reading.product_fit, reading.outcome, reading.comment = judged
    reading.facts_version, reading.done_at = row.facts_version, timezone.now()
    reading.save(
        update_fields=["commitment", "product_fit", "outcome", "comment", "facts_version", "done_at", "updated_at"]
    )
    record(Happened.READ.value, subject=row, actor=actor, place=reading.place)
    places.finish_reading_if_all_are_in(row)
    return reading


@transaction.atomic
def call_third_reader(*, actor: User, application: Application) -> Application:
    """Send a reviewed file of which the first two readings disagree to a third officer, as the rule does since it holds.

    Raises NotAllowed, WrongState, DomainError "no_third_needed" where the readings agree or the third one is in.
    """
    row = locked_file(application.pk)
    permissions.can_call_third(actor, selectors.standing_of(row)).require()
    move = APPLICATION.move("call_third", row.state)
    if not selectors.needs_third(row.readings.all()):
        raise DomainError(_("The readings do not disagree, or a third one is in."), code="no_third_needed")
    places.move_file(row, move)
    record(move.event.value, subject=row, actor=actor)
    places.finish_reading_if_all_are_in(row)
    return row


@transaction.atomic
def recommend(
    *, actor: User, application: Application, outcome: str, reason_codes: Sequence[str], words: str
) -> Recommendation:
    """Propose what should become of the file, with coded reasons and words that the firm will read.

    A file that failed a gate can only be declined, for a reason that rests on a condition. Recommending the same twice is
    one recommendation. Raises NotAllowed, WrongState, DomainError "waits_for_firm", "readings_differ", "unknown_reason",
    "no_line", "no_words", and for selecting what obstacles.require_none raises.
    """
    row = locked_file(application.pk)
    standing = selectors.standing_of(row)
    permissions.can_recommend(actor, standing).require()
    proposed = (Outcome(outcome).value, list(reason_codes), words.strip())
    if row.state == State.RECOMMENDED:
        newest = selectors.newest_recommendation(row)
        if newest and newest.officer_id == actor.pk and (newest.outcome, newest.reason_codes, newest.words) == proposed:
            return newest
    move = APPLICATION.move("recommend", row.state)
    if row.awaiting_firm:
        raise DomainError(
            _("The firm has been asked: wait for its answer, or take the question back."), code="waits_for_firm"
        )
    if standing.needs_third:
        raise DomainError(permissions.READINGS_DIFFER, code="readings_differ")
    permissions.fits_gates(outcome, standing).require()
    check_reasons(outcome, reason_codes, words, application=row, held=standing.gates_passed is not True)
    if proposed[0] == Outcome.SELECT:
        people_services.hold_still(row.sme_id)
        obstacles.require_none(row)
    made = Recommendation.objects.create(
        application=row,
        officer=actor,
        outcome=proposed[0],
        reason_codes=proposed[1],
        words=proposed[2],
        papers_looked_at=True,
    )
    if standing.officer_id is None:
        row.officer, row.nobody_since = actor, None
    places.move_file(row, move, "officer", "nobody_since")
    record(move.event.value, subject=row, actor=actor, outcome=made.outcome, reasons=made.reason_codes)
    return made


@transaction.atomic
def return_to_officer(*, actor: User, application: Application, words: str, basis: str) -> Recommendation:
    """Send a recommendation back with the reason; the file is reviewed again. basis: as for decide.

    Raises NotAllowed, WrongState, DomainError "changed", "no_words" or "no_recommendation".
    """
    row = locked_file(application.pk)
    permissions.can_return(actor, selectors.standing_of(row)).require()
    move = APPLICATION.move("return", row.state)
    check_basis(row, basis)
    if not words.strip():
        raise DomainError(_("Write what the officer should look at again."), code="no_words")
    newest = selectors.newest_recommendation(row)
    if newest is None:
        raise DomainError(_("There is no recommendation to return."), code="no_recommendation")
    newest.returned_at, newest.returned_words = timezone.now(), words.strip()
    newest.save(update_fields=["returned_at", "returned_words"])
    places.move_file(row, move)
    record(move.event.value, subject=row, actor=actor, words=newest.returned_words)
    return newest


@transaction.atomic
def decide(
    *, actor: User, application: Application, outcome: str, reason_codes: Sequence[str], words: str, basis: str
) -> Decision:
    """The decision by the second person: select, waitlist or decline. The clock stops; the firm is told.

    A file on the waiting list can be decided again. Deciding the same twice is one decision.
    basis: selectors.basis_of the file as the director saw it; what changed since is read before it is decided.
    Raises NotAllowed (also for a file that failed a gate and is not declined), WrongState, DomainError "changed",
    "unknown_reason", "no_line", "no_words", and for selecting "seats_full" where every seat of the round is given,
    "round_final" where it is decided and no place fell free, and what obstacles.require_none raises.
    """
    row = locked_file(application.pk)
    standing = selectors.standing_of(row)
    permissions.can_decide(actor, standing).require()
    wanted = Outcome(outcome)
    decided = (wanted.value, list(reason_codes), words.strip())
    newest = row.decisions.order_by("-pk").first()
    if newest and newest.approver_id == actor.pk and (newest.outcome, newest.reason_codes, newest.words) == decided:
        return newest
    move = APPLICATION.move(wanted.value, row.state)
    check_basis(row, basis)
    permissions.fits_gates(wanted, standing).require()
    check_reasons(wanted, reason_codes, words, application=row, held=standing.gates_passed is not True)
    if wanted == Outcome.SELECT:
        people_services.hold_still(row.sme_id)
        obstacles.require_none(row)
        _require_seat(row)
    take_back_letters(row)
    made = Decision.objects.create(
        application=row,
        recommendation=selectors.newest_recommendation(row),
        approver=actor,
        outcome=decided[0],
        reason_codes=decided[1],
        words=decided[2],
        score_card=newest_score(row),
    )
    clock.stop(row, on=today())
    row.decided_at, row.nobody_since = timezone.now(), None
    places.move_file(row, move, "decided_at", "nobody_since", *clock.FIELDS)
    record(move.event.value, subject=row, actor=actor, decision=made.public_id, reasons=made.reason_codes)
    return made


@transaction.atomic
def declare_conflict(*, actor: User, application: Application, words: str) -> Conflict:
    """Say that one must not judge this firm, in none of its files: one's readings no longer count, also where both are in, and
    another takes the place. What was decided stands.

    Declaring twice is one declaration. Raises NotAllowed, or DomainError "no_words".
    """
    permissions.can_declare_conflict(actor).require()
    if not words.strip():
        raise DomainError(_("Write in a few words what ties you to the firm."), code="no_words")
    conflict, is_new = Conflict.objects.get_or_create(
        official=actor, sme_id=application.sme_id, defaults={"words": words.strip()}
    )
    if is_new:
        touched = give_up_firm(official=actor, sme_id=application.sme_id)
        for row in touched if application in touched else [*touched, application]:
            record("conflict.declared", subject=row, actor=actor)
    return conflict


@transaction.atomic
def give_up_firm(*, official: User, sme_id: int) -> list[Application]:
    """Whoever is tied to a firm has no part in any of its open files: reading, recommendation, charge. Returns those that
    lost something; their places are open again."""
    files = Application.objects.select_for_update(of=("self",)).select_related("round", "sme").order_by("pk")
    rows = list(files.filter(sme_id=sme_id, state__in=OPEN_STATES))
    return [row for row in rows if places.take_away(row, official, actor=official, keep_reading=False)]


def check_basis(application: Application, basis: str) -> None:
    """Raises DomainError "changed" where the file was recommended or decided anew since it was read with this basis."""
    if basis != selectors.basis_of(application):
        raise DomainError(
            _("The recommendation or the decision changed since you opened this page. Read it again before you go on."),
            code="changed",
        )


def check_reasons(
    outcome: Outcome | str, codes: Sequence[str], words: str, *, application: Application, held: bool
) -> None:
    """Raises DomainError "unknown_reason" or "no_words" where a reason may not be given, or nothing is said; "no_line" for one
    that speaks of the line of a round that has none."""
    unfit = unfit_codes(codes, outcome, on=today(), held=held)
    if unfit or not codes:
        raise DomainError(
            _("Choose at least one reason that fits this outcome."), code="unknown_reason", codes=list(unfit)
        )
    if unfit_codes(codes, outcome, on=today(), held=held, has_line=False) and not selectors.has_line(application.round):
        raise DomainError(permissions.NO_LINE, code="no_line")
    if not words.strip():
        raise DomainError(_("Write the reason in words that the firm will read."), code="no_words")


@transaction.atomic
def propose_waiver(*, actor: User, application: Application, kinds: Sequence[str], words: str) -> Waiver:
    """An officer proposes that the file may be selected without certain papers; nothing is waived before a director signs.

    kinds: of papers that are needed and not verified. A proposal takes the place of one that waits; the same twice is one.
    Raises NotAllowed, WrongState where the file is closed, DomainError "no_words" or "not_needed".
    """
    row = locked_file(application.pk)
    permissions.can_propose_waiver(actor, selectors.standing_of(row)).require()
    _require_open(row)
    if not words.strip():
        raise DomainError(_("Write why the file can be selected without these papers."), code="no_words")
    needed = [kind for kind in papers_selectors.unverified_papers(row.sme) if kind in kinds]
    if not needed or set(kinds) - set(needed):
        raise DomainError(_("Choose papers that are needed and not verified."), code="not_needed")
    waits = selectors.waivers_of(row).filter(signed_at=None).first()
    if waits is not None:
        if (waits.proposed_by_id, waits.kinds, waits.words) == (actor.pk, needed, words.strip()):
            return waits
        waits.dropped_at = timezone.now()
        waits.save(update_fields=["dropped_at", "updated_at"])
    made = Waiver.objects.create(application=row, kinds=needed, words=words.strip(), proposed_by=actor)
    record(Happened.WAIVER_PROPOSED.value, subject=row, actor=actor, papers=needed, words=made.words)
    return made


@transaction.atomic
def sign_waiver(*, actor: User, application: Application, waiver: str) -> Waiver:
    """A director signs what an officer proposed; signing twice is once. waiver: its public id.

    Raises NotAllowed, NotFound where another proposal took its place, WrongState where the file is closed.
    """
    row = locked_file(application.pk)
    found = selectors.waiver_of(row, waiver)
    permissions.can_sign_waiver(actor, selectors.standing_of(row), found.proposed_by_id).require()
    if found.signed_at is not None:
        return found
    _require_open(row)
    found.signed_by, found.signed_at = actor, timezone.now()
    found.save(update_fields=["signed_by", "signed_at", "updated_at"])
    record(Happened.WAIVER_SIGNED.value, subject=row, actor=actor, papers=found.kinds, words=found.words)
    return found


@transaction.atomic
def explain_contradiction(*, actor: User, application: Application, contradiction: str, explanation: str) -> None:
    """An officer writes why two things that do not seem to fit do. contradiction: its public id. Raises NotAllowed, NotFound,
    WrongState, DomainError "no_words"."""
    row = locked_file(application.pk)
    permissions.can_judge_papers(actor, selectors.standing_of(row)).require()
    found = evidence_selectors.contradiction_of(row.sme_id, contradiction)
    evidence_services.explain_contradiction(actor=actor, contradiction=found, explanation=explanation)


@transaction.atomic
def note_contradictions(*, application_id: int) -> None:
    """For the worker, after a submission or an answer: look the firm over, and compare the first frozen copy with the newest."""
    row = Application.objects.get(pk=application_id)
    evidence_services.look_for_contradictions(sme_id=row.sme_id)
    versions = list(row.frozen.order_by("version").values_list("facts", flat=True))
    if len(versions) > 1:
        evidence_services.note_leaps(sme_id=row.sme_id, about=row.file_number, before=versions[0], after=versions[-1])


def _require_open(row: Application) -> None:
    if row.state not in (*OPEN_STATES, State.WAITLISTED):
        raise WrongState(_("This file is closed: nothing is waived for it."))


def _require_seat(row: Application) -> None:
    """Counted under the round's lock, which stays until the decision stands: two directors cannot give the last seat twice,
    and the round is not finished between the count and the decision."""
    round_ = locked_round(row.round_id)
    if selectors.free_places(round_) > 0:
        return
    if round_.state == RoundState.DECIDED:
        raise DomainError(
            _("This round is final. Only a place that falls free can be given again, and none is free."),
            code="round_final",
        )
    raise DomainError(
        _("All %(seats)d seats of this round are given. Put the file on the waiting list, or decline it.")
        % {"seats": round_.places},
        code="seats_full",
        seats=round_.places,
    )


def _require_reader(person: User, standing: permissions.Standing) -> None:
    answer = permissions.can_be_reader(person, standing)
    if not answer:
        raise NotAllowed(answer.reason, person=person.name)
