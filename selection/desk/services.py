"""An official's saved views of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from selection.models import SavedView
from selection.review import permissions as review_permissions
from tdap_portal.core.errors import DomainError, NotFound

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

MAX_VIEWS = 12


# ------------------------------------------------------------------------------------------------------- saved views


@transaction.atomic
def save_view(*, actor: User, name: str, query: str) -> SavedView:
    """Keep a view of the desk under a name; the same name again is the view renewed. Raises NotAllowed, "no_words", "too_many"."""
    review_permissions.can_use_desk(actor).require()
    if not name.strip():
        raise DomainError(_("Give the view a name."), code="no_words")
    _lock(actor)
    others = SavedView.objects.filter(user=actor).exclude(name=name.strip()).count()
    if others >= MAX_VIEWS:
        raise DomainError(_("You can save 12 views. Delete one first."), code="too_many")
    view, _is_new = SavedView.objects.update_or_create(user=actor, name=name.strip(), defaults={"query": query})
    return view


def _lock(actor: User) -> None:
    """Until the act is over, so that views saved at the same moment are counted one after the other."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=actor.pk)


@transaction.atomic
def forget_view(*, actor: User, view_id: int) -> None:
    """Take a saved view away. Raises NotFound for one that is not there or is somebody else's."""
    if not SavedView.objects.filter(user=actor, pk=view_id).delete()[0]:
        raise NotFound
