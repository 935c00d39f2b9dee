"""Reactions to Wagtail's and Django's signals, and to ``migrate``."""

from typing import Any

from django.db import connection, transaction
from django.db.models.signals import post_delete, post_migrate, post_save, pre_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from core.events import Event
from core.outbox import publish
from courses import events
from courses.facts import on_tree_change
from courses.lesson_words import keep_missing_words, on_published
from courses.models import CourseIndexPage, CourseMember, CoursePage, LessonPage, ModulePage, QuizPage
from courses.page_permissions import forget_cached_permissions

for _page_class in (CoursePage, ModulePage, LessonPage, QuizPage):
    for _signal in (page_published, page_unpublished, post_page_move):
        _signal.connect(on_tree_change, sender=_page_class, dispatch_uid=f"facts-{id(_signal)}-{_page_class.__name__}")
# Of the row that every page has: those of its kind are gone by then, and a course that goes too isn't counted again.
post_delete.connect(on_tree_change, sender=Page, dispatch_uid="facts-deleted")

page_published.connect(on_published, sender=LessonPage, dispatch_uid="lesson-words")


@receiver(post_migrate, dispatch_uid="courses.prepare_roles")
def prepare_roles(sender: Any, **kwargs: Any) -> None:
    """Bring roles, permissions, the review and the words of lessons up to date once all tables are there."""
    from courses import roles

    if sender.name == "courses" and _has_tables():
        roles.prepare()
        keep_missing_words()


@receiver(post_save, sender=CourseIndexPage, dispatch_uid="courses.grant_on_new_catalogue")
def grant_on_new_catalogue(instance: CourseIndexPage, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A catalogue in a new language gets its roles and its review."""
    from courses import roles

    if created and not raw:
        roles.grant_page_permissions(instance)


@receiver(post_save, sender=CoursePage, dispatch_uid="courses.creator_owns_course")
def creator_owns_course(instance: CoursePage, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Whoever creates or copies a course owns it; a translation belongs to those who write the original."""
    if not created or raw or instance.owner_id is None:
        return
    if CourseMember.objects.filter(course_key=instance.translation_key).exists():
        return
    CourseMember.objects.create(
        course_key=instance.translation_key, user_id=instance.owner_id, role=CourseMember.Role.OWNER
    )
    if instance.owner is not None:
        forget_cached_permissions(instance.owner)


@receiver(post_delete, sender=CoursePage, dispatch_uid="courses.forget_members")
def forget_members(instance: CoursePage, **kwargs: Any) -> None:
    """The last translation of a course takes its list of members along."""
    if not CoursePage.objects.filter(translation_key=instance.translation_key).exists():
        CourseMember.objects.filter(course_key=instance.translation_key).delete()


@receiver(pre_save, sender="wagtail_localize.SegmentOverride", dispatch_uid="courses.require_own_video")
def require_own_video(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """A translation may show a video of its own, not somebody else's."""
    from courses.video_rights import require_own_override

    if not raw:
        require_own_override(instance)


@receiver(page_published, dispatch_uid="courses.tell_published")
def tell_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """A page of a course went live."""
    # Wagtail saves first and sends the signal then: at the first time both dates are one.
    is_first = instance.first_published_at == instance.last_published_at
    _tell(_published(instance, is_first))


@receiver(page_unpublished, dispatch_uid="courses.tell_unpublished")
def tell_unpublished(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """A page of a course was taken off the website."""
    page, language = instance.specific, instance.locale.language_code
    if isinstance(page, CoursePage):
        _tell(events.CourseUnpublished(course_key=page.translation_key, language=language))
    elif isinstance(page, LessonPage | QuizPage):
        key = _course_key(page, above=2)
        _tell(events.LessonUnpublished(course_key=key, lesson_key=page.translation_key, language=language))


def _published(page: Page, is_first: bool) -> Event | None:
    facts: dict[str, Any] = {"language": page.locale.language_code, "is_first": is_first}
    key = page.translation_key
    if isinstance(page, CoursePage):
        return events.CoursePublished(course_key=key, **facts)
    if isinstance(page, ModulePage):
        return events.ModulePublished(course_key=_course_key(page, above=1), module_key=key, **facts)
    if isinstance(page, LessonPage):
        return events.LessonPublished(course_key=_course_key(page, above=2), lesson_key=key, **facts)
    if isinstance(page, QuizPage):
        return events.QuizPublished(course_key=_course_key(page, above=2), quiz_key=key, **facts)
    return None


def _course_key(page: Page, *, above: int) -> Any:
    path = page.path[: -above * Page.steplen]
    return Page.objects.values_list("translation_key", flat=True).get(path=path)


def _tell(event: Event | None) -> None:
    if event is not None:
        with transaction.atomic():
            publish(event)


def _has_tables() -> bool:
    """Whether the schema is complete: ``migrate`` may have been asked for one app, or to go back."""
    needed = {
        "courses_courseindexpage",
        "courses_lessonwords",
        "wagtailcore_workflowpage",
        "wagtailcore_groupcollectionpermission",
    }
    return needed <= set(connection.introspection.table_names())
