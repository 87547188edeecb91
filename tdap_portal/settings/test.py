"""Tests: needs neither Redis nor mail; the test set-up hands over DATABASE_URL where a PostgreSQL is running."""

from .base import *

DEBUG = False
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = "tests-only-not-a-secret-0123456789abcdefghijklmnop"  # noqa: S105  tests only
FINGERPRINT_KEY = "tests-only-fingerprint-key"  # tests only
AUDIT_KEY = "tests-only-audit-key"
CERTIFICATE_KEY = "dGVzdHMtb25seS1jZXJ0aWZpY2F0ZS1rZXktMDEyMzQ="  # 32 bytes
CERTIFICATE_KEY_NAME = "tests"
PAYMENT_PROVIDERS = ["raast", "sandbox", "bank"]
PAYMENT_IBAN = "PK36SCBL0000001123456702"
PAYMENT_ACCOUNT_TITLE = "TDAP Commitment Deposits"
PAYMENT_SANDBOX_KEY = "tests-only-sandbox-key"
RAAST_NAME = "TDAP"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FONTS_FOLDER = BASE_DIR / "var" / "fonts"  # cut once, the same for every run
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if not REDIS_URL:  # a real worker shares the Redis of its test
    CACHES = {name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"} for name in ("default", "sessions")}
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=True)
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}
if not env.str("DATABASE_URL", default=""):
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
