"""Make a fresh clone ready: virtual environment, packages, system libraries, browser code, translations.

    python3 scripts/bootstrap.py [run|test]

Each step is done again only when what it depends on has changed, so that a second start costs nothing.
"""

import json
import os
import shutil
import subprocess
import sys

from browser_code import ensure_bundles
from house import BIN, ROOT, VENV, SetupError, Stamp, fingerprint, run, say
from system_packages import apt_install, install_missing, may_install

OLDEST_PYTHON = (3, 11)
CANDIDATES = ("python3", "python3.13", "python3.12", "python3.11", "python3.14")


def bootstrap(purpose="run", development=False):
    """Set up what ``purpose`` needs: "run" for a school, "test" for that and all checks.

    Args:
        development: install the tools of ``requirements-dev.txt`` also when the purpose alone doesn't ask for them.

    Returns:
        Debian's names of the system packages that are missing and could not be installed.

    Raises:
        SetupError: no usable Python, or a step failed.
    """
    ensure_venv()
    ensure_python_packages(development or purpose == "test")
    missing = install_missing(purpose)
    ensure_bundles()
    ensure_translations()
    return missing


def ensure_venv():
    """Make ``.venv`` with the newest fitting Python, unless a working one is there."""
    if (BIN / "python").exists() and version_of(BIN / "python") >= OLDEST_PYTHON:
        return
    python = find_python()
    say(f"Making .venv with {python} …")
    if VENV.exists():
        shutil.rmtree(VENV)
    if not has_ensurepip(python) and may_install():
        apt_install(["python3-venv"])
    try:
        run([python, "-m", "venv", VENV], quiet=True)
    except SetupError:
        raise SetupError("Python can't make virtual environments here; install Debian's python3-venv.") from None


def find_python():
    """The first interpreter that is new enough: the one running this, then those on the search path.

    Raises:
        SetupError: there is none.
    """
    for candidate in (sys.executable, *(shutil.which(name) for name in CANDIDATES)):
        if candidate and version_of(candidate) >= OLDEST_PYTHON:
            return candidate
    wanted = ".".join(str(number) for number in OLDEST_PYTHON)
    raise SetupError(f"Baobab needs Python {wanted} or newer, and this machine has none on its search path.")


def version_of(python):
    """(major, minor) of an interpreter; (0, 0) when it can't be started."""
    code = "import json, sys; print(json.dumps(sys.version_info[:2]))"
    try:
        done = subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return tuple(json.loads(done.stdout)) if done.returncode == 0 else (0, 0)
    except OSError:
        return (0, 0)


def has_ensurepip(python):
    """Whether an interpreter can put pip into a new environment (Debian ships that apart)."""
    return subprocess.run([str(python), "-c", "import ensurepip"], stderr=subprocess.DEVNULL).returncode == 0


def ensure_python_packages(development):
    """Install the pinned packages when their list has changed since the last time."""
    names = ["requirements.txt", "requirements-dev.txt"] if development else ["requirements.txt"]
    stamps = [Stamp(name, fingerprint(ROOT / name)) for name in names]
    if all(stamp.is_current() for stamp in stamps):
        return
    # The development list holds the other one's pins as well.
    say(f"Installing Python packages from {names[-1]} (a few minutes the first time) …")
    pip = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--requirement", ROOT / names[-1]], quiet=True)
    for stamp in stamps:
        stamp.write()


def ensure_translations():
    """Compile the message catalogues, when one changed. Babel does it, so that gettext is not needed to run."""
    sources = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    stamp = Stamp("translations", fingerprint(*sources))
    if stamp.is_current() and all(source.with_suffix(".mo").is_file() for source in sources):
        return
    for source in sources:
        run([BIN / "pybabel", "--quiet", "compile", "-i", source, "-o", source.with_suffix(".mo")], quiet=True)
        if not source.with_suffix(".mo").is_file():
            # Babel leaves out a catalogue whose header is marked fuzzy, and says so only in passing.
            raise SetupError(f"{source.relative_to(ROOT)} was not compiled: is its header marked fuzzy?")
    stamp.write()


def main():
    """Set up what the command line names."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    if purpose not in ("run", "test"):
        sys.exit("Usage: bootstrap.py [run|test]")
    try:
        bootstrap(purpose)
    except SetupError as error:
        sys.exit(f"Baobab: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    say(f"Ready to {purpose}: {os.path.relpath(VENV)} and static/dist are up to date.")


if __name__ == "__main__":
    main()
