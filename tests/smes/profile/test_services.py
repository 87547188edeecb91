from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.db.models.signals import pre_save

from smes.models import Certification, Document, Invitation, Member, Sme
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.papers import tasks as papers_tasks
from smes.papers import vault
from smes.papers.checks import check_paper
from smes.people import selectors as people_selectors
from smes.people import services as people_services
from smes.profile import selectors as profile_selectors
from smes.profile import services as profile_services
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.notifications.models import Dispatch, Message
from tests.factories.accounts import UserFactory, officer
from tests.factories.smes import CertificationFactory, DocumentFactory, MemberFactory, SmeFactory
from tests.smes.papers.test_checks import pdf

pytestmark = pytest.mark.django_db


def events_of(name):
    return [event.data for event in Event.objects.filter(name=name).order_by("pk")]


def paper(content=None, name="paper.pdf"):
    return check_paper(BytesIO(content or pdf()), name=name, size=None)


# Registration ----------------------------------------------------------------------------------------------------


def test_registration_makes_the_actor_the_owner_and_takes_over_the_check():
    person = UserFactory()
    sme = profile_services.register_sme(
        actor=person,
        name=" Noor Sports ",
        legal_form="partnership",
        token="t1",
        beginnings={"sector": "sports_goods", "export_route": "direct", "is_demo": "1"},
    )
    assert (sme.name, sme.legal_form, sme.sector, sme.export_route, sme.is_demo) == (
        "Noor Sports", "partnership", "sports_goods", "direct", False,
    )  # fmt: skip
    assert people_selectors.role_of(person, sme) == "owner"
    assert events_of("sme.registered") == [{"legal_form": "partnership"}]


@pytest.mark.sqlite_leg
def test_a_double_click_registers_once():
    person = UserFactory()
    first = profile_services.register_sme(actor=person, name="Noor", token="same")
    second = profile_services.register_sme(actor=person, name="Noor", token="same")
    assert first == second
    assert profile_services.register_sme(actor=person, name="Noor", token="other") != first
    assert profile_services.register_sme(actor=person, name="Noor") != profile_services.register_sme(
        actor=person, name="Noor"
    )


@pytest.mark.sqlite_leg
def test_a_click_that_overtakes_another_gives_the_firm_that_stands():
    person = UserFactory()
    standing = profile_services.register_sme(actor=person, name="Noor", token="same")
    real = people_selectors.sme_by_token
    with patch.object(people_selectors, "sme_by_token", side_effect=[None, real(person, "same")]):
        assert profile_services.register_sme(actor=person, name="Noor", token="same") == standing
    assert Sme.objects.count() == 1


@pytest.mark.sqlite_leg
def test_a_token_that_somebody_else_used_registers_a_firm_of_one_s_own():
    theirs = profile_services.register_sme(actor=UserFactory(), name="Noor", token="same")
    person = UserFactory()
    own = profile_services.register_sme(actor=person, name="Hala", token="same")
    assert (own.created_by, own.name, own == theirs) == (person, "Hala", False)
    assert profile_services.register_sme(actor=person, name="Hala", token="same") == own


def test_one_person_registers_so_many_firms_and_another_one_may_still(settings, client):
    settings.FIRMS_PER_PERSON = 2
    person = UserFactory()
    first = profile_services.register_sme(actor=person, name="First", token="first")
    profile_services.register_sme(actor=person, name="Second")
    with pytest.raises(DomainError) as refusal:
        profile_services.register_sme(actor=person, name="Third")
    assert refusal.value.code == "too_many_firms"
    assert profile_services.register_sme(actor=person, name="First", token="first") == first  # the second click
    profile_services.register_sme(actor=UserFactory(), name="Of another person")

    client.force_login(person)
    page = client.post("/firm/new/", {"name": "Third", "legal_form": "partnership", "token": "t"}).content.decode()
    assert "You have registered 2 firms" in page
    assert 'value="Third"' in page
    assert Sme.objects.count() == 3


