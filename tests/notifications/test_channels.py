"""The ways out: what each hands over, and what it makes of a refusal."""

import json
import smtplib
from email import message_from_bytes

import pytest
from django.core import mail

from tdap_portal.notifications import channels
from tdap_portal.notifications.channels import GiveUp, Skip, TryLater, Unreachable, channel_for
from tests.factories.notifications import DispatchFactory

pytestmark = pytest.mark.unit


def sms(**kwargs):
    return DispatchFactory.build(**kwargs)


def letter(**kwargs):
    return sms(channel="mail", address="fatima@example.pk", subject="Your place", language="ur", **kwargs)


def send(row):
    with channel_for(row.channel) as channel:
        return channel.send(row)


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("sms", {"SMS_GATEWAY_URL": "http://127.0.0.1:9/"}, channels.HttpGateway),
        ("sms", {"SMS_GATEWAY_URL": ""}, channels.SmsFileDrop),
        ("sms", {"SMS_GATEWAY_URL": "", "SMS_DROP_FOLDER": ""}, channels.NullChannel),
        ("mail", {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}, channels.MailChannel),
        ("mail", {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, channels.MailFileDrop),
        ("mail", {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}, channels.NullChannel),
    ],
)
def test_the_settings_choose_the_way_out(settings, kind, told, expected):
    for name, value in told.items():
        setattr(settings, name, value)
    with channel_for(kind) as channel:
        assert type(channel) is expected


def test_without_a_way_out_nothing_is_sent(settings):
    settings.SMS_DROP_FOLDER = ""
    with pytest.raises(Skip) as trouble:
        send(sms())
    assert trouble.value.code == "no_way_out"


class TestFiles:
    def test_an_sms_is_one_file_named_by_its_key(self, tmp_path):
        row = sms(text="آپ کا کوڈ", language="ur")
        assert send(row) == ""
        (file,) = (tmp_path / "sent" / "sms").iterdir()
        assert file.name == f"{row.public_id}.json"
        assert json.loads(file.read_text()) == {
            "key": row.public_id,
            "to": "+923001234567",
            "language": "ur",
            "parts": 1,
            "text": "آپ کا کوڈ",
        }

    def test_a_second_hand_over_is_the_same_file(self, tmp_path):
        row = sms()
        send(row)
        send(row)
        assert len(list((tmp_path / "sent" / "sms").iterdir())) == 1

    def test_a_mail_is_a_file_that_a_mail_program_opens(self, settings, tmp_path):
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        row = letter(text="آپ کی جگہ")
        send(row)
        (file,) = (tmp_path / "sent" / "mail").iterdir()
        read = message_from_bytes(file.read_bytes())
        assert (file.name, read["To"], read["Subject"]) == (f"{row.public_id}.eml", "fatima@example.pk", "Your place")
        assert (read["Message-ID"], read["Content-Language"]) == (f"<{row.public_id}@tdap.example>", "ur")
        assert read.get_payload(decode=True).decode().strip() == "آپ کی جگہ"


