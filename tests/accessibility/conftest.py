"""The gallery stands for all tests of this folder: they only look."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.accessibility.gallery import Gallery, hang
from tests.accessibility.rooms import Rooms
from tests.accessibility.shop import NOWHERE
from tests.database import Snapshot
from tests.journeys.school import School


@pytest.fixture(scope="package")
def db(built_school: tuple[School, Snapshot], django_db_blocker: DjangoDbBlocker) -> Iterator[Gallery]:
    """In the place of pytest-django's ``db``, which rolls back after each test: one state for all of them.

    It has that name because pytest-django makes a test database only where somebody asks for ``db``.
    """
    school, as_built = built_school
    with django_db_blocker.unblock():
        before = Snapshot()
        as_built.restore()
        server = LiveServer("localhost")
        try:
            school.url = server.url
            with override_settings(
                SITE_URL=server.url,
                ALLOWED_HOSTS=["localhost", "testserver"],
                ACCOUNT_REAUTHENTICATION_TIMEOUT=24 * 3600,  # one log-in serves all tests
                PAYMENT_SIMULATOR_URL=NOWHERE,
            ):
                yield hang(school)
        finally:
            server.stop()
            before.restore()


@pytest.fixture(scope="package")
def gallery(db: Gallery) -> Gallery:
    """Every kind of page, behind a live server of its own."""
    return db


@pytest.fixture(scope="package")
def rooms(gallery: Gallery, browser: Browser) -> Iterator[Rooms]:
    """Browsers of a visitor and of a learner, one page for each way of looking."""
    rooms = Rooms(gallery, browser)
    yield rooms
    rooms.close()
