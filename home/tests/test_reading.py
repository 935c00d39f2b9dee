"""A lesson's body made ready to read."""

from typing import Any

import pytest
from wagtail.blocks import StreamValue

from courses.models import LessonPage
from home.reading import parts_of


def body(*headings: tuple[str, str]) -> StreamValue:
    """A body of headings alone: level and words."""
    rows: list[dict[str, Any]] = [
        {"type": "heading", "value": {"level": level, "text": text}} for level, text in headings
    ]
    return StreamValue(LessonPage._meta.get_field("body").stream_block, rows, is_lazy=True)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("2 3 4", [2, 3, 4]), ("3", [2]), ("4 4", [2, 3]), ("2 4 3 2", [2, 3, 3, 2]), ("2 3 2 4", [2, 3, 2, 3])],
)
def test_headings_skip_no_level(written: str, shown: list[int]) -> None:
    parts = parts_of(body(*((level, "Same") for level in written.split())))
    assert [part.level for part in parts] == shown
    assert len({part.anchor for part in parts}) == len(shown)
