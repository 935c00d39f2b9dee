"""What a view of a Wagtail page hands to its template besides the page's own things."""

from typing import Any

from django.http import HttpRequest
from wagtail.models import Page

from home.addresses import absolute, language_links_of
from home.reading_language import reading_notice

__all__ = ["page_context"]


def page_context(request: HttpRequest, page: Page, *, preview: bool, **more: Any) -> dict[str, Any]:
    """Title, description, canonical address, translations; a draft gets a banner and no address."""
    description = page.search_description or getattr(page, "summary", "") or getattr(page, "introduction", "")
    if not isinstance(description, str):  # a quiz introduces itself in blocks
        description = ""
    context = {
        "page": page,
        "title": page.seo_title or page.title,
        "og_title": page.seo_title or page.title,
        "description": description,
        "is_draft_preview": preview,
        "is_unlisted": preview,
    }
    if not preview:
        context["canonical"] = absolute(page.get_url(request) or "")
        context["languages"] = links = language_links_of(page, request.META.get("QUERY_STRING", ""))
        context["notice"] = notice = reading_notice(page, links)
        context["foreign"] = notice.foreign if notice else None
    return context | more
