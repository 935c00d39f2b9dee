"""The one loader of visible pages, by key or by slug, for the website and the API alike."""

import uuid
from collections.abc import Iterable

from django.db.models import Case, IntegerField, QuerySet, Value, When
from wagtail.models import Locale, Page

from courses.models import CoursePage, LearningPathPage, LessonPage, ModulePage, QuizPage
from courses.queries.visibility import visible

Item = LessonPage | QuizPage


def public_courses(language: str | None = None) -> "QuerySet[CoursePage]":
    """Every visible course, of one language if given, with locale, cover and facts loaded."""
    courses = visible(CoursePage.objects.all(), ancestors=0)
    if language:
        courses = courses.filter(locale__language_code=language)
    return courses.select_related("locale", "cover", "facts")


def course_by_key(key: uuid.UUID, language: str | None = None) -> CoursePage | None:
    """A visible course in ``language``, or in another language where there is no such translation."""
    return _best(public_courses().filter(translation_key=key), language)


def course_by_slug(slug: str, language: str | None = None) -> CoursePage | None:
    """A visible course by its slug in any language, then shown in ``language`` if that translation exists."""
    found = _best(public_courses().filter(slug=slug), language)
    if found is None or language is None or found.locale.language_code == language:
        return found
    return course_by_key(found.translation_key, language)


def courses_by_keys(keys: Iterable[uuid.UUID], language: str) -> dict[uuid.UUID, CoursePage]:
    """Visible courses by key, each in ``language`` or in another one; one query."""
    pages = _preferred(public_courses().filter(translation_key__in=list(keys)), language)
    found: dict[uuid.UUID, CoursePage] = {}
    for page in pages:
        found.setdefault(page.translation_key, page)
    return found


def item_by_key(key: uuid.UUID, language: str | None = None) -> Item | None:
    """A visible lesson or quiz whose module and course are visible too; ``language`` as for courses."""
    for model in (LessonPage, QuizPage):
        pages = visible(model.objects.filter(translation_key=key), ancestors=2).select_related("locale")
        page = _best(pages, language)
        if page is not None:
            return page
    return None


def quiz_by_key(key: uuid.UUID, language: str | None = None) -> QuizPage | None:
    """A visible quiz; ``language`` as for courses."""
    return _best(visible(QuizPage.objects.filter(translation_key=key), ancestors=2).select_related("locale"), language)


def course_of(item: Page) -> CoursePage:
    """The course that a module, lesson or quiz stands in, whatever its state.

    Raises:
        CoursePage.DoesNotExist: the page stands in no course.
    """
    levels = 1 if isinstance(item, ModulePage) else 2
    path = item.path[: -levels * Page.steplen]
    return CoursePage.objects.select_related("locale", "cover").get(path=path)


def public_paths(language: str | None = None) -> "QuerySet[LearningPathPage]":
    """Every visible learning path, of one language if given."""
    paths = visible(LearningPathPage.objects.all(), ancestors=0)
    if language:
        paths = paths.filter(locale__language_code=language)
    return paths.select_related("locale", "cover").order_by("path")


def path_by_slug(slug: str, language: str | None = None) -> LearningPathPage | None:
    """A visible learning path by slug; ``language`` as for courses."""
    found = _best(public_paths().filter(slug=slug), language)
    if found is None or language is None or found.locale.language_code == language:
        return found
    return _best(public_paths().filter(translation_key=found.translation_key), language)


def path_course_keys(paths: Iterable[LearningPathPage]) -> dict[int, list[list[uuid.UUID]]]:
    """Keys of the courses of each stage, in order, by path pk; one query for all paths.

    Chosen pages may be of any language, or gone: their keys name the course in all languages.
    """
    chosen = {
        path.pk: [[_pk(course) for course in stage["value"]["courses"]] for stage in path.stages.get_prep_value()]
        for path in paths
    }
    pks = {pk for stages in chosen.values() for stage in stages for pk in stage}
    keys = dict(CoursePage.objects.filter(pk__in=pks).values_list("pk", "translation_key"))
    return {
        path_pk: [[keys[pk] for pk in stage if pk in keys] for stage in stages] for path_pk, stages in chosen.items()
    }


def _pk(raw: object) -> int:
    value = raw["value"] if isinstance(raw, dict) else raw
    return int(value) if isinstance(value, (int, str)) else 0


def _preferred(pages: "QuerySet", language: str | None) -> "QuerySet":
    default = Locale.get_default().language_code
    return pages.annotate(
        language_rank=Case(
            When(locale__language_code=language or default, then=Value(0)),
            When(locale__language_code=default, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
    ).order_by("language_rank", "pk")


def _best(pages: "QuerySet", language: str | None):  # type: ignore[no-untyped-def]  # one of many page types
    return _preferred(pages, language).first()
