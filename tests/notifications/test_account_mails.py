"""The sign-in library's mails and SMS leave as rows of ours, in our words."""

import pytest

from tdap_portal.accounts.adapter import OUR_TEXTS, PortalAccountAdapter
from tdap_portal.notifications.models import Dispatch
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def adapter():
    return PortalAccountAdapter()


@pytest.mark.parametrize("prefix", [*OUR_TEXTS, "account/email/password_changed", "mfa/email/totp_activated"])
def test_every_mail_is_a_row_with_the_code_where_there_is_one(adapter, prefix):
    adapter.send_mail(prefix, "fatima@example.pk", {"user": UserFactory(language="ur"), "code": "K7Q2M9"})
    row = Dispatch.objects.get()
    expected = OUR_TEXTS.get(prefix, "account.changed")
    assert (row.template, row.channel, row.language, row.urgent) == (expected, "mail", "ur", True)
    assert ("K7Q2M9" in row.text) is (expected in {"account.code", "account.reset"})
    assert row.subject


def test_somebody_unknown_is_told_in_the_language_of_the_page(adapter):
    from django.utils import translation

    with translation.override("ur"):
        adapter.send_unknown_account_sms("+923001234567")
        adapter.send_account_already_exists_sms("+923001234567")
    assert list(Dispatch.objects.order_by("pk").values_list("template", "language")) == [
        ("account.unknown", "ur"),
        ("account.exists", "ur"),
    ]


def test_a_mobile_number_gets_its_code_by_sms(adapter):
    adapter.send_verification_code_sms(UserFactory(), "+923001234567", "K7Q2M9")
    row = Dispatch.objects.get()
    assert (row.channel, row.address, row.template, "K7Q2M9" in row.text) == (
        "sms",
        "+923001234567",
        "account.code",
        True,
    )
