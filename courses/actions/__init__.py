"""Every write of the room, one verb a file."""

from courses.actions.add_member import add_member
from courses.actions.approve_course import approve_course
from courses.actions.create_course import create_course
from courses.actions.create_video_lessons import create_video_lessons
from courses.actions.remove_member import remove_member
from courses.actions.reorder_course import reorder_course
from courses.actions.request_changes import request_changes
from courses.actions.submit_course import submit_course
from courses.actions.withdraw_course import withdraw_course

__all__ = [
    "add_member",
    "approve_course",
    "create_course",
    "create_video_lessons",
    "remove_member",
    "reorder_course",
    "request_changes",
    "submit_course",
    "withdraw_course",
]
