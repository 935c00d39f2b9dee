"""The outline of a course: its modules and their lessons and quizzes, for any number of courses in one query."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from wagtail.models import Page

from courses.keys import public_id_of
from courses.models.course import CoursePage
from courses.queries.visibility import visible


@dataclass(frozen=True)
class OutlineItem:
    """A lesson or a quiz as lists need it; nothing of its content."""

    page_pk: int
    key: uuid.UUID
    language: str
    kind: str  #: ``lesson`` or ``quiz``
    title: str
    url_path: str
    minutes: int
    is_free_preview: bool
    completion_rule: str  #: of a lesson: ``opened``, ``scrolled``, ``quiz``; of a quiz: ``quiz``
    module_key: uuid.UUID

    @property
    def public_id(self) -> str:
        """The outward id."""
        return public_id_of(self.key, self.language)


@dataclass(frozen=True)
class OutlineModule:
    """A module with what is in it, in order."""

    page_pk: int
    key: uuid.UUID
    language: str
    title: str
    summary: str
    items: tuple[OutlineItem, ...]

    @property
    def public_id(self) -> str:
        """The outward id."""
        return public_id_of(self.key, self.language)

    @property
    def minutes(self) -> int:
        """Sum of what is in it."""
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True)
class CourseOutline:
    """A course's tree, flattened where it helps."""

    course_key: uuid.UUID
    language: str
    modules: tuple[OutlineModule, ...]
    estimated_minutes: int | None = field(default=None)

    @cached_property
    def items(self) -> tuple[OutlineItem, ...]:
        """Every lesson and quiz in reading order."""
        return tuple(item for module in self.modules for item in module.items)

    @cached_property
    def by_key(self) -> dict[uuid.UUID, OutlineItem]:
        """Items by key."""
        return {item.key: item for item in self.items}

    @cached_property
    def version(self) -> str:
        """Names the set of lessons and quizzes, independent of language and order; 16 hex digits."""
        keys = "".join(sorted(item.key.hex for item in self.items))
        return hashlib.sha256(keys.encode()).hexdigest()[:16]

    @property
    def minutes(self) -> int:
        """What the author estimates, or the sum of the items."""
        return self.estimated_minutes or sum(item.minutes for item in self.items)

    def neighbours(self, key: uuid.UUID) -> tuple[OutlineItem | None, OutlineItem | None]:
        """The items before and after ``key`` in reading order."""
        index = next((i for i, item in enumerate(self.items) if item.key == key), None)
        if index is None:
            return None, None
        before = self.items[index - 1] if index > 0 else None
        after = self.items[index + 1] if index + 1 < len(self.items) else None
        return before, after


def outlines_for(courses: Iterable[CoursePage], *, include_drafts: bool = False) -> dict[int, CourseOutline]:
    """Outlines by course pk, in one query however many courses; unpublished pages are left out.

    A lesson below an unpublished module is left out too, whatever its own state.

    Args:
        courses: pages with ``path``, ``depth``, ``translation_key``, ``locale`` and ``estimated_minutes`` loaded.
        include_drafts: for authors' screens: pages that were never published count as well.
    """
    by_path = {course.path: course for course in courses}
    if not by_path:
        return {}
    rows = _descendants(by_path, include_drafts=include_drafts)
    modules: dict[str, list[dict[str, Any]]] = {path: [] for path in by_path}
    items: dict[str, list[dict[str, Any]]] = {}
    length = {len(path) for path in by_path}.pop()
    for row in rows:
        if row["depth"] == _depth_of(by_path) + 1:
            modules[row["path"][:length]].append(row)
        else:
            items.setdefault(row["path"][: length + Page.steplen], []).append(row)
    return {
        course.pk: CourseOutline(
            course_key=course.translation_key,
            language=course.locale.language_code,
            estimated_minutes=course.estimated_minutes,
            modules=tuple(
                _module(row, items.get(row["path"], []), course.locale.language_code) for row in modules[path]
            ),
        )
        for path, course in by_path.items()
    }


def outline_of(course: CoursePage, *, include_drafts: bool = False) -> CourseOutline:
    """The outline of one course."""
    return outlines_for([course], include_drafts=include_drafts)[course.pk]


def _depth_of(by_path: dict[str, CoursePage]) -> int:
    depths = {course.depth for course in by_path.values()}
    if len(depths) != 1:
        raise ValueError("Courses stand at one depth of the tree")
    return depths.pop()


def _descendants(by_path: dict[str, CoursePage], *, include_drafts: bool) -> list[dict[str, Any]]:
    depth = _depth_of(by_path)
    below = Q()
    for path in by_path:
        # A range, as treebeard does: it uses the unique index on every database and collation, which LIKE doesn't.
        below |= Q(path__range=(path + "0" * Page.steplen, path + "Z" * 2 * Page.steplen))
    pages = Page.objects.filter(below, depth__in=(depth + 1, depth + 2))
    if not include_drafts:
        pages = visible(pages, ancestors=0)  # modules are rows here too: an invisible one drops what is below it
    return list(
        pages.order_by("path").values(
            "pk",
            "path",
            "depth",
            "title",
            "url_path",
            "translation_key",
            quiz=F("quizpage__pk"),
            module_summary=F("modulepage__summary"),
            minutes=Coalesce("lessonpage__estimated_minutes", "quizpage__estimated_minutes"),
            free=F("lessonpage__is_free_preview"),
            rule=F("lessonpage__completion_rule"),
        )
    )


def _module(row: dict[str, Any], items: list[dict[str, Any]], language: str) -> OutlineModule:
    return OutlineModule(
        page_pk=row["pk"],
        key=row["translation_key"],
        language=language,
        title=row["title"],
        summary=row["module_summary"] or "",
        items=tuple(
            OutlineItem(
                page_pk=item["pk"],
                key=item["translation_key"],
                language=language,
                kind="quiz" if item["quiz"] else "lesson",
                title=item["title"],
                url_path=item["url_path"],
                minutes=item["minutes"] or 0,
                is_free_preview=bool(item["free"]),
                completion_rule=item["rule"] or "quiz",
                module_key=row["translation_key"],
            )
            for item in items
        ),
    )
