"""Programs and libraries that Python packages can't bring: found, installed where we may, else named.

Nothing here stops the house from starting. What is missing is said, with what does not work without it.
"""

import ctypes.util
import os
import shutil
import subprocess
from pathlib import Path

from house import environment, say

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", str(Path.home() / ".local/share/fonts"))


def has_library(name):
    """Whether the dynamic linker finds a shared library."""
    return ctypes.util.find_library(name) is not None


def has_noto_fonts():
    """Whether Noto's fonts for Latin and Arabic are installed."""
    return any(next(Path(folder).rglob("NotoNaskhArabic*"), None) for folder in FONT_FOLDERS if Path(folder).is_dir())


def chromium():
    """Path of a Chromium or Chrome, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


def postgres_binaries():
    """The folder with ``initdb`` and ``postgres`` of the newest installed PostgreSQL, or None."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0)
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


#: purpose, Debian package, is it there?, what does not work without it
NEEDS = [
    ("run", "libpango-1.0-0", lambda: has_library("pango-1.0"), "certificates as PDF, names in downloads"),
    ("run", "libpangoft2-1.0-0", lambda: has_library("pangoft2-1.0"), "certificates as PDF, names in downloads"),
    ("run", "libharfbuzz-subset0", lambda: has_library("harfbuzz-subset"), "small certificates: fonts go in whole"),
    ("run", "fonts-noto-core", has_noto_fonts, "names in Arabic script in certificates and downloads"),
    ("run", "ffmpeg", lambda: shutil.which("ffmpeg") and shutil.which("ffprobe"), "uploading and processing videos"),
    ("run", "espeak-ng", lambda: shutil.which("espeak-ng"), "a voice in the demo school's videos"),
    ("test", "gettext", lambda: shutil.which("xgettext"), "`make messages`"),
    ("test", "chromium", chromium, "tests in a browser"),
    ("test", "postgresql", postgres_binaries, "tests on PostgreSQL"),
    ("test", "nginx-light", lambda: shutil.which("nginx"), "tests of the proxy in front of a school"),
    ("test", "redis-server", lambda: shutil.which("redis-server"), "tests on Redis"),
]


def install_missing(purpose):
    """Install what ``purpose`` ("run" or "test") lacks where this user may; say what is missing after that.

    A test run needs everything that running needs. Returns the names of packages still missing.
    """
    purposes = ("run",) if purpose == "run" else ("run", "test")
    missing = [need for need in NEEDS if need[0] in purposes and not need[2]()]
    if missing and may_install():
        names = [need[1] for need in missing]
        say(f"Installing {', '.join(names)} …")
        apt_install(names)
        missing = [need for need in missing if not need[2]()]
    for _purpose, package, _is_there, without in missing:
        say(f"Missing: {package} (Debian's name). Without it: no {without}.")
    return [need[1] for need in missing]


def may_install():
    """Whether this is a Debian-like machine and we are its administrator."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(names):
    """Install Debian packages; a failure is shown by ``install_missing`` finding them absent still."""
    env = environment(DEBIAN_FRONTEND="noninteractive")
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *names],
    ):
        done = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if done.returncode:
            say("\n".join(done.stdout.strip().splitlines()[-5:]))
