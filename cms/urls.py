"""Where every address leads. Each face keeps its own list; this module only orders them."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from home import urls as home_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("api.urls")),
    path("_allauth/", include("accounts.headless_urls")),
    path("admin/", include("accounts.back_office_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("home.urls")),
]
urlpatterns += i18n_patterns(
    path("account/", include("allauth.urls")),
    *home_urls.localized,
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)

if settings.DEBUG:
    from django.conf.urls.static import static

    urlpatterns = [*static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT), *urlpatterns]
