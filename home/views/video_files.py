"""The files of videos, below ``/watch/``. Players ask hundreds of times a lesson, so nothing is looked up that a signed
link says itself: a range of bytes costs no query, a playlist one.

These views get their requests past sessions, languages and compression (:class:`home.middleware.Watching`).
"""

import gzip
import re
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe
from django.views.decorators.http import require_safe

from core.errors import DomainError, NotFound
from home.middleware import past_middleware
from home.watch_cookie import browser_secret
from learning.videos import CHECK_SECONDS, check_link, free_folder, public_video
from videos import playlists
from videos.copies import copy_behind
from videos.delivery import (
    FileFacts,
    asked_range,
    content_type,
    file_facts,
    is_media_name,
    is_remote,
    pieces,
    store_address,
    storyboard_vtt,
)
from videos.models import Caption, Rendition, Video
from videos.signing import Link, read_token

__all__ = ["free_file", "poster", "watch_file"]

_PLAYLIST = re.compile(r"(\d{3,4}p|audio)\.m3u8")
_CAPTIONS = re.compile(r"captions-([a-z]{2,3}(?:-[a-z0-9]{2,8})*)\.vtt")
_PICTURE = re.compile(r"\d{3,4}p\.mp4")
#: What comes with a copy, and shows nothing of the lesson.
_BESIDE = re.compile(r"audio\.mp4|poster\.(?:webp|avif)|captions-[a-z0-9-]+\.vtt")
_GZIP = re.compile(r"\bgzip\b")
_PROCESSING = re.compile(r"[0-9a-f]{8}")
#: What no file system or header takes.
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
#: An old poster does no harm.
_POSTER_SECONDS = 86_400
#: What is worth compressing, in bytes.
_SMALL = 400

View = Callable[..., HttpResponseBase]


def _watching(view: View) -> View:
    """Answer a refusal by its code, keep search engines out, let browsers of other frontends see ranges."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except DomainError as error:
            response = _refuse(403, error)
        except Http404:
            response = _refuse(404, NotFound())
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return past_middleware(require_safe(answer))


def _refuse(status: int, error: DomainError) -> HttpResponse:
    body = {"code": error.code, "message": str(error)}
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


@_watching
def watch_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Send a file to whoever a link was given to."""
    link = read_token(token, bound_to=browser_secret(request))
    check_link(link)
    if link.is_copy:
        return _send_copy(request, link, name)
    download = _saved_as(link.video, name) if link.is_download and name.endswith(".mp4") else ""
    return _send(request, link.folder, name, seconds=link.seconds_left, cache="private", download_as=download)


def _send_copy(request: HttpRequest, link: Link, name: str) -> HttpResponseBase:
    """Of a video whose picture bears the learner's name: their copy, and what shows nothing of the lesson."""
    if _PICTURE.fullmatch(name):
        copy = copy_behind(link)
        if copy is None or name != f"{copy.rendition.name}.mp4":
            raise Http404
        cache = f"private, max-age={link.seconds_left}"
        return _send_file(request, f"{copy.folder}/{name}", link.seconds_left, cache, _saved_as(link.video, name))
    if not _BESIDE.fullmatch(name):
        raise Http404
    folder = Video.objects.filter(public_id=link.video).exclude(folder="").values_list("folder", flat=True).first()
    if folder is None:
        raise Http404
    download = _saved_as(link.video, name) if name.endswith(".mp4") else ""
    return _send(request, folder, name, seconds=link.seconds_left, cache="private", download_as=download)


@_watching
def free_file(request: HttpRequest, key: uuid.UUID, name: str) -> HttpResponseBase:
    """Send a file of a free preview or a trailer to anyone."""
    folder = free_folder(key)
    if not folder:
        raise Http404
    # Playlists name the processing whose ranges they list: who watches keeps its files when newer ones are made.
    if _PROCESSING.fullmatch(wanted := request.GET.get("v", "")):
        folder = f"{key.hex}/{wanted}"
    return _send(request, folder, name, seconds=settings.VIDEO_LINK_SECONDS, cache="public")


