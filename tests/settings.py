"""Settings of a test run: the house's own, told before they load that this is a test.

pytest-django reads its settings module before any ``conftest.py``, so this is the earliest place to say so.
"""

import os
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")

os.environ["BAOBAB_ENV"] = "test"
# Never the folder of a running school, and one folder for each xdist worker: database file, media, queue.
_base = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")
if "BAOBAB_TEST_VAR_DIR" not in os.environ:
    os.environ["BAOBAB_TEST_VAR_DIR"] = str(_base / "test")
os.environ["VAR_DIR"] = str(Path(os.environ["BAOBAB_TEST_VAR_DIR"]) / _worker)
# One Redis database for each worker too, counted on from the one that was given.
if os.environ.get("REDIS_URL") and _worker:
    _server, _, _number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{_server}/{int(_number) + int(_worker.removeprefix('gw'))}"

from cms.settings import *  # noqa: E402, F403

# A real hash takes a tenth of a second, and tests make many users.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Playwright's synchronous API runs inside an event loop of its own, in the thread that also makes the test's rows.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
