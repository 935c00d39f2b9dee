"""What stands between a draft and the website.

Pure functions over content as it is stored: they ask the database nothing, so the same rules run while an author types,
on a dashboard of fifty courses, before a review and in the importer. An *error* stops submitting and publishing, a
*warning* is only shown; neither ever stops saving a draft.
"""

from courses.checks.problem import Problem, Severity, errors_in
from courses.checks.rules import content_problems, course_problems, page_problems
from courses.checks.streams import Content, content_of, content_of_revision
from courses.checks.structure import Node, structure_problems

__all__ = [
    "Content",
    "Node",
    "Problem",
    "Severity",
    "content_of",
    "content_of_revision",
    "content_problems",
    "course_problems",
    "errors_in",
    "page_problems",
    "structure_problems",
]
