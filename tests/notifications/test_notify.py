"""Telling people: rows first, in the transaction of the act, once."""

import pytest
from django.db import transaction

from tdap_portal.core.errors import DomainError, NotAllowed
from tdap_portal.notifications import selectors, sending, services
from tdap_portal.notifications.models import Dispatch, Message
from tdap_portal.notifications.texts import sms_length
from tests.factories.accounts import UserFactory, administrator, officer
from tests.factories.notifications import DispatchFactory, MessageFactory
from tests.notifications.providers import broker_at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]


def person(**kwargs):
    return UserFactory(
        **{"email": "fatima@example.pk", "name": "Fatima", "mobile": "+923001234567", "mobile_verified": True} | kwargs
    )


def left(message):
    return {row.channel: row for row in message.dispatches.all()}


def test_a_message_is_a_row_with_one_more_row_for_each_way_out(words, settings):
    settings.SITE_URL = "https://portal.example"
    message = services.notify(to=person(), template="test.told", key="7", url="/file/abc/", firm="Noor <Sports>")
    rows = left(message)
    assert (message.subject, message.body, message.url, message.is_unread) == (
        "About Noor <Sports>",
        "[en] Noor <Sports> & you, Fatima.",
        "/file/abc/",
        True,
    )
    assert (rows["mail"].address, rows["mail"].subject, rows["mail"].state) == (
        "fatima@example.pk",
        message.subject,
        "waiting",
    )
    assert rows["mail"].text.startswith(f"{message.body}\n\nOpen it in the portal:\nhttps://portal.example/file/abc/\n")
    assert (rows["sms"].address, rows["sms"].text) == (
        "+923001234567",
        "Noor <Sports>: look at https://portal.example/file/abc/",
    )
    assert (rows["sms"].address_hint, rows["sms"].parts, rows["sms"].subject) == ("+92•••567", 1, "")


def test_what_leaves_names_how_to_reach_us(words, settings):
    to = person()
    plain = left(services.notify(to=to, template="test.told", key="1", url="/file/abc/", firm="Noor"))
    settings.CONTACT_PHONE, settings.CONTACT_HOURS = "051 111-222-333", "Daily, 9 to 5"
    settings.CONTACT_EMAIL = "help@tdap.example"
    signed = left(services.notify(to=to, template="test.told", key="2", url="/file/abc/", firm="Noor"))
    assert signed["sms"].text == plain["sms"].text + "\nTDAP 051111222333"
    name = "Trade Development Authority of Pakistan\n"
    reach = "Telephone 051 111-222-333\n(Daily, 9 to 5)\nhelp@tdap.example\n"
    assert signed["mail"].text == plain["mail"].text.replace(name, name + reach)
    code = services.send_now(address="+923001234567", channel="sms", template="account.code", language="en", code="1")
    assert "051" not in code.text  # nobody is to read a code out to somebody on the telephone


def test_a_message_speaks_the_language_of_its_person(words):
    message = services.notify(to=person(language="ur"), template="test.told", key="7", firm="نور")
    assert (message.language, message.body) == ("ur", "[ur] نور & you, Fatima.")
    assert {row.language for row in message.dispatches.all()} == {"ur"}


def test_the_same_thing_is_told_once(words):
    to = person()
    first = services.notify(to=to, template="test.told", key="7", firm="Noor")
    second = services.notify(to=to, template="test.told", key="7", firm="Noor")
    other = services.notify(to=to, template="test.told", key="8", firm="Noor")
    assert (first, Message.objects.count(), Dispatch.objects.count()) == (second, 2, 4)
    assert other != first


def test_what_another_worker_told_since_we_looked_is_not_told_again(words, monkeypatch):
    to = person()
    first = services.notify(to=to, template="test.told", key="7", firm="Noor")
    answers = [None, first]
    monkeypatch.setattr(selectors, "existing_message", lambda *asked: answers.pop(0))
    assert services.notify(to=to, template="test.told", key="7", firm="Noor") == first
    assert (Message.objects.count(), Dispatch.objects.count()) == (1, 2)


