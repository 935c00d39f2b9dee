"""Reactions to what happens to pages and strings.

What learners see of a translation is noted in the transaction that publishes it. What an original asks of its
translations takes longer and is done after the commit, by the outbox.
"""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from core import clock
from core.events import Event
from core.outbox import handles, publish
from translation.actions.follow_source import (
    follow_deletion,
    follow_move,
    follow_publication,
    follow_unpublication,
)
from translation.events import SourceDeleted, SourceMoved, SourcePublished, SourceUnpublished
from translation.extraction import source_of
from translation.models import PageTranslation
from translation.standing import course_key_of, ensure_row, note_published, recount

__all__ = ["on_deleted", "on_moved", "on_published", "on_unpublished"]


@receiver(page_published, dispatch_uid="translation.page_published")
def page_went_live(sender: type[Page], instance: Page, revision: Any = None, **kwargs: Any) -> None:
    """Note what learners read of a translation; tell that an original is news."""
    if instance.alias_of_id:
        return
    row = (
        PageTranslation.objects.filter(page_key=instance.translation_key, locale_id=instance.locale_id)
        .select_related("locale", "source_locale")
        .first()
    )
    if row is not None:
        source = TranslationSource.objects.filter(object_id=row.page_key, locale_id=row.source_locale_id).first()
        if source is not None:
            with transaction.atomic():
                note_published(row, source, revision)
        return
    if source_of(instance) is not None or _is_in_translated_course(instance):
        _tell(SourcePublished(instance.translation_key, instance.locale.language_code))


@receiver(page_unpublished, dispatch_uid="translation.page_unpublished")
def page_was_taken_off(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Tell that an original is not to be seen any more."""
    if _is_source(instance):
        _tell(SourceUnpublished(instance.translation_key, instance.locale.language_code))


@receiver(post_page_move, dispatch_uid="translation.page_moved")
def page_was_moved(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Tell that an original stands elsewhere."""
    if _is_source(instance) or _is_in_translated_course(instance):
        _tell(SourceMoved(instance.translation_key, instance.locale.language_code))


@receiver(post_delete, dispatch_uid="translation.page_deleted")
def page_was_deleted(sender: type[Any], instance: Any, **kwargs: Any) -> None:
    """Tell that an original is gone."""
    if sender is Page and _is_source(instance):
        _tell(SourceDeleted(instance.translation_key, instance.locale.language_code))


@receiver(post_save, sender=Translation, dispatch_uid="translation.translation_made")
def translation_was_made(instance: Translation, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A page that was submitted on a screen of wagtail-localize gets its row too."""
    if not created or raw:
        return
    source = instance.source
    rows = PageTranslation.objects.filter(page_key=source.object_id, locale_id=instance.target_locale_id)
    if rows.exists():
        return
    page = Page.objects.filter(translation_key=source.object_id, locale_id=source.locale_id).first()
    if page is None:
        return
    target = Page.objects.filter(translation_key=source.object_id, locale_id=instance.target_locale_id).first()
    ensure_row(page, instance.target_locale, target, course_key=course_key_of(page))
    recount([source.object_id], instance.target_locale)


@receiver(post_delete, sender=Translation, dispatch_uid="translation.translation_ended")
def translation_ended(instance: Translation, **kwargs: Any) -> None:
    """Converted to an alias, or given up: learners read the source's words, or nothing that is known here."""
    PageTranslation.objects.filter(page_key=instance.source.object_id, locale_id=instance.target_locale_id).update(
        published_percent=0,
        published_strings={},
        published_content="",
        stale_since=None,
        changed=0,
        draft_revision=None,
        draft_percent=0,
        draft_strings={},
        draft_content="",
        draft_fingerprint="",
        updated_at=clock.now(),
    )


@receiver(post_save, dispatch_uid="translation.page_made")
def page_was_made(sender: type[Any], instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A page that wagtail-localize makes of a translation is noted as its target."""
    if created and not raw and isinstance(instance, Page) and sender is not Page:
        PageTranslation.objects.filter(
            page_key=instance.translation_key, locale_id=instance.locale_id, target=None
        ).update(target_id=instance.pk)


@receiver([post_save, post_delete], sender=StringTranslation, dispatch_uid="translation.string_translated")
def string_was_translated(instance: StringTranslation, raw: bool = False, **kwargs: Any) -> None:
    """Count anew; writes in bulk, which send no signal, count by themselves."""
    if instance.context is not None and not raw:
        recount([instance.context.object_id], instance.locale, edited_at=clock.now())


@handles(SourcePublished, name="translation.follow_publication")
def on_published(event: SourcePublished) -> None:
    """Offer what is new, mark what is stale, bring new pages along."""
    follow_publication(event.page_key, event.language)


@handles(SourceUnpublished, name="translation.follow_unpublication")
def on_unpublished(event: SourceUnpublished) -> None:
    """Take translations off too."""
    follow_unpublication(event.page_key, event.language)


@handles(SourceMoved, name="translation.follow_move")
def on_moved(event: SourceMoved) -> None:
    """Move translations along."""
    follow_move(event.page_key, event.language)


@handles(SourceDeleted, name="translation.follow_deletion")
def on_deleted(event: SourceDeleted) -> None:
    """Delete translations along."""
    follow_deletion(event.page_key, event.language)


def _is_source(page: Any) -> bool:
    return PageTranslation.objects.filter(page_key=page.translation_key, source_locale_id=page.locale_id).exists()


def _is_in_translated_course(page: Page) -> bool:
    key = course_key_of(page)
    return key is not None and PageTranslation.objects.filter(course_key=key, source_locale_id=page.locale_id).exists()


def _tell(event: Event) -> None:
    with transaction.atomic():
        publish(event)
