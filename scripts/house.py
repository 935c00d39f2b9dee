"""Where things lie, what the environment says, and how the scripts speak.

Everything in ``scripts/`` is Python's standard library alone: it runs before there is a virtual environment.
"""

import hashlib
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"


class SetupError(Exception):
    """Something the house needs is missing; the message says what and what to do."""


def say(message=""):
    """Print one line at once, so that it keeps its place among the output of child processes."""
    print(message, flush=True)


def dotenv():
    """Variables of the ``.env`` file beside the Makefile; empty without one. Quotes round a value are dropped."""
    values = {}
    path = ROOT / ".env"
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            name, separator, value = line.strip().partition("=")
            if separator and not name.startswith("#"):
                values[name.removeprefix("export ").strip()] = value.strip().strip("'\"")
    return values


def environment(**changes):
    """The environment for a child: ``.env`` under the real one, the virtual environment's programs first."""
    values = {**dotenv(), **os.environ, **{name: str(value) for name, value in changes.items()}}
    values["PATH"] = os.pathsep.join([str(BIN), values.get("PATH", os.defpath)])
    values["VIRTUAL_ENV"] = str(VENV)
    values["PYTHONUNBUFFERED"] = "1"
    return values


def var_dir():
    """The folder for all state: ``VAR_DIR``, or ``var`` beside the Makefile."""
    given = environment().get("VAR_DIR")
    return Path(given).resolve() if given else ROOT / "var"


def run(command, env=None, quiet=False):
    """Run a command in the house's root and wait.

    Args:
        quiet: keep its output back and show it only when it fails.

    Raises:
        SetupError: it ended with anything but 0.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        if quiet:
            # The last lines say why; pip's and npm's first hundreds don't.
            say("\n".join(done.stdout.strip().splitlines()[-15:]))
        raise SetupError(f"'{' '.join(str(part) for part in command)}' failed with exit code {done.returncode}.")


def fingerprint(*paths, extra=""):
    """A hash over the names and bytes of files, and of all files below folders; what is absent counts as absent."""
    digest = hashlib.sha256(extra.encode())
    for path in paths:
        files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for file in files:
            if "__pycache__" in file.parts:
                continue
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes() if file.is_file() else b"absent")
    return digest.hexdigest()


class Stamp:
    """Remembers that a step was done for inputs that have not changed since."""

    def __init__(self, name, value, folder=STAMPS):
        self.path = folder / name
        self.value = value

    def is_current(self):
        """Whether the step was last done for these very inputs."""
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == self.value

    def write(self):
        """Record that the step is done; call it last."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.value, encoding="utf-8")
