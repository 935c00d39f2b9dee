"""Background work of the website."""

import logging

from celery import shared_task
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex

from courses.models import CoursePage
from courses.queries.pictures import pictures_for
from home.pictures import cover, lesson_picture

__all__ = ["make_pictures"]

logger = logging.getLogger(__name__)


@shared_task(name="home.make_pictures")
def make_pictures(page_key: str, language: str) -> int:
    """Make the pictures of a published page in every size that learners load; those that exist stay.

    Otherwise the first reader would wait for them: a lesson of ten photographs takes a small machine many seconds.

    Args:
        page_key: the page's translation key.

    Returns:
        How many images the page shows.
    """
    page = Page.objects.filter(translation_key=page_key, locale__language_code=language).first()
    if page is None:  # deleted since
        return 0
    specific = page.specific
    model = get_image_model()
    shown = ReferenceIndex.get_references_for_object(specific).filter(
        to_content_type__app_label=model._meta.app_label, to_content_type__model=model._meta.model_name
    )
    images = list(model.objects.filter(pk__in={int(pk) for pk in shown.values_list("to_object_id", flat=True)}))
    for image in images:
        try:
            lesson_picture(image, "")
            if isinstance(specific, CoursePage):
                cover(image)
        except OSError:
            logger.warning("The file of image %s can't be read", image.pk)
    pictures_for(images)  # the sizes that the API offers
    return len(images)
