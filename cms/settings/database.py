"""The database: SQLite in WAL mode when nothing is configured, PostgreSQL by ``DATABASE_URL``."""

from typing import Any

from cms.settings.env import IS_TEST, VAR_DIR, env

__all__ = ["DATABASES"]

_default: dict[str, Any] = env.db_url_config(
    env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'baobab.sqlite3'}"
)

if _default["ENGINE"] == "django.db.backends.sqlite3":
    _default["OPTIONS"] = {
        # A writer waits for the other one instead of failing: seconds, then pragmas for each connection.
        "timeout": 20,
        # BEGIN IMMEDIATE takes the write lock at once, so two readers never deadlock on upgrading.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
    # A file, not memory: the browser tests' server runs in another thread and needs WAL like the real one.
    _default["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
elif _default["ENGINE"] == "django.db.backends.postgresql" and not IS_TEST:
    _default["OPTIONS"] = {**_default.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 8}}

DATABASES = {"default": _default}
