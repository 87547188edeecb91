"""Ways to pay are switched on by settings, and no half set one is."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.exceptions import ImproperlyConfigured
from django.views.debug import SafeExceptionReporterFilter

from payments.providers import switches
from payments.providers.interface import Can, Outcome, PostForm
from payments.providers.reading import KARACHI
from payments.providers.sandbox.memory import CacheMemory
from payments.providers.sandbox.script import Scenario

from .made import AT, IBAN, asked

pytestmark = pytest.mark.unit
GOOD = {
    "JAZZCASH_URL": "https://payments.jazzcash.com.pk/",
    "JAZZCASH_MERCHANT_ID": "MC1",
    "JAZZCASH_PASSWORD": "secret-word",
    "JAZZCASH_HASH_KEY": "secret-salt",
    "EASYPAISA_STORE_ID": "4711",
    "EASYPAISA_ACCOUNT": "ACC1",
    "EASYPAISA_USER": "store",
    "EASYPAISA_PASSWORD": "secret-word",
    "ALIPAY_APP_ID": "2015",
}


@pytest.fixture
def all_set(settings, our_key):
    plain = serialization.NoEncryption()
    private = our_key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)
    public = our_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for name, value in GOOD.items():
        setattr(settings, name, value)
    settings.ALIPAY_PRIVATE_KEY = base64.b64encode(private).decode()
    settings.ALIPAY_PUBLIC_KEY = public.decode()
    settings.PAYMENT_PROVIDERS = list(switches.MAKERS)
    return settings


def test_every_way_is_made_in_the_order_of_the_setting(all_set):
    found = switches.providers_on()
    assert list(found) == list(switches.MAKERS)
    assert [provider.code for provider in found.values()] == list(found)
    assert [code for code, provider in found.items() if not provider.name] == []


def test_what_each_way_needs_is_said_for_every_way(settings):
    assert set(settings.PAYMENT_NEEDS) == set(switches.MAKERS)


def test_without_a_setting_there_is_no_way_to_pay(settings):
    settings.PAYMENT_PROVIDERS = []
    assert list(switches.providers_on()) == ["null"]
    assert switches.provider_of("sandbox") is None


def test_a_way_that_is_switched_off_is_not_found(settings):
    settings.PAYMENT_PROVIDERS = ["bank"]
    assert switches.provider_of("bank").code == "bank"
    assert [switches.provider_of(code) for code in ("sandbox", "jazzcash", "null", "", "\0")] == [None] * 5


def needs() -> list[tuple[str, str]]:
    from django.conf import settings

    return [(code, name) for code, names in settings.PAYMENT_NEEDS.items() for name in names]


@pytest.mark.parametrize(("code", "name"), needs())
def test_a_way_that_lacks_something_is_not_made(all_set, code, name):
    setattr(all_set, name, "")
    with pytest.raises(ImproperlyConfigured, match=name):
        switches.provider_of(code)


@pytest.mark.parametrize(
    ("code", "name", "value", "words"),
    [
        ("jazzcash", "JAZZCASH_URL", "http://payments.jazzcash.com.pk", "https"),
        ("jazzcash", "JAZZCASH_URL", "https://[", "cannot be used"),
        ("jazzcash", "JAZZCASH_PASSWORD", "a&b", "&"),
        ("easypaisa", "EASYPAISA_HASH_KEY", "short", "16 characters"),
        ("easypaisa", "EASYPAISA_PRIVATE_KEY", "secret-junk", "RSA"),
        ("easypaisa", "EASYPAISA_PUBLIC_KEY", "secret-junk", "RSA"),
        ("alipay", "ALIPAY_PRIVATE_KEY", "secret-junk", "RSA"),
        ("alipay", "ALIPAY_TIME_ZONE", "Nowhere/Here", "cannot be used"),
        ("alipay", "ALIPAY_URL", "ftp://x", "https"),
        ("bank", "PAYMENT_IBAN", "PK37SCBL0000001123456702", "PAYMENT_IBAN"),
        ("raast", "PAYMENT_IBAN", "GB82WEST12345698765432", "PAYMENT_IBAN"),
        ("raast", "RAAST_NAME", "تربیت", "Latin"),
        ("raast", "RAAST_TRADE", "8", "four digits"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_without_its_value(all_set, code, name, value, words):
    setattr(all_set, name, value)
    with pytest.raises(ImproperlyConfigured, match=words) as refusal:
        switches.provider_of(code)
    assert "secret" not in str(refusal.value)


def test_an_unknown_way_is_told(settings):
    settings.PAYMENT_PROVIDERS = ["bitcoin"]
    with pytest.raises(ImproperlyConfigured, match="bitcoin"):
        switches.providers_on()


def test_settings_reach_the_ways(all_set):
    all_set.PAYMENT_TIMEOUT_SECONDS = 7
    all_set.JAZZCASH_SECRET_MPIN = "4711"
    all_set.ALIPAY_CURRENCY, all_set.ALIPAY_TIME_ZONE = "PKR", "Asia/Karachi"
    all_set.EASYPAISA_HASH_KEY = "0123456789abcdef"
    jazzcash, easypaisa, alipay = (switches.provider_of(code) for code in ("jazzcash", "easypaisa", "alipay"))

    assert (jazzcash.caller.base_url, jazzcash.caller.timeout_seconds) == ("https://payments.jazzcash.com.pk", 7)
    assert Can.REFUND in jazzcash.can
    assert easypaisa.can == {Can.HOSTED_PAGE, Can.WALLET_PUSH, Can.QUERY}
    assert (alipay.currency, alipay.zone) == ("PKR", KARACHI)
    assert switches.provider_of("raast").account.iban == IBAN


def test_a_server_on_this_machine_needs_no_https(all_set, stand):
    all_set.JAZZCASH_URL = stand.url
    assert switches.provider_of("jazzcash").caller.base_url == stand.url


def test_what_no_page_of_errors_may_show_is_named_so_that_django_hides_it():
    from django.conf import settings

    hidden = SafeExceptionReporterFilter()
    secrets = [
        name
        for name in dir(settings)
        if name.startswith(("JAZZCASH_", "EASYPAISA_", "ALIPAY_", "PAYMENT_SANDBOX"))
        and name.endswith(("KEY", "PASSWORD", "MPIN"))
    ]
    assert len(secrets) == 10
    assert [name for name in secrets if hidden.cleanse_setting(name, "x") == "x"] == []


def test_the_sandbox_keeps_its_payments_where_every_process_finds_them(settings):
    first = switches.provider_of("sandbox")
    begun = first.begin(asked(reference="CACHED1"))

    assert isinstance(begun.step, PostForm)
    assert begun.step.url == settings.SITE_URL + "/payments/sandbox/"
    assert switches.provider_of("sandbox").ask("CACHED1", now=AT.replace(hour=19)).outcome == Outcome.PAID
    assert CacheMemory().find("CACHED1").script.scenario == Scenario.PAID
    assert CacheMemory().find("NOBODY") is None
