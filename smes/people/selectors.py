"""Firms and the people in them. Lists start from the viewer; what is not the viewer's reads as not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from smes.models import Invitation, Member, Sme
from tdap_portal.accounts.roles import DESK_ROLES
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from tdap_portal.accounts.models import User


# Firms -----------------------------------------------------------------------------------------------------------


def smes_visible_to(user: User | AnonymousUser) -> QuerySet[Sme]:
    """All firms for officers and directors, also those that never applied; the person's own firms for everybody else. Each knows the person's role."""
    if not user.is_authenticated or not user.is_active:
        return Sme.objects.none()
    if user.has_role(*DESK_ROLES):
        return _with_role_of(user, Sme.objects.order_by("name", "pk"))
    return smes_of(user)


def smes_of(user: User | AnonymousUser) -> QuerySet[Sme]:
    """The firms in which this person is a member, by name. Each knows the person's role."""
    if not user.is_authenticated:
        return Sme.objects.none()
    return _with_role_of(user, Sme.objects.filter(members__user=user).order_by("name", "pk"))


def firms_of_any(people: Iterable[User]) -> QuerySet[Sme]:
    """The firms in which one of these people is a member."""
    return Sme.objects.filter(members__user__in=list(people)).distinct().order_by("pk")


def _with_role_of(user: User, smes: QuerySet[Sme]) -> QuerySet[Sme]:
    """The same firms, read together with the person's role in each, so that a page does not ask for it again."""
    membership = Member.objects.filter(sme=OuterRef("pk"), user=user)
    role = Subquery(membership.values("role")[:1])
    return smes.annotate(viewer_id=Value(user.pk), viewer_role=role)  # type: ignore[no-redef]  # Sme declares both


FIRM_HERE = "firm"  # in the session: the public id of the firm whose page was opened last


def firms_here(request: HttpRequest) -> list[Sme]:
    """The firms of the person who asks, by name, read once a request."""
    kept: list[Sme] | None = getattr(request, "firms_here", None)
    if kept is None:
        kept = list(smes_of(request.user))
        request.firms_here = kept  # type: ignore[attr-defined]
    return kept


def firm_here(request: HttpRequest) -> Sme | None:
    """The firm one is in: of several the one whose page is asked for, else the one opened last, else the first by name."""
    firms = firms_here(request)
    asked = [firm for firm in firms if request.path.startswith(firm.home_url)]
    last = [firm for firm in firms if firm.public_id == request.session.get(FIRM_HERE)]
    return next(iter([*asked, *last, *firms]), None)


def sme_for(user: User | AnonymousUser, public_id: str) -> Sme:
    """One firm this person may look at. Raises NotFound, also where it is somebody else's."""
    sme = smes_visible_to(user).filter(public_id=public_id).first()
    if sme is None:
        raise NotFound
    return sme


def sme_by_id(pk: int | str) -> Sme | None:
    """For handlers and tasks, which act for the portal itself."""
    return Sme.objects.filter(pk=pk).first()


def sme_by_public_id(public_id: str) -> Sme | None:
    """For floors above, which ask their own permission."""
    return Sme.objects.filter(public_id=public_id).first()


def ids_of_firms_named(text: str, *, limit: int = 200) -> list[int]:
    """Firms with this text in their name, at most so many, for lists of floors above, which ask their own permission."""
    return list(Sme.objects.filter(name__icontains=text).order_by("pk").values_list("pk", flat=True)[:limit])


def sme_by_token(user: User, token: str) -> Sme | None:
    """The firm this person registered by a form with this token."""
    return Sme.objects.filter(created_by=user, form_token=token).first() if token else None


def number_registered_by(user: User) -> int:
    """How many firms this person wrote down, also those that they have left since."""
    return Sme.objects.filter(created_by=user).count()


# People ----------------------------------------------------------------------------------------------------------


def role_of(user: User | AnonymousUser, sme: Sme) -> str | None:
    """The person's role in the firm (owner, preparer, finance, trainee); None for somebody who is not in it.

    A firm that was read for this person brings the role along; for any other it is looked up.
    """
    if not user.is_authenticated or not user.is_active:
        return None
    if sme.viewer_id == user.pk:
        return sme.viewer_role
    return next(iter(Member.objects.filter(sme=sme, user=user).values_list("role", flat=True)), None)


def know_roles(user: User, smes: Iterable[Sme]) -> None:
    """Note on each of these firms what this person is in it, so that a list does not ask for each by itself."""
    firms = list(smes)
    roles = dict(Member.objects.filter(sme__in=firms, user=user).values_list("sme", "role"))
    for sme in firms:
        sme.viewer_id, sme.viewer_role = user.pk, roles.get(sme.pk)


Ties = Callable[["User", "tuple[Sme, ...]"], bool]
_ties: list[Ties] = []


def also_tied(ask: Ties) -> None:
    """Register what a floor above knows of people who must not judge one of these firms; its `ready()` does so."""
    _ties.append(ask)


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


def owners_of(sme_id: Any) -> QuerySet[Member]:
    """The owners of a firm in the order they joined. sme_id: an id, or an OuterRef beside rows that know their firm."""
    return Member.objects.filter(sme_id=sme_id, role="owner").order_by("pk")


def owner_ids_of(smes: Iterable[int]) -> QuerySet[Member, tuple[int, int]]:
    """(id of the firm, id of the person) of the active owners of many firms, in one query."""
    rows = Member.objects.filter(sme_id__in=list(smes), role="owner", user__is_active=True)
    return rows.values_list("sme_id", "user_id")


def user_ids_of(smes: Iterable[int]) -> QuerySet[Member, tuple[int, int]]:
    """(id of the firm, id of the person) of all active people of many firms, in one query."""
    return Member.objects.filter(sme_id__in=list(smes), user__is_active=True).values_list("sme_id", "user_id")


def language_of(sme_id: int) -> str:
    """The language in which a firm is written to: that of its first owner; "en" where it has none."""
    return owners_of(sme_id).values_list("user__language", flat=True).first() or "en"


def firms_without_owner_but(user: User) -> QuerySet[Sme]:
    """The firms in which this person is the only owner who can sign in, by name."""
    others = Member.objects.filter(sme=OuterRef("pk"), role="owner", user__is_active=True).exclude(user=user)
    return Sme.objects.filter(~Exists(others), members__user=user, members__role="owner").order_by("name", "pk")


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


def demo_firms_exist() -> bool:
    return Sme.objects.filter(is_demo=True).exists()
