"""Short films made by ffmpeg for tests: drawn once, kept below the test's VAR_DIR, copied from there."""

import fcntl
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings

__all__ = ["make_clip", "probed", "run_ffmpeg"]


def make_clip(
    path: Path,
    seconds: float = 2,
    size: str = "320x180",
    audio: bool = True,
    rate: float = 15,
    rotate: int = 0,
    picture: bool = True,
    extra: tuple[str, ...] = (),
) -> Path:
    """Write a film with a moving picture and a tone to ``path``; its ending says the container.

    Args:
        size: ``<width>x<height>`` before turning.
        rotate: degrees that players turn it, as phones write it (90, 180, 270).
        picture: False for a recording of sound alone.
        extra: arguments of ffmpeg before the output, to code it otherwise.
    """
    facts = json.dumps([seconds, size, audio, rate, rotate, picture, extra, path.suffix])
    kept = _folder() / f"{hashlib.sha256(facts.encode()).hexdigest()[:24]}{path.suffix}"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_file():
            half = kept.with_name(f"half-{kept.name}")
            _draw(half, seconds, size, audio, rate, rotate, picture, extra)
            half.replace(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(kept, path)
    return path


def run_ffmpeg(*arguments: str) -> None:
    """Run ffmpeg on our own drawings.

    Raises:
        AssertionError: it failed, with what it said.
    """
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-y", "-v", "error", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def probed(path: Path, *entries: str) -> Any:
    """What ffprobe says of a file, as data."""
    command = ["ffprobe", "-v", "error", "-of", "json", *entries, f"file:{path}"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _folder() -> Path:
    """Of one run of pytest, whichever of its workers asks."""
    folder = Path(settings.VAR_DIR).parent / "clips" if Path(settings.VAR_DIR).name.startswith("gw") else None
    folder = folder or Path(settings.VAR_DIR) / "clips"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _draw(
    path: Path,
    seconds: float,
    size: str,
    audio: bool,
    rate: float,
    rotate: int,
    picture: bool,
    extra: tuple[str, ...],
) -> None:
    inputs: list[str] = []
    if picture:
        inputs += ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]
    if audio:
        inputs += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=44100:duration={seconds}"]
    coded = (
        ["-pix_fmt", "yuv420p", "-preset", "ultrafast"] if picture and path.suffix in (".mp4", ".mov", ".mkv") else []
    )
    run_ffmpeg(*inputs, *coded, *extra, f"file:{path}")
    if rotate:
        turned = path.with_name(f"turned-{path.name}")
        run_ffmpeg("-i", f"file:{path}", "-c", "copy", "-metadata:s:v:0", f"rotate={360 - rotate}", f"file:{turned}")
        turned.replace(path)
