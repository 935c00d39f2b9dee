"""Pages of ours in the place of Wagtail's; included before ``wagtail.admin.urls``, whose names stay valid."""

from django.urls import path
from wagtail.admin.auth import require_admin_access

from accounts.back_office import OwnPreferencesView, log_in

urlpatterns = [
    path("login/", log_in),
    path("account/", require_admin_access(OwnPreferencesView.as_view())),
]
