"""QR codes as SVG inside the page: nothing is loaded, and nobody else learns what is paid to whom."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

__all__ = ["qr_code"]

#: Characters that are drawn at most; beyond that a phone's camera reads little, and people copy the text instead.
MOST = 600


def qr_code(text: str, label: str) -> SafeString:
    """A QR code of ``text``, black on white in every theme, for cameras; empty for a text that is too long.

    Args:
        label: what screen readers say of it.
    """
    if not text or len(text) > MOST:
        return mark_safe("")
    drawn = segno.make_qr(text, error="m").svg_inline(omitsize=True, border=3, dark="#000", light="#fff")
    # Drawn from modules alone: nothing of the text stands in it as it came.
    return format_html('<div class="qr" role="img" aria-label="{}">{}</div>', label, mark_safe(drawn))