def test_a_message_goes_only_where_its_person_can_be_reached(words):
    assert set(left(services.notify(to=person(mobile=None), template="test.told", key="1", firm="N"))) == {"mail"}
    only_phone = person(email=None, mobile="+923001234568")
    assert set(left(services.notify(to=only_phone, template="test.told", key="1", firm="N"))) == {"sms"}
    unproved = person(email="b@example.pk", mobile="+923001234569", mobile_verified=False)
    assert set(left(services.notify(to=unproved, template="test.told", key="1", firm="N"))) == {"mail"}
    gone = person(email="c@example.pk", mobile="+923001234570", is_active=False)
    assert left(services.notify(to=gone, template="test.told", key="1", firm="N")) == {}


def test_a_message_without_words_for_an_sms_sends_none(words):
    assert set(left(services.notify(to=person(), template="test.quiet", key="1"))) == {"mail"}


def test_a_channel_that_was_switched_off_gets_a_row_that_says_so(words):
    to = person()
    services.set_preferences(user=to, wanted={"sms": False})
    row = left(services.notify(to=to, template="test.told", key="1", firm="Noor"))["sms"]
    assert (row.state, row.error, row.address, row.text) == ("skipped", "switched_off", "", "")


def test_what_is_legally_due_goes_out_all_the_same(words):
    to = person()
    services.set_preferences(user=to, wanted={"sms": False, "mail": False})
    rows = left(services.notify(to=to, template="test.told", key="1", always=True, firm="Noor"))
    assert {row.state for row in rows.values()} == {"waiting"}


