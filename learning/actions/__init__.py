"""Every write of this room, one verb a file."""

from learning.actions.add_bookmark import add_bookmark
from learning.actions.check_self_check import CheckResult, check_self_check
from learning.actions.complete_lesson import complete_lesson
from learning.actions.export_notes import export_notes
from learning.actions.open_item import open_item
from learning.actions.remove_bookmark import remove_bookmark
from learning.actions.remove_note import remove_note
from learning.actions.save_answer import SaveResult, save_answer
from learning.actions.save_note import save_note
from learning.actions.start_attempt import start_attempt
from learning.actions.submit_attempt import submit_attempt
from learning.actions.submit_overdue_attempts import submit_overdue_attempts

__all__ = [
    "CheckResult",
    "SaveResult",
    "add_bookmark",
    "check_self_check",
    "complete_lesson",
    "export_notes",
    "open_item",
    "remove_bookmark",
    "remove_note",
    "save_answer",
    "save_note",
    "start_attempt",
    "submit_attempt",
    "submit_overdue_attempts",
]
