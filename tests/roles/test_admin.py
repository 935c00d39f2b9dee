"""The table of the admin: every address, everybody, looking and doing."""

import pytest
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from tests.roles.addresses import names_below
from tests.roles.knocking import LET_IN, Knocker, differences
from tests.roles.people import FINANCE, ROLE_OF, WHO, Outcome
from tests.roles.rows import Row, read
from tests.roles.tables import (
    admin_library,
    admin_money,
    admin_pages,
    admin_people,
    admin_school,
    admin_shop,
    admin_translation,
    admin_videos,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TABLES = (
    admin_pages,
    admin_library,
    admin_money,
    admin_people,
    admin_school,
    admin_shop,
    admin_translation,
    admin_videos,
)
ROWS = [row for table in TABLES for row in read(table.TABLE)]
FINANCE_ROWS = read(admin_money.FINANCE_TABLE, (FINANCE,))
STAFF = tuple(who for who in ROLE_OF if who in WHO)
_DENIALS = (Outcome.REFUSED, Outcome.HIDDEN, Outcome.LOGIN, Outcome.METHOD)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row, knocker: Knocker) -> None:
    """Who may look may look; of the staff, who may not gets no further by sending a form, either.

    Outsiders are stopped before any page is asked, whatever the method.
    """
    found = differences(row, [knocker.send(who, row) for who in row.expected], is_editor=True)
    for who in STAFF:
        if row.method == "GET" and row.expected[who] in (Outcome.REFUSED, Outcome.HIDDEN):
            knock = knocker.knock(who, "POST", row.url(knocker.world), {})
            if knock.outcome not in _DENIALS or knock.left_traces:
                found.append(f"{row}: {who} may not look, but a POST gave {knock.outcome}{knock.left_traces}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("row", FINANCE_ROWS, ids=str)
def test_row_of_those_who_keep_the_books(row: Row, knocker: Knocker) -> None:
    found = differences(row, [knocker.send(FINANCE, row)], is_editor=False)
    assert not found, "\n".join(found)


def test_who_keeps_the_books_is_in_every_row_about_money() -> None:
    assert [str(row) for row in FINANCE_ROWS] == [str(row) for row in read(admin_money.TABLE)]


def test_every_address_has_a_row() -> None:
    crash_on_purpose = {"wagtailadmin_error_test"}
    missing = sorted(names_below("admin/") - {row.name for row in ROWS} - crash_on_purpose)
    assert not missing, f"Add rows to a table in tests/roles/tables/admin_*.py, a letter for everybody: {missing}"


def test_every_bulk_action_has_a_row() -> None:
    bulk_action_registry._scan_for_bulk_actions()
    actions = {
        (app, model, action)
        for app, models in bulk_action_registry.actions.items()
        for model, actions in models.items()
        for action in actions
    }
    rows = {tuple(word.lstrip("=") for word in row.arguments) for row in ROWS if row.name == "wagtail_bulk_action"}
    missing = sorted(actions - rows)
    assert not missing, f"Add a wagtail_bulk_action row to a table in tests/roles/tables/admin_*.py: {missing}"


def test_nobody_but_staff_is_let_in() -> None:
    """By the table alone: what anonymous people and learners reach in the admin is this and nothing else."""
    let_in = {row.name for row in ROWS if any(row.expected[who] in LET_IN for who in WHO if who not in STAFF)}
    assert let_in == {"wagtailadmin_login", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}
