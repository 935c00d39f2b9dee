"""What was watched, as apps report it. The mutation calls the action that the website's player calls."""

from typing import Any

import graphene

from api.graphql.context import context_of
from api.graphql.ids import page_key, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.mutations.learning import language_of_page
from learning.actions.watch_video import watch_video

__all__ = ["WatchMutations"]


class WatchedSegmentInput(graphene.InputObjectType):
    """Seconds really played, whole ones; the end is excluded."""

    start = graphene.Int(required=True)
    end = graphene.Int(required=True)


class WatchBatchInput(graphene.InputObjectType):
    """What was played since the batch before. What is played again stands here again."""

    number = graphene.Int(required=True, description="Counted up in each showing; the same number counts once.")
    segments = graphene.List(graphene.NonNull(WatchedSegmentInput), required=True, description="At most 100.")


class ReportWatchInput(graphene.InputObjectType):
    """What somebody has watched of a video. Send again what wasn't acknowledged, in any order, days later too."""

    video_id = graphene.ID(required=True)
    lesson_id = graphene.ID(description="The lesson that it is watched in.")
    session_id = graphene.ID(required=True, description="A UUID of this showing, made by the app.")
    batches = graphene.List(graphene.NonNull(WatchBatchInput), required=True, description="At most 50.")
    position_ms = graphene.Int(required=True, description="Where to go on, on whatever device; the newest counts.")
    at = graphene.DateTime(required=True, description="When it was there, by the device's clock.")
    sent_at = graphene.DateTime(description="What that clock says now: so a clock that is wrong is put right.")
    startup_ms = graphene.Int(description="From play to the first picture; null while there is none.")
    stalls = graphene.Int(default_value=0, description="Of the showing so far, as is `stalledMs`.")
    stalled_ms = graphene.Int(default_value=0)
    network = graphene.String(description="`wifi`, `4g`, `3g`, `2g`, `slow-2g`, `5g`, `ethernet`, `cellular`.")


class ReportWatchPayload(Payload):
    """What the server holds now."""

    position_ms = graphene.Int()
    watched_percent = graphene.Float(description="Of the video, 0 to 100; what was seen twice counts once.")
    lesson_completed = graphene.Boolean(description="The lesson is one that watching completes, and it is done.")


class WatchMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    report_watch = graphene.Field(
        ReportWatchPayload,
        required=True,
        input=ReportWatchInput(required=True),
        description="Nothing is recorded of authors who aren't enrolled.",
    )

    @staticmethod
    def resolve_report_watch(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            lesson = input.get("lesson_id")
            found = watch_video(
                actor=person,
                video_key=uuid_of(input["video_id"], "videoId"),
                lesson_key=page_key(lesson, "lessonId") if lesson else None,
                language=language_of_page(lesson, info) if lesson else context_of(info).language,
                session=uuid_of(input["session_id"], "sessionId"),
                batches=[
                    {
                        "number": batch["number"],
                        "segments": [(part["start"], part["end"]) for part in batch["segments"]],
                    }
                    for batch in input["batches"]
                ],
                position_ms=input["position_ms"],
                at=input["at"],
                sent_at=input.get("sent_at"),
                startup_ms=input.get("startup_ms"),
                stalls=input.get("stalls") or 0,
                stalled_ms=input.get("stalled_ms") or 0,
                network=input.get("network") or "",
                country=context_of(info).country,
            )
            return {
                "position_ms": found.position_ms,
                "watched_percent": found.watched_percent,
                "lesson_completed": found.is_lesson_completed,
            }

        return perform(info, action)
