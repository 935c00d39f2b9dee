"""Every test of this room that stores files stores them in a folder of its own."""

import pytest

from interop.tests.folders import COURSE, FRENCH, write_course


@pytest.fixture(autouse=True)
def _own_media(media_root):
    return media_root


@pytest.fixture
def course_folder(tmp_path):
    """A small course: two lessons, a quiz, a picture, a download."""
    return write_course(tmp_path / "shell", COURSE)


@pytest.fixture
def bilingual_folder(tmp_path):
    """The same course with its French translation."""
    return write_course(tmp_path / "shell", {**COURSE, **FRENCH})
