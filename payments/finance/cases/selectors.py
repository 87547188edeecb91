"""Cases and consents as their firm, their lender and finance officers see them. What is not the viewer's, and what a consent no longer opens,
reads as not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, Sum

from payments.finance.schemes import selectors as schemes_selectors
from payments.models import CaseQuestion, CaseView, Consent, FinanceCase
from payments.states import BEFORE_MONEY, UNDECIDED, CaseState
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound

from . import permissions

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from payments.models import Scheme
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

IN_FORCE_NOW = {"consent__revoked_at__isnull": True}
AT_ONCE = 200
VIEWS_SHOWN = 50
BANKS = tuple(kind.value for kind in permissions.LENDER_KINDS)
TABS = ("open", "late", "asked", "offers", "loans", "over")


# ---------------------------------------------------------------------------------------------------------- the firm


def lenders() -> QuerySet[Partner]:
    """Who can be asked: banks and microfinance banks that work with TDAP, by name."""
    return accounts_selectors.active_partners().filter(kind__in=BANKS)


def lender_for(public_id: str) -> Partner:
    """Raises NotFound."""
    row = lenders().filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def cases_of(sme: Sme) -> QuerySet[FinanceCase]:
    """The newest first."""
    return _with_all(FinanceCase.objects.filter(sme=sme)).order_by("-pk")


def consents_of(sme: Sme) -> QuerySet[Consent]:
    """The newest first, ended ones too."""
    return Consent.objects.filter(sme=sme).select_related("lender", "given_by", "revoked_by").order_by("-pk")


def own_case(user: User, public_id: str) -> FinanceCase:
    """A case of a firm of this person. Raises NotFound."""
    row = _with_all(FinanceCase.objects.filter(public_id=public_id)).first()
    if row is None or not permissions.can_see_own(user, row.sme):
        raise NotFound
    return row


def own_consent(user: User, public_id: str) -> Consent:
    """Raises NotFound."""
    row = Consent.objects.select_related("sme", "lender").filter(public_id=public_id).first()
    if row is None or not permissions.can_see_own(user, row.sme):
        raise NotFound
    return row


def cases_visible_to(user: User) -> QuerySet[FinanceCase]:
    """Of all firms of this person, for programs."""
    firms = [sme.pk for sme in people_selectors.smes_of(user) if permissions.can_see_own(user, sme)]
    return _with_all(FinanceCase.objects.filter(sme__in=firms))


def views_of(case: FinanceCase) -> list[CaseView]:
    """The newest looks of the lender at it."""
    return list(CaseView.objects.filter(case=case).select_related("viewer").order_by("-pk")[:VIEWS_SHOWN])


def questions_of(case: FinanceCase) -> list[CaseQuestion]:
    return list(CaseQuestion.objects.filter(case=case).select_related("asked_by", "answered_by").order_by("pk"))


def open_case_with(sme: Sme, lender: Partner) -> FinanceCase | None:
    return FinanceCase.objects.filter(sme=sme, lender=lender, state__in=BEFORE_MONEY).first()


# --------------------------------------------------------------------------------------------------------- the lender


def queue_of(user: User, tab: str = "") -> QuerySet[FinanceCase]:
    """Cases of the person's lenders that a consent opens today. tab: one of TABS; "" for all. Order and page them with ("order_day", "pk")."""
    rows = _with_all(FinanceCase.objects.filter(lender__in=permissions.lenders_of(user), **IN_FORCE_NOW))
    rows = rows.filter(consent__ends_on__gte=today())
    rows = rows.exclude(sme__in=people_selectors.smes_of(user).order_by().values("pk"))
    return rows.filter(_of_tab(tab)) if tab else rows


def _of_tab(tab: str) -> Q:
    return {
        "open": Q(state=CaseState.WITH_LENDER),
        "late": Q(due_on__lt=today()),
        "asked": Q(state=CaseState.ASKED),
        "offers": Q(state__in=[CaseState.OFFERED, CaseState.ACCEPTED]),
        "loans": Q(state=CaseState.PAID_OUT),
        "over": Q(state__in=[CaseState.REFUSED, CaseState.DECLINED, CaseState.LAPSED, CaseState.CLOSED]),
    }[tab]


@dataclass(frozen=True, slots=True)
class QueueNumbers:
    """Of the lender's own queue."""

    late: int
    this_week: int
    on_time: int
    stopped: int


def numbers_of(user: User) -> QueueNumbers:
    """One query."""
    day = today()
    week = day + timedelta(days=7)
    found = (
        queue_of(user)
        .order_by()
        .aggregate(
            late=Count("pk", filter=Q(due_on__lt=day)),
            this_week=Count("pk", filter=Q(due_on__range=(day, week))),
            on_time=Count("pk", filter=Q(due_on__gt=week)),
            stopped=Count("pk", filter=Q(state=CaseState.ASKED)),
        )
    )
    return QueueNumbers(**found)


