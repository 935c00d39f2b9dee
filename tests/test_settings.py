"""What the settings refuse, and what they promise about the database and the visitor's address."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from cms.proxies import behind_proxies

ROOT = Path(__file__).resolve().parent.parent
GOOD = {
    "BAOBAB_ENV": "production",
    "SECRET_KEY": "x7-a-key-of-its-own-that-is-long-enough-0123456789",
    "ALLOWED_HOSTS": "school.example.com",
    "SITE_URL": "https://school.example.com",
    # Said outright, so that a developer's .env can't change the outcome.
    "DEBUG": "false",
    "DATABASE_URL": "",
    "REDIS_URL": "",
}
SHOW = """
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS)
"""


def load_settings(folder: Path, code: str = SHOW, **changes: str) -> subprocess.CompletedProcess[str]:
    """Load ``cms.settings`` in a process of its own, in a production environment with some changes."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "cms.settings", "VAR_DIR": str(folder), **GOOD, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


class TestProduction:
    def test_starts_and_is_secure_behind_https(self, tmp_path: Path) -> None:
        done = load_settings(tmp_path)
        assert (done.returncode, done.stdout) == (0, "True True 31536000\n"), done.stderr

    def test_plain_http_address_asks_for_no_secure_cookies(self, tmp_path: Path) -> None:
        done = load_settings(tmp_path, SITE_URL="http://school.example.com")
        assert (done.returncode, done.stdout) == (0, "False False 0\n"), done.stderr

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"SECRET_KEY": "baobab-development-key-not-for-production"}, "SECRET_KEY of its own"),
            ({"SECRET_KEY": "short"}, "SECRET_KEY of its own"),
            ({"SECRET_KEY": ""}, "SECRET_KEY of its own"),
            ({"DEBUG": "true"}, "never runs with DEBUG"),
            ({"ALLOWED_HOSTS": ""}, "needs ALLOWED_HOSTS"),
            ({"BAOBAB_ENV": "produktion"}, "use development, test or production"),
            ({"LANGUAGES": "en,klingon"}, "LANGUAGES names 'klingon'"),
            ({"VIDEO_PROCESSOR": "handbrake"}, "use ffmpeg or cloudinary"),
            ({"CLOUDINARY_SIGNATURE": "md5"}, "use sha1 or sha256"),
            ({"CLOUDINARY_SIMULATOR_URL": "http://127.0.0.1:8030"}, "never uses the imitated Cloudinary"),
            ({"CLOUDINARY_API_URL": "http://api.example.com"}, "https:// alone"),
            ({"CLOUDINARY_DELIVERY_URL": "http://res.example.com"}, "https:// alone"),
        ],
        ids=[
            "default key",
            "short key",
            "no key",
            "debug",
            "no hosts",
            "unknown environment",
            "unknown language",
            "unknown processor",
            "unknown hash",
            "imitated Cloudinary",
            "API in the clear",
            "films in the clear",
        ],
    )
    def test_refuses(self, tmp_path: Path, changes: dict[str, str], reason: str) -> None:
        done = load_settings(tmp_path, **changes)
        assert done.returncode == 1
        assert "ImproperlyConfigured" in done.stderr
        assert reason in done.stderr


class TestLanguages:
    CODE = """
from django.conf import settings
print(settings.LANGUAGE_CODE, *[code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES])
"""

    @pytest.mark.parametrize(("given", "told"), [("", "en en fr ar"), ("fr", "fr fr"), ("sw, fr,sw,EN", "sw sw fr en")])
    def test_environment_names_them_and_the_first_is_the_schools_own(
        self, tmp_path: Path, given: str, told: str
    ) -> None:
        changes = {"LANGUAGES": given} if given else {}
        done = load_settings(tmp_path, self.CODE, **changes)
        assert done.stdout.strip() == told, done.stderr


class TestTestRun:
    def test_state_is_apart_from_a_running_school(self) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "test")
        assert settings.VAR_DIR.name == worker
        assert "test" in settings.VAR_DIR.parts
        assert settings.DEBUG is False
        assert settings.CELERY_TASK_ALWAYS_EAGER is True


@pytest.mark.sqlite
@pytest.mark.django_db
class TestSqlite:
    @pytest.mark.parametrize(
        ("pragma", "value"),
        [("journal_mode", "wal"), ("busy_timeout", 20_000), ("synchronous", 1), ("foreign_keys", 1)],
    )
    def test_pragma_is_in_force(self, pragma: str, value: str | int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone() == (value,)


class TestProxies:
    @pytest.mark.parametrize(
        ("count", "header", "address"),
        [
            (0, "203.0.113.9", "10.0.0.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
            (2, "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            (2, "203.0.113.9", "10.0.0.1"),
            (1, "", "10.0.0.1"),
            (1, "203.0.113.9, ", "10.0.0.1"),
        ],
        ids=["no proxy", "one", "client lies", "two", "past the outer proxy", "no header", "empty entry"],
    )
    def test_client_address(self, count: int, header: str, address: str) -> None:
        seen: list[str] = []

        def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            seen.append(environ["REMOTE_ADDR"])
            return []

        behind_proxies(application, count)(
            {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": header}, lambda *_arguments: None
        )
        assert seen == [address]


class TestMachineTranslation:
    CODE = "from django.conf import settings; print(settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR)"

    def test_off_when_nothing_is_said(self, tmp_path: Path) -> None:
        assert load_settings(tmp_path, self.CODE).stdout == "None\n"

    @pytest.mark.parametrize(
        ("changes", "parts"),
        [
            ({"MACHINE_TRANSLATION": "local"}, ["translation.machine.LocalTranslator"]),
            ({"MACHINE_TRANSLATION": "deepl", "DEEPL_AUTH_KEY": "k:fx"}, ["DeepLTranslator", "k:fx"]),
            (
                {"MACHINE_TRANSLATION": "libretranslate", "LIBRETRANSLATE_URL": "https://translate.example.com/"},
                ["LibreTranslator", "'https://translate.example.com'"],
            ),
        ],
    )
    def test_named_by_the_environment(self, tmp_path: Path, changes: dict[str, str], parts: list[str]) -> None:
        done = load_settings(tmp_path, self.CODE, **changes)
        assert all(part in done.stdout for part in parts), (done.stdout, done.stderr)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"MACHINE_TRANSLATION": "babelfish"}, "MACHINE_TRANSLATION is 'babelfish'"),
            ({"MACHINE_TRANSLATION": "deepl"}, "needs DEEPL_AUTH_KEY"),
            ({"MACHINE_TRANSLATION": "libretranslate"}, "needs LIBRETRANSLATE_URL"),
            ({"TRANSLATION_THRESHOLD": "101"}, "from 0 to 100"),
        ],
    )
    def test_half_a_configuration_is_refused(self, tmp_path: Path, changes: dict[str, str], reason: str) -> None:
        done = load_settings(tmp_path, self.CODE, **changes)
        assert done.returncode != 0
        assert reason in done.stderr
