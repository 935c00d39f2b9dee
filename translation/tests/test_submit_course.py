"""A whole course into other languages: complete, once, in bounded steps, whatever happens in between."""

import contextlib
import importlib
import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource
from wagtail_localize.operations import translate_object

from core import clock
from core.models import AuditEntry
from courses.models import Category, CourseIndexPage, CoursePage, GlossaryTerm, LessonPage, ModulePage, QuizPage
from courses.tests.factories import (
    add_lesson,
    add_module,
    add_quiz,
    make_course,
    make_school,
    translate_page,
)
from courses.tests.questions import every_question, rich_text
from courses.tests.test_translation import block, body
from translation.actions import run_job, submit_course_for_translation
from translation.errors import NotATranslator, SourceNotPublished, UnknownLanguage
from translation.extraction import refresh_source
from translation.models import CourseTranslationJob, PageTranslation
from translation.queries import course_tree
from translation.tests.factories import administrator, locale, note, say, submit, submitted_course, target, translator

pytestmark = pytest.mark.django_db
#: The module, not the function of its name.
module_of_jobs: Any = importlib.import_module("translation.actions.run_job")


def shape(course: CoursePage, language: str) -> list[tuple[Any, ...]]:
    """Kind, key, depth of every page of a course in a language, in the order of the tree."""
    top = CoursePage.objects.get(translation_key=course.translation_key, locale__language_code=language)
    pages = Page.objects.filter(path__startswith=top.path).order_by("path").select_related("content_type")
    return [(page.content_type.model, page.translation_key, page.depth) for page in pages]


def queue(course: CoursePage, language: str = "fr") -> CourseTranslationJob:
    make_school(language)
    [job] = submit_course_for_translation(
        actor=administrator(), course_key=course.translation_key, languages=[language]
    )
    return job


def test_whole_tree_comes_as_drafts_with_everything_technical_the_same() -> None:
    course = submitted_course("fr", "ar", modules=2, lessons=2, quiz=True)
    for language in ("fr", "ar"):
        assert shape(course, language) == shape(course, "en")
        tree = course_tree(course.translation_key, language)
        assert {row.is_live for row in tree.rows} == {False}
        assert [row.kind for row in tree.rows] == ["course", *["module", "lesson", "lesson", "quiz"] * 2]
        assert (tree.job.state, tree.job.done, tree.job.total, tree.job.percent) == ("done", 9, 9, 100)
    quiz = QuizPage.objects.filter(locale__language_code="en").first()
    assert target(quiz).questions.get_prep_value() == quiz.questions.get_prep_value()
    assert target(quiz).pass_mark == quiz.pass_mark
    assert AuditEntry.objects.get(verb="translation.course_submitted").facts == {"languages": ["fr", "ar"]}


def test_submitting_again_changes_nothing_and_loses_nothing() -> None:
    course = submitted_course(modules=1, lessons=2, quiz=True)
    lesson = LessonPage.objects.filter(locale__language_code="en").first()
    say(lesson, {"Hello.": "Bonjour."})
    before = shape(course, "fr"), Page.objects.count(), StringSegment.objects.count()
    segments = list(StringSegment.objects.order_by("pk").values_list("pk", "order"))
    submit(course)
    assert (shape(course, "fr"), Page.objects.count(), StringSegment.objects.count()) == before
    assert list(StringSegment.objects.order_by("pk").values_list("pk", "order")) == segments
    assert StringTranslation.objects.get().data == "Bonjour."


def test_two_requests_at_once_are_one_job() -> None:
    course = make_course(modules=1, lessons=1)
    make_school("fr")
    asked = {"actor": administrator(), "course_key": course.translation_key, "languages": ["fr"]}
    assert submit_course_for_translation(**asked) == submit_course_for_translation(**asked)
    assert CourseTranslationJob.objects.count() == 1


def test_a_worker_begins_after_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    course = make_course(modules=1, lessons=1)
    with django_capture_on_commit_callbacks(execute=True):
        job = queue(course)
        assert (job.state, shape_or_none(course)) == ("queued", None)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 3)
    assert shape(course, "fr") == shape(course, "en")


def shape_or_none(course: CoursePage) -> Any:
    there = CoursePage.objects.filter(translation_key=course.translation_key, locale__language_code="fr")
    return shape(course, "fr") if there.exists() else None


