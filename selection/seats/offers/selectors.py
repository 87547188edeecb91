"""Offers, their terms, the sum of the seats and the waiting list. What is not the viewer's reads as not there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from selection.models import (
    Application,
    Decision,
    Offer,
    OfferTerms,
    PromotionHalt,
    Round,
    RoundDecision,
    SeatAct,
)
from selection.seats.composer.pools import rows_of
from selection.states import SEAT_HOLDING, OfferState, RoundState, State
from tdap_portal.core.calendar import working_day_test
from tdap_portal.core.errors import NotFound

from .chance import ROUNDS_LOOKED_AT
from .ledger import Ledger
from .terms import Term, term_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from selection.seats.composer.pools import Candidate

HOLDING = [state.value for state in SEAT_HOLDING]
LOCKED_OUT = "locked_out"  # as the engine names it
ENDED = [state.value for state in OfferState if state not in SEAT_HOLDING]


def database_now() -> datetime:
    """The moment by the database's clock, which decides every deadline; within a transaction too, which may have waited."""
    moment: datetime = Round.objects.order_by().values_list(Now(), flat=True)[:1].get()
    return moment


# ------------------------------------------------------------------------------------------------------------ terms


def newest_terms(round_: Round) -> OfferTerms | None:
    return OfferTerms.objects.filter(round=round_).order_by("-version").first()


def term_now(terms: OfferTerms, moment: datetime) -> Term:
    """What an offer under these terms, made at this moment, gets."""
    return term_at(
        moment,
        days=terms.term_days,
        short_days=terms.short_days,
        hour=terms.closing_hour,
        last_moment=terms.last_moment,
        zone=timezone.get_default_timezone(),
        is_working_day=working_day_test(),
    )


# ----------------------------------------------------------------------------------------------------------- offers


def seat_of(application: Application) -> Offer | None:
    """The offer through which the file has a seat, open or accepted; None without one."""
    held = Offer.objects.filter(application=application, state__in=HOLDING)
    return held.select_related("terms", "round").first()


def newest_offer(application: Application) -> Offer | None:
    """The one that the firm's page shows, whatever became of it."""
    rows = Offer.objects.filter(application=application).select_related("terms", "round", "answered_by")
    return rows.order_by("-pk").first()


def offer_to_answer(application: Application) -> Offer | None:
    """The same with this very file, whose firm knows the person's role."""
    row = newest_offer(application)
    if row is not None:
        row.application = application
    return row


def accepted_offers() -> QuerySet[Offer]:
    """Those of firms that have a seat, in all rounds, with their files."""
    rows = Offer.objects.filter(state=OfferState.ACCEPTED, application__state=State.SELECTED)
    return rows.select_related("application__sme", "round", "terms").defer("application__facts")


def offers_of(round_: Round) -> QuerySet[Offer]:
    """All offers of a round with their files."""
    rows = Offer.objects.filter(round=round_).select_related("application__sme", "terms")
    return rows.defer("application__facts")


def open_offers(round_: Round) -> QuerySet[Offer]:
    """Those that wait for an answer: not opened first, then by the deadline."""
    return (
        offers_of(round_).filter(state=OfferState.OPEN).order_by(F("opened_at").asc(nulls_first=True), "deadline", "pk")
    )


def offer_for_desk(round_: Round, public_id: str) -> Offer:
    """Raises NotFound."""
    row = offers_of(round_).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def offer_by_public_id(public_id: str) -> Offer | None:
    """For handlers, which look at its state before they act."""
    rows = Offer.objects.select_related("application__round", "terms", "round")
    return rows.filter(public_id=public_id).first()


def seats_given_on(round_: Round) -> QuerySet[Offer]:
    """Offers that ended, the newest first, each with `next` where another firm has its seat now."""
    return offers_of(round_).filter(state__in=ENDED).order_by("-answered_at", "-pk")


