"""Reads about firms. Lists start from the viewer; what is not the viewer's reads as not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from smes.vocabulary.identifiers import ntn_key
from smes.vocabulary.paper_kinds import kinds_needed
from smes.vocabulary.sectors import group_of, sector_of, sells_services
from smes.vocabulary.sizes import size_class
from smes.vocabulary.wording import paper_name
from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound

from .fingerprints import fingerprint
from .likeness import Traces
from .models import Document, DuplicateFlag, DuplicateKey, Invitation, Member, ProfileStep, Sme
from .states import FlagState, PaperState
from .steps import Completeness, progress_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

READERS = (Role.OFFICER, Role.APPROVER, Role.PROGRAMME_MANAGER, Role.FINANCE_OFFICER)
EXPIRY_SHOWN_FROM = timedelta(days=60)
REMINDER_DAYS = (30, 7, 1)
FACTS = ("owners", "products", "certifications", "export_years", "documents", "steps")


# Firms -----------------------------------------------------------------------------------------------------------


def smes_visible_to(user: User | AnonymousUser) -> QuerySet[Sme]:
    """All firms for officials who judge them, the person's own firms for everybody else."""
    if not user.is_authenticated or not user.is_active:
        return Sme.objects.none()
    if user.has_role(*READERS):
        return Sme.objects.order_by("name", "pk")
    return smes_of(user)


def smes_of(user: User | AnonymousUser) -> QuerySet[Sme]:
    """The firms in which this person is a member, by name."""
    if not user.is_authenticated:
        return Sme.objects.none()
    return Sme.objects.filter(members__user=user).order_by("name", "pk")


def sme_for(user: User | AnonymousUser, public_id: str) -> Sme:
    """One firm this person may look at. Raises NotFound, also where it is somebody else's."""
    sme = smes_visible_to(user).filter(public_id=public_id).first()
    if sme is None:
        raise NotFound
    return sme


def sme_by_id(pk: int | str) -> Sme | None:
    """For handlers and tasks, which act for the portal itself."""
    return Sme.objects.filter(pk=pk).first()


def sme_by_token(user: User, token: str) -> Sme | None:
    """The firm this person registered by a form with this token."""
    return Sme.objects.filter(created_by=user, form_token=token).first() if token else None


# People ----------------------------------------------------------------------------------------------------------


def role_of(user: User | AnonymousUser, sme: Sme) -> str | None:
    """The person's role in the firm (owner, preparer, finance, trainee); None for somebody who is not in it."""
    if not user.is_authenticated or not user.is_active:
        return None
    return next(iter(Member.objects.filter(sme=sme, user=user).values_list("role", flat=True)), None)


Ties = Callable[["User", "tuple[Sme, ...]"], bool]
_ties: list[Ties] = []


def also_tied(ask: Ties) -> Ties:
    """Register what a floor above knows of people who must not judge one of these firms."""
    _ties.append(ask)
    return ask


def is_tied(user: User | AnonymousUser, *smes: Sme) -> bool:
    """Must this person not judge any of these firms? Its own people, and whoever the floors above name."""
    if not user.is_authenticated:
        return False
    return Member.objects.filter(sme__in=smes, user=user).exists() or any(ask(user, smes) for ask in _ties)


def people_of(sme: Sme | int, *roles: str) -> list[User]:
    """Active people of a firm (or of its id) in the order they joined; only those with one of the roles where some are named."""
    rows = members_of(sme).filter(user__is_active=True)
    if roles:
        rows = rows.filter(role__in=roles)
    return [member.user for member in rows]


def members_of(sme: Sme | int) -> QuerySet[Member]:
    return Member.objects.filter(sme=sme).select_related("user").order_by("pk")


def member_for(sme: Sme, user_public_id: str) -> Member:
    """One person of the firm by their public id. Raises NotFound."""
    member = members_of(sme).filter(user__public_id=user_public_id).first()
    if member is None:
        raise NotFound
    return member


