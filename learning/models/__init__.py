"""Progress and quiz attempts."""

from learning.models.attempt import AttemptAnswer, QuizAttempt
from learning.models.progress import CourseProgress, LessonProgress

__all__ = ["AttemptAnswer", "CourseProgress", "LessonProgress", "QuizAttempt"]
