"""Leases, retries, the sweeper: what the worker does with the rows."""

import threading
import time
from datetime import timedelta

import pytest
import redis
import time_machine
from django.db import connection, connections
from django.utils import timezone

from tdap_portal.notifications import sending, services
from tdap_portal.notifications.channels import GiveUp, TryLater
from tdap_portal.notifications.models import Dispatch
from tests.factories.notifications import DispatchFactory, MessageFactory
from tests.notifications.providers import broker_at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]


def keys(rows):
    return [row.public_id for row in rows]


def seed(count, **kwargs):
    return Dispatch.objects.bulk_create(DispatchFactory.build_batch(count, **kwargs))


def dropped(tmp_path):
    return {file.stem for file in (tmp_path / "sent" / "sms").glob("*.json")}


def told(row):
    row.refresh_from_db()
    return row.state, row.error, row.attempts


class TestClaim:
    def test_it_leases_what_is_due_in_the_order_of_its_time(self):
        later = DispatchFactory(next_try_at=timezone.now() - timedelta(seconds=1))
        first = DispatchFactory(next_try_at=timezone.now() - timedelta(seconds=9))
        DispatchFactory(next_try_at=timezone.now() + timedelta(minutes=1))
        DispatchFactory(state="sent")
        claimed = sending.claim_chunk("a")
        assert keys(claimed) == keys([first, later])
        assert {(row.state, row.lease_owner, row.attempts, row.lease_until > timezone.now()) for row in claimed} == {
            ("leased", "a", 0, True)
        }

    def test_a_row_is_leased_to_one_worker_only(self):
        seed(3)
        assert len(sending.claim_chunk("a", size=2)) == 2
        assert len(sending.claim_chunk("b", size=2)) == 1
        assert sending.claim_chunk("c") == []

    def test_codes_go_before_everything_else(self):
        DispatchFactory(next_try_at=timezone.now() - timedelta(hours=1))
        code = DispatchFactory(urgent=True)
        assert keys(sending.claim_chunk("a")) == [code.public_id]

    def test_a_channel_that_rests_is_left_out(self):
        DispatchFactory(channel="sms")
        letter = DispatchFactory(channel="mail")
        assert keys(sending.claim_chunk("a", resting={"sms"})) == [letter.public_id]
        assert sending.claim_chunk("a", resting={"sms", "mail"}) == []

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_workers_that_claim_at_once_step_over_each_others_rows(self):
        seed(400)
        claimed, start = [], threading.Barrier(8)

        def work(name):
            start.wait()
            while chunk := sending.claim_chunk(name, size=10):
                claimed.extend(keys(chunk))
            connections.close_all()

        threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(claimed), len(set(claimed))) == (400, 400)

    @pytest.mark.postgres
    def test_the_due_rows_are_found_by_their_index(self):
        seed(2000, state="sent")
        seed(5)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE notifications_dispatch")
            cursor.execute(
                "EXPLAIN SELECT id FROM notifications_dispatch WHERE state = 'waiting' AND urgent = false "
                "AND next_try_at <= now() AND channel IN ('mail', 'sms') ORDER BY next_try_at, id LIMIT 500"
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "dispatch_due" in plan


class TestSendDue:
    def test_everything_that_is_due_leaves_and_nothing_is_kept_of_it(self, tmp_path):
        rows = seed(3)
        assert sending.send_due() == 3
        assert dropped(tmp_path) == set(keys(rows))
        sent = Dispatch.objects.values_list("state", "address", "text", "lease_until", "error").distinct()
        assert list(sent) == [("sent", "", "", None, "")]
        assert sending.send_due() == 0

    def test_the_providers_reference_is_kept(self, gateway):
        row = DispatchFactory()
        sending.send_due()
        row.refresh_from_db()
        assert row.provider_reference == f"ref-{row.public_id}"

    def test_mails_and_sms_of_one_chunk_each_go_their_way(self, mailoutbox, tmp_path):
        seed(2)
        seed(2, channel="mail", address="fatima@example.pk", subject="S")
        assert sending.send_due() == 4
        assert (len(mailoutbox), len(dropped(tmp_path))) == (2, 2)

    def test_a_full_chunk_wakes_another_worker(self, monkeypatch):
        rings = []
        monkeypatch.setattr(sending, "CHUNK", 2)
        monkeypatch.setattr(sending.claim_chunk, "__defaults__", (2,))
        monkeypatch.setattr(services, "ring", lambda **told: rings.append(told))
        seed(3)
        assert (sending.send_due(), rings) == (3, [{}])

    def test_a_shift_that_is_over_rings_for_the_next(self, monkeypatch):
        rings = []
        monkeypatch.setattr(services, "ring", lambda **told: rings.append(told))
        monkeypatch.setattr(sending.claim_chunk, "__defaults__", (2,))
        seed(5)
        assert (sending.send_due(seconds=-1), rings) == (2, [{}])

    def test_what_the_slice_had_no_time_for_goes_back_uncounted(self, monkeypatch, tmp_path):
        monkeypatch.setattr(sending, "SLICE_SECONDS", -1)
        rows = seed(2)
        assert sending.send_chunk(sending.claim_chunk("a"), "a") == 0
        assert [told(row) for row in rows] == [("waiting", "", 0)] * 2

    def test_a_long_chunk_is_marked_every_second(self, monkeypatch, gateway):
        gateway.seconds_each = 0.6
        marks = []
        mark = sending._mark_sent
        monkeypatch.setattr(sending, "_mark_sent", lambda taken: marks.append(len(taken)) or mark(taken))
        seed(3)
        assert sending.send_due() == 3
        assert marks == [2, 1]

    @pytest.mark.redis
    def test_many_messages_in_a_moment_ring_once_and_codes_ring_first(self, redis_url):
        with broker_at(redis_url), redis.Redis.from_url(redis_url) as broker:
            for _ in range(5):
                services.ring()
            services.ring(urgent=True)
            assert {key: broker.llen(key) for key in broker.keys("notify*")} == {b"notify": 1, b"notify\x06\x166": 1}


class TestSlowMail:
    """A dialogue of SMTP may take longer than the lease of a chunk: nobody dies, and no mail goes twice."""

    def letters(self, count):
        return seed(count, channel="mail", address="fatima@example.pk", subject="S")

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_a_server_that_takes_longer_than_the_chunks_lease_gets_each_mail_once(self, smtp, monkeypatch):
        monkeypatch.setattr(sending, "LEASE", timedelta(seconds=0.2))
        monkeypatch.setattr(services, "ring", lambda **_told: None)
        smtp.seconds_each = 1.5
        self.letters(1)

        def work():
            sending.send_due()
            connections.close_all()

        sender = threading.Thread(target=work)
        sender.start()
        while not smtp.mails:
            time.sleep(0.01)
        time.sleep(0.3)
        assert (sending.sweep(), sending.send_due()) == (0, 0)
        sender.join()
        assert len(smtp.mails) == 1

    def test_rows_that_somebody_else_took_meanwhile_are_left_to_them(self, smtp):
        rows = self.letters(2)
        chunk = sending.claim_chunk("slow")
        Dispatch.objects.filter(pk=rows[1].pk).update(lease_owner="next")
        assert sending.send_chunk(chunk, "slow") == 1
        assert (len(smtp.mails), told(rows[0]), told(rows[1])) == (1, ("sent", "", 1), ("leased", "", 0))


class TestTrouble:
    def test_a_number_that_is_wrong_is_given_up_at_once_and_can_be_sent_again(self, gateway):
        gateway.answer = (422, {})
        row = DispatchFactory(message=MessageFactory())
        sending.send_due()
        assert told(row) == ("failed", "http_422", 1)
        assert (row.address, row.text, row.can_go_again) == ("", "What happened.", True)

    def test_of_a_code_that_is_given_up_nothing_stays(self, gateway):
        gateway.answer = (422, {})
        row = DispatchFactory(urgent=True)
        sending.send_due()
        assert told(row) == ("failed", "http_422", 1)
        assert (row.address, row.text, row.can_go_again) == ("", "", False)

    def test_the_demo_keeps_what_failed_too(self, gateway, settings):
        settings.DEMO = True
        gateway.answer = (422, {})
        row = DispatchFactory(urgent=True)
        sending.send_due()
        row.refresh_from_db()
        assert (row.state, row.address, row.text) == ("failed", "+923001234567", "What happened.")

    def test_a_stumble_is_tried_again_later_and_later_and_given_up_in_the_end(self, gateway):
        gateway.answer = (500, {})
        row = DispatchFactory(message=MessageFactory())
        waits = []
        now = timezone.now()
        for _ in range(sending.MAX_ATTEMPTS):
            with time_machine.travel(now, tick=False):
                sending.send_due()
            row.refresh_from_db()
            waits.append(round((row.next_try_at - now).total_seconds()))
            now = row.next_try_at
        assert waits == [30, 60, 120, 240, 480, 960, 1800, 0]
        assert told(row) == ("failed", "http_500", sending.MAX_ATTEMPTS)

    def test_a_code_is_tried_again_soon_or_not_at_all(self, gateway):
        gateway.answer = (500, {})
        row = DispatchFactory(urgent=True, attempts=sending.MAX_ATTEMPTS_URGENT - 2)
        now = timezone.now()
        with time_machine.travel(now, tick=False):
            sending.send_due()
        row.refresh_from_db()
        assert round((row.next_try_at - now).total_seconds()) == 20
        with time_machine.travel(row.next_try_at, tick=False):
            sending.send_due()
        assert told(row) == ("failed", "http_500", sending.MAX_ATTEMPTS_URGENT)

    def test_a_provider_that_is_down_costs_no_attempt_and_is_not_asked_for_every_row(self, gateway, mailoutbox):
        gateway.answer = (503, {"Retry-After": "90"})
        rows = seed(3)
        seed(1, channel="mail", address="fatima@example.pk", subject="S")
        now = timezone.now()
        with time_machine.travel(now, tick=False):
            assert sending.send_due() == 1
        assert len(gateway.requests) == 1
        assert len(mailoutbox) == 1
        assert [told(row) for row in rows] == [("waiting", "http_503", 0)] * 3
        assert {round((row.next_try_at - now).total_seconds()) for row in rows} == {90}

    def test_without_a_provider_the_row_says_so(self, settings):
        settings.SMS_DROP_FOLDER = ""
        row = DispatchFactory(message=MessageFactory())
        sending.send_due()
        assert told(row) == ("skipped", "no_way_out", 1)
        assert row.can_go_again

    def test_a_fault_of_ours_holds_up_nobody_else_and_writes_no_address_into_the_log(
        self, monkeypatch, caplog, tmp_path
    ):
        from tdap_portal.notifications.channels import SmsFileDrop

        bad, good = DispatchFactory(next_try_at=timezone.now() - timedelta(hours=1)), DispatchFactory()
        send = SmsFileDrop.send

        def stumble(channel, row):
            if row.public_id == bad.public_id:
                raise KeyError(row.address, row.text)
            return send(channel, row)

        monkeypatch.setattr(SmsFileDrop, "send", stumble)
        assert sending.send_due() == 1
        assert told(bad) == ("waiting", "KeyError", 1)
        assert dropped(tmp_path) == {good.public_id}
        assert "3001234567" not in caplog.text
        assert "What happened" not in caplog.text
        assert bad.public_id in caplog.text

    @pytest.mark.parametrize("trouble", [GiveUp("http_422"), TryLater("http_500")])
    def test_a_worker_whose_lease_was_taken_changes_nothing(self, trouble):
        row = DispatchFactory()
        (mine,) = sending.claim_chunk("slow")
        Dispatch.objects.filter(pk=row.pk).update(lease_owner="next")
        sending._note_trouble(mine, "slow", trouble)
        sending._give_back([mine], "slow", wait=timedelta(0))
        assert told(row) == ("leased", "", 0)

    def test_what_left_has_left_even_if_the_lease_was_taken(self):
        row = DispatchFactory()
        (mine,) = sending.claim_chunk("slow")
        Dispatch.objects.filter(pk=row.pk).update(lease_owner="next")
        sending._mark_sent([(mine, "")])
        assert told(row) == ("sent", "", 0)


class TestSweep:
    def lost(self, **kwargs):
        past = timezone.now() - timedelta(seconds=1)
        return DispatchFactory(
            **{"state": "leased", "lease_owner": "dead", "lease_until": past, "attempts": 1} | kwargs
        )

    def test_a_lease_that_ran_out_is_offered_again(self):
        row = self.lost()
        alive = self.lost(lease_until=timezone.now() + timedelta(seconds=30))
        assert sending.sweep() == 1
        assert (told(row), told(alive)) == (("waiting", "worker_stopped", 1), ("leased", "", 1))
        assert sending.sweep() == 0

    def test_workers_that_are_killed_again_and_again_fail_no_row_that_was_not_in_hand(self, tmp_path):
        rows = seed(3)
        for _ in range(sending.MAX_ATTEMPTS + 1):
            assert len(sending.claim_chunk("dead")) == 3
            Dispatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            sending.sweep()
        assert [told(row) for row in rows] == [("waiting", "worker_stopped", 0)] * 3
        assert sending.send_due() == 3
        assert [told(row) for row in rows] == [("sent", "", 1)] * 3

    def test_only_the_row_in_whose_hand_over_the_workers_die_is_given_up(self, monkeypatch, tmp_path):
        from tdap_portal.notifications.channels import SmsFileDrop

        bad, good = DispatchFactory(next_try_at=timezone.now() - timedelta(hours=1)), DispatchFactory()
        send = SmsFileDrop.send

        def power_cut(channel, row):
            if row.public_id == bad.public_id:
                raise KeyboardInterrupt
            return send(channel, row)

        monkeypatch.setattr(SmsFileDrop, "send", power_cut)
        for _ in range(sending.MAX_ATTEMPTS + 1):  # the first time nobody knows in which row it was
            with pytest.raises(KeyboardInterrupt):
                sending.send_due()
            Dispatch.objects.filter(state="leased").update(lease_until=timezone.now() - timedelta(seconds=1))
            sending.sweep()
        sending.send_due()
        assert (told(bad), told(good)) == (("failed", "lease_ran_out", sending.MAX_ATTEMPTS), ("sent", "", 1))

    def test_a_row_that_kills_every_worker_is_given_up(self):
        row = self.lost(attempts=sending.MAX_ATTEMPTS, message=MessageFactory())
        code = self.lost(attempts=sending.MAX_ATTEMPTS_URGENT, urgent=True)
        assert sending.sweep() == 0
        assert (told(row)[:2], row.text, row.address) == (("failed", "lease_ran_out"), "What happened.", "")
        assert (told(code)[:2], code.text, code.address) == (("failed", "lease_ran_out"), "", "")

    def test_a_code_that_came_too_late_is_not_sent(self, tmp_path):
        row = DispatchFactory(urgent=True, created_at=timezone.now() - timedelta(minutes=16))
        fresh = DispatchFactory(urgent=True, created_at=timezone.now() - timedelta(minutes=14))
        sending.sweep()
        sending.send_due()
        assert (told(row)[:2], row.text, row.address) == (("failed", "too_late"), "", "")
        assert dropped(tmp_path) == {fresh.public_id}

    @pytest.mark.django_db(transaction=True)
    def test_it_rings_where_something_waits(self, tmp_path):
        row = DispatchFactory()
        sending.sweep()
        assert dropped(tmp_path) == {row.public_id}

    def test_the_tasks_do_what_they_say(self, tmp_path):
        from tdap_portal.notifications import tasks

        self.lost()
        tasks.sweep()
        tasks.send_due()
        assert len(dropped(tmp_path)) == 1
