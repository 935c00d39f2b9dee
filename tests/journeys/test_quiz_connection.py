"""A bad connection, two tabs, the end of the time: no answer is lost, and nothing is called saved that is not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect

from commerce.actions.enroll import enroll
from core import clock
from learning.attempts import GRACE
from learning.models import QuizAttempt
from learning.tests.factories import right_answer, wrong_answer
from tests.conftest import OpenContext
from tests.journeys.school import School
from tests.journeys.steps import answer, log_in, question_on, start_quiz

pytestmark = pytest.mark.browser


@pytest.fixture
def context(school: School, open_context: OpenContext) -> Iterator[BrowserContext]:
    """The browser of an enrolled learner who is logged in."""
    learner = school.people["learner"]
    enroll(actor=learner, learner=learner, course_key=school.long_course_key)
    context = open_context()
    log_in(context.new_page(), school, "learner")
    yield context
    context.set_offline(False)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Where the learner logged in."""
    return context.pages[0]


def question(attempt: QuizAttempt, kind: str) -> dict[str, Any]:
    """A frozen question of the attempt, by its kind."""
    return next(frozen for frozen in attempt.frozen_questions if frozen["type"] == kind)


def give(page: Page, asked: dict[str, Any], given: dict[str, Any]) -> None:
    """Answer a question on a page."""
    answer(question_on(page, asked["id"]), asked["id"], given)


def give_and_save(page: Page, asked: dict[str, Any], given: dict[str, Any]) -> None:
    """Answer, and wait until the server has this very answer and the page says so."""
    with page.expect_response("**/answers/"):
        give(page, asked, given)
    expect(state(page)).to_have_text("Saved")


def saved(attempt: QuizAttempt) -> dict[str, Any]:
    """What the server holds, by question."""
    return {str(row.question_key): row.value for row in attempt.answers.all()}


def state(page: Page) -> Locator:
    """What the page says about saving."""
    return page.locator("[data-state]")


def test_an_order_that_needs_no_move_is_handed_in_as_it_stands(school: School, page: Page) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    shown = question(attempt, "ordering")
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_selector(".score")
    assert saved(attempt) == {shown["id"]: {"order": shown["order"]}}


def test_offline_answers_are_kept_and_saved_when_the_connection_is_back(
    school: School, context: BrowserContext, page: Page
) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    first, second, third = (question(attempt, kind) for kind in ("true_false", "short_text", "single_choice"))
    give_and_save(page, first, right_answer(first))
    context.set_offline(True)
    give(page, second, {"text": "Yaoundé"})
    give(page, third, wrong_answer(third))
    expect(state(page)).to_have_text("Not saved yet – will retry")
    give(page, third, right_answer(third))
    assert saved(attempt) == {first["id"]: right_answer(first)}
    context.set_offline(False)
    expect(state(page)).to_have_text("Saved")
    assert saved(attempt) == {
        first["id"]: right_answer(first),
        second["id"]: {"text": "Yaoundé"},
        third["id"]: right_answer(third),
    }


def test_handing_in_offline_warns_and_leaves_nothing(school: School, context: BrowserContext, page: Page) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    asked = question(attempt, "short_text")
    context.set_offline(True)
    give(page, asked, {"text": "Yaoundé"})
    expect(state(page)).to_have_text("Not saved yet – will retry")
    warnings: list[str] = []

    def stay(dialog: Dialog) -> None:
        warnings.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Hand in").click()
    expect(state(page)).to_have_text("Not saved yet – will retry")
    assert page.url.endswith(f"/quiz/attempts/{attempt.public_id}/")
    context.set_offline(False)
    expect(state(page)).to_have_text("Saved")
    assert warnings == ["Some answers are not saved yet. Wait for the connection, or hand in what is saved."]
    attempt.refresh_from_db()
    assert attempt.state == QuizAttempt.State.OPEN
    assert saved(attempt)[asked["id"]] == {"text": "Yaoundé"}


