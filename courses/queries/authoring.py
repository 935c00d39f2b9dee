"""Courses as their authors see them: drafts included, with the state of every page and what is wrong with it.

Any number of courses of any size in five queries or fewer.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy
from wagtail.models import Page, Revision, WorkflowState

from courses import checks
from courses.checks.streams import kind_of
from courses.models.course import CoursePage

__all__ = ["AuthoredPage", "CourseTree", "PageState", "course_tree", "course_trees"]


class PageState(StrEnum):
    """Where a page, or a course as a whole, stands on its way to learners."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    CHANGED = "changed"
    PUBLISHED = "published"

    @property
    def label(self) -> str | Promise:
        """What an author reads."""
        return _LABELS[self]


_LABELS = {
    PageState.DRAFT: _lazy("Draft"),
    PageState.IN_REVIEW: _lazy("In review"),
    PageState.CHANGES_REQUESTED: _lazy("Changes requested"),
    PageState.CHANGED: _lazy("Published, with changes not published yet"),
    PageState.PUBLISHED: _lazy("Published"),
}


@dataclass(frozen=True)
class AuthoredPage:
    """A page of a course with its state."""

    pk: int
    key: uuid.UUID
    path: str
    kind: str  #: ``course``, ``module``, ``lesson``, ``quiz``
    title: str
    is_live: bool
    has_unpublished_changes: bool
    completion_rule: str
    edited_at: datetime | None
    review_status: str
    review_comment: str
    children: tuple["AuthoredPage", ...] = ()

    @property
    def state(self) -> PageState:
        """Review comes first: it says who has to act."""
        if self.review_status == WorkflowState.STATUS_IN_PROGRESS:
            return PageState.IN_REVIEW
        if self.review_status == WorkflowState.STATUS_NEEDS_CHANGES:
            return PageState.CHANGES_REQUESTED
        if not self.is_live:
            return PageState.DRAFT
        return PageState.CHANGED if self.has_unpublished_changes else PageState.PUBLISHED

    @property
    def is_pending(self) -> bool:
        """Whether there is something here that learners don't see yet."""
        return not self.is_live or self.has_unpublished_changes

    def walk(self) -> Iterator["AuthoredPage"]:
        """This page and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class CourseTree:
    """A course in one language with all its pages, for authors and reviewers."""

    course: AuthoredPage
    language: str
    #: What the drafts say that learners don't see yet, by page; published pages have passed the checks.
    contents: dict[int, checks.Content] = field(default_factory=dict)

    @cached_property
    def pages(self) -> tuple[AuthoredPage, ...]:
        """All pages in reading order, the course first."""
        return tuple(self.course.walk())

    @property
    def modules(self) -> tuple[AuthoredPage, ...]:
        """The modules in order."""
        return self.course.children

    @cached_property
    def problems(self) -> tuple[checks.Problem, ...]:
        """What is to be put right before this can be published, and what would be good to add."""
        return tuple(checks.course_problems(self._node(self.course), self.contents))

    @cached_property
    def errors(self) -> tuple[checks.Problem, ...]:
        """Those of the problems that stop publishing."""
        return tuple(checks.errors_in(self.problems))

    def problems_on(self, pk: int) -> list[checks.Problem]:
        """The problems of one page."""
        return [problem for problem in self.problems if problem.page_pk == pk]

    @cached_property
    def pending(self) -> tuple[AuthoredPage, ...]:
        """Pages that could be sent to review now."""
        return tuple(page for page in self.pages if page.is_pending and page.state is not PageState.IN_REVIEW)

    @cached_property
    def in_review(self) -> tuple[AuthoredPage, ...]:
        """Pages that wait for a reviewer."""
        return tuple(page for page in self.pages if page.state is PageState.IN_REVIEW)

    @property
    def state(self) -> PageState:
        """The course as a whole: what its author has to know first."""
        states = {page.state for page in self.pages}
        for state in (PageState.CHANGES_REQUESTED, PageState.IN_REVIEW):
            if state in states:
                return state
        if not self.course.is_live:
            return PageState.DRAFT
        return PageState.PUBLISHED if states == {PageState.PUBLISHED} else PageState.CHANGED

    @property
    def comments(self) -> list[AuthoredPage]:
        """Pages for which a reviewer asked for changes."""
        return [page for page in self.pages if page.state is PageState.CHANGES_REQUESTED]

    @property
    def edited_at(self) -> datetime | None:
        """When anything in it was edited last."""
        return max((page.edited_at for page in self.pages if page.edited_at), default=None)

    def count(self, kind: str) -> int:
        """How many pages of a kind there are."""
        return sum(1 for page in self.pages if page.kind == kind)

    @cached_property
    def version(self) -> str:
        """Names the order of the pages: two screens with the same version show the same outline."""
        return hashlib.sha256(" ".join(f"{p.path}:{p.pk}" for p in self.pages).encode()).hexdigest()[:16]

    def _node(self, page: AuthoredPage) -> checks.Node:
        content = self.contents.get(page.pk)
        rule = content.text("completion_rule") if content else page.completion_rule
        children = tuple(self._node(child) for child in page.children)
        return checks.Node(page.kind, page.pk, page.title, rule or page.completion_rule, children)


def course_tree(course: CoursePage) -> CourseTree:
    """The tree of one course."""
    return course_trees([course])[course.pk]


def course_trees(courses: Iterable[CoursePage]) -> dict[int, CourseTree]:
    """Trees by course pk.

    Args:
        courses: pages with ``path`` and ``locale`` loaded.
    """
    listed = list(courses)
    if not listed:
        return {}
    rows = _rows(listed)
    reviews = _reviews(row["pk"] for row in rows)
    contents = _contents(rows)
    below: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        below.setdefault(row["path"][: -Page.steplen], []).append(row)

    def build(row: dict[str, Any]) -> AuthoredPage:
        status, comment = reviews.get(str(row["pk"]), ("", ""))
        return AuthoredPage(
            pk=row["pk"],
            key=row["translation_key"],
            path=row["path"],
            kind=kind_of(row["model"]),
            title=row["draft_title"] or row["title"],
            is_live=row["live"],
            has_unpublished_changes=row["has_unpublished_changes"],
            completion_rule=row["rule"] or "",
            edited_at=row["latest_revision_created_at"],
            review_status=status,
            review_comment=comment,
            children=tuple(build(child) for child in below.get(row["path"], [])),
        )

    by_pk = {row["pk"]: row for row in rows}
    trees = {}
    for course in listed:
        root = build(by_pk[course.pk])
        pks = {page.pk for page in root.walk()}
        own = {pk: content for pk, content in contents.items() if pk in pks}
        trees[course.pk] = CourseTree(root, course.locale.language_code, own)
    return trees


def _rows(courses: list[CoursePage]) -> list[dict[str, Any]]:
    mine = Q()
    for course in courses:
        mine |= Q(path__range=(course.path, course.path + "Z" * 2 * Page.steplen))
    return list(
        Page.objects.filter(mine)
        .order_by("path")
        .values(
            "pk",
            "path",
            "title",
            "draft_title",
            "translation_key",
            "live",
            "has_unpublished_changes",
            "latest_revision_id",
            "latest_revision_created_at",
            model=F("content_type__model"),
            rule=F("lessonpage__completion_rule"),
        )
    )


def _reviews(pks: Iterable[int]) -> dict[str, tuple[str, str]]:
    """Status and the reviewer's comment of every running review, by page pk as text."""
    states = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id__in=[str(pk) for pk in pks]
    )
    return {
        row["object_id"]: (row["status"], row["current_task_state__comment"] or "")
        for row in states.values("object_id", "status", "current_task_state__comment")
    }


def _contents(rows: list[dict[str, Any]]) -> dict[int, checks.Content]:
    """What the pages say that aren't published as they are: from their latest revision, or the page itself."""
    pending = [row for row in rows if not row["live"] or row["has_unpublished_changes"]]
    revisions = {row["latest_revision_id"]: row for row in pending if row["latest_revision_id"]}
    found = {
        revisions[pk]["pk"]: checks.content_of_revision(kind_of(revisions[pk]["model"]), revisions[pk]["pk"], content)
        for pk, content in Revision.objects.filter(pk__in=revisions).values_list("pk", "content")
    }
    bare = [row["pk"] for row in pending if row["pk"] not in found]
    if bare:
        found |= {page.pk: checks.content_of(page) for page in Page.objects.filter(pk__in=bare).specific()}
    return found
