"""What templates say of a video: how long it is, where a moment lies."""

from django import template

from videos.models import Rendition, Video
from videos.moments import moment_text

register = template.Library()


@register.filter
def video_length(video: Video | None) -> str:
    """``12:05``; nothing while it is unknown."""
    return moment_text(video.duration_ms) if video and video.duration_ms else ""


@register.filter
def at_moment(ms: int | None) -> str:
    """Milliseconds as ``1:05``."""
    return moment_text(ms) if ms is not None else ""


@register.filter
def kilobits(rendition: Rendition) -> int:
    """Thousands of bits a second, on average."""
    return round(rendition.average_bandwidth / 1000)
