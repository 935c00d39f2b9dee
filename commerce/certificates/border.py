"""The woven band around a certificate, drawn as SVG: two motifs in turn, as on a loom, with a star in each corner."""

from functools import cache

from django.utils.safestring import SafeString, mark_safe

__all__ = ["woven_border"]

NIGHT, OCHRE, CLAY, CREAM, LEAF = "#1c2557", "#d48a1c", "#a63f27", "#f8ecd8", "#33663a"

#: Millimetres: the page (A4, landscape), the margin outside the band, the band's width.
_WIDTH, _HEIGHT, _MARGIN, _BAND = 297.0, 210.0, 6.0, 9.0
#: Odd, so that both ends of a side show the same motif.
_TILES_ACROSS, _TILES_DOWN = 29, 19


def _polygon(fill: str, *points: tuple[float, float]) -> str:
    text = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
    return f'<polygon fill="{fill}" points="{text}"/>'


def _diamond(fill: str, half_width: float, half_height: float) -> str:
    return _polygon(fill, (0, -half_height), (half_width, 0), (0, half_height), (-half_width, 0))


def _lozenge(length: float) -> str:
    """A stepped diamond; ``length`` along the side, the band's width across."""
    half, across = length / 2, _BAND / 2
    return (
        _diamond(OCHRE, half, across - 0.6)
        + _diamond(NIGHT, half * 0.66, (across - 0.6) * 0.66)
        + _diamond(CREAM, half * 0.36, (across - 0.6) * 0.36)
    )


def _hourglass(length: float) -> str:
    """Two triangles that meet, and two that close the gaps."""
    half, across = length / 2, _BAND / 2 - 0.6
    return (
        _polygon(CLAY, (-half, -across), (half, -across), (0, 0))
        + _polygon(CLAY, (-half, across), (half, across), (0, 0))
        + _polygon(CREAM, (-half * 0.36, -across), (half * 0.36, -across), (0, -across * 0.64))
        + _polygon(CREAM, (-half * 0.36, across), (half * 0.36, across), (0, across * 0.64))
        + _polygon(LEAF, (-half, -across * 0.42), (-half, across * 0.42), (-half * 0.58, 0))
        + _polygon(LEAF, (half, -across * 0.42), (half, across * 0.42), (half * 0.58, 0))
    )


def _star() -> str:
    half = _BAND / 2 - 0.7
    return (
        f'<rect x="{-_BAND / 2}" y="{-_BAND / 2}" width="{_BAND}" height="{_BAND}" fill="{CLAY}"/>'
        + _diamond(OCHRE, half, half)
        + f'<rect x="{-half / 2:.3f}" y="{-half / 2:.3f}" width="{half:.3f}" height="{half:.3f}" fill="{NIGHT}"/>'
        + _diamond(CREAM, half * 0.4, half * 0.4)
    )


def _side(length: float, count: int) -> str:
    """A side of the band from the origin along the x axis, centred on it."""
    step = length / count
    motifs = (_lozenge, _hourglass)
    return "".join(
        f'<g transform="translate({(index + 0.5) * step:.3f} 0)">{motifs[index % 2](step)}</g>'
        for index in range(count)
    )


@cache
def woven_border() -> SafeString:
    """An SVG of the size of the page with the band on all four sides."""
    left, top = _MARGIN + _BAND / 2, _MARGIN + _BAND / 2
    right, bottom = _WIDTH - left, _HEIGHT - top
    across = _side(right - left - _BAND, _TILES_ACROSS)
    down = _side(bottom - top - _BAND, _TILES_DOWN)
    start = _MARGIN + _BAND
    parts = [
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" '
        f'fill="none" stroke="{NIGHT}" stroke-width="{_BAND}"/>',
        *(f'<g transform="translate({start} {y})">{across}</g>' for y in (top, bottom)),
        *(f'<g transform="translate({x} {start}) rotate(90)">{down}</g>' for x in (left, right)),
        *(f'<g transform="translate({x} {y})">{_star()}</g>' for x in (left, right) for y in (top, bottom)),
    ]
    inner = _MARGIN + _BAND + 2
    for inset, width in ((inner, 0.7), (inner + 1.5, 0.25)):
        parts.append(
            f'<rect x="{inset}" y="{inset}" width="{_WIDTH - 2 * inset}" height="{_HEIGHT - 2 * inset}" '
            f'fill="none" stroke="{OCHRE}" stroke-width="{width}"/>'
        )
    return mark_safe(
        f'<svg class="border" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" '
        f'width="{_WIDTH:g}mm" height="{_HEIGHT:g}mm" aria-hidden="true">{"".join(parts)}</svg>'
    )