def test_unsaved_answers_survive_a_reload(school: School, context: BrowserContext, page: Page) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    asked = question(attempt, "ordering")
    page.route("**/answers/", lambda route: route.abort())
    give(page, asked, right_answer(asked))
    expect(state(page)).to_have_text("Not saved yet – will retry")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(state(page)).to_have_text("Not saved yet – will retry")
    assert saved(attempt) == {}
    page.unroute("**/answers/")
    page.reload()
    expect(state(page)).to_have_text("Saved")
    assert saved(attempt) == {asked["id"]: right_answer(asked)}
    rows = question_on(page, asked["id"]).locator("ol.ordering > li .body").all_inner_texts()
    assert rows == ["sow", "weed", "harvest", "thresh"]


def test_refused_server_errors_are_not_called_saved(school: School, page: Page) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    asked = question(attempt, "true_false")
    page.route("**/answers/", lambda route: route.fulfill(status=503, body="down"))
    give(page, asked, right_answer(asked))
    expect(state(page)).to_have_text("Not saved yet – will retry")
    page.unroute("**/answers/")
    expect(state(page)).to_have_text("Saved")
    assert saved(attempt) == {asked["id"]: right_answer(asked)}


def test_two_tabs_keep_what_was_answered_last(school: School, context: BrowserContext, page: Page) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    one, other = (question(attempt, kind) for kind in ("true_false", "short_text"))
    second = context.new_page()
    second.goto(page.url)
    give_and_save(page, one, wrong_answer(one))
    give_and_save(second, other, {"text": "Yaoundé"})
    give_and_save(second, one, right_answer(one))
    assert saved(attempt) == {one["id"]: right_answer(one), other["id"]: {"text": "Yaoundé"}}
    # The first tab still shows its own older choice; handing in from there must not undo the newer one.
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_selector(".score")
    assert saved(attempt).items() >= {one["id"]: right_answer(one), other["id"]: {"text": "Yaoundé"}}.items()
    second.get_by_role("button", name="Hand in").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Attempt 1")
    attempt.refresh_from_db()
    assert attempt.state == QuizAttempt.State.SUBMITTED
    assert 2 <= attempt.points < 3  # and a part of a point for the order as it stood


def test_starting_in_two_tabs_is_one_attempt(school: School, context: BrowserContext, page: Page) -> None:
    second = context.new_page()
    second.goto(school + school.long_quiz.get_url())
    start_quiz(page, school, school.long_quiz)
    second.get_by_role("button", name=re.compile("Start the quiz|Go on with your attempt")).click()
    second.wait_for_url("**/quiz/attempts/**")
    assert second.url == page.url
    assert QuizAttempt.objects.count() == 1


def test_after_the_deadline_what_was_saved_counts(school: School, page: Page) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    first, second = (question(attempt, kind) for kind in ("true_false", "short_text"))
    give_and_save(page, first, right_answer(first))
    late = timedelta(minutes=20) + GRACE + timedelta(seconds=5)
    with clock.travel(late, all_threads=True):
        give(page, second, {"text": "Yaoundé"})
        # The server refuses, the page says so by loading what the server knows: the review.
        expect(page.get_by_role("heading", level=1)).to_have_text("Attempt 1")
        expect(page.locator(".score")).to_have_text("12%")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == (QuizAttempt.State.SUBMITTED, 1)
    assert saved(attempt) == {first["id"]: right_answer(first)}


def test_when_the_clock_runs_out_the_page_hands_in(school: School, page: Page) -> None:
    page.clock.install()
    attempt = start_quiz(page, school, school.long_quiz)
    asked = question(attempt, "true_false")
    give(page, asked, right_answer(asked))
    page.clock.run_for(1000)
    expect(state(page)).to_have_text("Saved")
    expect(page.locator("[data-clock]")).to_contain_text(re.compile(r"19:\d\d left"))
    page.clock.fast_forward(20 * 60 * 1000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Attempt 1")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.points) == (QuizAttempt.State.SUBMITTED, 1)


def test_leaving_with_unsaved_answers_asks_first(school: School, context: BrowserContext, page: Page) -> None:
    attempt = start_quiz(page, school, school.long_quiz)
    context.set_offline(True)
    give(page, question(attempt, "short_text"), {"text": "Yaoundé"})
    expect(state(page)).to_have_text("Not saved yet – will retry")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
