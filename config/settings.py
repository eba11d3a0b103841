"""All technical settings, from the environment. Shop policy (taxes, rounding, stock) is edited in the admin."""

import sys
from datetime import timedelta
from pathlib import Path

import environ
from babel.numbers import is_currency
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from .unfold import UNFOLD  # noqa: F401  Django reads it from here

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What kind of shop this is -------------------------------------------------------------
# A demo shop makes its own key and has public log-ins; nothing else may.
POS_DEMO = env.bool("POS_DEMO", default=False)
POS_CURRENCY = env("POS_CURRENCY", default="EUR")
if not is_currency(POS_CURRENCY):
    raise ImproperlyConfigured(
        f"POS_CURRENCY is {POS_CURRENCY!r}, which is no currency. "
        "Use a three-letter ISO 4217 code such as EUR, USD or JPY."
    )
# Files the running shop writes: the SQLite database, pictures, the demo's key.
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var")))


def demo_secret_key() -> str:
    """The demo's key: made once, readable by its owner only."""
    from django.core.management.utils import get_random_secret_key

    path = DATA_DIR / "demo_secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = env("SECRET_KEY", default="")
if not SECRET_KEY:
    if not POS_DEMO:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random text that you keep to yourself, "
            "or set POS_DEMO=1 to look at the demo shop."
        )
    SECRET_KEY = demo_secret_key()

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- HTTPS: on unless this is the demo, which runs on the newcomer's own machine -----------
HTTPS = env.bool("HTTPS", default=not POS_DEMO)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked from beside the server, without encryption
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# How many proxies of ours stand in front; each adds the address it was asked from. None: the
# connection's own end counts, whatever a header says.
POS_PROXIES = env.int("PROXIES", default=1) if env.bool("BEHIND_PROXY", default=False) else 0
if POS_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "pos.views.json.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Alpine evaluates the expressions in the templates' attributes; Unfold writes its colours inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
    }
}

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.guardian",
    "unfold.contrib.simple_history",
    "unfold.contrib.import_export",
    "pos.apps.TilldeskAdminConfig",
    "pos.apps.RolesConfig",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "guardian",
    "simple_history",
    "import_export",
    "pos.apps.PosConfig",
]

MIDDLEWARE = [
    # First: their headers are on every answer, also on those of the ones below.
    "pos.views.middleware.ClientAddress",
    "pos.views.middleware.PrivatePages",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "pos.views.middleware.Presence",
    "pos.views.middleware.UnfinishedAccounts",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
            ],
        },
    },
]

# --- Database: one file for a shop, PostgreSQL for a chain ----------------------------------
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'tilldesk.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A sale must survive a power cut (FULL), and two tills must queue, not fail (IMMEDIATE).
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; "
            "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-16000;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 10
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "pos.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses who is locked, before anything is hashed
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian: nobody sells without signing in
GUARDIAN_MONKEY_PATCH_USER = False
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
if HTTPS:  # a browser takes this name from this very host only, encrypted, for every page
    SESSION_COOKIE_NAME = "__Host-sessionid"
# Wrong passwords lock a name at one address only: a shop's tills share one, and whoever tries from
# elsewhere locks nobody out. Trying on while locked does not make it longer.
AXES_HANDLER = "pos.services.sign_in.SignInHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=5)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "pos.views.sign_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Tilldesk"
# Administrators without a second factor set one up before they do anything else.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=False)
SIMPLE_HISTORY_REVERT_DISABLED = True  # a completed document is never taken back

# --- Language, time, files ------------------------------------------------------------------
LANGUAGE_CODE = env("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "pos" / "locale"]
# The demo shop stands in France; a real one says where it is.
TIME_ZONE = env("TIME_ZONE", default="Europe/Paris" if POS_DEMO else "UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "media/"
MEDIA_ROOT = DATA_DIR / "media"
# Hashed, compressed files once `collectstatic` has run; straight from the sources before that,
# and while somebody works on them.
COLLECTED = "collectstatic" in sys.argv or (
    not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
)
WHITENOISE_USE_FINDERS = not COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_PERMISSIONS = 0o644

# --- Documents that leave the shop ----------------------------------------------------------
# Without EMAIL_URL nothing is sent, and the button says so.
EMAIL_URL = env("EMAIL_URL", default="")
MAIL = env.email_url_config(EMAIL_URL or "dummymail://")
CAN_MAIL = bool(EMAIL_URL)
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST = MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = MAIL.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)  # seconds; somebody waits at the till
DEFAULT_FROM_EMAIL = (
    env("DEFAULT_FROM_EMAIL", default="") or EMAIL_HOST_USER or "tilldesk@localhost"
)
# Where customers reach the shop; else the address the till itself was opened with.
PUBLIC_URL = env("PUBLIC_URL", default="").rstrip("/")
if PUBLIC_URL and not PUBLIC_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(
        "PUBLIC_URL must start with https://, for example https://shop.example."
    )
# The shop's server connects to printers: to these ports only, and to private addresses only.
PRINTER_PORTS = env.list("PRINTER_PORTS", cast=int, default=list(range(9100, 9110)))
# Counts requests of people without log-in; each process for itself.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
