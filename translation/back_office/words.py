"""Categories and glossary terms that a course uses: translated once for all courses, in screens of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from wagtail.models import Page, ReferenceIndex
from wagtail.permission_policies import ModelPermissionPolicy

from courses.models import Category, GlossaryTerm
from translation import policies
from translation.queries import CourseTree

__all__ = ["WordLink", "words_of_course"]


@dataclass(frozen=True)
class WordLink:
    """A word with the screen where it is translated; no address for those who may not."""

    kind: Any
    title: str
    translation: str
    url: str

    @property
    def is_translated(self) -> bool:
        return bool(self.translation)


def words_of_course(user: Any, tree: CourseTree) -> list[WordLink]:
    """The words of a course in reading order of their kinds; a fixed number of queries."""
    categories = Category.objects.filter(courses=tree.course.pk).order_by("title")
    pages = [str(row.source_page_pk) for row in tree.rows]
    named = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=pages,
        to_content_type=ContentType.objects.get_for_model(GlossaryTerm),
    )
    numbers = {int(pk) for pk in named.values_list("to_object_id", flat=True) if pk.isdigit()}
    terms = GlossaryTerm.objects.filter(pk__in=numbers).order_by("term")
    return [*_links(user, Category, categories, tree.language), *_links(user, GlossaryTerm, terms, tree.language)]


def _links(user: Any, model: Any, words: Iterable[Any], language: str) -> list[WordLink]:
    originals = list(words)
    keys = [word.translation_key for word in originals]
    found = model._default_manager.filter(translation_key__in=keys, locale__language_code=language)
    translations = {word.translation_key: word for word in found}
    may_edit = ModelPermissionPolicy(model).user_has_permission(user, "change")
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    links = []
    for word in originals:
        translated = translations.get(word.translation_key)
        if translated is not None and may_edit:
            url = reverse(f"wagtailsnippets_{name}:edit", args=[translated.pk])
        elif translated is None and user.has_perm(policies.TRANSLATE):
            model_of = [model._meta.app_label, model._meta.model_name, word.pk]
            url = reverse("wagtail_localize:submit_snippet_translation", args=model_of)
        else:
            url = ""
        links.append(WordLink(model._meta.verbose_name, str(word), str(translated or ""), url))
    return links
