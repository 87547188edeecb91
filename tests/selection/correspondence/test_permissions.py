"""Who writes for the desk and who for the firm; whoever is tied to the firm does not speak for the desk."""

import pytest

from selection.correspondence import permissions
from selection.review import services as review_services
from selection.review.permissions import IN_CONFLICT, Standing
from selection.states import State
from tdap_portal.accounts.roles import DESK_ROLES, Role
from tests.factories.accounts import UserFactory, officer
from tests.factories.selection import ApplicationFactory, owner_of
from tests.factories.smes import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_the_desk_writes_where_it_is_not_tied(role):
    person = UserFactory(roles=(role,))
    assert bool(permissions.can_write_as_desk(person, Standing())) is (role in DESK_ROLES)
    tied = permissions.can_write_as_desk(person, Standing(in_conflict=frozenset({person.pk})))
    assert (bool(tied), tied.reason) == (False, IN_CONFLICT)


def test_both_sides_write_while_the_file_lives():
    file, desk, stranger = ApplicationFactory(scored=True), officer(), UserFactory()
    other = MemberFactory(sme=file.sme, role="trainee").user
    answers = {
        name: bool(permissions.can_write_letter(person, file))
        for name, person in {"owner": owner_of(file), "desk": desk, "stranger": stranger, "other": other}.items()
    }
    assert answers == {"owner": True, "desk": True, "stranger": False, "other": False}


def test_nobody_writes_on_a_draft():
    file = ApplicationFactory(scored=True)
    file.state = State.DRAFT
    assert not permissions.can_write_letter(owner_of(file), file)


def test_an_official_who_declared_a_tie_does_not_write_to_the_firm():
    file, tied = ApplicationFactory(scored=True), officer()
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    answer = permissions.can_write_letter(tied, file)
    assert (bool(answer), answer.reason) == (False, IN_CONFLICT)