def holds_email(user: User, email: str) -> bool:
    """Whether this person has shown that the address is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


def open_invitations_of(sme: Sme) -> QuerySet[Invitation]:
    return _open_invitations().filter(sme=sme).order_by("pk")


def invitation_in(sme: Sme, public_id: str) -> Invitation:
    """An open invitation of the firm. Raises NotFound."""
    invitation = open_invitations_of(sme).filter(public_id=public_id).first()
    if invitation is None:
        raise NotFound
    return invitation


def invitation_by_token(token: str) -> Invitation:
    """The open invitation of a link. Raises NotFound for one that was taken, withdrawn or ran out."""
    invitation = _open_invitations().select_related("sme", "invited_by").filter(token=token).first()
    if invitation is None:
        raise NotFound(_("This invitation was used, withdrawn or has run out. Ask the firm for a new one."))
    return invitation


def invited_since(moment: datetime, *, email: str, mobile: str) -> bool:
    """Whether any firm sent an invitation to this address after this moment; a withdrawn one counts."""
    return Invitation.objects.filter(email__iexact=email, mobile=mobile, updated_at__gt=moment).exists()


def _open_invitations() -> QuerySet[Invitation]:
    """An invitation lives as long as its inviter may invite."""
    inviter = Member.objects.filter(
        sme=OuterRef("sme"), user=OuterRef("invited_by"), user__is_active=True, role="owner"
    )
    return Invitation.objects.filter(
        Exists(inviter), accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )


# Facts -----------------------------------------------------------------------------------------------------------


def with_facts(smes: QuerySet[Sme]) -> QuerySet[Sme]:
    """The firms with everything a frozen copy needs, in one query a table however many firms."""
    return smes.prefetch_related(*FACTS)


def read_facts(sme: Sme) -> Sme:
    """The same firm with everything a frozen copy needs read now and once, so that what looks at it twice sees the same."""
    prefetch_related_objects([sme], *FACTS)
    return sme


def frozen_copy(sme: Sme, *, on: date | None = None) -> dict[str, Any]:
    """What is known of the firm as one JSON document, without any CNIC, NTN, telephone or bank number.

    Every key is always there; None means the firm has not told. on: the day the copy is made (today).
    """
    day = on or today()
    saved = {row.step for row in sme.steps.all() if row.saved_at}
    products = list(sme.products.all())
    owners = list(sme.owners.all())
    main = next((product for product in products if product.is_main), None)
    sector = _sector(sme, main.hs6 if main else None)
    size = size_class(
        sme.turnover_pkr, sme.employees, _founded(sme, day), day, activity=sme.activity or "manufacturing"
    )
    return {
        "schema": 1,
        "sme": sme.public_id,
        "name": sme.name,
        "legal_form": sme.legal_form or None,
        "founded_on": sme.founded_on.isoformat() if sme.founded_on else None,
        "tax_registered": bool(sme.ntn),
        "owner_cnic_held": any(owner.cnic for owner in owners),
        "secp_registered": bool(sme.secp_number),
        "sales_tax_registered": bool(sme.strn),
        "province": sme.province or None,
        "city": sme.city or None,
        "turnover_pkr": sme.turnover_pkr,
        "turnover_fiscal_year": sme.turnover_fiscal_year,
        "employees": sme.employees,
        "women_employees": sme.women_employees,
        "size_class": size.size_class,
        "size_rule": size.rule_id,
        "women_led": sme.women_led,
        "youth_led": sme.youth_led,
        "sector": sector,
        "sector_group": group_of(sector),
        "products": [
            {
                "hs6": product.hs6,
                "label": product.label or None,
                "share_pct": product.share_pct,
                "is_main": product.is_main,
                "price_pkr": float(product.price_pkr) if product.price_pkr is not None else None,
                "price_unit": product.price_unit or None,
            }
            for product in products
        ],
        "main_hs6": main.hs6 if main else None,
        "services": list(sme.services),
        "capacity_per_month": sme.capacity_per_month,
        "capacity_unit": sme.capacity_unit or None,
        "capacity_used_pct": sme.capacity_used_pct,
        "lead_time_days": sme.lead_time_days,
        "quality_control": sme.quality_control or None,
        "certifications": _told(
            [
                {
                    "kind": row.kind,
                    "expires_on": row.expires_on.isoformat() if row.expires_on else None,
                    "verified": row.verified,
                }
                for row in sme.certifications.all()
            ],
            told="capacity" in saved,
        ),
        "export_route": sme.export_route or None,
        "export_history": _told(
            [
                {"fiscal_year": row.fiscal_year, "value_usd": float(row.value_usd), "route": row.route}
                for row in sme.export_years.all()
            ],
            told="exports" in saved,
        ),
        "export_markets": _told(sme.export_markets, told="exports" in saved),
        "target_markets": _told(sme.target_markets, told="markets" in saved),
        "channels": _told(sme.channels, told="markets" in saved),
        "website": sme.website,
        "catalogue_products": sme.catalogue_products,
        "product_photos": sme.product_photos,
        "ecommerce_staff": sme.ecommerce_staff,
        "english_staff": sme.english_staff,
        "internet": sme.internet or None,
        "bank_account_named": sme.bank_account_named,
        "bank_account_verified": sme.bank_account_verified,
        "wallet": sme.wallet,
        "card_payments": sme.card_payments,
        "foreign_currency_account": sme.foreign_currency_account,
        "paypal_like_service": sme.paypal_like_service,
        "documents_verified": sorted(
            {
                row.kind
                for row in sme.documents.all()
                if row.state == PaperState.VERIFIED and (row.expires_on is None or row.expires_on >= day)
            }
        ),
        "frozen_on": day.isoformat(),
    }


def _told(rows: Iterable[Any], *, told: bool) -> list[Any] | None:
    """A list that is empty because its step was never saved is not told."""
    found = list(rows)
    return found if found or told else None


def _sector(sme: Sme, main_hs6: str | None) -> str | None:
    """By the main product where there is one, so that nobody picks a sector for its points; else as declared."""
    if main_hs6 and not sells_services(sme.sector):
        return sector_of(main_hs6)
    return sme.sector or None


def _founded(sme: Sme, day: date) -> date | None:
    return sme.founded_on if sme.founded_on and sme.founded_on <= day else None


def completeness(sme: Sme) -> Completeness:
    """How far the profile is, step by step, with what is missing."""
    steps = list(sme.steps.all())
    facts = {
        **frozen_copy(sme),
        "declared_sector": sme.sector or None,
        "activity": sme.activity or None,
        "phone_held": bool(sme.phone),
        "address_held": bool(sme.address),
        "iban_held": bool(sme.iban),
        "owner_shares_pct": [owner.share_pct for owner in sme.owners.all()],
    }
    return progress_of(
        facts,
        wrongs={row.step: row.wrongs for row in steps},
        saved=frozenset(row.step for row in steps if row.saved_at),
    )


def step_of(sme: Sme, step: str) -> ProfileStep | None:
    """The saved row of a step; None before it was first saved."""
    return ProfileStep.objects.filter(sme=sme, step=step).first()


# Papers ----------------------------------------------------------------------------------------------------------


def documents_of(sme: Sme) -> QuerySet[Document]:
    """The firm's papers that count, newest first; replaced ones are left out."""
    return Document.objects.filter(sme=sme).exclude(state=PaperState.REPLACED.value)


