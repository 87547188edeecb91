"""Nominations: what a partner sees of its own, what a firm sees of those about it, and what officials see of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from selection.models import Application, Nomination, NominationPlaces, NominationSheet, Offer, Round
from selection.rounds import selectors as rounds_selectors
from selection.states import (
    DECIDED_STATES,
    NOMINATED_ONCE,
    NominationState,
    OfferState,
    RoundState,
    State,
)  # fmt: skip
from smes.people import selectors as people_selectors
from smes.vocabulary.identifiers import ntn_key
from smes.vocabulary.wording import sectors_by_name
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.errors import NotFound
from tdap_portal.core.folding import fold

from .checks import Field, Known, check_rows, keys_of, plain_heading
from .permissions import NOMINATING, can_see_nominations
from .store import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

    from .checks import Checked

OPENED = "nominations"  # in the session: tokens of the links that were opened in this browser
SHEETS_REMEMBERED = 5  # of a partner, for what its headings mean


# ------------------------------------------------------------------------------------------------------ the partner


def nominating_partners(user: User) -> list[Partner]:
    """The organisations for which this person nominates, by name."""
    if not user.is_partner:
        return []
    return [partner for partner in accounts_selectors.partners_here(user) if partner.kind in NOMINATING]


def partner_for(user: User, public_id: str) -> Partner:
    """One of them. Raises NotFound."""
    for partner in nominating_partners(user):
        if partner.public_id == public_id:
            return partner
    raise NotFound


def round_to_nominate_in() -> Round | None:
    """The round that takes nominations now: the open one that closes first."""
    return rounds_selectors.open_rounds().first()


def rounds_nominated_in(partner: Partner) -> list[Round]:
    """Rounds in which a partner nominated somebody, the newest first."""
    nominated = Nomination.objects.filter(partner=partner, round=OuterRef("pk"))
    return list(Round.objects.filter(Exists(nominated)).order_by("-number"))


@dataclass(frozen=True, slots=True)
class Places:
    """Of a partner in a round. used: every firm that was asked counts, whatever it said."""

    of: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.of - self.used)


def places_of(partner: Partner, round_: Round) -> Places:
    row = NominationPlaces.objects.filter(partner=partner, round=round_).first()
    return places_in(row, partner, round_)


def places_in(row: NominationPlaces | None, partner: Partner, round_: Round) -> Places:
    """The same, from the row where it was read already."""
    number = settings.NOMINATION_PLACES if row is None or row.places is None else row.places
    return Places(number, Nomination.objects.filter(partner=partner, round=round_).count())


def with_stage(rows: QuerySet[Nomination]) -> QuerySet[Nomination]:
    """Nominations with what has become of the firms that claimed them: was_submitted, applied_at, file_state and has_seat; null
    or False for all others. was_submitted: also where the firm has withdrawn its file since."""
    submitted = Application.objects.filter(sme=OuterRef("sme"), round=OuterRef("round"), submitted_at__isnull=False)
    files = submitted.exclude(state=State.WITHDRAWN)
    seats = Offer.objects.filter(
        application__sme=OuterRef("sme"), application__round=OuterRef("round"), state=OfferState.ACCEPTED
    )
    return rows.annotate(
        was_submitted=Exists(submitted),
        applied_at=Subquery(files.values("submitted_at")[:1]),
        file_state=Subquery(files.values("state")[:1]),
        has_seat=Exists(seats),
    )


def nominations_of(partner: Partner, round_: Round) -> QuerySet[Nomination]:
    """What a partner sees of its own, the newest first."""
    rows = Nomination.objects.filter(partner=partner, round=round_).select_related("round")
    return with_stage(rows).order_by("-id")


@dataclass(frozen=True, slots=True)
class OwnNominee:
    """A nomination as its partner sees it: what it wrote of the firm, its state, and how far the firm is, as stage_of gives it. round: its
    number. file: id of the firm's file where it has a seat, for what comes after it; None before."""

    public_id: str
    firm: str
    round: int
    sector: str
    province: str
    women_led: bool | None
    state: str
    lapses_at: datetime
    stage: str
    file: int | None


