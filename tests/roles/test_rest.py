"""The table of REST and of the apps' log-in."""

import pytest

from tests.roles.addresses import names_below
from tests.roles.knocking import Knocker, differences
from tests.roles.rows import Row, read
from tests.roles.tables import rest

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ROWS = read(rest.TABLE)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row, knocker: Knocker) -> None:
    found = differences(row, [knocker.send_as_app(who, row) for who in row.expected])
    assert not found, "\n".join(found)


def test_every_endpoint_has_a_row() -> None:
    addresses = names_below("_allauth/", "api/", "graphql/", "healthz", "readyz")
    missing = sorted(addresses - {row.name for row in ROWS} - {"graphiql"})  # GraphiQL: in development only
    assert not missing, f"Add rows to tests/roles/tables/rest.py, a letter for everybody: {missing}"
