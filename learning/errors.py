"""Refusals of this room, with codes that the faces show and programs test."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from commerce.errors import AuthenticationRequired
from core.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound

__all__ = [
    "AttemptNotFound",
    "AttemptsUsedUp",
    "AuthenticationRequired",
    "BookmarkNotFound",
    "DeadlinePassed",
    "DownloadsNotAllowed",
    "EnrollmentNotOpen",
    "EnrollmentSuspended",
    "InvalidAnswer",
    "LabelTooLong",
    "LessonNotFound",
    "ModuleLocked",
    "MomentInvalid",
    "MomentTooLate",
    "NotEnrolled",
    "NoteEmpty",
    "NoteNotFound",
    "NoteTooLong",
    "QuestionNotFound",
    "QuizEmpty",
    "QuizNotFound",
    "QuizRequired",
    "RenditionNotFound",
    "TooManyReports",
    "TooManySearches",
    "VideosNotWatched",
    "WatchedTooSoon",
    "refusal",
]


class NotEnrolled(NotAllowed):
    """Only enrolled learners may."""

    code = "not_enrolled"
    message = _lazy("Enrol in the course first.")


class EnrollmentSuspended(NotAllowed):
    """Access was taken away for a time."""

    code = "enrollment_suspended"
    message = _lazy("Your enrolment is suspended.")


class EnrollmentNotOpen(NotAllowed):
    """The enrolment begins later, or waits for something."""

    code = "enrollment_not_open"
    message = _lazy("Your enrolment has not begun yet.")


class ModuleLocked(NotAllowed):
    """The module opens when those before it are finished."""

    code = "module_locked"
    message = _lazy("Finish the modules before this one first.")


class LessonNotFound(NotFound):
    """No such lesson, or none that is published."""

    code = "lesson_not_found"
    message = _lazy("There is no such lesson.")
    field = "lessonId"


class QuizNotFound(NotFound):
    """No such quiz, or none that is published."""

    code = "quiz_not_found"
    message = _lazy("There is no such quiz.")
    field = "quizId"


class AttemptNotFound(NotFound):
    """No such attempt, or somebody else's: the two look the same."""

    code = "attempt_not_found"
    message = _lazy("There is no such attempt.")
    field = "attemptId"


class QuestionNotFound(NotFound):
    """The attempt (or the lesson) has no such question."""

    code = "question_not_found"
    message = _lazy("There is no such question here.")
    field = "questionId"


class QuizRequired(Conflict):
    """The lesson counts as done when its quiz is passed, not when somebody says so."""

    code = "quiz_required"
    message = _lazy("This lesson counts as done when you pass the quiz after it.")


class VideosNotWatched(Conflict):
    """The lesson counts as done when its videos are watched. The message says which, and how much is missing."""

    code = "videos_not_watched"
    message = _lazy("This lesson counts as done when you have watched its videos.")

    def __init__(self, left: str = "") -> None:
        told = _("This lesson counts as done when you have watched its videos. Still to watch: %(left)s.")
        super().__init__(message=told % {"left": left} if left else None)


class TooManyReports(Conflict):
    """Somebody's players report faster than any player of ours."""

    code = "too_many_reports"
    message = _lazy("These are too many reports at once. Keep them and send them in a minute.")


class TooManySearches(Conflict):
    """Somebody asks faster than anyone types."""

    code = "too_many_searches"
    message = _lazy("These are too many searches at once. Try again in a minute.")


class WatchedTooSoon(Conflict):
    """Somebody says that they have watched what takes longer."""

    code = "watched_too_soon"
    message = _lazy("These videos take longer than that. Watch them to the end first.")

    def __init__(self, wait: str = "") -> None:
        told = _("These videos take longer than that. Watch them to the end, and say so again in %(time)s.")
        super().__init__(message=told % {"time": wait} if wait else None)


class QuizEmpty(Conflict):
    """A quiz without questions can't be taken."""

    code = "quiz_empty"
    message = _lazy("This quiz has no questions yet.")


class AttemptsUsedUp(Conflict):
    """No attempt is left."""

    code = "attempts_used_up"
    message = _lazy("You have no attempts left for this quiz.")


class DeadlinePassed(Conflict):
    """The attempt is over; what was saved in time counts."""

    code = "deadline_passed"
    message = _lazy("The time is over. What was saved in time counts.")


class InvalidAnswer(InvalidInput):
    """An answer of the wrong shape for its question."""

    code = "invalid_answer"
    message = _lazy("This answer does not fit the question.")
    field = "answer"


class BookmarkNotFound(NotFound):
    """No such bookmark, or somebody else's: the two look the same."""

    code = "bookmark_not_found"
    message = _lazy("There is no such bookmark.")
    field = "bookmarkId"


class NoteNotFound(NotFound):
    """No such note, or somebody else's: the two look the same."""

    code = "note_not_found"
    message = _lazy("There is no such note.")
    field = "noteId"


class VideoNotInLesson(NotFound):
    """The lesson shows no such video."""

    code = "video_not_found"
    message = _lazy("This lesson does not show that video.")
    field = "videoId"


class MomentInvalid(InvalidInput):
    """No time that a video can have, or one without the other."""

    code = "invalid_moment"
    message = _lazy("Write the time in minutes and seconds, for example 1:30.")
    field = "at"


class MomentTooLate(InvalidInput):
    """The video is over by then."""

    code = "moment_too_late"
    message = _lazy("The video is over by then.")
    field = "at"


class NoteEmpty(InvalidInput):
    """A note without words."""

    code = "note_empty"
    message = _lazy("Write something first.")
    field = "text"


class NoteTooLong(InvalidInput):
    """A note beyond what is kept."""

    code = "note_too_long"
    message = _lazy("A note has at most 5,000 characters. Make two of it.")
    field = "text"


class LabelTooLong(InvalidInput):
    """A bookmark is a line; more is a note."""

    code = "label_too_long"
    message = _lazy("A bookmark’s name has at most 120 characters. Write a note for more.")
    field = "label"


class TooManyBookmarks(Conflict):
    """The lesson, or the person, has as many as are kept."""

    code = "too_many_bookmarks"
    message = _lazy("You have as many bookmarks as fit. Remove some that you don’t need any more.")


class TooManyNotes(Conflict):
    """The lesson, or the person, has as many as are kept."""

    code = "too_many_notes"
    message = _lazy("You have as many notes as fit. Remove some, or put several into one.")


class DownloadsNotAllowed(NotAllowed):
    """The course keeps its videos, or they are nobody's to keep."""

    code = "downloads_not_allowed"
    message = _lazy("The videos of this course can't be downloaded. You can watch them here.")


class RenditionNotFound(NotFound):
    """The video has no such file."""

    code = "rendition_not_found"
    message = _lazy("The video does not come in this size.")
    field = "rendition"


_BY_REASON: dict[str, type[DomainError]] = {
    found.code: found for found in (NotEnrolled, EnrollmentSuspended, EnrollmentNotOpen, ModuleLocked)
}


def refusal(reason: str) -> DomainError:
    """Return the error for a lock reason of ``learning.access``."""
    return _BY_REASON[reason]()
