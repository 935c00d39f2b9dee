"""Courses as programs see them: everything a learner may know, nothing an author keeps."""

from dataclasses import dataclass
from typing import Any

import graphene

from api.graphql.batches import CourseBatch, authors_of
from api.graphql.connections import PageInfo
from api.graphql.context import context_of
from api.graphql.types.blocks import Block, typed_blocks
from api.graphql.types.common import DisplayPrice, MoneyType, PictureType, display_price, money, picture
from api.graphql.types.course_search import CourseSearchFields
from api.graphql.types.offers import OfferNode, OfferType
from api.graphql.types.translations import Translatable
from api.graphql.types.video import VideoType
from api.graphql.video_batch import VideoNode
from courses.keys import page_public_id
from courses.models import CoursePage
from courses.queries.outline import CourseOutline, OutlineItem, OutlineModule
from learning.access import CourseAccess
from translation.queries import AvailableLocale


class Level(graphene.Enum):
    """How much one should know before."""

    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class ItemKind(graphene.Enum):
    """What stands in a module."""

    LESSON = "lesson"
    QUIZ = "quiz"


class LockReason(graphene.Enum):
    """Why a lesson can't be opened now."""

    NOT_ENROLLED = "not_enrolled"
    MODULE_LOCKED = "module_locked"
    ENROLLMENT_SUSPENDED = "enrollment_suspended"
    ENROLLMENT_NOT_OPEN = "enrollment_not_open"


class CategoryType(graphene.ObjectType):
    """A shelf of the catalogue."""

    class Meta:
        name = "Category"

    slug = graphene.String(required=True)
    title = graphene.String(required=True)
    description = graphene.String(required=True)


class Instructor(graphene.ObjectType):
    """A person who teaches; only what they show to everyone."""

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    bio = graphene.String(required=True)

    @staticmethod
    def resolve_id(person: Any, info: Any) -> str:
        return str(person.public_id)

    @staticmethod
    def resolve_name(person: Any, info: Any) -> str:
        return person.get_full_name()


@dataclass(frozen=True)
class ItemNode:
    """A lesson or quiz in an outline, with what the person who asks may do with it."""

    item: OutlineItem
    node: "CourseNode"


@dataclass(frozen=True)
class ModuleNode:
    """A module with its course."""

    module: OutlineModule
    node: "CourseNode"


@dataclass(frozen=True)
class CourseNode:
    """A visible course within the list it was loaded in."""

    page: CoursePage
    batch: CourseBatch

    @property
    def outline(self) -> CourseOutline:
        return self.batch.outlines[self.page.pk]

    @property
    def access(self) -> CourseAccess:
        return self.batch.accesses[self.page.pk]

    @property
    def languages(self) -> list[AvailableLocale]:
        return self.batch.languages.get(self.page.translation_key, [])

    def item(self, item: OutlineItem | None) -> ItemNode | None:
        return ItemNode(item, self) if item else None


class LessonSummary(graphene.ObjectType):
    """A lesson or quiz as lists show it; ``lesson`` and ``quiz`` give the rest."""

    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    kind = graphene.Field(ItemKind, required=True)
    duration_minutes = graphene.Int(required=True)
    is_free_preview = graphene.Boolean(required=True)
    is_locked = graphene.Boolean(required=True, description="Whether it can't be opened by the person who asks.")
    lock_reason = graphene.Field(LockReason)
    is_completed = graphene.Boolean(required=True)

    @staticmethod
    def resolve_id(node: ItemNode, info: Any) -> str:
        return node.item.public_id

    @staticmethod
    def resolve_title(node: ItemNode, info: Any) -> str:
        return node.item.title

    @staticmethod
    def resolve_kind(node: ItemNode, info: Any) -> str:
        return node.item.kind

    @staticmethod
    def resolve_duration_minutes(node: ItemNode, info: Any) -> int:
        return node.item.minutes

    @staticmethod
    def resolve_is_free_preview(node: ItemNode, info: Any) -> bool:
        return node.item.is_free_preview

    @staticmethod
    def resolve_is_locked(node: ItemNode, info: Any) -> bool:
        return not node.node.access.can_open(node.item)

    @staticmethod
    def resolve_lock_reason(node: ItemNode, info: Any) -> str | None:
        return node.node.access.lock_reason(node.item) or None

    @staticmethod
    def resolve_is_completed(node: ItemNode, info: Any) -> bool:
        return node.item.key in node.node.access.completed


