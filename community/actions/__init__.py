"""Every write of this room, one verb a file."""

from community.actions.edit_comment import edit_comment
from community.actions.hide_comment import hide_comment
from community.actions.mark_answered import mark_answered
from community.actions.open_thread import open_thread
from community.actions.remove_comment import remove_comment
from community.actions.reply import reply
from community.actions.report_comment import report_comment
from community.actions.restore_comment import restore_comment

__all__ = [
    "edit_comment",
    "hide_comment",
    "mark_answered",
    "open_thread",
    "remove_comment",
    "reply",
    "report_comment",
    "restore_comment",
]
