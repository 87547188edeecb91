"""The tests' settings with the mail server of EMAIL_URL instead of mail in memory: for sender processes."""

from tdap_portal.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
