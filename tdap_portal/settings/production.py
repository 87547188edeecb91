"""Production: refuses to start without its secrets, with worthless ones, or with a door left open."""

from django.core.exceptions import ImproperlyConfigured

from .base import *

for _name in (
    "SECRET_KEY",
    "FINGERPRINT_KEY",
    "AUDIT_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "EMAIL_URL",
    "TRUSTED_PROXY_COUNT",
):
    if not env.str(_name, default=""):
        raise ImproperlyConfigured(f"{_name} is not set: production does not start without it (see docs/settings.md).")

# The repository publishes the keys of development and tests; short or monotonous ones are guessed offline.
_KEYS = {"SECRET_KEY": SECRET_KEY, "FINGERPRINT_KEY": FINGERPRINT_KEY, "AUDIT_KEY": AUDIT_KEY}
for _name, _key in _KEYS.items():
    if len(_key) < 50 or len(set(_key)) < 10 or any(word in _key for word in ("development-only", "tests-only")):
        raise ImproperlyConfigured(f"{_name} must be random and at least 50 characters long.")
if CERTIFICATE_KEY.startswith(("ZGV2ZWxvcG1lbnQ", "dGVzdHMt")):
    raise ImproperlyConfigured("CERTIFICATE_KEY is the key of the demo or of the tests, which everybody knows.")
if len(set(_KEYS.values())) < len(_KEYS):
    raise ImproperlyConfigured(f"{', '.join(_KEYS)} must differ: who learns one must not have the others.")
if SMS_INBOUND_KEY and (len(SMS_INBOUND_KEY) < 50 or len(set(SMS_INBOUND_KEY)) < 10):
    raise ImproperlyConfigured(
        "SMS_INBOUND_KEY must be random and at least 50 characters long: who guesses it answers for others."
    )
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts: with * anybody chooses the address in our links.")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must begin with https://.")
if not EMAIL_BACKEND.endswith(".smtp.EmailBackend") or not (EMAIL_USE_TLS or EMAIL_USE_SSL):
    raise ImproperlyConfigured("EMAIL_URL must be smtp+tls:// or smtp+ssl://: codes travel in it.")
if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG must not be on in production.")
if env.bool("DEMO", default=False):
    raise ImproperlyConfigured("DEMO must not be on in production: it prints passwords.")
for _name in PAYMENT_PROVIDERS:
    if _name not in PAYMENT_NEEDS:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDERS names {_name!r}, which is no way to pay (see docs/settings.md).")
    if _name == "sandbox":
        raise ImproperlyConfigured("PAYMENT_PROVIDERS must not name the sandbox in production: it pays with nothing.")
    for _need in PAYMENT_NEEDS[_name]:
        if not globals()[_need]:
            raise ImproperlyConfigured(f"{_need} is not set, and PAYMENT_PROVIDERS switches {_name} on.")

SECOND_FACTOR_COMPULSORY = True  # no switch: it guards the papers of every firm
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SMS_DROP_FOLDER = ""  # without a gateway no SMS leaves; codes must not lie on the disk
