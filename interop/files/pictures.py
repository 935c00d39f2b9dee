"""Raster pictures: really what they say they are, and not larger in memory than on paper."""

import io
import warnings
from dataclasses import dataclass

from django.conf import settings
from PIL import Image, UnidentifiedImageError

from interop.files.svg import UnreadableSvg, clean_svg

#: Pillow's format → suffix it is stored under.
_FORMATS = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}
MAX_FRAMES = 300


class UnusablePicture(ValueError):
    """A file that can't become a picture of a lesson; the message says why."""


@dataclass(frozen=True)
class Picture:
    """A verified picture."""

    content: bytes
    suffix: str
    width: int  #: pixels; 0 for drawings
    height: int
    removed: tuple[str, ...] = ()  #: what was taken out of a drawing


def verified_picture(content: bytes, suffix: str) -> Picture:
    """Check a picture, and clean it when it is a drawing.

    Raises:
        UnusablePicture: too large, broken, or of a format that browsers or phones don't show.
    """
    limit = settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE
    if len(content) > limit:
        raise UnusablePicture(f"it has {len(content) // 1024:,} KiB, at most {limit // 1024:,} are taken")
    if suffix == ".svg":
        try:
            clean, removed = clean_svg(content)
        except UnreadableSvg as error:
            raise UnusablePicture(f"the drawing can't be read: {error}") from None
        return Picture(clean, ".svg", 0, 0, tuple(removed))
    return _raster(content)


def _raster(content: bytes) -> Picture:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(_FORMATS)) as image:
                width, height = image.size
                frames = getattr(image, "n_frames", 1)
                if width * height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                    raise UnusablePicture(f"it has {width} × {height} pixels; make it smaller")
                if frames > MAX_FRAMES:
                    raise UnusablePicture(f"it has {frames} frames, at most {MAX_FRAMES} are taken")
                suffix = _FORMATS[str(image.format)]
                image.load()
    except UnidentifiedImageError:
        raise UnusablePicture("it is neither PNG, JPEG, GIF, WebP nor SVG") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnusablePicture("it would unpack to a huge picture; make it smaller") from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        if isinstance(error, UnusablePicture):
            raise
        raise UnusablePicture(f"it is broken ({error})") from None
    return Picture(content, suffix, width, height)
