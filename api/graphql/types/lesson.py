"""A lesson with its body, for those who may open it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import graphene

from api.graphql.context import Context, context_of
from api.graphql.types.blocks import Block, body_videos, typed_blocks
from api.graphql.types.community import LessonTalk
from api.graphql.types.course import CourseNode, CourseType, ItemKind, ItemNode, LessonSummary, LockReason, course_nodes
from api.graphql.types.notes import LessonNotes
from api.graphql.types.translations import Translatable
from api.graphql.types.video import VideoType
from api.graphql.video_batch import VideoNode, video_nodes
from courses.keys import page_public_id
from courses.models import LessonPage, QuizPage
from courses.queries.outline import OutlineItem
from courses.queries.pages import course_of
from translation.queries import AvailableLocale, translations_of


class CompletionRule(graphene.Enum):
    """When a lesson counts as done."""

    OPENED = "opened"
    SCROLLED = "scrolled"
    QUIZ = "quiz"
    WATCHED = "watched"


@dataclass(frozen=True)
class PageNode:
    """A visible lesson or quiz page in its course."""

    page: Any  #: LessonPage or QuizPage
    context: Context
    course: CourseNode

    @cached_property
    def item(self) -> OutlineItem:
        """Its place in the outline."""
        return self.course.outline.by_key[self.page.translation_key]

    @cached_property
    def languages(self) -> list[AvailableLocale]:
        """The languages that it can be read in."""
        key = self.page.translation_key
        return translations_of([key]).get(key, [])

    @cached_property
    def is_open(self) -> bool:
        """Whether the person who asks may open it."""
        return self.course.access.can_open(self.item)

    def neighbour(self, index: int) -> ItemNode | None:
        """The item before (0) or after (1)."""
        return self.course.item(self.course.outline.neighbours(self.page.translation_key)[index])


def page_node(page: LessonPage | QuizPage, info: Any) -> PageNode:
    """The node of a page from the one loader."""
    (course,) = course_nodes([course_of(page)], info)
    return PageNode(page, context_of(info), course)


class PageFields(graphene.Interface):
    """What lessons and quizzes share."""

    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    kind = graphene.Field(ItemKind, required=True)
    url = graphene.String()
    duration_minutes = graphene.Int(required=True)
    is_locked = graphene.Boolean(required=True)
    lock_reason = graphene.Field(LockReason)
    is_completed = graphene.Boolean(required=True)
    course = graphene.Field(CourseType, required=True)
    previous = graphene.Field(LessonSummary)
    next = graphene.Field(LessonSummary)

    @classmethod
    def resolve_type(cls, node: PageNode, info: Any) -> type[graphene.ObjectType]:
        from api.graphql.types.quiz import QuizType

        return LessonType if isinstance(node.page, LessonPage) else QuizType

    @staticmethod
    def resolve_id(node: PageNode, info: Any) -> str:
        return page_public_id(node.page)

    @staticmethod
    def resolve_title(node: PageNode, info: Any) -> str:
        return node.page.title

    @staticmethod
    def resolve_kind(node: PageNode, info: Any) -> str:
        return node.item.kind

    @staticmethod
    def resolve_url(node: PageNode, info: Any) -> str | None:
        return node.context.page_url(node.page)

    @staticmethod
    def resolve_duration_minutes(node: PageNode, info: Any) -> int:
        return node.page.estimated_minutes

    @staticmethod
    def resolve_is_locked(node: PageNode, info: Any) -> bool:
        return not node.is_open

    @staticmethod
    def resolve_lock_reason(node: PageNode, info: Any) -> str | None:
        return node.course.access.lock_reason(node.item) or None

    @staticmethod
    def resolve_is_completed(node: PageNode, info: Any) -> bool:
        return node.page.translation_key in node.course.access.completed

    @staticmethod
    def resolve_course(node: PageNode, info: Any) -> CourseNode:
        return node.course

    @staticmethod
    def resolve_previous(node: PageNode, info: Any) -> ItemNode | None:
        return node.neighbour(0)

    @staticmethod
    def resolve_next(node: PageNode, info: Any) -> ItemNode | None:
        return node.neighbour(1)


class LessonType(LessonNotes, LessonTalk, graphene.ObjectType):
    """A lesson. Its body is null while it is locked; ``lockReason`` says why."""

    class Meta:
        name = "Lesson"
        interfaces = (PageFields, Translatable)

    summary = graphene.String(required=True)
    is_free_preview = graphene.Boolean(required=True)
    completion_rule = graphene.Field(CompletionRule, required=True)
    watched_percent = graphene.Int(description="Of each video, where the rule is WATCHED; else null.")
    body = graphene.List(graphene.NonNull(Block))
    videos = graphene.List(graphene.NonNull(VideoType), description="Those of the body; null while it is locked.")

    @staticmethod
    def resolve_summary(node: PageNode, info: Any) -> str:
        return node.page.summary

    @staticmethod
    def resolve_is_free_preview(node: PageNode, info: Any) -> bool:
        return node.page.is_free_preview

    @staticmethod
    def resolve_completion_rule(node: PageNode, info: Any) -> str:
        return node.page.completion_rule

    @staticmethod
    def resolve_body(node: PageNode, info: Any) -> list[Any] | None:
        return typed_blocks(node.page.body, info, is_free=node.item.is_free_preview) if node.is_open else None

    @staticmethod
    def resolve_watched_percent(node: PageNode, info: Any) -> int | None:
        is_by_watching = node.page.completion_rule == LessonPage.Completion.WATCHED
        return node.page.watched_percent if is_by_watching else None

    @staticmethod
    def resolve_videos(node: PageNode, info: Any) -> list[VideoNode] | None:
        if not node.is_open:
            return None
        found = body_videos(node.page.body)
        return list(video_nodes(found, node.context, is_free=node.item.is_free_preview).values())
