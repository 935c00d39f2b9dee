"""Videos of a page made ready for its template: links for this visitor, captions, chapters, transcript, what the player
is told. The same number of queries for one video and for five.

Nothing is claimed by opening a page: that this device plays is said by the player, or by the first file it asks for.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.formats import file_size
from home.shown_video import Download, PageVideos, Showing, ShownVideo, Track
from home.video_words import player_words
from home.watch_cookie import secret_for
from learning.actions.grant_playback import expiry, watermark_for
from learning.downloads import burnt_text
from learning.videos import Right
from videos.captions import language_name
from videos.copies import copies_of
from videos.delivery import FREE_PREFIX, WATCH_PREFIX, is_remote, rungs
from videos.models import Caption, Chapter, MarkedCopy, Rendition, Video, Viewer
from videos.moments import read_moment
from videos.playlists import master_playlist
from videos.signing import grant_token, processing_of
from videos.streams import stream_key
from videos.webvtt import parse, transcript

__all__ = ["DOWNLOADS", "question_moments", "shown_videos"]

#: Where a page tells of a video's downloads: this, a hyphen and the video's key.
DOWNLOADS = "downloads"
_TEN_MINUTES = 600  #: seconds


def shown_videos(
    request: HttpRequest,
    videos: Iterable[Video | None],
    *,
    language: str,
    right: Right,
    lesson_key: uuid.UUID | None = None,
    is_preview: bool = False,
    questions: dict[int, list[dict[str, Any]]] | None = None,
) -> PageVideos:
    """Make the videos of a page ready for whoever may open that page; the caller has looked.

    Args:
        language: of the page.
        right: by what the visitor may watch.
        questions: by the video's pk, as :func:`question_moments` gives them.
    """
    found = {video.pk: video for video in videos if video is not None}
    if not found:
        return PageVideos({}, {})
    showing = Showing(request, language, right, lesson_key, is_preview)
    renditions = _by_video(Rendition.objects.filter(video__in=found).defer("segments"))
    tracks = _by_video(Caption.objects.filter(video__in=found).defer("vtt").order_by("language"))
    chapters = _by_video(Chapter.objects.filter(video__in=found).order_by("start_ms"))
    asked = request.GET.get("captions", "")
    texts = _transcripts(found.values(), tracks, (asked, language))
    positions = _positions(showing, found)
    segments = _first_segments(renditions)
    burnt = burnt_text(showing.person, right) if showing.person and right.enrollment else ""
    copies = copies_of(showing.person, [one.pk for rows in renditions.values() for one in rows], burnt) if burnt else {}
    watermark = "" if is_preview else watermark_for(request.user, right)
    shown = {}
    for pk, video in found.items():
        if not video.is_ready:
            shown[pk] = ShownVideo(video)
            continue
        shown[pk] = _Maker(showing, video, renditions.get(pk, []), copies if burnt else None).make(
            captions=tracks.get(pk, []),
            chapters=_in_language(chapters.get(pk, []), language, video.language),
            text=texts.get(pk),
            resume_ms=positions.get(pk, 0),
            segments=segments,
            watermark=watermark,
            questions=(questions or {}).get(pk, []),
        )
    is_plain = request.headers.get("Save-Data", "").lower() == "on"
    words = {"csrf": get_token(request)} | ({} if is_plain else player_words())
    return PageVideos(shown, words, is_plain)


def question_moments(body: Any) -> dict[int, list[dict[str, Any]]]:
    """When the videos of a body stop to ask, and the ids of the questions on the page, by the video's pk."""
    found: dict[int, list[dict[str, Any]]] = {}
    for block in body or ():
        if block.block_type != "video" or not block.value["video"]:
            continue
        for item in block.value.get("questions") or ():
            for question in item["question"]:
                moment = {"at": read_moment(item["at"]) / 1000, "id": f"check-{question.id}"}
                found.setdefault(block.value["video"].pk, []).append(moment)
    return found


