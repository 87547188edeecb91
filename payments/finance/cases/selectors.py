"""Cases and consents as their firm, their lender and finance officers see them. What is not the viewer's, and what a consent no longer opens,
reads as not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Count, F, Max, Q

from payments.finance.counting import Tally, in_steps, tally
from payments.finance.schemes import selectors as schemes_selectors
from payments.models import CaseQuestion, CaseView, Consent, DecidedPack, FinanceCase
from payments.states import BEFORE_MONEY, CaseState
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.calendar import calendar_version, today
from tdap_portal.core.errors import NotFound

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from payments.models import Scheme
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

IN_FORCE_NOW = {"consent__revoked_at__isnull": True}
AT_ONCE = 200
VIEWS_SHOWN = 50
FIGURES_SECONDS = 24 * 3600
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


def decided_pack_of(case: FinanceCase) -> DecidedPack | None:
    """What its lender decided upon; None before it did."""
    return DecidedPack.objects.filter(case=case).first()


def open_case_with(sme: Sme, lender: Partner) -> FinanceCase | None:
    return FinanceCase.objects.filter(sme=sme, lender=lender, state__in=BEFORE_MONEY).first()


# --------------------------------------------------------------------------------------------------------- the lender


def queue_of(user: User, tab: str = "") -> QuerySet[FinanceCase]:
    """Cases of the person's lenders that a consent opens today. tab: one of TABS; "" for all. Order and page them with ("order_day", "pk")."""
    rows = _with_all(FinanceCase.objects.filter(lender__in=permissions.lenders_of(user), **IN_FORCE_NOW))
    rows = rows.filter(consent__ends_on__gte=today())
    rows = rows.exclude(sme__in=people_selectors.smes_of(user).order_by().values("pk"))
    return rows.filter(_of_tab(tab)) if tab else rows


OVER = [
    state.value
    for state in (CaseState.REFUSED, CaseState.DECLINED, CaseState.LAPSED, CaseState.CLOSED, CaseState.WRITTEN_OFF)
]


def _of_tab(tab: str) -> Q:
    return {
        "open": Q(state=CaseState.WITH_LENDER),
        "late": Q(due_on__lt=today()),
        "asked": Q(state=CaseState.ASKED),
        "offers": Q(state__in=[CaseState.OFFERED, CaseState.ACCEPTED]),
        "loans": Q(state=CaseState.PAID_OUT),
        "over": Q(state__in=OVER),
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


def cases_overseen_by(user: User, tab: str = "") -> QuerySet[FinanceCase]:
    """Every case, without what its lender reads; none for anybody but finance officers. tab: one of TABS; "" for all. Page them with ("-pk",)."""
    if not permissions.can_oversee(user):
        return FinanceCase.objects.none()
    rows = _with_all(FinanceCase.objects.all())
    return rows.filter(_of_tab(tab)) if tab else rows


def found(rows: QuerySet[FinanceCase], text: str) -> QuerySet[FinanceCase]:
    """Those of a number such as F-00093 or 93, or of a firm with this text in its name; all for ""."""
    if not text:
        return rows
    number = text.upper().removeprefix("F").strip(" -–")
    if number.isascii() and number.isdigit() and len(number) < 9:
        return rows.filter(number=int(number))
    return rows.filter(sme__in=people_selectors.ids_of_firms_named(text))


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


def cases_of_another_calendar() -> list[int]:
    """Ids of those that owe an answer, or wait for one to an offer, by days that were reckoned before the calendar was corrected."""
    rows = FinanceCase.objects.filter(Q(due_on__isnull=False) | Q(state=CaseState.OFFERED))
    return list(rows.exclude(calendar=calendar_version()).order_by("pk").values_list("pk", flat=True))


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
    """Of all lenders together, up to the end of a month. until: its last day. A case counts under each code of its refusal. days: the working days
    that decisions took, each. paid_out_paisa: of the first so many cases that they are whole steps of `small`."""

    until: date
    small: int
    asked: Tally
    decided: Tally
    offered: Tally
    refused: Tally
    paid_out: Tally
    paid_out_paisa: int
    written_off: Tally
    written_off_by_reason: dict[str, Tally]
    refused_by_reason: dict[str, Tally]
    refused_by_sector: dict[str, Tally]
    days: tuple[int, ...]


def figures() -> Figures:
    """As the last whole month left them, so that nobody who watches the page sees one decision come in. Small groups are hidden where they are
    shown (counting). Kept for a day, as long as no case changes."""
    before, small = today().replace(day=1), schemes_selectors.terms_on().small
    state = FinanceCase.objects.aggregate(number=Count("pk"), last=Max("updated_at"))
    last = state["last"].timestamp() if state["last"] else 0
    key = f"payments.finance.figures.2:{before}:{small}:{state['number']}:{last}"
    found: Figures | None = cache.get(key)
    if found is None:
        found = _counted(before, small)
        cache.set(key, found, FIGURES_SECONDS)
    return found


def _counted(before: date, small: int) -> Figures:
    asked = FinanceCase.objects.filter(clock_started_on__lt=before).order_by("pk")
    decided = list(
        asked.filter(decided_at__date__lt=before).values_list("sme_id", "answered_days", "state", "reasons", "sector")
    )
    refused = [(sme, codes, sector or "") for sme, _days, state, codes, sector in decided if state == CaseState.REFUSED]
    paid = list(
        FinanceCase.objects.filter(paid_out_on__lt=before)
        .order_by("paid_out_on", "pk")
        .values_list("sme_id", "paid_out")
    )
    lost = list(
        FinanceCase.objects.filter(written_off_on__lt=before).order_by("pk").values_list("loss_reason", "sme_id")
    )
    return Figures(
        until=before - timedelta(days=1),
        small=small,
        asked=tally(asked.values_list("sme_id", flat=True)),
        decided=tally(sme for sme, *_rest in decided),
        offered=tally(sme for sme, _days, state, *_rest in decided if state != CaseState.REFUSED),
        refused=tally(sme for sme, *_rest in refused),
        paid_out=tally(sme for sme, _paisa in paid),
        paid_out_paisa=sum(paisa or 0 for _sme, paisa in paid[: in_steps(len(paid), small=small)]),
        written_off=tally(sme for _code, sme in lost),
        written_off_by_reason=_by_group(lost),
        refused_by_reason=_by_group((code, sme) for sme, codes, _sector in refused for code in codes),
        refused_by_sector=_by_group((sector, sme) for sme, _codes, sector in refused),
        days=tuple(days for _sme, days, *_rest in decided if days is not None),
    )


def _by_group(pairs: Iterable[tuple[str, int]]) -> dict[str, Tally]:
    """pairs: a group and the firm of one case in it."""
    found: dict[str, list[int]] = {}
    for group, sme in pairs:
        found.setdefault(group, []).append(sme)
    return {group: tally(firms) for group, firms in found.items()}


def scheme_of(case: FinanceCase) -> Scheme | None:
    """The scheme as it was on the day of the case; None where none was named."""
    return schemes_selectors.scheme_on(case.scheme, case.clock_started_on) if case.scheme else None


def _with_all(rows: QuerySet[FinanceCase]) -> QuerySet[FinanceCase]:
    return rows.select_related("sme", "lender", "consent__lender", "asked_by", "decided_by").annotate(
        order_day=F("clock_started_on")
    )
