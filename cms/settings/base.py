"""Applications, middleware, templates: what the project is made of."""

from cms.settings.env import BASE_DIR, IS_PRODUCTION, IS_TEST, VAR_DIR, env

__all__ = [
    "ALLOWED_HOSTS",
    "BASE_DIR",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "DEFAULT_AUTO_FIELD",
    "DEFAULT_CURRENCY",
    "DEFAULT_SECRET_KEY",
    "DEMO_SCHOOL",
    "FORM_RENDERER",
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "SECRET_KEY",
    "SITE_NAME",
    "SITE_URL",
    "TEMPLATES",
    "TRUSTED_PROXY_COUNT",
    "VAR_DIR",
    "WSGI_APPLICATION",
]

#: Known to everyone, so good for development only; production refuses to start on it.
DEFAULT_SECRET_KEY = "baobab-development-key-not-for-production"
SECRET_KEY: str = env.str("SECRET_KEY", default=DEFAULT_SECRET_KEY)
DEBUG: bool = env.bool("DEBUG", default=not IS_PRODUCTION and not IS_TEST)
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

#: Proxies of ours between a visitor and this process, each of which appends to X-Forwarded-For.
TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)

SITE_NAME: str = env.str("SITE_NAME", default="Baobab")
#: Where people reach the school, without a slash at the end; used in mails, PDFs and QR codes.
SITE_URL: str = env.str(
    "SITE_URL", default=f"http://{env.str('HOST', default='127.0.0.1')}:{env.int('PORT', default=8000)}"
)
#: ISO 4217; what an order of nothing owed is written in.
DEFAULT_CURRENCY: str = env.str("DEFAULT_CURRENCY", default="XAF")
#: True only where ``make run`` or ``make demo`` put the demo school in place (shows demo log-ins).
DEMO_SCHOOL: bool = env.bool("DEMO_SCHOOL", default=False)

INSTALLED_APPS = [
    "home",
    "api",
    "interop",
    "notifications",
    "community",
    "learning",
    "commerce",
    "translation",
    "courses",
    "videos",
    "accounts",
    "core",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail_headless_preview",
    "wagtail_modeladmin",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "accounts.users_app.PeopleInBackOffice",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "drf_spectacular",
    "graphene_django",
    "corsheaders",
    "axes",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "home.middleware.Watching",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.PageLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ProfileLanguage",
    "accounts.middleware.VisitorTimeZone",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.BackOfficeGate",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    # Last, as its documentation asks: it turns a lock-out raised by the back end into a response.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "home.context_processors.website",
            ],
        },
    },
]
