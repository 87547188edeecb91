"""A case from its consent to its end. Each act is one transaction: allowed? lock, move, save, record.

The consent is locked before its cases, by everybody: a look, an act of the lender and the firm's taking it back come one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.finance.schemes import selectors as schemes_selectors
from payments.models import CaseQuestion, CaseView, Consent, DecidedPack, FinanceCase, Repayment
from payments.money import checked_paisa
from payments.states import (
    BEFORE_MONEY,
    CASE,
    UNDECIDED,
    CaseState,
    ConsentFor,
    Happened,
    Look,
    Repaying,
)
from smes.people import services as people_services
from smes.profile import selectors as profile_selectors
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import add_working_days, calendar_version, today
from tdap_portal.core.errors import DomainError, NotFound, WrongState

from . import clock, pack, permissions, selectors
from .frozen import digest_of
from .reasons import loss_reasons_on, reasons_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from payments.models import LendingTerms
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

MAX_DAYS = 3650
MAX_EXPECTED = 3
MAX_RATE_BP = 10_000


# ---------------------------------------------------------------------------------------------------------- the firm


@transaction.atomic
def refer(
    *,
    actor: User,
    sme: Sme,
    lender: Partner,
    amount: int,
    days: int,
    use: str,
    ends_on: date,
    scheme: str = "",
    expected: Sequence[tuple[date, int]] = (),
    purpose: ConsentFor = ConsentFor.DECIDE,
) -> FinanceCase:
    """Ask one lender, and let it read the pack until a day. The same asked twice is one case.

    amount: paisa above 0. scheme: a code that holds today, "" for none. expected: days and paisa from which the firm expects to pay it back.
    Raises NotAllowed, DomainError "already_asked" (another open case with this lender), "ends_on", "unknown_scheme", "lender" (none, or no
    longer), "no_words", "bounds", "expected".
    """
    permissions.can_consent(actor, sme).require()
    people_services.locked_firm(sme.pk)
    terms = schemes_selectors.terms_on()
    if not selectors.lenders().filter(pk=lender.pk).exists():
        raise DomainError(_("Choose a bank or a microfinance bank."), code="lender")
    if not checked_paisa(amount) > 0 or not 0 < days <= MAX_DAYS:
        raise DomainError(_("Write the amount and for how many days you need it."), code="bounds")
    if not use.strip():
        raise DomainError(_("Write what the money is for."), code="no_words")
    if scheme and schemes_selectors.scheme_on(scheme) is None:
        raise DomainError(_("This scheme does not hold today."), code="unknown_scheme")
    _check_end(ends_on, terms)
    _check_expected(expected)
    there = selectors.open_case_with(sme, lender)
    if there is not None:
        if (there.amount, there.days, there.use, there.scheme) == (amount, days, use.strip(), scheme):
            return there
        raise DomainError(_("You have asked this lender already; that case is still open."), code="already_asked")
    consent = Consent.objects.create(
        sme=sme, lender=lender, purpose=purpose.value, ends_on=ends_on, given_by=actor, given_at=timezone.now()
    )
    record(
        Happened.CONSENT_GIVEN.value,
        subject=consent,
        actor=actor,
        sme_id=sme.pk,
        lender=lender.public_id,
        purpose=purpose.value,
        ends_on=ends_on,
    )
    copy = profile_selectors.frozen_copy(sme)
    row = FinanceCase(
        sme=sme,
        lender=lender,
        consent=consent,
        scheme=scheme,
        amount=amount,
        days=days,
        use=use.strip(),
        expected=[[day.isoformat(), paisa] for day, paisa in sorted(expected)],
        size_class=str(copy["size_class"] or ""),
        sector=str(copy["sector"] or ""),
        city=sme.city,
        asked_by=actor,
        promise_days=terms.answer_days,
    )
    clock.start(row, on=today())
    row.save()
    row.number = row.pk
    row.save(update_fields=["number"])
    record(Happened.CASE_REFERRED.value, subject=row, actor=actor, **said_of(row), amount=amount)
    return row


@transaction.atomic
def prolong(*, actor: User, consent: Consent, ends_on: date) -> Consent:
    """Let the lender read until a later day, before the consent has ended; the same day twice is once. Each time stays in the history.

    Raises NotAllowed, DomainError "over" (taken back or ended: a new one is given by asking anew), "not_later", "ends_on".
    """
    permissions.can_consent(actor, consent.sme).require()
    row = _locked_consent(consent.pk)
    if not row.is_in_force:
        raise DomainError(_("This consent is over. Ask the lender anew to give another."), code="over")
    if ends_on == row.ends_on and row.prolonged_by_id == actor.pk:
        return row
    if ends_on <= row.ends_on:
        raise DomainError(_("Choose a day after the one on which it ends now."), code="not_later")
    _check_end(ends_on, schemes_selectors.terms_on())
    was, row.ends_on = row.ends_on, ends_on
    row.prolonged_by, row.prolonged_at = actor, timezone.now()
    row.save(update_fields=["ends_on", "prolonged_by", "prolonged_at", "updated_at"])
    record(
        Happened.CONSENT_PROLONGED.value,
        subject=row,
        actor=actor,
        sme_id=row.sme_id,
        lender=row.lender.public_id,
        purpose=row.purpose,
        was=was,
        ends_on=ends_on,
    )
    return row


@transaction.atomic
def revoke(*, actor: User, consent: Consent) -> Consent:
    """Take a consent back: from the commit on nobody of the lender reads anything of it. What is not paid out yet ends with it; a loan that is
    paid out stays between the firm and its lender. Twice is once. Raises NotAllowed."""
    permissions.can_consent(actor, consent.sme).require()
    row = _locked_consent(consent.pk)
    if row.revoked_at is not None:
        return row
    row.revoked_by, row.revoked_at = actor, timezone.now()
    row.save(update_fields=["revoked_by", "revoked_at", "updated_at"])
    record(
        Happened.CONSENT_REVOKED.value,
        subject=row,
        actor=actor,
        sme_id=row.sme_id,
        lender=row.lender.public_id,
        purpose=row.purpose,
    )
    for case in FinanceCase.objects.select_for_update(of=("self",)).filter(consent=row, state__in=BEFORE_MONEY):
        _withdraw(case, actor, "revoked")
    return row


@transaction.atomic
def answer(*, actor: User, case: FinanceCase, words: str) -> FinanceCase:
    """Answer the lender's question; its clock runs again. Raises NotAllowed, WrongState, DomainError "no_words"."""
    row = _locked(case)
    permissions.can_answer(actor, row.sme).require()
    if not words.strip():
        raise DomainError(_("Write your answer."), code="no_words")
    question = row.questions.filter(answered_at__isnull=True).first()
    last = row.questions.order_by("-pk").first()
    if question is None and last is not None and (last.answer, last.answered_by_id) == (words.strip(), actor.pk):
        return row
    move = CASE.move("answer", row.state)
    if question is None:
        raise WrongState(_("Nothing is asked any more."))
    question.answer, question.answered_by, question.answered_at = words.strip(), actor, timezone.now()
    question.save()
    clock.resume(row, on=today())
    return _moved(row, move.target.value, move.event, actor)