# Profile ---------------------------------------------------------------------------------------------------------


def test_what_is_right_is_saved_and_what_is_wrong_is_kept_as_a_draft():
    sme = SmeFactory()
    saved = profile_services.save_step(
        actor=sme.created_by,
        sme=sme,
        step="identity",
        values={"legal_form": "partnership"},
        draft={"ntn": ["42198"]},
        error_count=1,
    )
    row = profile_selectors.step_of(sme, "identity")
    assert saved.legal_form == "partnership"
    assert (row.draft["ntn"], row.error_count, row.saved_by) == (["42198"], 1, sme.created_by)
    profile_services.save_step(
        actor=sme.created_by, sme=sme, step="identity", values={"ntn": "4174941"}, draft={"ntn": ["4174941"]}
    )
    row.refresh_from_db()
    assert (row.draft, row.error_count) == ({}, 0)


def test_history_names_the_fields_that_changed_and_never_their_values():
    sme = SmeFactory()
    for _twice in range(2):
        profile_services.save_step(
            actor=sme.created_by, sme=sme, step="identity", values={"ntn": "4174941", "name": sme.name}
        )
    assert events_of("sme.step_saved") == [{"step": "identity", "fields": ["ntn"], "rows": False}]


def test_a_step_holds_only_its_own_columns():
    sme = SmeFactory()
    with pytest.raises(ValueError, match="bank_account_verified"):
        profile_services.save_step(
            actor=sme.created_by, sme=sme, step="payments", values={"bank_account_verified": True}
        )
    with pytest.raises(KeyError):
        profile_services.save_step(actor=sme.created_by, sme=sme, step="wishes", values={"name": "x"})


def test_only_the_firm_s_own_people_save_it():
    sme = SmeFactory()
    for user in (officer(), SmeFactory().created_by, MemberFactory(sme=sme, role="trainee").user):
        with pytest.raises(NotAllowed):
            profile_services.save_step(actor=user, sme=sme, step="place", values={"city": "Lahore"})


@pytest.mark.sqlite_leg
def test_owners_are_replaced_and_say_who_leads():
    sme = SmeFactory()
    rows = [
        {"name": "Saima", "cnic": "3520212345672", "gender": "female", "share_pct": Decimal(60), "birth_year": 2000},
        {"name": "Imran", "cnic": "3520212345671", "gender": "male", "share_pct": Decimal(40), "birth_year": 1960},
    ]
    saved = profile_services.save_step(actor=sme.created_by, sme=sme, step="owners", values={}, rows=rows)
    assert (saved.women_led, saved.youth_led) == (True, True)
    again = profile_services.save_step(actor=sme.created_by, sme=sme, step="owners", values={}, rows=rows)
    assert len(events_of("sme.step_saved")) == 1, "the same rows are no change"
    kept = profile_services.save_step(actor=sme.created_by, sme=again, step="owners", values={}, rows=None)
    assert kept.owners.count() == 2
    alone = profile_services.save_step(
        actor=sme.created_by, sme=sme, step="owners", values={}, rows=[{**rows[1], "share_pct": Decimal(100)}]
    )
    assert (alone.women_led, alone.owners.count()) == (False, 1)


def test_a_certificate_that_stays_the_same_stays_verified_and_ours_is_never_lost():
    sme = SmeFactory()
    CertificationFactory(sme=sme, kind="iso_9001", expires_on=date(2030, 1, 1), verified=True)
    CertificationFactory(sme=sme, kind="bsci", expires_on=date(2030, 1, 1), verified=True)
    profile_services.add_credential(actor=None, sme=sme, kind="tdap_training", reference="C-1")
    profile_services.save_step(
        actor=sme.created_by,
        sme=sme,
        step="capacity",
        values={},
        rows=[
            {"kind": "iso_9001", "expires_on": date(2030, 1, 1)},
            {"kind": "bsci", "expires_on": date(2031, 1, 1)},
        ],
    )
    found = {row.kind: row.verified for row in sme.certifications.all()}
    assert found == {"iso_9001": True, "bsci": False, "tdap_training": True}


