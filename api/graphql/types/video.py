"""A video as programs see it. Addresses of files are in it where it is free, or where ``grantPlayback`` gave them."""

from typing import Any

import graphene
from django.urls import reverse

from api.graphql.video_batch import VideoNode
from learning.actions.grant_playback import PlaybackGrant
from learning.downloads import Manifest, Preparation
from videos.captions import language_name
from videos.models import Caption, Chapter, Rendition
from videos.signing import processing_of
from videos.webvtt import parse, transcript

__all__ = ["Playback", "VideoDownload", "VideoPreparation", "VideoType", "download", "playback", "preparation"]


class RenditionKind(graphene.Enum):
    """What a rendition holds."""

    VIDEO = "video"
    AUDIO = "audio"


class VideoRendition(graphene.ObjectType):
    """One file of a video: a fragmented MP4 that plays on its own, also from the middle by ranges of bytes."""

    name = graphene.String(required=True, description="144p … 720p, or audio.")
    kind = graphene.Field(RenditionKind, required=True)
    height = graphene.Int(required=True, description="0 for the sound alone.")
    width = graphene.Int(required=True)
    bytes = graphene.BigInt(required=True, description="Of the whole file.")
    bits_per_second = graphene.Int(required=True, description="On average.")
    url = graphene.String(description="Null without a grant.")


class VideoCaption(graphene.ObjectType):
    """Captions in one language, as WebVTT."""

    locale = graphene.String(required=True)
    label = graphene.String(required=True, description="The language by its own name.")
    url = graphene.String(description="Null without a grant.")


class VideoChapter(graphene.ObjectType):
    """Where a part begins."""

    locale = graphene.String(required=True)
    start_seconds = graphene.Float(required=True)
    title = graphene.String(required=True)


class VideoStoryboard(graphene.ObjectType):
    """Small pictures of the whole video in one, row by row: what a player shows above its bar."""

    url = graphene.String(description="Null without a grant. `storyboard.vtt` beside it says the same as WebVTT.")
    columns = graphene.Int(required=True)
    rows = graphene.Int(required=True)
    tile_width = graphene.Int(required=True)
    tile_height = graphene.Int(required=True)
    interval_seconds = graphene.Float(required=True)
    count = graphene.Int(required=True)


class TranscriptParagraph(graphene.ObjectType):
    """What was said without a pause."""

    start_seconds = graphene.Float(required=True)
    end_seconds = graphene.Float(required=True)
    speaker = graphene.String(required=True, description="Empty where the captions name nobody.")
    text = graphene.String(required=True)


