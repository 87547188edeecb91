"""Views of the desk that an official keeps under a name."""

import pytest

from selection.desk import services as desk_services
from selection.models import SavedView
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import officer

pytestmark = pytest.mark.django_db


def test_twelve_views_are_kept_and_the_twelfth_can_still_be_renewed():
    me = officer()
    for number in range(12):
        desk_services.save_view(actor=me, name=f"View {number}", query="tab=all")
    desk_services.save_view(actor=me, name=" View 11 ", query="tab=mine")
    with pytest.raises(DomainError) as refused:
        desk_services.save_view(actor=me, name="View 12", query="tab=all")

    assert refused.value.code == "too_many"
    assert SavedView.objects.get(user=me, name="View 11").query == "tab=mine"
    desk_services.save_view(actor=officer(), name="View 12", query="tab=all")
