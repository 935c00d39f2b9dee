"""Pictures as the web wants them: WebP in a few widths, for any number of images in one query once made."""

from collections.abc import Iterable
from dataclasses import dataclass

from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, AbstractRendition

#: Widths for `srcset`; the smallest is what a 360 px phone needs.
WIDTHS = (360, 720, 1200)


@dataclass(frozen=True)
class Picture:
    """One image ready for ``<img>``; sizes in pixels of the largest file."""

    src: str
    srcset: str
    width: int
    height: int


def _spec(width: int) -> str:
    return f"width-{width}|format-webp|webpquality-70"


def pictures_for(images: Iterable[AbstractImage | None], widths: tuple[int, ...] = WIDTHS) -> dict[int, Picture]:
    """Pictures by image pk. Renditions that exist are read in one query; a missing one is made and kept.

    An image whose file can't be read is left out: a page without one picture beats no page.
    """
    wanted = {image.pk: image for image in images if image is not None}
    if not wanted:
        return {}
    rendition_model = get_image_model().get_rendition_model()
    specs = [_spec(width) for width in widths]
    made: dict[tuple[int, str], AbstractRendition] = {
        (rendition.image_id, rendition.filter_spec): rendition
        for rendition in rendition_model.objects.filter(image_id__in=wanted, filter_spec__in=specs)
    }
    pictures = {}
    for pk, image in wanted.items():
        if image.is_svg():
            pictures[pk] = Picture(src=image.file.url, srcset="", width=image.width, height=image.height)
            continue
        try:
            files = [made.get((pk, spec)) or image.get_rendition(spec) for spec in specs_for(image, widths)]
        except OSError:  # Wagtail's SourceImageIOError is one too
            continue
        largest = files[-1]
        pictures[pk] = Picture(
            src=files[min(1, len(files) - 1)].url,
            srcset=", ".join(f"{file.url} {file.width}w" for file in files),
            width=largest.width,
            height=largest.height,
        )
    return pictures


def specs_for(image: AbstractImage, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Wagtail's filters for one image, narrow to wide: the same files for the website and for the API.

    They end with the first that holds the whole image: enlarging costs bytes and shows nothing more.
    """
    useful = []
    for width in widths:
        useful.append(_spec(width))
        if width >= image.width:
            break
    return useful
