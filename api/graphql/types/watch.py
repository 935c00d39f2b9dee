"""How a video is watched, for those who made it."""

from dataclasses import dataclass
from typing import Any

import graphene

from api.graphql.context import context_of
from api.graphql.ids import uuid_of
from learning.video_statistics import video_of_author
from videos.errors import VideoNotFound
from videos.models import Video
from videos.watching import QUALITY_DAYS, QualityRow, Statistics, Stretch, quality, statistics

__all__ = ["WatchQueries"]

#: The longest time that the quality is summed up over, in days.
_MOST_DAYS = 366


class WatchedStretch(graphene.ObjectType):
    """A piece of a video; there are at most 240."""

    start = graphene.Int(required=True, description="Seconds.")
    end = graphene.Int(required=True, description="Seconds, excluded.")
    retention = graphene.Float(required=True, description="Share of all viewers who have seen it, 0 to 1.")
    plays = graphene.Float(required=True, description="How often it was played, on average over its seconds.")
    replays = graphene.Float(required=True, description="How often a viewer who has seen it has played it.")


class PlaybackQuality(graphene.ObjectType):
    """How the video played in one country over one kind of network."""

    country = graphene.String(description="ISO 3166; null where it isn't known.")
    network = graphene.String(description="As the browser names it; null where it doesn't.")
    showings = graphene.Int(required=True)
    started = graphene.Int(required=True, description="Showings that came to a first picture.")
    startup_ms = graphene.Float(description="Milliseconds until it, on average.")
    stalls = graphene.Float(required=True, description="In a showing, on average.")
    stalled = graphene.Float(required=True, description="Share of the time spent waiting in the middle, 0 to 1.")

    @staticmethod
    def resolve_country(row: QualityRow, info: Any) -> str | None:
        return row.country or None

    @staticmethod
    def resolve_network(row: QualityRow, info: Any) -> str | None:
        return row.network or None


@dataclass(frozen=True)
class _Watched:
    video: Video
    found: Statistics


class VideoStatistics(graphene.ObjectType):
    """What all viewers of a video did; some seconds behind."""

    views = graphene.Int(required=True, description="Showings in which something was played.")
    unique_viewers = graphene.Int(required=True)
    played_seconds = graphene.Float(required=True, description="Repeated ones counted again.")
    average_percent = graphene.Float(required=True, description="Of the video, seen by a viewer on average.")
    stretches = graphene.List(
        graphene.NonNull(WatchedStretch), required=True, description="None before the first view."
    )
    quality = graphene.List(
        graphene.NonNull(PlaybackQuality),
        required=True,
        days=graphene.Int(default_value=QUALITY_DAYS, description="How far to look back, at most 366."),
        description="By country and network, most showings first.",
    )

    @staticmethod
    def resolve_views(watched: _Watched, info: Any) -> int:
        return watched.found.views

    @staticmethod
    def resolve_unique_viewers(watched: _Watched, info: Any) -> int:
        return watched.found.unique_viewers

    @staticmethod
    def resolve_played_seconds(watched: _Watched, info: Any) -> float:
        return float(watched.found.played_seconds)

    @staticmethod
    def resolve_average_percent(watched: _Watched, info: Any) -> float:
        return watched.found.average_percent

    @staticmethod
    def resolve_stretches(watched: _Watched, info: Any) -> tuple[Stretch, ...]:
        return watched.found.stretches

    @staticmethod
    def resolve_quality(watched: _Watched, info: Any, days: int = QUALITY_DAYS) -> list[QualityRow]:
        return quality([watched.video], days=max(1, min(days, _MOST_DAYS)))


class WatchQueries(graphene.ObjectType):
    """Part of ``Query``."""

    video_statistics = graphene.Field(
        VideoStatistics,
        video_id=graphene.ID(required=True),
        description="Null for everybody but authors of a course that shows the video.",
    )

    @staticmethod
    def resolve_video_statistics(root: Any, info: Any, video_id: str) -> _Watched | None:
        try:
            video = video_of_author(context_of(info).person, uuid_of(video_id, "videoId"))
        except VideoNotFound:
            return None
        return _Watched(video, statistics(video))