class _Maker:
    """Makes one video ready."""

    def __init__(
        self, showing: Showing, video: Video, renditions: list[Rendition], copies: dict[int, MarkedCopy] | None
    ) -> None:
        self.showing = showing
        self.video = video
        self.rungs = rungs(renditions)
        self.renditions = renditions
        #: With the learner's name, by the rendition's pk; None where nothing is written into pictures.
        self.copies = copies
        self.sound = next((one for one in renditions if one.kind == Rendition.Kind.AUDIO), None)
        self.base, self.seconds = self._link()

    def make(
        self,
        *,
        captions: list[Caption],
        chapters: list[Chapter],
        text: Caption | None,
        resume_ms: int,
        segments: dict[int, list[list[int]]],
        watermark: str,
        questions: list[dict[str, Any]],
    ) -> ShownVideo:
        """The whole of it."""
        tracks = [
            Track(one.language, language_name(one.language), f"{self.base}captions-{one.language.lower()}.vtt")
            for one in captions
        ]
        smallest = self.rungs[0] if self.rungs else None
        shown = ShownVideo(
            video=self.video,
            base=self.base,
            poster=self._poster(),
            lite=f"{self.base}{smallest.name}.mp4" if smallest else "",
            audio=f"{self.base}{self.sound.name}.mp4" if self.sound else "",
            lite_size=file_size(smallest.bytes) if smallest else "",
            audio_size=file_size(self.sound.bytes) if self.sound else "",
            resume_ms=resume_ms,
            tracks=tuple(tracks),
            chapters=tuple(chapters),
            paragraphs=tuple(transcript(parse(text.vtt))) if text else (),
            transcript_language=text.language if text else "",
            is_transcript_asked=text is not None and text.language == self.showing.request.GET.get("captions"),
            downloads=self._downloads(),
            burns_name=self.copies is not None,
        )
        shown.config.update(self._config(shown, segments, watermark, questions))
        return shown

    def _link(self) -> tuple[str, int | None]:
        """Where the files are for this visitor, and for how many seconds; None: for good."""
        showing = self.showing
        if showing.right.is_free and not showing.is_preview:
            return f"{FREE_PREFIX}{self.video.public_id}/", None
        secret = secret_for(showing.request)
        expires_at = expiry(self.video, showing.right, is_bound=bool(secret))
        enrollment = showing.right.enrollment
        token = grant_token(
            self.video,
            expires_at=expires_at,
            viewer=showing.person.public_id if showing.person else None,
            right=enrollment.public_id if enrollment else None,
            stream=stream_key(uuid.uuid4(), secret),
            bound_to=secret,
        )
        return f"{WATCH_PREFIX}{token}/", max(0, int((expires_at - clock.now()).total_seconds()))

    def _downloads(self) -> tuple[Download, ...]:
        right = self.showing.right
        if right.enrollment is None or right.course is None or not right.course.allows_downloads:
            return ()
        found = []
        for one in sorted(self.renditions, key=lambda one: one.bytes):
            copy = (self.copies or {}).get(one.pk)
            size = file_size(copy.bytes if copy is not None and copy.is_ready else one.bytes)
            found.append(Download(one.name, size, copy))
        return tuple(found)

    def _poster(self) -> str:
        if not self.video.poster:
            return ""
        if self.showing.is_preview:
            return f"{self.base}poster.webp"
        # One address for everybody, so that browsers and caches keep it; changed when there is a newer one.
        address = reverse("video_poster", args=[self.video.public_id, "webp"])
        return f"{address}?{processing_of(self.video)}"

    def _config(
        self,
        shown: ShownVideo,
        segments: dict[int, list[list[int]]],
        watermark: str,
        questions: list[dict[str, Any]],
    ) -> dict[str, Any]:
        video, showing = self.video, self.showing
        counts = showing.is_recorded
        return {
            "video": str(video.public_id),
            "lesson": str(showing.lesson_key) if showing.lesson_key else None,
            "viewer": showing.person.public_id.hex if showing.person else "",
            "language": showing.language,
            "title": video.title,
            "duration": video.duration_ms / 1000,
            "hasPicture": video.has_picture,
            "base": self.base,
            "hls": f"{self.base}master.m3u8",
            "lite": shown.lite,
            "audio": shown.audio,
            "audioSize": _per_ten_minutes(self.sound) if self.sound else "",
            "seconds": self.seconds,
            "master": master_playlist(video, self.renditions),
            "renditions": [
                {"name": one.name, "label": one.name, "height": one.height, "size": _per_ten_minutes(one)}
                for one in self.rungs
                if one.kind == Rendition.Kind.VIDEO
            ],
            "warm": self._warm(segments, shown.resume_ms),
            "captions": [{"language": one.language, "label": one.label} for one in shown.tracks],
            "captionDefault": _helpful(shown.tracks, showing.language, video.language),
            "chapters": [{"start": one.start_ms / 1000, "title": one.title} for one in shown.chapters],
            "storyboard": self._storyboard(),
            "watermark": watermark,
            "resume": shown.resume_ms,
            "questions": questions,
            "report": reverse("home:watched_video", args=[video.public_id]) if counts else "",
            "renew": reverse("home:play_video", args=[video.public_id]) if self.seconds is not None else "",
            # On this account; a device may say otherwise.
            "saver": bool(showing.person and showing.person.saves_data),
            "remember": reverse("preferences") if showing.person else "",
            "keeps": counts and showing.lesson_key is not None,
        }

    def _warm(self, segments: dict[int, list[list[int]]], resume_ms: int) -> dict[str, Any] | None:
        """The bytes that the player begins with, so that it asks for all of them at once.

        None where files lie in a store: there each playlist holds addresses of its own.
        """
        smallest = self.rungs[0] if self.rungs else None
        pieces = segments.get(smallest.pk) if smallest else None
        if smallest is None or not pieces or is_remote() or smallest.kind != Rendition.Kind.VIDEO:
            return None
        at, chosen = 0, pieces[0]
        for piece in pieces:
            chosen = piece
            if at + piece[2] > resume_ms or piece is pieces[-1]:
                break
            at += piece[2]
        return {
            "name": smallest.name,
            # As the playlists of free ones have it, which have no token to say whose files they are.
            "version": f"?v={processing_of(self.video)}" if self.seconds is None else "",
            "init": smallest.init_bytes,
            "first": [pieces[0][0], pieces[0][0] + pieces[0][1]],
            "segment": [chosen[0], chosen[0] + chosen[1]],
            # One goes on at the beginning of a segment: all of it is to be seen, while the next one comes.
            "at": at / 1000,
        }

    def _storyboard(self) -> dict[str, Any] | None:
        grid = self.video.storyboard_grid
        if not self.video.storyboard or not grid:
            return None
        return {
            "url": f"{self.base}storyboard.webp",
            "columns": grid["columns"],
            "rows": grid["rows"],
            "tileWidth": grid["tile_width"],
            "tileHeight": grid["tile_height"],
            "interval": grid["interval_ms"] / 1000,
            "count": grid["count"],
        }


