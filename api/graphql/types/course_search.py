"""Search inside a course, over what the person who asks may open."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import graphene

from api.graphql.connections import PageInfo, connection_of
from api.graphql.context import context_of
from courses.addresses import path_of
from learning.course_search import Hit, search_course

__all__ = ["CourseSearchFields"]


@dataclass(frozen=True)
class HitNode:
    """A place with its course."""

    hit: Hit
    #: CourseNode
    node: Any


class SearchPiece(graphene.ObjectType):
    """A part of a text."""

    text = graphene.String(required=True)
    is_match = graphene.Boolean(required=True, description="Whether this is what was looked for.")


class CourseSearchHit(graphene.ObjectType):
    """A place in a lesson: in its title or text, or a moment of a video."""

    lesson = graphene.Field("api.graphql.types.course.LessonSummary", required=True)
    excerpt = graphene.List(
        graphene.NonNull(SearchPiece), required=True, description="Empty: it stands in the title alone."
    )
    video_id = graphene.ID(description="The video that it is said in; null for the lesson's own text.")
    start_seconds = graphene.Float(description="When it is said; null for the lesson's own text.")
    locale = graphene.String(required=True, description="Language of the excerpt.")
    url = graphene.String(description="On the school's website; a video begins there.")

    @staticmethod
    def resolve_lesson(place: HitNode, info: Any) -> Any:
        return place.node.item(place.hit.item)

    @staticmethod
    def resolve_excerpt(place: HitNode, info: Any) -> list[SearchPiece]:
        return [SearchPiece(text=text, is_match=is_match) for text, is_match in place.hit.excerpt]

    @staticmethod
    def resolve_video_id(place: HitNode, info: Any) -> str | None:
        return str(place.hit.video.public_id) if place.hit.video else None

    @staticmethod
    def resolve_start_seconds(place: HitNode, info: Any) -> float | None:
        return place.hit.at_ms / 1000 if place.hit.video else None

    @staticmethod
    def resolve_locale(place: HitNode, info: Any) -> str:
        return place.hit.locale

    @staticmethod
    def resolve_url(place: HitNode, info: Any) -> str | None:
        hit = place.hit
        path = path_of(hit.item.url_path, hit.item.language)
        moment = f"?{urlencode({'t': hit.seconds, 'v': hit.video.public_id.hex})}" if hit.video else ""
        return context_of(info).url(f"{path}{moment}") if path else None


class CourseSearchEdge(graphene.ObjectType):
    """A place in a list."""

    node = graphene.Field(CourseSearchHit, required=True)
    cursor = graphene.String(required=True)


class CourseSearchConnection(graphene.ObjectType):
    """A page of what was found."""

    edges = graphene.List(graphene.NonNull(CourseSearchEdge), required=True)
    page_info = graphene.Field(PageInfo, required=True)
    total_count = graphene.Int(required=True)

    @staticmethod
    def resolve_total_count(connection: dict[str, Any], info: Any) -> int:
        return connection["total"]()


class CourseSearchFields(graphene.ObjectType):
    """Part of ``Course``."""

    search_inside = graphene.Field(
        CourseSearchConnection,
        required=True,
        query=graphene.String(required=True, description="All of its words have to be there; 120 letters at most."),
        first=graphene.Int(),
        after=graphene.String(),
        description="Titles and texts of lessons, and what is said in their videos. Only lessons that the person who "
        "asks may open are searched: for visitors, free previews.",
    )

    @staticmethod
    def resolve_search_inside(
        node: Any, info: Any, query: str, first: int | None = None, after: str | None = None
    ) -> dict[str, Any]:
        context = context_of(info)
        address = context.request.META.get("REMOTE_ADDR", "")
        search = search_course(context.user, node.access, query, address=address)
        return connection_of(
            search.places,
            first=first,
            after=after,
            nodes=lambda places: [HitNode(hit, node) for hit in search.hits(places)],
        )