@_watching
def poster(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponseBase:
    """Send the poster of a video that some published page shows."""
    folder = public_video(key)
    if not folder:
        raise Http404
    response = _send(request, folder, f"poster.{ending}", seconds=settings.VIDEO_LINK_SECONDS, cache="public")
    if response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={_POSTER_SECONDS}"
    return response


def _send(
    request: HttpRequest, folder: str, name: str, *, seconds: int, cache: str, download_as: str = ""
) -> HttpResponseBase:
    """The answer for one name in a video's folder.

    Args:
        seconds: how long it may be asked for, so how long a browser may keep what never changes.
        cache: ``private`` or ``public``.
    """
    if is_media_name(name):
        # What everyone may have can stop being free; whoever got in keeps what was signed for them.
        keeps = seconds if cache == "private" else CHECK_SECONDS
        return _send_file(request, f"{folder}/{name}", seconds, f"{cache}, max-age={keeps}", download_as)
    text = _text(folder, name, seconds, is_free=cache == "public")
    if text is None:
        raise Http404
    # A playlist of a store holds signatures: nobody but the browser that asked keeps it.
    cache = "private" if is_remote() else cache
    return _send_text(request, text, content_type(name), f"{cache}, max-age={min(seconds, CHECK_SECONDS)}")


def _text(folder: str, name: str, seconds: int, *, is_free: bool) -> str | None:
    """What is written from rows: playlists, captions, the storyboard's times. One query."""
    if name == "master.m3u8":
        renditions = list(Rendition.objects.filter(_of(folder, "video__")).defer("segments").select_related("video"))
        return playlists.master_playlist(renditions[0].video, renditions) if renditions else None
    if found := _PLAYLIST.fullmatch(name):
        rendition = Rendition.objects.filter(_of(folder, "video__"), name=found[1]).first()
        if rendition is None:
            return None
        if is_remote():
            return playlists.media_playlist(rendition, store_address(rendition.file, seconds))
        versioned = f"{rendition.name}.mp4?v={folder[33:]}" if is_free else ""
        return playlists.media_playlist(rendition, versioned)
    if found := _CAPTIONS.fullmatch(name):
        captions = Caption.objects.filter(_of(folder, "video__"), language__iexact=found[1])
        return captions.values_list("vtt", flat=True).first()
    if name == "storyboard.vtt":
        video = Video.objects.filter(_of(folder)).first()
        return (storyboard_vtt(video) or None) if video else None
    return None


def _saved_as(key: uuid.UUID, name: str) -> str:
    """What a download is called on the learner's device: the video's title and the rendition."""
    title = Video.objects.filter(public_id=key).values_list("title", flat=True).first() or ""
    return " ".join([*_UNFIT.sub(" ", title)[:80].split(), name])


def _of(folder: str, prefix: str = "") -> Q:
    """The video whose files of now lie in ``folder``, found by the index on its id."""
    return Q(**{f"{prefix}public_id": uuid.UUID(folder[:32]), f"{prefix}folder": folder})


def _send_file(request: HttpRequest, name: str, seconds: int, cache_control: str, download_as: str) -> HttpResponseBase:
    """A file as it lies in the storage: by the store, by nginx, or by us with ranges of bytes."""
    if is_remote():
        response: HttpResponseBase = HttpResponseRedirect(store_address(name, seconds, download_as=download_as))
        response.headers["Cache-Control"] = f"private, max-age={min(seconds, CHECK_SECONDS)}"
        return response
    if settings.VIDEO_ACCEL_PREFIX:
        response = HttpResponse()
        response.headers["X-Accel-Redirect"] = settings.VIDEO_ACCEL_PREFIX + name
    else:
        response = _send_bytes(request, name)
    if response.status_code != 416:
        response.headers["Content-Type"] = content_type(name.rpartition("/")[2])
    response.headers["Cache-Control"] = cache_control
    if download_as:
        response.headers["Content-Disposition"] = content_disposition_header(True, download_as) or "attachment"
    return response


def _send_bytes(request: HttpRequest, name: str) -> HttpResponseBase:
    try:
        facts = file_facts(name)
    except FileNotFoundError:
        raise Http404 from None
    start, length, status = 0, facts.size, 200
    headers = {"ETag": facts.etag, "Last-Modified": http_date(facts.changed_at.timestamp()), "Accept-Ranges": "bytes"}
    if _has_it(request, facts):
        return HttpResponse(status=304, headers=headers)
    wanted = request.headers.get("Range", "")
    if wanted and request.method == "GET" and facts.is_current(request.headers.get("If-Range", "")):
        try:
            asked = asked_range(wanted, facts.size)
        except ValueError:
            return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{facts.size}"})
        if asked is not None:
            start, length, status = asked[0], asked[1] - asked[0] + 1, 206
            headers["Content-Range"] = f"bytes {asked[0]}-{asked[1]}/{facts.size}"
    headers["Content-Length"] = str(length)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(pieces(name, start, length), status=status, headers=headers)


def _has_it(request: HttpRequest, facts: FileFacts) -> bool:
    """Whether the asker's copy is this file (RFC 9110, 13.1.2 and 13.1.3)."""
    if known := request.headers.get("If-None-Match"):
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return facts.etag in tags or "*" in tags
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and facts.changed_at.timestamp() < since + 1


def _send_text(request: HttpRequest, text: str, kind: str, cache_control: str) -> HttpResponse:
    body = text.encode()
    response = HttpResponse(content_type=kind, headers={"Cache-Control": cache_control})
    if len(body) > _SMALL:
        patch_vary_headers(response, ["Accept-Encoding"])
        if _GZIP.search(request.headers.get("Accept-Encoding", "")):
            body = gzip.compress(body, 6, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
    response.content = body
    response.headers["Content-Length"] = str(len(body))
    return response
