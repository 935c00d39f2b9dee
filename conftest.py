"""What every test gets: a fresh cache, English, a media folder of its own when it asks."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from courses.tests.indexing import indexing_waits, searching_adds_first
from tests.database import ReadyMade, ReadyMadePostgres, ReadyMadeSqlite, Snapshot

# The first example pays for Django's imports, and CI's machine is shared: time limits there say nothing.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Start from an empty media folder; the folder is a test run's own (see ``tests/settings.py``)."""
    shutil.rmtree(django_settings.MEDIA_ROOT, ignore_errors=True)


#: Rooms that hold no rules about rows of their own: faces, messages, importers. Their tests run on one database.
ONE_DATABASE = ("api", "home", "interop", "demo", "notifications")
#: Who asks for one of these opens the database; the others may not, pytest-django sees to that.
_OPENS_DATABASE = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this run's database and cache can't show; ``make test`` runs on both kinds and skips neither."""
    is_sqlite = "sqlite" in django_settings.DATABASES["default"]["ENGINE"]
    has_redis = "redis" in django_settings.CACHES["default"]["BACKEND"].lower()
    absent = {
        "postgres": "needs PostgreSQL (DATABASE_URL)" if is_sqlite else "",
        "sqlite": "" if is_sqlite else "needs SQLite",
        "redis": "" if has_redis else "needs Redis (REDIS_URL)",
    }
    here = Path(__file__).parent
    for item in items:
        is_alike = item.path.relative_to(here).parts[0] in ONE_DATABASE or not _opens_database(item)
        if is_alike and not any(item.get_closest_marker(name) for name in absent):
            item.add_marker(pytest.mark.one_database)
        for marker, reason in absent.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def _opens_database(item: pytest.Item) -> bool:
    """Whether a test, or a fixture of it that is wider than the test, may read or write rows."""
    fixtures = set(getattr(item, "fixturenames", ()))
    is_wide = "django_db_setup" in fixtures  # a fixture of a module or package that unblocks the database itself
    return is_wide or bool(fixtures & _OPENS_DATABASE) or item.get_closest_marker("django_db") is not None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped something where nothing may be skipped (``BAOBAB_NO_SKIP``)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped") if reporter else None
    if reporter and skipped and os.environ.get("BAOBAB_NO_SKIP", "") not in ("", "0") and session.exitstatus == 0:
        reporter.write_line(f"\n{len(skipped)} skipped, and BAOBAB_NO_SKIP forbids that.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def ready_made_database(django_db_modify_db_settings: None) -> ReadyMade:
    """The migrated file that this run starts from, or makes."""
    return ReadyMadeSqlite() if connection.vendor == "sqlite" else ReadyMadePostgres()


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    ready_made_database: ReadyMade,
) -> bool:
    """Start from the migrated file where there is one, unless this run is to make or reuse a database of its own."""
    with django_db_blocker.unblock():
        if django_db_createdb or (django_db_keepdb and ready_made_database.exists()):
            return django_db_keepdb
        return ready_made_database.prepare() or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    ready_made_database: ReadyMade,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """After the database is made, keep a copy that tests which really commit are undone with."""
    with django_db_blocker.unblock():
        snapshot = Snapshot()
        if ready_made_database.lock:
            ready_made_database.keep(snapshot)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: snapshot.restore())
        yield
    if ready_made_database.is_used and not request.config.getvalue("reuse_db"):
        with django_db_blocker.unblock():
            connection.close()
            ready_made_database.drop()


@pytest.fixture(scope="session", autouse=True)
def _searches_find_everything() -> Iterator[None]:
    """A search first adds the pages that factories left out of the index (see ``courses/tests/indexing.py``)."""
    with searching_adds_first():
        yield


@pytest.fixture(autouse=True)
def _nothing_left_over() -> Iterator[None]:
    """Forget what the test before left in this process: language, cache, pages that wait to be indexed.

    The Django test client leaves the language of the last URL active.
    """
    translation.activate("en")
    cache.clear()
    with indexing_waits():
        yield
    translation.activate("en")


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For fixtures of a module: the rows they write are there for all tests of a file, and gone after it.

    One transaction stays open around the file, and each test's own is a savepoint in it: what a test changes is undone
    as always. Objects are not rows: hand each test its own, read anew. Not for files whose tests really commit.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def media_root(settings: LazySettings, tmp_path: Path) -> Path:
    """An empty folder that takes this test's uploads."""
    folder = tmp_path / "media"
    folder.mkdir()
    settings.MEDIA_ROOT = str(folder)
    return folder
