"""Leave to watch: given, renewed, given back."""

from collections.abc import Callable
from typing import Any

import graphene
from django.db import transaction

from accounts.actions.update_profile import update_profile
from api.graphql.context import Context, NotLoggedIn, context_of
from api.graphql.ids import page_key, text_of, uuid_of
from api.graphql.mutations.base import Answer, Payload, perform
from api.graphql.types.common import user_errors
from api.graphql.types.video import Playback, VideoDownload, VideoPreparation, download, playback, preparation
from api.graphql.video_batch import video_nodes
from core.errors import DomainError
from learning.actions.download_video import download_video
from learning.actions.end_playback import end_playback
from learning.actions.grant_playback import PlaybackGrant, grant_playback
from learning.actions.renew_playback import renew_playback
from learning.downloads import Preparation
from learning.errors import AuthenticationRequired
from videos.errors import TooManyStreams, VideoNotFound
from videos.models import Video

__all__ = ["VideoMutations"]


class GrantPlaybackInput(graphene.InputObjectType):
    """Which video, and who plays it."""

    video_id = graphene.ID(required=True)
    lesson_id = graphene.ID(description="The lesson that it is watched in.")
    session_id = graphene.ID(required=True, description="A UUID that the player makes for each showing.")
    device = graphene.String(description="As the person tells devices apart: “School app, Pixel 7”.")
    take_over = graphene.Boolean(description="End what other devices play, where there are too many.")


class RenewPlaybackInput(graphene.InputObjectType):
    """Which showing goes on."""

    video_id = graphene.ID(required=True)
    lesson_id = graphene.ID()
    session_id = graphene.ID(required=True)
    device = graphene.String()


class EndPlaybackInput(graphene.InputObjectType):
    """Which showing is over."""

    session_id = graphene.ID(required=True)


class PlaybackPayload(Payload):
    """Leave to watch. With the error ``too_many_streams``, ``devices`` says what plays already."""

    playback = graphene.Field(Playback)
    devices = graphene.List(graphene.NonNull(graphene.String))


class DownloadVideoInput(graphene.InputObjectType):
    """Which file of which video."""

    video_id = graphene.ID(required=True)
    lesson_id = graphene.ID()
    rendition = graphene.String(required=True, description="Name of one of the video's `renditions`, which tell sizes.")


class DownloadVideoPayload(Payload):
    """What to fetch; or how far it is, where the learner's name is written into the picture first."""

    download = graphene.Field(VideoDownload)
    preparation = graphene.Field(VideoPreparation)


class EndPlaybackPayload(Payload):
    """Whether another device may play."""

    ended = graphene.Boolean()


class SetDataSaverInput(graphene.InputObjectType):
    """On or off."""

    is_on = graphene.Boolean(required=True)


class SetDataSaverPayload(Payload):
    """How it is now."""

    saves_data = graphene.Boolean()


class VideoMutations(graphene.ObjectType):
    """Part of ``Mutation``."""

    grant_playback = graphene.Field(
        PlaybackPayload,
        required=True,
        input=GrantPlaybackInput(required=True),
        description="Addresses of a video's files. They carry all they need, so keep them to yourself and renew them.",
    )
    renew_playback = graphene.Field(
        PlaybackPayload,
        required=True,
        input=RenewPlaybackInput(required=True),
        description="Addresses in place of those that end soon; within 90 seconds, so that the device still counts.",
    )
    end_playback = graphene.Field(EndPlaybackPayload, required=True, input=EndPlaybackInput(required=True))
    download_video = graphene.Field(
        DownloadVideoPayload,
        required=True,
        input=DownloadVideoInput(required=True),
        description="For places without a line, where the course allows it. May have to be made first: ask again.",
    )

    set_data_saver = graphene.Field(
        SetDataSaverPayload,
        required=True,
        input=SetDataSaverInput(required=True),
        description="Whether videos begin with the smallest picture, on all devices where nobody chose otherwise.",
    )

    @staticmethod
    def resolve_grant_playback(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        takes_over = bool(input.get("take_over"))
        return _granted(info, input, lambda **asked: grant_playback(**asked, takes_over=takes_over))

    @staticmethod
    def resolve_renew_playback(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        return _granted(info, input, renew_playback)

    @staticmethod
    def resolve_end_playback(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            end_playback(actor=person, session=uuid_of(input["session_id"], "sessionId"))
            return {"ended": True}

        return perform(info, action)

    @staticmethod
    def resolve_set_data_saver(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            return {"saves_data": update_profile(actor=person, person=person, saves_data=input["is_on"]).saves_data}

        return perform(info, action)

    @staticmethod
    def resolve_download_video(root: Any, info: Any, input: dict[str, Any]) -> Answer:
        def action(person: Any) -> dict[str, Any]:
            lesson = input.get("lesson_id")
            found = download_video(
                actor=person,
                video_key=uuid_of(input["video_id"], "videoId"),
                lesson_key=page_key(lesson, "lessonId") if lesson else None,
                rendition=text_of(input["rendition"], 10, "rendition"),
            )
            node = video_nodes([found.video], context_of(info))[found.video.pk]
            if isinstance(found, Preparation):
                return {"preparation": preparation(found, node)}
            return {"download": download(found, node)}

        return perform(info, action)


def _granted(info: Any, input: dict[str, Any], action: Callable[..., PlaybackGrant]) -> Answer:
    """Unlike other mutations, for visitors too: they watch what is free."""
    context = context_of(info)
    try:
        with transaction.atomic():
            return _grant(context, input, action)
    except TooManyStreams as error:
        return Answer(errors=user_errors(error), devices=list(error.devices))
    except AuthenticationRequired:
        return Answer(errors=user_errors(NotLoggedIn()))
    except DomainError as error:
        return Answer(errors=user_errors(error))


def _grant(context: Context, input: dict[str, Any], action: Callable[..., PlaybackGrant]) -> Answer:
    key = uuid_of(input["video_id"], "videoId")
    lesson = input.get("lesson_id")
    grant = action(
        actor=context.user,
        video_key=key,
        lesson_key=page_key(lesson, "lessonId") if lesson else None,
        session=uuid_of(input["session_id"], "sessionId"),
        device=text_of(input.get("device"), 80, "device"),
    )
    video = Video.objects.filter(public_id=key).first()
    if video is None:
        raise VideoNotFound
    return Answer(playback=playback(grant, video_nodes([video], context)[video.pk]))
