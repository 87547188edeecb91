"""A developer's machine and the demo started by `manage.py run`."""

from tdap_portal.core.marks import gettext_noop

from .base import *

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=True)
if DEMO:
    CONTACT_PHONE = CONTACT_PHONE or "111-000-000 (demo)"
    CONTACT_HOURS = CONTACT_HOURS or gettext_noop("Monday to Friday, 9:00 to 17:00")
SECRET_KEY = SECRET_KEY or "development-only-not-a-secret-0123456789abcdefghij"
FINGERPRINT_KEY = FINGERPRINT_KEY or "development-only-fingerprint-key"
AUDIT_KEY = AUDIT_KEY or "development-only-audit-key"
PAYMENT_PROVIDERS = PAYMENT_PROVIDERS or (["raast", "sandbox", "bank"] if DEMO else [])
PAYMENT_IBAN = PAYMENT_IBAN or "PK81DEMO0000001123456702"  # no bank of that name
PAYMENT_ACCOUNT_TITLE = PAYMENT_ACCOUNT_TITLE or "TDAP Commitment Deposits (demo)"
PAYMENT_SANDBOX_KEY = PAYMENT_SANDBOX_KEY or "development-only-sandbox-key"
RAAST_NAME = RAAST_NAME or "TDAP (DEMO)"
CERTIFICATE_KEY = CERTIFICATE_KEY or "ZGV2ZWxvcG1lbnQtb25seS1jZXJ0aWZpY2F0ZS1rZXk="  # 32 bytes
CERTIFICATE_KEY_NAME = CERTIFICATE_KEY_NAME or "demo"
ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