def staged_of(partner: Partner) -> list[OwnNominee]:
    """All that a partner nominated, the newest first. Three queries, each of one table after the other and not of each nomination by
    itself: a partner may have many thousands."""
    own = Nomination.objects.filter(partner=partner)
    firms = own.filter(state=NominationState.AGREED, sme__isnull=False).order_by().values("sme")
    files = Application.objects.filter(sme__in=firms, submitted_at__isnull=False).exclude(state=State.WITHDRAWN)
    by_firm = {
        (sme, round_id): (pk, state)
        for pk, sme, round_id, state in files.order_by().values_list("pk", "sme_id", "round_id", "state")
    }
    seats = Offer.objects.filter(application__sme__in=firms, state=OfferState.ACCEPTED)
    seated = set(seats.order_by().values_list("application_id", flat=True))
    found = []
    for row in own.order_by("-id").values_list(
        "public_id", "firm", "round__number", "sector", "province", "women_led", "state", "lapses_at", "sme_id",
        "round_id", named=True,
    ):  # fmt: skip
        file, file_state = None, None
        if row.state == NominationState.AGREED:
            file, file_state = by_firm.get((row.sme_id, row.round_id), (None, None))
        stage = _stage(file_state, has_seat=file in seated)
        found.append(
            OwnNominee(
                public_id=row.public_id,
                firm=row.firm,
                round=row.round__number,
                sector=row.sector,
                province=row.province,
                women_led=row.women_led,
                state=row.state,
                lapses_at=row.lapses_at,
                stage=stage,
                file=file if stage == "seat" and file_state == State.SELECTED else None,
            )
        )
    return found


def _file() -> Subquery:
    files = Application.objects.filter(sme=OuterRef("sme"), round=OuterRef("round"), state=State.SELECTED)
    return Subquery(files.values("pk")[:1])


def claimed_nominations(partners: Iterable[Partner]) -> QuerySet[Nomination]:
    """Those that a firm has agreed to and claimed, of all rounds, the newest first: of these alone a partner learns how far the
    firm has come; see `file_of`. partners: see `nominating_partners`."""
    rows = Nomination.objects.filter(partner__in=list(partners), state=NominationState.AGREED, sme__isnull=False)
    return with_stage(rows.select_related("round", "partner")).annotate(file=_file()).order_by("-id")


def file_of(row: Nomination) -> int | None:
    """The id of the file of a claimed nomination while its firm has an accepted seat; of what comes after it a partner learns nothing
    else. row: of `claimed_nominations`."""
    return row.file if stage_of(row) == "seat" else None  # type: ignore[attr-defined]  # claimed_nominations


def has_applied(row: Nomination) -> bool:
    """Whether the firm that claimed it has submitted a file in the round, whoever that one counts under."""
    files = Application.objects.filter(sme=row.sme_id, round=row.round_id, submitted_at__isnull=False)
    return row.sme_id is not None and files.exists()


def consent_of(partner: Partner, round_: Round) -> dict[str, int]:
    """How many of a partner's nominations stand in each state."""
    rows = Nomination.objects.filter(partner=partner, round=round_).values_list("state").annotate(Count("pk"))
    return dict(rows.order_by())


def nomination_for(user: User, public_id: str) -> Nomination:
    """One of the partner's own. Raises NotFound."""
    row = (
        with_stage(Nomination.objects.filter(partner__in=nominating_partners(user), public_id=public_id))
        .select_related("partner", "round")
        .first()
    )
    if row is None:
        raise NotFound
    return row


# ------------------------------------------------------------------------------------------------------------ sheets


