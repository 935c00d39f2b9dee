"""Films that people really have: drawn small, red above and blue below, so that it shows which way up they are."""

from pathlib import Path

from videos.tests.media import run_ffmpeg

__all__ = ["SILENT", "TONE", "draw", "turned"]

#: Arguments for sound: a tone, or none.
TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100")
SILENT: tuple[str, ...] = ()


def draw(
    path: Path,
    size: str = "320x180",
    *,
    extra: tuple[str, ...] = (),
    seconds: float = 1,
    rate: float = 10,
    filters: str = "",
    sound: tuple[str, ...] = TONE,
    colours: tuple[str, str] = ("red", "blue"),
    coded: tuple[str, ...] = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
) -> Path:
    """Write a film whose upper half is red and whose lower half is blue.

    Args:
        size: as it is coded.
        extra: arguments before the output.
        filters: more of them, after the drawing.
        sound: arguments of the input that is heard.
        colours: above and below.
        coded: arguments of the picture.
    """
    source = f"color={colours[0]}:size={size}:rate={rate}:duration={seconds}"
    painted = ",".join(filter(None, [f"drawbox=y=ih/2:h=ih:color={colours[1]}:thickness=fill", filters]))
    shortest = ("-t", str(seconds)) if sound else ()
    run_ffmpeg("-f", "lavfi", "-i", source, *sound, "-vf", painted, *coded, *shortest, *extra, f"file:{path}")
    return path


def turned(path: Path, degrees: int) -> Path:
    """The same film, with a note that players are to turn it clockwise, as phones write it."""
    target = path.with_name(f"turned-{path.name}")
    run_ffmpeg("-i", f"file:{path}", "-c", "copy", "-metadata:s:v:0", f"rotate={360 - degrees}", f"file:{target}")
    return target
