"""Drafts in a frontend of others: signed, expiring, for those who may see the draft."""

import time
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.conf import LazySettings
from django.test import RequestFactory
from wagtail.blocks import Block
from wagtail_headless_preview.models import PagePreview

from courses.blocks import QUESTION_TYPES, LessonBodyBlock
from courses.models import CourseMember, LessonPage
from courses.preview import HEADLESS, page_from_preview_token, preview_token
from courses.tests.authoring import draft_course, instructor

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> LessonPage:
    return LessonPage.objects.descendant_of(draft_course(instructor())).first()


def test_token_shows_the_newest_state_of_the_draft(lesson: LessonPage) -> None:
    token = preview_token(lesson, lesson.owner)
    lesson.title = "Being typed"
    preview_token(lesson, lesson.owner)
    page = page_from_preview_token(token)
    assert (type(page), page.pk, page.title) == (LessonPage, lesson.pk, "Being typed")
    assert PagePreview.objects.count() == 1
    assert LessonPage.objects.get(pk=lesson.pk).title == "Lesson 1.1"


def test_token_expires(lesson: LessonPage, settings: LazySettings) -> None:
    settings.HEADLESS_PREVIEW_TOKEN_MAX_AGE = 60
    token = preview_token(lesson, lesson.owner)
    later = time.time() + timedelta(seconds=61).total_seconds()
    with mock.patch("django.core.signing.time.time", return_value=later):
        assert page_from_preview_token(token) is None
    assert page_from_preview_token(token) is not None


@pytest.mark.parametrize("change", ["", "x", "9.9:abc", "courses.1.1"])
def test_forged_tokens_show_nothing(lesson: LessonPage, change: str) -> None:
    token = preview_token(lesson, lesson.owner)
    assert page_from_preview_token(change) is None
    assert page_from_preview_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    name, _colon, signature = token.partition(":")
    assert page_from_preview_token(f"{name}9:{signature}") is None


def test_token_dies_with_the_right(lesson: LessonPage) -> None:
    token = preview_token(lesson, lesson.owner)
    CourseMember.objects.all().delete()
    assert page_from_preview_token(token) is None
    assert page_from_preview_token(preview_token(lesson, None)) is None


def test_modes_of_the_preview_panel(lesson: LessonPage, settings: LazySettings) -> None:
    assert [name for name, _label in lesson.preview_modes] == [""]
    settings.WAGTAIL_HEADLESS_PREVIEW = {"CLIENT_URLS": {"default": "https://app.example.com/preview/"}}
    assert [name for name, _label in lesson.preview_modes] == ["", HEADLESS]
    request = RequestFactory().get("/")
    request.user = lesson.owner
    response = lesson.make_preview_request(request, HEADLESS)
    assert "Content-Security-Policy" not in response.headers
    text = lesson.serve_preview(request, HEADLESS).content.decode()
    assert 'src="https://app.example.com/preview/?content_type=courses.lessonpage&amp;token=' in text


def every_block() -> list[tuple[str, Block]]:
    return list(LessonBodyBlock().child_blocks.items())


@pytest.mark.parametrize(("name", "block"), every_block(), ids=[name for name, _block in every_block()])
def test_each_block_has_a_preview(name: str, block: Block, admin_client: Any) -> None:
    assert block.is_previewable
    response = admin_client.get("/admin/block-preview/", {"id": block.definition_prefix})
    assert response.status_code == 200
    assert "dist/site.css" in response.content.decode()
    assert block.meta.description or name in QUESTION_TYPES
