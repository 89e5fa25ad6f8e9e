"""Settings: safe by default, changed by environment variables alone. See docs/guide/operator.md."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from recourse.config.database import database
from recourse.config.mail import outgoing_mail
from recourse.config.payments import payment_providers
from recourse.config.secret import secret_key
from recourse.config.sign_in import outside_logins, second_factor_roles, sign_in

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("RECOURSE_DATA", BASE_DIR / "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = os.environ.get("RECOURSE_DEBUG", "") == "1"
SITE_URL = os.environ.get("RECOURSE_URL", "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = os.environ.get("RECOURSE_SECRET_KEY") or secret_key(DATA_DIR / "secret_key")
ALLOWED_HOSTS = os.environ.get("RECOURSE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
IS_HTTPS = SITE_URL.startswith("https://")
if not SITE_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("RECOURSE_URL must start with http:// or https://")

DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'recourse.sqlite3'}"),
        test_suffix=os.environ.get("RECOURSE_TEST_SUFFIX", ""),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"},
}

ROOMS = [
    f"recourse.{room}"
    for room in (
        "timeline", "search", "answers", "people", "handbook", "customers", "cases", "ledger", "clocks",
        "conversations", "approvals", "escalations", "remedies", "intake", "routing",
    )
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "recourse.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "ninja",
    "csp",
    *ROOMS,
    "recourse.api",
    "recourse.ops",
    "recourse.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "recourse.api.frame.Frame",
    "recourse.api.idempotency.Idempotency",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "recourse.web.middleware.Errors",
    "recourse.web.sign_in.presence.SignedIn",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "recourse.config.urls"
WSGI_APPLICATION = "recourse.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "recourse" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recourse.web.shell.shell",
            ],
        },
    }
]

FORM_RENDERER = "recourse.web.forms.Forms"

COMPANY = os.environ.get("RECOURSE_COMPANY", "").strip()
IS_BEHIND_PROXY = os.environ.get("RECOURSE_BEHIND_PROXY") == "1"
SECOND_FACTOR_FOR = second_factor_roles()
SOCIALACCOUNT_PROVIDERS = outside_logins(is_debug=DEBUG)
AUTH_USER_MODEL = "people.Staff"
globals().update(sign_in(company=COMPANY, is_https=IS_HTTPS, is_behind_proxy=IS_BEHIND_PROXY))
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "recourse" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "recourse.web.assets.Assets"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
X_FRAME_OPTIONS = "DENY"
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

WEB_PROCESSES = int(os.environ.get("RECOURSE_WEB_PROCESSES", "1"))
API_CALLS_PER_SECOND = float(os.environ.get("RECOURSE_API_CALLS_PER_SECOND", "50"))
API_BURST = float(os.environ.get("RECOURSE_API_BURST", "200"))

BACKUP_FOLDER = os.environ.get("RECOURSE_BACKUPS", "")
CHECKPOINT_FOLDERS = list(filter(None, os.environ.get("RECOURSE_CHECKPOINTS", "").split(os.pathsep)))
PAYMENT_PROVIDERS = payment_providers()
OUTBOUND_ALLOW = frozenset(filter(None, os.environ.get("RECOURSE_OUTBOUND_ALLOW", "").split(",")))

EMAIL_URL = os.environ.get("RECOURSE_EMAIL_URL", "")
HAS_EMAIL = bool(EMAIL_URL)
DEFAULT_FROM_EMAIL = os.environ.get("RECOURSE_EMAIL_FROM", "recourse@localhost")
globals().update(outgoing_mail(EMAIL_URL))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("RECOURSE_LOG", "INFO")},
}
