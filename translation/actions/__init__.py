"""Every write of the room, one verb a file."""

from translation.actions.export_po import export_po
from translation.actions.import_po import PoProblem, PoReport, import_po
from translation.actions.run_job import run_job
from translation.actions.save_string import save_string
from translation.actions.send_to_review import send_to_review
from translation.actions.submit_course import submit_course_for_translation
from translation.actions.translate_by_machine import translate_by_machine
from translation.actions.withdraw_from_review import withdraw_from_review

__all__ = [
    "PoProblem",
    "PoReport",
    "export_po",
    "import_po",
    "run_job",
    "save_string",
    "send_to_review",
    "submit_course_for_translation",
    "translate_by_machine",
    "withdraw_from_review",
]
