"""StreamField blocks: the pieces that lessons, quizzes and course pages are made of.

Names of blocks are part of stored content and of the GraphQL schema: never rename one without a data migration.
"""

from courses.blocks.body import LessonBodyBlock, PageBodyBlock
from courses.blocks.questions import QUESTION_TYPES, QuestionPoolBlock
from courses.blocks.simple import SimpleBodyBlock
from courses.blocks.stages import PathStagesBlock, PlainListBlock
from courses.blocks.video import LessonVideoBlock, VideoBlock, self_checks_in

__all__ = [
    "QUESTION_TYPES",
    "LessonBodyBlock",
    "LessonVideoBlock",
    "PageBodyBlock",
    "PathStagesBlock",
    "PlainListBlock",
    "QuestionPoolBlock",
    "SimpleBodyBlock",
    "VideoBlock",
    "self_checks_in",
]
