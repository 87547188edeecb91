"""The pages on which a role is asked for, and on which it is granted or refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from tdap_portal.accounts import services
from tdap_portal.accounts.models import RoleRequest, User
from tdap_portal.accounts.role_requests import services as role_requests_services
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import PartnerFactory, UserFactory, administrator, director, officer, partner_person
from tests.factories.smes import MemberFactory, SmeFactory
from tests.markup import flat
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
ASK, WAITING = "/accounts/roles/", "/accounts/roles/waiting/"
WORDS = {"office": "Review desk, Lahore", "why": "I read files for Mr Aziz."}


def asked(person=None, role=Role.OFFICER) -> RoleRequest:
    return role_requests_services.ask_for_role(actor=person or UserFactory(name="Sana Afridi"), role=role, **WORDS)


def text(answer) -> str:
    return flat(answer.content.decode())


def act(name, request) -> str:
    return reverse(f"roles:{name}", args=[request.public_id])


def test_who_has_neither_role_nor_firm_is_offered_to_ask_and_sees_what_was_asked(client):
    person = UserFactory()
    client.force_login(person)
    home = client.get(reverse("account_start"), follow=True)
    assert f'href="{ASK}"' in text(home)
    asked(person)
    home = text(client.get(home.redirect_chain[-1][0]))
    assert "Waits for an administrator" in home
    of_firm = MemberFactory(sme=SmeFactory(), user=UserFactory(), role="owner").user
    client.force_login(of_firm)
    assert f'href="{ASK}"' not in text(client.get(reverse("account_start"), follow=True))
    assert f'href="{ASK}"' in text(client.get(reverse("account_person")))


def test_asking_says_what_is_missing_what_happens_next_and_what_waits(client):
    person, chamber = UserFactory(), PartnerFactory(name="Sialkot Chamber")
    PartnerFactory(name="Closed Bank", is_active=False)
    client.force_login(person)
    page = text(client.get(ASK))
    assert "You get a message with the answer; a refusal says why." in page
    assert "within 30 days" in page
    assert ("Sialkot Chamber" in page, "Closed Bank" in page) == (True, False)
    assert "Choose the organisation" in text(client.post(ASK, {"role": "partner", **WORDS}))
    for wrong in ({"role": "king", **WORDS}, {"role": "officer", "why": "x"}, {"role": "officer", "office": "x"}):
        assert client.post(ASK, wrong).status_code == 200
    assert not RoleRequest.objects.exists()
    sent = {"role": "partner", "partner": chamber.public_id, **WORDS}
    for _twice in range(2):
        answer = client.post(ASK, sent, follow=True)
    assert "Partner: Sialkot Chamber" in text(answer)
    request = RoleRequest.objects.get()
    assert (request.user, request.role, request.partner, request.office) == (
        person, "partner", chamber, WORDS["office"],
    )  # fmt: skip


def test_roles_that_are_held_are_not_offered_and_the_organisation_counts_for_a_partner_only(client):
    chamber = PartnerFactory()
    client.force_login(officer())
    assert 'value="officer"' not in text(client.get(ASK))
    client.post(ASK, {"role": "finance_officer", "partner": chamber.public_id, **WORDS})
    assert RoleRequest.objects.get().partner is None


def test_a_request_is_withdrawn_after_a_question_and_another_persons_is_not_there(client):
    person = UserFactory()
    own, other = asked(person), asked()
    client.force_login(person)
    assert "Withdraw the request?" in text(client.get(act("withdraw", own)))
    assert own.public_id in text(client.get(ASK))
    assert "The request is withdrawn." in text(client.post(act("withdraw", own), follow=True))
    assert client.post(act("withdraw", other)).status_code == 404
    assert list(RoleRequest.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "pending"]


# ------------------------------------------------------------------------------------------------- those who decide


@pytest.mark.parametrize("who", [officer, UserFactory, partner_person])
def test_who_gives_no_roles_sees_nobody_wait(client, who):
    request = asked()
    client.force_login(who())
    for url in (WAITING, act("request", request)):
        assert client.get(url).status_code == 404
    for name in ("grant", "refuse"):
        assert client.post(act(name, request), {"reason": "not_known"}).status_code == 404
    assert RoleRequest.objects.get().state == "pending"


def test_the_administrators_home_counts_who_waits_and_names_the_oldest_first(client):
    cache.clear()
    boss = administrator()
    client.force_login(boss)
    assert "waiting-h" not in text(client.get(reverse("selection:administrator_home")))
    for number in range(6):
        request = asked(UserFactory(name=f"Person No {number}"))
        RoleRequest.objects.filter(pk=request.pk).update(created_at=timezone.now() - timedelta(days=number))
    home = text(client.get(reverse("selection:administrator_home")))
    assert "6 people wait for access." in home
    assert "5 days ago" in home
    assert home.index("Person No 5") < home.index("Person No 4") < home.index("Person No 1")
    assert "Person No 0" not in home  # the sixth stands on the page of all
    assert "Person No 0" in text(client.get(WAITING))


def test_who_waits_is_paged_and_costs_as_much_for_many_as_for_few(client):
    client.force_login(administrator())
    services.grant_role(actor=administrator(), user=UserFactory(), role=Role.APPROVER)
    few = queries_of(client, WAITING)
    for number in range(27):
        services.grant_role(actor=administrator(), user=UserFactory(name=f"N{number}"), role=Role.APPROVER)
    assert len(queries_of(client, WAITING)) == len(few)
    assert 'rel="next"' in text(client.get(WAITING))


def test_one_request_shows_what_was_asked_and_is_granted_once(client):
    request = asked()
    client.force_login(administrator())
    page = text(client.get(act("request", request)))
    for words in ("Sana Afridi", WORDS["office"], WORDS["why"], request.user.email, "Give the role"):
        assert words in page
    for _twice in range(2):
        answer = client.post(act("grant", request), follow=True)
        assert "Sana Afridi has the role now." in text(answer)
    assert User.objects.get(pk=request.user_id).roles == {Role.OFFICER}
    assert "Give the role" not in text(client.get(act("request", request)))


def test_two_people_sign_on_their_pages(client):
    request, boss, chief = asked(role=Role.FINANCE_OFFICER), administrator(name="Omar Javed"), director()
    client.force_login(chief)
    assert client.get(act("request", request)).status_code == 404  # nobody has signed yet
    assert client.post(act("grant", request)).status_code == 404
    client.force_login(boss)
    assert "Sign for the role" in text(client.get(act("request", request)))
    for _twice in range(2):
        page = text(client.post(act("grant", request), follow=True))
        assert "It has your signature." in page
        assert "Sign for the role" not in page
    client.force_login(chief)
    assert "1 role waits for a second signature" in text(client.get(reverse("selection:director_home")))
    assert "one signature" in text(client.get(WAITING))
    assert "Omar Javed" in text(client.get(act("request", request)))
    assert "has the role now" in text(client.post(act("grant", request), follow=True))
    assert User.objects.get(pk=request.user_id).roles == {Role.FINANCE_OFFICER}
    assert "waits for a second signature" not in text(client.get(reverse("selection:director_home")))


def test_a_signature_that_counts_no_more_is_named_and_the_director_is_told_who_signs_first(client):
    request, first, chief = asked(role=Role.APPROVER), administrator(name="Omar Javed"), director()
    role_requests_services.grant_request(actor=first, request=request)
    services.set_active(actor=administrator(), user=first, is_active=False)
    client.force_login(chief)
    page = text(client.get(act("request", request)))
    assert "Only an administrator can give or take roles." in page
    assert "the signature no longer counts" in page
    assert "to be signed again" in text(client.get(WAITING))
    assert client.post(act("grant", request)).status_code == 403


def test_a_refusal_needs_one_of_the_reasons(client):
    request = asked()
    client.force_login(administrator())
    for wrong in ({}, {"reason": "because"}):
        assert client.post(act("refuse", request), wrong).status_code == 200
    assert RoleRequest.objects.get().state == "pending"
    assert "the person is told why" in text(client.post(act("refuse", request), {"reason": "not_needed"}, follow=True))
    client.force_login(request.user)
    assert "What you describe does not need this role." in text(client.get(ASK))
    client.force_login(administrator())
    assert "decided or withdrawn meanwhile" in text(client.post(act("grant", request), follow=True))


def test_one_administrator_alone_reads_who_makes_the_second(client):
    request = asked(role=Role.APPROVER)
    client.force_login(administrator())
    for url in (WAITING, act("request", request)):
        assert "create_administrator" in text(client.get(url))
    director()
    for url in (WAITING, act("request", request)):
        assert "create_administrator" not in text(client.get(url))


def test_the_page_of_a_persons_roles_says_what_waits_for_a_second_person(client):
    person = officer(name="Sana Afridi")
    client.force_login(administrator())
    url = reverse("selection:person_roles", args=[person.public_id])
    answer = text(client.post(url, {"roles": ["officer", "approver"], "reason": "New post."}, follow=True))
    assert "Director: your signature is noted and waits for a second person." in answer
    assert "First signature for the role: Director" in answer
    assert act("request", RoleRequest.objects.get()) in answer
    assert User.objects.get(pk=person.pk).roles == {Role.OFFICER}
