"""The list of pages for search engines: what anybody may open, in every language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Q, QuerySet
from wagtail.models import Page

from courses.models import CourseIndexPage, CoursePage, LearningPathIndexPage, LearningPathPage, LessonPage
from courses.queries.visibility import visible
from home.addresses import absolute
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
        return pages.filter(Q(pk__in=standing.values("pk")) | Q(pk__in=lessons.values("pk"))).order_by("path")

    def lastmod(self, item: Page) -> datetime | None:
        """When it was published last."""
        return item.last_published_at

    def get_urls(self, page: Any = 1, site: Any = None, protocol: Any = None) -> list[dict[str, Any]]:
        """One entry a page, at the address the school is known under."""
        entries: Iterable[Page] = self.paginator.page(page).object_list
        return [
            {
                "item": entry,
                "location": absolute(entry.get_url() or "/"),
                "lastmod": self.lastmod(entry),
                "changefreq": None,
                "priority": "",
                "alternates": [],
            }
            for entry in entries
        ]
