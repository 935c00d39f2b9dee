"""Styles of these screens."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

__all__ = ["admin_css"]


def admin_css() -> SafeString:
    """The style sheet as a link; every admin page gets it, so that badges look the same everywhere."""
    return format_html('<link rel="stylesheet" href="{}">', static("dist/admin/money.css"))