@transaction.atomic
def accept_offer(*, actor: User, case: FinanceCase) -> FinanceCase:
    """Take the lender's offer; twice is once. Raises NotAllowed, WrongState, DomainError "too_late"."""
    return _answer_offer(actor, case, "accept")


@transaction.atomic
def decline_offer(*, actor: User, case: FinanceCase) -> FinanceCase:
    """Leave the lender's offer; twice is once. Raises NotAllowed, WrongState."""
    return _answer_offer(actor, case, "decline")


def _answer_offer(actor: User, case: FinanceCase, action: str) -> FinanceCase:
    row = _locked(case)
    permissions.can_consent(actor, row.sme).require()
    wanted = CaseState.ACCEPTED if action == "accept" else CaseState.DECLINED
    if row.state == wanted:
        return row
    move = CASE.move(action, row.state)
    if action == "accept" and row.offer_until is not None and row.offer_until < today():
        raise DomainError(_("The offer has run out. Ask the lender for a new one."), code="too_late")
    if action == "decline":
        row.ended_at = timezone.now()
    return _moved(row, move.target.value, move.event, actor)


# --------------------------------------------------------------------------------------------------------- the lender


@transaction.atomic
def look(*, actor: User, case: FinanceCase, way: Look) -> FinanceCase:
    """Note that somebody of the lender looks, which the firm reads. Raises NotFound where no consent opens it any more."""
    row = _opened(actor, case)
    CaseView.objects.create(case=row, viewer=actor, way=way.value, at=timezone.now())
    record(Happened.CASE_VIEWED.value, subject=row, actor=actor, **said_of(row), way=way.value)
    return row


