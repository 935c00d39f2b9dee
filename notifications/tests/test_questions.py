"""Questions in lessons: who teaches is told of them, who asked is told of the answer, and nothing of what was said."""

import pytest
from django.core import mail

from community.actions import mark_answered
from community.tests.factories import Talkers, ask, make_talkers, say, teacher_of
from core.dispatch import dispatch
from learning.tests.factories import lesson_with_video
from notifications.actions.set_preference import set_preference
from notifications.kinds import KINDS
from notifications.letters import letter_of
from notifications.models import Notification
from videos.tests.ready import ready_video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


@pytest.fixture
def here() -> Talkers:
    return make_talkers()


def told() -> list[tuple[int, str]]:
    dispatch()
    return sorted(Notification.objects.values_list("person_id", "kind"))


def test_who_teaches_is_told_of_a_question(here: Talkers, django_capture_on_commit_callbacks) -> None:
    second = teacher_of(here.course, name="Kofi")
    teacher_of(here.course, is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        ask(here.learner, here.lesson, "Why-so-secret?")
        dispatch()
    assert told() == sorted([(here.teacher.pk, "question_asked"), (second.pk, "question_asked")])
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted([here.teacher.email, second.email])
    assert "secret" not in "".join(f"{sent.body}{sent.alternatives}" for sent in mail.outbox)
    assert "secret" not in str(list(Notification.objects.values_list("data", flat=True)))


def test_without_mail_where_that_is_switched_off(here: Talkers, django_capture_on_commit_callbacks) -> None:
    set_preference(actor=here.teacher, person=here.teacher, category="questions", channel="mail", is_on=False)
    with django_capture_on_commit_callbacks(execute=True):
        ask(here.learner, here.lesson)
        dispatch()
    assert (told(), mail.outbox) == ([(here.teacher.pk, "question_asked")], [])


def test_replies_and_teachers_questions_tell_nobody_who_teaches(here: Talkers) -> None:
    thread = ask(here.teacher, here.lesson)
    say(here.other, thread)
    assert told() == []


def test_who_asked_is_told_once(here: Talkers) -> None:
    thread = ask(here.learner, here.lesson)
    say(here.teacher, thread)
    mark_answered(actor=here.teacher, comment_id=say(here.other, thread, "It is the wind.").public_id)
    assert told() == sorted([(here.teacher.pk, "question_asked"), (here.learner.pk, "question_answered")])


def test_says_where_and_leads_there() -> None:
    video = ready_video(duration_ms=3_600_000)
    here = make_talkers(lesson_with_video(video, title="Rows"))
    thread = ask(here.learner, here.lesson, video_key=video.public_id, at_ms=754_000)
    say(here.teacher, thread)
    dispatch()
    row = Notification.objects.get(kind="question_asked")
    letter = letter_of(KINDS["question_asked"], row.data)
    assert letter.title == f"A new question in {here.course.title}"
    assert letter.summary == "Somebody asks something about Rows, at 12:34 of the video."
    assert letter.rows == [("Course", here.course.title), ("Lesson", "Rows"), ("Moment", "12:34")]
    assert letter.path == f"/en/questions/{thread.public_id}/"
    answered = letter_of(KINDS["question_answered"], Notification.objects.get(kind="question_answered").data)
    assert answered.summary == "What you asked about Rows is answered by the instructor."
