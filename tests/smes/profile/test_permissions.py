import pytest
from django.contrib.auth.models import AnonymousUser

from smes.duplicates import permissions as duplicates_permissions
from smes.papers import permissions as papers_permissions
from smes.people import permissions as people_permissions
from smes.profile import permissions as profile_permissions
from smes.profile.steps import STEPS
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory, flag_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sme():
    return SmeFactory()


@pytest.fixture
def people(sme):
    """One person of each kind."""
    return {
        "owner": sme.created_by,
        "preparer": MemberFactory(sme=sme, role="preparer").user,
        "finance": MemberFactory(sme=sme, role="finance").user,
        "trainee": MemberFactory(sme=sme, role="trainee").user,
        "stranger": UserFactory(),
        "other_owner": SmeFactory().created_by,
        "officer": officer(),
        "director": director(),
        "partner": partner_person(),
        "administrator": administrator(),
        "visitor": AnonymousUser(),
    }


def those_who(people, answer):
    """Who is allowed; everybody else must get a reason."""
    answers = {name: answer(user) for name, user in people.items()}
    assert all(found.reason is not None and str(found.reason) for found in answers.values() if not found)
    return {name for name, found in answers.items() if found}


def test_who_fills_in_which_step(people, sme):
    for step in (each.code for each in STEPS):
        allowed = those_who(people, lambda user, step=step: profile_permissions.can_edit_step(user, sme, step))
        assert allowed == ({"owner", "finance"} if step == "payments" else {"owner", "preparer"})


@pytest.mark.parametrize(
    ("predicate", "allowed"),
    [
        (profile_permissions.can_correct_profile, {"owner", "preparer"}),
        (people_permissions.can_manage_people, {"owner"}),
        (papers_permissions.can_send_papers, {"owner", "preparer", "finance"}),
        (papers_permissions.can_see_papers, {"owner", "preparer", "finance", "officer", "director"}),
        (profile_permissions.can_verify_profile, {"officer"}),
    ],
)
def test_who_may_do_what_with_a_firm(people, sme, predicate, allowed):
    assert those_who(people, lambda user: predicate(user, sme)) == allowed


def test_who_opens_and_judges_papers(people, sme):
    paper = DocumentFactory(sme=sme)
    seers = {"owner", "preparer", "finance", "officer", "director"}
    assert those_who(people, lambda user: papers_permissions.can_open_paper(user, paper)) == seers
    assert those_who(people, lambda user: papers_permissions.can_judge_paper(user, paper)) == {"officer"}
    assert those_who(people, papers_permissions.can_judge_papers) == {"officer"}
    assert those_who(people, duplicates_permissions.can_judge_duplicates) == {"officer", "director"}


def test_an_officer_does_not_judge_the_own_firm(sme):
    person = officer()
    MemberFactory(sme=sme, user=person)
    assert not papers_permissions.can_judge_paper(person, DocumentFactory(sme=sme))
    assert not profile_permissions.can_verify_profile(person, sme)


def test_an_officer_does_not_judge_a_pair_with_the_own_firm(sme):
    member, free = officer(), officer()
    MemberFactory(sme=sme, user=member)
    for flag in (flag_of(sme, SmeFactory()), flag_of(SmeFactory(), sme)):
        answers = {"member": member, "free": free, "owner": sme.created_by}
        assert those_who(answers, lambda user, flag=flag: duplicates_permissions.can_judge_duplicate(user, flag)) == {
            "free"
        }


def test_the_reason_says_who_fills_in_the_step(people, sme):
    assert "payments" in str(profile_permissions.can_edit_step(people["preparer"], sme, "payments").reason)
    assert "payments" not in str(profile_permissions.can_edit_step(people["finance"], sme, "firm").reason)
