"""A lesson with people who talk about it, for tests."""

from dataclasses import dataclass
from typing import Any

from commerce.tests.factories import make_user
from community.actions import open_thread, reply
from community.models import Comment, Thread
from courses.models import CourseMember, CoursePage, LessonPage
from courses.tests.factories import add_lesson, add_module, make_course
from learning.tests.factories import enrolled_learner

__all__ = ["Talkers", "ask", "make_talkers", "say", "teacher_of"]


@dataclass(frozen=True)
class Talkers:
    """A course, a lesson, two learners of it, who teaches it, and who teaches another."""

    course: CoursePage
    lesson: LessonPage
    learner: Any
    other: Any
    teacher: Any
    stranger: Any


def make_talkers(lesson: LessonPage | None = None) -> Talkers:
    """Them, in a course of their own or in that of ``lesson``."""
    lesson = lesson or add_lesson(add_module(make_course()))
    course = CoursePage.objects.ancestor_of(lesson).get()
    return Talkers(
        course,
        lesson,
        enrolled_learner(course).learner,
        enrolled_learner(course).learner,
        teacher_of(course),
        teacher_of(make_course()),
    )


def teacher_of(course: CoursePage, **fields: Any) -> Any:
    """Somebody who teaches a course."""
    person = make_user(**fields)
    CourseMember.objects.create(course_key=course.translation_key, user=person)
    return person


def ask(actor: Any, lesson: LessonPage, text: str = "Why rows?", **place: Any) -> Thread:
    """Open a thread at a lesson."""
    return open_thread(actor=actor, item_key=lesson.translation_key, text=text, **place)


def say(actor: Any, thread: Thread, text: str = "Because of the rain.") -> Comment:
    """Reply to a thread."""
    return reply(actor=actor, thread_id=thread.public_id, text=text)