@transaction.atomic
def ask(*, actor: User, case: FinanceCase, words: str) -> FinanceCase:
    """Ask the firm one thing; the clock stands still until it answers. The same twice is once. Raises NotFound, NotAllowed, WrongState,
    DomainError "no_words"."""
    row = _opened(actor, case)
    if not words.strip():
        raise DomainError(_("Write what you ask the firm."), code="no_words")
    there = row.questions.filter(answered_at__isnull=True).first()
    if there is not None and (there.words, there.asked_by_id) == (words.strip(), actor.pk):
        return row
    move = CASE.move("ask", row.state)
    CaseQuestion.objects.create(case=row, words=words.strip(), asked_by=actor)
    clock.pause(row, on=today())
    return _moved(row, move.target.value, move.event, actor)


@transaction.atomic
def decide(
    *,
    actor: User,
    case: FinanceCase,
    amount: int | None = None,
    rate_bp: int | None = None,
    days: int | None = None,
    reasons: Sequence[str] = (),
    words: str = "",
) -> FinanceCase:
    """Make an offer (amount, rate and days), or refuse (at least one reason). The same twice by one person is once.

    amount: paisa; rate_bp: hundredths of a percent a year. words: the firm reads them. Raises NotFound, NotAllowed, WrongState, DomainError
    "both" (or nothing), "unknown_reason", "bounds", "above_request", "above_cap", "above_rate", "too_long" (by the scheme of the case's day),
    "already_decided".
    """
    row = _opened(actor, case)
    is_refusal = bool(reasons)
    is_offer = amount is not None or rate_bp is not None or days is not None
    if is_refusal == is_offer:
        raise DomainError(_("Make an offer, or choose why you refuse: one of the two."), code="both")
    if row.state not in UNDECIDED and row.decided_by_id is not None:
        if row.decided_by_id == actor.pk and _is_same_decision(row, amount, rate_bp, days, reasons):
            return row
        raise DomainError(_("This case is decided already."), code="already_decided")
    move = CASE.move("refuse" if is_refusal else "offer", row.state)
    if is_refusal:
        known = {reason.code for reason in reasons_on(today())}
        if not set(reasons) <= known:
            raise DomainError(_("Choose a reason of the list."), code="unknown_reason")
        row.reasons = sorted(set(reasons))
        row.ended_at = timezone.now()
    else:
        _check_offer(row, amount, rate_bp, days)
        row.offer_amount, row.offer_rate_bp, row.offer_days = amount, rate_bp, days
        row.offer_until = add_working_days(today(), schemes_selectors.terms_on(row.clock_started_on).offer_days)
    row.questions.filter(answered_at__isnull=True).update(answered_at=timezone.now())
    row.words, row.decided_by, row.decided_at = words.strip(), actor, timezone.now()
    clock.stop(row, on=today())
    kept = _freeze(row)
    outcome = "refused" if is_refusal else "offered"
    return _moved(row, move.target.value, move.event, actor, outcome=outcome, reasons=row.reasons, pack=kept.digest)


@transaction.atomic
def pay_out(*, actor: User, case: FinanceCase, amount: int, on: date) -> FinanceCase:
    """The money went to the firm, in one sum; the same twice is once. amount: paisa, no more than offered; on: not after today, not before
    the offer. Raises NotFound, NotAllowed, WrongState, DomainError "bounds" or "day"."""
    row = _opened(actor, case)
    if row.state == CaseState.PAID_OUT and (row.paid_out, row.paid_out_on) == (amount, on):
        return row
    move = CASE.move("pay_out", row.state)
    if not 0 < checked_paisa(amount) <= (row.offer_amount or 0):
        raise DomainError(_("No more is paid out than the firm took."), code="bounds")
    _check_day(on, not_before=timezone.localdate(row.decided_at))
    row.paid_out, row.paid_out_on, row.repaying = amount, on, Repaying.ON_TIME.value
    return _moved(row, move.target.value, move.event, actor, paid_out=amount, on=on)


@transaction.atomic
def note_repayment(
    *, actor: User, case: FinanceCase, on: date, state: Repaying, amount: int = 0, is_over: bool = False
) -> FinanceCase:
    """What came back, after a loss too, and how the loan stands since. amount: paisa, 0 where only the state changed. is_over: all is paid
    back. The same twice is once. Raises NotFound, NotAllowed, WrongState, DomainError "bounds", "day", "not_all"."""
    row = _opened(actor, case)
    if checked_paisa(amount) < 0:
        raise DomainError(_("Write an amount from 0 on."), code="bounds")
    last = row.repayments.order_by("-pk").first()
    same = last is not None and (last.on, last.amount, last.state) == (on, amount, state.value)
    if same and (row.state == CaseState.CLOSED) == is_over:
        return row
    move = CASE.move("recover" if row.state == CaseState.WRITTEN_OFF and not is_over else "repay", row.state)
    _check_day(on, not_before=row.paid_out_on)
    if is_over and row.repaid + amount < (row.paid_out or 0):
        raise DomainError(_("Less came back than was paid out: note what came back first."), code="not_all")
    Repayment.objects.create(case=row, on=on, amount=amount, state=state.value, noted_by=actor)
    row.repaid, row.repaying = row.repaid + amount, state.value
    _moved(row, move.target.value, move.event, actor, came=amount, repaying=state.value)
    if is_over:
        move = CASE.move("close", row.state)
        row.ended_at = timezone.now()
        _moved(row, move.target.value, move.event, actor)
    return row


