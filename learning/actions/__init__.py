"""Every write of this room, one verb a file."""

from learning.actions.check_self_check import CheckResult, check_self_check
from learning.actions.complete_lesson import complete_lesson
from learning.actions.open_item import open_item
from learning.actions.save_answer import SaveResult, save_answer
from learning.actions.start_attempt import start_attempt
from learning.actions.submit_attempt import submit_attempt
from learning.actions.submit_overdue_attempts import submit_overdue_attempts

__all__ = [
    "CheckResult",
    "SaveResult",
    "check_self_check",
    "complete_lesson",
    "open_item",
    "save_answer",
    "start_attempt",
    "submit_attempt",
    "submit_overdue_attempts",
]
