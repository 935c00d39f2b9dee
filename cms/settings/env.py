"""The environment, read once: where we run, where state lives, and typed access to variables."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

#: ``development`` (default), ``test`` or ``production``.
BAOBAB_ENV: str = env.str("BAOBAB_ENV", default="development")
IS_PRODUCTION = BAOBAB_ENV == "production"
IS_TEST = BAOBAB_ENV == "test"

#: Everything the running school writes lives below this folder.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)

REDIS_URL: str = env.str("REDIS_URL", default="")
