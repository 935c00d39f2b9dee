"""A video stays while a page shows it, or will once its draft is published: as each database keeps drafts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ReferenceIndex

from courses.models import LessonPage
from courses.tests.authoring import draft_course, instructor
from courses.tests.questions import rich_text
from courses.tests.test_videos_in_pages import block, film, login
from videos.actions.delete_video import delete_video, places_of
from videos.errors import VideoInUse
from videos.models import Video

pytestmark = pytest.mark.django_db


def draft(lesson: LessonPage, *videos: Video) -> None:
    page = LessonPage.objects.get(pk=lesson.pk)
    page.body = [block(video) for video in videos]
    page.save_revision(clean=False)


def test_what_a_draft_shows_stays() -> None:
    owner = instructor()
    lesson = LessonPage.objects.descendant_of(draft_course(owner)).first()
    video = film(owner)
    draft(lesson, video)
    assert not ReferenceIndex.get_references_to(video).exists()
    with pytest.raises(VideoInUse, match="1 page shows"):
        delete_video(actor=owner, video=video)
    content = login(owner).get(reverse("videos_admin:video", args=[video.pk])).content.decode()
    assert lesson.title in content
    assert "in a draft" in content
    draft(lesson)
    delete_video(actor=owner, video=video)
    assert not Video.objects.filter(pk=video.pk).exists()


def test_a_trailer_of_a_draft_stays() -> None:
    owner = instructor()
    course = draft_course(owner)
    video = film(owner)
    course.trailer = video
    course.save_revision(clean=False)
    with pytest.raises(VideoInUse):
        delete_video(actor=owner, video=video)


def test_a_page_and_its_draft_are_one() -> None:
    owner = instructor()
    lesson = LessonPage.objects.descendant_of(draft_course(owner)).first()
    video = film(owner)
    lesson.body = [block(video)]
    lesson.save()
    draft(lesson, video)
    assert places_of(video) == 1


def test_numbers_that_look_like_it_are_no_reason() -> None:
    owner = instructor()
    lesson = LessonPage.objects.descendant_of(draft_course(owner)).first()
    video = film(owner)
    page = LessonPage.objects.get(pk=lesson.pk)
    page.body = [rich_text(f'<p>"video": {video.pk}, and so on</p>')]
    page.estimated_minutes = video.pk
    page.save_revision(clean=False)
    assert places_of(video) == 0


def test_many_drafts_cost_as_many_queries_as_few() -> None:
    owner = instructor()
    video = film(owner)
    counts = []
    for course in (draft_course(owner), draft_course(owner, "Large", modules=3, lessons=4)):
        for lesson in LessonPage.objects.descendant_of(course):
            draft(lesson, video)
        with CaptureQueriesContext(connection) as captured:
            places_of(video)
        counts.append(len(captured))
    assert counts[0] == counts[1]
