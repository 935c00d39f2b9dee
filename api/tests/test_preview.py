"""Drafts in a headless frontend: by a signed token, for as long as it lives, without keys."""

import json
from typing import Any

import pytest
from django.test import Client

from api.tests.calls import BLOCKS, QUESTIONS, data, person
from courses.models import CourseMember
from courses.preview import preview_token
from courses.tests.factories import add_lesson, add_module, add_quiz, make_course
from courses.tests.questions import KEY_WORD, rich_text

pytestmark = pytest.mark.django_db
PREVIEW = f"""query ($token: String!) {{ preview(token: $token) {{ kind title subtitle summary locale
  body {{ {BLOCKS} }} introduction {{ {BLOCKS} }} questions {{ {QUESTIONS} }} }} }}"""


def author_of(course: Any) -> Any:
    author = person("author@example.com", groups=("instructor",))
    CourseMember.objects.create(course_key=course.translation_key, user=author, role="owner")
    return author


def test_draft_shows_by_its_token_only() -> None:
    course = make_course("Loops")
    lesson = add_lesson(add_module(course), "Unfinished", live=False)
    lesson.body = [rich_text("<p>Not ready.</p>")]
    token = preview_token(lesson, author_of(course))
    shown = data(Client(), PREVIEW, token=token)["preview"]
    assert (shown["kind"], shown["title"], shown["locale"]) == ("LESSON", "Unfinished", "en")
    assert shown["body"][0]["html"] == "<p>Not ready.</p>"
    for wrong in ("", "x", token[:-1], token + "x", token.replace(":", "", 1)):
        assert data(Client(), PREVIEW, token=wrong)["preview"] is None


def test_expired_token_and_author_without_the_right_show_nothing(settings: Any) -> None:
    course = make_course("Loops", live=False)
    author = author_of(course)
    token = preview_token(course, author)
    assert data(Client(), PREVIEW, token=token)["preview"]["title"] == "Loops"
    CourseMember.objects.all().delete()
    assert data(Client(), PREVIEW, token=token)["preview"] is None
    CourseMember.objects.create(course_key=course.translation_key, user=author, role="owner")
    settings.HEADLESS_PREVIEW_TOKEN_MAX_AGE = -1
    assert data(Client(), PREVIEW, token=token)["preview"] is None


def test_preview_of_a_quiz_holds_no_key() -> None:
    course = make_course("Loops")
    quiz = add_quiz(add_module(course), live=False)
    shown = data(Client(), PREVIEW, token=preview_token(quiz, author_of(course)))["preview"]
    assert len(shown["questions"]) == 8
    assert KEY_WORD not in json.dumps(shown)
