"""The database itself keeps the books: whoever writes, by whatever means."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from commerce.ledger import Account, Entry, Kind, is_written, post
from commerce.models import LedgerEntry, LedgerTransaction
from core.models.append_only import AppendOnlyError
from core.money import Money
from core.tests.rivals import race

TABLES = ("commerce_ledgertransaction", "commerce_ledgerentry")
HUNDRED = Money(100, "XAF")


def _write(reference: uuid.UUID | None = None, amount: Money = HUNDRED) -> LedgerTransaction | None:
    return post(
        kind=Kind.CORRECTION,
        reference=reference or uuid.uuid4(),
        currency=amount.currency,
        entries=[Entry(Account.CLEARING, amount), Entry(Account.PLATFORM_REVENUE, -amount)],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("deed", ["UPDATE {} SET currency = 'EUR'", "DELETE FROM {}"])
def test_rows_are_neither_changed_nor_deleted(table: str, deed: str) -> None:
    _write()
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table))
    assert LedgerEntry.objects.filter(currency="XAF").count() == 2


@pytest.mark.django_db
def test_nor_through_the_models() -> None:
    _write()
    for rows in (LedgerTransaction.objects.all(), LedgerEntry.objects.all()):
        with pytest.raises(AppendOnlyError):
            rows.update(currency="EUR")
        with pytest.raises(AppendOnlyError):
            rows.delete()
        with pytest.raises(AppendOnlyError):
            rows[0].save()


def _row(written: LedgerTransaction, minor: int, currency: str = "XAF") -> LedgerEntry:
    return LedgerEntry(transaction=written, account="clearing", currency=currency, amount_minor=minor)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "entries",
    [[], [(5, "XAF")], [(5, "XAF"), (-4, "XAF")], [(5, "XAF"), (-5, "EUR")]],
    ids=["none", "one", "off by one", "two currencies"],
)
def test_what_does_not_add_up_is_not_committed(entries: list[tuple[int, str]]) -> None:
    def write() -> None:
        with transaction.atomic():
            written = LedgerTransaction.objects.create(kind="correction", reference=uuid.uuid4(), currency="XAF")
            LedgerEntry.objects.bulk_create(_row(written, *entry) for entry in entries)

    with pytest.raises(DatabaseError, match="unbalanced"):
        write()
    assert not LedgerTransaction.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_entry_added_later_is_refused_too() -> None:
    written = _write()
    assert written is not None
    with pytest.raises(DatabaseError, match="unbalanced"), transaction.atomic():
        LedgerEntry.objects.bulk_create([_row(written, 7)])
    assert LedgerEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_rivals_write_the_same_thing_once() -> None:
    reference = uuid.uuid4()

    def write(_number: int) -> Any:
        with transaction.atomic():
            return _write(reference)

    results = race(4, write)
    assert sorted(result is None for result in results) == [False, True, True, True]
    assert is_written(Kind.CORRECTION, reference)
    assert LedgerEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_tests_that_commit_are_undone() -> None:
    """The database is put back between such tests, though rows of the books can't be deleted."""
    assert not LedgerTransaction.objects.exists()
    _write()
