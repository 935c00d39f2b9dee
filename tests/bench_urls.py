"""The house's addresses and, for comparison in the bench only, Wagtail's REST v2."""

from typing import Any

from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from cms.urls import urlpatterns as house


class OpenPages(PagesAPIViewSet):
    """Wagtail's pages for everyone, as a site would publish them."""

    permission_classes: list[Any] = []
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []


router = WagtailAPIRouter("bench")
router.register_endpoint("pages", OpenPages)
urlpatterns = [path("bench/", router.urls), *house]
