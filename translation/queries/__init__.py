"""Reads: for translators (courses, trees, strings) and for learners (languages of a page, notices)."""

from translation.queries.courses import courses_for
from translation.queries.languages import notice_for, translations_of
from translation.queries.rows import (
    AvailableLocale,
    CourseRow,
    CourseTree,
    LanguageState,
    PageRow,
    PageStrings,
    State,
    StringRow,
    Suggestion,
    TermHit,
    TranslationNotice,
)
from translation.queries.strings import page_strings
from translation.queries.tree import course_tree

__all__ = [
    "AvailableLocale",
    "CourseRow",
    "CourseTree",
    "LanguageState",
    "PageRow",
    "PageStrings",
    "State",
    "StringRow",
    "Suggestion",
    "TermHit",
    "TranslationNotice",
    "course_tree",
    "courses_for",
    "notice_for",
    "page_strings",
    "translations_of",
]
