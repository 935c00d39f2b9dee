"""A lesson that is noted and talked about, with everything that can stand below it."""

from typing import Any

from accounts.tests.factories import make_person
from commerce.actions.enroll import enroll
from community.actions import hide_comment, open_thread, remove_comment, reply
from courses.models import CoursePage, LessonPage
from learning.actions import add_bookmark, save_note

__all__ = ["talk_about"]


def talk_about(course: CoursePage, lesson: LessonPage, learner: Any, teacher: Any) -> dict[str, str]:
    """Notes of ``learner``, questions of theirs and of another; addresses of what is spread out, for the gallery."""
    other = make_person("kwame@example.com", name="Kwame Owusu")
    enroll(actor=other, learner=other, course_key=course.translation_key)
    videos = [block.value["video"] for block in lesson.body if block.block_type == "video"]
    place = {"video_key": videos[0].public_id, "at_ms": 3000} if videos else {}
    key = lesson.translation_key
    for bookmark in (place,) if place else ():
        add_bookmark(actor=learner, lesson_key=key, label="The dance", language="en", **bookmark)
    save_note(actor=learner, lesson_key=key, text="Look at it again.\n\nhttps://example.com/bees", language="en")
    save_note(actor=learner, lesson_key=key, text="ملاحظة: النحل يرقص.", language="en", **place)
    mine = open_thread(actor=learner, item_key=key, text="Why do they dance?", language="en", **place)
    reply(actor=teacher, thread_id=mine.public_id, text="To tell where flowers are.", language="en")
    theirs = open_thread(actor=other, item_key=key, text="How far do they fly? " * 20, language="en")
    said = [
        reply(actor=other, thread_id=theirs.public_id, text=text, language="en")
        for text in ("Three kilometres, I read: https://example.com/" + "far/" * 30, "No, five.", "Buy honey!")
    ]
    remove_comment(actor=other, comment_id=said[1].public_id)
    hide_comment(actor=teacher, comment_id=said[2].public_id)
    own = mine.comments.get(is_opening=True)
    address = lesson.get_url()
    return {
        "my-notes": "/en/notes/",
        "lesson-talked-about": f"{address}?questions=1",
        "lesson-comment-changed": f"{address}?thread={mine.public_id}&talk=edit:{own.public_id}",
        "lesson-comment-reported": f"{address}?thread={theirs.public_id}&talk=report:{said[0].public_id}",
    }
