"""Styles and scripts of these screens."""

from django.forms import Media
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

__all__ = ["admin_css", "progress_media", "strings_media"]


def admin_css() -> SafeString:
    """The style sheet as a link; the first page of the admin needs it, too."""
    return format_html('<link rel="stylesheet" href="{}">', static("dist/admin/translation.css"))


def progress_media() -> Media:
    """Bars that move while a job runs."""
    return _script("translation-progress")


def strings_media() -> Media:
    """Strings that are saved one by one."""
    return _script("translation-strings")


def _script(name: str) -> Media:
    return Media(js=[format_html('<script type="module" src="{}"></script>', static(f"dist/admin/{name}.js"))])
