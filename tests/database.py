"""The test database: made once for many runs, and put back after a test that really committed.

Running all migrations takes a minute. The outcome is kept as a file below ``var/``, named after the migrations it came
from, and later runs start from it: a copy of it on SQLite, a dump on PostgreSQL where its programs are installed.

Django empties every table after such a test. Here that would take away what migrations made (root page, locales,
roles), for all later tests and, with ``--reuse-db``, for all later runs. So a copy is kept and put back instead.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.backends.utils import CursorWrapper

ROOT = Path(__file__).resolve().parent.parent

#: Where each sequence stands; 0: nothing was taken from it.
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
            self.rows, self.sequences, self.last_transaction = self._read_postgres()

    def restore(self) -> None:
        """Make the database equal to the copy again. Not inside a transaction."""
        if connection.in_atomic_block:
            raise RuntimeError("A transaction is open; the database can't be put back inside it.")
        connection.ensure_connection()
        if self.is_sqlite:
            self.copy.backup(connection.connection)
        else:
            self._write_postgres()

    def _read_postgres(self) -> tuple[dict[str, bytes], dict[str, int], str]:
        """All rows, a table in COPY's text form each; where the sequences stand; the last transaction's number."""
        rows = {}
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as copy:
                    rows[table] = b"".join(copy)
            cursor.execute(_SEQUENCES)
            return rows, dict(cursor.fetchall()), self._last_transaction(cursor)

    def _write_postgres(self) -> None:
        """Put back the tables that changed, in one transaction without foreign key checks in between."""
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            changed = self._changed_tables(cursor)
            cursor.execute("BEGIN")
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in changed:
                # Not TRUNCATE: it makes new files for the table and each index, a hundred times the work of some rows.
                cursor.execute(f"DELETE FROM {quote(table)}")
                if self.rows[table]:
                    with cursor.copy(f"COPY {quote(table)} FROM STDIN") as copy:
                        copy.write(self.rows[table])
            cursor.execute(_SEQUENCES)
            for name, value in cursor.fetchall():
                was = self.sequences.get(name, value)
                if value != was:
                    cursor.execute("SELECT setval(%s::regclass, %s, %s)", [name, was or 1, was > 0])
            cursor.execute("COMMIT")
            self.last_transaction = self._last_transaction(cursor)

    def _changed_tables(self, cursor: CursorWrapper) -> list[str]:
        """Tables with a row written since, or with rows gone: each row knows the transaction that wrote it."""
        quote = connection.ops.quote_name
        looks = [
            f"SELECT %s WHERE (SELECT count(*) FROM {quote(table)}) <> %s"
            f" OR EXISTS (SELECT FROM {quote(table)} WHERE age(xmin) < age(%s::xid))"
            for table in self.rows
        ]
        values = [(table, rows.count(b"\n"), self.last_transaction) for table, rows in self.rows.items()]
        cursor.execute(" UNION ALL ".join(looks), [value for row in values for value in row])
        return [table for (table,) in cursor.fetchall()]

    def _last_transaction(self, cursor: CursorWrapper) -> str:
        """A transaction number above all that wrote so far, in the 32 bits that rows keep."""
        cursor.execute("SELECT pg_current_xact_id()::xid::text")
        return cursor.fetchone()[0]


class ReadyMade(ABC):
    """A migrated database in a file that test runs start from; the first run makes it while the others wait."""

    suffix: str

    def __init__(self) -> None:
        digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
        for path in sorted(ROOT.glob("*/migrations/*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
        self.folder = ROOT / "var" / "test-template"
        self.file = self.folder / f"{digest.hexdigest()[:16]}.{self.suffix}"
        self.lock: IO[str] | None = None
        self.is_used = False

    def prepare(self) -> bool:
        """Make the test database from the file.

        Returns:
            False when there is no file yet: the caller migrates, then calls ``keep``; others wait for that.
        """
        if not self.can_keep():
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = (self.folder / f"lock-{self.suffix}").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        if not self.file.is_file():
            return False
        self.load()
        self.is_used = True
        self.release()
        return True

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a freshly migrated database for later runs, in place of those of older migrations."""
        for older in self.folder.glob(f"*.{self.suffix}"):
            older.unlink()
        unfinished = self.file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        self.save(snapshot, unfinished)
        unfinished.rename(self.file)
        self.release()

    def release(self) -> None:
        """Let the next run look."""
        if self.lock:
            self.lock.close()
            self.lock = None

    def can_keep(self) -> bool:
        """Whether this machine has what saving and loading take."""
        return True

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is a test database from an earlier run."""

    @abstractmethod
    def load(self) -> None:
        """Make the test database from the file, in place of an older one."""

    @abstractmethod
    def save(self, snapshot: Snapshot, file: Path) -> None:
        """Write what is in the test database into ``file``."""

    @abstractmethod
    def drop(self) -> None:
        """Remove the test database that was loaded."""


class ReadyMadeSqlite(ReadyMade):
    """SQLite's own file, copied."""

    suffix = "sqlite3"

    def __init__(self) -> None:
        super().__init__()
        self.target = Path(connection.settings_dict["TEST"]["NAME"])

    def exists(self) -> bool:
        return self.target.is_file()

    def load(self) -> None:
        for left_over in self.target.parent.glob(f"{self.target.name}-*"):
            left_over.unlink()
        self.target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.file, self.target)

    def save(self, snapshot: Snapshot, file: Path) -> None:
        with closing(sqlite3.connect(file)) as target:
            snapshot.copy.backup(target)

    def drop(self) -> None:
        """Nothing: the next run copies over it."""


class ReadyMadePostgres(ReadyMade):
    """A dump, made and read by PostgreSQL's own programs."""

    suffix = "sql"

    def __init__(self) -> None:
        super().__init__()
        # Asked before there is a test database: later Django puts its prefix before the name a second time.
        self.target = connection.creation._get_test_db_name()

    def can_keep(self) -> bool:
        return all(shutil.which(program) for program in ("pg_dump", "psql"))

    def exists(self) -> bool:
        with connection._nodb_cursor() as cursor:
            return connection.creation._database_exists(cursor, self.target)

    def load(self) -> None:
        self.drop()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(self.target)}")
        self._run(
            "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", f"--file={self.file}"
        )

    def save(self, snapshot: Snapshot, file: Path) -> None:
        self._run("pg_dump", "--no-owner", "--no-privileges", f"--file={file}")

    def drop(self) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(self.target)} WITH (FORCE)")

    def _run(self, *command: str) -> None:
        """Run a program of PostgreSQL on the test database.

        Raises:
            RuntimeError: it failed; with what it said.
        """
        names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
        given = {name: str(connection.settings_dict[key] or "") for name, key in names.items()}
        done = subprocess.run(
            command,
            env={**os.environ, **{name: value for name, value in given.items() if value}, "PGDATABASE": self.target},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed on {self.target}: {done.stdout[-2000:]}")
