"""Pictures of people: whatever is uploaded, a small square WebP of ours is what is kept and shown.

Pixels are copied into a new image, so nothing of the original file survives: no EXIF with a place, no colour profile,
no second file hidden behind the first.
"""

import io
import uuid
import warnings
from typing import Final

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.errors import PictureRefused

__all__ = ["MAX_BYTES", "MAX_PIXELS", "MAX_SIDE", "SIDE", "prepare_avatar"]

SIDE: Final = 256  # pixels
MAX_BYTES: Final = 5 * 1024 * 1024
#: Checked on the header, before any pixel is unpacked: a few bytes may claim to be a picture of gigabytes.
MAX_PIXELS: Final = 30_000_000
MAX_SIDE: Final = 12_000
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")


def prepare_avatar(upload: File) -> ContentFile:
    """Return ``upload`` as a WebP of 256 × 256 pixels, cut to the middle, under a random name.

    Raises:
        PictureRefused: too large a file, too many pixels, another format, damaged.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise PictureRefused("picture_too_large", _("The picture is larger than 5 MB."))
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=FORMATS) as original:
                width, height = original.size
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                    raise PictureRefused("picture_too_large", _("The picture has too many pixels."))
                original.seek(0)  # the first frame of a moving one
                # JPEG alone: unpacks at an eighth to full size, whatever is enough.
                original.draft("RGB", (SIDE * 2, SIDE * 2))
                upright = ImageOps.exif_transpose(original)
                square = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    except PictureRefused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused("picture_unreadable", _("Choose a JPEG, PNG, WebP or GIF picture.")) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:  # what Pillow raises on damaged files
        raise PictureRefused("picture_unreadable", _("This file is damaged or not a picture.")) from error

    canvas = Image.new("RGBA", (SIDE, SIDE), (255, 255, 255, 255))
    canvas.alpha_composite(square)
    small = io.BytesIO()
    canvas.convert("RGB").save(small, "WEBP", quality=82, method=4, exif=b"", icc_profile=b"")
    return ContentFile(small.getvalue(), name=f"{uuid.uuid4().hex}.webp")
