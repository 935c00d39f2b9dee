"""Pictures as WebP renditions with ``srcset``, width and height, so that nothing jumps and phones load little."""

from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from courses.queries.pictures import specs_for

__all__ = ["cover", "cover_url", "lesson_picture", "load_renditions", "photo"]

COVER_SIZES = ((360, 203), (720, 405))


def load_renditions(images: Iterable[Any]) -> None:
    """Load the renditions of many images in one query."""
    found = [image for image in images if image is not None]
    if found:
        prefetch_related_objects(found, "renditions")


def lesson_picture(image: Any, alt: str) -> SafeString:
    """An image at the widths a lesson is read at, never wider than it is."""
    if image is None:
        return mark_safe("")
    if image.is_svg():
        return format_html(
            '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy" decoding="async">',
            image.file.url,
            alt,
            image.width,
            image.height,
        )
    return _sources(image, specs_for(image), alt, "(min-width: 60rem) 44rem, 95vw")


def cover(image: Any, *, is_eager: bool = False) -> SafeString:
    """A cover cropped to 16:9."""
    if image is None or image.is_svg():
        return mark_safe("")
    specs = [f"fill-{width}x{height}|format-webp" for width, height in COVER_SIZES]
    return _sources(image, specs, "", "(min-width: 48rem) 22rem, 95vw", is_eager=is_eager)


def photo(image: Any, alt: str = "") -> SafeString:
    """A picture of the home page, at most 900 pixels wide."""
    specs = ["width-480|format-webp", "width-900|format-webp"]
    return _sources(image, specs, alt, "(min-width: 56rem) 34rem, 95vw", is_eager=True)


def cover_url(image: Any) -> str:
    """A cover for other sites that show a link to the page; JPEG, which all of them read."""
    if image is None or image.is_svg():
        return ""
    return str(image.get_rendition("fill-1200x630|format-jpeg").url)


def _sources(image: Any, specs: list[str], alt: str, sizes: str, *, is_eager: bool = False) -> SafeString:
    renditions = list(image.get_renditions(*specs).values())
    largest = max(renditions, key=lambda rendition: rendition.width)
    by_width = {rendition.width: rendition.url for rendition in renditions}
    srcset = ", ".join(f"{url} {width}w" for width, url in sorted(by_width.items()))
    loading = mark_safe("") if is_eager else mark_safe(' loading="lazy"')
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" alt="{}" width="{}" height="{}" decoding="async"{}>',
        largest.url,
        srcset,
        sizes,
        alt,
        largest.width,
        largest.height,
        loading,
    )
