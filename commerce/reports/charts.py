"""Bar charts as SVG, drawn here: no library in the browser, and every number stands in a table beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

__all__ = ["Bar", "columns", "rows"]

#: Units of the drawing; the page scales it.
WIDTH, HEIGHT = 720, 220
_BASE = HEIGHT - 26
_TOP = 18
_ROW = 30
_LABEL = 190
_VALUE = 130


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length, the length of what is taken off it, and both in words."""

    label: str
    value: int
    words: str
    back: int = 0
    back_words: str = ""


def columns(bars: Sequence[Bar], title: str, *, is_rtl: bool = False) -> SafeString:
    """Bars beside each other, as of days; what is taken off stands before them, thin, in another colour.

    The first, the middle and the last are labelled. From right to left the days run so, too.
    """
    highest = max((max(bar.value, bar.back) for bar in bars), default=0)
    if not highest:
        return SafeString("")
    step = WIDTH / len(bars)
    gap = min(step * 0.2, 8)

    def place(number: int) -> float:
        return WIDTH - step * (number + 1) if is_rtl else step * number

    def height(value: int) -> float:
        return (_BASE - _TOP) * value / highest

    shapes = format_html_join(
        "",
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
        (
            (_n(place(number) + gap / 2), _n(_BASE - height(bar.value)), _n(step - gap), _n(height(bar.value)),
             bar.label, bar.words)
            for number, bar in enumerate(bars)
            if bar.value
        ),
    )  # fmt: skip
    backs = format_html_join(
        "",
        '<rect class="bar-back" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
        (
            (_n(place(number) + gap / 2), _n(_BASE - height(bar.back)), _n((step - gap) / 3), _n(height(bar.back)),
             bar.label, bar.back_words)
            for number, bar in enumerate(bars)
            if bar.back
        ),
    )  # fmt: skip
    labelled = sorted({0, len(bars) // 2, len(bars) - 1})
    texts = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        ((*_anchor(place(number) + step / 2, is_rtl), bars[number].label) for number in labelled),
    )
    top = max(bars, key=lambda bar: bar.value)
    most = format_html(
        '<text x="{}" y="12" text-anchor="{}">{}</text>',
        WIDTH if is_rtl else 0,
        "start" if not is_rtl else "end",
        top.words,
    )
    axis = format_html('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>', WIDTH, _BASE, _BASE)
    return _drawing(HEIGHT, title, format_html("{}{}{}{}{}", axis, shapes, backs, texts, most))


def rows(bars: Sequence[Bar], title: str, *, is_rtl: bool = False) -> SafeString:
    """Bars below each other, as of providers: label, bar, words."""
    longest = max((bar.value for bar in bars), default=0)
    if not longest:
        return SafeString("")
    room = WIDTH - _LABEL - _VALUE
    parts = []
    for number, bar in enumerate(bars):
        middle, length = number * _ROW + _ROW / 2, max(room * bar.value / longest, 1)
        start = WIDTH - _LABEL - length if is_rtl else _LABEL
        words_at = start - 8 if is_rtl else start + length + 8
        parts.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="{}">{}</text>'
                '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>'
                '<text x="{}" y="{}" text-anchor="{}">{}</text>',
                WIDTH if is_rtl else 0,
                _n(middle + 4),
                # In SVG too, the start of a line is where its writing begins.
                "end" if is_rtl else "start",
                _short(bar.label),
                _n(start),
                _n(middle - 9),
                _n(length),
                18,
                _n(words_at),
                _n(middle + 4),
                "end" if is_rtl else "start",
                bar.words,
            )
        )
    return _drawing(len(bars) * _ROW, title, format_html("{}" * len(parts), *parts))


def _drawing(height: int, title: str, inside: SafeString) -> SafeString:
    # Left to right inside, whatever the page is, so that "start" and "end" mean the same everywhere.
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" direction="ltr">{}</svg>', WIDTH, height, title, inside
    )


def _anchor(middle: float, is_rtl: bool) -> tuple[str, int, str]:
    """Where a label below the axis stands so that none leaves the picture."""
    if middle < WIDTH * 0.1:
        return "0", HEIGHT - 8, "start"
    if middle > WIDTH * 0.9:
        return str(WIDTH), HEIGHT - 8, "end"
    return _n(middle), HEIGHT - 8, "middle"


def _short(text: str) -> str:
    return text if len(text) <= 28 else f"{text[:27]}…"


def _n(number: float) -> str:
    """A number as SVG writes it, whatever the language."""
    return f"{number:.1f}".removesuffix(".0")