def reasons_counted(offers: QuerySet[Offer]) -> dict[str, int]:
    """How many of these ended for each coded reason, most first. An offer that ran out counts as "no_answer"; a shortened one that
    was not taken as "not_in_time", since that firm could not be asked in time."""
    left = offers.filter(state__in=[OfferState.DECLINED, OfferState.EXPIRED, OfferState.GIVEN_BACK])
    found: Counter[str] = Counter()
    for state, is_short, code in left.values_list("state", "is_short", "reason_code"):
        found["not_in_time" if is_short and state != OfferState.GIVEN_BACK else code or "no_answer"] += 1
    return dict(found.most_common())


def without_heir(round_: Round) -> QuerySet[Offer]:
    """Offers that ended and whose seat nobody else has yet, the one that ended first first."""
    heirs = Offer.objects.filter(instead_of=OuterRef("pk"))
    rows = Offer.objects.filter(round=round_, state__in=ENDED).exclude(Exists(heirs))
    return rows.order_by("answered_at", "pk")


# ------------------------------------------------------------------------------------------------------------ seats


def ledger_of(round_: Round) -> Ledger:
    """The seats of a round as they are; asked under the round's lock where a seat is given by it."""
    open_, accepted = Q(state=OfferState.OPEN), Q(state=OfferState.ACCEPTED)
    later = Q(from_place__isnull=False)
    counts = Offer.objects.filter(round=round_, state__in=HOLDING).aggregate(
        open=Count("pk", filter=open_),
        first=Count("pk", filter=accepted & ~later),
        later=Count("pk", filter=accepted & later),
    )
    selected = Application.objects.filter(round=round_, state=State.SELECTED).count()
    return Ledger(
        places=round_.places,
        accepted_first=counts["first"],
        accepted_later=counts["later"],
        open=counts["open"],
        unasked=max(0, selected - sum(counts.values())),
        reserved=round_.appeal_reserve,
    )


def composition_in_force(round_: Round) -> RoundDecision | None:
    """The decision of the whole round whose rules hold for the seats that come free; None where files were decided one by one."""
    rows = RoundDecision.objects.filter(round=round_, composition__isnull=False, finished_at__isnull=False)
    return rows.select_related("composition").order_by("-pk").first()


def gives_seats_on(round_: Round) -> bool:
    """Whether a seat that is free goes to the waiting list by itself: once the seats of the round were given as a whole, or it is
    final and made offers; never while a decision of the round is being carried out."""
    running = RoundDecision.objects.filter(round=round_, signed_at__isnull=False, finished_at__isnull=True)
    if running.exists():
        return False
    if composition_in_force(round_) is not None:
        return True
    return round_.state == RoundState.DECIDED and Offer.objects.filter(round=round_).exists()


def round_id_of_decision(pk: str) -> int:
    return RoundDecision.objects.values_list("round_id", flat=True).get(pk=pk)


def rounds_that_may_give_on() -> list[int]:
    """Ids of rounds where somebody waits or a halt stands, and offers were made: what the sweep looks at."""
    waits = Application.objects.filter(round=OuterRef("pk"), state=State.WAITLISTED)
    halted = PromotionHalt.objects.filter(round=OuterRef("pk"), ended_at=None)
    offered = Offer.objects.filter(round=OuterRef("pk"))
    rows = Round.objects.filter(Exists(waits) | Exists(halted), Exists(offered))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def halt_of(round_: Round) -> PromotionHalt | None:
    return PromotionHalt.objects.filter(round=round_, ended_at=None).first()


# ------------------------------------------------------------------------------------------------------ waiting list


def waiting_files(round_: Round | int) -> QuerySet[Application]:
    """Files that wait, in the order of the list: points, the tie rule of the policy, whoever applied earlier."""
    rows = Application.objects.filter(round=round_, state=State.WAITLISTED)
    return rows.order_by("-points", "tie_key", "submitted_at", "file_number")


def put_back(files: Iterable[int]) -> set[int]:
    """Of these waiting files those that two directors put back on the list: only people take them from it again."""
    made = Decision.objects.filter(application__in=list(files)).order_by("pk")
    rows = made.values_list("application_id", "round_decision_id", "round_decision__composition_id")
    newest = {file: (decision, composition) for file, decision, composition in rows}
    return {file for file, (decision, composition) in newest.items() if decision is not None and composition is None}


