"""Listings coloured on the server, as spans with the class names of Pygments."""

from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

__all__ = ["highlighted"]

#: Characters beyond which colours aren't worth the time they take.
MAX_COLOURED = 20_000
_PLAIN = ("text", "output", "")


@lru_cache(maxsize=1024)
def highlighted(code: str, language: str) -> SafeString:
    """Escape and colour ``code``; an unknown language stays plain."""
    if language in _PLAIN or len(code) > MAX_COLOURED:
        return escape(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(code)
    return mark_safe(pygments_highlight(code, lexer, HtmlFormatter(nowrap=True)))
