"""What people write to each other, as HTML: paragraphs, line breaks, links where an address stands, nothing else."""

import re
from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

__all__ = ["as_html"]

#: An address ends where a text does that is no address: at a blank, a quotation mark, an angle bracket.
_ADDRESS = re.compile(r"https?://[^\s<>\"'`“”«»\u2066-\u2069]{3,}", re.IGNORECASE)
#: What closes a sentence or a bracket, rather than an address.
_CLOSING = ".,;:!?…)]}*_~،؛؟"
_SHOWN = 60


def as_html(text: str) -> SafeString:
    """``text`` with its paragraphs and lines; addresses are links that carry no weight with search engines."""
    paragraphs = (part for part in re.split(r"\n{2,}", text) if part.strip())
    return format_html_join("", '<p dir="auto">{}</p>', ((_lines(part),) for part in paragraphs))


def _lines(text: str) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((_linked(line),) for line in text.split("\n")))


def _linked(line: str) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in _pieces(line)))


def _pieces(line: str) -> Iterator[str]:
    end = 0
    for found in _ADDRESS.finditer(line):
        url = _without_closing(found[0])
        yield line[end : found.start()]
        shown = url if len(url) <= _SHOWN else f"{url[: _SHOWN - 1]}…"
        yield format_html('<a href="{}" rel="nofollow ugc noopener" dir="ltr">{}</a>', url, shown)
        end = found.start() + len(url)
    yield line[end:]


def _without_closing(url: str) -> str:
    """``url`` without what belongs to the sentence; a bracket that it opened itself stays."""
    while url[-1] in _CLOSING:
        if url[-1] == ")" and url.count("(") >= url.count(")"):
            break
        url = url[:-1]
    return url