def _by_video(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.video_id, []).append(row)
    return found


def _transcripts(
    videos: Iterable[Video], tracks: dict[int, list[Caption]], languages: tuple[str, ...]
) -> dict[int, Caption]:
    """The captions that are shown as text: in the first of ``languages`` there is, else the spoken one, else any."""
    wanted = {}
    for video in videos:
        rows = _in_language(tracks.get(video.pk, []), *languages, video.language)
        if rows:
            wanted[rows[0].pk] = video.pk
    return {wanted[row.pk]: row for row in Caption.objects.filter(pk__in=wanted)} if wanted else {}


def _in_language(rows: list[Any], *languages: str) -> list[Any]:
    """Rows of one language: the first of ``languages`` there is, else whichever comes first."""
    for wanted in (*languages, rows[0].language if rows else ""):
        if found := [row for row in rows if row.language == wanted]:
            return found
    return []


def _positions(showing: Showing, videos: Iterable[int]) -> dict[int, int]:
    if not showing.is_recorded:
        return {}
    rows = Viewer.objects.filter(user=showing.person, video__in=videos)
    return dict(rows.values_list("video_id", "position_ms"))


def _first_segments(renditions: dict[int, list[Rendition]]) -> dict[int, list[list[int]]]:
    """The segments of the smallest rung of each video, by the rendition's pk."""
    smallest = [rungs(rows)[0].pk for rows in renditions.values()]
    return dict(Rendition.objects.filter(pk__in=smallest).values_list("pk", "segments"))


def _per_ten_minutes(rendition: Rendition) -> str:
    size = file_size(rendition.average_bandwidth * _TEN_MINUTES // 8)
    return _("%(size)s per 10 min") % {"size": size}


def _helpful(tracks: Iterable[Track], language: str, spoken: str) -> str:
    """Captions to show before anybody chose: in the page's language, where another one is spoken."""
    if not spoken or spoken == language:
        return ""
    return next((track.language for track in tracks if track.language == language), "")