class ModuleType(graphene.ObjectType):
    """A part of a course."""

    class Meta:
        name = "Module"

    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    summary = graphene.String(required=True)
    duration_minutes = graphene.Int(required=True)
    lessons = graphene.List(graphene.NonNull(LessonSummary), required=True)

    @staticmethod
    def resolve_id(node: ModuleNode, info: Any) -> str:
        return node.module.public_id

    @staticmethod
    def resolve_title(node: ModuleNode, info: Any) -> str:
        return node.module.title

    @staticmethod
    def resolve_summary(node: ModuleNode, info: Any) -> str:
        return node.module.summary

    @staticmethod
    def resolve_duration_minutes(node: ModuleNode, info: Any) -> int:
        return node.module.minutes

    @staticmethod
    def resolve_lessons(node: ModuleNode, info: Any) -> list[ItemNode]:
        return [ItemNode(item, node.node) for item in node.module.items]


class CourseViewer(graphene.ObjectType):
    """The course as the person who asks has it."""

    is_enrolled = graphene.Boolean(required=True)
    progress = graphene.Float(required=True, description="0 to 1.")
    is_completed = graphene.Boolean(required=True)
    next_lesson = graphene.Field(LessonSummary, description="Where to go on; null when everything is done.")
    new_lessons = graphene.List(
        graphene.NonNull(LessonSummary), required=True, description="Added since the course was completed."
    )

    @staticmethod
    def resolve_is_enrolled(node: CourseNode, info: Any) -> bool:
        return node.access.has_access

    @staticmethod
    def resolve_progress(node: CourseNode, info: Any) -> float:
        return node.access.fraction

    @staticmethod
    def resolve_is_completed(node: CourseNode, info: Any) -> bool:
        return node.access.is_completed

    @staticmethod
    def resolve_next_lesson(node: CourseNode, info: Any) -> ItemNode | None:
        return node.item(node.access.next_item)

    @staticmethod
    def resolve_new_lessons(node: CourseNode, info: Any) -> list[ItemNode]:
        return [ItemNode(item, node) for item in node.access.new_items]


