"""Learning paths."""

from dataclasses import dataclass
from typing import Any

import graphene

from api.graphql.batches import PathBatch
from api.graphql.connections import PageInfo
from api.graphql.context import context_of
from api.graphql.types.blocks import Block, typed_blocks
from api.graphql.types.common import PictureType, picture
from api.graphql.types.course import CourseNode, CourseType
from api.graphql.types.offers import OfferNode, OfferType
from api.graphql.types.translations import Translatable
from courses.keys import page_public_id
from courses.models import LearningPathPage
from translation.queries import AvailableLocale


@dataclass(frozen=True)
class PathNode:
    """A visible learning path within the list it was loaded in."""

    page: LearningPathPage
    batch: PathBatch

    @property
    def languages(self) -> list[AvailableLocale]:
        return self.batch.languages.get(self.page.translation_key, [])


@dataclass(frozen=True)
class StageNode:
    """One stage with its visible courses."""

    title: str
    summary: str
    courses: list[CourseNode]


class PathStage(graphene.ObjectType):
    """A few courses of a path, in order."""

    title = graphene.String(required=True)
    summary = graphene.String(required=True)
    courses = graphene.List(graphene.NonNull(CourseType), required=True)


class LearningPathType(graphene.ObjectType):
    """A way through several courses."""

    class Meta:
        name = "LearningPath"
        interfaces = (Translatable,)

    id = graphene.ID(required=True)
    slug = graphene.String(required=True)
    title = graphene.String(required=True)
    summary = graphene.String(required=True)
    url = graphene.String()
    cover = graphene.Field(PictureType)
    outcomes = graphene.List(graphene.NonNull(graphene.String), required=True)
    offer = graphene.Field(OfferType, description="What `addToCart` takes, priced for here; null if not sold as one.")
    body = graphene.List(graphene.NonNull(Block), required=True)
    stages = graphene.List(graphene.NonNull(PathStage), required=True)

    @staticmethod
    def resolve_id(node: PathNode, info: Any) -> str:
        return page_public_id(node.page)

    @staticmethod
    def resolve_slug(node: PathNode, info: Any) -> str:
        return node.page.slug

    @staticmethod
    def resolve_title(node: PathNode, info: Any) -> str:
        return node.page.title

    @staticmethod
    def resolve_summary(node: PathNode, info: Any) -> str:
        return node.page.summary

    @staticmethod
    def resolve_url(node: PathNode, info: Any) -> str | None:
        return context_of(info).page_url(node.page)

    @staticmethod
    def resolve_cover(node: PathNode, info: Any) -> PictureType | None:
        found = node.batch.pictures.get(node.page.cover.pk) if node.page.cover else None
        return picture(found, "", context_of(info).url)

    @staticmethod
    def resolve_outcomes(node: PathNode, info: Any) -> list[str]:
        return [str(item.value) for item in node.page.outcomes]

    @staticmethod
    def resolve_offer(node: PathNode, info: Any) -> OfferNode | None:
        quote = node.batch.quotes.get(node.page.translation_key)
        return OfferNode(quote, node.batch.offers, node.page.title) if quote else None

    @staticmethod
    def resolve_body(node: PathNode, info: Any) -> list[Any]:
        return typed_blocks(node.page.body, info, is_free=True)

    @staticmethod
    def resolve_stages(node: PathNode, info: Any) -> list[StageNode]:
        batch = node.batch
        # Raw values: as blocks, every stage would load its courses by itself.
        stages = zip(node.page.stages.get_prep_value(), batch.stage_keys[node.page.pk], strict=True)
        return [
            StageNode(
                title=stage["value"]["title"],
                summary=stage["value"].get("summary") or "",
                # A course that isn't visible (any more) is left out here as everywhere.
                courses=[CourseNode(batch.by_key[key], batch.courses) for key in keys if key in batch.by_key],
            )
            for stage, keys in stages
        ]


class LearningPathEdge(graphene.ObjectType):
    """A learning path in a list."""

    node = graphene.Field(LearningPathType, required=True)
    cursor = graphene.String(required=True)


class LearningPathConnection(graphene.ObjectType):
    """A page of a list of learning paths."""

    edges = graphene.List(graphene.NonNull(LearningPathEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    total_count = graphene.Int(required=True)

    @staticmethod
    def resolve_total_count(connection: dict[str, Any], info: Any) -> int:
        return connection["total"]()


def path_nodes(paths: list[LearningPathPage], info: Any) -> list[PathNode]:
    """Nodes that share one batch."""
    batch = PathBatch(paths, context_of(info))
    return [PathNode(path, batch) for path in paths]
