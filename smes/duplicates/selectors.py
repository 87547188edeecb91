"""Firms that may be the same."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Mod
from django.utils import timezone

from smes.models import DuplicateFlag, DuplicateKey, Sme
from smes.states import FlagState
from smes.vocabulary.identifiers import ntn_key
from tdap_portal.accounts.roles import DESK_ROLES
from tdap_portal.core.errors import NotFound
from tdap_portal.core.fingerprints import fingerprint

from .likeness import Traces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User


# Nights in which every firm is compared once.
NIGHTS = 30

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


def firm_known_by(*, ntn: str = "", cnic: str = "", phone: str = "", email: str = "") -> Sme | None:
    """The firm of the portal that these numbers lead to, the surest first; None where they lead to none. Numbers: parsed.

    The same number of queries whatever is found: whoever asks for a stranger must not learn anything from the time.
    """
    numbers = {"ntn": ntn_key(ntn) if ntn else "", "owner": cnic, "phone": phone, "email": email.casefold()}
    keys = [f"{kind}:{fingerprint(kind, value)}" for kind, value in numbers.items() if value]
    rows = DuplicateKey.objects.filter(key__in=keys).select_related("sme").order_by("sme_id")
    return min(rows, key=lambda row: keys.index(row.key)).sme if rows else None


def smes_sharing_a_key(sme: Sme, keys: Iterable[str], *, max_block: int, max_firms: int) -> list[Sme]:
    """Firms that share a blocking key with this one, those that share most keys first.

    max_block: a key that more firms share says nothing and is passed over. max_firms: firms given at most.
    """
    rows = DuplicateKey.objects.filter(key__in=list(keys))
    narrow = rows.values("key").annotate(firms=Count("sme")).filter(firms__lte=max_block).values("key")
    shared = (
        DuplicateKey.objects.filter(key__in=narrow)
        .exclude(sme=sme)
        .values("sme")
        .annotate(keys=Count("key"))
        .order_by("-keys", "sme")[:max_firms]
    )
    ids = [row["sme"] for row in shared]
    return list(Sme.objects.filter(pk__in=ids).prefetch_related("owners"))


def firms_to_compare_again(day: date) -> QuerySet[Sme, int]:
    """Keys of the firms saved on this day or the one before, and of a thirtieth of all: another one every day."""
    turn = day.toordinal() % NIGHTS
    since = timezone.make_aware(datetime.combine(day - timedelta(days=1), time.min))
    return (
        Sme.objects.annotate(turn=Mod("pk", NIGHTS))
        .filter(Q(updated_at__gte=since) | Q(turn=turn))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def duplicate_flags_for(user: User | AnonymousUser, *, state: str = FlagState.OPEN.value) -> QuerySet[DuplicateFlag]:
    """Pairs of firms to compare, most alike first; nothing for anybody but officers and directors."""
    if not user.is_authenticated or not user.has_role(*DESK_ROLES):
        return DuplicateFlag.objects.none()
    return DuplicateFlag.objects.filter(state=state).select_related("one", "other", "judged_by")


def duplicate_flag_for(user: User | AnonymousUser, public_id: str) -> DuplicateFlag:
    """One pair with the owners of both firms. Raises NotFound."""
    if not user.is_authenticated or not user.has_role(*DESK_ROLES):
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


def ids_of_flagged_firms(limit: int) -> set[int]:
    """Firms of pairs that nobody has judged yet, of the newest pairs first; about `limit` at most."""
    pairs = DuplicateFlag.objects.filter(state=FlagState.OPEN).order_by("-pk").values_list("one_id", "other_id")
    return {sme_id for pair in pairs[: limit // 2] for sme_id in pair}


def not_judged_different(sme_ids: Iterable[int]) -> QuerySet[DuplicateFlag]:
    """Pairs with one of these firms that nobody has judged, or that were judged to be the same, with both firms."""
    ids = list(sme_ids)
    pairs = DuplicateFlag.objects.filter(Q(one__in=ids) | Q(other__in=ids)).exclude(state=FlagState.DIFFERENT.value)
    return pairs.select_related("one", "other").order_by("pk")


def duplicates_of(sme: Sme) -> QuerySet[DuplicateFlag]:
    """Pairs with this firm that are not judged to be different, for the officers' file."""
    return (
        DuplicateFlag.objects.filter(Q(one=sme) | Q(other=sme))
        .exclude(state=FlagState.DIFFERENT.value)
        .select_related("one", "other")
        .order_by("-percent", "pk")
    )
