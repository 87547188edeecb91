"""Production starts with real secrets and locked doors, or not at all."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tdap_portal.settings import test as published
from tests.setup.conftest import ROOT, clean_environment
from tests.setup.test_composition import COMPOSITION, SECRETS, environment_of

pytestmark = pytest.mark.unit

GOOD = environment_of(COMPOSITION["services"]["web"], SECRETS)
TELL = "from tdap_portal.settings import production as p; print({})"


def started(tell: str = "''", **told: str | None) -> tuple[str, str]:
    """What the settings of production say, and the last line of a refusal. None: the name is not set at all."""
    environment = {name: value for name, value in (GOOD | told).items() if value is not None}
    done = subprocess.run(
        [sys.executable, "-c", TELL.format(tell)],
        cwd=ROOT,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip(), (done.stderr.strip().splitlines() or [""])[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", published.SECRET_KEY),
        ("SECRET_KEY", "x7" * 30),
        ("FINGERPRINT_KEY", "x"),
        ("FINGERPRINT_KEY", SECRETS["SECRET_KEY"]),
        ("AUDIT_KEY", "development-only-audit-key-made-longer-0123456789-0123456789"),
        ("SMS_INBOUND_KEY", "guessed"),
        ("SMS_INBOUND_KEY", "x7" * 30),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "portal.example,*"),
        ("SITE_URL", "http://portal.example"),
        ("EMAIL_URL", "filemail://"),
        ("EMAIL_URL", "consolemail://"),
        ("EMAIL_URL", "smtp://portal:word@mail.example:25"),
        ("TRUSTED_PROXY_COUNT", None),
        ("PAYMENT_PROVIDERS", "sandbox"),
        ("PAYMENT_PROVIDERS", "bank,bitcoin"),
        ("PAYMENT_PROVIDERS", "jazzcash"),
        ("DEMO", "1"),
        ("DEBUG", "1"),
    ],
)
def test_production_refuses_to_start(name: str, value: str | None):
    said, refusal = started(**{name: value})

    assert (said, refusal.split(": ")[0]) == ("", "django.core.exceptions.ImproperlyConfigured")
    assert name in refusal


def test_the_composition_as_it_stands_is_good_for_production():
    assert started("p.TRUSTED_PROXY_COUNT, p.ALLAUTH_TRUSTED_PROXY_COUNT, p.REST_FRAMEWORK['NUM_PROXIES']") == (
        "1 1 1",
        "",
    )


@pytest.mark.parametrize(("scheme", "encryption"), [("smtp+tls", "True False"), ("smtp+ssl", "False True")])
def test_mail_is_encrypted_in_both_ways_that_servers_know(scheme: str, encryption: str):
    assert started("p.EMAIL_USE_TLS, p.EMAIL_USE_SSL", EMAIL_URL=f"{scheme}://a:b@mail.example") == (encryption, "")


def test_no_switch_turns_the_second_factor_off():
    assert started("p.SECOND_FACTOR_COMPULSORY", SECOND_FACTOR_COMPULSORY="0") == ("True", "")
