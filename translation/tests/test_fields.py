"""Every field and block: what translators are offered, and what is the same in every language.

A new field or block fails here until somebody says on which side it is.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from wagtail import blocks
from wagtail.blocks.field_block import FieldBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import StreamField
from wagtail.models import Locale, Page, get_page_models
from wagtail_localize.fields import SynchronizedField, TranslatableField, get_translatable_fields
from wagtail_localize.models import TranslationSource
from wagtail_localize.segments.extract import extract_segments

from courses.blocks.translation import AcceptedAnswersBlock, MomentBlock, SameInEveryLanguageBlock
from courses.models import Category, CoursePage, GlossaryTerm, LearningPathPage, LessonPage
from courses.queries.pages import path_course_keys
from courses.tests.factories import add_lesson, add_module, make_course, make_path, make_school
from home.models import HomePage
from translation.actions.translate_page import translate_page
from translation.queries import page_strings
from translation.standing import content_of
from translation.tests.factories import locale, note, publish_source, say, send_and_approve, submit, target

pytestmark = pytest.mark.django_db

_PAGE = {"title", "slug", "seo_title", "search_description"}
OFFERED = {
    "HomePage": {*_PAGE, "sections"},
    "CourseIndexPage": {*_PAGE, "introduction"},
    "CoursePage": {
        *(*_PAGE, "subtitle", "summary", "body", "outcomes", "requirements", "audience", "attribution"),
        *("certificate_signatory", "certificate_text"),
    },
    "ModulePage": {*_PAGE, "summary"},
    "LessonPage": {*_PAGE, "summary", "body"},
    "QuizPage": {*_PAGE, "introduction", "questions"},
    "LearningPathIndexPage": {*_PAGE, "introduction"},
    "LearningPathPage": {*_PAGE, "summary", "body", "outcomes", "stages"},
    "Category": {"title", "slug", "description"},
    "GlossaryTerm": {"term", "definition"},
}
SYNCHRONISED = {
    "HomePage": {"show_in_menus"},
    "CourseIndexPage": {"show_in_menus"},
    "CoursePage": {
        *("show_in_menus", "level", "cover", "estimated_minutes", "lesson_order", "has_certificate"),
        *("tags", "tagged_items", "trailer", "shows_watermark", "allows_downloads", "burns_watermark"),
    },
    "ModulePage": {"show_in_menus"},
    "LessonPage": {"show_in_menus", "estimated_minutes", "is_free_preview", "completion_rule", "watched_percent"},
    "QuizPage": {
        *("show_in_menus", "estimated_minutes", "pass_mark", "attempts_allowed", "time_limit_minutes"),
        *("shuffle_questions", "shuffle_options", "draw_count", "show_after", "show_when"),
    },
    "LearningPathIndexPage": {"show_in_menus"},
    "LearningPathPage": {"show_in_menus", "cover"},
    "Category": set(),
    "GlossaryTerm": {"slug"},
}
#: Leaves of blocks, by name, with words in them.
WORDS = {
    *("text", "title", "caption", "alt", "description", "transcript", "summary", "item", "rich_text", "unit"),
    *("explanation", "feedback", "feedback_true", "feedback_false", "feedback_correct", "feedback_incorrect"),
    *("left", "right", "distractors", "accepted", "items", "body", "who", "question", "answer"),
}
#: Leaves that are the same in every language; ``answer`` of a number or a statement is one, of a FAQ it is not.
SAME = {
    *("code", "latex", "language", "level", "kind", "points", "correct", "partial_credit", "answer", "tolerance"),
    *("decorative", "image", "document", "url", "page", "courses", "term", "video", "at"),
}


def models() -> list[Any]:
    return [model for model in get_page_models() if model is not Page] + [Category, GlossaryTerm]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_fields_are_on_the_right_side(model: Any) -> None:
    fields = get_translatable_fields(model)
    offered = {field.field_name for field in fields if isinstance(field, TranslatableField)}
    same = {field.field_name for field in fields if isinstance(field, SynchronizedField)}
    assert (offered, same) == (OFFERED[model.__name__], SYNCHRONISED[model.__name__])


def leaves(block: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(block, TypedTableBlock):
        for cell in block.child_blocks.values():
            yield name, cell
    elif isinstance(block, blocks.StructBlock | blocks.StreamBlock):
        for child_name, child in block.child_blocks.items():
            yield from leaves(child, child_name)
    elif isinstance(block, blocks.ListBlock):
        yield from leaves(block.child_block, name)
    else:
        yield name, block


def is_offered(block: Any) -> bool:
    if isinstance(block, SameInEveryLanguageBlock):
        return isinstance(block, AcceptedAnswersBlock)
    if isinstance(block, blocks.ChoiceBlock | blocks.ChooserBlock | blocks.URLBlock | MomentBlock):
        return False
    return isinstance(block, blocks.CharBlock | blocks.TextBlock | blocks.RichTextBlock) and not type(
        block
    ).__name__.startswith("Embed")


@pytest.mark.parametrize("model", get_page_models(), ids=lambda model: model.__name__)
def test_blocks_are_on_the_right_side(model: Any) -> None:
    for field in model._meta.get_fields():
        if not isinstance(field, StreamField):
            continue
        for name, block in leaves(field.stream_block, field.name):
            assert isinstance(block, FieldBlock), (name, block)
            assert name in ({*WORDS, "table"} if is_offered(block) else SAME), (field.name, name, block)


def english() -> Any:
    return Locale.get_default()


def test_home_page_offers_its_words_and_no_address() -> None:
    make_school("en")
    make_school("fr")
    home = HomePage.objects.get(locale=english())
    course = make_course()
    link = {"text": "All courses", "page": course.pk, "url": "https://example.com/"}
    item = {"type": "item", "id": "11111111-1111-1111-1111-111111111111"}
    home.sections = [
        {
            "type": "hero",
            "id": "22222222-2222-2222-2222-222222222222",
            "value": {
                "title": "Learn",
                "text": "Here.",
                "image": None,
                "alt": "A tree",
                "links": [{**item, "value": link}],
            },
        },
        {
            "type": "faq",
            "id": "33333333-3333-3333-3333-333333333333",
            "value": {
                "title": "Asked",
                "questions": [{**item, "value": {"question": "Free?", "answer": "<p>Yes.</p>"}}],
            },
        },
    ]
    home.save_revision().publish()
    translate_page(HomePage.objects.get(pk=home.pk), locale("fr"))
    offered = {row.source_text for row in page_strings(home.translation_key, "fr").rows}
    assert {"Learn", "Here.", "A tree", "All courses", "Asked", "Free?", "Yes."} <= offered
    assert "https://example.com/" not in offered
    assert note(home).course_key is None


def test_learning_path_names_courses_not_their_titles() -> None:
    make_school("fr")
    course = make_course("Farming")
    path = LearningPathPage.objects.get(pk=make_path([course], "A path").pk)
    translate_page(path, locale("fr"))
    offered = {row.source_text for row in page_strings(path.translation_key, "fr").rows}
    assert offered == {"A path", path.slug, "A way through.", "First steps"}
    french = target(path)
    assert path_course_keys([path, french]) == {pk: [[course.translation_key]] for pk in (path.pk, french.pk)}
    since = note(path).draft_content
    publish_source(path)
    translate_page(LearningPathPage.objects.get(pk=path.pk), locale("fr"))
    assert content_of(TranslationSource.objects.get(object_id=path.translation_key)) == since


def test_pictures_of_a_page_are_the_same_and_their_words_are_offered() -> None:
    from wagtail.images.models import Image
    from wagtail.images.tests.utils import get_test_image_file

    make_school("fr")
    picture = Image.objects.create(title="Baobab", file=get_test_image_file())
    lesson = add_lesson(
        add_module(make_course()),
        body=[
            {
                "type": "image",
                "id": "44444444-4444-4444-4444-444444444444",
                "value": {
                    "image": picture.pk,
                    "alt": "A big tree",
                    "decorative": False,
                    "caption": "<p>A baobab.</p>",
                },
            }
        ],
    )
    course = CoursePage.objects.get(locale=english())
    submit(course)
    say(lesson, {"A big tree": "Un grand arbre", "A baobab.": "Un baobab."})
    send_and_approve(course)
    [image] = target(lesson).body.get_prep_value()
    assert (image["value"]["image"], image["value"]["alt"]) == (picture.pk, "Un grand arbre")
    other = Image.objects.create(title="Better", file=get_test_image_file())
    raw = LessonPage.objects.get(pk=lesson.pk).body.get_prep_value()
    raw[0]["value"]["image"] = other.pk
    publish_source(lesson, body=raw)
    [image] = target(lesson).body.get_prep_value()
    assert (image["value"]["image"], image["value"]["alt"]) == (other.pk, "Un grand arbre"), "the picture follows"


def test_tags_and_categories_follow() -> None:
    make_school("fr")
    shelf = Category.objects.create(title="Farming", slug="farming", locale=english())
    course = make_course(modules=1, lessons=1)
    course.tags.add("maize", "soil")
    course.save()
    submit(course)
    send_and_approve(course)
    assert sorted(target(course).tags.names()) == ["maize", "soil"]
    page = CoursePage.objects.get(pk=course.pk)
    page.tags.add("water")
    page.categories.add(shelf)
    page.level = "advanced"
    page.save_revision().publish()
    from core.dispatch import dispatch

    dispatch()
    french = target(course)
    assert (sorted(french.tags.names()), french.level) == (["maize", "soil", "water"], "advanced")
    assert [own.locale.language_code for own in french.categories.all()] == ["fr"]
    assert sorted(CoursePage.objects.get(pk=course.pk).tags.names()) == ["maize", "soil", "water"]


def test_nothing_is_offered_twice() -> None:
    lesson = LessonPage.objects.get(pk=add_lesson(add_module(make_course())).pk)
    orders = [segment.order for segment in extract_segments(lesson)]
    assert len(set(orders)) == len(orders)
