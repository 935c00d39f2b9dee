"""Progress, quiz attempts, and what people note for themselves."""

from learning.models.attempt import AttemptAnswer, QuizAttempt
from learning.models.notes import Bookmark, Note
from learning.models.progress import CourseProgress, LessonProgress

__all__ = ["AttemptAnswer", "Bookmark", "CourseProgress", "LessonProgress", "Note", "QuizAttempt"]
