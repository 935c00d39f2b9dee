"""The same thing in many threads at once: one winner, and counts that are right."""

import pytest

from community.actions import hide_comment, remove_comment, report_comment
from community.errors import AlreadyReported, CommentNotFound, ThreadFull, TooManyThreads
from community.events import CommentHidden, ThreadAnswered
from community.models import Comment, CommentReport, Thread
from community.tests.factories import ask, make_talkers, say
from core.models import OutboxEvent
from core.tests.rivals import race
from learning import note_room
from learning.actions import add_bookmark, save_note
from learning.errors import TooManyNotes
from learning.models import Bookmark, Note
from learning.tests.factories import enrolled_learner, lesson_with_video
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media_root")]

RIVALS = 8


def events(event: type) -> int:
    return OutboxEvent.objects.filter(name=event.event_name).count()


def test_one_question_however_often_the_button_is_pressed() -> None:
    here = make_talkers()
    threads = race(RIVALS, lambda _number: ask(here.learner, here.lesson))
    assert {type(thread) for thread in threads} == {Thread}
    assert (Thread.objects.count(), Comment.objects.count()) == (1, 1)


def test_the_limit_holds_for_all_together(monkeypatch) -> None:
    monkeypatch.setattr("community.limits.THREADS_AN_HOUR", 3)
    here = make_talkers()
    results = race(RIVALS, lambda number: ask(here.learner, here.lesson, f"Question {number}"))
    assert sorted(type(result).__name__ for result in results) == ["Thread"] * 3 + ["TooManyThreads"] * 5
    assert Thread.objects.count() == 3
    assert TooManyThreads.code == "too_many_threads"


def test_a_thread_has_exactly_its_room(monkeypatch) -> None:
    monkeypatch.setattr("community.limits.MOST_COMMENTS", 4)
    here = make_talkers()
    thread = ask(here.learner, here.lesson)
    people = [enrolled_learner(here.course).learner for _number in range(RIVALS)]
    results = race(RIVALS, lambda number: say(people[number], thread, "Me too."))
    assert sum(isinstance(result, ThreadFull) for result in results) == RIVALS - 3
    assert thread.comments.count() == 4


def test_reports_add_up_and_nobody_reports_twice() -> None:
    here = make_talkers()
    comment = ask(here.learner, here.lesson).comments.get()
    people = [enrolled_learner(here.course).learner for _number in range(RIVALS // 2)]
    results = race(
        RIVALS,
        lambda number: report_comment(actor=people[number // 2], comment_id=comment.public_id, reason="spam"),
    )
    assert sum(isinstance(result, AlreadyReported) for result in results) == RIVALS // 2
    comment.refresh_from_db()
    assert (comment.open_reports, CommentReport.objects.count()) == (RIVALS // 2, RIVALS // 2)


def test_one_answer_and_one_hiding_are_told() -> None:
    here = make_talkers()
    thread = ask(here.learner, here.lesson)
    race(RIVALS, lambda number: say(here.teacher, thread, f"Because {number}."))
    assert events(ThreadAnswered) == 1
    opening = thread.comments.first()
    race(RIVALS, lambda _number: hide_comment(actor=here.teacher, comment_id=opening.public_id))
    assert events(CommentHidden) == 1


def test_removing_and_hiding_at_once_leaves_no_words() -> None:
    here = make_talkers()
    comment = ask(here.learner, here.lesson).comments.get()

    def either(number: int) -> object:
        if number % 2:
            return remove_comment(actor=here.learner, comment_id=comment.public_id)
        return hide_comment(actor=here.teacher, comment_id=comment.public_id)

    results = race(RIVALS, either)
    assert all(isinstance(result, Comment | CommentNotFound) for result in results), results
    comment.refresh_from_db()
    assert (comment.text, comment.state) == ("", "removed")


def test_bookmarks_and_notes(monkeypatch) -> None:
    monkeypatch.setattr(note_room, "MOST_IN_A_LESSON", 3)
    video = ready_video()
    here = make_talkers(lesson_with_video(video))
    place = {"actor": here.learner, "lesson_key": here.lesson.translation_key}
    race(RIVALS, lambda number: add_bookmark(**place, video_key=video.public_id, at_ms=5000 + number))
    assert Bookmark.objects.count() == 1
    results = race(RIVALS, lambda number: save_note(**place, text=f"{number}"))
    assert sum(isinstance(result, TooManyNotes) for result in results) == RIVALS - 3
    assert Note.objects.count() == 3
