"""Bookmarks and notes: for those who may open the lesson, for nobody else's eyes, kept when the course is over."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.models import Enrollment
from commerce.tests.factories import make_user
from courses.models import LessonPage
from courses.tests.factories import make_course, make_school, translate_page
from learning import note_room
from learning.actions import add_bookmark, remove_bookmark, remove_note, save_note
from learning.errors import (
    AuthenticationRequired,
    BookmarkNotFound,
    EnrollmentSuspended,
    LabelTooLong,
    LessonNotFound,
    ModuleLocked,
    MomentInvalid,
    MomentTooLate,
    NoteEmpty,
    NoteNotFound,
    NotEnrolled,
    NoteTooLong,
    TooManyBookmarks,
    TooManyNotes,
    VideoNotInLesson,
)
from learning.models import Bookmark, Note
from learning.notes import bookmarks_of, note_counts, noted_courses, notes_by_lesson, notes_of
from learning.tests.factories import enrolled_learner, lesson_with_video
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


@pytest.fixture
def lesson() -> LessonPage:
    return lesson_with_video(ready_video(duration_ms=60_000))


@pytest.fixture
def video(lesson):
    return lesson.body[0].value["video"]


@pytest.fixture
def learner(lesson):
    return enrolled_learner(lesson.get_parent().get_parent().specific).learner


def bookmark(actor, lesson, video, at_ms=12_345, **fields) -> Bookmark:
    return add_bookmark(
        actor=actor, lesson_key=lesson.translation_key, video_key=video.public_id, at_ms=at_ms, **fields
    )


def note(actor, lesson, text="Rows, not circles.", **fields) -> Note:
    return save_note(actor=actor, lesson_key=lesson.translation_key, text=text, **fields)


class TestAdding:
    def test_a_bookmark_stands_at_a_whole_second(self, lesson, video, learner) -> None:
        found = bookmark(learner, lesson, video, label="  The\n row  ")
        assert (found.at_ms, found.label, found.person) == (12_000, "The row", learner)
        assert found.course_key == lesson.get_parent().get_parent().translation_key

    def test_the_same_second_is_kept_once(self, lesson, video, learner) -> None:
        first = bookmark(learner, lesson, video, 12_000, label="First")
        assert bookmark(learner, lesson, video, 12_999) == first
        bookmark(learner, lesson, video, 12_500, label="Named anew")
        bookmark(learner, lesson, video, 13_000)
        assert list(Bookmark.objects.values_list("at_ms", "label")) == [(12_000, "Named anew"), (13_000, "")]

    def test_a_note_about_the_whole_or_a_moment(self, lesson, video, learner) -> None:
        whole = note(learner, lesson, " One\r\n\r\nTwo\x00 ")
        moment = note(learner, lesson, video_key=video.public_id, at_ms=5_000)
        assert (whole.text, whole.at_ms, moment.at_ms) == ("One\n\nTwo", None, 5_000)
        assert list(notes_of(learner, lesson.translation_key)) == [whole, moment]

    def test_changing_puts_other_words_and_another_moment(self, lesson, video, learner) -> None:
        written = note(learner, lesson, video_key=video.public_id, at_ms=5_000)
        changed = note(learner, lesson, "Other words.", note_id=written.public_id)
        assert (changed.pk, changed.text, changed.video_key, changed.at_ms) == (written.pk, "Other words.", None, None)
        assert changed.changed_at > changed.created_at

    def test_belongs_to_the_lesson_in_every_language(self, lesson, learner) -> None:
        school = make_school("fr")
        parent = school.courses
        for page in (lesson.get_parent().get_parent().specific, lesson.get_parent().specific):
            parent = translate_page(page, parent)
        french_video = ready_video(duration_ms=9_000)
        body = [{"type": "video", "value": {"video": french_video.pk, "caption": "", "questions": []}}]
        translate_page(lesson, parent, body=body)
        bookmark(learner, lesson, french_video, 8_000)
        assert bookmarks_of(learner, lesson.translation_key).get().video_key == french_video.public_id

    def test_free_previews_may_be_noted_by_anybody_logged_in(self, lesson) -> None:
        lesson.is_free_preview = True
        lesson.save()
        note(make_user(), lesson)
        assert Note.objects.count() == 1

    def test_authors_note_in_their_own(self, lesson) -> None:
        author = make_user(permissions=("courses.change_coursepage",))
        assert note(author, lesson).person == author


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"text": " \n "}, NoteEmpty),
            ({"text": "x" * 5001}, NoteTooLong),
            ({"at_ms": 5}, MomentInvalid),
            ({"note_id": uuid.uuid4()}, NoteNotFound),
        ],
    )
    def test_notes_that_are_none(self, lesson, learner, change, error) -> None:
        with pytest.raises(error):
            note(learner, lesson, **{"text": "Words.", **change})
        assert not Note.objects.exists()

    @pytest.mark.parametrize(
        ("at_ms", "error"), [(-1, MomentInvalid), (10**12, MomentInvalid), (62_001, MomentTooLate)]
    )
    def test_moments_that_are_none(self, lesson, video, learner, at_ms, error) -> None:
        with pytest.raises(error):
            bookmark(learner, lesson, video, at_ms)
        with pytest.raises(error):
            note(learner, lesson, video_key=video.public_id, at_ms=at_ms)
        assert not Bookmark.objects.exists()
        assert not Note.objects.exists()

    def test_a_video_of_another_lesson(self, lesson, learner) -> None:
        with pytest.raises(VideoNotInLesson):
            bookmark(learner, lesson, ready_video())
        assert not Bookmark.objects.exists()

    def test_a_label_is_a_line(self, lesson, video, learner) -> None:
        with pytest.raises(LabelTooLong):
            bookmark(learner, lesson, video, label="x" * 121)

    @pytest.mark.parametrize("write", [bookmark, lambda actor, lesson, video: note(actor, lesson)])
    def test_who_may_not_open_the_lesson(self, lesson, video, write) -> None:
        course = lesson.get_parent().get_parent().specific
        suspended = enrolled_learner(course, state=Enrollment.State.SUSPENDED).learner
        for actor, error in (
            (AnonymousUser(), AuthenticationRequired),
            (make_user(), NotEnrolled),
            (suspended, EnrollmentSuspended),
        ):
            with pytest.raises(error):
                write(actor, lesson, video)
        assert (Bookmark.objects.count(), Note.objects.count()) == (0, 0)

    def test_a_module_that_is_locked(self, video) -> None:
        course = make_course(modules=2, lessons=1, lesson_order="sequential")
        learner = enrolled_learner(course).learner
        closed = LessonPage.objects.descendant_of(course).order_by("path").last()
        with pytest.raises(ModuleLocked):
            note(learner, closed)

    def test_what_is_no_lesson(self, learner) -> None:
        with pytest.raises(LessonNotFound):
            save_note(actor=learner, lesson_key=uuid.uuid4(), text="Words.")

    def test_no_more_than_fit(self, lesson, video, learner, monkeypatch) -> None:
        monkeypatch.setattr(note_room, "MOST_IN_A_LESSON", 2)
        for at in (1000, 2000):
            bookmark(learner, lesson, video, at)
            note(learner, lesson)
        with pytest.raises(TooManyBookmarks):
            bookmark(learner, lesson, video, 3000)
        with pytest.raises(TooManyNotes):
            note(learner, lesson)
        # The same second again, and other words for an old note, take no room.
        bookmark(learner, lesson, video, 2000)
        note(learner, lesson, "Changed.", note_id=Note.objects.order_by("pk").last().public_id)
        assert (Bookmark.objects.count(), Note.objects.count()) == (2, 2)

    def test_no_more_in_all(self, lesson, learner, monkeypatch) -> None:
        monkeypatch.setattr(note_room, "MOST_IN_ALL", 1)
        note(learner, lesson)
        with pytest.raises(TooManyNotes):
            note(learner, lesson)


class TestPrivacy:
    def test_nobody_sees_or_touches_those_of_others(self, lesson, video, learner) -> None:
        kept, written = bookmark(learner, lesson, video), note(learner, lesson)
        course = lesson.get_parent().get_parent().specific
        others = [
            enrolled_learner(course).learner,
            make_user(permissions=("courses.change_coursepage",)),
            make_user(is_superuser=True),
        ]
        for other in others:
            assert not bookmarks_of(other, lesson.translation_key).exists()
            assert not notes_of(other, lesson.translation_key).exists()
            assert (note_counts(other), noted_courses(other, "en")) == ({}, [])
            assert notes_by_lesson(other, noted_courses(learner, "en"))[course.translation_key] == []
            with pytest.raises(BookmarkNotFound):
                remove_bookmark(actor=other, bookmark_id=kept.public_id)
            with pytest.raises(NoteNotFound):
                remove_note(actor=other, note_id=written.public_id)
            with pytest.raises(NoteNotFound):
                note(other, lesson, "Mine now.", note_id=written.public_id)
        written.refresh_from_db()
        assert (written.text, Bookmark.objects.count(), Note.objects.count()) == ("Rows, not circles.", 1, 1)
        assert not bookmarks_of(AnonymousUser(), lesson.translation_key).exists()
        assert not notes_of(AnonymousUser(), lesson.translation_key).exists()

    def test_visitors_remove_nothing(self, lesson, video, learner) -> None:
        kept, written = bookmark(learner, lesson, video), note(learner, lesson)
        with pytest.raises(AuthenticationRequired):
            remove_bookmark(actor=AnonymousUser(), bookmark_id=kept.public_id)
        with pytest.raises(AuthenticationRequired):
            remove_note(actor=AnonymousUser(), note_id=written.public_id)
        assert (Bookmark.objects.count(), Note.objects.count()) == (1, 1)

    def test_they_stay_when_the_course_is_over_and_can_be_removed(self, lesson, video, learner) -> None:
        kept, written = bookmark(learner, lesson, video), note(learner, lesson)
        Enrollment.objects.update(state=Enrollment.State.CANCELLED)
        assert (
            bookmarks_of(learner, lesson.translation_key).get(),
            notes_of(learner, lesson.translation_key).get(),
        ) == (
            kept,
            written,
        )
        with pytest.raises(NotEnrolled):
            note(learner, lesson, "Later.")
        remove_bookmark(actor=learner, bookmark_id=kept.public_id)
        remove_note(actor=learner, note_id=written.public_id)
        assert note_counts(learner) == {}

    def test_they_go_with_the_account(self, lesson, video, learner) -> None:
        bookmark(learner, lesson, video)
        note(learner, lesson)
        Enrollment.objects.all().delete()
        learner.delete()
        assert (Bookmark.objects.count(), Note.objects.count()) == (0, 0)
