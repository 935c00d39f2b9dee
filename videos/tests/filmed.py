"""A video of one small rendition that ffmpeg really made, for tests of what is made of renditions."""

import subprocess
from pathlib import Path

from PIL import Image

from accounts.models import User
from videos.actions.order_copy import order_copy
from videos.actions.process_video import process_video
from videos.models import MarkedCopy, Rendition
from videos.storage import video_storage
from videos.tests.media import make_clip
from videos.tests.sources import make_source

__all__ = ["film", "ordered", "path_of", "picture_at", "sound_of"]


def film(tmp_path: Path, seconds: float = 1, extra: tuple[str, ...] = ()) -> Rendition:
    """A processed video's picture of 256 by 144, five a second, with sound; ``extra`` as for :func:`make_clip`."""
    clip = make_clip(tmp_path / "film.mp4", seconds=seconds, size="256x144", rate=5, extra=extra)
    video = process_video(make_source(clip).pk)
    assert video.state == "ready", video.failure_detail
    return video.renditions.get(name="144p")


def ordered(rendition: Rendition, text: str = "Amina Bello", email: str = "amina@example.com") -> MarkedCopy:
    """A copy that somebody waits for."""
    person = User.objects.filter(email=email).first() or User.objects.create_user(email, name="Amina Bello")
    return order_copy(person=person, rendition=rendition, text=text)


def path_of(copy: MarkedCopy) -> Path:
    """Where its file lies on this machine."""
    return Path(video_storage().path(f"{copy.folder}/{copy.rendition.name}.mp4"))


def picture_at(path: Path, second: float, folder: Path) -> Image.Image:
    """What is seen at a moment."""
    target = folder / "seen.png"
    command = ["ffmpeg", "-v", "error", "-y", "-ss", str(second), "-i", str(path), "-frames:v", "1", str(target)]
    subprocess.run(command, check=True)
    with Image.open(target) as opened:
        return opened.convert("RGB")


def sound_of(path: Path) -> str:
    """Times and hashes of all that is heard."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-c", "copy", "-f", "framemd5", "-"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    # Size and hash of each packet; the last one's length is written more exactly in one of them.
    return "\n".join(",".join([*line.split(",")[1:3], *line.split(",")[4:]]) for line in lines if line[:1] != "#")
