"""Styles and scripts of these screens."""

from django.forms import Media
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

__all__ = ["admin_css", "admin_media"]


def admin_css() -> SafeString:
    """The style sheet as a link; every admin page gets it, so that badges look the same everywhere."""
    return format_html('<link rel="stylesheet" href="{}">', static("dist/admin/courses.css"))


def admin_media() -> Media:
    """What the outline needs."""
    script = format_html('<script type="module" src="{}"></script>', static("dist/admin/course-outline.js"))
    return Media(js=[script])
