"""Reads about people."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .models import ApiToken, Partner, RoleGrant, RoleRequest, User
from .roles import Role
from .states import OPEN_REQUESTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # spare codes alone are none


def user_by_mobile(mobile: str) -> User | None:
    return User.objects.filter(mobile=mobile).first()


def user_by_login(login: str) -> User | None:
    """The person with this e-mail (case does not matter) or this E.164 mobile number."""
    column = "email__iexact" if "@" in login else "mobile"
    return User.objects.filter(**{column: login}).first()


def person_by_id(pk: int | str) -> User | None:
    return User.objects.filter(pk=pk).first()


def names_by_public_id(public_ids: Iterable[str]) -> dict[str, str]:
    """Names of people by their public ids, also of those who have left."""
    people = User.objects.filter(public_id__in=list(public_ids))
    return {person.public_id: str(person) for person in people}


def people_by_id(ids: Iterable[int]) -> dict[int, User]:
    """Active people by their id; who may no longer sign in is left out."""
    return {person.pk: person for person in User.objects.filter(pk__in=list(ids), is_active=True)}


def names_by_id(ids: Iterable[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def proven_emails(user_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(id of the person, address in small letters) of addresses that people showed to be theirs, in one query."""
    rows = EmailAddress.objects.filter(user__in=list(user_ids), verified=True).values_list("user_id", "email")
    return [(user_id, email.casefold()) for user_id, email in rows]


def person_by_public_id(public_id: str) -> User | None:
    return User.objects.filter(public_id=public_id).first()


def unfinished_registrations(*, older_than: int) -> QuerySet[User]:
    """People who never signed in and have an address that they never showed to be theirs. older_than: in days."""
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    return User.objects.filter(
        Q(mobile__isnull=False, mobile_verified=False) | Q(~Exists(verified), email__isnull=False),
        last_login=None,
        joined_at__lt=timezone.now() - timedelta(days=older_than),
        role_grants=None,
        partnerships=None,
    )


def people_with_role(role: Role) -> QuerySet[User]:
    return User.objects.filter(role_grants__role=role.value, is_active=True).order_by("name", "pk")


def open_request_of(user: User, role: Role) -> RoleRequest | None:
    """The request for this role that waits, with whoever signed it."""
    waiting = RoleRequest.objects.filter(user=user, role=role.value, state__in=OPEN_REQUESTS)
    return waiting.select_related("user", "partner", "asked_by", "signed_by").first()


def open_requests_of(user: User) -> list[RoleRequest]:
    """All that this person waits for."""
    waiting = RoleRequest.objects.filter(user=user, state__in=OPEN_REQUESTS)
    return list(waiting.select_related("user", "partner", "asked_by", "signed_by").order_by("created_at", "pk"))


def have_two_to_sign(*, besides: User | None = None) -> bool:
    """Whether two people can give one of DECIDING_ROLES: an administrator, and another one or a director.

    besides: who is to get the role and does not count.
    """
    people = User.objects.filter(is_active=True).exclude(pk__in=[besides.pk] if besides else [])
    administrators = set(people.filter(role_grants__role=Role.ADMINISTRATOR.value).values_list("pk", flat=True)[:2])
    directors = set(people.filter(role_grants__role=Role.APPROVER.value).values_list("pk", flat=True)[:2])
    return bool(administrators) and len(administrators | directors) > 1


class Group(StrEnum):
    """Whom the list of people shows."""

    STAFF = "staff"  # officials of TDAP
    PARTNERS = "partners"
    FIRMS = "firms"  # people without a role here
    EVERYBODY = "everybody"


class PersonState(StrEnum):
    """What may have to be done about a person."""

    OPEN = "open"  # may sign in
    LOCKED_OUT = "locked_out"
    ONE_STEP = "one_step"  # may sign in and has no second step
    UNSEEN = "unseen"  # may sign in and did not for UNSEEN_DAYS
    NEVER = "never"  # may sign in and never did


class PeopleOrder(StrEnum):
    NAME = "name"
    SEEN = "seen"  # whoever signed in last first; without those who never did
    NEWEST = "newest"


UNSEEN_DAYS = 60
MAX_FOUND = 2000  # people; who looks through more writes another word
MIN_INSIDE = 3  # letters: from here on the list looks inside names and addresses
PEOPLE_ORDERS = {
    PeopleOrder.NAME: ("name", "id"),
    PeopleOrder.SEEN: ("-last_login", "-id"),
    PeopleOrder.NEWEST: ("-id",),
}


