"""Calls to people who fall behind: taken by one official at a time, with what was said; and the rules by which they are found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from training.models import Call, EngagementRule, NudgePolicy, WatchLine
from training.states import CallOutcome, CannotCome, Happened, LagReason

from . import permissions, selectors
from .rules import LIMITS

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User

CLAIMED_FOR = timedelta(minutes=30)
LAST_DAY = timedelta(days=60)  # at most so far ahead is a call put off
RESTS = timedelta(days=14)  # after somebody cannot come and names no day
WAITS = timedelta(days=7)  # after somebody will come, where no session is to come


@transaction.atomic
def claim(*, actor: User, line: WatchLine) -> WatchLine:
    """Take the call to a firm for half an hour, with every open line of the firm; once more makes it longer. Whoever has it sees the
    number.

    Raises NotAllowed, DomainError "over" where nobody is behind any more, or "claimed" where somebody else calls the firm.
    """
    permissions.can_call(actor).require()
    rows = _locked(line)
    now = timezone.now()
    row = next((one for one in rows if one.pk == line.pk), None)
    if row is None:
        raise DomainError(_("This person is back on track, so there is nothing to call about."), code="over")
    other = next((one for one in rows if one.claimed_now and one.claimed_by_id != actor.pk), None)
    if other is not None:
        raise DomainError(
            _("%(name)s calls this firm at the moment.") % {"name": f"\u2068{other.claimed_by}\u2069"},
            code="claimed",
        )
    is_new = not (row.claimed_now and row.claimed_by_id == actor.pk)
    for one in rows:
        one.claimed_by, one.claimed_until = actor, now + CLAIMED_FOR
        one.save(update_fields=["claimed_by", "claimed_until", "updated_at"])
    if is_new:
        record(Happened.CALL_CLAIMED.value, subject=row, actor=actor, firm=row.sme.public_id)
    return row


@transaction.atomic
def leave(*, actor: User, line: WatchLine) -> None:
    """Give the call back untaken; twice is once. Raises NotAllowed."""
    permissions.can_call(actor).require()
    mine = [one for one in _locked(line) if one.claimed_now and one.claimed_by_id == actor.pk]
    _free(mine)
    if mine:
        record(Happened.CALL_LEFT.value, subject=line, actor=actor)


@transaction.atomic
def note_call(
    *,
    actor: User,
    line: WatchLine,
    key: str,
    outcome: str,
    why: str = "",
    words: str = "",
    again_on: date | None = None,
) -> Call:
    """What was said on the telephone; the same form sent again gives the call that is there. Also kept where the line has ended or the
    half hour is over: what was said is not lost.

    key: of the form. Raises NotAllowed, DomainError "unknown_outcome", "no_why", "no_day", "day_out_of_bounds", "no_words", "stale",
    or "claimed" where somebody else calls the firm by now.
    """
    permissions.can_call(actor).require()
    rows = _locked(line)
    known = Call.objects.filter(key=key).first()
    if known is not None:
        if known.by_id != actor.pk:
            raise DomainError(_("This form is out of date. Load the page again."), code="stale")
        return known
    said = _checked(outcome, why, words, again_on)
    if any(one.claimed_now and one.claimed_by_id != actor.pk for one in rows):
        raise DomainError(
            _("Somebody else calls this firm by now. Ask who has it before you note this."), code="claimed"
        )
    call = Call.objects.create(line=line, sme_id=line.sme_id, by=actor, key=key, **said)
    for one in rows:
        if one.pk == line.pk:
            one.last_outcome, one.rests_until = call.outcome, _rests_until(one, call)
            one.save(update_fields=["last_outcome", "rests_until", "updated_at"])
    _free([one for one in rows if one.claimed_by_id == actor.pk])
    record(
        Happened.CALL_NOTED.value, subject=line, actor=actor, outcome=call.outcome, why=call.why, again_on=call.again_on
    )
    return call


def _checked(outcome: str, why: str, words: str, again_on: date | None) -> dict[str, object]:
    if outcome not in [code.value for code in CallOutcome]:
        raise DomainError(_("Choose what came of the call."), code="unknown_outcome")
    if outcome == CallOutcome.CANNOT and why not in [code.value for code in CannotCome]:
        raise DomainError(_("Choose why the person cannot come."), code="no_why")
    if outcome == CallOutcome.CANNOT and why == CannotCome.OTHER and not words.strip():
        raise DomainError(_("Write why the person cannot come."), code="no_words")
    if outcome == CallOutcome.AGAIN and again_on is None:
        raise DomainError(_("Choose the day on which to call again."), code="no_day")
    puts_off = outcome in (CallOutcome.AGAIN, CallOutcome.CANNOT)
    if puts_off and again_on is not None and not today() < again_on <= today() + LAST_DAY:
        raise DomainError(_("Choose a day within the next 60 days."), code="day_out_of_bounds")
    return {
        "outcome": outcome,
        "why": why if outcome == CallOutcome.CANNOT else "",
        "words": words.strip()[:1000],
        "again_on": again_on if puts_off else None,
    }


def _rests_until(line: WatchLine, call: Call) -> date | None:
    """Before that day nobody calls: the one that was agreed, or the day after the next session of somebody who will come."""
    if call.outcome == CallOutcome.WRONG_NUMBER:
        return None
    if call.again_on is not None:
        return call.again_on
    if call.outcome == CallOutcome.CANNOT:
        return today() + RESTS
    coming = selectors.next_session_day(line)
    return coming + timedelta(days=1) if coming else today() + WAITS


def _locked(line: WatchLine) -> list[WatchLine]:
    """All open lines of the firm of a line, locked in the order of their ids, so that one official at a time takes its call.

    Nobody's name is read along: beside a row that was waited for it would be the one from before.
    """
    return list(WatchLine.objects.select_for_update().filter(sme=line.sme_id, ended_on=None).order_by("pk"))


def _free(rows: list[WatchLine]) -> None:
    WatchLine.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_by=None, claimed_until=None)


# ---------------------------------------------------------------------------------------------------------------- rules


@transaction.atomic
def set_rule(
    *, actor: User, code: str, threshold: int, starts_on: date, words: str, is_on: bool = True
) -> EngagementRule:
    """When somebody counts as falling behind, from a day on. Set twice for one day, the second counts.

    Raises NotAllowed, DomainError "unknown_rule", "out_of_bounds", "no_words" or "past".
    """
    permissions.can_set_rules(actor).require()
    if code not in [one.value for one in LagReason]:
        raise DomainError(_("There is no such rule."), code="unknown_rule")
    least, most = LIMITS[LagReason(code)]
    if not least <= threshold <= most:
        raise DomainError(
            _("The threshold of this rule lies between %(least)d and %(most)d.") % {"least": least, "most": most},
            code="out_of_bounds",
        )
    _require_day_and_words(starts_on, words)
    values = {"threshold": threshold, "is_on": is_on, "words": words.strip()[:500], "set_by": actor}
    row, _is_new = EngagementRule.objects.update_or_create(code=code, starts_on=starts_on, defaults=values)
    record(
        Happened.WATCH_RULE_SET.value,
        subject=row,
        actor=actor,
        code=code,
        threshold=threshold,
        is_on=is_on,
        starts_on=starts_on,
        words=row.words,
    )
    return row


@transaction.atomic
def set_policy(
    *, actor: User, most: int, within_days: int, from_hour: int, until_hour: int, starts_on: date, words: str
) -> NudgePolicy:
    """How often people are written to, from a day on; most 0: not at all. Set twice for one day, the second counts.

    Raises NotAllowed, DomainError "out_of_bounds", "upside_down", "no_words" or "past".
    """
    permissions.can_set_rules(actor).require()
    if not 0 <= most <= 20 or not 1 <= within_days <= 90:
        raise DomainError(_("At most 20 messages in 1 to 90 days."), code="out_of_bounds")
    if not 0 <= from_hour < until_hour <= 24:
        raise DomainError(_("What ends lies before what begins."), code="upside_down")
    _require_day_and_words(starts_on, words)
    values = {"most": most, "within_days": within_days, "from_hour": from_hour, "until_hour": until_hour}
    row, _is_new = NudgePolicy.objects.update_or_create(
        starts_on=starts_on, defaults={**values, "words": words.strip()[:500], "set_by": actor}
    )
    record(Happened.NUDGE_POLICY_SET.value, subject=row, actor=actor, starts_on=starts_on, words=row.words, **values)
    return row


def _require_day_and_words(starts_on: date, words: str) -> None:
    if not words.strip():
        raise DomainError(_("Say why the rule is changed."), code="no_words")
    if starts_on < today():
        raise DomainError(_("A rule changes from today on at the earliest."), code="past")
