"""The house itself: what its configuration files say agrees with each other and with the code."""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
ROOMS = [
    "core",
    "accounts",
    "courses",
    "videos",
    "translation",
    "commerce",
    "learning",
    "community",
    "interop",
    "notifications",
    "home",
    "api",
    "cms",
]
#: Read by libraries or by docker compose, not by our settings.
READ_ELSEWHERE = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "POSTGRES_PASSWORD", "HTTP_PORT"}


def text_of(name: str) -> str:
    """A file of the house."""
    return (ROOT / name).read_text(encoding="utf-8")


def tracked_files() -> list[Path]:
    """What git holds; where there is no git (an image, an archive), what lies here and is not made by a build."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        made = {".venv", "var", "node_modules", "dist", "__pycache__", ".git"}
        names = [path for path in ROOT.rglob("*") if not made & set(path.parts)]
    return [path for path in names if path.is_file()]


def text_files() -> list[tuple[str, str]]:
    """Name and content of each tracked file that is text."""
    found = []
    for path in tracked_files():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


class TestEnvironment:
    def read_in_code(self) -> set[str]:
        """Names that ``cms/`` reads: ``env.str("NAME", …)`` and ``os.environ.get("NAME", …)``."""
        names = set()
        for path in (ROOT / "cms").rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                    continue
                owner = ast.unparse(node.func.value)
                first = node.args[0]
                if owner in ("env", "os.environ") and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    names.add(first.value)
        return names - {"DJANGO_SETTINGS_MODULE"}

    def test_example_names_exactly_what_is_read(self) -> None:
        named = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text_of(".env.example"), flags=re.M)
        assert len(named) == len(set(named))
        assert set(named) - READ_ELSEWHERE == self.read_in_code()

    def test_example_sets_nothing_by_itself(self) -> None:
        lines = [line for line in text_of(".env.example").splitlines() if line and not line.startswith("#")]
        assert lines == []


class TestCompose:
    @pytest.fixture
    def compose(self) -> dict[str, Any]:
        return yaml.safe_load(text_of("docker-compose.yml"))

    def test_services(self, compose: dict[str, Any]) -> None:
        assert set(compose["services"]) == {"web", "worker", "videos", "beat", "migrate", "postgres", "redis", "nginx"}

    def test_each_lasting_service_restarts_and_has_a_health_check(self, compose: dict[str, Any]) -> None:
        for name, service in compose["services"].items():
            if name == "migrate":
                assert service["restart"] == "no"
            else:
                assert service["restart"] == "unless-stopped", name
                assert service["healthcheck"]["test"], name

    @pytest.mark.parametrize("name", ["web", "worker", "videos", "beat"])
    def test_school_waits_for_migrations(self, compose: dict[str, Any], name: str) -> None:
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
        assert waits["postgres"]["condition"] == waits["redis"]["condition"] == "service_healthy"

    def test_only_nginx_is_reachable(self, compose: dict[str, Any]) -> None:
        assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]
        assert compose["services"]["postgres"]["networks"] == ["inside"]
        assert compose["services"]["redis"]["networks"] == ["inside"]

    def test_secrets_have_no_default(self, compose: dict[str, Any]) -> None:
        environment = compose["services"]["web"]["environment"]
        assert environment["BAOBAB_ENV"] == "production"
        assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
        assert "${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]
        assert compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")

    def test_variables_are_in_the_example(self, compose: dict[str, Any]) -> None:
        used = set(re.findall(r"\$\{([A-Z_]+)", text_of("docker-compose.yml")))
        assert used <= set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text_of(".env.example"), flags=re.M))

    def test_named_volumes_are_declared(self, compose: dict[str, Any]) -> None:
        used = set()
        for service in compose["services"].values():
            for volume in service.get("volumes", []):
                used.add(volume["source"] if isinstance(volume, dict) else volume.split(":")[0])
        assert used == set(compose["volumes"])

    @pytest.mark.parametrize("name", ["migrate", "web", "worker", "videos", "beat"])
    def test_command_names_a_program_we_install(self, compose: dict[str, Any], name: str) -> None:
        assert shutil.which(compose["services"][name]["command"][0], path=program_path())


def program_path() -> str:
    """Where the Procfile's programs are looked for: the virtual environment first."""
    return os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ["PATH"]])