def test_a_queue_that_does_not_answer_delays_the_job_and_fails_nothing(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from translation.tasks import resume_jobs
    from translation.tasks import run_job as task

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(task, "apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        job = queue(make_course(modules=1, lessons=1))
    job.refresh_from_db()
    assert job.state == "queued"
    with clock.travel(timedelta(minutes=1)):
        assert resume_jobs() == 1
    job.refresh_from_db()
    assert job.state == "done"


class Killed(BaseException):
    """Ends a worker as a signal does: nothing catches it."""


def test_interrupted_in_the_middle_of_a_page_and_run_again_gives_the_same_tree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, cut = make_course(modules=2, lessons=2, quiz=True), make_course(modules=2, lessons=2, quiz=True)
    submit_whole = queue(whole)
    run_job(submit_whole.pk)
    job = queue(cut)
    real, calls = module_of_jobs.translate_page, []

    def die_at_fourth(page: Page, *args: Any, **kwargs: Any) -> Any:
        made = real(page, *args, **kwargs)
        calls.append(page.pk)
        if len(calls) == 4:
            raise Killed  # after its rows are written, before they are committed
        return made

    monkeypatch.setattr(module_of_jobs, "translate_page", die_at_fourth)
    with contextlib.suppress(Killed):
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("running", 3, 9)
    assert len(shape(cut, "fr")) == 3, "the page it died at left nothing"
    monkeypatch.setattr(module_of_jobs, "translate_page", real)
    assert run_job(job.pk) == "running", "the dead worker's claim still holds"
    with clock.travel(timedelta(minutes=3)):
        assert run_job(job.pk) == "done"
    assert shape(cut, "fr") == shape(cut, "en")
    rows = PageTranslation.objects.filter(course_key=cut.translation_key)
    assert rows.count() == 9
    assert TranslationSource.objects.count() == 18
    wholes = PageTranslation.objects.filter(course_key=whole.translation_key)
    assert sorted(rows.values_list("total", flat=True)) == sorted(wholes.values_list("total", flat=True))


@pytest.mark.django_db(transaction=True)
def test_killed_worker_leaves_whole_pages_and_the_next_one_finishes() -> None:
    course = make_course(modules=1, lessons=3)
    job = queue_committed(course)
    connections.close_all()
    child = os.fork()
    if child == 0:
        real, calls = module_of_jobs.translate_page, []

        def die_at_third(page: Page, *args: Any, **kwargs: Any) -> Any:
            made = real(page, *args, **kwargs)
            calls.append(page.pk)
            if len(calls) == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            return made

        module_of_jobs.translate_page = die_at_third
        run_job(job.pk)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert len(shape(course, "fr")) == 2
    with clock.travel(timedelta(minutes=3)):
        assert run_job(job.pk) == "done"
    assert shape(course, "fr") == shape(course, "en")


def queue_committed(course: CoursePage) -> CourseTranslationJob:
    """A job that no eager worker has begun."""
    make_school("fr")
    return CourseTranslationJob.objects.create(
        course_key=course.translation_key, locale=locale("fr"), updated_at=clock.now()
    )


def test_failure_is_said_and_what_was_done_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    course = make_course(modules=1, lessons=2)
    job = queue(course)
    real = module_of_jobs.translate_page

    def fail_on_lessons(page: Page, *args: Any, **kwargs: Any) -> Any:
        if isinstance(page, LessonPage):
            raise RuntimeError("disk full")
        return real(page, *args, **kwargs)

    monkeypatch.setattr(module_of_jobs, "translate_page", fail_on_lessons)
    assert run_job(job.pk) == "failed"
    job.refresh_from_db()
    assert (job.done, job.total, job.error) == (
        2,
        4,
        "Something went wrong. What was done so far is kept; submit the course again.",
    )
    assert [kind for kind, _key, _depth in shape(course, "fr")] == ["coursepage", "modulepage"]
    monkeypatch.undo()
    submit(course)
    assert shape(course, "fr") == shape(course, "en")


def test_jobs_are_forgotten_after_three_months() -> None:
    from translation.tasks import resume_jobs, sweep_jobs

    course = make_course(modules=1, lessons=1)
    job = queue(course)
    assert resume_jobs() == 0, "a worker was just asked"
    with clock.travel(timedelta(minutes=1)):
        assert resume_jobs() == 1, "a lost message is made up for"
        assert sweep_jobs() == 0
    job.refresh_from_db()
    assert job.state == "done"
    with clock.travel(timedelta(days=91)):
        assert (sweep_jobs(), resume_jobs()) == (1, 0)
    assert shape(course, "fr") == shape(course, "en")


def queries_per_page(modules: int, lessons: int) -> float:
    course = make_course(modules=modules, lessons=lessons)
    job = queue(course)
    with CaptureQueriesContext(connection) as captured:
        assert run_job(job.pk) == "done"
    job.refresh_from_db()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]]) / job.total


