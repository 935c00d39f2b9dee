"""A draft, for the frontend that its author looks at it in. Reached by a signed token that expires, and only so."""

from typing import Any

import graphene
from wagtail.models import Page

from api.graphql.context import context_of
from api.graphql.types.blocks import Block, typed_blocks
from api.graphql.types.questions import Question, QuestionNode
from learning.questions.learner import learner_questions

#: Page types that have a preview.
KINDS = ("coursepage", "modulepage", "lessonpage", "quizpage", "learningpathpage")


class PreviewKind(graphene.Enum):
    """What the draft is of."""

    COURSE = "coursepage"
    MODULE = "modulepage"
    LESSON = "lessonpage"
    QUIZ = "quizpage"
    LEARNING_PATH = "learningpathpage"


class Preview(graphene.ObjectType):
    """A draft as learners would see it; fields that its kind lacks are empty. Keys are not in it either."""

    kind = graphene.Field(PreviewKind, required=True)
    title = graphene.String(required=True)
    subtitle = graphene.String(required=True)
    summary = graphene.String(required=True)
    locale = graphene.String(required=True)
    body = graphene.List(graphene.NonNull(Block), required=True)
    introduction = graphene.List(graphene.NonNull(Block), required=True)
    questions = graphene.List(graphene.NonNull(Question), required=True)

    @staticmethod
    def resolve_kind(page: Page, info: Any) -> str:
        return page._meta.model_name

    @staticmethod
    def resolve_subtitle(page: Page, info: Any) -> str:
        return getattr(page, "subtitle", "")

    @staticmethod
    def resolve_summary(page: Page, info: Any) -> str:
        return getattr(page, "summary", "")

    @staticmethod
    def resolve_locale(page: Page, info: Any) -> str:
        return page.locale.language_code if page.locale_id else context_of(info).language

    @staticmethod
    def resolve_body(page: Page, info: Any) -> list[Any]:
        return typed_blocks(getattr(page, "body", ()), info)

    @staticmethod
    def resolve_introduction(page: Page, info: Any) -> list[Any]:
        return typed_blocks(getattr(page, "introduction", ()), info)

    @staticmethod
    def resolve_questions(page: Page, info: Any) -> list[QuestionNode]:
        shown = learner_questions(getattr(page, "questions", ()), seed="preview")
        return [QuestionNode(question) for question in shown]


def is_previewable(page: Page | None) -> bool:
    """Whether the draft is of a kind that this type shows."""
    return page is not None and page._meta.model_name in KINDS
