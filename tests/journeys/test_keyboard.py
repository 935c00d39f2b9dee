"""The website by keyboard alone: everything is reachable, one sees where one is, and nothing needs a pointer."""

import pytest
from playwright.sync_api import Page, expect

from commerce.actions.enroll import enroll
from commerce.models import Enrollment
from learning.models import QuizAttempt
from learning.tests.factories import right_answer
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import attempt_on, log_in, question_on

pytestmark = pytest.mark.browser

MOST_STOPS = 200
#: What the focus stands on: none for the page itself, else its number among the controls, and whether one sees it.
FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const style = getComputedStyle(here);
  const around = here.closest(".search-field, .choice, .card") ?? here;
  const outlined = [here, around].some((one) => {
    const look = getComputedStyle(one);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
  });
  return { mark: here.dataset.mark ?? "", outlined, name: here.localName + " " + here.textContent.trim().slice(0, 40) };
}"""
#: Numbers the controls that a pointer could use; of radio buttons the group is one stop.
MARK = """() => {
  const seen = new Set();
  const shown = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(":disabled"))
    .filter((one) => {
      if (one.type !== "radio") return true;
      const isStop = one.checked || !document.querySelector(`[name="${one.name}"]:checked`);
      if (!isStop || seen.has(one.name)) return false;
      seen.add(one.name);
      return true;
    });
  shown.forEach((one, index) => (one.dataset.mark = String(index + 1)));
  return shown.map((one) => one.localName + " " + one.textContent.trim().slice(0, 40));
}"""


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the control with these words has the focus."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText ?? ''").strip().startswith(words):
            return
    raise AssertionError(f"“{words}” can't be reached by Tab on {page.url}")


def test_skip_link_is_first_and_leads_to_the_content(school: School, page: Page) -> None:
    page.goto(school + school.course_path)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_menu_of_a_phone_opens_and_closes(school: School, open_context: OpenContext) -> None:
    page = open_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(school + "/en/")
    menu = page.locator("#menu")
    expect(menu).to_be_hidden()
    tab_to(page, "Menu")
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Menu", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Courses")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/courses/")


def test_enrol_read_and_mark_as_done(school: School, page: Page) -> None:
    log_in(page, school, "learner")
    page.goto(school + school.course_path)
    tab_to(page, "Enrol for free")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(school.lessons[0])
    assert Enrollment.objects.filter(learner=school.people["learner"], course_key=school.course_key).count() == 1
    tab_to(page, "Mark as done")
    page.keyboard.press("Space")
    expect(page.get_by_text("You have done this lesson.")).to_be_visible()
    expect(page.locator(".neighbours [rel=next]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text(school.lessons[1])
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text(school.lessons[0])


def test_quiz_of_all_eight_types(school: School, page: Page) -> None:
    learner = school.people["learner"]
    enroll(actor=learner, learner=learner, course_key=school.long_course_key)
    log_in(page, school, "learner")
    page.goto(school + school.long_quiz.get_url())
    tab_to(page, "Start the quiz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quiz/attempts/**")
    attempt = attempt_on(page)
    for asked in attempt.frozen_questions:
        answer_by_keyboard(page, asked)
    expect(page.locator("[data-state]")).to_have_text("Saved")
    tab_to(page, "Hand in")
    page.keyboard.press("Enter")
    expect(page.locator(".score")).to_have_text("100%")
    attempt.refresh_from_db()
    assert attempt.state == QuizAttempt.State.SUBMITTED


def answer_by_keyboard(page: Page, asked: dict[str, object]) -> None:
    """Keys only; the focus is put on a control as Tab would."""
    key = str(asked["id"])
    place, right, name = question_on(page, key), right_answer(asked), f"q-{key}"
    match right:
        case {"option_ids": [only]} if asked["type"] == "single_choice":
            choose_radio(page, f'[name="{name}"]', only)
        case {"option_ids": options}:
            for option in options:
                place.locator(f'[value="{option}"]').press("Space")
        case {"value": value}:
            choose_radio(page, f'[name="{name}"]', "true" if value else "false")
        case {"number": text} | {"text": text}:
            field = place.locator(f'[name="{name}"]')
            field.press_sequentially(text)
            expect(field).to_have_value(text)
        case {"order": items}:
            for wanted, item in enumerate(items):
                rows = place.locator("ol.ordering > li")
                row = rows.filter(has=page.locator(f'select[name="{name}-{item}"]'))
                while rows.nth(wanted).locator(f'select[name="{name}-{item}"]').count() == 0:
                    row.get_by_role("button", name="Move up").press("Enter")
        case {"matches": matches}:
            for left, chosen in matches.items():
                choice = place.locator(f'[name="{name}-{left}"]')
                for _option in range(choice.locator("option").count()):
                    if choice.input_value() == chosen:
                        break
                    choice.press("ArrowDown")
                expect(choice).to_have_value(chosen)
        case {"blanks": blanks}:
            for number, text in blanks.items():
                place.locator(f'[name="{name}-{number}"]').press_sequentially(text)


def choose_radio(page: Page, group: str, value: str) -> None:
    """Space takes the first of a group, arrows go on to the one that is wanted."""
    page.locator(group).first.press("Space")
    for _step in range(page.locator(group).count()):
        if page.locator(f"{group}:checked").get_attribute("value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(value)


@pytest.mark.parametrize("name", ["home", "catalogue", "course", "lesson", "quiz", "dashboard", "profile"])
def test_everything_is_reached_by_tab_and_shows_it(school: School, page: Page, name: str) -> None:
    learner = school.people["learner"]
    for course in (school.course_key, school.long_course_key):
        enroll(actor=learner, learner=learner, course_key=course)
    log_in(page, school, "learner")
    if name == "quiz":
        page.goto(school + school.long_quiz.get_url())
        page.get_by_role("button", name="Start the quiz").click()
        page.wait_for_url("**/quiz/attempts/**")
    else:
        paths = {"home": "/en/", "catalogue": "/en/courses/", "course": school.course_path}
        paths["lesson"] = f"{school.course_path}lessons/changes/"
        page.goto(school + paths.get(name, f"/en/{name}/"))
    page.wait_for_load_state("networkidle")
    controls = page.evaluate(MARK)
    reached: set[str] = set()
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None or focus["mark"] in reached:
            break
        if focus["mark"]:
            assert focus["outlined"], f"one can't see that the focus is on {focus['name']}"
            reached.add(focus["mark"])
    missed = [words for number, words in enumerate(controls, start=1) if str(number) not in reached]
    assert missed == []