def test_queries_per_page_do_not_grow_with_pages() -> None:
    make_school("fr")
    run_job(queue(make_course(modules=1, lessons=1)).pk)  # content types and the like
    few, many = queries_per_page(1, 8), queries_per_page(3, 12)
    assert many <= few, (few, many)
    assert many < 110


def test_forty_pages_into_two_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for language in ("fr", "ar"):
        make_school(language)
    course = make_course(modules=3, lessons=12)
    jobs = submit_course_for_translation(
        actor=administrator(), course_key=course.translation_key, languages=["fr", "ar"]
    )
    with CaptureQueriesContext(connection) as captured:
        assert [run_job(job.pk) for job in jobs] == ["done", "done"]
    sent = len([query for query in captured if "SAVEPOINT" not in query["sql"]])
    pages = sum(job.total for job in CourseTranslationJob.objects.all())
    with capsys.disabled():
        print(f"\n{sent} queries for 40 pages in 2 languages: {sent / pages:.1f} a page and language")
    assert (pages, PageTranslation.objects.count()) == (80, 80)
    assert sent / pages < 100


def queries_of_a_lesson(blocks: int) -> int:
    make_school("fr")
    course = make_course(modules=1)
    lesson = add_lesson(
        ModulePage.objects.child_of(course).get(), body=[part for _ in range(blocks) for part in body()]
    )
    job = queue(course)
    with CaptureQueriesContext(connection) as captured:
        assert run_job(job.pk) == "done"
    assert note(lesson).total > blocks * 15
    return len(captured)


def test_queries_do_not_grow_with_the_length_of_a_page() -> None:
    queries_of_a_lesson(1)
    assert queries_of_a_lesson(10) == queries_of_a_lesson(2)


def test_rows_are_exactly_those_of_wagtail_localize() -> None:
    """The same segments, contexts, templates and overridables as its own, for every kind of block and question."""
    make_school("fr")
    module = add_module(make_course())
    pages = [add_lesson(module, body=body()), add_quiz(module, questions=every_question())]
    for page in pages:
        specific = type(page).objects.get(pk=page.pk)
        source, _is_news = refresh_source(specific)
        ours = rows_of(source)
        assert len(ours[0]) > 20
        TranslationSource.objects.filter(pk=source.pk).delete()
        theirs, _created = TranslationSource.get_or_create_from_instance(specific)
        assert rows_of(theirs) == ours


def rows_of(source: TranslationSource) -> list[list[Any]]:
    shared = ("order", "context__path", "context__path_id", "context__field_path")
    return [
        list(
            source.stringsegment_set.order_by("order").values_list(
                *shared, "string__data", "string__data_hash", "attrs"
            )
        ),
        list(
            source.templatesegment_set.order_by("order").values_list(
                *shared, "template__uuid", "template__template", "template__string_count"
            )
        ),
        list(source.relatedobjectsegment_set.order_by("order").values_list(*shared, "object_id")),
        list(source.overridablesegment_set.order_by("order").values_list(*shared, "data_json")),
    ]


def test_wagtail_localize_asks_several_times_as_much() -> None:
    """Why this room extracts by itself: the figure that made us."""
    make_school("fr")
    course = make_course(modules=1)
    add_lesson(ModulePage.objects.child_of(course).get(), body=body())
    job = queue(course)
    with CaptureQueriesContext(connection) as ours:
        run_job(job.pk)
    other = make_course(modules=1)
    lesson = add_lesson(ModulePage.objects.child_of(other).get(), body=body())
    with CaptureQueriesContext(connection) as theirs:
        for page in (other, ModulePage.objects.child_of(other).get(), LessonPage.objects.get(pk=lesson.pk)):
            translate_object(type(page).objects.get(pk=page.pk), [locale("fr")])
    assert len(ours) < len(theirs) * 0.6, (len(ours), len(theirs))


def test_snippets_of_a_course_come_along_once() -> None:
    make_school("fr")
    category = Category.objects.create(title="Farming", slug="farming", locale=Locale.get_default())
    term = GlossaryTerm.objects.create(slug="loop", term="Loop", definition="Again.", locale=Locale.get_default())
    course = make_course(modules=1)
    course.categories.set([category])
    course.save()
    module = ModulePage.objects.child_of(course).get()
    lesson = add_lesson(module, body=[block("glossary_term", {"term": term.pk})])
    submit(course)
    submit(course)
    french = locale("fr")
    own = Category.objects.get(translation_key=category.translation_key, locale=french)
    assert [row.pk for row in target(course).get_latest_revision_as_object().categories.all()] == [own.pk]
    own_term = GlossaryTerm.objects.get(translation_key=term.translation_key, locale=french)
    assert target(lesson).body[0].value["term"].pk == own_term.pk
    assert Category.objects.count() == GlossaryTerm.objects.count() == 2


