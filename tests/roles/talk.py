"""What people of the tables have noted and said about the open lesson."""

from datetime import timedelta
from typing import Any

from commerce.tests.factories import make_enrollment, make_user
from community.actions import open_thread, reply
from community.models import Comment
from core import clock
from courses.models import CourseMember
from learning.actions import add_bookmark, save_note

__all__ = ["fill_talk"]


def fill_talk(owner: Any, learner: Any, course: Any, lesson: Any, filmed_lesson: Any) -> dict[str, Any]:
    """A question of ``learner`` with somebody else's reply, a note and a bookmark of theirs; names for the tables."""
    CourseMember.objects.get_or_create(
        course_key=course.translation_key, user=owner, defaults={"role": CourseMember.Role.OWNER}
    )
    talker = make_user("talker@example.com", name="Talker")
    make_enrollment(talker, course.translation_key, course_title=course.title)
    thread = open_thread(actor=learner, item_key=lesson.translation_key, text="Why in rows?", language="en")
    answer = reply(actor=talker, thread_id=thread.public_id, text="Because of the rain.", language="en")
    # What can be changed for a quarter of an hour is fresh until the last table is through.
    Comment.objects.filter(thread=thread).update(written_at=clock.now() + timedelta(days=1))
    video = filmed_lesson.body[0].value["video"]
    bookmark = add_bookmark(
        actor=learner, lesson_key=filmed_lesson.translation_key, video_key=video.public_id, at_ms=1000, language="en"
    )
    note = save_note(actor=learner, lesson_key=lesson.translation_key, text="Rows.", language="en")
    return {
        "thread_uid": thread.public_id,
        "question_uid": thread.comments.get(is_opening=True).public_id,
        "reply_uid": answer.public_id,
        "bookmark_uid": bookmark.public_id,
        "note_uid": note.public_id,
        "open_course_key": course.translation_key,
    }
