"""A course of the school with its French, and what translators do, for tests of every room."""

import uuid
from typing import Any

from wagtail.models import Locale, Page

from accounts.models import User
from commerce.tests.factories import make_user
from core.dispatch import dispatch
from courses.actions import approve_course
from courses.models import CoursePage
from courses.tests.factories import make_course, make_school
from translation.actions import run_job, save_string, send_to_review, submit_course_for_translation
from translation.models import PageTranslation
from translation.queries import page_strings

__all__ = [
    "administrator",
    "approve",
    "note",
    "publish_source",
    "say",
    "send_and_approve",
    "submit",
    "submitted_course",
    "target",
    "translator",
]


def administrator() -> User:
    """Somebody who may do everything."""
    return make_user(is_superuser=True, is_staff=True)


def translator() -> User:
    """A translator by role."""
    from django.contrib.auth.models import Group

    user = make_user()
    user.groups.add(Group.objects.get(name="translator"))
    return User.objects.get(pk=user.pk)


def submit(course: CoursePage, *languages: str, actor: Any = None) -> None:
    """Bring a course into languages and wait for it."""
    jobs = submit_course_for_translation(
        actor=actor or administrator(), course_key=course.translation_key, languages=languages or ["fr"]
    )
    for job in jobs:
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == ("done", "")


def submitted_course(*languages: str, modules: int = 1, lessons: int = 1, quiz: bool = False) -> CoursePage:
    """A published course that may be translated."""
    for language in languages or ["fr"]:
        make_school(language)
    course = make_course(modules=modules, lessons=lessons, quiz=quiz)
    submit(course, *languages)
    return course


def target(page: Page, language: str = "fr") -> Any:
    """The specific page of the other language, read anew."""
    return Page.objects.get(translation_key=page.translation_key, locale__language_code=language).specific


def note(page: Page, language: str = "fr") -> PageTranslation:
    """What is noted of a page in a language, read anew."""
    return PageTranslation.objects.get(page_key=page.translation_key, locale__language_code=language)


def say(page: Page, words: dict[str, str], language: str = "fr", actor: Any = None) -> None:
    """Translate strings by what the source's say; each of ``words`` must be there."""
    actor = actor or administrator()
    rows = page_strings(page.translation_key, language).rows
    missing = set(words) - {row.source_text for row in rows}
    assert not missing, missing
    for row in rows:
        if row.source_text in words:
            save_string(
                actor=actor,
                page_key=page.translation_key,
                language=language,
                segment_id=row.segment_id,
                text=words[row.source_text],
            )


def approve(course: CoursePage, language: str = "fr", actor: Any = None) -> int:
    """Approve what is in review of a course in a language."""
    page = CoursePage.objects.get(translation_key=course.translation_key, locale__language_code=language)
    return approve_course(actor=actor or administrator(), course=page)


def send_and_approve(course: CoursePage, language: str = "fr") -> None:
    """Publish what is translated."""
    send_to_review(
        actor=administrator(), course_key=course.translation_key, language=language, confirm_below_threshold=True
    )
    approve(course, language)


def publish_source(page: Page, **changes: Any) -> Any:
    """Change a page of the source, publish it, and let what follows happen; returns it read anew."""
    page = Page.objects.get(pk=page.pk).specific
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    dispatch()
    return Page.objects.get(pk=page.pk).specific


def locale(language: str) -> Locale:
    """The locale of a language."""
    return Locale.objects.get(language_code=language)


def fresh_ids(value: Any) -> Any:
    """A raw block with new ids everywhere, as an author who retypes it leaves it."""
    if isinstance(value, dict):
        return {key: str(uuid.uuid4()) if key == "id" else fresh_ids(item) for key, item in value.items()}
    if isinstance(value, list):
        return [fresh_ids(item) for item in value]
    return value
