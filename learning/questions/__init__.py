"""What learners see of questions, before and after they answer."""

from learning.questions.learner import (
    Choice,
    LearnerQuestion,
    RightAnswer,
    learner_question,
    learner_questions,
    right_answer_of,
)
from learning.questions.review import AttemptReview, ReviewedQuestion, attempt_questions, review_of
from learning.questions.visibility import Shows, what_shows

__all__ = [
    "AttemptReview",
    "Choice",
    "LearnerQuestion",
    "ReviewedQuestion",
    "RightAnswer",
    "Shows",
    "attempt_questions",
    "learner_question",
    "learner_questions",
    "review_of",
    "right_answer_of",
    "what_shows",
]
