"""Who may open what, and how far they are: one object for a learner and a course, made for many courses at once."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from commerce.access import gives_access, is_over
from commerce.models import Enrollment
from commerce.queries import held_enrollments, one_for_each_course
from core.policies import is_person
from courses.models import CoursePage
from courses.queries.outline import CourseOutline, OutlineItem
from learning.authorship import course_keys_authored_by
from learning.models import CourseProgress, LessonProgress

__all__ = ["CourseAccess", "course_access", "course_accesses"]


@dataclass(frozen=True)
class CourseAccess:
    """What one person may do in one course. Anonymous visitors have one too: free previews and nothing else."""

    course_key: uuid.UUID
    outline: CourseOutline
    is_sequential: bool = False
    enrollment: Enrollment | None = None
    has_access: bool = False
    is_author: bool = False
    #: Lessons and quizzes that count as done, and those ever opened, in this enrolment; some may be gone since.
    completed: frozenset[uuid.UUID] = frozenset()
    opened: frozenset[uuid.UUID] = frozenset()
    progress: CourseProgress | None = field(default=None)

    @property
    def is_completed(self) -> bool:
        """Whether the course was finished once; lessons added since undo nothing."""
        return self.progress is not None and self.progress.completed_at is not None

    @cached_property
    def fraction(self) -> float:
        """Share of the course that is done, in [0, 1]; an empty course is 0, a finished one stays 1."""
        if self.is_completed:
            return 1.0
        items = self.outline.items
        return sum(item.key in self.completed for item in items) / len(items) if items else 0.0

    @cached_property
    def new_items(self) -> tuple[OutlineItem, ...]:
        """What came after the course was finished and is not done yet."""
        if not self.is_completed:
            return ()
        return tuple(item for item in self.outline.items if item.key not in self.completed)

    @cached_property
    def next_item(self) -> OutlineItem | None:
        """Where to go on: the item opened last if it isn't done, else the next one not done that may be opened.

        The search starts behind the last one opened and comes round to the beginning. None without access, and when
        everything is done.
        """
        if not self.has_access:
            return None
        items = self.outline.items
        last = self.progress.last_item_key if self.progress else None
        start = next((index for index, item in enumerate(items) if item.key == last), 0)
        for item in (*items[start:], *items[:start]):
            if item.key not in self.completed and self.can_open(item):
                return item
        return None

    @cached_property
    def open_modules(self) -> frozenset[uuid.UUID]:
        """Modules that the order of the course lets an enrolled learner into.

        In a sequential course a module opens when all before it are done. What was open stays open: a lesson added
        to an earlier module doesn't shut out a learner who has opened a later one, or who has finished the course.
        """
        if not self.is_sequential or self.is_completed:
            return frozenset(module.key for module in self.outline.modules)
        entered = [
            any(item.key in self.opened and not item.is_free_preview for item in module.items)
            for module in self.outline.modules
        ]
        found = set()
        all_before_done = True
        for index, module in enumerate(self.outline.modules):
            if all_before_done or any(entered[index:]):
                found.add(module.key)
            all_before_done = all_before_done and all(item.key in self.completed for item in module.items)
        return frozenset(found)

    def lock_reason(self, item: OutlineItem) -> str:
        """Why ``item`` can't be opened: empty when it can.

        ``not_enrolled``, ``enrollment_suspended``, ``enrollment_not_open`` (it waits, or begins later) or
        ``module_locked``.
        """
        if self.is_author or item.is_free_preview:
            return ""
        if not self.has_access:
            return self.enrollment_reason
        return "" if item.module_key in self.open_modules else "module_locked"

    def can_open(self, item: OutlineItem) -> bool:
        """Whether this person may open ``item`` now."""
        return self.lock_reason(item) == ""

    @property
    def opens_any(self) -> bool:
        """Whether there is anything that this person may open."""
        return any(self.can_open(item) for item in self.outline.items)

    @property
    def enrollment_reason(self) -> str:
        """Why the enrolment gives no access: empty when it does."""
        if self.has_access:
            return ""
        if self.enrollment is None or is_over(self.enrollment):
            return "not_enrolled"
        if self.enrollment.state == Enrollment.State.SUSPENDED:
            return "enrollment_suspended"
        return "enrollment_not_open" if self.enrollment.state in Enrollment.OPEN_STATES else "not_enrolled"


def course_access(user: Any, course: CoursePage, outline: CourseOutline) -> CourseAccess:
    """What ``user`` (or an anonymous visitor) may do in one course."""
    return course_accesses(user, [course], {course.pk: outline})[course.pk]


def course_accesses(
    user: Any, courses: Iterable[CoursePage], outlines: Mapping[int, CourseOutline]
) -> dict[int, CourseAccess]:
    """What ``user`` may do in each of ``courses``, by course pk: three queries however many, none for a visitor.

    Args:
        outlines: as ``courses.queries.outline.outlines_for`` gives them, by course pk.
    """
    courses = list(courses)
    keys = {course.translation_key for course in courses}
    enrollments: dict[uuid.UUID, Enrollment] = {}
    opened: dict[int, set[uuid.UUID]] = {}
    completed: dict[int, set[uuid.UUID]] = {}
    authored: frozenset[uuid.UUID] = frozenset()
    if keys and is_person(user):
        rows = held_enrollments(user).filter(course_key__in=keys).select_related("progress")
        enrollments = one_for_each_course(rows)
        authored = course_keys_authored_by(user, keys)
        opened, completed = _lesson_keys(enrollments.values())
    return {
        course.pk: _access(
            course, outlines[course.pk], enrollments.get(course.translation_key), opened, completed, authored
        )
        for course in courses
    }


def _access(
    course: CoursePage,
    outline: CourseOutline,
    enrollment: Enrollment | None,
    opened: dict[int, set[uuid.UUID]],
    completed: dict[int, set[uuid.UUID]],
    authored: frozenset[uuid.UUID],
) -> CourseAccess:
    pk = enrollment.pk if enrollment else 0
    return CourseAccess(
        course_key=course.translation_key,
        outline=outline,
        is_sequential=course.lesson_order == CoursePage.Order.SEQUENTIAL,
        enrollment=enrollment,
        has_access=gives_access(enrollment),
        is_author=course.translation_key in authored,
        completed=frozenset(completed.get(pk, ())),
        opened=frozenset(opened.get(pk, ())),
        progress=getattr(enrollment, "progress", None),
    )


def _lesson_keys(
    enrollments: Iterable[Enrollment],
) -> tuple[dict[int, set[uuid.UUID]], dict[int, set[uuid.UUID]]]:
    """Keys of lessons opened and done, by enrolment; one query."""
    opened: dict[int, set[uuid.UUID]] = {}
    completed: dict[int, set[uuid.UUID]] = {}
    pks = [enrollment.pk for enrollment in enrollments]
    if pks:
        rows = LessonProgress.objects.filter(enrollment__in=pks).order_by()
        for pk, key, done_at in rows.values_list("enrollment_id", "lesson_key", "completed_at"):
            opened.setdefault(pk, set()).add(key)
            if done_at is not None:
                completed.setdefault(pk, set()).add(key)
    return opened, completed