@transaction.atomic
def write_off(*, actor: User, case: FinanceCase, on: date, reason: str, words: str = "") -> FinanceCase:
    """The lender does not expect the rest of a loan any more; the same twice is once. reason: a code of a loss. It stays so: what comes back
    later is noted, and the loss becomes smaller. Raises NotFound, NotAllowed, WrongState, DomainError "reason", "day", "nothing_lost"."""
    row = _opened(actor, case)
    said = (on, reason, words.strip())
    if row.state == CaseState.WRITTEN_OFF and (row.written_off_on, row.loss_reason, row.loss_words) == said:
        return row
    move = CASE.move("write_off", row.state)
    if reason not in {one.code for one in loss_reasons_on(today())}:
        raise DomainError(_("Choose why the rest is not expected any more."), code="reason")
    _check_day(on, not_before=row.paid_out_on)
    if row.repaid >= (row.paid_out or 0):
        raise DomainError(_("All of it came back: close it as paid back."), code="nothing_lost")
    row.written_off_on, row.loss_reason, row.loss_words = said
    row.ended_at = timezone.now()
    return _moved(row, move.target.value, move.event, actor, on=on, reason=reason, lost=row.lost)


# ---------------------------------------------------------------------------------------------------------- the clock


@transaction.atomic
def note_late(*, case_id: int) -> bool:
    """The lender's day has passed: told once. Whether it was noted."""
    row = _locked_case(case_id)
    if row.due_on is None:
        return False
    clock.redate(row, on=today())
    if row.due_on >= today() or row.late_noted_at is not None:
        row.save(update_fields=["due_on", "late_noted_at", "updated_at"])
        return False
    row.late_noted_at = timezone.now()
    row.save(update_fields=["due_on", "late_noted_at", "updated_at"])
    record(Happened.CASE_LATE.value, subject=row, actor=None, **said_of(row), due_on=row.due_on)
    return True


@transaction.atomic
def redate(*, case_id: int) -> bool:
    """Reckon the lender's day, and the firm's day for an offer, by the calendar of today. Whether one moved. A firm never gets less time for an
    offer than it was told."""
    row = _locked_case(case_id)
    was, was_until = row.due_on, row.offer_until
    row.calendar = calendar_version()
    clock.redate(row, on=today())
    if row.state == CaseState.OFFERED and row.offer_until is not None and row.decided_at is not None:
        days = schemes_selectors.terms_on(row.clock_started_on).offer_days
        row.offer_until = max(row.offer_until, add_working_days(timezone.localdate(row.decided_at), days))
    row.save(update_fields=["due_on", "late_noted_at", "offer_until", "calendar", "updated_at"])
    moved = (was, was_until) != (row.due_on, row.offer_until)
    if moved:
        said: dict[str, object] = {"due_on": row.due_on, "offer_until": row.offer_until}
        record(Happened.CASE_REDATED.value, subject=row, actor=None, **said_of(row), **said)
    return moved


@transaction.atomic
def lapse_offer(*, case_id: int) -> bool:
    """Nobody of the firm answered the offer in time. Whether it ended here."""
    row = _locked_case(case_id)
    if row.state != CaseState.OFFERED or row.offer_until is None or row.offer_until >= today():
        return False
    move = CASE.move("lapse", row.state)
    row.ended_at = timezone.now()
    _moved(row, move.target.value, move.event, None)
    return True


@transaction.atomic
def end_with_consent(*, case_id: int) -> bool:
    """The last day of the consent has passed before money was paid out. Whether it ended here."""
    row = _locked_case(case_id)
    if row.state not in BEFORE_MONEY or row.consent.is_in_force:
        return False
    _withdraw(row, None, "ended")
    return True


# ------------------------------------------------------------------------------------------------------------ details


def _locked_consent(pk: int) -> Consent:
    """Rows that only point at it do not wait."""
    row: Consent = (
        Consent.objects.select_for_update(of=("self",), no_key=True).select_related("sme", "lender").get(pk=pk)
    )
    return row


