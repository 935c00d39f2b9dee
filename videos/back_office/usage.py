"""On which pages videos stand, for those who look after them; by Wagtail's index of references."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex

from videos.drafts import drafts_showing
from videos.models import Video

__all__ = ["count_pages", "pages_showing"]


def count_pages(videos: Iterable[Video]) -> dict[int, int]:
    """How many pages show each of ``videos``, by primary key; one query."""
    keys = [str(video.pk) for video in videos]
    rows = (
        ReferenceIndex.objects.filter(
            to_content_type=ContentType.objects.get_for_model(Video),
            to_object_id__in=keys,
            base_content_type__in=_page_types(),
        )
        .order_by()
        .values_list("to_object_id", "object_id")
        .distinct()
    )
    counts: dict[int, int] = {}
    for video, _page in rows:
        counts[int(video)] = counts.get(int(video), 0) + 1
    return counts


def pages_showing(video: Video) -> list[tuple[Page, bool]]:
    """The pages that show ``video``, be it in a draft only, in the order of the tree, with their languages.

    Returns:
        Each with whether only its newest draft shows it.
    """
    rows = ReferenceIndex.get_references_to(video).filter(base_content_type__in=_page_types())
    pks = {int(pk) for pk in rows.order_by().values_list("object_id", flat=True)}
    drafts = drafts_showing(video)
    pages = Page.objects.filter(pk__in=pks | drafts).select_related("locale", "content_type").order_by("path")
    return [(page, page.pk not in pks) for page in pages]


def _page_types() -> list[int]:
    kinds = ContentType.objects.get_for_models(Page, *Page.__subclasses__()).values()
    return [kind.pk for kind in kinds]