class TestProcesses:
    def processes(self) -> dict[str, str]:
        return dict(line.split(": ", 1) for line in text_of("Procfile").splitlines() if line)

    def test_procfile_names_web_and_workers(self) -> None:
        assert set(self.processes()) == {"web", "worker", "videos"}

    def test_videos_have_a_worker_of_their_own(self) -> None:
        """Payments never wait for ffmpeg: one worker takes that queue alone, the other doesn't take it."""
        queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
        assert queues == {"videos"}
        compose = yaml.safe_load(text_of("docker-compose.yml"))["services"]
        commands = {name: shlex.split(self.processes()[name]) for name in ("worker", "videos")}
        for given in (commands, {name: compose[name]["command"] for name in commands}):
            assert given["videos"][given["videos"].index("--queues") + 1] == "videos"
            assert given["videos"][given["videos"].index("--concurrency") + 1] == "1"
            assert "--queues" not in given["worker"]

    def test_programs_and_files_exist(self) -> None:
        for command in self.processes().values():
            program, *arguments = shlex.split(command)
            assert shutil.which(program, path=program_path()), program
            for argument in arguments:
                if "/" in argument:
                    assert (ROOT / argument).is_file(), argument

    def test_beat_sends_tasks_that_exist(self) -> None:
        from cms.celery import app

        app.loader.import_default_modules()
        sent = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
        assert sent - set(app.tasks) == set()

    @pytest.mark.parametrize("name", ["web", "worker", "videos"])
    def test_same_program_as_in_compose(self, name: str) -> None:
        compose = yaml.safe_load(text_of("docker-compose.yml"))
        assert shlex.split(self.processes()[name])[0] == compose["services"][name]["command"][0]

    def test_gunicorn_accepts_its_configuration(self) -> None:
        done = subprocess.run(
            ["gunicorn", "cms.wsgi", "--config", "cms/gunicorn.py", "--print-config"],
            cwd=ROOT,
            env={**os.environ, "PATH": program_path(), "HOST": "127.0.0.9", "PORT": "8123", "WEB_THREADS": "3"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert re.search(r"^bind += \['127\.0\.0\.9:8123'\]$", done.stdout, flags=re.M)
        assert re.search(r"^threads += 3$", done.stdout, flags=re.M)


class TestMakefile:
    def test_targets(self) -> None:
        documented = set(re.findall(r"^([a-z-]+):.*## ", text_of("Makefile"), flags=re.M))
        assert {"help", "run", "demo", "test", "lint", "bench", "screenshots", "messages", "requirements"} <= documented
        phony = re.search(r"^\.PHONY: (.*)$", text_of("Makefile"), flags=re.M)
        assert phony is not None
        assert set(phony[1].split()) == documented

    def test_scripts_exist(self) -> None:
        called = re.findall(r"scripts/\w+\.py", text_of("Makefile"))
        assert called
        assert [name for name in called if not (ROOT / name).is_file()] == []

    def test_ci_forbids_skipping(self) -> None:
        script = text_of(".ci/run")
        assert script.startswith("#!/usr/bin/env bash\n")
        assert "set -euo pipefail" in script
        assert "BAOBAB_NO_SKIP=1 make test </dev/null" in script
        assert os.access(ROOT / ".ci" / "run", os.X_OK)

    def test_scripts_need_nothing_but_python(self) -> None:
        own = {path.stem for path in (ROOT / "scripts").glob("*.py")}
        for path in (ROOT / "scripts").glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                for name in names:
                    assert name.split(".")[0] in own | set(sys.stdlib_module_names), f"{path.name} imports {name}"


class TestImage:
    def test_stages(self) -> None:
        stages = re.findall(r"^FROM \S+ AS (\w+)$", text_of("Dockerfile"), flags=re.M)
        assert stages == ["browser", "packages", "app", "proxy"]

    def test_app_runs_as_nobody_special_and_is_watched(self) -> None:
        app = text_of("Dockerfile").split(" AS app\n")[1].split("\nFROM ")[0]
        assert re.findall(r"^USER (.*)$", app, flags=re.M) == ["baobab"]
        assert "\nHEALTHCHECK " in app
        assert "BAOBAB_ENV=production" in app
        assert "collectstatic" in app

    def test_copied_files_exist(self) -> None:
        for arguments in re.findall(r"^COPY (?!--from)(.*)$", text_of("Dockerfile"), flags=re.M):
            for source in arguments.split()[:-1]:
                assert (ROOT / source).exists(), source

    def test_secrets_and_state_stay_out(self) -> None:
        ignored = text_of(".dockerignore").splitlines()
        assert {".git", ".env", "var", ".venv", "node_modules"} <= set(ignored)


class TestNginx:
    def test_braces_balance_and_included_files_ship(self) -> None:
        config = text_of("deploy/nginx/nginx.conf")
        assert config.count("{") == config.count("}")
        shipped = re.search(r"^COPY (.*) /etc/nginx/baobab/$", text_of("Dockerfile"), flags=re.M)
        assert shipped is not None
        for name in set(re.findall(r"include /etc/nginx/baobab/(\S+);", config)):
            assert f"deploy/nginx/{name}" in shipped[1].split()
            assert (ROOT / "deploy" / "nginx" / name).is_file()

    def test_documents_and_originals_are_never_served_past_the_school(self) -> None:
        config = text_of("deploy/nginx/nginx.conf")
        served = re.findall(r"location (/media/\S*) \{\s+(\S+)", config)
        assert ("/media/", "return") in served
        assert {path for path, first in served if first == "include"} == {"/media/images/", "/media/avatars/"}

    def test_pages_have_their_security_headers_from_django_alone(self) -> None:
        assert "add_header" not in text_of("deploy/nginx/to_app.conf")


class TestRooms:
    @pytest.mark.parametrize("room", ROOMS)
    def test_has_a_readme(self, room: str) -> None:
        assert len(text_of(f"{room}/README.md").splitlines()) >= 5

    def test_each_app_has_a_floor(self) -> None:
        ours = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
        assert ours == set(ROOMS) - {"cms"}

    def test_each_page_type_has_a_view(self) -> None:
        from courses import serving

        shown = [
            model
            for model in apps.get_models()
            if issubclass(model, serving.ServedPage) and model._meta.app_label in ROOMS
        ]
        assert shown
        assert [model.__name__ for model in shown if model not in serving._views] == []

    def test_migrations_are_named(self) -> None:
        automatic = [
            str(path.relative_to(ROOT))
            for room in ROOMS
            for path in (ROOT / room).glob("migrations/0*.py")
            if "_auto_" in path.name
        ]
        assert automatic == []


class TestText:
    def test_what_languages_write_differently_is_written_in_one_place(self) -> None:
        here = {"core/formats.py", "core/money.py", "accounts/choices.py", "commerce/price_tags.py"}
        here.add("translation/actions/export_po.py")  # the date in a PO file's head is for programs
        own_way = re.compile(
            r"\bstrftime\(|\bbabel\.(?:dates|numbers|lists|units)\b|\bdate_format\(|\bnumber_format\(|\bintcomma\("
        )
        # What providers read, in their own forms.
        on_the_wire = ("commerce/providers/", "commerce/simulators/", "videos/simulators/")
        found = [
            f"{name}: {match[0]}"
            for name, content in text_files()
            if name.endswith(".py") and name.partition("/")[0] in ROOMS and "/tests/" not in name and name not in here
            if not name.startswith(on_the_wire)
            for match in own_way.finditer(content)
        ]
        assert found == []

    def test_no_registry_and_no_machine_is_named(self) -> None:
        # Put together here, so that this file does not name them either.
        forbidden = [
            "registry." + "npmjs",
            "files." + "pythonhosted",
            "pypi." + "org",
            "deb." + "debian.org",
            "--index" + "-url ",
            "/work/" + "main",
            "/work/" + "shared",
        ]
        found = [f"{name}: {word}" for name, content in text_files() for word in forbidden if word in content]
        assert found == []

    def test_lock_file_pins_every_direct_package(self) -> None:
        wanted = json.loads(text_of("package.json"))["devDependencies"]
        locked = json.loads(text_of("package-lock.json"))["packages"]
        assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted

    def test_requirements_are_pinned(self) -> None:
        for name in ("requirements.txt", "requirements-dev.txt"):
            lines = [line for line in text_of(name).splitlines() if line and not line.lstrip().startswith("#")]
            assert [line for line in lines if "==" not in line] == []
