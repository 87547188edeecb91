"""Words to tell, and a provider that listens on this machine."""

from __future__ import annotations

import copy

import pytest
from django.utils import translation

from tests.notifications.providers import SmsGateway, SmtpServer


@pytest.fixture(autouse=True)
def _english():
    translation.activate("en")
    yield
    translation.activate("en")


@pytest.fixture
def words(settings, tmp_path):
    """Texts of two messages: test.told goes everywhere, test.quiet has no SMS."""
    folder = tmp_path / "words" / "messages"
    folder.mkdir(parents=True)
    texts = {
        "test.told.subject.txt": "About\n {{ firm }}",
        "test.told.txt": "{% load i18n %}{% get_current_language as code %}[{{ code }}] {{ firm }} & you, {{ person.name }}.",
        "test.told.sms.txt": "{{ firm }}: look at {{ url }}",
        "test.quiet.subject.txt": "Quiet",
        "test.quiet.txt": "Not worth an SMS.",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [folder.parent, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates


@pytest.fixture
def gateway(settings):
    """An SMS provider that honours keys; the portal is told to use it."""
    with SmsGateway() as provider:
        settings.SMS_GATEWAY_URL = provider.url
        settings.SMS_GATEWAY_TOKEN = "token-of-the-gateway"
        yield provider


@pytest.fixture
def smtp(settings):
    """A mail server; the portal is told to use it."""
    with SmtpServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
