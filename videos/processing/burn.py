"""The ffmpeg run that writes somebody's name into the picture of a rendition; its sound is copied as it is."""

from videos.models import Rendition
from videos.processing.command import FLAGS, THREADS, picture_codec
from videos.processing.ladder import LADDER, Rung
from videos.processing.running import INPUT

__all__ = ["burn", "burnt_bytes", "rung_of"]

#: Seconds that a mark stays where it is: three segments, so that it moves where a picture is written anew anyway.
_STAYS = 12
#: Steps whose multiples fill a square evenly (Roberts' R2 sequence): no corner is long without the mark.
_ACROSS, _DOWN = 0.7548776662, 0.5698402910


def burn(rendition: Rendition, key: str, *, source: str, mark: str) -> list[str]:
    """Arguments that write ``<name>.mp4`` with segments that begin where the rendition's do.

    Args:
        key: eight hex digits of the copy; where the mark begins depends on them, so that two copies laid over each
            other don't give away what is below.
        source: path of the rendition.
        mark: path of the picture that is laid over it.
    """
    rung = rung_of(rendition)
    # As they are: the sound begins a little before zero, and both would be moved by that, to different pictures.
    arguments = ["-copyts", *INPUT, "-threads", THREADS, "-f", "mov", "-i", f"file:{source}"]
    # A picture of our own; not among the formats of strangers' files.
    arguments += ["-protocol_whitelist", "file,pipe", "-format_whitelist", "png_pipe", "-f", "png_pipe"]
    arguments += ["-i", f"file:{mark}", "-filter_complex_threads", "2"]
    across, down = int(key[:4], 16) / 65_536, int(key[4:], 16) / 65_536
    x, y = _place("W-w", across, _ACROSS), _place("H-h", down, _DOWN)
    laid = f"[0:v:0][1:v:0]overlay=x='{x}':y='{y}':eval=frame:eof_action=repeat,format=yuv420p[v]"
    arguments += ["-filter_complex", laid, "-map", "[v]", *picture_codec(rung, rendition.fps)]
    arguments += ["-fps_mode", "passthrough", "-map", "0:a:0?", "-c:a", "copy"]
    arguments += ["-map_metadata", "-1", "-map_chapters", "-1"]
    return [*arguments, "-f", "mp4", "-movflags", FLAGS, f"file:{rendition.name}.mp4"]


def rung_of(rendition: Rendition) -> Rung:
    """The step of the ladder that a rendition is of; of one made elsewhere, the nearest in size."""
    short = min(rendition.width, rendition.height)
    named = [rung for rung in LADDER if rung.name == rendition.name]
    return named[0] if named else min(LADDER, key=lambda rung: abs(rung.short - short))


def burnt_bytes(rendition: Rendition, seconds: float) -> int:
    """Bytes that a copy takes at most."""
    rung = rung_of(rendition)
    return rendition.bytes + int((rung.video_kbps + rung.audio_kbps) * 125 * (seconds + 20) * 1.25)


def _place(room: str, phase: float, step: float) -> str:
    """Where the mark lies at ``t`` along one side, as ffmpeg's expressions say it; whole and even dots."""
    return f"2*floor(({room})*mod({phase:.5f}+floor(t/{_STAYS})*{step},1)/2)"