def test_another_iban_is_not_verified():
    sme = SmeFactory(iban="PK36SCBL0000001123456702", bank_account_verified=True)
    same = profile_services.save_step(actor=sme.created_by, sme=sme, step="payments", values={"iban": sme.iban})
    assert same.bank_account_verified
    other = profile_services.save_step(
        actor=sme.created_by, sme=sme, step="payments", values={"iban": "PK93HABB0000000000000001"}
    )
    assert not other.bank_account_verified


def test_completion_is_noted_once():
    sme = SmeFactory(complete=True, wallet=None)
    for wallet in (True, False):
        profile_services.save_step(actor=sme.created_by, sme=sme, step="payments", values={"wallet": wallet})
    assert events_of("sme.profile_completed") == [{}]


def test_an_officer_verifies_a_complete_profile_and_people_hear_of_it():
    sme = SmeFactory(complete=True)
    verified = profile_services.verify_profile(actor=officer(), sme=sme)
    assert verified.profile_state == "verified"
    assert verified.verified_at is not None
    outbox.deliver_all()
    assert Message.objects.get(to=sme.created_by).url == sme.home_url


def test_an_incomplete_profile_is_not_verified_and_the_firm_does_not_verify_itself():
    with pytest.raises(DomainError) as refusal:
        profile_services.verify_profile(actor=officer(), sme=SmeFactory())
    assert refusal.value.code == "incomplete"
    sme = SmeFactory(complete=True)
    with pytest.raises(NotAllowed):
        profile_services.verify_profile(actor=sme.created_by, sme=sme)


def test_a_change_of_who_the_firm_is_takes_the_verification_back_and_another_does_not():
    sme = SmeFactory(complete=True, profile_state="verified")
    profile_services.save_step(actor=sme.created_by, sme=sme, step="place", values={"city": "Lahore"})
    sme.refresh_from_db()
    assert sme.profile_state == "verified"
    profile_services.save_step(actor=sme.created_by, sme=sme, step="identity", values={"name": "Another Name"})
    sme.refresh_from_db()
    assert (sme.profile_state, sme.verified_at) == ("open", None)
    assert events_of("sme.reopened") == [{"because": "who", "papers": []}]


def test_single_facts_are_corrected_by_their_key():
    sme = SmeFactory(complete=True)
    saved = profile_services.correct_profile(
        actor=sme.created_by,
        sme=sme,
        values={
            "capacity_per_month": 7000,
            "founded_on": "2011-02-01",
            "website": False,
            "city": "لاہور",
        },
    )
    sme.refresh_from_db()
    assert sme == saved
    assert (sme.capacity_per_month, sme.founded_on, sme.website, sme.city) == (
        7000, date(2011, 2, 1), False, "Lahore",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"legal_form": "empire"}, ["legal_form"]),
        ({"founded_on": "2999-01-01"}, ["founded_on"]),
        ({"founded_on": "yesterday"}, ["founded_on"]),
        ({"women_employees": 41}, ["women_employees"]),
        ({"capacity_used_pct": 101}, ["capacity_used_pct"]),
        ({"turnover_pkr": -1}, ["turnover_pkr"]),
        ({"capacity_per_month": "many"}, ["capacity_per_month"]),
        ({"iban": "PK93HABB0000000000000001"}, ["iban"]),
        ({"bank_account_verified": True}, ["bank_account_verified"]),
        ({"employees": 50, "name": "x"}, ["name"]),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(values, wrong):
    sme = SmeFactory(complete=True)
    with pytest.raises(DomainError) as refusal:
        profile_services.correct_profile(actor=sme.created_by, sme=sme, values=values)
    assert (refusal.value.code, list(refusal.value.data["fields"])) == ("wrong_value", wrong)
    assert all(sentence for sentences in refusal.value.data["fields"].values() for sentence in sentences)
    assert Sme.objects.get(pk=sme.pk).employees == 40