def _locked_case(pk: int) -> FinanceCase:
    """Under the lock of its consent, then its own."""
    consent = _locked_consent(FinanceCase.objects.values_list("consent_id", flat=True).get(pk=pk))
    row: FinanceCase = (
        FinanceCase.objects.select_for_update(of=("self",), no_key=True).select_related("sme", "lender").get(pk=pk)
    )
    row.consent = consent
    return row


def _locked(case: FinanceCase) -> FinanceCase:
    return _locked_case(case.pk)


def _opened(actor: User, case: FinanceCase) -> FinanceCase:
    """The case for somebody of its lender, as long as its consent holds: it cannot be taken back until the end of the transaction. Raises
    NotFound where nothing opens it, NotAllowed for who is tied to the firm."""
    row = _locked_case(case.pk)
    answer_ = permissions.can_act_as_lender(actor, row)
    if row.lender_id not in {partner.pk for partner in permissions.lenders_of(actor)} or not row.consent.is_in_force:
        raise NotFound
    answer_.require()
    return row


def _moved(row: FinanceCase, state: str, event: Happened, actor: User | None, **data: object) -> FinanceCase:
    row.state = state
    row.save()
    record(event.value, subject=row, actor=actor, **said_of(row), **data)
    return row


def _withdraw(row: FinanceCase, actor: User | None, because: str) -> None:
    move = CASE.move("withdraw", row.state)
    if row.state in UNDECIDED:
        clock.stop(row, on=today())
    row.ended_at = timezone.now()
    _moved(row, move.target.value, move.event, actor, because=because)


def _freeze(row: FinanceCase) -> DecidedPack:
    """Keep what the lender decided upon."""
    content = pack.content_now(row)
    kept: DecidedPack = DecidedPack.objects.create(
        case=row, made_at=timezone.now(), content=content, digest=digest_of(content)
    )
    return kept


def _check_end(ends_on: date, terms: LendingTerms) -> None:
    if not 0 <= (ends_on - today()).days <= terms.consent_days:
        raise DomainError(
            _("A consent ends on a day from today on, within %(days)d days.") % {"days": terms.consent_days},
            code="ends_on",
        )


def _check_expected(expected: Sequence[tuple[date, int]]) -> None:
    if len(expected) > MAX_EXPECTED or any(
        checked_paisa(paisa) <= 0 or not 0 < (day - today()).days <= MAX_DAYS for day, paisa in expected
    ):
        raise DomainError(_("What you expect comes on a day after today, with an amount above 0."), code="expected")


def _check_offer(row: FinanceCase, amount: int | None, rate_bp: int | None, days: int | None) -> None:
    if amount is None or rate_bp is None or days is None:
        raise DomainError(_("An offer has an amount, a rate and days."), code="bounds")
    if not checked_paisa(amount) > 0 or not 0 <= rate_bp <= MAX_RATE_BP or not 0 < days <= MAX_DAYS:
        raise DomainError(_("An offer has an amount, a rate and days."), code="bounds")
    if amount > row.amount:
        raise DomainError(_("The firm did not ask for more than its own amount."), code="above_request")
    scheme = selectors.scheme_of(row)
    if scheme is None:
        return
    if scheme.cap is not None and amount > scheme.cap:
        raise DomainError(_("The scheme gives less than that at most."), code="above_cap", cap=scheme.cap)
    if scheme.max_rate is not None and rate_bp > scheme.max_rate * 100:
        raise DomainError(
            _("The scheme allows at most %(most)s %% a year.") % {"most": f"{scheme.max_rate.normalize():f}"},
            code="above_rate",
        )
    if scheme.days_max is not None and days > scheme.days_max:
        raise DomainError(
            _("The scheme gives it for at most %(most)d days.") % {"most": scheme.days_max}, code="too_long"
        )


def _check_day(on: date, *, not_before: date | None) -> None:
    if on > today() or (not_before is not None and on < not_before):
        raise DomainError(_("Choose the day on which it happened, not later than today."), code="day")


def _is_same_decision(
    row: FinanceCase, amount: int | None, rate_bp: int | None, days: int | None, reasons: Sequence[str]
) -> bool:
    if reasons:
        return row.state == CaseState.REFUSED and row.reasons == sorted(set(reasons))
    return (row.offer_amount, row.offer_rate_bp, row.offer_days) == (amount, rate_bp, days)


def said_of(row: FinanceCase) -> dict[str, object]:
    """What every event of a case says."""
    return {
        "case": row.public_id,
        "code": row.code,
        "sme_id": row.sme_id,
        "lender": row.lender.public_id,
        "scheme": row.scheme,
    }
