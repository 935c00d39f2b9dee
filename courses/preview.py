"""Showing drafts in a frontend of others, by a token that expires.

wagtail-headless-preview keeps the draft in a row and hands out its token, but never looks at the token's age. Here the
token is a signed and dated name of that row; the API asks :func:`page_from_preview_token`, and an old, forged or
foreign token yields nothing. One row for a page and an author: the newest state of what they are editing.
"""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _lazy
from wagtail.models import Page, Site
from wagtail_headless_preview.models import PagePreview, get_client_root_url_from_site

__all__ = ["HEADLESS", "HeadlessPreview", "has_headless_frontend", "page_from_preview_token", "preview_token"]

#: Name of the preview mode.
HEADLESS = "headless"
_signer = TimestampSigner(salt="courses.preview")


def has_headless_frontend() -> bool:
    """Whether a frontend for previews is configured (``HEADLESS_PREVIEW_URL``)."""
    configured: Any = settings.WAGTAIL_HEADLESS_PREVIEW
    return bool(configured.get("CLIENT_URLS", {}).get("default"))


def preview_token(page: Page, user: Any) -> str:
    """Keep the draft that ``page`` holds, and return a token that shows it for ``HEADLESS_PREVIEW_TOKEN_MAX_AGE``."""
    PagePreview.garbage_collect()
    name = f"{page.pk or f'new-{page.path}'}.{getattr(user, 'pk', None) or 0}"
    PagePreview.objects.update_or_create(
        token=f"courses.{name}", defaults={"content_type": page.content_type, "content_json": page.to_json()}
    )
    return _signer.sign(name)


def page_from_preview_token(token: str) -> Page | None:
    """The draft that a token shows, as an unsaved page object; None for a bad, expired or forgotten token."""
    try:
        name = _signer.unsign(token, max_age=settings.HEADLESS_PREVIEW_TOKEN_MAX_AGE)
    except BadSignature:  # an expired signature is one too
        return None
    preview = PagePreview.objects.filter(token=f"courses.{name}").first()
    if preview is None:
        return None
    page = preview.as_page()
    return page if _may_still_see(name.rpartition(".")[2], page) else None


def _may_still_see(user_pk: str, page: Page) -> bool:
    """Whether the person the token was made for could open the page in the editor now."""
    user = get_user_model()._default_manager.filter(pk=user_pk, is_active=True).first()
    if user is None:
        return False
    # A page that was never saved has no place in the tree yet: ask for the right to add it.
    place = Page.objects.filter(pk=page.pk).first() if page.pk else None
    if place is not None:
        return place.permissions_for_user(user).can_edit()
    parent = Page.objects.filter(path=page.path[: -Page.steplen]).first()
    return parent is not None and parent.permissions_for_user(user).can_add_subpage()


class HeadlessPreview:
    """Mixin: the editor's preview panel offers the other frontend beside the website."""

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """The website, and the other frontend where there is one."""
        website = [("", _lazy("Website"))]
        return [*website, (HEADLESS, _lazy("App"))] if has_headless_frontend() else website

    def serve_headless_preview(self, request: HttpRequest) -> HttpResponse:
        """A frame with the other frontend, told the token."""
        page: Any = self
        query = urlencode(
            {
                "content_type": f"{page._meta.app_label}.{page._meta.model_name}",
                "token": preview_token(page, getattr(request, "user", None)),
            }
        )
        address = f"{get_client_root_url_from_site(Site.find_for_request(request))}?{query}"
        response = render(request, "wagtail_headless_preview/preview.html", {"preview_url": address})
        # Nothing but a frame of the configured frontend, which the website's policy doesn't know; as all of /admin/.
        response._csp_exempt = True  # type: ignore[attr-defined]
        return response
