"""Materials of a programme and who may open them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Prefetch, Subquery

from smes.people import selectors as people_selectors
from tdap_portal.core.errors import NotFound
from training.models import (
    Material,
    MaterialVersion,
    Place,
    Programme,
)
from training.programmes import permissions
from training.programmes.selectors import found, programme_for
from training.resources.selectors import trainer_of
from training.states import PlaceState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User


def materials_of(programme: Programme, *, withdrawn: bool = False) -> list[Material]:
    """In the order of the modules, each with its `versions_newest_first`. withdrawn: those no longer handed out as well. Two
    queries."""
    rows = Material.objects.filter(module__programme=programme).select_related("module")
    if not withdrawn:
        rows = rows.filter(is_withdrawn=False)
    versions = MaterialVersion.objects.select_related("added_by").order_by("-number")
    kept = Prefetch("versions", queryset=versions, to_attr="versions_newest_first")
    return list(rows.order_by("module__position", "language", "title", "pk").prefetch_related(kept))


def material_in(programme: Programme, public_id: str) -> Material:
    """Raises NotFound."""
    rows = [row for row in materials_of(programme, withdrawn=True) if row.public_id == public_id]
    if not rows:
        raise NotFound
    return rows[0]


def material_file(programme: Programme, public_id: str, number: int, *, withdrawn: bool) -> MaterialVersion:
    """One version. withdrawn: also of a material that is no longer handed out. Raises NotFound."""
    rows = MaterialVersion.objects.filter(
        material__module__programme=programme, material__public_id=public_id, number=number
    )
    return found(rows if withdrawn else rows.filter(material__is_withdrawn=False))


def newest_files(programme: Programme, language: str) -> list[MaterialVersion]:
    """What an offline pack holds: the newest version of each material in a language, in the order of the modules."""
    newest = MaterialVersion.objects.filter(material=OuterRef("material")).order_by("-number").values("pk")[:1]
    rows = MaterialVersion.objects.filter(
        material__module__programme=programme,
        material__language=language,
        material__is_withdrawn=False,
        pk=Subquery(newest),
    )
    return list(
        rows.select_related("material__module").order_by("material__module__position", "material__title", "material_id")
    )


def programme_with_materials_for(user: User, public_id: str) -> Programme:
    """The programme whose materials this person may open. Raises NotFound, also for whoever may not."""
    programme = programme_for(public_id)
    if user.is_official:
        return programme
    may_open = permissions.can_open_materials(
        user, is_trainer=trainer_of(user) is not None, has_place=has_place_in(user, programme)
    )
    if not may_open:
        raise NotFound
    return programme


def has_place_in(user: User | AnonymousUser, programme: Programme) -> bool:
    """Whether a firm of this person holds a place in a cohort of the programme."""
    firms = people_selectors.smes_of(user)
    return Place.objects.filter(cohort__programme=programme, state=PlaceState.HELD, sme__in=firms.values("pk")).exists()