class TestMail:
    def test_it_goes_to_one_person_with_the_rows_key(self, mailoutbox):
        row = letter()
        send(row)
        assert [(m.to, m.subject, m.body) for m in mailoutbox] == [
            (["fatima@example.pk"], "Your place", "What happened.")
        ]
        assert mail.outbox[0].extra_headers["Message-ID"] == f"<{row.public_id}@tdap.example>"

    def test_a_chunk_goes_over_one_connection(self, smtp):
        rows = [letter() for _ in range(3)]
        with channel_for("mail") as channel:
            for row in rows:
                channel.send(row)
        assert smtp.connections == 1
        assert smtp.mails == [f"<{row.public_id}@tdap.example>" for row in rows]

    @pytest.mark.parametrize(
        ("reply", "kind", "code"),
        [("550 no such user", GiveUp, "smtp_550"), ("450 mailbox busy", TryLater, "smtp_450")],
    )
    def test_a_refused_address_is_told_from_a_busy_one_and_does_not_harm_the_next(self, smtp, reply, kind, code):
        smtp.refuse["gone@example.pk"] = reply
        refused, other = letter(), letter()
        refused.address = "gone@example.pk"
        with channel_for("mail") as channel:
            with pytest.raises(kind) as trouble:
                channel.send(refused)
            channel.send(other)
        assert trouble.value.code == code
        assert smtp.mails == [f"<{other.public_id}@tdap.example>"]

    def test_a_server_that_is_not_there_is_unreachable(self, smtp, settings):
        settings.EMAIL_PORT = 1
        with pytest.raises(Unreachable) as trouble:
            send(letter())
        assert trouble.value.code == "ConnectionRefusedError"

    @pytest.mark.parametrize(
        ("fault", "kind", "code"),
        [
            (smtplib.SMTPAuthenticationError(535, b"who are you"), Unreachable, "smtp_535"),
            (smtplib.SMTPSenderRefused(451, b"slow down", "portal@tdap.example"), Unreachable, "smtp_451"),
            (smtplib.SMTPConnectError(421, b"busy"), Unreachable, "smtp_421"),
            (smtplib.SMTPDataError(554, b"spam"), GiveUp, "smtp_554"),
            (smtplib.SMTPDataError(452, b"disk full"), TryLater, "smtp_452"),
            (smtplib.SMTPServerDisconnected("gone"), Unreachable, "SMTPServerDisconnected"),
            (TimeoutError(), Unreachable, "TimeoutError"),
        ],
    )
    def test_a_refusal_of_the_server_is_read_rightly(self, monkeypatch, fault, kind, code):
        def refuse(*_details):
            raise fault

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        with pytest.raises(kind) as trouble:
            send(letter())
        assert trouble.value.code == code

    def test_a_line_that_breaks_while_it_is_closed_is_no_fault(self, monkeypatch):
        def refuse(_self):
            raise OSError

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.close", refuse)
        send(letter())
        assert len(mail.outbox) == 1


class TestGateway:
    def test_the_key_and_the_token_go_along(self, gateway):
        row = sms()
        assert send(row) == f"ref-{row.public_id}"
        ((headers, body),) = gateway.requests
        assert body == {"to": "+923001234567", "text": "What happened.", "reference": row.public_id}
        assert (headers["Idempotency-Key"], headers["Authorization"]) == (row.public_id, "Bearer token-of-the-gateway")

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, GiveUp),
            (404, GiveUp),
            (422, GiveUp),
            (401, Unreachable),
            (403, Unreachable),
            (429, Unreachable),
            (503, Unreachable),
            (408, TryLater),
            (409, TryLater),
            (500, TryLater),
            (302, GiveUp),
        ],
    )
    def test_a_refusal_says_whether_to_try_again(self, gateway, status, kind):
        gateway.answer = (status, {})
        with pytest.raises(kind) as trouble:
            send(sms())
        assert trouble.value.code == f"http_{status}"

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("120", 120),
            ("999999", 3600),
            ("tomorrow", None),
            ("9" * 5000, 3600),
            ("0" * 5000 + "90", 90),
            ("0000", 0),
            ("3600", 3600),
            ("3601", 3600),
            ("", None),
        ],
    )
    def test_a_busy_provider_says_how_long_to_wait(self, gateway, header, seconds):
        gateway.answer = (429, {"Retry-After": header})
        with pytest.raises(Unreachable) as trouble:
            send(sms())
        assert trouble.value.after == seconds

    def test_a_silent_line_is_unreachable(self, settings):
        settings.SMS_GATEWAY_URL = "http://127.0.0.1:1/"
        with pytest.raises(Unreachable) as trouble:
            send(sms())
        assert trouble.value.code == "ConnectError"

    @pytest.mark.parametrize("content", [b"taken", b"[1]", b"{}", b"[" * 100_000, b'{"id": ' + b"9" * 5000 + b"}"])
    def test_an_answer_without_a_reference_is_taken_too(self, content):
        import httpx

        assert channels._reference(httpx.Response(200, content=content)) == ""
