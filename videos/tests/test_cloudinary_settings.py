"""What ``manage.py check`` says of Cloudinary, and the imitated one as a process of ``make run``."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from videos.checks import check_cloudinary
from videos.cloudinary.account import Account
from videos.cloudinary.client import Client

pytestmark = pytest.mark.one_database


class TestTheCheck:
    def test_nothing_where_ffmpeg_is_used(self, settings: LazySettings) -> None:
        settings.VIDEO_PROCESSOR, settings.CLOUDINARY_URL = "ffmpeg", ""
        assert check_cloudinary() == []

    @pytest.mark.parametrize("url", ["", "cloudinary://key@cloud", "https://key:secret@cloud"])
    def test_what_is_missing(self, url: str, settings: LazySettings) -> None:
        settings.VIDEO_PROCESSOR, settings.SITE_URL = "cloudinary", "https://school.example.com"
        settings.CLOUDINARY_URL = url
        (found,) = check_cloudinary()
        assert (found.id, found.is_serious()) == ("videos.E001", True)
        assert "CLOUDINARY_URL=cloudinary://<key>:<secret>@<cloud>" in found.hint

    def test_an_address_that_notices_do_not_reach(self, settings: LazySettings) -> None:
        settings.VIDEO_PROCESSOR, settings.SITE_URL = "cloudinary", "http://127.0.0.1:8000"
        settings.CLOUDINARY_URL, settings.CLOUDINARY_SIMULATOR_URL = "cloudinary://key:secret@cloud", ""
        (found,) = check_cloudinary()
        assert (found.id, found.is_serious()) == ("videos.W001", False)

    def test_all_is_there(self, settings: LazySettings) -> None:
        settings.VIDEO_PROCESSOR, settings.SITE_URL = "cloudinary", "https://school.example.com"
        settings.CLOUDINARY_URL = "cloudinary://key:secret@cloud"
        assert check_cloudinary() == []


class TestTheImitatedOne:
    @pytest.mark.parametrize("url", ["", "https://127.0.0.1:8030", "http://127.0.0.1", "http://127.0.0.1:x"])
    def test_needs_an_address(self, url: str, settings: LazySettings) -> None:
        settings.CLOUDINARY_SIMULATOR_URL = url
        with pytest.raises(CommandError, match="CLOUDINARY_SIMULATOR_URL"):
            call_command("run_video_simulator")

    def test_answers_until_it_is_stopped(self, tmp_path: Path, settings: LazySettings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_video_simulator"],
            cwd=django_settings.BASE_DIR,
            env={
                **os.environ,
                "BAOBAB_ENV": "development",
                "VAR_DIR": str(tmp_path),
                "DATABASE_URL": "",
                "REDIS_URL": "",
                "CLOUDINARY_SIMULATOR_URL": url,
                "PYTHONUNBUFFERED": "1",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"Imitated Cloudinary: {url}\n"
            settings.CLOUDINARY_URL = "cloudinary://123456789012345:simulator-secret@baobab-simulator"
            settings.CLOUDINARY_API_URL = settings.CLOUDINARY_DELIVERY_URL = url
            with Client(Account.from_settings()) as client:
                assert client.find("nothing/here") is None
            assert httpx.get(f"{url}/v1_1/baobab-simulator/resources/video/authenticated").status_code == 401
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        assert not (tmp_path / "cloudinary-simulator").exists()
