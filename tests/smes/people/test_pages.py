"""People of a firm, and pairs of firms that may be one."""

import pytest
from django.urls import reverse

from smes.models import Invitation, Member
from smes.people import selectors as people_selectors
from tests.factories.accounts import UserFactory, officer, partner_person
from tests.factories.smes import MemberFactory, SmeFactory, flag_of
from tests.smes.pages import text_of

pytestmark = pytest.mark.django_db


# People ----------------------------------------------------------------------------------------------------------


def people_url(sme):
    return reverse("smes:people", args=[sme.public_id])


def test_a_person_is_invited_signs_in_and_accepts(owner, sme):
    assert owner.post(people_url(sme), {"email": "hina@example.pk", "role": "preparer"}).status_code == 302
    invitation = Invitation.objects.get()
    assert "hina@example.pk" in text_of(owner.get(people_url(sme)))
    url = reverse("smes:invitation", args=[invitation.token])
    owner.logout()
    visitor = text_of(owner.get(url))
    assert "invites you to Noor Sports Works" in visitor
    assert f"next=%2Finvitation%2F{invitation.token}" in visitor
    assert owner.post(url).url.startswith(reverse("account_login"))
    hina = UserFactory(email="hina@example.pk")
    owner.force_login(hina)
    assert owner.post(url).url == reverse("smes:profile", args=[sme.public_id])
    assert people_selectors.role_of(hina, sme) == "preparer"
    assert owner.get(url).status_code == 404


def test_a_forwarded_invitation_is_explained_and_refused(owner, sme):
    owner.post(people_url(sme), {"mobile": "0300 1234567", "role": "owner"})
    url = reverse("smes:invitation", args=[Invitation.objects.get().token])
    owner.force_login(UserFactory())
    assert "sent to another address" in text_of(owner.get(url))
    assert owner.post(url).status_code == 403


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"role": "preparer"}, "Give an e-mail address or a mobile number."),
        ({"email": "x", "role": "preparer"}, "Enter a valid email address."),
        ({"email": "a@example.pk"}, "This field is required."),
        ({"email": "OWNER@example.pk", "role": "preparer"}, "This person is in the firm already."),
    ],
)
def test_a_wrong_invitation_is_told(owner, sme, data, says):
    sme.created_by.email = "owner@example.pk"
    sme.created_by.save()
    assert says in text_of(owner.post(people_url(sme), data))


def test_roles_are_changed_people_let_go_and_invitations_withdrawn(owner, sme):
    member = MemberFactory(sme=sme)
    args = [sme.public_id, member.user.public_id]
    owner.post(reverse("smes:role", args=args), {"role": "finance"})
    member.refresh_from_db()
    assert member.role == "finance"
    owner.post(reverse("smes:role", args=args), {"role": "king"})
    remove = reverse("smes:remove_member", args=args)
    assert member.user.name in text_of(owner.get(remove))
    assert Member.objects.filter(pk=member.pk).exists(), "asking changes nothing"
    owner.post(remove)
    assert not Member.objects.filter(pk=member.pk).exists()
    assert owner.get(remove).status_code == 404
    owner.post(people_url(sme), {"email": "hina@example.pk", "role": "preparer"})
    invitation = Invitation.objects.get()
    owner.post(reverse("smes:withdraw", args=[sme.public_id, invitation.public_id]))
    assert owner.post(reverse("smes:withdraw", args=[sme.public_id, invitation.public_id])).status_code == 404


def test_the_last_owner_stays(owner, sme):
    args = [sme.public_id, sme.created_by.public_id]
    for url, data in (
        (reverse("smes:role", args=args), {"role": "trainee"}),
        (reverse("smes:remove_member", args=args), {}),
    ):
        assert "A firm needs an owner." in text_of(owner.post(url, data, follow=True))
    assert people_selectors.role_of(sme.created_by, sme) == "owner"


def test_only_an_owner_manages_people(client, sme):
    preparer, other = MemberFactory(sme=sme), MemberFactory(sme=sme)
    client.force_login(preparer.user)
    args = [sme.public_id, other.user.public_id]
    assert client.get(people_url(sme)).status_code == 200
    assert client.post(people_url(sme), {"email": "a@example.pk", "role": "owner"}).status_code == 403
    assert client.get(reverse("smes:remove_member", args=args)).status_code == 403
    client.post(reverse("smes:role", args=args), {"role": "owner"})
    other.refresh_from_db()
    assert other.role == "preparer"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_people_page_costs_a_fixed_number_of_queries(owner, sme, rows, django_assert_num_queries):
    for _number in range(rows):
        MemberFactory(sme=sme)
    owner.get(people_url(sme))
    with django_assert_num_queries(7):
        owner.get(people_url(sme))


# Duplicates ------------------------------------------------------------------------------------------------------


def test_pairs_are_listed_compared_and_judged_by_officers(client):
    flag = flag_of(SmeFactory(complete=True, name="Noor Sports"), SmeFactory(complete=True, name="Noor Sport"))
    client.force_login(officer())
    listed = text_of(client.get(reverse("smes:duplicates")))
    assert "<bdi>Noor Sports</bdi> – <bdi>Noor Sport</bdi>" in listed
    assert "The same telephone number, Names that are alike: 95 %" in listed
    url = reverse("smes:duplicate", args=[flag.public_id])
    page = text_of(client.get(url))
    assert "PK** SCBL **** **** **** 6702" in page
    assert "PK36" not in page
    assert "This field is required." in text_of(client.post(url, {}))
    assert client.post(url, {"verdict": "different", "note": "cousins"}).url == reverse("smes:duplicates")
    assert "Nothing here" in text_of(client.get(reverse("smes:duplicates")))
    assert "Noor Sports" in text_of(client.get(reverse("smes:duplicates") + "?state=different"))
    assert "cousins" in text_of(client.get(url))
    assert "moved on" in text_of(client.post(url, {"verdict": "different"}))


def test_a_pair_with_ones_own_firm_is_seen_without_the_form_and_not_judged(client):
    flag, person = flag_of(SmeFactory(), SmeFactory()), officer()
    MemberFactory(sme=flag.other, user=person)
    client.force_login(person)
    url = reverse("smes:duplicate", args=[flag.public_id])
    for page in (text_of(client.get(url)), text_of(client.post(url, {"verdict": "different"}))):
        assert "You are tied to one of these firms: another official judges them." in page
        assert "Keep this" not in page
    flag.refresh_from_db()
    assert flag.state == "open"


def test_pairs_are_not_found_by_anybody_else(client):
    flag = flag_of(SmeFactory(), SmeFactory())
    for user in (flag.one.created_by, partner_person(), UserFactory()):
        client.force_login(user)
        for url in (reverse("smes:duplicates"), reverse("smes:duplicate", args=[flag.public_id])):
            assert client.get(url).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_pairs_costs_a_fixed_number_of_queries(client, rows, django_assert_num_queries):
    for _number in range(rows):
        flag_of(SmeFactory(), SmeFactory())
    client.force_login(officer())
    client.get(reverse("smes:duplicates"))
    with django_assert_num_queries(4):
        client.get(reverse("smes:duplicates"))