class VideoType(graphene.ObjectType):
    """A video of a lesson or page that the person who asks may open."""

    class Meta:
        name = "Video"

    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    duration_seconds = graphene.Float(required=True)
    locale = graphene.String(required=True, description="Spoken in it; empty where nobody said.")
    is_ready = graphene.Boolean(required=True, description="False while it is being prepared.")
    has_picture = graphene.Boolean(required=True)
    poster = graphene.String(description="WebP; null without a picture.")
    hls_url = graphene.String(description="HLS with all rungs; null without a grant.")
    renditions = graphene.List(graphene.NonNull(VideoRendition), required=True, description="Smallest first.")
    captions = graphene.List(graphene.NonNull(VideoCaption), required=True)
    chapters = graphene.List(
        graphene.NonNull(VideoChapter),
        required=True,
        locale=graphene.String(description="Of one language; else the answer's, the spoken one, or any."),
    )
    storyboard = graphene.Field(VideoStoryboard)
    transcript = graphene.List(
        graphene.NonNull(TranscriptParagraph),
        required=True,
        locale=graphene.String(description="Of one language; else the answer's, the spoken one, or any."),
    )
    resume_seconds = graphene.Float(required=True, description="Where the person who asks goes on; 0 at first.")

    @staticmethod
    def resolve_id(node: VideoNode, info: Any) -> str:
        return str(node.video.public_id)

    @staticmethod
    def resolve_title(node: VideoNode, info: Any) -> str:
        return node.video.title

    @staticmethod
    def resolve_duration_seconds(node: VideoNode, info: Any) -> float:
        return node.video.duration_ms / 1000

    @staticmethod
    def resolve_locale(node: VideoNode, info: Any) -> str:
        return node.video.language

    @staticmethod
    def resolve_is_ready(node: VideoNode, info: Any) -> bool:
        return node.video.is_ready

    @staticmethod
    def resolve_has_picture(node: VideoNode, info: Any) -> bool:
        return node.video.has_picture

    @staticmethod
    def resolve_poster(node: VideoNode, info: Any) -> str | None:
        if not node.video.poster:
            return None
        path = reverse("video_poster", args=[node.video.public_id, "webp"])
        return node.context.url(f"{path}?{processing_of(node.video)}")

    @staticmethod
    def resolve_hls_url(node: VideoNode, info: Any) -> str | None:
        return node.file("master.m3u8")

    @staticmethod
    def resolve_renditions(node: VideoNode, info: Any) -> list[VideoRendition]:
        return [_rendition(node, found) for found in node.batch.renditions.get(node.video.pk, [])]

    @staticmethod
    def resolve_captions(node: VideoNode, info: Any) -> list[VideoCaption]:
        return [
            VideoCaption(
                locale=found.language,
                label=language_name(found.language),
                url=node.file(f"captions-{found.language.lower()}.vtt"),
            )
            for found in node.batch.captions.get(node.video.pk, [])
        ]

    @staticmethod
    def resolve_chapters(node: VideoNode, info: Any, locale: str | None = None) -> list[VideoChapter]:
        rows: list[Chapter] = _in_language(node.batch.chapters.get(node.video.pk, []), node, locale)
        return [
            VideoChapter(locale=found.language, start_seconds=found.start_ms / 1000, title=found.title)
            for found in rows
        ]

    @staticmethod
    def resolve_storyboard(node: VideoNode, info: Any) -> VideoStoryboard | None:
        grid = node.video.storyboard_grid
        if not node.video.storyboard or not grid:
            return None
        return VideoStoryboard(
            url=node.file("storyboard.webp"),
            columns=grid["columns"],
            rows=grid["rows"],
            tile_width=grid["tile_width"],
            tile_height=grid["tile_height"],
            interval_seconds=grid["interval_ms"] / 1000,
            count=grid["count"],
        )

    @staticmethod
    def resolve_transcript(node: VideoNode, info: Any, locale: str | None = None) -> list[TranscriptParagraph]:
        rows: list[Caption] = _in_language(node.batch.texts.get(node.video.pk, []), node, locale)
        return [
            TranscriptParagraph(
                start_seconds=found.start_ms / 1000,
                end_seconds=found.end_ms / 1000,
                speaker=found.speaker,
                text=found.text,
            )
            for row in rows[:1]
            for found in transcript(parse(row.vtt))
        ]

    @staticmethod
    def resolve_resume_seconds(node: VideoNode, info: Any) -> float:
        return node.batch.positions.get(node.video.pk, 0) / 1000


class Playback(graphene.ObjectType):
    """Leave to watch, with the addresses that it opens. Renew it before ``expiresAt``; playing on takes no other."""

    video = graphene.Field(VideoType, required=True, description="With the addresses of its files.")
    hls_url = graphene.String(required=True)
    lite_url = graphene.String(description="The smallest file, for a plain player.")
    audio_url = graphene.String(description="The sound alone; null where there is none.")
    expires_at = graphene.DateTime(description="Null: never, the video is free.")
    watermark_text = graphene.String(required=True, description="To be shown over the picture; mostly empty.")
    resume_seconds = graphene.Float(required=True)
    is_free = graphene.Boolean(required=True)


