"""What Cloudinary is asked to make: one H.264 MP4 a rung of our ladder, with a key frame where ours have one.

Source: Cloudinary's "Transformation URL API reference": ``ac`` codec of the sound, ``af`` its samples a second, ``br``
highest rate of the picture, ``c_scale`` exactly this size, ``ki`` seconds between key frames, ``vc`` codec and profile.
"""

from videos.processing.ladder import SEGMENT_SECONDS, PlannedRung

__all__ = ["eager", "same", "transformation"]

_FORMAT = "mp4"
_SAMPLES = 48_000


def transformation(planned: PlannedRung, *, with_sound: bool) -> str:
    """The transformation that makes a rung; in the order in which they name it themselves, by letters."""
    parts = [f"br_{planned.rung.video_kbps}k", "c_scale", f"fps_{planned.fps:g}", f"h_{planned.height}"]
    parts += [f"ki_{float(SEGMENT_SECONDS)}", "vc_h264:high", f"w_{planned.width}"]
    # We code the sound once more, to our loudness and rates; here it says when it is heard.
    parts += ["ac_aac", f"af_{_SAMPLES}"] if with_sound else ["ac_none"]
    return ",".join(sorted(parts))


def eager(rungs: list[PlannedRung], *, with_sound: bool) -> str:
    """Value of the parameter ``eager``: all that is to be made of an original."""
    return "|".join(f"{transformation(planned, with_sound=with_sound)}/{_FORMAT}" for planned in rungs)


def same(one: str, other: str) -> bool:
    """Whether two transformations are one: they have come back in another order, and with the format behind."""
    return _parts(one) == _parts(other)


def _parts(text: str) -> frozenset[str]:
    parts = text.removesuffix(f"/{_FORMAT}").split(",")
    return frozenset(part.removesuffix(".0") if part.startswith(("ki_", "fps_")) else part for part in parts)
