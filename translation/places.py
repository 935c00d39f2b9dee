"""Where a translated page belongs: below the translation of its parent, in the order of the source."""

from typing import Any

from wagtail.coreutils import find_available_slug
from wagtail.models import Locale, Page

from courses.actions.reorder_course import arrange_children
from courses.models import CourseIndexPage, CoursePage

__all__ = ["arrange_like_source", "parent_in", "target_of"]


def target_of(page: Page, locale: Locale) -> Page | None:
    """The page of the same key in another language."""
    return Page.objects.filter(translation_key=page.translation_key, locale=locale).first()


def parent_in(page: Page, locale: Locale, *, make: bool) -> Page | None:
    """The page of the target language that a translation of ``page`` goes below.

    A course goes below the catalogue of the language, whatever its key.

    Args:
        make: where the pages above are missing in the language, put aliases of the source's there, as
            wagtail-localize does.
    """
    parent = page.get_parent()
    found = target_of(parent, locale)
    if found is None and page.specific_class is CoursePage:
        found = CourseIndexPage.objects.filter(locale=locale).order_by("path").first()
    if found is None and make and not parent.is_root():
        found = parent.specific.copy_for_translation(locale, copy_parents=True, alias=True)
    return found


def arrange_like_source(parent: Page, locale: Locale, *, actor: Any = None) -> int:
    """Put the children of the translation of ``parent`` in the order of the source; returns how many moved.

    Children that were moved here from elsewhere in the source come along; pages that only the translation has
    stand last.
    """
    target = target_of(parent, locale)
    if target is None:
        return 0
    keys = list(Page.objects.child_of(parent).order_by("path").values_list("translation_key", flat=True))
    by_key = {row.translation_key: row for row in Page.objects.filter(translation_key__in=keys, locale=locale)}
    present = list(Page.objects.child_of(target).order_by("path").values_list("pk", flat=True))
    wanted = [by_key[key].pk for key in keys if key in by_key]
    extra = [pk for pk in present if pk not in set(wanted)]
    if [*wanted, *extra] == present:
        return 0
    for pk in set(wanted) - set(present):
        _free_slug(Page.objects.get(pk=pk), target)
    return len(arrange_children([*wanted, *extra], present, parent=target.pk, actor=actor))


def _free_slug(page: Page, parent: Page) -> None:
    """Give a page that moves below ``parent`` an address that is free there."""
    slug = find_available_slug(parent, page.slug, ignore_page_id=page.pk)
    if slug != page.slug:
        page.slug = slug
        page.save(update_fields=["slug"], clean=False)
