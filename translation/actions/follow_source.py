"""What happens to translations when their original changes."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Page
from wagtail_localize.models import StringTranslation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from core import clock
from courses.models import CoursePage, LearningPathPage, LessonPage, ModulePage, QuizPage
from translation.actions.translate_page import translate_page
from translation.extraction import refresh_source, source_of
from translation.models import PageTranslation
from translation.places import arrange_like_source, target_of
from translation.standing import compare_with_source, course_key_of, note_draft, recount
from translation.text import hash_of, is_slug_path, plain
from translation.writing import TranslatedString, build, ensure_snippets, original_of, strings_of

__all__ = ["follow_deletion", "follow_move", "follow_publication", "follow_unpublication"]

#: Pages whose translations are taken off with them.
_FOLLOWING = (CoursePage, ModulePage, LessonPage, QuizPage, LearningPathPage)


@transaction.atomic
def follow_publication(page_key: uuid.UUID, language: str) -> None:
    """Offer what is new in a published original to its translators, and say which translations are behind.

    A page that was added below one under translation comes into the same languages, and is live where its parent is.
    """
    page = _page(page_key, language)
    if page is None or not page.live or page.alias_of_id:
        return
    source = source_of(page)
    if source is not None:
        source, _is_news = refresh_source(page.specific)
        for row in _rows(page).exclude(target=None):
            ensure_snippets(source, page.specific, row.locale)
            _follow(row, source, page)
    _come_along(page)


@transaction.atomic
def follow_unpublication(page_key: uuid.UUID, language: str) -> None:
    """Take the translations of an unpublished original off the website too.

    Not those of home pages and lists: a school may give up one language and keep the others.
    """
    page = _page(page_key, language)
    if page is None or page.live or page.specific_class not in _FOLLOWING:
        return
    for row in _rows(page).filter(target__live=True):
        row.target.specific.unpublish()


@transaction.atomic
def follow_move(page_key: uuid.UUID, language: str) -> None:
    """Move the translations of a page to where it stands now.

    What moved into a course under translation comes into its languages; what moved into one that isn't is taken off
    in the others.
    """
    page = _page(page_key, language)
    if page is None:
        return
    parent = page.get_parent()
    for row in _rows(page).exclude(target=None):
        if target_of(parent, row.locale) is not None:
            arrange_like_source(parent, row.locale)
        elif row.target.live:
            row.target.specific.unpublish()
    course_key = course_key_of(page)
    if course_key is None:
        return
    moved = list(Page.objects.filter(path__startswith=page.path).order_by("path"))
    PageTranslation.objects.filter(
        page_key__in=[part.translation_key for part in moved], source_locale_id=page.locale_id
    ).update(course_key=course_key)
    for part in moved:
        if part.live:
            _come_along(part)


@transaction.atomic
def follow_deletion(page_key: uuid.UUID, language: str) -> None:
    """Delete the translations of a part of a course that was deleted; their strings stay in the translation memory.

    A course or learning path that is gone as a whole is taken off the website in other languages and kept there, for
    whoever goes on without the original.
    """
    if _page(page_key, language) is not None:
        return
    rows = PageTranslation.objects.filter(page_key=page_key, source_locale__language_code=language)
    for row in rows.select_related("target", "locale"):
        if row.target is not None:
            _take_off(row, row.target.specific)
        row.delete()


def _take_off(row: PageTranslation, target: Any) -> None:
    is_part = row.course_key is not None and row.course_key != row.page_key
    if is_part:
        course = CoursePage.objects.filter(translation_key=row.course_key, locale_id=row.source_locale_id)
        if course.exists():
            target.delete()
    elif target.live and type(target) in _FOLLOWING:
        target.unpublish()


def _page(page_key: uuid.UUID, language: str) -> Page | None:
    return Page.objects.filter(translation_key=page_key, locale__language_code=language).first()


def _rows(page: Page) -> Any:
    return PageTranslation.objects.filter(
        page_key=page.translation_key, source_locale_id=page.locale_id
    ).select_related("locale", "target")


def _follow(row: Any, source: TranslationSource, page: Page) -> None:
    recount([row.page_key], row.locale)
    row.refresh_from_db(fields=["total", "translated", "updated_at"])
    if not row.target.live:
        return
    strings = strings_of(source, row.locale)
    compare_with_source(row, source, strings, since=clock.now())
    if row.stale_since and not row.changed and _take_technical_changes(row, source, page, strings):
        return
    row.save(update_fields=["changed", "stale_since", "updated_at"])


def _take_technical_changes(row: Any, source: TranslationSource, page: Page, strings: list[TranslatedString]) -> bool:
    """Publish a translation anew when the original changed in nothing but keys, code, pictures, order and the like.

    Its words are those that are live, not what translators have begun since. Left to the translators where that isn't
    certain: while the page has a draft or is in review, or when its live words can't be told apart.
    """
    target = row.target.specific
    if target.has_unpublished_changes or target.current_workflow_state is not None or target.alias_of_id:
        return False
    spoken = _live_words(row, target, strings)
    if spoken is None:
        return False
    slug, title = target.slug, target.draft_title
    try:
        with transaction.atomic():
            instance = build(source, original_of(source, page), target, row.locale, spoken)
            instance.slug = slug
            revision = instance.save_revision(clean=False)
            note_draft(row, source, spoken, revision)
            revision.publish(skip_permission_checks=True)
            # The title that a translator has begun stays in the explorer.
            Page.objects.filter(pk=target.pk).update(draft_title=title)
    except ValidationError:
        return False
    return True


def _live_words(
    row: PageTranslation, target: Any, strings: Iterable[TranslatedString]
) -> list[TranslatedString] | None:
    """The strings with the translations that learners read now; None where one can't be found for certain."""
    said: dict[str, list[str]] = {}
    for value in extract_segments(target):
        if isinstance(value, StringSegmentValue):
            said.setdefault(value.path, []).append(value.string.data)
    used: dict[tuple[str, str], int] = {}
    found = []
    for string in strings:
        path, text = string.segment.context.path, string.segment.string.data
        if is_slug_path(path):
            found.append(string)
            continue
        hashes, words = row.published_strings.get(path, []), said.get(path, [])
        places = [index for index, hashed in enumerate(hashes) if hashed == hash_of(text)]
        number = used.get((path, text), 0)
        used[path, text] = number + 1
        if len(hashes) != len(words) or number >= len(places):
            return None
        live = words[places[number]]
        if string.translation is not None and plain(string.translation) == plain(live):
            live = string.translation
        elif "<a " in live and live != text:
            # Links are numbered by their order, which a translator may have changed.
            return None
        is_own = live != text or string.translation == text
        found.append(TranslatedString(string.segment, live if is_own else None))
    return found


