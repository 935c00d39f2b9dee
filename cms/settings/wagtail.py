"""Wagtail: admin, search, images, documents, previews."""

from datetime import timedelta

from cms.settings.base import SITE_NAME, SITE_URL
from cms.settings.env import env

__all__ = [
    "HEADLESS_PREVIEW_TOKEN_MAX_AGE",
    "TAGGIT_CASE_INSENSITIVE",
    "TASKS",
    "WAGTAILADMIN_BASE_URL",
    "WAGTAILDOCS_EXTENSIONS",
    "WAGTAILDOCS_SERVE_METHOD",
    "WAGTAILEMBEDS_RESPONSIVE_HTML",
    "WAGTAILIMAGES_EXTENSIONS",
    "WAGTAILIMAGES_MAX_IMAGE_PIXELS",
    "WAGTAILIMAGES_MAX_UPLOAD_SIZE",
    "WAGTAILLOCALIZE_DISABLE_ON_DELETE",
    "WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE",
    "WAGTAILSEARCH_BACKENDS",
    "WAGTAIL_AUTOSAVE_INTERVAL",
    "WAGTAIL_HEADLESS_PREVIEW",
    "WAGTAIL_MODERATION_ENABLED",
    "WAGTAIL_SITE_NAME",
    "WAGTAIL_WORKFLOW_ENABLED",
    "WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT",
]

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "svg"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024  # bytes
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_EXTENSIONS = [
    "csv",
    "docx",
    "md",
    "mp3",
    "m4a",
    "odt",
    "ogg",
    "pdf",
    "pptx",
    "py",
    "sql",
    "txt",
    "xlsx",
    "zip",
]
# Through a view of ours, so that a document's collection rules hold and no HTML is shown inline.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILEMBEDS_RESPONSIVE_HTML = True
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_MODERATION_ENABLED = False
WAGTAIL_AUTOSAVE_INTERVAL = 2000  # milliseconds after the last change
# A translation begins as a draft; it goes live by the review of its course, like everything else.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
# A deleted page takes no translated string along: they stay in the translation memory.
WAGTAILLOCALIZE_DISABLE_ON_DELETE = True
TAGGIT_CASE_INSENSITIVE = True
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}

#: A frontend of others that shows drafts: ``https://app.example.com/preview/``; empty: the website shows them.
_client = env.str("HEADLESS_PREVIEW_URL", default="")
WAGTAIL_HEADLESS_PREVIEW = {
    "CLIENT_URLS": {"default": _client},
    "SERVE_BASE_URL": None,
    "REDIRECT_ON_PREVIEW": False,
    "ENFORCE_TRAILING_SLASH": True,
}
HEADLESS_PREVIEW_TOKEN_MAX_AGE = int(timedelta(hours=1).total_seconds())