def test_a_correction_of_who_the_firm_is_takes_the_verification_back_and_another_does_not():
    sme = SmeFactory(complete=True, profile_state="verified")
    for values, state in (
        ({"employees": 41}, "verified"),
        ({"legal_form": sme.legal_form}, "verified"),
        ({"legal_form": "partnership"}, "open"),
    ):
        profile_services.correct_profile(actor=sme.created_by, sme=sme, values=values)
        sme.refresh_from_db()
        assert (values, sme.profile_state) == (values, state)
    assert events_of("sme.reopened") == [{"because": "who", "papers": []}]


@pytest.mark.parametrize(
    ("gender", "told", "refused"), [("male", True, ["women_led"]), ("female", True, []), ("", True, [])]
)
def test_who_leads_the_firm_follows_from_its_owners(gender, told, refused):
    sme = SmeFactory(complete=True, women_led=None)
    sme.owners.all().delete()
    sme.owners.create(name="Saima", share_pct=100, gender=gender)
    with pytest.raises(DomainError, match="cannot be right") if refused else nullcontext() as refusal:
        profile_services.correct_profile(actor=sme.created_by, sme=sme, values={"women_led": told})
    assert (list(refusal.value.data["fields"]) if refusal else []) == refused
    sme.refresh_from_db()
    assert sme.women_led is (None if refused else told)


def test_a_stranger_corrects_nothing():
    with pytest.raises(NotAllowed):
        profile_services.correct_profile(actor=officer(), sme=SmeFactory(), values={"city": "Lahore"})


@pytest.mark.sqlite_leg
def test_a_credential_is_given_once_and_only_of_a_known_kind():
    sme = SmeFactory()
    for _twice in range(2):
        profile_services.add_credential(
            actor=None, sme=sme, kind="tdap_training", reference="C-1", expires_on=date(2030, 1, 1)
        )
    row = Certification.objects.get(sme=sme)
    assert (row.verified, row.reference, len(events_of("sme.credential_added"))) == (True, "C-1", 1)
    with pytest.raises(KeyError):
        profile_services.add_credential(actor=None, sme=sme, kind="nobel", reference="x")


# Papers ----------------------------------------------------------------------------------------------------------


def test_a_paper_is_kept_privately_under_a_random_name():
    sme = SmeFactory()
    document = papers_services.upload_document(
        actor=sme.created_by, sme=sme, kind="ntn_certificate", paper=paper(name="../../My NTN.pdf"), note="new"
    )
    where = Path(settings.VAULT_ROOT) / document.stored_as
    assert document.name == "My NTN.pdf"
    assert "NTN" not in document.stored_as
    assert where.stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    with vault.open_paper(document.stored_as) as kept:
        assert kept.read() == pdf()
    assert (document.state, document.pages, document.size) == ("uploaded", 1, len(pdf()))
    assert events_of("document.uploaded") == [{"sme_id": sme.pk, "kind": "ntn_certificate"}]


def files():
    return [path for path in Path(settings.VAULT_ROOT).rglob("*") if path.is_file()]


@pytest.mark.sqlite_leg
def test_a_double_click_keeps_one_paper_and_one_file():
    sme = SmeFactory()
    first, second = (
        papers_services.upload_document(actor=sme.created_by, sme=sme, kind="other", paper=paper())
        for _twice in range(2)
    )
    assert first == second
    assert len(files()) == 1


@pytest.mark.sqlite_leg
def test_an_upload_that_overtakes_another_leaves_no_file_behind():
    sme = SmeFactory()
    standing = papers_services.upload_document(actor=sme.created_by, sme=sme, kind="other", paper=paper())
    real = papers_selectors.documents_of
    answers = [Document.objects.none(), real(sme)]
    with patch.object(papers_selectors, "documents_of", side_effect=answers), pytest.raises(IntegrityError):
        papers_services.upload_document(actor=sme.created_by, sme=sme, kind="other", paper=paper())
    assert Document.objects.get() == standing
    assert len(files()) == 1


