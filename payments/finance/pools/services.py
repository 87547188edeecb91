"""A firm says what it needs without its name; a microfinance bank answers the whole pool; each firm decides whether it opens its name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.finance.cases import permissions as cases_permissions
from payments.finance.cases import services as cases_services
from payments.finance.schemes import selectors as schemes_selectors
from payments.models import FinanceWish, PoolAnswer, PoolReply
from payments.money import checked_paisa
from payments.states import ConsentFor, Happened, ReplyState
from smes.people import services as people_services
from smes.profile import selectors as profile_selectors
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError

from . import permissions, selectors

if TYPE_CHECKING:
    from datetime import date

    from payments.finance.pools.selectors import Pool
    from smes.models import Sme
    from tdap_portal.accounts.models import User

MAX_DAYS_OPEN = 60


@transaction.atomic
def keep_wish(*, actor: User, sme: Sme, amount: int, days: int, use: str) -> FinanceWish:
    """What a firm needs, counted without its name; a newer one takes the place of the open one. The same twice is one.

    amount: paisa above 0. Raises NotAllowed, DomainError "bounds", "no_words", "no_place" where the profile has no town or sector.
    """
    cases_permissions.can_consent(actor, sme).require()
    row = people_services.locked_firm(sme.pk)
    sector = str(profile_selectors.frozen_copy(row)["sector"] or "")
    if not row.city or not sector:
        raise DomainError(_("Tell us your town and your sector in the profile first."), code="no_place")
    if not 0 < checked_paisa(amount) <= selectors.largest() or not 0 < days <= cases_services.MAX_DAYS:
        raise DomainError(_("Pools are for small loans: write a smaller amount, or ask a bank."), code="bounds")
    if not use.strip():
        raise DomainError(_("Write what the money is for."), code="no_words")
    there = selectors.wish_of(row)
    if there is not None:
        if (there.amount, there.days, there.use) == (amount, days, use.strip()):
            return there
        _end(there)
    made = FinanceWish.objects.create(
        sme=row, amount=amount, days=days, use=use.strip(), city=row.city, sector=sector, asked_by=actor
    )
    record(Happened.WISH_KEPT.value, subject=made, actor=actor, sme_id=row.pk)
    return made


@transaction.atomic
def end_wish(*, actor: User, wish: FinanceWish) -> FinanceWish:
    """The firm no longer needs it; twice is once. Raises NotAllowed."""
    cases_permissions.can_consent(actor, wish.sme).require()
    row = FinanceWish.objects.select_for_update().get(pk=wish.pk)
    if row.ended_at is None:
        _end(row)
        record(Happened.WISH_ENDED.value, subject=row, actor=actor, sme_id=row.sme_id)
    return row


@transaction.atomic
def answer_pool(*, actor: User, pool: Pool, rate_bp: int, days: int, words: str, until: date) -> PoolAnswer:
    """Offer the same to every firm of a pool; it reads which lender, and opens its name or not. The same twice is one.

    rate_bp: hundredths of a percent a year; until: the last day for the firms. Raises NotAllowed, DomainError "bounds", "no_words", "until",
    "too_small" where firms left the pool meanwhile, "already_answered".
    """
    permissions.can_see_demand(actor).require()
    lender = cases_permissions.lenders_of(actor, PartnerKind.MICROFINANCE_BANK)[0]
    if not 0 <= rate_bp <= cases_services.MAX_RATE_BP or not 0 < days <= cases_services.MAX_DAYS:
        raise DomainError(_("An offer has a rate and days."), code="bounds")
    if not words.strip():
        raise DomainError(_("Write what you offer, in a few sentences."), code="no_words")
    if not 0 < (until - today()).days <= MAX_DAYS_OPEN:
        raise DomainError(_("Firms answer by a day within %(days)d days.") % {"days": MAX_DAYS_OPEN}, code="until")
    # Whoever answers the same pool waits here, and then finds the answer.
    wishes = list(selectors.wishes_in(pool.city, pool.sector, pool.band).select_for_update())
    running = PoolAnswer.objects.filter(
        lender=lender, city=pool.city, sector=pool.sector, up_to=pool.band.up_to, until__gte=today()
    ).first()
    if running is not None:
        if (running.rate_bp, running.days, running.words, running.until) == (rate_bp, days, words.strip(), until):
            return running
        raise DomainError(_("You have answered this pool; that answer still runs."), code="already_answered")
    if len({wish.sme_id for wish in wishes}) < schemes_selectors.terms_on().small:
        raise DomainError(_("Firms have left this pool: it is too small to be answered now."), code="too_small")
    row = PoolAnswer.objects.create(
        lender=lender,
        city=pool.city,
        sector=pool.sector,
        above=pool.band.above,
        up_to=pool.band.up_to,
        rate_bp=rate_bp,
        days=days,
        words=words.strip(),
        until=until,
        firms=len(wishes),
        answered_by=actor,
    )
    PoolReply.objects.bulk_create(PoolReply(answer=row, wish=wish) for wish in wishes)
    record(
        Happened.POOL_ANSWERED.value,
        subject=row,
        actor=actor,
        lender=lender.public_id,
        city=row.city,
        sector=row.sector,
        firms=row.firms,
    )
    return row


@transaction.atomic
def reply(*, actor: User, reply: PoolReply, opens: bool) -> PoolReply:
    """Open the firm's name to the lender (then it is a case with consent, as any other), or stay without. Twice the same is once.

    Raises NotAllowed, DomainError "too_late", "replied" where the other was said, "ended" where the wish is over, and what
    cases.services.refer raises.
    """
    cases_permissions.can_consent(actor, reply.wish.sme).require()
    people_services.locked_firm(reply.wish.sme_id)
    row = (
        PoolReply.objects.select_for_update(of=("self",)).select_related("answer__lender", "wish__sme").get(pk=reply.pk)
    )
    wanted = ReplyState.YES if opens else ReplyState.NO
    if row.state == wanted:
        return row
    if row.state != ReplyState.WAITING:
        raise DomainError(_("Your firm has answered this already."), code="replied")
    if row.answer.until < today():
        raise DomainError(_("The time to answer is over."), code="too_late")
    wish = FinanceWish.objects.select_for_update(of=("self",)).select_related("sme").get(pk=row.wish_id)
    if opens:
        if wish.ended_at is not None:
            raise DomainError(_("Your firm no longer needs this loan."), code="ended")
        row.case = cases_services.refer(
            actor=actor,
            sme=wish.sme,
            lender=row.answer.lender,
            amount=wish.amount,
            days=wish.days,
            use=wish.use,
            ends_on=today() + timedelta(days=schemes_selectors.terms_on().consent_days),
            purpose=ConsentFor.POOL,
        )
        _end(wish)
    row.state, row.replied_by, row.replied_at = wanted.value, actor, timezone.now()
    row.save()
    record(
        Happened.POOL_REPLIED.value,
        subject=row,
        actor=actor,
        sme_id=wish.sme_id,
        lender=row.answer.lender.public_id,
        opens=opens,
    )
    return row


def _end(row: FinanceWish) -> None:
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at", "updated_at"])