def test_a_preference_that_is_not_named_stays():
    to = person()
    services.set_preferences(user=to, wanted={"sms": False})
    services.set_preferences(user=to, wanted={"mail": False})
    assert selectors.preferences_of(to) == {"mail": False, "sms": False}
    assert selectors.preferences_of(UserFactory()) == {"mail": True, "sms": True}


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_tells_nobody(words):
    to = person()

    @transaction.atomic
    def act():
        services.notify(to=to, template="test.told", key="1", firm="Noor")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert (Message.objects.count(), Dispatch.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_message_is_sent_right_after_the_commit(words, mailoutbox, tmp_path):
    with transaction.atomic():
        services.notify(to=person(), template="test.told", key="1", firm="Noor")
        assert mailoutbox == []
    assert [mail.to for mail in mailoutbox] == [["fatima@example.pk"]]
    assert len(list((tmp_path / "sent" / "sms").glob("*.json"))) == 1
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_costs_the_act_nothing_and_the_sweeper_sends_later(words, mailoutbox):
    with broker_at("redis://127.0.0.1:1/0"):
        services.notify(to=person(), template="test.quiet", key="1")
    assert (Message.objects.count(), len(mailoutbox)) == (1, 0)
    services.cache.delete(services.RUNG)  # five seconds later
    sending.sweep()
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_leaves_at_once_and_nothing_of_it_stays(tmp_path):
    row = services.send_now(
        address="+923001234567", channel="sms", template="account.code", language="en", code="K7Q2M9"
    )
    row.refresh_from_db()
    (dropped,) = (tmp_path / "sent" / "sms").glob("*.json")
    assert "K7Q2M9" in dropped.read_text()
    assert (row.state, row.address, row.text, row.address_hint, row.message_id) == ("sent", "", "", "+92•••567", None)


@pytest.mark.django_db(transaction=True)
def test_the_demo_keeps_what_left_so_that_it_can_be_shown(settings):
    settings.DEMO = True
    row = services.send_now(
        address="+923001234567", channel="sms", template="account.code", language="en", code="K7Q2M9"
    )
    row.refresh_from_db()
    assert (row.state, row.address) == ("sent", "+923001234567")
    assert "K7Q2M9" in row.text


def test_a_code_by_mail_has_a_subject():
    row = services.send_now(
        address="a@example.pk", channel="mail", template="account.code", language="en", code="K7Q2M9"
    )
    assert (row.subject, row.urgent, "K7Q2M9" in row.text) == ("Your code for the TDAP portal", True, True)


@pytest.mark.parametrize("name", ["code", "reset", "exists", "unknown"])
def test_an_account_sms_fits_one_part(name):
    row = services.send_now(
        address="+923001234567", channel="sms", template=f"account.{name}", language="en", code="ABC-DEF"
    )
    assert row.parts == 1


def test_a_message_is_read_once_and_all_can_be_read_at_a_stroke():
    message = MessageFactory()
    services.mark_read(message=message)
    message.refresh_from_db()
    at = message.read_at
    services.mark_read(message=message)
    message.refresh_from_db()
    assert at is not None
    assert message.read_at == at
    MessageFactory.create_batch(2, to=message.to)
    other = MessageFactory()
    assert services.mark_all_read(user=message.to) == 2
    assert (selectors.unread_count(message.to), selectors.unread_count(other.to)) == (0, 1)


def test_the_count_of_new_messages_stops_at_a_hundred():
    to = UserFactory()
    Message.objects.bulk_create(
        Message(to=to, template="t", key=str(n), language="en", subject="s", body="b") for n in range(120)
    )
    assert selectors.unread_count(to) == selectors.COUNTED_UP_TO + 1


class TestSendAgain:
    def failed(self, **kwargs):
        message = MessageFactory(to=person())
        return DispatchFactory(
            **{"message": message, "state": "failed", "error": "http_404", "attempts": 8, "address": ""} | kwargs
        )

    def test_what_failed_goes_to_the_address_that_its_person_has_now(self):
        row = self.failed()
        row.message.to.mobile = "+923219876543"
        row.message.to.save()
        services.send_again(actor=administrator(), dispatch=row)
        row.refresh_from_db()
        assert (row.state, row.address, row.address_hint, row.attempts, row.error) == (
            "waiting",
            "+923219876543",
            "+92•••543",
            0,
            "",
        )

    def test_only_an_administrator_may(self):
        with pytest.raises(NotAllowed):
            services.send_again(actor=officer(), dispatch=self.failed())

    @pytest.mark.parametrize(
        ("state", "code"),
        [("sent", "already_sent"), ("waiting", "still_on_its_way"), ("leased", "still_on_its_way")],
    )
    def test_not_while_it_is_on_its_way_or_there(self, state, code):
        with pytest.raises(DomainError) as refusal:
            services.send_again(actor=administrator(), dispatch=self.failed(state=state))
        assert refusal.value.code == code

    def test_a_code_is_never_sent_again(self):
        row = self.failed(message=None, text="")
        with pytest.raises(DomainError) as refusal:
            services.send_again(actor=administrator(), dispatch=row)
        assert refusal.value.code == "nothing_to_send"

    def test_somebody_without_an_address_cannot_be_reached_again(self):
        row = self.failed()
        row.message.to.mobile = None
        row.message.to.save()
        with pytest.raises(DomainError) as refusal:
            services.send_again(actor=administrator(), dispatch=row)
        assert refusal.value.code == "no_address"


@pytest.mark.parametrize("firm", ["Khan’s Carpets", "Khan's Carpets – Lahore", "“Noor” Rugs"])
@pytest.mark.parametrize("template", ["sme.invitation", "sme.paper_expiring", "sme.paper_refused"])
def test_a_curly_sign_in_a_name_does_not_double_the_price_of_an_english_sms_and_stays_in_the_mail(template, firm):
    facts = {
        "template": template,
        "firm": firm,
        "url": "https://example.pk/i/kPq8_3Xw-LmN0aZbYcXdWeVfUgThSiRjQkPlOmNnMo4/",
    }
    sms = services.send_now(address="+923001234567", channel="sms", language="en", **facts)
    assert (sms_length(sms.text).alphabet, sms.parts) == ("gsm", 1)
    assert firm in services.send_now(address="a@example.pk", channel="mail", language="en", **facts).text
    urdu = services.send_now(address="+923001234567", channel="sms", language="ur", **facts | {"firm": "“نور” قالین"})
    assert sms_length(urdu.text).alphabet == "ucs2"
    assert "“نور” قالین" in urdu.text
