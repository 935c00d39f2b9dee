"""Videos that wait to be processed, as an upload leaves them."""

from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import User
from videos.actions.create_video import create_video
from videos.models import Video

__all__ = ["make_source", "stored_files"]


def make_source(path: Path, **facts: Any) -> Video:
    """A video whose original is ``path``, which is moved into the storage."""
    owner = facts.pop("owner", None) or User.objects.create_user(f"{path.stem}@example.com", name="An instructor")
    return create_video(owner=owner, path_or_storage_name=path, filename=facts.pop("filename", path.name), **facts)


def stored_files() -> set[str]:
    """Names of all files in the storage of videos on this machine."""
    root = Path(settings.STORAGES["videos"]["OPTIONS"]["location"])
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
