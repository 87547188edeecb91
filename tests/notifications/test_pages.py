"""The inbox, the wishes, and what left: for every kind of person."""

import pytest
from django.urls import reverse

from tdap_portal.notifications import inbound
from tdap_portal.notifications.models import Channel, Dispatch, InboundSms, Message
from tdap_portal.notifications.selectors import preferences_of
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.notifications import DispatchFactory, MessageFactory

pytestmark = pytest.mark.django_db
INBOX, READ_ALL, SETTINGS, SENT = (
    reverse(f"notifications:{name}") for name in ("inbox", "read_all", "settings", "sent")
)


@pytest.fixture
def fatima(client):
    user = UserFactory(name="Fatima", email="fatima@example.pk", mobile="+923001234567", mobile_verified=True)
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def _only_our_navigation(monkeypatch):
    """What the masthead's other entries show and cost is tested in their own rooms."""
    monkeypatch.setattr("django.conf.settings.NAVIGATION", ["tdap_portal.notifications.navigation"])


def text(response):
    return " ".join(response.content.decode().split())


def opened(message):
    return reverse("notifications:message", args=[message.public_id])


def again(row):
    return reverse("notifications:again", args=[row.public_id])


@pytest.mark.parametrize("path", [INBOX, SETTINGS, SENT, "/inbox/abcdefghjkmn/"])
def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(client, path):
    response = client.get(path)
    assert (response.status_code, response["Location"].startswith("/accounts/login/?next=/inbox/")) == (302, True)


@pytest.mark.parametrize("path", [READ_ALL, "/inbox/sent/abcdefghjkmn/again/"])
def test_acts_need_a_person_and_a_post(client, path):
    assert client.post(path).status_code == 302
    client.force_login(administrator())
    assert client.get(path).status_code == 405


class TestInbox:
    def test_it_is_empty_first_and_says_what_will_come(self, client, fatima):
        page = text(client.get(INBOX))
        assert "You have no new messages" in page
        assert "Nothing here yet" in page
        assert "Mark all as read" not in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_whatever_it_holds(self, client, fatima, django_assert_num_queries, count):
        MessageFactory.create_batch(count, to=fatima)
        with django_assert_num_queries(4):  # the person, the new ones for page and masthead, the list
            page = text(client.get(INBOX))
        assert page.count("state tone-you") == count

    def test_it_shows_only_ones_own_messages_newest_first(self, client, fatima):
        MessageFactory(to=fatima, subject="First & <b>")
        MessageFactory(to=fatima, subject="Second")
        MessageFactory(subject="Somebody else's")
        page = text(client.get(INBOX))
        assert "You have 2 new messages" in page
        assert page.index("Second") < page.index("First &amp; &lt;b&gt;")
        assert "Somebody else" not in page

    def test_a_long_inbox_is_read_page_by_page(self, client, fatima):
        MessageFactory.create_batch(30, to=fatima)
        first = client.get(INBOX)
        assert len(first.context["page"].rows) == 25
        second = client.get(INBOX, {"cursor": first.context["page"].next})
        assert len(second.context["page"].rows) == 5
        assert "More than" not in text(first)

    def test_a_very_full_inbox_stops_counting(self, client, fatima):
        Message.objects.bulk_create(MessageFactory.build_batch(101, to=fatima))
        page = text(client.get(INBOX))
        assert "You have more than 99 new messages" in page
        assert '<span class="masthead__count">99+</span>' in page

    def test_all_can_be_marked_as_read(self, client, fatima):
        MessageFactory.create_batch(2, to=fatima)
        other = MessageFactory()
        response = client.post(READ_ALL, follow=True)
        assert "All messages are marked as read." in text(response)
        assert list(Message.objects.filter(read_at=None)) == [other]


