"""Settings of the host, from the environment. With none set it runs embedded: SQLite and a folder as broker.

``DATABASE_URL`` and ``REDIS_URL`` alone move it to PostgreSQL and Redis.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

import factcheck
from newsroom.database import PatientConnection
from newsroom.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()  # each of them also from a file: SECRET_KEY_FILE names one

DATA_DIR = Path(env("NEWSROOM_DATA", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def secret_key() -> str:
    """The key from the environment, or one made once and kept in a file only its owner may read."""
    if key := env("SECRET_KEY", default=""):
        return str(key)
    path = DATA_DIR / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = secret_key()
DEBUG = env.bool("DEBUG", default=False)
LOOPBACK = ["127.0.0.1", "localhost"]  # always answered, so that a health check inside the machine reaches the site
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", default=[]), *LOOPBACK]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
# How many proxies of ours stand before the site. With none, no header is believed.
PROXIES = env.int("PROXIES", default=0)

INSTALLED_APPS = [
    "newsroom.apps.DeskFirstConfig",  # django.contrib.admin, whose front page is the desk
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "newsroom.stories",
]
INSTALLED_APPS += factcheck.missing(INSTALLED_APPS)
MIDDLEWARE = [
    "newsroom.database.PatienceMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "newsroom.headers.HeadersMiddleware",  # above the next, which redirects to https and refuses a bad Host by itself
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.headers.NoPlainApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # below the headers, so that static files carry them too
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "factcheck.middleware.ReaderMiddleware",  # what somebody chose for themselves, over what their browser asks for
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it turns a locked-out log-in into its answer
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


# Seconds, and never minutes: whoever waits for a database that is away is told so. The system gives up a connection
# whose other end says nothing; the pool looks at each before it gives it out, and makes a new one at the first call.
SILENCE = {"keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 10_000}
POOL = {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=10), "timeout": 2, "reconnect_timeout": 2}


def database(url: str) -> dict[str, Any]:
    """Connection settings; SQLite in WAL with immediate transactions, PostgreSQL with a pool."""
    found = env.db_url_config(url)
    if "sqlite" in found["ENGINE"]:
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
        found["OPTIONS"] = {"timeout": 30, "transaction_mode": "IMMEDIATE", "init_command": pragmas}
    else:
        pool = {**POOL, "connection_class": PatientConnection}
        found["OPTIONS"] = {"connect_timeout": 2, **SILENCE, **found.get("OPTIONS", {}), "pool": pool}
    return {**found, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": database(env("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'newsroom.sqlite3'}"))}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# Five wrong passwords for one name from one address close that pair for a quarter of an hour, in the admin, on the
# site's own page and in the API alike. Rows in the database, so every process counts together. So many for a name from
# whatever addresses close the name, and so many from an address for whatever names close the address.
AXES_HANDLER = "newsroom.lockout.GuessingHandler"
AXES_FAILURE_LIMIT = 5
LOCKOUT_NAME_LIMIT, LOCKOUT_ADDRESS_LIMIT = 30, 50
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "newsroom.lockout.address_of"
AXES_USERNAME_CALLABLE = "newsroom.lockout.username_of"
AXES_LOCKOUT_CALLABLE = "newsroom.lockout.lockout_response"
AXES_DISABLE_ACCESS_LOG = True  # who logged in from where is not kept, only failures
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("uk", "Українська")]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsroom.static.Hashed"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 16_000_000


def mail_folder() -> str:
    """Where mails go without a mail server: files that their owner alone may read, not lines of a log."""
    folder = DATA_DIR / "mails"
    folder.mkdir(mode=0o700, exist_ok=True)
    return f"filemail:///{folder}"


EMAIL_CONFIG = env.email_url("EMAIL_URL", default=mail_folder())
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="factcheck@localhost")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)  # seconds; a mail server that hangs must not hold a worker

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
PERMISSIONS_POLICY: dict[str, list[str]] = {  # no page uses a device
    feature: []
    for feature in [
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    ]
}
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],  # a document as it arrived, in a sandbox beside its text
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # a page's script reads the token from its form
SESSION_COOKIE_AGE = 12 * 3600  # a working day
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if HTTPS:  # a browser takes such a cookie from this host alone, and by HTTPS alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$", r"^factcheck/api/"]  # the API refuses: newsroom.headers
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_RATES": {"login": "30/minute"},
    "NUM_PROXIES": PROXIES,
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
}
REST_KNOX = {"AUTO_REFRESH": False}

# Celery: over a folder unless REDIS_URL is set. Messages carry no work: the Job rows do.
REDIS_URL = env("REDIS_URL", default="")
REDIS_PREFIX = env("REDIS_PREFIX", default="factcheck:")
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULE = factcheck.BEAT_SCHEDULE
CELERY_BROKER_TRANSPORT: str | None = None  # by the address
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "global_keyprefix": REDIS_PREFIX,
    }
    CACHES = {
        "default": {
            "BACKEND": "newsroom.caching.FailSafeRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": f"{REDIS_PREFIX}cache",
        }
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost"  # kombu warns at each connection that names no host
    CELERY_BROKER_TRANSPORT = "factcheck.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker-control"),
        "polling_interval": 0.2,
    }
    for folder in (DATA_DIR / "broker", DATA_DIR / "broker-control"):
        folder.mkdir(parents=True, exist_ok=True)

SILENCED_SYSTEM_CHECKS = [] if REDIS_URL else ["factcheck.W003"]  # the embedded lane has one web process
FACTCHECK = env.json("FACTCHECK") if env("FACTCHECK", default="") else {}

LOGGING = logging_config(env("LOG_FORMAT", default="plain"), env("LOG_LEVEL", default="INFO"))
