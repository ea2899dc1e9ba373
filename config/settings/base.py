"""Settings of one machine with embedded parts; each part is replaced by one environment variable."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

from config import env

BASE_DIR = env.ROOT
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")
KEYS_DIR = env.path("KEYS_DIR", VAR_DIR / "keys")
BUILD_DIR = BASE_DIR / "build"


def _endpoint(name: str, default: str) -> str:
    """Where an embedded part listens, as `manage.py up` wrote it (ports may move when they are taken)."""
    try:
        endpoints = json.loads((VAR_DIR / "run" / "endpoints.json").read_text())
    except (FileNotFoundError, ValueError):
        endpoints = {}
    return env.text(name, endpoints.get(name) or default)


SECRET_KEY = env.secret_key(KEYS_DIR)
DEBUG = False
SITE_URL = _endpoint("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [host for host in env.text("ALLOWED_HOSTS", "").split(",") if host] or [
    urlsplit(SITE_URL).hostname or "127.0.0.1",
    "127.0.0.1",
    "localhost",
]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "axes",
    "chain",
    "accounts",
    "governance",
    "marketplace",
    "qjobs",
    "config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "config.middleware.ApiCachingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
# The release service is the same code in a process of its own: the only one that opens private data.
IS_RELEASE_SERVICE = env.flag("IS_RELEASE_SERVICE", False)
ROOT_URLCONF = "marketplace.release.urls" if IS_RELEASE_SERVICE else "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["common.templatetags.qommons", "common.templatetags.onchain"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]

DATABASES = {
    "default": env.database(_endpoint("DATABASE_URL", "postgresql://qommons@/qommons?host=/nonexistent"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.WalletBackend",
    "django.contrib.auth.backends.ModelBackend",
]

# Guessing an operator's password: five tries, by account or by address. A wallet's signature is no guess, so
# that door stays open, also to an operator whose password somebody else tries.
AXES_ONLY_ADMIN_SITE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.guessing.guessed_account"
AXES_CLIENT_IP_CALLABLE = "common.throttles.client_address"
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # accounts.admin shows the tries, and forgiving them asks for a reason
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "MinimumLengthValidator": {"min_length": 14},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/htmx", NODE_MODULES / "htmx.org" / "dist"),
    ("vendor/pico", NODE_MODULES / "@picocss" / "pico" / "css"),
    ("vendor/uplot", NODE_MODULES / "uplot" / "dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# The chain
CHAIN_RPC_URL = _endpoint("CHAIN_RPC_URL", "http://127.0.0.1:8545")
CHAIN_ID = env.integer("CHAIN_ID", 31337, minimum=1)
CHAIN_CONFIRMATIONS = env.integer("CHAIN_CONFIRMATIONS", 4)
IS_LOCAL_CHAIN = CHAIN_ID == 31337
CHAIN_EXPLORER_URL = env.text("CHAIN_EXPLORER_URL", "").rstrip("/")
DEPLOYMENT_FILE = env.path("DEPLOYMENT_FILE", VAR_DIR / "deployments" / f"{CHAIN_ID}.json")
# In this order the indexer hands each event on; a later module may read the rows of an earlier one.
PROJECTIONS = ["governance.projections", "marketplace.projections", "qjobs.projections"]
# What each room tells of its contracts to whoever votes: forms, words, and what a call changes.
PROPOSAL_ACTIONS = [
    "governance.proposal_actions",
    "governance.book_actions",
    "marketplace.proposal_actions",
    "qjobs.proposal_actions",
]
# CIDs that each room promised to keep; a share of them is read back from every place each day.
PROMISED_CONTENT = ["marketplace.selectors.promised.promised_cids", "qjobs.selectors.promised.promised_cids"]
# What the sender can send, by kind: a function (entry, signer) -> Call.
OUTBOX_KINDS = {
    "claim": "qjobs.transactions.build_claim",
    "result": "qjobs.transactions.build_result",
    "settle": "qjobs.transactions.build_settle",
    "withdraw": "qjobs.transactions.build_withdraw",
    "attest": "qjobs.dispute_transactions.build_attestation",
    "close_dispute": "qjobs.dispute_transactions.build_close",
    "faucet_eth": "marketplace.faucet.build_eth",
    "faucet_dollars": "marketplace.faucet.build_dollars",
    "faucet_votes": "marketplace.faucet.build_votes",
    "demo_delegate": "governance.demo_members.build_delegation",
    "demo_vote": "governance.demo_members.build_vote",
    "ballot": "governance.relay.build_ballot",
}
# Nobody sends these again by hand: a resumed run claims anew, after every check of the chain.
OUTBOX_KINDS_SENT_ONCE = {"claim"}
OPEN_PROPOSALS_A_MEMBER = env.integer("OPEN_PROPOSALS_A_MEMBER", 10)
RELAYED_VOTES_A_DAY = env.integer("RELAYED_VOTES_A_DAY", 20)

# Content
STORE_DIR = env.path("STORE_DIR", VAR_DIR / "store")
IPFS_API_URL = env.text("IPFS_API_URL", "")
STORE_PLACES = [place for place in env.text("STORE_PLACES", "").split(",") if place]
STORE_COPIES = env.integer("STORE_COPIES", 0)
PINNING_URL = env.text("PINNING_URL", "")
PINNING_TOKEN = env.text("PINNING_TOKEN", "")
PINNING_GATEWAY = env.text("PINNING_GATEWAY", "")
PINNING_ORIGINS = [origin for origin in env.text("PINNING_ORIGINS", "").split(",") if origin]
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_BYTES", 32 * 1024 * 1024, minimum=1)
UPLOAD_SESSION_MAX_BYTES = env.integer("UPLOAD_SESSION_MAX_BYTES", 8 * 1024**3, minimum=1)
UPLOAD_FREE_BYTES = env.integer("UPLOAD_FREE_BYTES", 1024**3)
UPLOAD_SESSION_HOURS = env.integer("UPLOAD_SESSION_HOURS", 24, minimum=1)
UPLOAD_DIR = env.path("UPLOAD_DIR", VAR_DIR / "uploads")
SCRUB_DAYS = env.integer("SCRUB_DAYS", 30, minimum=1)
SCRUB_SOURCE = env.text("SCRUB_SOURCE", "")
RELEASE_URL = _endpoint("RELEASE_URL", "http://127.0.0.1:8010").rstrip("/")
RELEASE_RECIPIENT = env.text("RELEASE_RECIPIENT", "")
RELEASE_GRANT_SECONDS = env.integer("RELEASE_GRANT_SECONDS", 300, minimum=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

# The queue: the row is the queue, the broker carries only a nudge.
QUEUE_DIR = env.path("QUEUE_DIR", VAR_DIR / "queue")
BROKER_URL = env.text("BROKER_URL", "filesystem://")

# Jobs
EXECUTOR_KEY_NAME = env.text("EXECUTOR_KEY_NAME", "executor")
VERIFIER_KEY_NAMES = [name for name in env.text("VERIFIER_KEY_NAMES", "").split(",") if name]
VERIFY_IPFS_URL = env.text("VERIFY_IPFS_URL", "")
RUN_LEASE_SECONDS = env.integer("RUN_LEASE_SECONDS", 20, minimum=2)
RUN_MEMORY_BYTES = env.integer("RUN_MEMORY_BYTES", 4 * 1024**3, minimum=1)
STREAMS_AN_ADDRESS = env.integer("STREAMS_AN_ADDRESS", 20, minimum=1)
RUN_SCRATCH_DIR = env.path("RUN_SCRATCH_DIR", VAR_DIR / "runs")
TILE_THRESHOLD_SECONDS = env.integer("TILE_THRESHOLD_SECONDS", 120)
TILE_SECONDS = env.integer("TILE_SECONDS", 20, minimum=1)
TILE_LEAST_QUBITS = env.integer("TILE_LEAST_QUBITS", 9, minimum=1)

# Routes whose POST takes the machine: parsing an upload, estimating a circuit, asking a model.
COSTLY_ROUTES = {
    "api/v1/uploads",
    "api/v1/uploads/sessions/<uuid:session_id>/finish",
    "api/v1/specs",
    "api/v1/auth/sign-in",
    "api/v1/keys",
    "api/v1/faucet",
    "api/v1/models/<int:token_id>/predict",
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.WalletSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "common.api_json.StrictJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "EXCEPTION_HANDLER": "common.api_errors.handle",
    "DEFAULT_THROTTLE_CLASSES": [
        "common.throttles.AddressThrottle",
        "common.throttles.WalletThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"read": "1200/min", "act": "300/min", "costly": "60/min", "anon": "600/min"},
    # How many proxies of ours stand before the site; what a client claims beyond them is not believed.
    "NUM_PROXIES": env.integer("TRUSTED_PROXIES", 0),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    # Its information is a line a start and four a sign-in; what it locks out, it warns of.
    "loggers": {"axes": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
