"""Folders of its own for each test that stores or processes videos."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from videos.tests.service import cloudinary  # noqa: F401  a fixture


@pytest.fixture
def video_folders(settings: LazySettings, tmp_path: Path) -> Path:
    """Storage of videos and work folder below the test's own; returns what holds both."""
    storages: dict[str, Any] = {name: dict(value) for name, value in settings.STORAGES.items()}
    storages["videos"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path / "videos"},
    }
    settings.STORAGES = storages
    settings.VIDEO_WORK_FOLDER = tmp_path / "video-work"
    settings.VIDEO_UPLOAD_FOLDER = tmp_path / "uploads"
    for name in ("videos", "video-work", "uploads"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def callers() -> Iterator[list[str]]:
    """Who called the address that nobody may call; its last element is the address itself, taken off at the start."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                calls.append(str(address))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        calls.append(f"http://127.0.0.1:{server.getsockname()[1]}")
        yield calls