class TestMessage:
    def test_opening_it_is_reading_it(self, client, fatima):
        message = MessageFactory(to=fatima, subject="Your place", body="Line one.\n\n<script>", url="/file/abc/")
        page = text(client.get(opened(message)))
        message.refresh_from_db()
        assert not message.is_unread
        assert "<p>Line one.</p> <p>&lt;script&gt;</p>" in page
        assert 'href="/file/abc/"' in page
        assert "masthead__count" not in page

    def test_somebody_elses_is_not_there(self, client, fatima):
        theirs = MessageFactory()
        assert client.get(opened(theirs)).status_code == 404
        theirs.refresh_from_db()
        assert theirs.is_unread

    @pytest.mark.parametrize("who", [officer, director, administrator, partner_person])
    def test_nobody_reads_another_persons_messages(self, client, who):
        client.force_login(who())
        assert client.get(opened(MessageFactory())).status_code == 404


class TestSettings:
    def test_it_says_where_messages_go(self, client, fatima):
        page = text(client.get(SETTINGS))
        assert "fatima@example.pk" in page
        assert "0300-1234567" in page

    def test_it_says_how_to_be_reached(self, client):
        client.force_login(UserFactory(email=None, mobile="+923001234567", mobile_verified=False))
        page = text(client.get(SETTINGS))
        assert "You have given no e-mail address." in page
        assert "You have given no mobile number, or not shown yet that it is yours." in page

    def test_a_wish_is_kept(self, client, fatima):
        assert "Saved." in text(client.post(SETTINGS, {"mail": "on"}, follow=True))
        assert preferences_of(fatima) == {Channel.MAIL: True, Channel.SMS: False}
        client.post(SETTINGS, {})
        assert preferences_of(fatima) == {Channel.MAIL: False, Channel.SMS: False}


