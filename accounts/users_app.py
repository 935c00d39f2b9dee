"""Wagtail's user administration, with our people in it; stands in INSTALLED_APPS in place of ``wagtail.users``."""

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleInBackOffice(WagtailUsersAppConfig):
    user_viewset = "accounts.back_office.PersonViewSet"
