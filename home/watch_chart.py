"""How a video is watched, drawn as SVG: who stays (a curve) and what is played again (a band below it).

Colours come from the style sheet, so they follow light and dark; the numbers stand in a table beside the drawing.
"""

from collections.abc import Callable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.formats import percentage
from videos.moments import moment_text
from videos.watching import Stretch

__all__ = ["watch_chart"]

#: Units of the drawing; the page scales it.
WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP = 44, 12, 10
_BASE = 190
_BAND, _BAND_HEIGHT = 200, 26
_LABELS = HEIGHT - 10
#: The band is never quite empty where something was played, so that little and nothing differ.
_FAINTEST = 0.12

#: From a second to where it stands in the drawing.
Across = Callable[[float], float]


def watch_chart(stretches: Sequence[Stretch], title: str, *, is_rtl: bool = False) -> SafeString:
    """Draw the share of viewers who have seen each stretch, and how often it was played, from 0 to the most.

    From right to left time runs so, too. Empty where nobody has watched anything.
    """
    if not stretches or not any(stretch.plays for stretch in stretches):
        return SafeString("")
    length = stretches[-1].end

    def across(second: float) -> float:
        part = (WIDTH - _LEFT - _RIGHT) * second / length
        return WIDTH - _LEFT - part if is_rtl else _LEFT + part

    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" direction="ltr">{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        _grid(is_rtl=is_rtl),
        _curve(stretches, across),
        _band(stretches, across),
        _times(length, across, is_rtl=is_rtl),
    )


def _grid(*, is_rtl: bool) -> SafeString:
    """Lines at none, half and all of the viewers, with their shares at the edge where time begins."""
    start, end = (_RIGHT, WIDTH - _LEFT) if is_rtl else (_LEFT, WIDTH - _RIGHT)
    return format_html_join(
        "",
        '<line class="axis" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (start, end, _n(_height(share)), _n(_height(share)), WIDTH - _LEFT + 6 if is_rtl else _LEFT - 6,
             _n(_height(share) + 4), "start" if is_rtl else "end", percentage(share))
            for share in (0, 0.5, 1)
        ),
    )  # fmt: skip


def _curve(stretches: Sequence[Stretch], across: Across) -> SafeString:
    points = [(stretch.start, stretch.retention) for stretch in stretches]
    points.append((stretches[-1].end, stretches[-1].retention))
    line = " ".join(f"{_n(across(second))},{_n(_height(share))}" for second, share in points)
    first, last = _n(across(0)), _n(across(stretches[-1].end))
    return format_html(
        '<polygon class="area" points="{},{} {} {},{}"/><polyline class="curve" points="{}"/>',
        first, _BASE, line, last, _BASE, line,
    )  # fmt: skip


def _band(stretches: Sequence[Stretch], across: Across) -> SafeString:
    most = max(stretch.plays for stretch in stretches)
    return format_html_join(
        "",
        '<rect class="heat" x="{}" y="{}" width="{}" height="{}" fill-opacity="{}"/>',
        (
            (_n(min(across(stretch.start), across(stretch.end))), _BAND,
             _n(abs(across(stretch.end) - across(stretch.start))), _BAND_HEIGHT,
             f"{max(stretch.plays / most, _FAINTEST):.2f}")
            for stretch in stretches
            if stretch.plays
        ),
    )  # fmt: skip


def _times(length: int, across: Across, *, is_rtl: bool) -> SafeString:
    """The beginning, the middle and the end, in minutes."""
    anchors = ("end", "middle", "start") if is_rtl else ("start", "middle", "end")
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (_n(across(second)), _LABELS, anchor, moment_text(second * 1000))
            for second, anchor in zip((0, length // 2, length), anchors, strict=True)
        ),
    )


def _height(share: float) -> float:
    return _BASE - (_BASE - _TOP) * share


def _n(number: float) -> str:
    """A number as SVG writes it, whatever the language."""
    return f"{number:.1f}".removesuffix(".0")
