"""Firms that may be registered twice: found by the worker, judged by officers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from smes.duplicates import likeness as duplicates_likeness
from smes.duplicates import selectors, tasks
from smes.duplicates import services as duplicates_services
from smes.models import DuplicateFlag, DuplicateKey, Sme
from smes.profile import services as profile_services
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotAllowed, WrongState
from tests.factories.accounts import officer
from tests.factories.smes import MemberFactory, OwnerFactory, SmeFactory, flag_of

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
    for people_of in (flag.one, flag.other):
        with pytest.raises(NotAllowed):
            duplicates_services.judge_duplicate(actor=people_of.created_by, flag=flag, same=True)
    firms = [flag.one.public_id, flag.other.public_id]
    judged = [event.data for event in Event.objects.order_by("pk") if "same" in event.data]
    assert judged == [{"same": same, "firms": firms} for same in (True, False)]


def test_an_official_who_is_tied_to_either_firm_judges_neither():
    flag = flag_of(SmeFactory(), SmeFactory())
    for firm in (flag.one, flag.other):
        person = officer()
        MemberFactory(user=person, sme=firm)
        with pytest.raises(NotAllowed, match="tied"):
            duplicates_services.judge_duplicate(actor=person, flag=flag, same=True)


def test_a_shared_telephone_alone_is_shown_as_what_it_is(client):
    for name in ("Noor Sports", "Ravi Rice"):
        duplicates_services.flag_duplicates(sme_id=SmeFactory(name=name, phone="+923001234567").pk)
    assert DuplicateFlag.objects.get().percent < duplicates_likeness.FLAG_FROM
    client.force_login(officer())
    page = client.get(reverse("smes:duplicates")).content.decode()
    assert "nothing else: perhaps one adviser of two firms" in page


def test_every_night_firms_saved_lately_and_a_thirtieth_of_the_others_are_compared_again():
    firms = [SmeFactory(name="Noor Sports") for _number in range(3)]
    Sme.objects.update(updated_at=timezone.now() - timedelta(days=40))
    nights = [list(selectors.firms_to_compare_again(today() + timedelta(days=n))) for n in range(selectors.NIGHTS)]
    assert sorted(pk for night in nights for pk in night) == [firm.pk for firm in firms]
    Sme.objects.filter(pk=firms[0].pk).update(updated_at=timezone.now())
    assert all(firms[0].pk in selectors.firms_to_compare_again(today() + timedelta(days=n)) for n in (0, 1))
    Sme.objects.update(updated_at=timezone.now())
    tasks.look_for_duplicates_again()
    assert DuplicateFlag.objects.count() == 3


class TestAtOnce:
    """Twelve firms with one NTN and nothing else in common, saved by eight workers at the same moment."""

    pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
    ALL_PAIRS = 12 * 11 // 2

    @pytest.fixture
    def flagged(self, monkeypatch):
        """Runs the search for all firms and gives how many pairs are flagged."""
        names = (
            "Ravi",
            "Chenab",
            "Jhelum",
            "Sutlej",
            "Indus",
            "Bolan",
            "Hunza",
            "Swat",
            "Gomal",
            "Kunhar",
            "Soan",
            "Zhob",
        )
        find = selectors.smes_sharing_a_key

        def find_slowly(*args, **kwargs):
            # Where nobody waits, all of them look before any of them is through.
            sleep(0.1)
            return find(*args, **kwargs)

        def run():
            firms = [SmeFactory(name=name, ntn="41749413", phone="", email="") for name in names]
            monkeypatch.setattr(selectors, "smes_sharing_a_key", find_slowly)

            def compare(sme):
                try:
                    duplicates_services.flag_duplicates(sme_id=sme.pk)
                finally:
                    connection.close()

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(compare, firms))
            return DuplicateFlag.objects.count()

        return run

    def test_all_pairs_are_flagged(self, flagged):
        assert flagged() == self.ALL_PAIRS

    def test_without_waiting_pairs_are_missed(self, flagged, monkeypatch):
        monkeypatch.setattr(duplicates_services, "_wait_for_others_with", lambda _keys: None)
        assert flagged() < self.ALL_PAIRS
