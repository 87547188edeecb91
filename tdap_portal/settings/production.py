"""Production: refuses to start without its secrets or with debug on."""

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
):
    if not env.str(_name, default=""):
        raise ImproperlyConfigured(f"{_name} is not set: production does not start without it (see docs/settings.md).")
if len(SECRET_KEY) < 50 or "development" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be random and at least 50 characters long.")
if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured("DEBUG must not be on in production.")
if env.bool("DEMO", default=False):
    raise ImproperlyConfigured("DEMO must not be on in production: it prints passwords.")

SECOND_FACTOR_COMPULSORY = env.bool("SECOND_FACTOR_COMPULSORY", default=True)
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
