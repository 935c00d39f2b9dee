"""The demo school as a whole."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from commerce.actions.enroll import enroll
from commerce.queries import enrollments_of
from courses.models import CourseIndexPage, CoursePage, LearningPathIndexPage
from courses.queries.outline import outline_of
from interop.actions.import_course import ImportResult, import_course
from interop.course_folder import read_course
from interop.demo_school.home_pages import HomePages
from interop.demo_school.paths import load_path
from interop.demo_school.people import load_people
from interop.demo_school.shop import load_shop
from interop.demo_school.talks import TalkFile, add_talks, load_talks
from interop.demo_school.words import load_categories, load_glossary
from interop.files.store import FileStore
from interop.folder.files import CourseFolder
from interop.folder.yaml_source import load_yaml
from interop.report import FileReport, LossReport
from interop.storing.school_tree import ensure_school_tree, locale_of
from learning.actions.complete_lesson import complete_lesson
from translation.actions.adopt_translation import adopt_translation, is_adopted

Say = Callable[[str], None]


def load_demo_school(folder: Path, *, say: Say, talks: Iterable[TalkFile] = ()) -> list[ImportResult]:
    """Load people, words, courses, paths and home pages of ``folder``; what is there already is brought up to date.

    Args:
        say: told one sentence for each part.
        talks: videos for its lessons, where they could be made.

    Raises:
        CourseRefused: a file of the demo school can't be read.
    """
    demo = CourseFolder(folder)
    school = load_yaml(demo.read_text("school.yaml"), path="school.yaml")
    languages = list(school["languages"])
    with transaction.atomic():
        ensure_school_tree(languages)
        load_categories(school.get("categories", []), languages)
        load_glossary(school.get("glossary", []), languages)
        people = load_people(school.get("accounts", []), school.get("default_language", languages[0]))
    say("People, categories and glossary are there.")
    results: list[ImportResult] = []
    videos = load_talks(talks, people["instructor@example.com"])
    for slug in school["courses"]:
        report = LossReport()
        source = read_course(folder / "courses" / slug, report=report)
        owner = people["instructor@example.com"]
        add_talks(source, (place for place in school.get("talks", []) if place["course"] == slug), videos)
        result = import_course(actor=None, source=source, report=report, owner=owner, publish=True)
        results.append(result)
        counts = result.counts
        say(f"{source.title}: {counts.created} pages new, {counts.updated} changed, {counts.unchanged} as before.")
    finder = _Finder({slug: result.course for slug, result in zip(school["courses"], results, strict=True)})
    for path in sorted(demo.files):
        if path.startswith("paths/") and path.endswith(".yaml"):
            data = load_yaml(demo.read_text(path), path=path)
            finder.pages[data["slug"]] = load_path(data, finder.find)[data["lang"]]
    _load_home_pages(demo, school, languages, finder, people["admin@example.com"])
    _adopt_lists(languages)
    say("Learning paths and home pages are there.")
    load_shop(school.get("shop", {}), languages, lambda slug: finder.pages[slug].translation_key)
    say("Prices, plans, a coupon and taxes are there.")
    _enrol_learner(people["learner@example.com"], results[0].course)
    return results


class _Finder:
    """Finds pages by the slug that the demo's files call them."""

    def __init__(self, courses: dict[str, Page]) -> None:
        self.pages: dict[str, Page] = dict(courses)

    def find(self, slug: str, language: str) -> Page | None:
        """The page in that language, or in the one it was written in."""
        page = self.pages.get(slug)
        if page is None:
            return None
        translated = type(page).objects.filter(translation_key=page.translation_key, locale=locale_of(language)).first()
        return translated or page


def _load_home_pages(
    demo: CourseFolder, school: dict[str, Any], languages: list[str], finder: _Finder, uploader: Any
) -> None:
    store = FileStore(demo, uploader)
    try:
        with transaction.atomic():
            hero = school.get("hero_image", "")
            image = store.image_pk(hero, FileReport(LossReport(), "school.yaml"), 0) if demo.has(hero) else None
            homes = HomePages(image, finder.find)
            first, *others = languages
            original = homes.load(first, school["languages"][first])
            if original is None:
                return  # an editor's work, and so its translations are
            Site.objects.filter(is_default_site=True).update(site_name=school["languages"][first]["name"])
            for language in others:
                homes.load(language, school["languages"][language], original=original)
    except BaseException:
        store.take_back()
        raise


def _adopt_lists(languages: list[str]) -> None:
    """Let translators find the catalogues and the lists of paths as translations of each other."""
    first, *others = languages
    for model in (CourseIndexPage, LearningPathIndexPage):
        original = model.objects.filter(locale=locale_of(first)).order_by("path").first()
        pages = model.objects.filter(locale__language_code__in=others, translation_key=original.translation_key)
        for page in pages:
            if not is_adopted(page):
                adopt_translation(original, page)


def _enrol_learner(learner: Any, course: CoursePage) -> None:
    """Put the demo learner into the first course, one lesson done, so that the dashboard has something to resume."""
    if enrollments_of(learner):
        return
    language = course.locale.language_code
    enroll(actor=learner, learner=learner, course_key=course.translation_key, language=language)
    first = next((item for item in outline_of(course).items if item.kind == "lesson"), None)
    if first is not None:
        complete_lesson(actor=learner, lesson_key=first.key, language=language)
