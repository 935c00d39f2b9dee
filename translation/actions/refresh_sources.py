"""Offer translators what a new version of the school brought: fields that sources were stored without."""

from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F, OuterRef, Q, Subquery
from wagtail.models import Page
from wagtail_localize.models import TranslationSource

from translation.actions.follow_source import follow_publication
from translation.extraction import refresh_source
from translation.models import PageTranslation
from translation.standing import recount

__all__ = ["refresh_sources"]


def refresh_sources(limit: int = 200) -> int:
    """Store again what pages say whose tables changed since; returns how many. Translations stay as they are."""
    applied = MigrationRecorder.Migration.objects.filter(app=OuterRef("specific_content_type__app_label"))
    behind = (
        TranslationSource.objects.annotate(now=Subquery(applied.order_by("-applied", "-pk").values("name")[:1]))
        .filter(~Q(schema_version="") & ~Q(schema_version=F("now")))
        .select_related("specific_content_type")
        .order_by("pk")[:limit]
    )
    return sum(_refresh(source) for source in list(behind))


@transaction.atomic
def _refresh(source: TranslationSource) -> bool:
    model = source.specific_content_type.model_class()
    instance = (
        model and model._default_manager.filter(translation_key=source.object_id, locale_id=source.locale_id).first()
    )
    if instance is None:
        # Kept for its strings; there is nothing to read any more.
        TranslationSource.objects.filter(pk=source.pk).update(schema_version="")
        return False
    refresh_source(instance)
    if isinstance(instance, Page) and instance.live:
        follow_publication(instance.translation_key, instance.locale.language_code)
        return True
    rows = PageTranslation.objects.filter(page_key=source.object_id, source_locale_id=source.locale_id)
    for row in rows.select_related("locale"):
        recount([row.page_key], row.locale)
    return True
