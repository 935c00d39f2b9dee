"""The books are only ever added to, and every transaction sums to nothing, whoever writes: triggers.

On PostgreSQL a constraint trigger adds up each transaction when it commits. SQLite has no deferred triggers: there only
changing and deleting is refused, and ``commerce.ledger.post`` and ``manage.py check_books`` do the sums.

SQLite drops a table's triggers where a later migration remakes the table: such a migration has to make them again
(``commerce/tests/test_ledger_guards.py`` fails otherwise).
"""

from django.db import migrations

TABLES = ("commerce_ledgertransaction", "commerce_ledgerentry")

_POSTGRES = """
CREATE FUNCTION commerce_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER commerce_ledger_only_added BEFORE UPDATE OR DELETE ON commerce_ledgertransaction
    FOR EACH ROW EXECUTE FUNCTION commerce_ledger_refuse();
CREATE TRIGGER commerce_ledger_only_added BEFORE UPDATE OR DELETE ON commerce_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION commerce_ledger_refuse();

CREATE FUNCTION commerce_ledger_add_up(about bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    entries bigint;
    difference numeric;
    strangers bigint;
BEGIN
    SELECT count(e.id), coalesce(sum(e.amount_minor), 0), count(*) FILTER (WHERE e.currency <> t.currency)
        INTO entries, difference, strangers
        FROM commerce_ledgertransaction t LEFT JOIN commerce_ledgerentry e ON e.transaction_id = t.id
        WHERE t.id = about;
    IF entries < 2 OR difference <> 0 OR strangers > 0 THEN
        RAISE EXCEPTION 'ledger transaction % is unbalanced: % entries, off by %, % in another currency',
            about, entries, difference, strangers USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION commerce_ledger_check_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM commerce_ledger_add_up(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION commerce_ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM commerce_ledger_add_up(NEW.transaction_id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER commerce_ledger_balanced AFTER INSERT ON commerce_ledgertransaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION commerce_ledger_check_transaction();
CREATE CONSTRAINT TRIGGER commerce_ledger_balanced AFTER INSERT ON commerce_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION commerce_ledger_check_entry();
"""

_POSTGRES_BACK = """
DROP TRIGGER commerce_ledger_balanced ON commerce_ledgerentry;
DROP TRIGGER commerce_ledger_balanced ON commerce_ledgertransaction;
DROP TRIGGER commerce_ledger_only_added ON commerce_ledgerentry;
DROP TRIGGER commerce_ledger_only_added ON commerce_ledgertransaction;
DROP FUNCTION commerce_ledger_check_entry();
DROP FUNCTION commerce_ledger_check_transaction();
DROP FUNCTION commerce_ledger_add_up(bigint);
DROP FUNCTION commerce_ledger_refuse();
"""


def add_guards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRES, params=None)
        return
    for table in TABLES:
        for deed in ("update", "delete"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END"
            )


def remove_guards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRES_BACK, params=None)
        return
    for table in TABLES:
        for deed in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed}")


class Migration(migrations.Migration):
    dependencies = [("commerce", "0007_chargebacks_and_settled_payouts")]

    operations = [migrations.RunPython(add_guards, remove_guards)]
