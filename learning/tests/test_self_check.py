"""Self-checks judge and store nothing."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.tests.factories import make_user
from core.errors import DomainError
from core.models import OutboxEvent
from courses.models import ModulePage
from courses.tests.factories import add_lesson, make_course
from courses.tests.questions import KEY_WORD, every_question, rich_text
from learning.actions import check_self_check
from learning.models import AttemptAnswer, LessonProgress
from learning.questions import learner_question
from learning.tests.factories import enrolled_learner, right_answer, wrong_answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    return make_course(modules=1)


def lesson_with_questions(course, **fields):
    body = [rich_text("<p>Read.</p>"), *every_question()]
    return add_lesson(ModulePage.objects.child_of(course).get(), body=body, **fields)


def check(actor, lesson, key, answer):
    return check_self_check(
        actor=actor, lesson_key=lesson.translation_key, question_key=key, answer=answer, language="en"
    )


def code_of(*args):
    with pytest.raises(DomainError) as refused:
        check(*args)
    return refused.value.code


def test_each_type_is_judged_by_the_ids_that_the_lesson_shows(course):
    lesson = lesson_with_questions(course)
    learner = enrolled_learner(course).learner
    questions = [child for child in lesson.body if child.block_type != "rich_text"]
    assert len(questions) == 8
    for child in questions:
        seen = learner_question(child, seed=str(child.id))
        raw = child.get_prep_value()
        right = check(learner, lesson, child.id, right_answer(raw))
        wrong = check(learner, lesson, seen.key, wrong_answer(raw))
        assert (right.fraction, right.is_correct) == (1, True)
        assert (wrong.fraction, wrong.is_correct) == (0, False)
        assert f"{KEY_WORD} because" in wrong.explanation
        assert wrong.right_answer.texts or wrong.right_answer.pairs
    assert (LessonProgress.objects.count(), AttemptAnswer.objects.count(), OutboxEvent.objects.count()) == (0, 0, 0)


def test_visitors_check_in_free_previews_only(course):
    closed, preview = lesson_with_questions(course), lesson_with_questions(course, is_free_preview=True)
    for actor in (AnonymousUser(), None, make_user()):
        raw = preview.body.get_prep_value()[1]
        assert check(actor, preview, raw["id"], right_answer(raw)).is_correct
        raw = closed.body.get_prep_value()[1]
        assert code_of(actor, closed, raw["id"], right_answer(raw)) == "not_enrolled"


def test_what_is_no_question_is_not_found(course):
    lesson = lesson_with_questions(course, is_free_preview=True)
    text = lesson.body.get_prep_value()[0]
    for key in (text["id"], uuid.uuid4(), "", None):
        assert code_of(None, lesson, key, {"value": True}) == "question_not_found"
    raw = lesson.body.get_prep_value()[1]
    assert code_of(None, lesson, raw["id"], {"junk": 1}) == "invalid_answer"
    lesson.unpublish()
    assert code_of(None, lesson, raw["id"], right_answer(raw)) == "lesson_not_found"