@pytest.mark.sqlite_leg
def test_a_failed_act_leaves_no_file_behind():
    sme = SmeFactory()
    old = DocumentFactory(sme=sme, state="replaced")
    before = len(files())
    with pytest.raises(WrongState):
        papers_services.upload_document(actor=sme.created_by, sme=sme, kind="other", paper=paper(), replaces=old)
    assert len(files()) == before


def test_only_the_firm_sends_papers_and_only_of_known_kinds():
    sme = SmeFactory()
    for user in (officer(), SmeFactory().created_by, MemberFactory(sme=sme, role="trainee").user):
        with pytest.raises(NotAllowed):
            papers_services.upload_document(actor=user, sme=sme, kind="other", paper=paper())
    with pytest.raises(KeyError):
        papers_services.upload_document(actor=sme.created_by, sme=sme, kind="passport", paper=paper())
    assert files() == []


@pytest.mark.sqlite_leg
def test_a_new_paper_takes_the_place_of_the_old_one():
    sme = SmeFactory(iban="PK36SCBL0000001123456702", bank_account_verified=True)
    old = DocumentFactory(sme=sme, kind="bank_certificate", state="verified")
    new = papers_services.upload_document(
        actor=sme.created_by, sme=sme, kind="bank_certificate", paper=paper(), replaces=old
    )
    assert list(papers_selectors.documents_of(sme)) == [new]
    assert new.replaces == old
    assert not Sme.objects.get(pk=sme.pk).bank_account_verified, "what only the old one proved is open again"


def test_a_paper_of_another_firm_is_not_replaced():
    sme, other = SmeFactory(), SmeFactory()
    with pytest.raises(Document.DoesNotExist):
        papers_services.upload_document(
            actor=sme.created_by, sme=sme, kind="other", paper=paper(), replaces=DocumentFactory(sme=other)
        )


def test_a_verified_certificate_counts_and_a_refused_one_no_longer():
    sme = SmeFactory()
    document = DocumentFactory(sme=sme, kind="quality_certificate", certificate="iso_9001", expires_on=date(2029, 1, 1))
    person = officer()
    verified = papers_services.verify_document(actor=person, document=document, expires_on=date(2028, 6, 30))
    row = Certification.objects.get(sme=sme)
    assert (verified.state, verified.judged_by, row.verified, row.expires_on) == (
        "verified", person, True, date(2028, 6, 30),
    )  # fmt: skip
    refused = papers_services.refuse_document(actor=person, document=document, reason=" Another firm's name. ")
    row.refresh_from_db()
    assert (refused.state, refused.reason, row.verified) == ("refused", "Another firm's name.", False)
    assert events_of("document.refused") == [{"sme_id": sme.pk, "kind": "quality_certificate", "code": ""}]


def test_a_certificate_stays_verified_while_another_verified_paper_proves_it():
    sme = SmeFactory()
    first, second = (DocumentFactory(sme=sme, kind="quality_certificate", certificate="iso_9001") for _two in range(2))
    person = officer()
    for document in (first, second):
        papers_services.verify_document(actor=person, document=document)
    papers_services.refuse_document(actor=person, document=first, reason="unreadable")
    assert Certification.objects.get(sme=sme).verified


def test_the_bank_s_certificate_verifies_the_account_that_is_there():
    person = officer()
    for iban, verified in (("PK36SCBL0000001123456702", True), ("", False)):
        sme = SmeFactory(iban=iban)
        papers_services.verify_document(actor=person, document=DocumentFactory(sme=sme, kind="bank_certificate"))
        assert Sme.objects.get(pk=sme.pk).bank_account_verified is verified


def test_papers_are_judged_by_officers_with_a_reason():
    document = DocumentFactory(sme=SmeFactory())
    for act in (papers_services.verify_document, lambda **who: papers_services.refuse_document(reason="x", **who)):
        with pytest.raises(NotAllowed):
            act(actor=document.uploaded_by, document=document)
    with pytest.raises(DomainError) as refusal:
        papers_services.refuse_document(actor=officer(), document=document, reason="  ")
    assert refusal.value.code == "no_reason"
    papers_services.refuse_document(actor=officer(), document=document, reason="unreadable")
    with pytest.raises(WrongState):
        papers_services.refuse_document(actor=officer(), document=document, reason="unreadable")