def lender_case(user: User, public_id: str) -> FinanceCase:
    """A case that a consent opens to this person now. Raises NotFound for all others; services.look notes that it was looked at."""
    row = queue_of(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def is_still_open_to(user: User, case: FinanceCase) -> bool:
    """Whether the consent still holds: asked again after something that took its time."""
    return queue_of(user).filter(pk=case.pk).exists()


# ----------------------------------------------------------------------------------------------------- finance officers


def cases_overseen_by(user: User, *, late: bool = False) -> QuerySet[FinanceCase]:
    """Every case, without what its lender reads; none for anybody but finance officers. Page them with ("-pk",)."""
    if not permissions.can_oversee(user):
        return FinanceCase.objects.none()
    rows = _with_all(FinanceCase.objects.all())
    return rows.filter(due_on__lt=today()) if late else rows


# --------------------------------------------------------------------------------------------------------- the portal


def case_by_id(pk: int | str) -> FinanceCase | None:
    """For handlers."""
    return _with_all(FinanceCase.objects.filter(pk=pk)).first()


def consent_by_id(pk: int | str) -> Consent | None:
    return Consent.objects.select_related("sme", "lender").filter(pk=pk).first()


def late_cases() -> list[int]:
    """Ids of those whose day has passed and of which nobody was told yet."""
    rows = FinanceCase.objects.filter(due_on__lt=today(), late_noted_at__isnull=True, **IN_FORCE_NOW)
    return list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[:AT_ONCE])


def offers_past_their_day() -> list[int]:
    rows = FinanceCase.objects.filter(state=CaseState.OFFERED, offer_until__lt=today())
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def cases_past_their_consent() -> list[int]:
    rows = FinanceCase.objects.filter(state__in=BEFORE_MONEY, consent__ends_on__lt=today())
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def median_days_of(lender: Partner) -> int | None:
    """Working days that a lender took, the one in the middle; None before it decided anything."""
    rows = FinanceCase.objects.filter(lender=lender, decided_at__isnull=False, answered_days__isnull=False)
    found = sorted(days for days in rows.values_list("answered_days", flat=True) if days is not None)
    return found[(len(found) - 1) // 2] if found else None


# ---------------------------------------------------------------------------------------------------------- everybody


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all lenders together. refused_by_reason: a case counts under each of its codes. refused_by_sector: sector codes. days: the
    working days that decisions took, each. paid_out_paisa: of all that were paid out."""

    asked: int
    decided: int
    offered: int
    refused: int
    paid_out: int
    paid_out_paisa: int
    waiting: int
    refused_by_reason: dict[str, int]
    refused_by_sector: dict[str, int]
    days: tuple[int, ...]


def figures() -> Figures:
    """Counted anew; small groups are hidden where they are shown (counting.publish)."""
    rows = FinanceCase.objects.order_by()
    states = dict(rows.values_list("state").annotate(Count("pk")))
    refused = list(rows.filter(state=CaseState.REFUSED).values_list("reasons", "sector"))
    by_reason: dict[str, int] = {}
    by_sector: dict[str, int] = {}
    for codes, sector in refused:
        by_sector[sector or ""] = by_sector.get(sector or "", 0) + 1
        for code in codes:
            by_reason[code] = by_reason.get(code, 0) + 1
    decided = rows.filter(decided_at__isnull=False)
    return Figures(
        asked=sum(states.values()),
        decided=decided.count(),
        offered=decided.exclude(state=CaseState.REFUSED).count(),
        refused=len(refused),
        paid_out=states.get(CaseState.PAID_OUT, 0) + states.get(CaseState.CLOSED, 0),
        paid_out_paisa=rows.aggregate(total=Sum("paid_out"))["total"] or 0,
        waiting=sum(states.get(state, 0) for state in UNDECIDED),
        refused_by_reason=by_reason,
        refused_by_sector=by_sector,
        days=tuple(days for days in decided.values_list("answered_days", flat=True) if days is not None),
    )


def scheme_of(case: FinanceCase) -> Scheme | None:
    """The scheme as it was on the day of the case; None where none was named."""
    return schemes_selectors.scheme_on(case.scheme, case.clock_started_on) if case.scheme else None


def _with_all(rows: QuerySet[FinanceCase]) -> QuerySet[FinanceCase]:
    return rows.select_related("sme", "lender", "consent__lender", "asked_by", "decided_by").annotate(
        order_day=F("clock_started_on")
    )
