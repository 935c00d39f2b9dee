"""Categories and glossary words that a course names."""

import uuid

from django.utils.text import slugify
from wagtail.models import Locale

from courses.models import Category, GlossaryTerm
from interop.course_source import CourseSource, TermSource


def categories_of(course: CourseSource, locale: Locale, original: CourseSource | None = None) -> list[Category]:
    """The course's categories in its language, made when they are missing.

    A translation's categories are those of the original, in the same order: its own names are their titles.
    """
    found: list[Category] = []
    names = (original or course).categories
    for number, name in enumerate(names):
        slug = slugify(name)[:100]
        if not slug:
            continue
        category = Category.objects.filter(locale=locale, slug=slug).first()
        if category is None:
            elsewhere = Category.objects.filter(slug=slug).order_by("pk").first()
            words = course.categories[number] if original and len(course.categories) == len(names) else name
            title = words if words != slugify(words) else words.replace("-", " ").capitalize()
            if elsewhere and words == slugify(words):
                title = elsewhere.title
            category = Category(locale=locale, slug=slug, title=title[:100])
            if elsewhere and not elsewhere.get_translations().filter(locale=locale).exists():
                category.translation_key = elsewhere.translation_key
            category.save()
        found.append(category)
    return found


def store_terms(terms: list[TermSource], *, course_key: uuid.UUID, course_slug: str, locale: Locale) -> dict[str, int]:
    """Store a course's glossary; returns the numbers of its words by name.

    Words belong to their course: “commit” may mean something else in another one.
    """
    numbers: dict[str, int] = {}
    for source in terms:
        key = uuid.uuid5(course_key, f"term:{source.name}")
        term = GlossaryTerm.objects.filter(translation_key=key, locale=locale).first()
        if term is None:
            slug = _free_slug(f"{course_slug}-{slugify(source.name)}"[:95], locale)
            term = GlossaryTerm(translation_key=key, locale=locale, slug=slug)
        if (term.term, term.definition) != (source.term, source.definition):
            term.term, term.definition = source.term, source.definition
            term.save()
        numbers[source.name] = term.pk
    return numbers


def _free_slug(slug: str, locale: Locale) -> str:
    taken = set(GlossaryTerm.objects.filter(locale=locale, slug__startswith=slug).values_list("slug", flat=True))
    candidate, number = slug, 1
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