class CourseType(CourseSearchFields, graphene.ObjectType):
    """A course."""

    class Meta:
        name = "Course"
        interfaces = (Translatable,)

    id = graphene.ID(required=True, description="Names this course in this language.")
    key = graphene.ID(required=True, description="The same in every language.")
    slug = graphene.String(required=True)
    title = graphene.String(required=True)
    subtitle = graphene.String(required=True)
    summary = graphene.String(required=True)
    level = graphene.Field(Level, required=True)
    url = graphene.String(description="On the school's website.")
    duration_minutes = graphene.Int(required=True)
    lesson_count = graphene.Int(required=True)
    published_at = graphene.DateTime()
    cover = graphene.Field(PictureType)
    trailer = graphene.Field(VideoType, description="About the course; anyone may watch it.")
    allows_downloads = graphene.Boolean(required=True, description="Whether learners may keep its videos.")
    burns_watermark = graphene.Boolean(
        required=True, description="Whether downloads bear the learner's name, and have to be made first."
    )
    categories = graphene.List(graphene.NonNull(CategoryType), required=True)
    tags = graphene.List(graphene.NonNull(graphene.String), required=True)
    instructors = graphene.List(graphene.NonNull(Instructor), required=True)
    outcomes = graphene.List(graphene.NonNull(graphene.String), required=True)
    requirements = graphene.List(graphene.NonNull(graphene.String), required=True)
    audience = graphene.List(graphene.NonNull(graphene.String), required=True)
    attribution = graphene.String(required=True)
    has_certificate = graphene.Boolean(required=True)
    is_free = graphene.Boolean(required=True)
    price = graphene.Field(
        MoneyType, description="What the person who asks is charged; null for a free course. One of `prices`."
    )
    display_price = graphene.Field(
        DisplayPrice,
        currency=graphene.String(
            description="ISO 4217, one that the school shows prices in; else the profile's, or that of the country."
        ),
        description="The price in a currency that the person who asks thinks in; null for a free course.",
    )
    prices = graphene.List(graphene.NonNull(MoneyType), required=True)
    offer = graphene.Field(OfferType, description="What `addToCart` takes, priced for here; null for a free course.")
    modules = graphene.List(graphene.NonNull(ModuleType), required=True)
    body = graphene.List(graphene.NonNull(Block), required=True)
    viewer = graphene.Field(CourseViewer, required=True)

    @staticmethod
    def resolve_id(node: CourseNode, info: Any) -> str:
        return page_public_id(node.page)

    @staticmethod
    def resolve_key(node: CourseNode, info: Any) -> str:
        return str(node.page.translation_key)

    @staticmethod
    def resolve_slug(node: CourseNode, info: Any) -> str:
        return node.page.slug

    @staticmethod
    def resolve_title(node: CourseNode, info: Any) -> str:
        return node.page.title

    @staticmethod
    def resolve_subtitle(node: CourseNode, info: Any) -> str:
        return node.page.subtitle

    @staticmethod
    def resolve_summary(node: CourseNode, info: Any) -> str:
        return node.page.summary

    @staticmethod
    def resolve_level(node: CourseNode, info: Any) -> str:
        return node.page.level

    @staticmethod
    def resolve_url(node: CourseNode, info: Any) -> str | None:
        return context_of(info).page_url(node.page)

    @staticmethod
    def resolve_duration_minutes(node: CourseNode, info: Any) -> int:
        facts = getattr(node.page, "facts", None)
        return node.page.estimated_minutes or (facts.minutes if facts else 0)

    @staticmethod
    def resolve_lesson_count(node: CourseNode, info: Any) -> int:
        facts = getattr(node.page, "facts", None)
        return facts.item_count if facts else 0

    @staticmethod
    def resolve_published_at(node: CourseNode, info: Any) -> Any:
        return node.page.first_published_at

    @staticmethod
    def resolve_cover(node: CourseNode, info: Any) -> PictureType | None:
        found = node.batch.pictures.get(node.page.cover.pk) if node.page.cover else None
        # The title stands beside the cover wherever it is shown; naming it again would be read twice.
        return picture(found, "", context_of(info).url)

    @staticmethod
    def resolve_trailer(node: CourseNode, info: Any) -> VideoNode | None:
        return node.batch.trailers.get(node.page.trailer_id) if node.page.trailer_id else None

    @staticmethod
    def resolve_allows_downloads(node: CourseNode, info: Any) -> bool:
        return node.page.allows_downloads

    @staticmethod
    def resolve_burns_watermark(node: CourseNode, info: Any) -> bool:
        return node.page.burns_watermark

    @staticmethod
    def resolve_categories(node: CourseNode, info: Any) -> list[Any]:
        return node.batch.categories.get(node.page.pk, [])

    @staticmethod
    def resolve_tags(node: CourseNode, info: Any) -> list[str]:
        return node.batch.tags.get(node.page.pk, [])

    @staticmethod
    def resolve_instructors(node: CourseNode, info: Any) -> list[Any]:
        return authors_of(node.batch, node.page)

    @staticmethod
    def resolve_outcomes(node: CourseNode, info: Any) -> list[str]:
        return [str(item.value) for item in node.page.outcomes]

    @staticmethod
    def resolve_requirements(node: CourseNode, info: Any) -> list[str]:
        return [str(item.value) for item in node.page.requirements]

    @staticmethod
    def resolve_audience(node: CourseNode, info: Any) -> list[str]:
        return [str(item.value) for item in node.page.audience]

    @staticmethod
    def resolve_attribution(node: CourseNode, info: Any) -> str:
        return node.page.attribution

    @staticmethod
    def resolve_has_certificate(node: CourseNode, info: Any) -> bool:
        return node.page.has_certificate

    @staticmethod
    def resolve_is_free(node: CourseNode, info: Any) -> bool:
        return not node.batch.prices.get(node.page.translation_key)

    @staticmethod
    def resolve_prices(node: CourseNode, info: Any) -> list[MoneyType]:
        language = context_of(info).language
        return [money(price, language) for price in node.batch.prices.get(node.page.translation_key, [])]

    @staticmethod
    def resolve_price(node: CourseNode, info: Any) -> MoneyType | None:
        context = context_of(info)
        tag = context.price_tags().tag(node.batch.prices.get(node.page.translation_key))
        return money(tag.charged, context.language) if tag else None

    @staticmethod
    def resolve_display_price(node: CourseNode, info: Any, currency: str | None = None) -> DisplayPrice | None:
        context = context_of(info)
        tag = context.price_tags(currency).tag(node.batch.prices.get(node.page.translation_key))
        return display_price(tag, context.language) if tag else None

    @staticmethod
    def resolve_offer(node: CourseNode, info: Any) -> OfferNode | None:
        quote = node.batch.quotes.get(node.page.translation_key)
        return OfferNode(quote, node.batch.offers, node.page.title) if quote else None

    @staticmethod
    def resolve_modules(node: CourseNode, info: Any) -> list[ModuleNode]:
        return [ModuleNode(module, node) for module in node.outline.modules]

    @staticmethod
    def resolve_body(node: CourseNode, info: Any) -> list[Any]:
        return typed_blocks(node.page.body, info, is_free=True)

    @staticmethod
    def resolve_viewer(node: CourseNode, info: Any) -> CourseNode:
        return node


class CourseEdge(graphene.ObjectType):
    """A course in a list."""

    node = graphene.Field(CourseType, required=True)
    cursor = graphene.String(required=True)


class CourseConnection(graphene.ObjectType):
    """A page of a list of courses."""

    edges = graphene.List(graphene.NonNull(CourseEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    total_count = graphene.Int(required=True)

    @staticmethod
    def resolve_total_count(connection: dict[str, Any], info: Any) -> int:
        return connection["total"]()


def course_nodes(courses: list[CoursePage], info: Any) -> list[CourseNode]:
    """Nodes that share one batch."""
    batch = CourseBatch(courses, context_of(info))
    return [CourseNode(course, batch) for course in courses]
