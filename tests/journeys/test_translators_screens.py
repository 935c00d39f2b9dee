"""The translators' screens, as full as they get: axe finds nothing, light or dark; small phones scroll one way only."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation

from courses.actions import request_changes
from courses.models import Category, CoursePage, GlossaryTerm, LessonPage
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course, make_school
from courses.tests.questions import question, rich_text
from tests.accessibility.test_axe import AXE, PHONE, too_wide
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import log_in_to_admin
from translation import actions
from translation.models import CourseTranslationJob, Term
from translation.queries import page_strings
from translation.tests.factories import approve, publish_source, say, submit

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Desk:
    """A course in every state at once, French and Arabic."""

    course: CoursePage
    lesson: LessonPage
    target: CoursePage


def set_the_desk(school: School) -> Desk:
    """Stale, by machine, with an error, with terms, suggestions and a reviewer's wishes."""
    person = school.people["translator"]
    make_school("ar")
    course = make_course("Weaving", outcomes=[])
    course.categories.add(Category.objects.create(locale=course.locale, slug="craft", title="Craft"))
    module = add_module(course, "The loom")
    text = "Pull the <b>weft</b> through the <a href='https://example.com/'>shed</a>."
    body = [rich_text(f"<p>{text}</p>"), rich_text("<p>Beat it firmly.</p>"), rich_text("<p>Rest your hands.</p>")]
    term = GlossaryTerm.objects.create(locale=course.locale, slug="weft", term="Weft", definition="A thread.")
    named = {"type": "glossary_term", "value": {"term": term.pk}, "id": "9d3c5e2e-6f0f-4c5c-9f38-0d4a3f1b7a11"}
    lesson = add_lesson(module, "The first rows", body=[*body, named])
    add_lesson(module, "More rows", body=[rich_text("<p>Beat it very firmly.</p>")])
    add_quiz(module, "What was woven", questions=[question("single_choice")])
    submit(course, "fr", "ar", actor=person)
    Term.objects.create(
        source_locale=course.locale,
        term="weft",
        target_locale=Locale.objects.get(language_code="fr"),
        translation="trame",
        note="feminine",
    )
    say(lesson, {"The first rows": "Les premiers rangs", "Beat it firmly.": "Tassez bien."}, actor=person)
    sent = {"course_key": course.translation_key, "language": "fr", "confirm_below_threshold": True}
    actions.send_to_review(actor=person, **sent)
    approve(course)
    lesson.body[1].value.source = "<p>Beat it gently.</p>"
    lesson = publish_source(lesson, body=lesson.body)
    actions.send_to_review(actor=person, comment="Only the frame.", **sent)
    target = CoursePage.objects.get(translation_key=course.translation_key, locale__language_code="fr")
    StringTranslation.objects.filter(data="Les premiers rangs").update(translation_type="machine")
    return Desk(course, lesson, target)


def violations(page: Page) -> list[str]:
    """What axe finds in the part of the page that is ours; the frame around it is Wagtail's."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run('main')).violations")
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def screens(desk: Desk) -> dict[str, str]:
    course, lesson = desk.course.translation_key, desk.lesson.translation_key
    base = "/admin/translations/"
    return {
        "home": "/admin/",
        "index": base,
        "course": f"{base}courses/{course}/",
        "desk": f"{base}courses/{course}/fr/",
        "desk-arabic": f"{base}courses/{course}/ar/",
        "strings": f"{base}pages/{lesson}/fr/",
        "strings-changed": f"{base}pages/{lesson}/fr/?show=changed",
        "strings-arabic": f"{base}pages/{lesson}/ar/",
        "terms": f"{base}terms/",
        "import-terms": f"{base}terms/import/",
        "review": f"/admin/courses/{desk.target.pk}/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(school: School, open_context: OpenContext, scheme: str, settings: LazySettings) -> None:
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": "translation.machine.LocalTranslator"}
    desk = set_the_desk(school)
    page = open_context(color_scheme=scheme).new_page()
    log_in_to_admin(page, school, "translator")
    found = {}
    for name, path in screens(desk).items():
        page.goto(school + path)
        found[name] = violations(page)
    page.goto(school + screens(desk)["strings"])
    page.locator("textarea").last.fill("<div>")
    page.locator("textarea").last.press("Control+Enter")
    expect(page.locator("[data-error]:visible")).to_have_count(1)
    found["refused"] = violations(page)
    request_changes(actor=school.people["reviewer"], course=desk.target, comment="Say tu.")
    CourseTranslationJob.objects.filter(locale__language_code="ar").update(state="running", done=1, total=5)
    for name in ("desk", "desk-arabic", "course", "home"):
        page.goto(school + screens(desk)[name])
        found[f"{name} later"] = violations(page)
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_a_small_phone_scrolls_one_way_only(school: School, open_context: OpenContext) -> None:
    desk = set_the_desk(school)
    page = open_context(viewport={"width": PHONE, "height": 740}).new_page()
    log_in_to_admin(page, school, "translator")
    for name, path in screens(desk).items():
        if name == "terms":
            continue  # a table of Wagtail's own
        page.goto(school + path)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE, (name, too_wide(page))


def test_what_the_server_does_not_take_stays_unsaved(school: School, open_context: OpenContext) -> None:
    """No answer: the text stays, isn't called saved, and goes with the next attempt."""
    desk = set_the_desk(school)
    context = open_context()
    page = context.new_page()
    log_in_to_admin(page, school, "translator")
    page.goto(school + screens(desk)["strings"])
    row = next(row for row in page_strings(desk.lesson.translation_key, "fr").rows if "Rest" in row.source_text)
    string = page.locator(f"#string-{row.segment_id}")
    context.set_offline(True)
    string.locator("textarea").fill("Reposez vos mains.")
    string.locator("textarea").press("Control+Enter")
    expect(string.locator("[data-state]")).to_have_text("Not saved yet")
    expect(string.locator("[data-error]")).to_contain_text("The server did not answer.")
    assert not StringTranslation.objects.filter(data="Reposez vos mains.").exists()
    context.set_offline(False)
    string.locator("textarea").press("Control+Enter")
    expect(string.locator("[data-state]")).to_have_text("Saved")
    expect(string.locator("[data-error]")).to_be_hidden()
    assert StringTranslation.objects.filter(data="Reposez vos mains.").exists()


def test_memory_and_terms_are_taken_by_a_click(school: School, open_context: OpenContext) -> None:
    desk = set_the_desk(school)
    page = open_context().new_page()
    log_in_to_admin(page, school, "translator")
    page.goto(school + screens(desk)["strings"])
    rows = page_strings(desk.lesson.translation_key, "fr").rows
    weft = next(row for row in rows if "weft" in row.source_text)
    string = page.locator(f"#string-{weft.segment_id}")
    string.get_by_role("button", name="Copy").click()
    expect(string.locator("textarea")).to_have_value(weft.source_text)
    string.locator("textarea").fill("Passez la ")
    string.get_by_role("button", name="Insert “trame”").click()
    expect(string.locator("textarea")).to_have_value("Passez la trame")
    other = LessonPage.objects.get(title="More rows", locale__language_code="en")
    page.goto(school + f"/admin/translations/pages/{other.translation_key}/fr/")
    page.get_by_role("button", name="Use “Tassez bien.”").click()
    expect(page.locator("[data-state=saved]")).to_have_count(1)
    assert StringTranslation.objects.filter(data="Tassez bien.").count() == 2
