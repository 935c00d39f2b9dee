"""The pages of a course in one target language."""

import uuid

from translation.queries.rows import CourseTree

__all__ = ["course_tree"]


def course_tree(course_key: uuid.UUID, language: str) -> CourseTree:
    """All published pages of the source in reading order, each with its state; a fixed number of queries.

    Raises:
        NotFound: no such course.
        UnknownLanguage: no language of this school, or the source's.
    """
    raise NotImplementedError
