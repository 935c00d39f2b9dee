"""What the room adds to the Wagtail admin."""

from django.urls import URLResolver, include, path
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from commerce.back_office.lists import CommerceGroup, urlpatterns

modeladmin_register(CommerceGroup)


@hooks.register("register_admin_urls")
def register_action_pages() -> list[URLResolver]:
    return [path("commerce-actions/", include((urlpatterns(), "commerce_back_office")))]
