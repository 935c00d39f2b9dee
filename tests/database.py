"""The test database: made once for many runs, and put back after a test that really committed.

Running all migrations takes half a minute. On SQLite the outcome is kept as a file below ``var/``, named after the
migrations it came from, and later runs start from a copy of it.

Django empties every table after such a test. Here that would take away what migrations made (root page, locales,
roles), for all later tests and, with ``--reuse-db``, for all later runs. So a copy is kept and put back instead.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent

#: One statement for each sequence, with the value it had.
_SEQUENCES = "SELECT quote_ident(sequencename), coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"


class Snapshot:
    """What the test database held when it was taken."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self.is_sqlite = connection.vendor == "sqlite"
        if self.is_sqlite:
            self.copy = sqlite3.connect(":memory:", check_same_thread=False)
            connection.connection.backup(self.copy)
        else:
            self.rows, self.sequences = self._read_postgres()

    def restore(self) -> None:
        """Make the database equal to the copy again. Not inside a transaction."""
        if connection.in_atomic_block:
            raise RuntimeError("A transaction is open; the database can't be put back inside it.")
        connection.ensure_connection()
        if self.is_sqlite:
            self.copy.backup(connection.connection)
        else:
            self._write_postgres()

    def _read_postgres(self) -> tuple[dict[str, bytes], list[tuple[str, int]]]:
        """All rows, a table in COPY's text form each, and where the sequences stand."""
        rows = {}
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as copy:
                    rows[table] = b"".join(copy)
            cursor.execute(_SEQUENCES)
            return rows, cursor.fetchall()

    def _write_postgres(self) -> None:
        """Empty all tables and copy the rows back, in one transaction without foreign key checks in between."""
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"TRUNCATE {', '.join(quote(table) for table in self.rows)} RESTART IDENTITY")
            for table, rows in self.rows.items():
                if rows:
                    with cursor.copy(f"COPY {quote(table)} FROM STDIN") as copy:
                        copy.write(rows)
            for name, value in self.sequences:
                if value:
                    cursor.execute("SELECT setval(%s::regclass, %s)", [name, value])
            cursor.execute("COMMIT")


class ReadyMade:
    """A migrated SQLite file that test runs copy; the first run makes it while the others wait."""

    def __init__(self) -> None:
        digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
        for path in sorted(ROOT.glob("*/migrations/*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
        self.folder = ROOT / "var" / "test-template"
        self.file = self.folder / f"{digest.hexdigest()[:16]}.sqlite3"
        self.lock: IO[str] | None = None

    def copy_to(self, target: Path) -> bool:
        """Put a copy in the test database's place.

        Returns:
            False when there is none yet: the caller migrates, then calls ``keep``; others wait for that.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = (self.folder / "lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if not self.file.is_file():
            return False
        for left_over in target.parent.glob(f"{target.name}-*"):
            left_over.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.file, target)
        self.release()
        return True

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a freshly migrated database for later runs, in place of those of older migrations."""
        for older in self.folder.glob("*.sqlite3"):
            older.unlink()
        unfinished = self.file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as target:
            snapshot.copy.backup(target)
        unfinished.rename(self.file)
        self.release()

    def release(self) -> None:
        """Let the next run look."""
        if self.lock:
            self.lock.close()
            self.lock = None
