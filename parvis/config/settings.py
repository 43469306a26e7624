"""Settings, in one file. What may differ between two sites comes from the environment; docs/settings.md lists it."""

from django.utils.translation import gettext_lazy as _

from parvis.config import environment

ROOT = environment.ROOT
PARVIS_HOME = environment.home()
PARVIS_DATA = environment.data()
DEMONSTRATION = environment.flag("PARVIS_DEMONSTRATION")

DEBUG = environment.flag("DEBUG")
SECRET_KEY = environment.secret_key(PARVIS_HOME)
ALLOWED_HOSTS = environment.items("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
PORT = int(environment.text("PORT", "8000"))
SITE_URL = environment.text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# The Région that this place belongs to.
REGION_CODE = environment.text("PARVIS_REGION", "76")
REGION_NAME = environment.text("PARVIS_REGION_NAME", "Région Occitanie")
SITE_NAME = environment.text("PARVIS_NAME", "Parvis")
# Programmes of candidates are read by an independent publisher: never on a Région's own site (code électoral, L52-1 and L52-8).
PROGRAMMES = environment.flag("PARVIS_PROGRAMMES", DEMONSTRATION)
SOURCE_CODE_URL = environment.text("PARVIS_SOURCE_CODE")

INSTALLED_APPS = [
    "parvis.home",
    "parvis.pages",
    "parvis.debates",
    "parvis.programmes",
    "parvis.catalog",
    "parvis.discussions",
    "parvis.moderation",
    "parvis.notifications",
    "parvis.organisations",
    "parvis.accounts",
    "parvis.territories",
    "parvis.shared",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.snippets",
    "parvis.accounts.apps.BackOfficeUsersConfig",  # wagtail.users, with our fields
    "wagtail.embeds",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "template_partials",
    "django.contrib.admin.apps.SimpleAdminConfig",  # not routed: the back office is Wagtail's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "parvis.shared.security.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "parvis.shared.cross_origin.CrossOriginMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "parvis.config.urls"
WSGI_APPLICATION = "parvis.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parvis.shared.context.site",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

DATABASES = {"default": environment.database(PARVIS_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": environment.text("REDIS_URL")}
        if environment.text("REDIS_URL")
        # In the database, since limits must be shared by every process.
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "parvis_cache",
            "OPTIONS": {"MAX_ENTRIES": 200_000},  # past it, entries are thrown away, limits among them
        }
    ),
    # Pages of those who only read, in each process's own memory: see shared/readers.py.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 30,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["parvis.accounts.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:desk"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_ADAPTER = "parvis.accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # without a password, each sign-in is by a code sent by e-mail
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True  # not ..._SUPPORTS_CHANGE, which shows who already has an account
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # long enough to find the message on another device
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True  # one address each
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.split(":", 1)[0]
ACCOUNT_FORMS = {"signup": "parvis.accounts.forms.SignupForm"}
MFA_ADAPTER = "parvis.accounts.adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = SITE_NAME
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = environment.identity_providers()

# Mail: without SMTP, messages are files under the home folder (and an outbox page in the demonstration).
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "ne-pas-repondre@localhost")
if environment.text("SMTP_HOST"):
    EMAIL_HOST = environment.text("SMTP_HOST")
    EMAIL_PORT = int(environment.text("SMTP_PORT", "587"))
    EMAIL_HOST_USER = environment.text("SMTP_USER")
    EMAIL_HOST_PASSWORD = environment.text("SMTP_PASSWORD")
    EMAIL_USE_TLS = environment.flag("SMTP_TLS", True)
    EMAIL_TIMEOUT = 30  # a server that does not answer must not hold the worker for ever
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = PARVIS_HOME / "outbox"

# Words and dates
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
LOCALE_PATHS = [ROOT / "parvis" / "locale"]
FORMAT_MODULE_PATH = ["parvis.config.formats"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = PARVIS_HOME / "static"
NODE_MODULES = ROOT / "node_modules"
STATICFILES_DIRS = [
    (prefix, NODE_MODULES / folder)
    for prefix, folder in {
        "fonts/atkinson": "@fontsource-variable/atkinson-hyperlegible-next/files",
        "fonts/source-serif": "@fontsource-variable/source-serif-4/files",
        "htmx": "htmx.org/dist",
        "maplibre": "maplibre-gl/dist",
    }.items()
    if (NODE_MODULES / folder).is_dir()
]
MEDIA_URL = "/media/"
MEDIA_ROOT = PARVIS_HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = PARVIS_HOME / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
UPLOAD_MAX_BYTES = int(environment.text("PARVIS_UPLOAD_MAX_MB", "2048")) * 2**20
FETCH_ALLOW = tuple(environment.items("PARVIS_FETCH_ALLOW"))

# Debates: beyond, what a network says without accounts waits for an e-mail link.
DEBATES_NEWCOMERS_A_DAY = int(environment.text("PARVIS_NEWCOMERS_A_DAY", "60"))
DEBATES_VOTES_A_MINUTE = int(environment.text("PARVIS_VOTES_A_MINUTE", "240"))

# Security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https://") else 0
if environment.flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Back office
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False  # no request to anybody else, ever
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILUSERS_PASSWORD_ENABLED = False  # passwords and addresses are their owner's, under /compte/
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
SEARCH_FOLDER = PARVIS_HOME / "search"  # of this machine: each node builds its own
SEARCH_PATIENCE = 2.0  # seconds between two looks for what changed
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_FRONTEND_LOGIN_URL = "/compte/login/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
