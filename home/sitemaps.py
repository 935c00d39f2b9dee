"""The list of pages for search engines: what anybody may open, in every language."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Q, QuerySet
from wagtail.models import Page

from courses.models import CourseIndexPage, CoursePage, LearningPathIndexPage, LearningPathPage, LessonPage
from courses.queries.visibility import visible
from home.addresses import LanguageLink, absolute, address_of, alternates
from home.models import HomePage

__all__ = ["PublicPages"]


class PublicPages(Sitemap):
    """Home pages, catalogues, courses, paths, and lessons that are free to read."""

    limit = 5000

    def items(self) -> "QuerySet[Page]":
        """Visible pages, in the order of the tree; lessons must have visible modules and courses."""
        kinds = (HomePage, CourseIndexPage, CoursePage, LearningPathIndexPage, LearningPathPage)
        standing = Page.objects.type(*kinds)
        lessons = visible(LessonPage.objects.filter(is_free_preview=True), ancestors=2)
        pages = visible(Page.objects.filter(depth__gt=1), ancestors=0)
        return (
            pages.filter(Q(pk__in=standing.values("pk")) | Q(pk__in=lessons.values("pk")))
            .select_related("locale")
            .order_by("path")
        )

    def lastmod(self, item: Page) -> datetime | None:
        """When it was published last."""
        return item.last_published_at

    def get_urls(self, page: Any = 1, site: Any = None, protocol: Any = None) -> list[dict[str, Any]]:
        """One entry a page, at the address the school is known under, with its translations; three queries."""
        entries = list(self.paginator.page(page).object_list)
        translations = self._links([entry.translation_key for entry in entries])
        return [
            {
                "item": entry,
                "location": absolute(address_of(entry.url_path, entry.locale.language_code)),
                "lastmod": self.lastmod(entry),
                "changefreq": None,
                "priority": "",
                "alternates": [
                    {"lang_code": code, "location": address}
                    for code, address in alternates(translations[entry.translation_key])
                ],
            }
            for entry in entries
        ]

    def _links(self, keys: list[UUID]) -> dict[UUID, list[LanguageLink]]:
        """The public pages with these keys, in every language and in the order of ``LANGUAGES``; one query."""
        found: dict[UUID, dict[str, str]] = {}
        rows = self.items().filter(translation_key__in=keys)
        for key, code, url_path in rows.values_list("translation_key", "locale__language_code", "url_path"):
            found.setdefault(key, {})[code] = address_of(url_path, code)
        return {
            key: [
                LanguageLink(code, "", there[code], is_current=False, is_exact=True)
                for code, _name in settings.LANGUAGES
                if code in there
            ]
            for key, there in found.items()
        }