def sheet_for(user: User, public_id: str) -> NominationSheet:
    """A sheet of one of this person's organisations. Raises NotFound."""
    row = (
        NominationSheet.objects.filter(partner__in=nominating_partners(user), public_id=public_id)
        .select_related("partner", "round")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def sheets_of(partner: Partner, round_: Round) -> QuerySet[NominationSheet]:
    """The newest first, without their rows."""
    return NominationSheet.objects.filter(partner=partner, round=round_).defer("rows").order_by("-id")


def remembered_headings(partner: Partner) -> dict[str, str]:
    """Fields by plain heading, as this partner mapped them in its last sheets."""
    found: dict[str, str] = {}
    sheets = NominationSheet.objects.filter(partner=partner).order_by("-id").values_list("head", "mapping")
    for head, mapping in reversed(sheets[:SHEETS_REMEMBERED]):
        found |= {plain_heading(head[at]): name for name, at in mapping.items() if at < len(head)}
    return found


def known_for(partner: Partner, round_: Round) -> Known:
    """What the checks may know: nothing of other partners, and of firms of the portal only those of its own people."""
    people = accounts_selectors.people_of_partner(partner)
    itself = {f"{Field.MOBILE}:{person.mobile}" for person in people if person.mobile}
    itself |= {f"{Field.EMAIL}:{person.email.casefold()}" for person in people if person.email}
    itself |= {f"{Field.NTN}:{ntn_key(firm.ntn)}" for firm in people_selectors.firms_of_any(people) if firm.ntn}
    own: dict[str, tuple[str, str]] = {}
    rows = Nomination.objects.filter(partner=partner, round=round_, state__in=NOMINATED_ONCE)
    for state, ntn, mobile, email in rows.values_list("state", "ntn", "mobile", "email"):
        own |= dict.fromkeys(keys_of({Field.NTN: ntn, Field.MOBILE: mobile, Field.EMAIL: email}), (state, ntn_key(ntn)))
    organisations = frozenset(fold(other.name) for other in accounts_selectors.active_partners())
    return Known(own, frozenset(itself), organisations, sector_codes())


def sector_codes() -> dict[str, str]:
    """Codes of the sectors by their folded names in both languages."""
    found: dict[str, str] = {}
    for language in ("ur", "en"):
        with translation.override(language):
            found |= {fold(name): code for code, name in sectors_by_name()}
    return found


def checked_rows(sheet: NominationSheet, known: Known | None = None) -> list[Checked]:
    """The dry run: every row of a sheet as it can be taken now."""
    known = known or known_for(sheet.partner, sheet.round)
    return check_rows(
        rows_of(sheet.rows), sheet.mapping, known, taken=sheet.taken, ticked=sheet.ticked, width=len(sheet.head)
    )


# ----------------------------------------------------------------------------------------------------------- the firm


def nomination_by_token(token: str) -> Nomination:
    """The nomination behind a link, as long as the link works: until its last day, after a yes until the round closes. The
    database's clock decides. Raises NotFound with words for one that was taken back or ran out."""
    row = Nomination.objects.filter(token=token).filter(_link_works()).select_related("partner", "round", "sme").first()
    if row is None:
        raise NotFound(_("This invitation was taken back or has run out. A firm can apply without it, too."))
    return row


def _link_works() -> Q:
    answered = Q(state__in=(NominationState.AGREED, NominationState.REFUSED))
    open_round = Q(round__state=RoundState.OPEN, round__closes_at__gt=Now())
    return (Q(state=NominationState.INVITED, lapses_at__gt=Now()) | answered) & open_round


def nominations_about(sme: Sme, round_: Round | None = None) -> list[Nomination]:
    """Those that a firm has claimed, in the order in which it agreed; of one round where it is named."""
    rows = Nomination.objects.filter(sme=sme, state=NominationState.AGREED).select_related("partner", "round")
    if round_ is not None:
        rows = rows.filter(round=round_)
    return list(rows.order_by("answered_at", "pk"))


def nominations_to_claim(tokens: list[str], round_: Round | None = None) -> list[Nomination]:
    """Those whose links were opened in this browser and that no firm has claimed."""
    if not tokens:
        return []
    rows = Nomination.objects.filter(_link_works(), token__in=tokens, sme=None).select_related("partner", "round")
    rows = rows.exclude(state=NominationState.REFUSED)
    return list((rows.filter(round=round_) if round_ else rows).order_by("pk"))


def first_agreed(application: Application) -> Nomination | None:
    """The nomination under which a submitted file counts: of those that its firm had claimed by then, the one it agreed
    to first."""
    rows = Nomination.objects.filter(
        sme_id=application.sme_id, round_id=application.round_id, state=NominationState.AGREED
    )
    rows = rows.filter(claimed_at__lte=application.submitted_at)
    return rows.order_by("answered_at", "pk").first()


def ids_to_lapse() -> list[int]:
    """Those that nobody answered in time, by the database's clock."""
    rows = Nomination.objects.filter(state=NominationState.INVITED, lapses_at__lte=Now())
    return list(rows.order_by("pk").values_list("pk", flat=True))


def ids_to_remind() -> list[int]:
    """Those at half time without an answer, by the database's clock."""
    rows = Nomination.objects.filter(
        state=NominationState.INVITED, reminded_at=None, remind_at__lte=Now(), lapses_at__gt=Now()
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def nomination_by_id(pk: int | str) -> Nomination | None:
    """For handlers."""
    return Nomination.objects.filter(pk=pk).select_related("partner", "round", "recognised").first()


# ------------------------------------------------------------------------------------------------------ the officials


def nominations_visible_to(user: User) -> QuerySet[Nomination]:
    """Everybody's, for officers and directors; unordered."""
    if not can_see_nominations(user):
        return Nomination.objects.none()
    return with_stage(Nomination.objects.select_related("partner", "round", "recognised", "sme"))


def questions_about(rows: list[Nomination]) -> dict[int, list[str]]:
    """What an official should look at, by id of the nomination: "account" where another nominee of the round has the same
    bank account, "partners" where another partner nominates the firm too. Two queries."""
    accounts = _shared(rows, "account")
    keys = _shared(rows, "key")
    return {
        row.pk: [
            code
            for code, shared, value in (("account", accounts, row.account), ("partners", keys, row.key))
            if (row.round_id, value) in shared
        ]
        for row in rows
    }


def _shared(rows: list[Nomination], column: str) -> set[tuple[Any, ...]]:
    values = {getattr(row, column) for row in rows} - {""}
    found = Nomination.objects.filter(**{f"{column}__in": values, "state__in": NOMINATED_ONCE})
    pairs = found.values_list("round_id", column).annotate(number=Count("pk")).filter(number__gt=1).order_by()
    return {(round_id, value) for round_id, value, _number in pairs}


@dataclass(frozen=True, slots=True)
class PartnerCounts:
    """A partner's nominations of a round: its places, how many wait for an answer, agreed, said no, and count for a file that was
    submitted."""

    partner: Partner
    places: Places
    invited: int
    agreed: int
    refused: int
    applied: int


def rounds_with_nominations() -> list[Round]:
    """Of any partner, the newest first."""
    return list(Round.objects.filter(Exists(Nomination.objects.filter(round=OuterRef("pk")))).order_by("-number"))


def partners_counted(round_: Round) -> list[PartnerCounts]:
    """Every partner that nominates, with its places and counts in a round. Three queries."""
    set_: Mapping[int, int | None] = dict(
        NominationPlaces.objects.filter(round=round_).values_list("partner_id", "places")
    )
    rows = (
        Nomination.objects.filter(round=round_)
        .values("partner_id")
        .annotate(
            used=Count("pk"),
            invited=Count("pk", filter=Q(state=NominationState.INVITED)),
            agreed=Count("pk", filter=Q(state=NominationState.AGREED)),
            refused=Count("pk", filter=Q(state=NominationState.REFUSED)),
            applied=Count("counted_at"),
        )
        .order_by()
    )
    counts = {
        partner: numbers
        for partner, *numbers in rows.values_list("partner_id", "used", "invited", "agreed", "refused", "applied")
    }
    partners = [partner for partner in accounts_selectors.active_partners() if partner.kind in NOMINATING]
    found = []
    for partner in partners:
        used, *others = counts.get(partner.pk, [0] * 5)
        found.append(PartnerCounts(partner, Places(_number(set_.get(partner.pk)), used), *others))
    return found


def _number(places: int | None) -> int:
    return settings.NOMINATION_PLACES if places is None else places


def stage_of(row: Nomination) -> str:
    """What a partner may know of a nominee that agreed: "applied", "in_review", "decided", "seat", or "" before. row: with
    its stage."""
    if row.state != NominationState.AGREED or row.applied_at is None:  # type: ignore[attr-defined]  # with_stage
        return ""
    return _stage(row.file_state, has_seat=row.has_seat)  # type: ignore[attr-defined]


def _stage(file_state: str | None, *, has_seat: bool) -> str:
    """file_state: of a submitted file that was not withdrawn; None where there is none."""
    if file_state is None:
        return ""
    if has_seat:
        return "seat"
    if file_state in DECIDED_STATES:
        return "decided"
    return "applied" if file_state in (State.DRAFT, State.SUBMITTED, State.HELD, State.SCORED) else "in_review"


@dataclass(frozen=True, slots=True)
class Staged:
    """A nomination of a round as officials count it. sme: id of the firm that claimed it, None before. agreed: what it said; stage:
    as stage_of gives it."""

    partner: int
    sme: int | None
    agreed: bool
    stage: str


def staged_in(user: User, round_: Round) -> list[Staged]:
    """Everybody's nominations of a round, for officers and directors. Three queries, each of one table after the other and not of
    each nomination by itself: what a database does in no time for many thousands."""
    if not can_see_nominations(user):
        return []
    files = Application.objects.filter(round=round_, submitted_at__isnull=False).exclude(state=State.WITHDRAWN)
    states: dict[int, str] = dict(files.order_by().values_list("sme_id", "state"))
    seats = Offer.objects.filter(application__round=round_, state=OfferState.ACCEPTED)
    seated = set(seats.order_by().values_list("application__sme_id", flat=True))
    rows = Nomination.objects.filter(round=round_).order_by().values_list("partner_id", "sme_id", "state")
    found = []
    for partner, sme, state in rows:
        agreed = state == NominationState.AGREED
        file_state = states.get(sme) if agreed and sme is not None else None
        found.append(Staged(partner, sme, agreed, _stage(file_state, has_seat=sme in seated)))
    return found


# ------------------------------------------------------------------------------------------------------------ radar


def corners_of(round_: Round | None) -> tuple[dict[tuple[str, str, str], int], dict[tuple[str, str, str], int]]:
    """Firms nominated in a round, and those that applied; {} and {} where no round is open."""
    return (_nominated(round_), _applied(round_)) if round_ else ({}, {})


def _nominated(round_: Round) -> dict[tuple[str, str, str], int]:
    """Firms nominated in a round that have not said no, by sector, province and town. One query; a firm that two partners
    nominate counts once."""
    rows = Nomination.objects.filter(round=round_, state__in=(NominationState.INVITED, NominationState.AGREED))
    numbers = rows.values_list("sector", "province", "city").annotate(Count("key", distinct=True)).order_by()
    return {(sector, province, city): number for sector, province, city, number in numbers}


def _applied(round_: Round) -> dict[tuple[str, str, str], int]:
    """Files begun or submitted in a round, by what their firms say today. One query."""
    rows = Application.objects.filter(round=round_).exclude(state=State.WITHDRAWN)
    numbers = rows.values_list("sme__sector", "sme__province", "sme__city").annotate(Count("pk")).order_by()
    return {(sector, province, city): number for sector, province, city, number in numbers}


def askable_partners() -> list[tuple[str, str]]:
    """Name and province of the partners that nominate."""
    return [
        (partner.name, partner.province)
        for partner in accounts_selectors.active_partners()
        if partner.kind in (PartnerKind.CHAMBER, PartnerKind.PROVINCE)
    ]


def names_of_partners() -> dict[str, str]:
    """Partners that can nominate, by public id, with their name."""
    partners = accounts_selectors.active_partners()
    return {partner.public_id: partner.name for partner in partners if partner.kind in NOMINATING}