def test_snippet_of_the_same_name_made_by_hand_stays() -> None:
    make_school("fr")
    category = Category.objects.create(title="Farming", slug="farming", locale=Locale.get_default())
    own = Category.objects.create(title="Agriculture", slug="farming", locale=locale("fr"))
    course = make_course(modules=1)
    course.categories.set([category])
    course.save()
    submit(course)
    assert set(Category.objects.values_list("pk", flat=True)) == {category.pk, own.pk}
    shelves = target(course).get_latest_revision_as_object().categories.all()
    assert [row.pk for row in shelves] == [category.pk], "the original's, until somebody joins the two"


def test_pages_made_by_an_importer_are_taken_over_with_their_words() -> None:
    french_school = make_school("fr")
    course = make_course(modules=1)
    module = ModulePage.objects.child_of(course).get()
    lesson = add_lesson(module, "Loops", body=[rich_text("<p>One.</p><p>Two.</p>"), rich_text("<p>Three.</p>")])
    there = translate_page(CoursePage.objects.get(pk=course.pk), french_school.courses, "Cours")
    raw = lesson.body.get_prep_value()
    said = [{**raw[0], "value": "<p>Un.</p><p>Deux.</p>"}, {**raw[1], "value": "<p>Three.</p>"}]
    unit = translate_page(module, there, "Unité")
    french = translate_page(LessonPage.objects.get(pk=lesson.pk), unit, "Les boucles", body=said)
    submit(course)
    assert shape(course, "fr") == shape(course, "en")
    assert note(lesson).target_id == french.pk
    assert (
        dict(StringTranslation.objects.filter(locale=locale("fr")).values_list("translation_of__data", "data"))["Two."]
        == "Deux."
    )
    assert (note(lesson).translated, note(lesson).total) == (4, 4)
    assert note(lesson).published_percent == 100
    assert target(lesson).body.get_prep_value() == said


def test_copies_that_nobody_touched_are_no_translation() -> None:
    french_school = make_school("fr")
    course = make_course(modules=1, lessons=1)
    page = CoursePage.objects.get(pk=course.pk)
    translate_page(page, french_school.courses, page.title)
    submit(course)
    assert (note(course).translated, note(course).published_percent) == (0, 0)


def test_a_language_without_catalogue_gets_its_parents() -> None:
    course = make_course(modules=1, lessons=1)
    Locale.objects.get_or_create(language_code="ar")
    assert not CourseIndexPage.objects.filter(locale__language_code="ar").exists()
    job = queue_without_school(course, "ar")
    assert run_job(job.pk) == "done"
    assert target(course, "ar").get_parent().specific_class is CourseIndexPage


def queue_without_school(course: CoursePage, language: str) -> CourseTranslationJob:
    return submit_course_for_translation(
        actor=administrator(), course_key=course.translation_key, languages=[language]
    )[0]


def test_only_what_learners_of_the_source_see_comes_along() -> None:
    make_school("fr")
    course = make_course(modules=1, lessons=1)
    module = ModulePage.objects.child_of(course).get()
    add_lesson(module, live=False)
    hidden = add_module(course, live=False)
    add_lesson(hidden)
    submit(course)
    assert [kind for kind, _key, _depth in shape(course, "fr")] == ["coursepage", "modulepage", "lessonpage"]


def test_refusals_say_what_to_do_and_change_nothing() -> None:
    make_school("fr")
    course, draft = make_course(modules=1, lessons=1), make_course(live=False)
    stranger = translator()
    stranger.groups.clear()
    cases = [
        (stranger, course, ["fr"], NotATranslator),
        (translator(), course, [], UnknownLanguage),
        (translator(), course, ["en"], UnknownLanguage),
        (translator(), course, ["fr", "tlh"], UnknownLanguage),
        (translator(), draft, ["fr"], SourceNotPublished),
    ]
    for actor, page, languages, error in cases:
        with pytest.raises(error):
            submit_course_for_translation(actor=actor, course_key=page.translation_key, languages=languages)
    assert not CourseTranslationJob.objects.exists()
    assert not AuditEntry.objects.filter(verb="translation.course_submitted").exists()
