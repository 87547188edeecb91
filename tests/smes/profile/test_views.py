"""Pages of the firm: who gets in, and registering. Visitors, each role in the firm, another firm's people, officials."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from smes.models import Document, Member, Sme
from smes.profile.steps import STEPS
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory
from tests.markup import flat
from tests.smes.pages import IDENTITY, done, step_url, text_of
from tests.smes.papers.test_checks import pdf

pytestmark = pytest.mark.django_db


# Who gets in -----------------------------------------------------------------------------------------------------


def private_addresses(sme, paper):
    named = [
        ("profile", []),
        ("papers", []),
        ("people", []),
        ("paper", [paper.public_id]),
        ("replace_paper", [paper.public_id]),
    ]
    return [reverse(f"smes:{name}", args=[sme.public_id, *more]) for name, more in named] + [
        step_url(sme, step.code) for step in STEPS
    ]


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_page(client, sme):
    paper = DocumentFactory(sme=sme)
    urls = [*private_addresses(sme, paper), reverse("smes:firms"), reverse("smes:register"), reverse("smes:duplicates")]
    for url in urls:
        response = client.get(url)
        assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next={url}")


def test_another_firm_s_people_partners_and_strangers_find_nothing(client, sme):
    paper = DocumentFactory(sme=sme)
    for user in (SmeFactory().created_by, UserFactory(), partner_person()):
        client.force_login(user)
        for url in private_addresses(sme, paper):
            assert client.get(url).status_code == 404
            assert client.post(url, {"name": "x"}).status_code in {404, 405}
    assert Sme.objects.get(pk=sme.pk).name == "Noor Sports Works"


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("owner", set()),
        ("preparer", {"step:payments"}),
        ("finance", {f"step:{step.code}" for step in STEPS if step.code != "payments"}),
        ("trainee", {f"step:{step.code}" for step in STEPS} | {"papers", "paper", "replace_paper"}),
    ],
)
def test_each_role_of_the_firm_opens_what_it_may(client, sme, role, refused):
    paper = DocumentFactory(sme=sme)
    user = sme.created_by if role == "owner" else MemberFactory(sme=sme, role=role).user
    client.force_login(user)
    pages = {f"step:{step.code}": step_url(sme, step.code) for step in STEPS}
    pages |= {name: reverse(f"smes:{name}", args=[sme.public_id]) for name in ("profile", "papers", "people")}
    pages |= {
        name: reverse(f"smes:{name}", args=[sme.public_id, paper.public_id]) for name in ("paper", "replace_paper")
    }
    answers = {}
    for name, url in pages.items():
        response = client.get(url)
        answers[name] = response.status_code
        done(response)
    assert {name for name, status in answers.items() if status == 403} == refused
    assert {status for name, status in answers.items() if name not in refused} == {200}


def test_officials_look_and_do_not_touch(client, sme):
    paper = DocumentFactory(sme=sme)
    for user in (officer(), director()):
        client.force_login(user)
        for name in ("profile", "papers", "people"):
            response = client.get(reverse(f"smes:{name}", args=[sme.public_id]))
            assert response.status_code == 200
            assert 'method="post" action="/firm/' not in text_of(response)
        download = client.get(reverse("smes:paper", args=[sme.public_id, paper.public_id]))
        assert download.status_code == 200
        done(download)
        assert client.get(step_url(sme, "identity")).status_code == 403
        assert client.post(step_url(sme, "identity"), IDENTITY).status_code == 403
        assert (
            client.post(reverse("smes:people", args=[sme.public_id]), {"email": "a@b.pk", "role": "owner"}).status_code
            == 403
        )
        upload = {"kind": "other", "file": SimpleUploadedFile("a.pdf", pdf())}
        assert client.post(reverse("smes:papers", args=[sme.public_id]), upload).status_code == 403
    assert Document.objects.count() == 1


def test_a_step_that_does_not_exist_is_not_found(owner, sme):
    assert owner.get(step_url(sme, "wishes")).status_code == 404


# Registration ----------------------------------------------------------------------------------------------------


def test_registering_leads_to_the_first_step_and_a_double_click_gives_one_firm(client):
    person = UserFactory()
    client.force_login(person)
    token = client.get(reverse("smes:register")).context["form"].initial["token"]
    data = {"name": "Noor Sports", "legal_form": "partnership", "token": token}
    first, second = (client.post(reverse("smes:register"), data) for _twice in range(2))
    sme = Sme.objects.get()
    assert first.url == second.url == step_url(sme, "identity")
    assert Member.objects.get().user == person


def test_a_firm_without_a_name_is_not_registered_and_what_was_written_stays(client):
    client.force_login(UserFactory())
    page = flat(text_of(client.post(reverse("smes:register"), {"name": "", "legal_form": "partnership"})))
    assert "One thing to put right" in page
    assert 'value="partnership" id="id_legal_form_1" checked' in page
    assert Sme.objects.count() == 0


def test_answers_of_the_check_are_carried_into_registration(client):
    answers = {"sector": "carpets", "exports": "no", "house": "named", "evil": "1"}
    kept = client.post(reverse("keep_check"), answers)
    assert kept.url == f"{reverse('account_signup')}?next=%2Ffirm%2Fnew%2F"
    client.force_login(UserFactory())
    assert client.post(reverse("keep_check"), answers).url == reverse("smes:register")
    assert "Your answers from the check are kept" in text_of(client.get(reverse("smes:register")))
    client.post(reverse("smes:register"), {"name": "Chenab Carpets", "legal_form": "partnership"})
    sme = Sme.objects.get()
    assert (sme.sector, sme.export_route) == ("carpets", "export_house")
    assert "Your answers from the check" not in text_of(client.get(reverse("smes:register")))


@pytest.mark.parametrize("firms", [0, 1, 2])
def test_the_list_of_firms_goes_straight_to_the_only_one(client, firms):
    person = UserFactory()
    made = [SmeFactory(created_by=person) for _number in range(firms)]
    client.force_login(person)
    response = client.get(reverse("smes:firms"))
    if firms == 1:
        assert response.url == made[0].home_url
    else:
        assert response.status_code == 200
        assert ("No firm yet" in text_of(response)) == (firms == 0)
