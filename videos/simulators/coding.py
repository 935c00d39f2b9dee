"""What the imitated Cloudinary really does: reads a film, and codes it as a transformation says."""

import json
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["code", "facts"]


def facts(path: Path) -> dict[str, Any]:
    """Width, height and seconds of a film.

    Raises:
        ValueError: it is none.
    """
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", f"file:{path}"]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  our own command
    data = json.loads(done.stdout or b"{}")
    if done.returncode or not data.get("streams"):
        raise ValueError("Invalid video file")
    picture: dict[str, Any] = next((one for one in data["streams"] if one["codec_type"] == "video"), {})
    return {
        "width": picture.get("width", 0),
        "height": picture.get("height", 0),
        "duration": float(data.get("format", {}).get("duration", 0)),
        "is_audio": not picture,
    }


def code(source: Path, target: Path, transformation: str, *, keeps_key_frames: bool = True) -> None:
    """Write ``source`` as ``transformation`` says (``br_350k,c_scale,fps_30,h_360,…``): an MP4 as they deliver it.

    Args:
        keeps_key_frames: whether ``ki`` is heeded.

    Raises:
        ValueError: it can't be done, or the transformation says what isn't imitated.
    """
    asked = dict(part.split("_", 1) for part in transformation.split(",") if "_" in part)
    if unknown := set(asked) - {"ac", "af", "br", "c", "fps", "h", "ki", "vc", "w"}:
        raise ValueError(f"Invalid transformation component - {', '.join(sorted(unknown))}")
    if asked.get("c") != "scale" or not asked.get("vc", "").startswith("h264"):
        raise ValueError("Invalid transformation")
    rate = float(asked["fps"])
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", f"file:{source}", "-map", "0:v:0", "-map", "0:a:0?"]
    command += ["-vf", f"scale={asked['w']}:{asked['h']},fps={rate:g},format=yuv420p"]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high", "-bf", "2"]
    command += ["-maxrate", asked["br"], "-bufsize", asked["br"]]
    if keeps_key_frames:
        command += ["-g", str(round(rate * float(asked["ki"]))), "-sc_threshold", "0"]
    else:
        command += ["-g", "7"]
    if asked.get("ac") == "none":
        command += ["-an"]
    else:
        command += ["-c:a", "aac", "-ar", asked.get("af", "48000"), "-b:a", "128k"]
    command += ["-movflags", "+faststart", "-f", "mp4", f"file:{target}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own command
    if done.returncode:
        raise ValueError(f"Video processing failed: {done.stderr[-200:]}")