def papers_sent(sme: Sme) -> list[tuple[str, str, str]]:
    """Kind, certificate and SHA-256 of every paper the firm ever sent, replaced ones too."""
    return list(Document.objects.filter(sme=sme).order_by().values_list("kind", "certificate", "sha256"))


def document_for(user: User | AnonymousUser, public_id: str) -> Document:
    """One paper of a firm this person may look at. Raises NotFound. Whether it may be opened, permissions say."""
    document = (
        Document.objects.filter(public_id=public_id, sme__in=smes_visible_to(user).order_by().values("pk"))
        .select_related("sme")
        .first()
    )
    if document is None:
        raise NotFound
    return document


def document_by_id(pk: int | str) -> Document | None:
    """For handlers, which act for the portal itself."""
    return Document.objects.filter(pk=pk).select_related("sme").first()


def documents_awaiting_check() -> QuerySet[Document]:
    """Papers no officer has looked at, oldest first, for the desk."""
    return Document.objects.filter(state=PaperState.UPLOADED.value).select_related("sme").order_by("pk")


def missing_papers(sme: Sme) -> list[str]:
    """Kinds of papers this firm must have and has not sent, or has only refused or expired ones of."""
    good = {
        row.kind
        for row in sme.documents.all()
        if row.state in {PaperState.UPLOADED, PaperState.VERIFIED}
        and (row.expires_on is None or row.expires_on >= today())
    }
    return [kind for kind in kinds_needed(sme.legal_form) if kind not in good]


def expiring_documents(sme: Sme) -> QuerySet[Document]:
    """Papers with a date that ended or ends within 60 days, the nearest first."""
    return (
        documents_of(sme)
        .filter(expires_on__isnull=False, expires_on__lte=today() + EXPIRY_SHOWN_FROM)
        .exclude(state=PaperState.REFUSED.value)
        .order_by("expires_on", "pk")
    )


def documents_to_remind_of(day: date) -> QuerySet[Document]:
    """Papers that end within 30 days and of which the firm may not have heard lately."""
    return (
        Document.objects.filter(expires_on__gte=day, expires_on__lte=day + timedelta(days=max(REMINDER_DAYS)))
        .exclude(state__in=[PaperState.REPLACED.value, PaperState.REFUSED.value])
        .exclude(reminded_days=min(REMINDER_DAYS))
        .order_by("pk")
    )


def reminder_due(days_left: int | None, last: int | None) -> int | None:
    """Which of the reminders (30, 7 or 1 days before) is due; None where it was given or none is."""
    if days_left is None or days_left < 0:
        return None
    due = min((mark for mark in REMINDER_DAYS if days_left <= mark), default=None)
    return due if due is not None and (last is None or due < last) else None


# Duties ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the firm can or must do. due_on None: no date."""

    code: str
    title: str
    why: str
    url: str
    label: str
    due_on: date | None = None