class DownloadFileType(graphene.ObjectType):
    """One file to fetch and keep."""

    class Meta:
        name = "DownloadFile"

    name = graphene.String(required=True)
    url = graphene.String(required=True)
    bytes = graphene.BigInt(required=True)
    sha256 = graphene.String(required=True, description="Of the whole file, in hex: compare before playing.")
    content_type = graphene.String(required=True)


class VideoSegment(graphene.ObjectType):
    """A piece of the video's file that plays on its own after the first `initBytes` bytes."""

    offset = graphene.BigInt(required=True)
    bytes = graphene.Int(required=True)
    milliseconds = graphene.Int(required=True)


class VideoDownload(graphene.ObjectType):
    """A video for places without a line."""

    video = graphene.Field(VideoType, required=True)
    rendition = graphene.String(required=True)
    files = graphene.List(
        graphene.NonNull(DownloadFileType), required=True, description="The video first, then captions and poster."
    )
    init_bytes = graphene.Int(required=True)
    segments = graphene.List(graphene.NonNull(VideoSegment), required=True)
    expires_at = graphene.DateTime(required=True, description="When the addresses end; ask for others then.")
    keep_until = graphene.DateTime(description="When the files have to go, with the enrolment; null: never.")


def download(manifest: Manifest, node: VideoNode) -> VideoDownload:
    """A manifest with absolute addresses; ``node`` is its video."""
    return VideoDownload(
        video=node,
        rendition=manifest.rendition.name,
        files=[
            DownloadFileType(
                name=file.name,
                url=node.context.url(file.url),
                bytes=file.bytes,
                sha256=file.sha256,
                content_type=file.content_type,
            )
            for file in manifest.files
        ],
        init_bytes=manifest.init_bytes,
        segments=[
            VideoSegment(offset=offset, bytes=length, milliseconds=milliseconds)
            for offset, length, milliseconds in manifest.segments
        ],
        expires_at=manifest.expires_at,
        keep_until=manifest.keep_until,
    )


class VideoPreparation(graphene.ObjectType):
    """A copy with the learner's name in the picture, on its way. Ask for the download again in half a minute."""

    video = graphene.Field(VideoType, required=True)
    rendition = graphene.String(required=True)
    percent = graphene.Int(required=True, description="How much of it is made; 0 while it waits for its turn.")
    estimated_bytes = graphene.BigInt(required=True, description="Roughly what the file will have.")


def preparation(found: Preparation, node: VideoNode) -> VideoPreparation:
    """How far a copy is; ``node`` is its video."""
    return VideoPreparation(
        video=node, rendition=found.rendition.name, percent=found.progress, estimated_bytes=found.bytes
    )


def playback(grant: PlaybackGrant, node: VideoNode) -> Playback:
    """A grant with absolute addresses; ``node`` is its video."""
    absolute = node.context.url
    return Playback(
        video=VideoNode(node.video, node.batch, grant.base_url),
        hls_url=absolute(grant.hls_url),
        lite_url=absolute(grant.lite_url),
        audio_url=absolute(grant.audio_url),
        expires_at=grant.expires_at,
        watermark_text=grant.watermark_text,
        resume_seconds=grant.resume_ms / 1000,
        is_free=grant.is_free,
    )


def _rendition(node: VideoNode, found: Rendition) -> VideoRendition:
    return VideoRendition(
        name=found.name,
        kind=found.kind,
        height=found.height,
        width=found.width,
        bytes=found.bytes,
        bits_per_second=found.average_bandwidth,
        url=node.file(f"{found.name}.mp4"),
    )


def _in_language(rows: list[Any], node: VideoNode, locale: str | None) -> list[Any]:
    """Rows of one language: the one asked for, else the answer's, the spoken one, or the first there is."""
    if locale is not None:
        return [row for row in rows if row.language == locale]
    for wanted in (node.context.language, node.video.language, rows[0].language if rows else ""):
        if found := [row for row in rows if row.language == wanted]:
            return found
    return []
