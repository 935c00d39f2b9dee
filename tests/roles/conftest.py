"""One school for all tables: made once, every knock undone, everything rolled back at the end."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.template import Template
from pytest_django import DjangoDbBlocker

from tests.roles.knocking import Knocker
from tests.roles.school import build


@pytest.fixture(scope="package")
def knocker(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Knocker]:
    """Everybody, before the doors of one school.

    Its transaction stays open around all tests of this folder; each test's own is a savepoint in it.
    """
    # Thousands of refusals are the point here; writing each into the log with its traceback takes a third of the time.
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.ERROR)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        # The test client copies every context of every template, which nobody looks at here.
        patch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))
        yield Knocker(build())
        transaction.set_rollback(True)
    log.setLevel(level)
