"""Refusals of this room, with codes that the faces show and programs test."""

from django.utils.translation import gettext_lazy as _lazy

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound

__all__ = [
    "AlreadyReported",
    "CommentEmpty",
    "CommentNotFound",
    "CommentTooLong",
    "EditingOver",
    "MayNotModerate",
    "NotYourComment",
    "OwnComment",
    "ReasonUnknown",
    "ThreadFull",
    "ThreadNotFound",
    "TooManyComments",
    "TooManyReports",
    "TooManyThreads",
]


class ThreadNotFound(NotFound):
    """No such thread, or none that this person may see."""

    code = "thread_not_found"
    message = _lazy("There is no such question.")
    field = "threadId"


class CommentNotFound(NotFound):
    """No such comment, or none that this person may see."""

    code = "comment_not_found"
    message = _lazy("There is no such comment.")
    field = "commentId"


class NotYourComment(NotAllowed):
    """Somebody else wrote it."""

    code = "not_your_comment"
    message = _lazy("Only who wrote a comment can change it.")
    field = "commentId"


class OwnComment(Conflict):
    """Nobody reports themselves."""

    code = "own_comment"
    message = _lazy("This is your own comment. You can change or remove it.")
    field = "commentId"


class EditingOver(Conflict):
    """It has stood too long for others to have answered something else."""

    code = "editing_over"
    message = _lazy("A comment can be changed for 15 minutes. Write another one, or remove it.")
    field = "commentId"


class CommentEmpty(InvalidInput):
    """A comment without words."""

    code = "comment_empty"
    message = _lazy("Write something first.")
    field = "text"


class CommentTooLong(InvalidInput):
    """More than anybody reads below a video."""

    code = "comment_too_long"
    message = _lazy("A comment has at most 3,000 characters.")
    field = "text"


class ThreadFull(Conflict):
    """A thread has an end."""

    code = "thread_full"
    message = _lazy("This thread is full. Ask a new question.")
    field = "threadId"


class TooManyThreads(Conflict):
    """More questions in an hour than anybody has."""

    code = "too_many_threads"
    message = _lazy("You have asked many questions in the last hour. Wait a while before you ask the next one.")


class TooManyComments(Conflict):
    """More comments in an hour than anybody writes."""

    code = "too_many_comments"
    message = _lazy("You have written many comments in the last hour. Wait a while before you write the next one.")


class TooManyReports(Conflict):
    """More reports in an hour than anybody means."""

    code = "too_many_reports"
    message = _lazy("You have reported many comments in the last hour. Somebody will look at them first.")


class AlreadyReported(Conflict):
    """Once is enough."""

    code = "already_reported"
    message = _lazy("You have reported this comment already. Somebody will look at it.")
    field = "commentId"


class ReasonUnknown(InvalidInput):
    """Not one of the reasons."""

    code = "reason_unknown"
    message = _lazy("Choose what is wrong with the comment.")
    field = "reason"


class MayNotModerate(NotAllowed):
    """Only those who teach the course, and staff who look after comments."""

    code = "may_not_moderate"
    message = _lazy("Only people who teach this course may do this.")
