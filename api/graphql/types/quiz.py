"""Quizzes and attempts, as the learner who takes them sees them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import graphene

from api.graphql.context import context_of
from api.graphql.types.blocks import Block, typed_blocks
from api.graphql.types.lesson import PageFields, PageNode
from api.graphql.types.questions import Question, QuestionNode
from api.graphql.types.translations import Translatable
from learning.models import QuizAttempt
from learning.queries import attempts_left, attempts_of, saved_answers
from learning.questions.review import AttemptReview, attempt_questions, review_of

#: Attempts of one quiz served at once, newest first.
MAX_ATTEMPTS = 20


class AttemptState(graphene.Enum):
    """Where an attempt stands."""

    OPEN = "open"
    SUBMITTED = "submitted"


class AttemptType(graphene.ObjectType):
    """One go at a quiz, the learner's own."""

    class Meta:
        name = "QuizAttempt"

    id = graphene.ID(required=True)
    number = graphene.Int(required=True)
    state = graphene.Field(AttemptState, required=True)
    started_at = graphene.DateTime(required=True)
    deadline = graphene.DateTime(description="After it nothing more is accepted; what was saved counts.")
    submitted_at = graphene.DateTime()
    score = graphene.Float(description="0 to 1; null until the quiz's rules show it.")
    passed = graphene.Boolean(description="Null until the quiz's rules show it.")
    questions = graphene.List(graphene.NonNull(Question), required=True)

    @staticmethod
    def resolve_id(node: "AttemptNode", info: Any) -> str:
        return str(node.attempt.public_id)

    @staticmethod
    def resolve_state(node: "AttemptNode", info: Any) -> str:
        return str(node.attempt.state)

    @staticmethod
    def resolve_score(node: "AttemptNode", info: Any) -> float | None:
        return None if node.review.score is None else float(node.review.score)

    @staticmethod
    def resolve_passed(node: "AttemptNode", info: Any) -> bool | None:
        return node.review.passed

    @staticmethod
    def resolve_questions(node: "AttemptNode", info: Any) -> list[QuestionNode]:
        saved = saved_answers(node.attempt)
        reviewed = {item.question.key: item for item in node.review.questions}
        return [
            QuestionNode(
                question,
                review=reviewed.get(question.key),
                saved=saved.get(question.key),
            )
            for question in attempt_questions(node.attempt)
        ]


@dataclass(frozen=True)
class AttemptNode:
    """An attempt with what its learner may see of it, worked out once."""

    attempt: QuizAttempt

    @cached_property
    def review(self) -> AttemptReview:
        """What the rules show now."""
        return review_of(self.attempt)

    def __getattr__(self, name: str) -> Any:
        """Plain fields are the attempt's."""
        return getattr(self.attempt, name)


class QuizType(graphene.ObjectType):
    """A quiz before it is taken: rules, no questions."""

    class Meta:
        name = "Quiz"
        interfaces = (PageFields, Translatable)

    pass_mark = graphene.Int(required=True, description="Percent.")
    time_limit_minutes = graphene.Int()
    attempts_allowed = graphene.Int(description="Null: as many as one likes.")
    attempts_left = graphene.Int(description="Null: as many as one likes.")
    question_count = graphene.Int(required=True, description="In one attempt.")
    introduction = graphene.List(graphene.NonNull(Block))
    attempts = graphene.List(graphene.NonNull(AttemptType), required=True, description="One's own, newest first.")

    @staticmethod
    def resolve_pass_mark(node: PageNode, info: Any) -> int:
        return node.page.pass_mark

    @staticmethod
    def resolve_time_limit_minutes(node: PageNode, info: Any) -> int | None:
        return node.page.time_limit_minutes

    @staticmethod
    def resolve_attempts_allowed(node: PageNode, info: Any) -> int | None:
        return node.page.attempts_allowed

    @staticmethod
    def resolve_attempts_left(node: PageNode, info: Any) -> int | None:
        return attempts_left(context_of(info).user, node.page)

    @staticmethod
    def resolve_question_count(node: PageNode, info: Any) -> int:
        pool = len(node.page.questions)
        return min(node.page.draw_count or pool, pool)

    @staticmethod
    def resolve_introduction(node: PageNode, info: Any) -> list[Any] | None:
        return typed_blocks(node.page.introduction, info) if node.is_open else None

    @staticmethod
    def resolve_attempts(node: PageNode, info: Any) -> list[AttemptNode]:
        attempts = attempts_of(context_of(info).user, node.page.translation_key)
        return [AttemptNode(attempt) for attempt in attempts[:MAX_ATTEMPTS]]
