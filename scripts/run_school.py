"""Start the whole school on this machine: ``make run``. With ``--only-demo``, prepare it and stop: ``make demo``.

Sets up what is missing, brings the database up to date, loads the demo school, then keeps the web process and the
worker of the Procfile running until Ctrl-C, and beside them the imitated payment providers, and Cloudinary where that
is wanted (``VIDEO_PROCESSOR=cloudinary``) without an account.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress

from bootstrap import bootstrap
from house import BIN, ROOT, SetupError, Stamp, environment, fingerprint, run, say, var_dir

APPS = (
    "core",
    "accounts",
    "videos",
    "courses",
    "translation",
    "commerce",
    "learning",
    "community",
    "interop",
    "notifications",
    "home",
    "api",
)
ACCOUNTS = ("learner", "instructor", "translator", "reviewer", "finance", "admin")
EVERYWHERE = ("0.0.0.0", "::")
START_SECONDS = 90
STOP_SECONDS = 15


class School:
    """One school on one host, port and state folder."""

    def __init__(self):
        values = environment()
        self.host = values.get("HOST") or "127.0.0.1"
        try:
            self.port = int(values.get("PORT") or 8000)
        except ValueError:
            raise SetupError(f"PORT is '{values['PORT']}'; it must be a number.") from None
        self.var_dir = var_dir()
        self.reachable = "127.0.0.1" if self.host in EVERYWHERE else self.host
        shown = f"[{self.reachable}]" if ":" in self.reachable else self.reachable
        self.url = f"http://{shown}:{self.port}"
        changes = {"HOST": self.host, "PORT": self.port, "VAR_DIR": self.var_dir, "DEMO_SCHOOL": "true"}
        if not values.get("SITE_URL"):
            changes["SITE_URL"] = self.url
        if not values.get("ALLOWED_HOSTS"):
            changes["ALLOWED_HOSTS"] = ",".join(self.names())
        #: Address of the imitated payment providers; empty where they are not wanted or not allowed.
        self.simulators = values.get("PAYMENT_SIMULATOR_URL", "")
        if "PAYMENT_SIMULATOR_URL" not in values and values.get("BAOBAB_ENV") != "production":
            self.simulators = self.simulator_address(shown)
        changes["PAYMENT_SIMULATOR_URL"] = self.simulators
        #: Address of the imitated Cloudinary; empty unless Cloudinary is wanted and there is no account.
        self.cloudinary = values.get("CLOUDINARY_SIMULATOR_URL", "")
        is_wanted = values.get("VIDEO_PROCESSOR") == "cloudinary" and not values.get("CLOUDINARY_URL")
        if not self.cloudinary and is_wanted and values.get("BAOBAB_ENV") != "production":
            self.cloudinary = self.simulator_address(shown, after=self.simulators)
        changes["CLOUDINARY_SIMULATOR_URL"] = self.cloudinary
        self.env = environment(**changes)

    def names(self):
        """Host names and addresses this school answers to when nobody said which."""
        names = ["localhost", "127.0.0.1", "[::1]"]
        if self.host in EVERYWHERE:
            name = socket.gethostname()
            names.append(name)
            with suppress(OSError):
                names += socket.gethostbyname_ex(name)[2]
        else:
            names.append(f"[{self.host}]" if ":" in self.host else self.host)
        return sorted(set(names))

    def simulator_address(self, shown, after=""):
        """Where imitated services listen when nobody said where: the next free port after the school's.

        Args:
            shown: the school's host, as addresses are written.
            after: address that is taken already.
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        for port in range(self.port + 1, min(self.port + 21, 65536)):
            if f"http://{shown}:{port}" == after:
                continue
            with socket.socket(family) as probe, suppress(OSError):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((self.host, port))
                return f"http://{shown}:{port}"
        return ""

    def procfile(self):
        """The Procfile, and the imitated services where there are any."""
        text = (ROOT / "Procfile").read_text(encoding="utf-8")
        if self.simulators:
            text += f"simulators: python manage.py run_simulators --host {self.host}\n"
        if self.cloudinary:
            text += f"cloudinary: python manage.py run_video_simulator --host {self.host}\n"
        path = self.var_dir / "Procfile"
        path.write_text(text, encoding="utf-8")
        return path

    def check_port(self):
        """Refuse to start where somebody listens already.

        Raises:
            SetupError: the port is taken, or is not ours to use.
        """
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise SetupError(
                    f"can't listen on {self.host}:{self.port} ({error.strerror}). "
                    f"Stop what runs there, or choose another port: make run PORT={self.port + 1}"
                ) from None

    def lock(self):
        """Hold the state folder for this process; two schools in one folder would disturb each other.

        Raises:
            SetupError: another one runs there.
        """
        self.var_dir.mkdir(parents=True, exist_ok=True)
        self.lock_file = (self.var_dir / "run.lock").open("w")
        try:
            fcntl.flock(self.lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SetupError(f"a school runs in {self.var_dir} already. Stop it, or set another VAR_DIR.") from None

    def prepare(self):
        """Bring the database up to date and load the demo school, when one of them changed since the last start."""
        sources = [ROOT / app / "migrations" for app in APPS]
        sources += [ROOT / "demo", ROOT / "interop", ROOT / "requirements.txt"]
        database = self.env.get("DATABASE_URL", "")
        # With ffmpeg installed since, the demo school gets its videos.
        extra = f"{database} {bool(shutil.which('ffmpeg'))}"
        stamp = Stamp("demo", fingerprint(*sources, extra=extra), folder=self.var_dir / "stamps")
        # A server's database can be emptied without our knowing; a file of ours is there or not.
        if not database and stamp.is_current() and (self.var_dir / "baobab.sqlite3").is_file():
            return
        say("Preparing the database …")
        run([BIN / "python", "manage.py", "migrate", "--noinput", "--verbosity", "0"], env=self.env)
        say("Loading the demo school …")
        run([BIN / "python", "manage.py", "load_demo", "--with-videos"], env=self.env)
        stamp.write()

    def serve(self, started):
        """Run the Procfile's processes until one ends or somebody stops us.

        Args:
            started: ``time.monotonic()`` when all this began.

        Returns:
            The exit code: 0 after Ctrl-C, else that of the process that ended.
        """
        procfile = ("--procfile", self.procfile())
        processes = subprocess.Popen(
            # The .env file is in our environment already, below what was set by hand; honcho would turn that round.
            [BIN / "honcho", "start", "--app-root", ROOT, *procfile, "--env", os.devnull, "--port", str(self.port)],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            # Ctrl-C reaches us alone; we pass it on once and wait.
            start_new_session=True,
        )
        stopped = []

        def stop(_number, _frame):
            if not stopped:
                stopped.append(True)
                processes.send_signal(signal.SIGTERM)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        is_up = False
        while processes.poll() is None and not stopped:
            if not is_up and time.monotonic() - started < START_SECONDS + 600 and self.answers():
                is_up = True
                self.greet(time.monotonic() - started)
            time.sleep(0.2 if not is_up else 0.5)
        try:
            code = processes.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(processes.pid, signal.SIGKILL)
            code = 1
        if stopped:
            say("Stopped. Nothing is lost: make run goes on where you were.")
            return 0
        return code or 1

    def answers(self):
        """Whether the web process says it is alive."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def greet(self, seconds):
        """Say where the school is and who may log in."""
        phone = (
            f"    Payments     imitated; the customer's phone is {self.simulators}/phone/\n" if self.simulators else ""
        )
        if self.cloudinary:
            phone += "    Videos       made by an imitated Cloudinary\n"
        say(f"""
  Baobab is up in {seconds:.1f} s

    Website      {self.url}/
    Page editor  {self.url}/admin/
    GraphQL      {self.url}/graphql/
    REST         {self.url}/api/v1/
{phone}
    Log-ins      {", ".join(f"{name}@example.com" for name in ACCOUNTS)}
    Password     baobab-demo

    State is in {self.var_dir}. Ctrl-C stops everything.
""")


def main():
    """Prepare and, unless told otherwise, serve."""
    started = time.monotonic()
    only_demo = "--only-demo" in sys.argv[1:]
    try:
        school = School()
        if not only_demo:
            school.check_port()
        school.lock()
        bootstrap("run")
        school.prepare()
        if only_demo:
            say(f"The demo school is in {school.var_dir}.")
            return 0
        return school.serve(started)
    except SetupError as error:
        say(f"Baobab: {error}")
        return 1
    except KeyboardInterrupt:
        say("Stopped before it was up.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
