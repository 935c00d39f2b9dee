"""What the editor's own validation says of a draft that was saved with required things left empty.

Drafts are saved with validation deferred, so before a review the fields and blocks of the latest revision are cleaned
once, as publishing in the editor would. Unlike ``courses.checks`` this loads the page and what its blocks point at.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.checks import Problem

__all__ = ["required_problems"]

#: Set by Wagtail, not typed by an author.
_NOT_TYPED = ["slug", "path", "depth", "url_path", "content_type", "locale", "translation_key"]


def required_problems(page: Page) -> list[Problem]:
    """Say what the latest draft of ``page`` leaves empty or gets wrong, field by field."""
    draft = page.get_latest_revision_as_object()
    found = []
    try:
        draft.clean_fields(exclude=_NOT_TYPED)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            label = draft._meta.get_field(name).verbose_name
            found += [_problem(draft, name, f"{label}: {message}") for message in messages]
    flawed = {problem.field for problem in found}
    for field in draft._meta.get_fields():
        if isinstance(field, StreamField) and field.name not in flawed:
            found += _stream_problems(draft, field)
    return found


def _stream_problems(draft: Page, field: StreamField) -> Iterator[Problem]:
    value = getattr(draft, field.name)
    for number, child in enumerate(value, start=1):
        try:
            child.block.clean(child.value)
        except ValidationError as error:
            place = _("Block %(number)d (%(kind)s): %(problem)s")
            yield _problem(
                draft,
                field.name,
                place % {"number": number, "kind": child.block.label, "problem": " ".join(_messages(error))},
            )


def _messages(error: Any) -> Iterator[str]:
    """The words of an error of any block, however deep they sit."""
    if hasattr(error, "as_json_data"):
        yield from _words(error.as_json_data())
    else:
        yield from getattr(error, "messages", [])


def _words(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _words(item)
    elif isinstance(data, dict):
        for key, item in data.items():
            for words in _words(item):
                # The name of a struct's field helps; the numbering of a list's items does not.
                yield f"{key}: {words}" if isinstance(key, str) and key not in ("messages", "blockErrors") else words


def _problem(draft: Page, field: str, message: str) -> Problem:
    return Problem(draft.pk, draft.title, field, message)
