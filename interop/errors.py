"""Refusals of this room."""

from django.utils.translation import gettext_lazy as _lazy

from core.errors import InvalidInput


class CourseRefused(InvalidInput):
    """A course folder that can't be imported; nothing was written.

    Args:
        message: one sentence for the person who runs the import, with what to do.
        path: file inside the folder, as its author knows it; empty for the folder as a whole.
        line: line in that file, counted from 1; 0 when it concerns no line.
    """

    code = "course_refused"
    message = _lazy("This folder can't be imported.")

    def __init__(self, message: str, *, path: str = "", line: int = 0) -> None:
        self.path = path
        self.line = line
        where = f"{path}, line {line}: " if path and line else f"{path}: " if path else ""
        super().__init__(message=f"{where}{message}")
