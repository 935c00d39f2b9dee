"""Styles and scripts of these screens."""

from django.forms import Media
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["admin_css", "admin_media", "editor_scripts"]


def admin_css() -> SafeString:
    """The style sheet as a link; every admin page gets it, because the chooser opens on any."""
    return format_html('<link rel="stylesheet" href="{}">', static("dist/admin/videos.css"))


def admin_media() -> Media:
    """Bars that move while videos are processed, and captions edited beside the video."""
    return Media(js=[format_html('<script type="module" src="{}"></script>', static("dist/admin/videos.js"))])


def editor_scripts() -> SafeString:
    """What the chooser needs in the page editor: what is uploaded in it is chosen at once."""
    names = ("dist/admin/videos.js", "dist/admin/video-upload.js")
    return format_html_join("", '<script type="module" src="{}"></script>', ((static(name),) for name in names))
