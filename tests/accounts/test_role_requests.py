"""Asking for a role, one signature and two, refusing, withdrawing, lapsing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from tdap_portal.accounts import services
from tdap_portal.accounts.models import REFUSAL_LABELS, ROLE_LABELS, RoleRequest, User
from tdap_portal.accounts.role_requests import selectors as role_requests_selectors
from tdap_portal.accounts.role_requests import services as role_requests_services
from tdap_portal.accounts.roles import DECIDING_ROLES, Role
from tdap_portal.accounts.states import ROLE_REQUEST, Refusal, RequestState
from tdap_portal.accounts.tasks import lapse_role_requests
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import PartnerFactory, UserFactory, administrator, director, officer
from tests.state_tables import carried_out, written

pytestmark = pytest.mark.django_db
DECIDING = sorted(DECIDING_ROLES)


def asked(person=None, role=Role.OFFICER, **words) -> RoleRequest:
    words = {"office": "Review desk, Lahore", "why": "I read files for Mr Aziz.", **words}
    return role_requests_services.ask_for_role(actor=person or UserFactory(), role=role, **words)


def grant(actor, request) -> bool:
    return role_requests_services.grant_request(actor=actor, request=request)


def state_of(request) -> str:
    return RoleRequest.objects.get(pk=request.pk).state


def roles_of(person) -> set[Role]:
    return set(User.objects.get(pk=person.pk).roles)


def refused(act, *args, **kwargs) -> str:
    with transaction.atomic(), pytest.raises(DomainError) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def names() -> list[str]:
    return list(Event.objects.filter(name__startswith="role.").order_by("pk").values_list("name", flat=True))


def test_the_table_of_requests_is_what_officials_agreed():
    table = """
        sign     | pending signed                     | signed role.signed
        grant    | pending signed                     | granted role.granted
        refuse   | pending signed                     | refused role.refused
        withdraw | pending signed                     | withdrawn role.withdrawn
        lapse    | pending signed                     | lapsed role.lapsed
        sign     | granted refused withdrawn lapsed   | wrong state
        grant    | granted refused withdrawn lapsed   | wrong state
        refuse   | granted refused withdrawn lapsed   | wrong state
        withdraw | granted refused withdrawn lapsed   | wrong state
        lapse    | granted refused withdrawn lapsed   | wrong state
    """
    assert carried_out(ROLE_REQUEST, RequestState) == written(table)


# ------------------------------------------------------------------------------------------------------------------ asking


@pytest.mark.sqlite_leg
def test_asking_twice_is_one_request_also_for_the_database():
    person = UserFactory()
    first = asked(person)
    assert asked(person, why="Again.") == first
    assert names() == ["role.asked"]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleRequest.objects.create(user=person, role="officer", why="x", lapses_at=timezone.now())
    assert asked(person, Role.PROGRAMME_MANAGER) != first


def test_what_a_request_needs():
    chamber, closed = PartnerFactory(), PartnerFactory(is_active=False)
    assert refused(asked, why=" ") == "no_words"
    assert refused(asked, office="") == "no_words"
    assert refused(asked, role=Role.PARTNER) == "no_partner"
    assert refused(asked, role=Role.PARTNER, partner=closed) == "no_partner"
    assert refused(asked, role=Role.OFFICER, partner=chamber) == "no_partner"
    assert refused(asked, officer()) == "held"
    assert asked(role=Role.PARTNER, partner=chamber).state == RequestState.PENDING


def test_nobody_asks_more_than_five_times_a_day():
    person = UserFactory()
    for _time in range(role_requests_services.MAX_ASKED_PER_DAY):
        role_requests_services.withdraw_request(actor=person, request=asked(person))
    assert refused(asked, person) == "too_many_today"
    RoleRequest.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert asked(person).state == RequestState.PENDING


def test_a_request_is_withdrawn_by_its_person_alone_and_once():
    person, request = UserFactory(), None
    request = asked(person)
    with pytest.raises(NotFound):
        role_requests_services.withdraw_request(actor=UserFactory(), request=request)
    for _twice in range(2):
        role_requests_services.withdraw_request(actor=person, request=request)
    assert (state_of(request), names()) == ("withdrawn", ["role.asked", "role.withdrawn"])
    with pytest.raises(WrongState):
        grant(administrator(), request)
    assert roles_of(person) == set()


def test_what_another_asked_for_at_an_address_ends_when_its_owner_proves_it():
    person = UserFactory()
    request = asked(person)
    services.claim_account(user=person, email=person.email)
    assert state_of(request) == "withdrawn"


# ------------------------------------------------------------------------------------------------------- one signature


def test_an_administrator_grants_a_role_that_decides_nothing_alone_and_twice_is_one_act():
    boss, request = administrator(), asked()
    assert [grant(boss, request), grant(boss, request)] == [True, True]
    assert (state_of(request), roles_of(request.user)) == ("granted", {Role.OFFICER})
    assert names() == ["role.asked", "role.granted"]


def test_a_partners_person_gets_the_role_and_the_place_in_the_organisation():
    boss, chamber, other = administrator(), PartnerFactory(), PartnerFactory()
    person = UserFactory()
    for partner in (chamber, other):  # the second one for somebody who has the role already
        assert grant(boss, asked(person, Role.PARTNER, partner=partner)) is True
    assert roles_of(person) == {Role.PARTNER}
    assert {member.partner for member in person.partnerships.all()} == {chamber, other}
    assert refused(asked, User.objects.get(pk=person.pk), Role.PARTNER, partner=other) == "held"


def test_nothing_is_given_for_an_organisation_that_works_with_tdap_no_more_or_to_who_is_locked_out():
    boss, chamber = administrator(), PartnerFactory()
    of_chamber, of_person = asked(role=Role.PARTNER, partner=chamber), asked()
    chamber.is_active = False
    chamber.save()
    services.set_active(actor=boss, user=of_person.user, is_active=False)
    assert refused(grant, boss, of_chamber) == "no_partner"
    assert refused(grant, boss, of_person) == "locked_out"


@pytest.mark.parametrize("who", [director, officer, UserFactory])
def test_nobody_else_decides(who):
    request = asked()
    for act in (
        lambda actor: grant(actor, request),
        lambda actor: role_requests_services.refuse_request(actor=actor, request=request, reason=Refusal.NOT_KNOWN),
    ):
        with pytest.raises((NotAllowed, NotFound)), transaction.atomic():
            act(who())
    assert (state_of(request), roles_of(request.user)) == ("pending", set())


def test_nobody_decides_on_their_own_request():
    boss = administrator()
    request = asked(boss, Role.FINANCE_OFFICER)
    with pytest.raises(NotFound):
        grant(boss, request)
    assert list(role_requests_selectors.waiting_for(boss)) == []
    assert list(role_requests_selectors.waiting_for(administrator())) == [request]


# ------------------------------------------------------------------------------------------------------- two signatures


@pytest.mark.parametrize("role", DECIDING)
@pytest.mark.parametrize("second", [administrator, director])
def test_a_role_that_decides_takes_two_people(role, second):
    boss, request = administrator(), asked(role=role)
    assert [grant(boss, request), grant(boss, request)] == [False, False]  # never twice the same person
    assert (state_of(request), roles_of(request.user)) == ("signed", set())
    assert grant(second(), request) is True
    assert (state_of(request), roles_of(request.user)) == ("granted", {role})
    assert names() == ["role.asked", "role.signed", "role.granted"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.PROGRAMME_MANAGER, Role.PARTNER])
def test_the_other_roles_take_one(role):
    assert services.grant_role(actor=administrator(), user=UserFactory(), role=role) is True


@pytest.mark.parametrize("role", DECIDING)
def test_the_same_holds_where_nobody_asked(role):
    boss, other, person = administrator(), administrator(), UserFactory()
    for _twice in range(2):
        assert services.change_roles(actor=boss, user=person, roles={role}, reason="New post.") == set()
        assert services.grant_role(actor=boss, user=person, role=role) is False
    request = RoleRequest.objects.get()
    assert (request.state, request.asked_by, request.why, roles_of(person)) == ("signed", boss, "New post.", set())
    assert services.change_roles(actor=other, user=person, roles={role}, reason="Yes.") == {role}
    assert (state_of(request), roles_of(person)) == ("granted", {role})


def test_an_account_is_not_set_up_with_such_a_role_by_one_person():
    person = services.create_person(
        actor=administrator(), name="Hina", email="hina@tdap.example", roles=(Role.OFFICER, Role.APPROVER)
    )
    assert roles_of(person) == {Role.OFFICER}


def test_a_request_that_waits_is_met_by_giving_the_role_directly():
    boss, one, two = administrator(), asked(), asked(role=Role.APPROVER)
    services.grant_role(actor=boss, user=one.user, role=Role.OFFICER)
    services.grant_role(actor=boss, user=two.user, role=Role.APPROVER)
    assert (state_of(one), state_of(two)) == ("granted", "signed")


def test_a_director_is_the_second_and_never_the_first_nor_signs_for_other_roles():
    boss, request = administrator(), asked(role=Role.FINANCE_OFFICER)
    for act in (
        lambda: services.grant_role(actor=director(), user=request.user, role=Role.FINANCE_OFFICER),
        lambda: services.grant_role(actor=director(), user=request.user, role=Role.OFFICER),
        lambda: services.grant_role(actor=director(), user=UserFactory(), role=Role.FINANCE_OFFICER),
    ):
        with pytest.raises(NotAllowed):
            act()
    both = UserFactory(roles=(Role.ADMINISTRATOR, Role.APPROVER))
    assert [grant(both, request), grant(both, request)] == [False, False]  # two roles are one person
    assert grant(boss, request) is True


LOSSES = {
    "has left": lambda boss, first: services.set_active(actor=boss, user=first, is_active=False),
    "lost the role": lambda boss, first: services.revoke_role(actor=boss, user=first, role=Role.ADMINISTRATOR),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_signature_of_who_can_no_longer_give_roles_does_not_count(loss):
    boss, first, request = administrator(), administrator(), asked(role=Role.APPROVER)
    grant(first, request)
    LOSSES[loss](boss, first)
    with pytest.raises(NotAllowed), transaction.atomic():
        grant(director(), request)
    assert grant(boss, request) is False
    assert (state_of(request), roles_of(request.user)) == ("signed", set())
    assert grant(director(), request) is True


def test_taking_such_a_role_takes_one_person():
    person = director()
    services.revoke_role(actor=administrator(), user=person, role=Role.APPROVER)
    assert roles_of(person) == set()


# ------------------------------------------------------------------------------------------------------------ the command


def test_the_command_makes_the_first_administrator_and_the_second_where_nobody_else_can_sign():
    for name in ("omar", "hina"):
        call_command("create_administrator", f"{name}@tdap.example", name=name)
    with pytest.raises(CommandError, match="Two people can give this role"):
        call_command("create_administrator", "sana@tdap.example", name="Sana")
    assert User.objects.count() == 2
    call_command("create_administrator", "sana@tdap.example", name="Sana", reason="Both lost their telephones.")
    assert Event.objects.filter(name="role.granted").latest("pk").data["reason"] == "Both lost their telephones."


@pytest.mark.parametrize(
    ("people", "can"),
    [
        ([], False), ([administrator], False), ([director, director], False), ([administrator, director], True),
        ([administrator, administrator], True), ([lambda: UserFactory(roles=(Role.ADMINISTRATOR, Role.APPROVER))], False),
        ([administrator, lambda: director(is_active=False)], False),
    ],
)  # fmt: skip
def test_whether_two_people_can_sign(people, can):
    from tdap_portal.accounts.selectors import have_two_to_sign

    for one in people:
        one()
    assert have_two_to_sign() is can


def test_who_is_to_get_the_role_does_not_count_among_the_two():
    from tdap_portal.accounts.selectors import have_two_to_sign

    administrator()
    assert have_two_to_sign(besides=director()) is False


# --------------------------------------------------------------------------------------------------- refusing, lapsing


def test_a_refusal_says_why_in_the_language_of_the_person():
    person = UserFactory(language="ur")
    request = asked(person)
    for _twice in range(2):
        role_requests_services.refuse_request(actor=administrator(), request=request, reason=Refusal.OTHER_ROLE)
    deliver_all()
    message = Message.objects.get(to=person)
    assert (state_of(request), message.template, names()) == ("refused", "role.refused", ["role.asked", "role.refused"])
    assert "اس کام کے لیے" in message.body
    assert str(REFUSAL_LABELS[Refusal.OTHER_ROLE]) not in message.body
    assert asked(person).state == "pending"  # it may be asked again


def test_a_director_refuses_what_waits_for_a_second_signature():
    request = asked(role=Role.FINANCE_OFFICER)
    grant(administrator(), request)
    role_requests_services.refuse_request(actor=director(), request=request, reason=Refusal.NOT_NEEDED)
    assert state_of(request) == "refused"


def test_what_nobody_decides_lapses_and_is_given_no_more_even_before_the_sweep():
    boss, old, signed, new = administrator(), asked(), asked(role=Role.APPROVER), asked()
    grant(boss, signed)
    RoleRequest.objects.filter(pk__in=[old.pk, signed.pk]).update(lapses_at=timezone.now())
    assert refused(grant, boss, old) == "lapsed"
    lapse_role_requests()
    lapse_role_requests()
    assert [state_of(row) for row in (old, signed, new)] == ["lapsed", "lapsed", "pending"]
    assert names().count("role.lapsed") == 2


def test_the_first_signature_lapses_with_its_request():
    boss, person = administrator(), UserFactory()
    services.grant_role(actor=boss, user=person, role=Role.APPROVER)
    RoleRequest.objects.update(lapses_at=timezone.now())
    assert services.grant_role(actor=administrator(), user=person, role=Role.APPROVER) is False
    assert sorted(RoleRequest.objects.values_list("state", flat=True)) == ["lapsed", "signed"]


# ------------------------------------------------------------------------------------------------------------- messages


def told() -> set[tuple[str, str]]:
    deliver_all()
    return {(message.to.name, message.template) for message in Message.objects.select_related("to")}


def test_who_hears_of_it():
    person = UserFactory(name="Sana")
    boss, other, chief = administrator(name="Omar"), administrator(name="Hina"), director(name="Farah")
    officer(name="Nobody")
    request = asked(person, Role.APPROVER)
    assert told() == {("Omar", "role.asked"), ("Hina", "role.asked")}
    Message.objects.all().delete()
    grant(boss, request)
    assert told() == {("Hina", "role.signed"), ("Farah", "role.signed")}
    Message.objects.all().delete()
    grant(chief, request)
    assert told() == {("Sana", "role.granted")}
    Message.objects.all().delete()
    services.grant_role(actor=other, user=UserFactory(name="Adeel"), role=Role.FINANCE_OFFICER)
    deliver_all()
    Message.objects.all().delete()
    proposed = RoleRequest.objects.latest("pk")
    role_requests_services.refuse_request(actor=boss, request=proposed, reason=Refusal.NOT_KNOWN)
    assert told() == {("Hina", "role.refused")}  # who asked; the person never did


def test_a_message_names_the_role_and_carries_no_link_of_the_asker():
    boss = administrator()
    asked(UserFactory(name="Sana https://evil.example/x"))
    deliver_all()
    message = Message.objects.get(to=boss)
    assert str(ROLE_LABELS[Role.OFFICER]) in message.body
    assert "evil.example" not in message.body + message.subject


def test_the_address_shown_is_one_that_was_proved():
    from tdap_portal.accounts.role_requests.wording import waiting_row

    boss, request = administrator(), asked()
    assert waiting_row(role_requests_selectors.waiting_for(boss).get(), boss).address == request.user.email
    EmailAddress.objects.update(verified=False)
    assert waiting_row(role_requests_selectors.waiting_for(boss).get(), boss).address == ""