def _come_along(page: Page) -> None:
    """Bring a page of a course into the languages of its parent, and make it live where its parent is."""
    key = course_key_of(page)
    if key is None or page.specific_class is CoursePage:
        return
    parents = PageTranslation.objects.filter(
        page_key=page.get_parent().translation_key, source_locale_id=page.locale_id, target__isnull=False
    ).select_related("locale", "target")
    for parent in parents:
        row: Any = PageTranslation.objects.filter(page_key=page.translation_key, locale=parent.locale).first()
        if row is None or row.target_id is None:
            row = translate_page(page.specific, parent.locale)
            arrange_like_source(page.get_parent(), parent.locale)
        above: Any = parent.target
        target = Page.objects.filter(pk=row.target_id).first()
        if above.live and target is not None and not target.live:
            _go_live(row, page, target.specific)


def _go_live(row: PageTranslation, page: Page, target: Any) -> None:
    """Show learners what they read there before, or the source's words: nothing that wasn't reviewed."""
    source = source_of(page)
    if source is None:
        return
    if row.published_strings:
        revision = target.save_revision(clean=False)
        row.draft_revision, row.draft_percent = revision.pk, row.published_percent
        row.draft_strings, row.draft_content = row.published_strings, row.published_content
        row.draft_fingerprint = ""
        row.save()
    else:
        unspoken = [TranslatedString(string.segment, None) for string in strings_of(source, row.locale)]
        slug = target.slug
        instance = build(source, original_of(source, page), target, row.locale, unspoken)
        instance.slug = slug
        revision = instance.save_revision(clean=False)
        note_draft(row, source, unspoken, revision)
    revision.publish(skip_permission_checks=True)
    title = StringTranslation.objects.filter(
        context__object_id=page.translation_key, context__path="title", locale=row.locale, has_error=False
    ).first()
    if title is not None:
        Page.objects.filter(pk=target.pk).update(draft_title=plain(title.data))
