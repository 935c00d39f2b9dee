"""The table of the website: pages of the tree, and every address beside them."""

import pytest
from wagtail.models import Page, get_page_models

from tests.roles.addresses import names_elsewhere
from tests.roles.knocking import Knocker, differences
from tests.roles.rows import Row, read
from tests.roles.tables import website

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ROWS = read(website.TABLE)
_PAGES = "page:"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row, knocker: Knocker) -> None:
    found = differences(row, [knocker.send(who, row) for who in row.expected])
    assert not found, "\n".join(found)


def test_every_address_has_a_row() -> None:
    rows = {row.name for row in ROWS} | {"wagtail_serve"}  # pages have rows of their own, see below
    missing = sorted(names_elsewhere("admin/", "_allauth/", "api/", "graphql/", "healthz", "readyz") - rows)
    assert not missing, f"Add rows to tests/roles/tables/website.py, a letter for everybody: {missing}"


def test_every_page_type_has_a_row(knocker: Knocker) -> None:
    named = {row.name.removeprefix(_PAGES) for row in ROWS if row.name.startswith(_PAGES)}
    shown = {knocker.world.names[name].specific_class for name in named}
    missing = sorted(model.__name__ for model in set(get_page_models()) - shown - {Page})
    assert not missing, f"Add a page: row to tests/roles/tables/website.py for each of {missing}"