def duties_for(sme: Sme) -> list[Duty]:
    """What waits for the firm in its profile and papers, the most pressing first. Costs one query a table."""
    profile_url = f"/firm/{sme.public_id}/profile/"
    papers_url = f"/firm/{sme.public_id}/papers/"
    duties = [
        Duty(
            "paper_refused",
            _("Send this paper again: %(paper)s") % {"paper": paper_name(paper.kind)},
            paper.reason,
            papers_url,
            _("Send it again"),
        )
        for paper in documents_of(sme).filter(state=PaperState.REFUSED.value)
    ]
    progress = completeness(sme)
    if progress.next_step is not None:
        duties.append(
            Duty(
                "profile",
                _("Finish your profile"),
                _("%(filled)d of %(needed)d answers are there. You can stop at any step and go on later.")
                % {"filled": progress.filled, "needed": progress.needed},
                f"{profile_url}{progress.next_step.code}/",
                _("Go on"),
            )
        )
    missing = missing_papers(sme)
    if missing:
        duties.append(
            Duty(
                "papers",
                _("Send your papers"),
                _("Still needed: %(papers)s.") % {"papers": _(", ").join(paper_name(kind) for kind in missing)},
                papers_url,
                _("Send papers"),
            )
        )
    return duties + [_expiry_duty(paper, papers_url) for paper in expiring_documents(sme)]


def _expiry_duty(paper: Document, url: str) -> Duty:
    days = (paper.expires_on - today()).days if paper.expires_on else 0
    why = (
        _("It has run out and no longer counts.")
        if days < 0
        else _("It ends in %(days)d days. Your file keeps its points if the new one is here by then.") % {"days": days}
    )
    title = _("Renew this paper: %(paper)s") % {"paper": paper_name(paper.kind)}
    return Duty("paper_expires", title, why, url, _("Upload"), paper.expires_on)


# Duplicates ------------------------------------------------------------------------------------------------------


def traces_of(sme: Sme) -> Traces:
    """What a firm can be recognised by, its numbers as fingerprints."""
    numbers = {
        "ntn": [ntn_key(sme.ntn)] if sme.ntn else [],
        "secp": [sme.secp_number],
        "strn": [sme.strn],
        "account": [sme.iban],
        "phone": [sme.phone],
        "email": [sme.email.casefold()],
        "owner": [owner.cnic for owner in sme.owners.all()],
    }
    prints = {
        kind: frozenset(fingerprint(kind, value) for value in values if value) for kind, values in numbers.items()
    }
    return Traces(str(sme.pk), sme.name, sme.city, {kind: found for kind, found in prints.items() if found})


def smes_sharing_a_key(sme: Sme, keys: Iterable[str], *, widest: int, most: int) -> list[Sme]:
    """Firms that share a blocking key with this one, those that share most keys first.

    widest: a key that more firms share says nothing and is passed over. most: firms given at most.
    """
    rows = DuplicateKey.objects.filter(key__in=list(keys))
    narrow = rows.values("key").annotate(firms=Count("sme")).filter(firms__lte=widest).values("key")
    shared = (
        DuplicateKey.objects.filter(key__in=narrow)
        .exclude(sme=sme)
        .values("sme")
        .annotate(keys=Count("key"))
        .order_by("-keys", "sme")[:most]
    )
    ids = [row["sme"] for row in shared]
    return list(Sme.objects.filter(pk__in=ids).prefetch_related("owners"))


def duplicate_flags_for(user: User | AnonymousUser, *, state: str = FlagState.OPEN.value) -> QuerySet[DuplicateFlag]:
    """Pairs of firms to compare, most alike first; nothing for anybody but officers and directors."""
    if not user.is_authenticated or not user.has_role(Role.OFFICER, Role.APPROVER):
        return DuplicateFlag.objects.none()
    return DuplicateFlag.objects.filter(state=state).select_related("one", "other", "judged_by")


def duplicate_flag_for(user: User | AnonymousUser, public_id: str) -> DuplicateFlag:
    """One pair with the owners of both firms. Raises NotFound."""
    if not user.is_authenticated or not user.has_role(Role.OFFICER, Role.APPROVER):
        raise NotFound
    firms = Sme.objects.prefetch_related("owners")
    flag = (
        DuplicateFlag.objects.filter(public_id=public_id)
        .prefetch_related(Prefetch("one", firms), Prefetch("other", firms))
        .first()
    )
    if flag is None:
        raise NotFound
    return flag


def duplicates_of(sme: Sme) -> QuerySet[DuplicateFlag]:
    """Pairs with this firm that are not judged to be different, for the officers' file."""
    return (
        DuplicateFlag.objects.filter(Q(one=sme) | Q(other=sme))
        .exclude(state=FlagState.DIFFERENT.value)
        .select_related("one", "other")
        .order_by("-percent", "pk")
    )


def demo_firms_exist() -> bool:
    return Sme.objects.filter(is_demo=True).exists()
