"""Settings, each an environment variable; the table in docs/operate.md lists them all.

Without any variable this is a site for one machine: it answers on localhost only, keeps its
secret key and its database under `var/`. With COALITION_MODE=production it refuses to start
until it is told its secret key, its hosts and its database.
"""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from coalition.postgres import server

# numpy starts a thread a core for products too small to gain by it; read when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

MODE = env.str("COALITION_MODE", "local")
if MODE not in {"local", "production"}:
    raise ImproperlyConfigured("COALITION_MODE is 'local' or 'production'.")
PRODUCTION = MODE == "production"
VAR_DIR = Path(env.str("COALITION_VAR", str(BASE_DIR / "var"))).resolve()

DEBUG = not PRODUCTION and env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
DATABASE_URL = env.str("DATABASE_URL", "")

if PRODUCTION:
    missing = [
        name
        for name, value in {
            "SECRET_KEY": SECRET_KEY,
            "ALLOWED_HOSTS": ALLOWED_HOSTS,
            "DATABASE_URL": DATABASE_URL,
        }.items()
        if not value
    ]
    if missing:
        raise ImproperlyConfigured(
            f"Production needs {', '.join(missing)}: set each as an environment variable "
            "(docs/operate.md)."
        )
elif not SECRET_KEY:
    key_file = VAR_DIR / "secret_key"
    if not key_file.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        key_file.touch(mode=0o600)
        key_file.write_text(secrets.token_urlsafe(50))
    SECRET_KEY = key_file.read_text()

DATABASES = {
    "default": {
        **(
            dj_database_url.parse(DATABASE_URL)
            if DATABASE_URL
            else server.django_settings(VAR_DIR / "postgres")
        ),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
# No question here is worth the start of a second process, or of a compiler.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options", "-c max_parallel_workers_per_gather=0 -c jit=off"
)
CACHES = {
    # What limits how often a form is sent: the same for all processes (django-allauth asks it).
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "coalition_cache",
        # Whose form it was, is hashed: no address of anyone is stored.
        "KEY_FUNCTION": "coalition.accounts.cache_keys.hashed",
        # Past this many, some are forgotten by chance: not while somebody tries many passwords.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What a process may remember for a minute.
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SITE_NAME = env.str("SITE_NAME", "Common Thread")
# What links in mails begin with.
SITE_URL = env.str(
    "SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000"
).rstrip("/")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "")
EXIT_URL = env.str("EXIT_URL", "https://www.theweathernetwork.com/")

INSTALLED_APPS = [
    "coalition",
    "directory",
    "django_filters",
    "crispy_forms",
    "csp",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "directory.public.middleware.privacy_headers",  # first: refusals by the others need it too
    "django.middleware.security.SecurityMiddleware",
    "coalition.files.middleware.Packing",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coalition.accounts.middleware.second_factor",
    "coalition.accounts.middleware.RefusedForms",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "coalition.urls"
WSGI_APPLICATION = "coalition.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coalition.pages.context_processors.site",
            ],
        },
    }
]

PROCRASTINATE_IMPORT_PATHS = [
    "directory.search.tasks",
    "coalition.mail.tasks",
    "coalition.accounts.tasks",
    "coalition.members.tasks",
    "coalition.files.tasks",
    "coalition.listings.tasks",
    "coalition.events.tasks",
    "coalition.resources.tasks",
    "coalition.catalogue.tasks",
]

AUTH_USER_MODEL = "coalition.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "coalition:workspace"
ACCOUNT_ADAPTER = "coalition.accounts.adapter.Adapter"
MFA_ADAPTER = "coalition.accounts.adapter.SecondFactorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "coalition:home"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_SIGNUP_FORM_CLASS = "coalition.accounts.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "coalition.accounts.entrance.LoginForm",
    "signup": "coalition.accounts.entrance.SignupForm",
    "add_email": "coalition.accounts.entrance.AddEmailForm",
    "change_password": "coalition.accounts.entrance.ChangePasswordForm",
    "set_password": "coalition.accounts.entrance.SetPasswordForm",
    "reset_password": "coalition.accounts.entrance.ResetPasswordForm",
    "reset_password_from_key": "coalition.accounts.entrance.ResetPasswordKeyForm",
    "reauthenticate": "coalition.accounts.entrance.PasswordAgainForm",
}
MFA_FORMS = {
    "authenticate": "coalition.accounts.entrance.SecondFactorForm",
    "reauthenticate": "coalition.accounts.entrance.SecondFactorAgainForm",
    "activate_totp": "coalition.accounts.entrance.ActivateAppForm",
    "add_webauthn": "coalition.accounts.entrance.AddPasskeyForm",
    "edit_webauthn": "coalition.accounts.entrance.RenamePasskeyForm",
    "authenticate_webauthn": "coalition.accounts.entrance.PasskeyForm",
    "login_webauthn": "coalition.accounts.entrance.LoginPasskeyForm",
    "reauthenticate_webauthn": "coalition.accounts.entrance.PasskeyAgainForm",
}
# A link that was mailed proves the address; a second factor is still asked for.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
# Besides django-allauth's own: our forms that send mail. `key` is the address written to.
ACCOUNT_RATE_LIMITS = {
    "join": "20/h/ip,5/h/key",
    "send_in": "20/h/key",
    "invite": "60/h/user,5/d/key",
    "let_in": "20/h/user",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# A code typed slowly, or on a phone whose clock is a little off: one step (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Coordinators decide what people act on: a password alone is not enough where it is for real.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", PRODUCTION)
# A listing with a hundred places is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# A file that is too large is not written to the disk whole (docs/files.md).
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "coalition.files.uploads.LimitedFiles",
]
CSRF_FAILURE_VIEW = "coalition.pages.views.without_token"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
# A visitor who does not sign in gets no cookie: messages live in the session of those who do.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["forms"]
CRISPY_TEMPLATE_PACK = "forms"

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Common Thread <no-reply@localhost>")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost" if PRODUCTION else "")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 20
# Without a mail server, mails are files that the demo shows.
EMAIL_FILE_PATH = VAR_DIR / "mail"
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
MAIL_RETRY_SECONDS = env.int("MAIL_RETRY_SECONDS", 15)
# The page that shows the last mails: for trials on one machine only.
SHOW_MAIL = env.bool("SHOW_MAIL", False) and not PRODUCTION

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "coalition" / "locale"]
FORMAT_MODULE_PATH = ["coalition.formats"]
TIME_ZONE = "America/Toronto"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "coalition.operations.static_files.StaticFiles"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
    if env.bool("BEHIND_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        # What limits tries looks at the last address that the proxy has written.
        ALLAUTH_TRUSTED_PROXY_COUNT = 1

# Search terms and places appear in no log: an error keeps its traceback, never the address.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_address": {"()": "directory.public.privacy.WithoutAddress"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["no_address"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "coalition": {"level": "INFO"},
        "directory": {"level": "INFO"},
    },
}
