"""What happened to what is taught. Keys name a course or a lesson in all its languages."""

from dataclasses import dataclass
from uuid import UUID

from core.events import Event


@dataclass(frozen=True)
class CourseCreated(Event):
    """Somebody started a course."""

    course_key: UUID
    language: str
    owner_key: UUID | None = None


@dataclass(frozen=True)
class CourseSubmitted(Event):
    """A course's drafts were sent to review."""

    course_key: UUID
    language: str
    pages: int


@dataclass(frozen=True)
class CourseChangesRequested(Event):
    """A reviewer asked for changes."""

    course_key: UUID
    language: str
    comment: str = ""


@dataclass(frozen=True)
class CoursePublished(Event):
    """A course page went live, for the first time or again."""

    course_key: UUID
    language: str
    is_first: bool = False


@dataclass(frozen=True)
class CourseUnpublished(Event):
    """A course page was taken off the website."""

    course_key: UUID
    language: str


@dataclass(frozen=True)
class ModulePublished(Event):
    """A module went live."""

    course_key: UUID
    module_key: UUID
    language: str
    is_first: bool = False


@dataclass(frozen=True)
class LessonPublished(Event):
    """A lesson went live."""

    course_key: UUID
    lesson_key: UUID
    language: str
    is_first: bool = False


@dataclass(frozen=True)
class QuizPublished(Event):
    """A quiz went live."""

    course_key: UUID
    quiz_key: UUID
    language: str
    is_first: bool = False


@dataclass(frozen=True)
class LessonUnpublished(Event):
    """A lesson or quiz was taken off the website."""

    course_key: UUID
    lesson_key: UUID
    language: str


@dataclass(frozen=True)
class CourseReordered(Event):
    """Modules or lessons of a course stand in another order."""

    course_key: UUID
    language: str


@dataclass(frozen=True)
class CourseMemberAdded(Event):
    """Somebody may write a course from now on."""

    course_key: UUID
    person_key: UUID
    role: str


@dataclass(frozen=True)
class CourseMemberRemoved(Event):
    """Somebody may not write a course any more."""

    course_key: UUID
    person_key: UUID
