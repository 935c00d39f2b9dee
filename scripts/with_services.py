"""Run a command beside a PostgreSQL and a Redis made for it: ``make bench``.

python3 scripts/with_services.py COMMAND [ARGUMENT ...]
"""

import subprocess
import sys
from contextlib import ExitStack

from bootstrap import bootstrap
from house import ROOT, SetupError, environment, say, var_dir
from run_checks import start_services


def main():
    """Start the services, run the command, stop the services; exit as the command did."""
    if len(sys.argv) < 2:
        say("Usage: with_services.py COMMAND [ARGUMENT ...]")
        return 2
    try:
        bootstrap("test")
        with ExitStack() as services:
            env = environment(**start_services(services), VAR_DIR=var_dir() / "bench")
            return subprocess.run(sys.argv[1:], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
    except SetupError as error:
        say(f"Baobab: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