def people_listed(
    *, q: str = "", group: str = Group.STAFF, role: str = "", state: str = "", order: str = PeopleOrder.NAME
) -> QuerySet[User]:
    """People with their roles (prefetched) and has_second_step, unordered: PEOPLE_ORDERS[order] says how they stand.

    q: of a name or address, or the whole number or public id; of more than MAX_FOUND whom it fits, those who came last.
    role: a Role, narrows to whoever holds it. state: of PersonState.
    """
    grants = RoleGrant.objects.filter(user=OuterRef("pk"))
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
    rows = User.objects.annotate(has_second_step=Exists(factors)).prefetch_related("role_grants")
    if role:
        rows = rows.filter(Exists(grants.filter(role=role)))
    elif group != Group.EVERYBODY:
        of_group = {
            Group.STAFF: Exists(grants.exclude(role=Role.PARTNER.value)),
            Group.PARTNERS: Exists(grants.filter(role=Role.PARTNER.value)),
            Group.FIRMS: ~Exists(grants),
        }
        rows = rows.filter(of_group[Group(group)])
    if state:
        rows = rows.filter(is_active=state != PersonState.LOCKED_OUT, **_of_state(state))
    if order == PeopleOrder.SEEN:
        rows = rows.filter(last_login__isnull=False)
    if not q:
        return rows
    # Without a limit of its own a common first name is looked for along the whole list, in the order of the page.
    found = rows.filter(_named(q)).prefetch_related(None).order_by("-pk").values("pk")[:MAX_FOUND]
    return rows.filter(pk__in=found)


def _of_state(state: str) -> dict[str, object]:
    conditions: dict[str, dict[str, object]] = {
        PersonState.ONE_STEP: {"has_second_step": False},
        PersonState.UNSEEN: {"last_login__lt": timezone.now() - timedelta(days=UNSEEN_DAYS)},
        PersonState.NEVER: {"last_login": None},
    }
    return conditions.get(state, {})


def _named(q: str) -> Q:
    exactly = Q(mobile=q) | Q(public_id=q)
    if len(q) < MIN_INSIDE:
        return exactly | Q(name__istartswith=q)
    return exactly | Q(name__icontains=q) | Q(email__icontains=q)


def homes_of(user: User) -> list[str]:
    """Names of the pages where this person may begin (settings.HOMES), one a role, the first one first; never empty. Who has no role begins
    where a floor above says (settings.HOME_FINDERS), else at the firm's home."""
    of_roles = [name for role, name in settings.HOMES.items() if role in user.roles]
    if of_roles:
        return of_roles
    found = (import_module(name).home_of(user) for name in settings.HOME_FINDERS)
    return [name for name in found if name] or [settings.HOMES[""]]


def partners_of(user: User) -> list[Partner]:
    """The active organisations that this person belongs to, by name."""
    return list(Partner.objects.filter(members__user=user, is_active=True))


def partners_here(user: User) -> list[Partner]:
    """The same for pages, read once a request: the head of each page asks for them, too."""
    kept: list[Partner] | None = getattr(user, "kept_partners", None)
    if kept is None:
        kept = partners_of(user)
        user.kept_partners = kept  # type: ignore[attr-defined]
    return kept


def active_partners() -> QuerySet[Partner]:
    """The organisations that work with TDAP, by name."""
    return Partner.objects.filter(is_active=True)


def partners_by_id(ids: Iterable[int]) -> dict[int, Partner]:
    return Partner.objects.in_bulk(list(ids))


def people_of_partner(partner: Partner) -> list[User]:
    """Whoever acts for an organisation and may sign in."""
    return list(User.objects.filter(partnerships__partner=partner, is_active=True).order_by("pk"))


def has_second_factor(user: User) -> bool:
    """True if an app or a key is enrolled; spare codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()


def has_one_of_factors(user: User, factors: Iterable[int]) -> bool:
    """factors: ids of apps, keys or sets of spare codes."""
    return Authenticator.objects.filter(user=user, pk__in=factors).exists()


def token_of(user: User) -> ApiToken | None:
    """The person's API key row, if the key still works (the key itself is shown only once)."""
    row = ApiToken.objects.filter(user=user, expires_at__gt=timezone.now()).select_related("user").first()
    return row if row and row.is_of_this_password else None


def token_by_key(key: str) -> ApiToken | None:
    """The row of a key that works, with its person."""
    row = (
        ApiToken.objects.filter(digest=ApiToken.digest_of(key), expires_at__gt=timezone.now(), user__is_active=True)
        .select_related("user")
        .first()
    )
    return row if row and row.is_of_this_password else None
