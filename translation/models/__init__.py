"""What wagtail-localize doesn't keep: where each translated page stands, jobs, and the translators' terms."""

from translation.models.job import CourseTranslationJob
from translation.models.page_translation import PageTranslation
from translation.models.term import Term

__all__ = ["CourseTranslationJob", "PageTranslation", "Term"]
