"""The table of GraphQL: every operation, everybody."""

import pytest

from api.graphql.schema import schema
from tests.roles.graphql_calls import DOCUMENTS, ask
from tests.roles.knocking import Knocker, differences
from tests.roles.rows import Row, read
from tests.roles.tables import graphql

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

ROWS = read(graphql.TABLE)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row, knocker: Knocker) -> None:
    found = differences(row, [ask(knocker, who, row) for who in row.expected])
    assert not found, "\n".join(found)


def test_every_operation_has_a_row_and_a_document() -> None:
    types = {"query": schema.graphql_schema.query_type, "mutation": schema.graphql_schema.mutation_type}
    operations = {(kind, name) for kind, root in types.items() for name in root.fields}
    missing = sorted(operations - {(row.method, row.name) for row in ROWS})
    assert not missing, f"Add rows to tests/roles/tables/graphql.py, a letter for everybody: {missing}"
    without = sorted(name for _kind, name in operations if name not in DOCUMENTS)
    assert not without, f"Add a document to tests/roles/graphql_calls.py for each of {without}"
