"""Formulas as MathML made on the server; the LaTeX stands in it for who copies it."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from latex2mathml.converter import convert

__all__ = ["mathml"]


@lru_cache(maxsize=1024)
def mathml(latex: str) -> SafeString:
    """Turn LaTeX into a block of MathML; what can't be turned is shown as it was written."""
    try:
        return mark_safe(convert(latex, display="block"))
    except Exception:  # latex2mathml raises a family of unrelated classes
        return format_html("<code>{}</code>", latex)