def test_the_firm_hears_why_a_paper_was_refused():
    document = DocumentFactory(sme=SmeFactory())
    MemberFactory(sme=document.sme, role="trainee")
    papers_services.refuse_document(actor=officer(), document=document, reason="The back is missing.")
    outbox.deliver_all()
    message = Message.objects.get(template="sme.paper_refused")
    assert message.to == document.uploaded_by
    assert "The back is missing." in message.body


@pytest.mark.sqlite_leg
def test_a_firm_is_reminded_thirty_seven_and_one_day_before_a_paper_ends_each_once(time_machine):
    time_machine.move_to("2026-11-23 09:00+05:00")
    sme = SmeFactory()
    DocumentFactory(sme=sme, expires_on=today() + timedelta(days=30))
    DocumentFactory(sme=sme, expires_on=today() + timedelta(days=30), state="refused", reason="x")
    told = []
    for day in range(32):
        time_machine.move_to("2026-11-23 09:00+05:00") if day == 0 else time_machine.shift(86_400)
        for _twice in range(2):
            papers_tasks.remind_expiries()
        outbox.deliver_all()
        told.append(Message.objects.filter(template="sme.paper_expiring").count())
    assert (told[0], told[22], told[23], told[28], told[29], told[31]) == (1, 1, 2, 2, 3, 3)


@pytest.mark.sqlite_leg
def test_a_paper_that_cannot_be_noted_does_not_silence_the_reminders_of_the_others(caplog):
    bad, good = (DocumentFactory(sme=SmeFactory(), expires_on=today() + timedelta(days=7)) for _paper in range(2))

    def breaks(instance, **_kwargs):
        if instance.pk == bad.pk:
            raise RuntimeError("a fault in one paper")

    pre_save.connect(breaks, sender=Document)
    try:
        papers_tasks.remind_expiries()
    finally:
        pre_save.disconnect(breaks, sender=Document)

    assert [told["sme_id"] for told in events_of("document.expiring")] == [good.sme_id]
    assert f"failed for {bad.pk}" in caplog.text


# People ----------------------------------------------------------------------------------------------------------


def test_a_person_is_invited_and_joins_with_the_address_that_was_invited():
    sme = SmeFactory()
    invitation = people_services.invite_member(actor=sme.created_by, sme=sme, role="preparer", email="Hina@example.pk")
    sent = Dispatch.objects.get()
    assert sent.address == "Hina@example.pk"
    assert invitation.token in sent.text
    hina = UserFactory(email="hina@example.pk")
    member = people_services.accept_invitation(actor=hina, invitation=invitation)
    assert (member.sme, member.role) == (sme, "preparer")
    people_services.accept_invitation(actor=hina, invitation=invitation)
    assert Member.objects.filter(user=hina).count() == 1
    outbox.deliver_all()
    assert Message.objects.get(to=sme.created_by).template == "sme.member_joined"
    with pytest.raises(NotFound):
        people_selectors.invitation_by_token(invitation.token)


def test_a_forwarded_link_lets_nobody_else_in():
    sme = SmeFactory()
    by_mail = people_services.invite_member(actor=sme.created_by, sme=sme, role="owner", email="hina@example.pk")
    by_sms = people_services.invite_member(actor=sme.created_by, sme=sme, role="finance", mobile="+923001234567")
    unverified = UserFactory(mobile="+923001234567")
    for invitation in (by_mail, by_sms):
        with pytest.raises(NotAllowed):
            people_services.accept_invitation(actor=unverified, invitation=invitation)
    unverified.mobile_verified = True
    unverified.save()
    assert people_services.accept_invitation(actor=unverified, invitation=by_sms).role == "finance"


