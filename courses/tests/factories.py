"""A school and courses for tests of every room: published pages, in as few queries as Wagtail allows."""

import itertools
import uuid
from dataclasses import dataclass
from typing import Any

from wagtail.models import Locale, Page, Site

from courses.facts import refresh_facts
from courses.models import (
    CourseIndexPage,
    CoursePage,
    LearningPathIndexPage,
    LearningPathPage,
    LessonPage,
    ModulePage,
    QuizPage,
)
from courses.queries.outline import outline_of
from courses.tests.indexing import left_out, when_searched
from courses.tests.questions import every_question, rich_text
from home.models import HomePage

__all__ = [
    "School",
    "add_lesson",
    "add_module",
    "add_quiz",
    "item_of",
    "make_course",
    "make_path",
    "make_school",
    "translate_page",
]

_counter = itertools.count(1)


@dataclass(frozen=True)
class School:
    """The pages of a school in one language."""

    home: HomePage
    courses: CourseIndexPage
    paths: LearningPathIndexPage
    locale: Locale


def make_school(language: str = "en") -> School:
    """The home page, catalogue and list of paths of a language; those that exist are returned."""
    locale, _created = Locale.objects.get_or_create(language_code=language)
    existing = CourseIndexPage.objects.filter(locale=locale).first()
    if existing is not None:
        home = HomePage.objects.get(locale=locale)
        return School(home, existing, LearningPathIndexPage.objects.get(locale=locale), locale)
    root = Page.get_first_root_node()
    original = HomePage.objects.exclude(locale=locale).order_by("pk").first()
    home = HomePage(title=f"Home {language}", slug=f"home-{language}", locale=locale, **_shared(original))
    _place(root, home, has_references=False)
    catalogue = CourseIndexPage(
        title="Courses", slug="courses", locale=locale, **_shared(CourseIndexPage.objects.order_by("pk").first())
    )
    _place(home, catalogue, has_references=False)
    paths = LearningPathIndexPage(
        title="Paths", slug="paths", locale=locale, **_shared(LearningPathIndexPage.objects.order_by("pk").first())
    )
    _place(home, paths, has_references=False)
    if original is None:
        site, _created = Site.objects.get_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": home}
        )
        site.root_page = home
        site.save()
        Site.clear_site_root_paths_cache()
    return School(home, catalogue, paths, locale)


def make_course(
    title: str = "", *, language: str = "en", modules: int = 0, lessons: int = 0, quiz: bool = False, **fields: Any
) -> CoursePage:
    """A published course.

    Args:
        modules: made with it, each with ``lessons`` lessons and, when ``quiz``, a quiz of all question types.
        fields: of ``CoursePage``; ``translation_key`` makes it a translation.
    """
    school = make_school(language)
    number = next(_counter)
    title = title or f"Course {number}"
    defaults = {"summary": f"About {title}.", "slug": f"course-{number}", "locale": school.locale}
    course = CoursePage(title=title, **{**defaults, **fields})
    _place(Page.objects.get(pk=school.courses.pk), course, has_references=bool(fields))
    with left_out():
        for _module in range(modules):
            module = add_module(course)
            for _lesson in range(lessons):
                add_lesson(module)
            if quiz:
                add_quiz(module)
    if modules:
        refresh_facts(course)
    return course


def add_module(course: CoursePage, title: str = "", **fields: Any) -> ModulePage:
    """A published module at the end of a course."""
    return _add(course, ModulePage, "Module", title, fields)


def add_lesson(module: ModulePage, title: str = "", **fields: Any) -> LessonPage:
    """A published lesson at the end of a module; done when it is scrolled through, unless ``completion_rule`` says."""
    fields.setdefault("body", [rich_text("<p>Hello.</p>")])
    fields.setdefault("estimated_minutes", 5)
    return _add(module, LessonPage, "Lesson", title, fields)


def add_quiz(module: ModulePage, title: str = "", **fields: Any) -> QuizPage:
    """A published quiz at the end of a module, by default of all eight question types and with the usual rules."""
    fields.setdefault("questions", every_question())
    return _add(module, QuizPage, "Quiz", title, fields)


def make_path(courses: list[CoursePage], title: str = "", *, language: str = "en", **fields: Any) -> LearningPathPage:
    """A published learning path with one stage of the given courses."""
    school = make_school(language)
    stage = {"title": "First steps", "summary": "", "courses": [course.pk for course in courses]}
    fields.setdefault("stages", [{"type": "stage", "value": stage, "id": str(uuid.uuid4())}])
    fields.setdefault("summary", "A way through.")
    return _add(school.paths, LearningPathPage, "Path", title, fields)


def translate_page(page: Page, parent: Page, title: str = "", **fields: Any) -> Page:
    """A translation of a course, module, lesson or quiz below ``parent``, itself the translated parent."""
    number = next(_counter)
    copied = {
        field.name: getattr(page, field.name)
        for field in type(page)._meta.local_concrete_fields
        if field.name != "page_ptr"
    }
    values = {**copied, "title": title or f"{page.title} ({parent.locale.language_code})", "slug": f"t-{number}"}
    copy = type(page)(**{**values, **fields}, translation_key=page.translation_key, locale=parent.locale)
    _place(Page.objects.get(pk=parent.pk), copy)
    return copy


def item_of(course: CoursePage, page: Page) -> Any:
    """The outline's item of a lesson or quiz."""
    return outline_of(course).by_key[page.translation_key]


def _shared(original: Page | None) -> dict[str, Any]:
    return {"translation_key": original.translation_key} if original else {}


def _add(parent: Page, model: type[Page], word: str, title: str, fields: dict[str, Any]) -> Any:
    number = next(_counter)
    fields.setdefault("slug", f"{word.lower()}-{number}")
    page = model(title=title or f"{word} {number}", locale=parent.locale, **fields)
    # Read anew: treebeard counts children on the row, and the caller's copy may be behind.
    _place(Page.objects.get(pk=parent.pk), page)
    return page


def _place(parent: Page, page: Page, *, has_references: bool = True) -> None:
    with when_searched(page, has_references=has_references):
        parent.add_child(instance=page)
