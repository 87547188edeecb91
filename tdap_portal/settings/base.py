"""Settings shared by every environment. The environment is read here and nowhere else; docs/settings.md lists each name."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("SECRET_KEY", default="")
FINGERPRINT_KEY = env.str("FINGERPRINT_KEY", default="")
AUDIT_KEY = env.str("AUDIT_KEY", default="")
CERTIFICATE_KEY = env.str("CERTIFICATE_KEY", default="")  # 32 bytes in base64, of Ed25519
CERTIFICATE_KEY_NAME = env.str("CERTIFICATE_KEY_NAME", default="")
CERTIFICATE_PUBLIC_KEYS = env.dict("CERTIFICATE_PUBLIC_KEYS", default={})  # name=base64 of keys that signed before
CERTIFICATE_SIGNER = env.dict("CERTIFICATE_SIGNER", default={})  # en=..., ur=...: who stands under it
AUDIT_ANCHOR_FILE = env.str("AUDIT_ANCHOR_FILE", default="")  # empty: audit-anchor.txt in VAR_DIR
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
DEMO = env.bool("DEMO", default=False)
# How many proxies of ours stand in front: the visitor's address is so many places from the end of X-Forwarded-For.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
HEALTH_KEY = env.str("HEALTH_KEY", default="")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "heroicons",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "tdap_portal.core",
    "tdap_portal.audit",
    "tdap_portal.notifications",
    "tdap_portal.accounts",
    "smes",
    "selection",
    "selection.trade",
    "payments",
    "training",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "tdap_portal.web.middleware.CompressionMiddleware",  # around whatever writes a body
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tdap_portal.web.middleware.HeadersMiddleware",
    "tdap_portal.web.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tdap_portal.web.middleware.MethodsMiddleware",
    "tdap_portal.web.middleware.BodySizeMiddleware",  # before anything reads a body
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tdap_portal.web.middleware.CleanTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tdap_portal.accounts.middleware.RateLimitMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tdap_portal.accounts.middleware.StaffSessionMiddleware",
    "tdap_portal.accounts.middleware.SecondFactorMiddleware",
    "tdap_portal.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "tdap_portal.urls"
WSGI_APPLICATION = "tdap_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "tdap_portal.web.context.portal",
            ],
            "builtins": ["heroicons.templatetags.heroicons", "tdap_portal.web.templatetags.look"],
        },
    },
]

# What the apps add to the ground, by dotted name, since the ground imports no app ---------------------------------------
NAVIGATION = [  # modules whose `items(request)` gives entries of the masthead
    "selection.navigation",
    "smes.navigation",
    "selection.trade.navigation",
    "payments.navigation",
    "training.navigation",
    "tdap_portal.notifications.navigation",
    "tdap_portal.accounts.navigation",
]
HOMES = {  # the page where a person begins after signing in, by role; who holds several begins at the first of them
    "officer": "selection:officer_home",
    "approver": "selection:director_home",
    "programme_manager": "selection:programme_home",
    "finance_officer": "selection:finance_home",
    "administrator": "selection:administrator_home",
    "partner": "selection:partner_home",
    "": "selection:firm_home",  # no role: somebody of a firm
}
HOME_FINDERS = [  # modules whose `home_of(user)` gives the page where a person without a role begins, "" for none of theirs
    "training.navigation",
]
FIRM_ASKS = [  # modules of floors above selection whose `firm_ask(offer)` gives what waits for a firm that accepted its seat
    "training.deposits.asks",
    "training.places.asks",
]
PARTNER_LINKS = [  # modules of floors above selection whose `partner_link(user)` gives what else a partner's home leads to
    "training.board.links",
    "payments.finance.lender.links",
]
HOME_TASKS = [  # modules of other floors whose `home_tasks(user)` gives what waits for an official or a partner on their home
    "payments.desk.links",
    "payments.reconciliation.links",
    "payments.ageing.links",
    "payments.readiness.links",
    "payments.finance.lender.links",
    "training.board.links",
]
LATE_MONEY = [  # modules of floors above payments: `late_refusal(opened_for)` says why late money is of no use any more,
    # `take_late(opened_for, actor)` puts back what ended with the payment, in the same transaction
    "training.deposits.links",
]
HEALTH_CONTRIBUTORS = [  # modules whose `health_lines()` gives lines of the health page
    "tdap_portal.audit.selectors",
    "tdap_portal.notifications.selectors",
    "selection.scoring.selectors",
    "selection.trade.selectors",
    "smes.papers.selectors",
    "payments.ledger.selectors",
]

# Database -------------------------------------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA busy_timeout=20000;"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;"
        "PRAGMA recursive_triggers=ON"  # else INSERT OR REPLACE deletes past the triggers that refuse it
    ),
}
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache: Redis where there is one; the rate limits of sign-in count in it. See core/caches.py for when Redis is away ------
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    _redis = {"LOCATION": REDIS_URL, "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}}
    CACHES = {
        "default": {"BACKEND": "tdap_portal.core.caches.SteadyRedisCache", **_redis},
        "sessions": {"BACKEND": "tdap_portal.core.caches.SessionRedisCache", **_redis},
    }
else:
    _files = {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "cache"),
    }
    CACHES = {"default": _files, "sessions": _files}

# Celery ---------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "filesystem://")
CELERY_BROKER_FOLDER = str(VAR_DIR / "broker")

# People ---------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "tdap_portal.accounts.hashers.PortalArgon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "tdap_portal.accounts.adapter.PortalAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]  # our form makes the e-mail optional beside a number
ACCOUNT_SIGNUP_FORM_CLASS = "tdap_portal.accounts.forms.NameForm"
ACCOUNT_FORMS = {
    "signup": "tdap_portal.accounts.registration.RegistrationForm",
    "request_login_code": "tdap_portal.accounts.registration.LoginCodeForm",
    "confirm_login_code": "tdap_portal.accounts.codes.LoginCode",
    "confirm_email_verification_code": "tdap_portal.accounts.codes.EmailCode",
    "confirm_password_reset_code": "tdap_portal.accounts.codes.ResetCode",
    "verify_phone": "tdap_portal.accounts.codes.PhoneCode",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}  # every telephone has a key for a digit
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # also the way back in for somebody with a number alone who forgot the password
ACCOUNT_SESSION_REMEMBER = True
# By address and by person first. By IP only against floods: whole towns share the few addresses of a mobile carrier.
ACCOUNT_RATE_LIMITS = {
    "login": env.str("RATE_LOGIN", default="300/m/ip"),
    "login_failed": env.str("RATE_LOGIN_FAILED", default="100/m/ip,5/300s/key"),
    "login_failed_anywhere": env.str("RATE_LOGIN_FAILED_ANYWHERE", default="100/h/key"),
    "signup": env.str("RATE_SIGNUP", default="60/m/ip"),
    "reset_password": env.str("RATE_RESET", default="60/m/ip,5/m/key,20/d/key"),
    "reset_password_from_key": "60/m/ip",
    "request_login_code": "60/m/ip,3/m/key,20/d/key",
    "verify_phone": "1/30s/key,20/d/key,60/m/ip",
    "confirm_email": "1/60s/key,20/d/key",
    # Of a million codes: 60 guesses a day at one person's, 7,200 a day from one address at everybody's.
    "type_code": "3/h/key,300/h/ip",
    "change_password": "5/m/user",
    "change_phone": "10/m/user",  # asked once before and once after the password was typed again
    "reauthenticate": "10/m/user",
    "certificate_check": "60/m/ip",
    "attend": "600/m/ip",  # a full hall behind one address; of a code of six letters that is no guess in a year
    "attend_wrong": "10/m/key",  # codes that were not good, of one person
    "receipt_check": "30/m/ip",  # a score is computed again for whoever asks
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a new address is a new way in: the password first
MFA_RATE_LIMITS = {"webauthn_login": "100/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "TDAP"
MFA_TOTP_TOLERANCE = 1  # step of 30 seconds before and after: a code takes time to type, and telephones' clocks differ
MFA_FORMS = {
    "authenticate": "tdap_portal.accounts.codes.FactorCode",
    "reauthenticate": "tdap_portal.accounts.codes.FactorCodeAgain",
    "activate_totp": "tdap_portal.accounts.codes.FirstFactorCode",
}
SECOND_FACTOR_COMPULSORY = env.bool("SECOND_FACTOR_COMPULSORY", default=False)
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
# Whoever sees more than the own firm signs in again every day, and after a while away from the desk.
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", default=12)
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=120)
ROLE_REQUEST_DAYS = env.int("ROLE_REQUEST_DAYS", default=30)  # after which a request for a role lapses
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"

# Words ----------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ur", "اردو")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["tdap_portal.formats"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Asia/Karachi"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# Files ----------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "tdap_portal.web.finders.PackagedFinder",  # Bootstrap and fonts, from installed packages, by name
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
FONTS_FOLDER = VAR_DIR / "fonts"  # the fonts of the pages, cut from installed ones (web/fonts.py)
NASTALIQ_FOLDER = env.str("NASTALIQ_FOLDER", default="/usr/share/fonts/truetype/noto")
VAULT_ROOT = VAR_DIR / "vault"  # papers of firms: never below a public URL
MEDIA_ROOT = VAR_DIR / "media"
PAPER_MAX_BYTES = env.int("PAPER_MAX_BYTES", default=8 * 1024 * 1024)
CLAMD_URL = env.str("CLAMD_URL", default="")
if CLAMD_URL and not CLAMD_URL.startswith(("unix:///", "tcp://")):
    raise ImproperlyConfigured("CLAMD_URL must be unix:///path or tcp://host:port.")
CLAMD_TIMEOUT_SECONDS = env.int("CLAMD_TIMEOUT_SECONDS", default=20)
UPLOAD_MAX_BYTES = 6 * PAPER_MAX_BYTES  # of one request to a page that takes files
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # of one request to any other page
DATA_UPLOAD_MAX_NUMBER_FILES = 20  # a question may ask for one paper of each kind
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "tdap_portal.web.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Messages that leave --------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="filemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or ""
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = str(VAR_DIR / "sent" / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="TDAP <portal@tdap.example>")
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", default="")
SMS_GATEWAY_TIMEOUT_SECONDS = env.int("SMS_GATEWAY_TIMEOUT_SECONDS", default=20)
SMS_INBOUND_KEY = env.str("SMS_INBOUND_KEY", default="")
SMS_READERS = ["training.feedback.sms"]  # modules whose `read_sms(person, text)` takes an SMS that it understands
SMS_DROP_FOLDER = str(VAR_DIR / "sent" / "sms")

# How people reach TDAP: shown on every page where it is set ------------------------------------------------------------
CONTACT_PHONE = env.str("CONTACT_PHONE", default="")
CONTACT_HOURS = env.str("CONTACT_HOURS", default="")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")

# Payments: ways to pay are switched on by name, in the order in which a payer reads them ----------------------------------
PAYMENT_PROVIDERS: list[str] = env.list("PAYMENT_PROVIDERS", default=[])
PAYMENT_BANK_DAYS = env.int("PAYMENT_BANK_DAYS", default=3)  # working days that a payment may wait for the bank
PAYMENT_TIMEOUT_SECONDS = env.int("PAYMENT_TIMEOUT_SECONDS", default=20)
PAYMENT_IBAN = env.str("PAYMENT_IBAN", default="")  # TDAP's account for transfers, challans and Raast
PAYMENT_ACCOUNT_TITLE = env.str("PAYMENT_ACCOUNT_TITLE", default="")
PAYMENT_SANDBOX_KEY = env.str("PAYMENT_SANDBOX_KEY", default="")
RAAST_NAME = env.str("RAAST_NAME", default="")  # in Latin letters, as the code can hold it
RAAST_CITY = env.str("RAAST_CITY", default="KARACHI")
RAAST_TRADE = env.str("RAAST_TRADE", default="9399")
RAAST_MERCHANT = env.bool("RAAST_MERCHANT", default=True)
JAZZCASH_URL = env.str("JAZZCASH_URL", default="https://sandbox.jazzcash.com.pk")
JAZZCASH_MERCHANT_ID = env.str("JAZZCASH_MERCHANT_ID", default="")
JAZZCASH_PASSWORD = env.str("JAZZCASH_PASSWORD", default="")
JAZZCASH_HASH_KEY = env.str("JAZZCASH_HASH_KEY", default="")
JAZZCASH_SECRET_MPIN = env.str("JAZZCASH_SECRET_MPIN", default="")
EASYPAISA_URL = env.str("EASYPAISA_URL", default="https://easypaystg.easypaisa.com.pk")
EASYPAISA_STORE_ID = env.str("EASYPAISA_STORE_ID", default="")
EASYPAISA_ACCOUNT = env.str("EASYPAISA_ACCOUNT", default="")
EASYPAISA_HASH_KEY = env.str("EASYPAISA_HASH_KEY", default="")
EASYPAISA_USER = env.str("EASYPAISA_USER", default="")
EASYPAISA_PASSWORD = env.str("EASYPAISA_PASSWORD", default="")
EASYPAISA_PRIVATE_KEY = env.str("EASYPAISA_PRIVATE_KEY", default="")
EASYPAISA_PUBLIC_KEY = env.str("EASYPAISA_PUBLIC_KEY", default="")
ALIPAY_URL = env.str("ALIPAY_URL", default="https://openapi.alipay.com")
ALIPAY_APP_ID = env.str("ALIPAY_APP_ID", default="")
ALIPAY_PRIVATE_KEY = env.str("ALIPAY_PRIVATE_KEY", default="")
ALIPAY_PUBLIC_KEY = env.str("ALIPAY_PUBLIC_KEY", default="")
ALIPAY_CURRENCY = env.str("ALIPAY_CURRENCY", default="CNY")
ALIPAY_TIME_ZONE = env.str("ALIPAY_TIME_ZONE", default="Asia/Shanghai")
PAYMENT_NEEDS: dict[str, tuple[str, ...]] = {  # what must be set where a way is switched on
    "null": (),
    "raast": ("PAYMENT_IBAN", "PAYMENT_ACCOUNT_TITLE", "RAAST_NAME"),
    "jazzcash": ("JAZZCASH_MERCHANT_ID", "JAZZCASH_PASSWORD", "JAZZCASH_HASH_KEY"),
    "easypaisa": ("EASYPAISA_STORE_ID", "EASYPAISA_ACCOUNT", "EASYPAISA_USER", "EASYPAISA_PASSWORD"),
    "bank": ("PAYMENT_IBAN", "PAYMENT_ACCOUNT_TITLE"),
    "alipay": ("ALIPAY_APP_ID", "ALIPAY_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY"),
    "sandbox": ("PAYMENT_SANDBOX_KEY",),
}

# Trade data -----------------------------------------------------------------------------------------------------------
COMTRADE_URL = env.str("COMTRADE_URL", default="https://comtradeapi.un.org")
COMTRADE_KEY = env.str("COMTRADE_KEY", default="")
COMTRADE_TIMEOUT_SECONDS = env.int("COMTRADE_TIMEOUT_SECONDS", default=30)

# What one person may do -----------------------------------------------------------------------------------------------
FIRMS_PER_PERSON = env.int("FIRMS_PER_PERSON", default=5)
NOMINATION_PLACES = env.int("NOMINATION_PLACES", default=40)  # of a partner and round, where a director set no number
LETTERS_PER_HOUR = env.int("LETTERS_PER_HOUR", default=20)  # of one person on one file

# The promise ----------------------------------------------------------------------------------------------------------
PROMISE_WORKING_DAYS = env.int("PROMISE_WORKING_DAYS", default=15)

# Security -------------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY = ", ".join(
    f"{name}=()"
    for name in ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone", "payment", "usb")
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tdap_portal.web.views.csrf_failure"

# API ------------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tdap_portal.accounts.authentication.PortalTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tdap_portal.web.parsers.PlainJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "ALLOWED_VERSIONS": ["v1"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "600/min"},
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,
    "EXCEPTION_HANDLER": "tdap_portal.web.rest.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TDAP portal API",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Applications, the desk, decisions, sectors, trade indicators and the training. Token in the Authorization "
    "header.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ApplicationStateEnum": "selection.api.serializers.STATES",
        "RoundStateEnum": "selection.api.serializers.ROUND_STATES",
        "TrackEnum": "selection.api.serializers.TRACKS",
        "OutcomeEnum": "selection.api.serializers.OUTCOMES",
        "AppealStateEnum": "selection.api.serializers.APPEAL_STATES",
        "AppealOutcomeEnum": "selection.api.serializers.APPEAL_OUTCOMES",
        "OfferStateEnum": "selection.api.serializers.OFFER_STATES",
        "PaymentStateEnum": "payments.api.payments.PAYMENT_STATES",
        "PaymentAttemptStateEnum": "payments.api.beginning.ATTEMPT_STATES",
        "CohortStateEnum": "training.api.serializers.COHORT_STATES",
        "CertificateStateEnum": "training.api.serializers.CERTIFICATE_STATES",
        "AttendanceStatusEnum": "training.api.serializers.STATUSES",
        "AttendanceSourceEnum": "training.api.serializers.SOURCES",
        "ModeEnum": "training.api.serializers.MODE_CHOICES",
        "TrainingLanguageEnum": "training.api.serializers.LANGUAGES",
        "TimeOfDayEnum": "training.api.serializers.TIMES",
    },
}

# Logs: one event per line, with the request's id, never CNIC, bank or phone numbers --------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"private": {"()": "tdap_portal.core.logs.PrivateNumbersFilter"}},
    "formatters": {"line": {"()": "tdap_portal.core.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["private"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"level": "WARNING"}},
}