def waiting_rows(round_: Round) -> list[Candidate]:
    return rows_of(waiting_files(round_))


def kept_out_by_hand(files: Sequence[int], decision: RoundDecision | None) -> set[int]:
    """Of these waiting files those that no seat goes to by itself: put back by two directors, or held out by the composition."""
    locks = decision.composition.locks if decision is not None and decision.composition is not None else []
    return put_back(files) | ({int(lock["file"]) for lock in locks if not lock["is_in"]} & set(files))


def place_of(application: Application) -> int:
    """The place on the list, from 1."""
    row = application
    equal = Q(points=row.points)
    before = (
        Q(points__gt=row.points)
        | (equal & Q(tie_key__lt=row.tie_key))
        | (equal & Q(tie_key=row.tie_key, submitted_at__lt=row.submitted_at))
        | (equal & Q(tie_key=row.tie_key, submitted_at=row.submitted_at, file_number__lt=row.file_number))
    )
    return Application.objects.filter(before, round_id=row.round_id, state=State.WAITLISTED).count() + 1


def moved_up(round_: Round) -> int:
    """How many firms of its waiting list got a seat."""
    return Offer.objects.filter(round=round_, from_place__isnull=False).count()


def moved_before(round_: Round) -> list[int]:
    """The same of each of the last decided rounds before this one that made offers, the newest first."""
    offered = Offer.objects.filter(round=OuterRef("pk"))
    rows = Round.objects.filter(Exists(offered), state=RoundState.DECIDED, number__lt=round_.number)
    return [moved_up(row) for row in rows.order_by("-number")[:ROUNDS_LOOKED_AT]]


def why_passed_over(round_: Round, files: Sequence[int]) -> dict[int, str]:
    """By waiting file the code of the rule for which the seat that was given last went past it, LOCKED_OUT where people keep it out;
    "" where none did, or by points alone. Five queries for any number of files."""
    halt = halt_of(round_)
    newest = Offer.objects.filter(round=round_, from_place__isnull=False).order_by("-pk").first()
    given = newest.passed_over if newest is not None else {}
    if halt is not None:
        given = given | halt.details.get("passed_over", {})
    first = {
        file: by_rule
        for file, by_rule, codes in Decision.objects.filter(application__in=files)
        .order_by("pk")
        .values_list("application_id", "by_rule", "reason_codes")
        if "passed_over" in codes
    }
    out = kept_out_by_hand(files, composition_in_force(round_))
    return {pk: LOCKED_OUT if pk in out else given.get(str(pk)) or first.get(pk, "") for pk in files}


# -------------------------------------------------------------------------------------------------- acts of two people


def file_of(round_: Round, number: str) -> Application | None:
    """A file of the round by its printed number."""
    return Application.objects.filter(round=round_, file_number=number.strip().upper()).first()


def files_of_act(act: SeatAct) -> QuerySet[Application]:
    """The file that an act is about; none where it is about the round."""
    about = act.value.get("file") or (act.offer.application_id if act.offer is not None else None)
    return Application.objects.filter(pk__in=[about] if about else [])


def acts_of(round_: Round) -> QuerySet[SeatAct]:
    """All of a round, the newest first."""
    rows = SeatAct.objects.filter(round=round_).select_related("offer__application", "proposed_by", "signed_by")
    return rows.order_by("-pk")


def waiting_acts(round_: Round) -> QuerySet[SeatAct]:
    """Those that wait for the second signature."""
    return acts_of(round_).filter(signed_at=None, returned_at=None)


def act_of(round_: Round, public_id: str) -> SeatAct:
    """Raises NotFound."""
    row = acts_of(round_).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def act_by_id(pk: str) -> SeatAct | None:
    return SeatAct.objects.select_related("round", "proposed_by").filter(pk=pk).first()


def halt_by_id(pk: int) -> PromotionHalt | None:
    return PromotionHalt.objects.select_related("round").filter(pk=pk).first()


def takes_deposits() -> bool:
    """Whether firms pay through the portal; where no way to pay is switched on, nothing is to be paid, whatever the terms say."""
    return bool(settings.PAYMENT_PROVIDERS)
