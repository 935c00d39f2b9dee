"""What is taught: pages, snippets, and who writes which course."""

from courses.models.course import CourseIndexPage, CoursePage, CourseTag
from courses.models.facts import CourseFacts, LessonWords
from courses.models.lesson import LessonPage, ModulePage
from courses.models.membership import CourseMember
from courses.models.path import LearningPathIndexPage, LearningPathPage
from courses.models.quiz import QuizPage
from courses.models.snippets import Category, GlossaryTerm

__all__ = [
    "Category",
    "CourseFacts",
    "CourseIndexPage",
    "CourseMember",
    "CoursePage",
    "CourseTag",
    "GlossaryTerm",
    "LearningPathIndexPage",
    "LearningPathPage",
    "LessonPage",
    "LessonWords",
    "ModulePage",
    "QuizPage",
]
