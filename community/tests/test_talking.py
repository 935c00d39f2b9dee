"""Asking, replying, changing, removing: who may, what stays, what is told."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.models import Enrollment
from commerce.tests.factories import NOON, make_user
from community import limits
from community.actions import edit_comment, mark_answered, open_thread, remove_comment, reply
from community.errors import (
    CommentEmpty,
    CommentNotFound,
    CommentTooLong,
    EditingOver,
    MayNotModerate,
    NotYourComment,
    ThreadFull,
    ThreadNotFound,
    TooManyComments,
    TooManyThreads,
)
from community.events import CommentPosted, ThreadAnswered
from community.models import Comment, Thread
from community.tests.factories import Talkers, ask, make_talkers, say
from core import clock
from core.models import OutboxEvent
from learning.errors import AuthenticationRequired, LessonNotFound, MomentInvalid, NotEnrolled, VideoNotInLesson
from learning.tests.factories import enrolled_learner, lesson_with_video
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


@pytest.fixture
def here() -> Talkers:
    return make_talkers()


def told(event: type) -> list:
    return [event.from_payload(row.payload) for row in OutboxEvent.objects.filter(name=event.event_name).order_by("pk")]


class TestAsking:
    def test_a_question_about_the_lesson(self, here: Talkers) -> None:
        thread = ask(here.learner, here.lesson, " Why\r\nrows?\u202e ")
        comment = thread.comments.get()
        assert (thread.course_key, thread.item_key) == (here.course.translation_key, here.lesson.translation_key)
        assert (thread.state, thread.opened_by, thread.at_ms) == ("open", here.learner, None)
        assert (comment.text, comment.is_opening, comment.is_teaching) == ("Why\nrows?", True, False)
        (event,) = told(CommentPosted)
        assert (event.comment_key, event.author_key) == (comment.public_id, here.learner.public_id)
        assert (event.course_title, event.lesson_title) == (here.course.title, here.lesson.title)
        assert "rows" not in str(event.to_payload())

    def test_a_question_at_a_moment(self) -> None:
        video = ready_video(duration_ms=60_000)
        here = make_talkers(lesson_with_video(video))
        thread = ask(here.learner, here.lesson, video_key=video.public_id, at_ms=12_345)
        assert (thread.video_key, thread.at_ms) == (video.public_id, 12_345)
        with pytest.raises(VideoNotInLesson):
            ask(here.learner, here.lesson, video_key=uuid.uuid4(), at_ms=1)
        with pytest.raises(MomentInvalid):
            ask(here.learner, here.lesson, video_key=video.public_id)
        assert Thread.objects.count() == 1

    @pytest.mark.parametrize(("text", "error"), [(" \n\x00", CommentEmpty), ("x" * 3001, CommentTooLong)])
    def test_what_says_nothing_or_too_much(self, here: Talkers, text: str, error: type) -> None:
        with pytest.raises(error):
            ask(here.learner, here.lesson, text)
        thread = ask(here.learner, here.lesson)
        with pytest.raises(error):
            say(here.other, thread, text)
        assert Comment.objects.count() == 1

    def test_who_may_not(self, here: Talkers) -> None:
        ended = enrolled_learner(here.course, state=Enrollment.State.CANCELLED).learner
        for actor, error in (
            (AnonymousUser(), AuthenticationRequired),
            (make_user(), NotEnrolled),
            (ended, NotEnrolled),
            (here.stranger, NotEnrolled),
        ):
            with pytest.raises(error):
                ask(actor, here.lesson)
        with pytest.raises(LessonNotFound):
            open_thread(actor=here.learner, item_key=uuid.uuid4(), text="Hm?")
        assert (Thread.objects.count(), OutboxEvent.objects.filter(name=CommentPosted.event_name).count()) == (0, 0)

    def test_a_free_preview_is_open_and_its_talk_is_not(self, here: Talkers) -> None:
        here.lesson.is_free_preview = True
        here.lesson.save()
        thread = ask(here.learner, here.lesson)
        with pytest.raises(NotEnrolled):
            say(make_user(), thread)

    def test_said_twice_is_said_once(self, here: Talkers) -> None:
        with clock.frozen(NOON):
            thread = ask(here.learner, here.lesson)
            assert ask(here.learner, here.lesson) == thread
            comment = say(here.other, thread)
            assert say(here.other, thread) == comment
        with clock.frozen(NOON + timedelta(minutes=3)):
            assert say(here.other, thread) != comment
        assert len(told(CommentPosted)) == 3


class TestReplying:
    def test_a_learners_reply_answers_nothing(self, here: Talkers) -> None:
        thread = ask(here.learner, here.lesson)
        say(here.other, thread)
        thread.refresh_from_db()
        assert (thread.state, thread.answer) == ("open", None)
        assert told(ThreadAnswered) == []

    def test_the_teachers_reply_answers_once(self, here: Talkers) -> None:
        thread = ask(here.learner, here.lesson)
        answer = say(here.teacher, thread)
        say(here.teacher, thread, "And because of the sun.")
        thread.refresh_from_db()
        assert (thread.state, thread.answer, answer.is_teaching) == ("answered", answer, True)
        (event,) = told(ThreadAnswered)
        assert (event.learner_key, event.comment_key) == (here.learner.public_id, answer.public_id)

    def test_a_teachers_own_question_waits_for_somebody_else(self, here: Talkers) -> None:
        thread = ask(here.teacher, here.lesson)
        say(here.teacher, thread, "Think of the rain.")
        thread.refresh_from_db()
        assert thread.state == "open"

    def test_no_such_thread(self, here: Talkers) -> None:
        with pytest.raises(ThreadNotFound):
            reply(actor=here.learner, thread_id=uuid.uuid4(), text="Hm.")

    def test_marking_a_learners_answer(self, here: Talkers) -> None:
        thread = ask(here.learner, here.lesson)
        good = say(here.other, thread)
        with pytest.raises(MayNotModerate):
            mark_answered(actor=here.learner, comment_id=good.public_id)
        with pytest.raises(NotEnrolled):
            mark_answered(actor=here.stranger, comment_id=good.public_id)
        with pytest.raises(CommentNotFound):
            mark_answered(actor=here.teacher, comment_id=thread.comments.first().public_id)
        assert told(ThreadAnswered) == []
        for _time in range(2):
            mark_answered(actor=here.teacher, comment_id=good.public_id)
        thread.refresh_from_db()
        assert (thread.state, thread.answer) == ("answered", good)
        assert [event.is_teaching for event in told(ThreadAnswered)] == [False]


class TestLimits:
    def test_so_many_questions_an_hour(self, here: Talkers, monkeypatch) -> None:
        monkeypatch.setattr("community.limits.THREADS_AN_HOUR", 2)
        with clock.frozen(NOON):
            for number in range(2):
                ask(here.learner, here.lesson, f"Question {number}")
            with pytest.raises(TooManyThreads):
                ask(here.learner, here.lesson, "One more")
            for number in range(4):
                ask(here.teacher, here.lesson, f"Question {number}")
        with clock.frozen(NOON + timedelta(minutes=61)):
            ask(here.learner, here.lesson, "One more")
        assert Thread.objects.count() == 7

    def test_so_many_comments_an_hour_removed_ones_counted(self, here: Talkers, monkeypatch) -> None:
        monkeypatch.setattr("community.limits.COMMENTS_AN_HOUR", 2)
        thread = ask(here.learner, here.lesson)
        first = say(here.learner, thread, "First")
        remove_comment(actor=here.learner, comment_id=first.public_id)
        with pytest.raises(TooManyComments):
            say(here.learner, thread, "Second")
        assert limits.last_hour(here.learner).count() == 2

    def test_a_thread_has_an_end(self, here: Talkers, monkeypatch) -> None:
        monkeypatch.setattr("community.limits.MOST_COMMENTS", 2)
        thread = ask(here.learner, here.lesson)
        say(here.other, thread, "First")
        with pytest.raises(ThreadFull):
            say(here.teacher, thread, "Second")


class TestOnesOwn:
    def test_changed_for_a_quarter_of_an_hour(self, here: Talkers) -> None:
        with clock.frozen(NOON):
            comment = ask(here.learner, here.lesson).comments.get()
        with clock.frozen(NOON + timedelta(minutes=15)):
            edit_comment(actor=here.learner, comment_id=comment.public_id, text="Why circles?")
        with clock.frozen(NOON + timedelta(minutes=15, seconds=1)), pytest.raises(EditingOver):
            edit_comment(actor=here.learner, comment_id=comment.public_id, text="Why at all?")
        comment.refresh_from_db()
        assert (comment.text, comment.edited_at) == ("Why circles?", NOON + timedelta(minutes=15))

    def test_by_nobody_else(self, here: Talkers) -> None:
        comment = ask(here.learner, here.lesson).comments.get()
        for actor, error in ((here.other, NotYourComment), (here.teacher, NotYourComment), (make_user(), NotEnrolled)):
            with pytest.raises(error):
                edit_comment(actor=actor, comment_id=comment.public_id, text="Mine.")
            with pytest.raises(error):
                remove_comment(actor=actor, comment_id=comment.public_id)
        comment.refresh_from_db()
        assert (comment.text, comment.state) == ("Why rows?", "visible")

    def test_removed_the_words_go_and_the_place_stays(self, here: Talkers) -> None:
        thread = ask(here.learner, here.lesson)
        comment = say(here.other, thread)
        remove_comment(actor=here.other, comment_id=comment.public_id)
        comment.refresh_from_db()
        assert (comment.text, comment.state, thread.comments.count()) == ("", "removed", 2)
        with pytest.raises(CommentNotFound):
            remove_comment(actor=here.other, comment_id=comment.public_id)
        with pytest.raises(CommentNotFound):
            edit_comment(actor=here.other, comment_id=comment.public_id, text="Back.")

    def test_removed_after_the_enrolment_too(self, here: Talkers) -> None:
        comment = ask(here.learner, here.lesson).comments.get()
        Enrollment.objects.update(state=Enrollment.State.CANCELLED)
        remove_comment(actor=here.learner, comment_id=comment.public_id)
        assert Comment.objects.get().text == ""

    def test_a_removed_answer_opens_the_question_again(self, here: Talkers) -> None:
        thread = ask(here.learner, here.lesson)
        answer = say(here.teacher, thread)
        remove_comment(actor=here.teacher, comment_id=answer.public_id)
        thread.refresh_from_db()
        assert (thread.state, thread.answer, thread.answered_at) == ("open", None, None)

    def test_a_deleted_account_takes_its_words_along(self, here: Talkers) -> None:
        thread = ask(here.learner, here.lesson)
        mine, theirs = say(here.learner, thread, "Never mind."), say(here.other, thread)
        Enrollment.objects.all().delete()
        here.learner.delete()
        found = list(thread.comments.order_by("pk").values_list("text", "state", "author"))
        assert found == [
            ("", "removed", None),
            ("", "removed", None),
            ("Because of the rain.", "visible", here.other.pk),
        ]
        thread.refresh_from_db()
        assert thread.opened_by is None
        assert say(here.teacher, thread, "Who asked?").pk not in (mine.pk, theirs.pk)
        assert told(ThreadAnswered)[0].learner_key is None