class TestSent:
    @pytest.mark.parametrize("who", [UserFactory, officer, director, partner_person])
    def test_it_is_not_there_for_others_than_administrators(self, client, who):
        client.force_login(who())
        assert client.get(SENT).status_code == 404
        assert client.post(again(DispatchFactory(message=MessageFactory(), state="failed"))).status_code == 404

    def test_administrators_see_no_address_and_no_text(self, client):
        client.force_login(administrator())
        DispatchFactory(text="Secret 123456")
        DispatchFactory(state="failed", error="http_422", attempts=3, parts=2)
        page = text(client.get(SENT))
        assert "3001234567" not in page
        assert "Secret" not in page
        assert "+92•••567" in page
        assert "The provider answered with http_422. Tried 3 times." in page
        assert "2 SMS long" in page

    def test_in_the_demo_everybody_reads_the_code_that_was_sent(self, client, settings):
        settings.DEMO = True
        DispatchFactory(state="sent", text="K7Q2M9 is your code")
        page = text(client.get(SENT))
        assert "+923001234567" in page
        assert "K7Q2M9 is your code" in page
        assert "Send again" not in page
        assert f'href="{SENT}"' in page

    def test_outside_the_demo_nobody_is_led_there(self, client, fatima):
        assert f'href="{SENT}"' not in text(client.get(INBOX))

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_whatever_it_holds(self, client, django_assert_num_queries, count):
        client.force_login(administrator())
        for row in DispatchFactory.create_batch(count, state="failed"):
            row.message = MessageFactory()
            row.save()
        with django_assert_num_queries(5):
            page = text(client.get(SENT))
        assert page.count("Send again") == count

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"channel": "mail"}, ["b"]),
            ({"state": "waiting"}, ["d", "c"]),
            ({"channel": "sms", "state": "failed"}, ["a"]),
            ({"channel": "pigeon", "state": "lost"}, ["d", "c", "b", "a"]),
        ],
    )
    def test_it_can_be_filtered(self, client, query, expected):
        client.force_login(administrator())
        for name, told in {
            "a": {"state": "failed"},
            "b": {"channel": "mail", "state": "sent"},
            "c": {},
            "d": {"state": "leased"},
        }.items():
            DispatchFactory(template=name, **told)
        assert [row.template for row in client.get(SENT, query).context["page"].rows] == expected

    def test_nothing_yet_and_nothing_found_are_two_things(self, client):
        client.force_login(administrator())
        assert "Nothing has been sent yet" in text(client.get(SENT))
        assert "Nothing fits these filters" in text(client.get(SENT, {"state": "failed"}))

    def test_an_administrator_sends_again_what_failed(self, client):
        client.force_login(administrator())
        owner = UserFactory(mobile="+923001234567", mobile_verified=True)
        row = DispatchFactory(message=MessageFactory(to=owner), state="failed", error="http_404", address="")
        assert "The message will be sent again." in text(client.post(again(row), follow=True))
        row.refresh_from_db()
        assert (row.state, row.address) == ("waiting", "+923001234567")
        assert "This message is still on its way." in text(client.post(again(row), follow=True))

    def test_in_the_demo_an_sms_comes_in_as_from_a_telephone_and_once(self, client, settings):
        settings.DEMO = True
        owner = UserFactory(mobile="+923001234567", mobile_verified=True)
        DispatchFactory(state="sent", address="+923001234567")
        page = text(client.get(SENT, {"from": "+923001234567"}))
        assert 'value="+923001234567"' in page
        assert 'href="?from=%2B923001234567#came-in"' in page
        sent = {"number": "0300-1234567", "text": "stop", "token": "0123456789abcdef"}
        for _press in range(2):
            assert client.post(f"{SENT}answer/", sent).url == f"{SENT}#came-in"
        row = InboundSms.objects.get()
        inbound.read_due()
        row.refresh_from_db()
        assert (row.state, row.person) == ("read", owner)
        assert preferences_of(owner)[Channel.SMS] is False
        assert row.hint in text(client.get(SENT)).partition('id="came-in"')[2]

    @pytest.mark.parametrize("number", ["", "12", "9" * 5000, "\0", "٠٣٠٠"])
    def test_what_a_demo_sms_comes_from_is_no_fault_whatever_was_typed(self, client, settings, number):
        settings.DEMO = True
        answer = client.post(f"{SENT}answer/", {"number": number, "text": "5 4", "token": "x"}, follow=True)
        assert answer.status_code in (200, 400, 422)
        inbound.read_due()
        assert not InboundSms.objects.exclude(state="stranger").exists()

    @pytest.mark.parametrize("who", [UserFactory, administrator])
    def test_outside_the_demo_no_sms_is_made_up(self, client, who):
        client.force_login(who())
        sent = {"number": "0300-1234567", "text": "stop", "token": "0123456789abcdef"}
        assert client.post(f"{SENT}answer/", sent).status_code == 404
        assert not InboundSms.objects.exists()

    def test_in_the_demo_others_still_cannot_send_again(self, client, settings, fatima):
        settings.DEMO = True
        row = DispatchFactory(message=MessageFactory(), state="failed")
        assert client.post(again(row)).status_code == 403
        assert Dispatch.objects.get().state == "failed"

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            ("", ""),
            ("switched_off", "The person does not want messages on this channel."),
            ("ConnectError", "The provider answered with ConnectError."),
        ],
    )
    def test_an_error_is_said_in_a_sentence(self, error, words):
        assert DispatchFactory(error=error).error_words == words


class TestAdmin:
    def test_it_shows_rows_without_addresses_and_changes_nothing(self, client):
        admin = administrator(is_superuser=True)
        client.force_login(admin)
        row = DispatchFactory(text="Secret 123456")
        for path in ("/admin/notifications/dispatch/", f"/admin/notifications/dispatch/{row.pk}/change/"):
            page = text(client.get(path))
            assert row.public_id in page
            assert "Secret" not in page
            assert "3001234567" not in page
        assert client.post(f"/admin/notifications/dispatch/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get("/admin/notifications/dispatch/add/").status_code == 403
