"""Firms that may be registered twice: found by the worker, judged by officers."""

import pytest

from smes.duplicates import services as duplicates_services
from smes.models import DuplicateFlag, DuplicateKey
from smes.profile import services as profile_services
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import NotAllowed, WrongState
from tests.factories.accounts import officer
from tests.factories.smes import OwnerFactory, SmeFactory, flag_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]


def events_of(name):
    return [event.data for event in Event.objects.filter(name=name).order_by("pk")]


def test_a_second_registration_of_one_firm_is_flagged_by_the_worker():
    first = SmeFactory(name="Noor Sports (Pvt) Ltd", city="Sialkot")
    profile_services.save_step(actor=first.created_by, sme=first, step="identity", values={"ntn": "41749413"})
    second = SmeFactory(name="NOOR SPORTS", city="Sialkot")
    profile_services.save_step(actor=second.created_by, sme=second, step="identity", values={"ntn": "4174941"})
    outbox.deliver_all()
    flag = DuplicateFlag.objects.get()
    assert (flag.one, flag.other, flag.percent) == (first, second, 99)
    assert [kind for kind, _percent in flag.reasons] == ["ntn", "name", "city"]
    assert len(events_of("sme.duplicates_flagged")) == 1


def test_steps_that_leave_no_trace_are_not_compared():
    sme = SmeFactory()
    profile_services.save_step(actor=sme.created_by, sme=sme, step="markets", values={"internet": "mobile"})
    outbox.deliver_all()
    assert DuplicateKey.objects.count() == 0


def test_flags_follow_the_facts_and_a_judged_pair_opens_again_only_when_much_more_alike():
    one, other = SmeFactory(name="Noor Sports", city="Sialkot"), SmeFactory(name="Noor Sports", city="Lahore")
    for sme in (one, other):
        duplicates_services.flag_duplicates(sme_id=sme.pk)
    flag = DuplicateFlag.objects.get()
    assert flag.percent == 65
    duplicates_services.judge_duplicate(actor=officer(), flag=flag, same=False, note=" two brothers ")
    assert duplicates_services.flag_duplicates(sme_id=one.pk) == []
    flag.refresh_from_db()
    assert (flag.state, flag.note) == ("different", "two brothers")
    for sme in (one, other):
        OwnerFactory(sme=sme, cnic="3520212345672")
        duplicates_services.flag_duplicates(sme_id=sme.pk)
    flag.refresh_from_db()
    assert (flag.state, flag.percent, flag.judged_by) == ("open", 90, None)


def test_keys_that_no_longer_fit_are_taken_away():
    sme = SmeFactory(name="Noor Sports", phone="+923001234567")
    duplicates_services.flag_duplicates(sme_id=sme.pk)
    before = DuplicateKey.objects.filter(sme=sme).count()
    sme.phone = ""
    sme.save()
    duplicates_services.flag_duplicates(sme_id=sme.pk)
    assert DuplicateKey.objects.filter(sme=sme).count() == before - 1


def test_a_trace_that_many_share_is_passed_over(monkeypatch):
    monkeypatch.setattr(duplicates_services, "MAX_BLOCK", 2)
    firms = [SmeFactory(name="Noor Sports") for _number in range(3)]
    for sme in firms:
        duplicates_services.flag_duplicates(sme_id=sme.pk)
    assert DuplicateFlag.objects.count() == 1, "found while the block was narrow"


def test_officers_judge_pairs_and_may_change_their_mind():
    flag = flag_of(SmeFactory(), SmeFactory())
    person = officer()
    duplicates_services.judge_duplicate(actor=person, flag=flag, same=True)
    with pytest.raises(WrongState):
        duplicates_services.judge_duplicate(actor=person, flag=flag, same=True)
    assert duplicates_services.judge_duplicate(actor=person, flag=flag, same=False).state == "different"
    with pytest.raises(NotAllowed):
        duplicates_services.judge_duplicate(actor=flag.one.created_by, flag=flag, same=True)