@pytest.mark.sqlite_leg
def test_inviting_the_same_address_again_sends_a_new_link_and_ends_the_old(time_machine):
    time_machine.move_to("2026-11-23 09:00+05:00")
    sme = SmeFactory()
    first = people_services.invite_member(actor=sme.created_by, sme=sme, role="trainee", email="hina@example.pk")
    old = first.token
    time_machine.shift(people_services.AGAIN_AFTER)
    second = people_services.invite_member(actor=sme.created_by, sme=sme, role="preparer", email="hina@example.pk")
    assert (second.pk, second.role) == (first.pk, "preparer")
    with pytest.raises(NotFound):
        people_selectors.invitation_by_token(old)


@pytest.mark.parametrize(
    ("address", "code"),
    [({}, "no_address"), ({"email": "IN@example.pk"}, "is_member"), ({"mobile": "+923001234567"}, "is_member")],
)
def test_who_cannot_be_invited(address, code):
    sme = SmeFactory()
    MemberFactory(sme=sme, user=UserFactory(email="in@example.pk", mobile="+923001234567"))
    with pytest.raises(DomainError) as refusal:
        people_services.invite_member(actor=sme.created_by, sme=sme, role="trainee", **address)
    assert refusal.value.code == code


def test_open_invitations_have_a_limit_and_only_owners_invite():
    sme = SmeFactory()
    for number in range(people_services.MAX_OPEN_INVITATIONS):
        people_services.invite_member(actor=sme.created_by, sme=sme, role="trainee", email=f"t{number}@example.pk")
    with pytest.raises(DomainError) as refusal:
        people_services.invite_member(actor=sme.created_by, sme=sme, role="trainee", email="more@example.pk")
    assert refusal.value.code == "too_many"
    with pytest.raises(NotAllowed):
        people_services.invite_member(
            actor=MemberFactory(sme=sme).user, sme=sme, role="trainee", email="more@example.pk"
        )


def test_a_withdrawn_invitation_and_one_that_ran_out_no_longer_work(time_machine):
    time_machine.move_to("2026-11-23 09:00+05:00")
    sme = SmeFactory()
    withdrawn = people_services.invite_member(actor=sme.created_by, sme=sme, role="trainee", email="a@example.pk")
    late = people_services.invite_member(actor=sme.created_by, sme=sme, role="trainee", email="b@example.pk")
    people_services.withdraw_invitation(actor=sme.created_by, invitation=withdrawn)
    assert list(people_selectors.open_invitations_of(sme)) == [late]
    time_machine.shift(timedelta(days=14, seconds=1))
    for invitation in (withdrawn, late):
        with pytest.raises(NotFound):
            people_selectors.invitation_by_token(invitation.token)
    assert Invitation.objects.filter(accepted_at__isnull=False).count() == 0


def test_a_firm_never_loses_its_last_owner():
    sme = SmeFactory()
    owner = sme.members.get()
    for act in (
        lambda: people_services.change_role(actor=sme.created_by, member=owner, role="trainee"),
        lambda: people_services.remove_member(actor=sme.created_by, member=owner),
    ):
        with pytest.raises(DomainError) as refusal:
            act()
        assert refusal.value.code == "last_owner"
    second = MemberFactory(sme=sme)
    people_services.change_role(actor=sme.created_by, member=second, role="owner")
    people_services.change_role(actor=sme.created_by, member=second, role="owner")
    people_services.remove_member(actor=second.user, member=owner)
    assert [member.role for member in sme.members.all()] == ["owner"]
    assert len(events_of("sme.member_changed")) == 1


def test_handlers_bear_a_row_that_is_gone():
    sme = SmeFactory()
    profile_services.save_step(actor=sme.created_by, sme=sme, step="place", values={"city": "Lahore"})
    document = DocumentFactory(sme=SmeFactory())
    papers_services.refuse_document(actor=officer(), document=document, reason="x")
    document.delete()
    sme.delete()
    assert outbox.deliver_all() > 0
    assert Message.objects.count() == 0
