"""The one ffmpeg run that makes every rendition: decoded once, and each picture scaled from the next larger one."""

from collections.abc import Iterable
from dataclasses import dataclass

from videos.processing.ladder import AUDIO_KBPS, SEGMENT_SECONDS, PlannedRung, Rung
from videos.processing.probe import Source
from videos.processing.running import INPUT

__all__ = [
    "AUDIO",
    "FLAGS",
    "THREADS",
    "Measured",
    "encode",
    "expected_bytes",
    "fit",
    "measure",
    "outputs",
    "picture_codec",
    "rate",
]

#: Name of the rendition with sound alone.
AUDIO = "audio"
#: Of one decoder or encoder. Fixed, so that what memory is needed doesn't depend on the machine.
THREADS = "4"
#: Loudness that speech is brought to (EBU R 128 counts so), and the highest peak, as a share of full scale (-1.5 dB).
LOUDNESS = -16.0
_PEAK = 0.84
#: More is noise made loud.
_MOST_GAIN = 20.0
_SAMPLES = 48_000
#: One file: what a player needs first is first (``moov`` without samples, then the index), then a fragment for each
#: key frame. ``delay_moov`` lets the header say where the picture begins, or B-frames would shift each rung by another
#: time against its sound.
FLAGS = "+frag_keyframe+empty_moov+delay_moov+default_base_moof+global_sidx"


@dataclass(frozen=True)
class Measured:
    """What only reading all of a source tells."""

    #: Until the last picture or sound.
    seconds: float
    #: In LUFS; None for silence, and where nothing is heard.
    loudness: float | None = None


def measure(source: Source, name: str, longest: float) -> list[str]:
    """Arguments that read a source once: how long it is, how loud. Pictures are not decoded."""
    arguments = _input(source, name, longest)
    if source.picture:
        arguments += ["-map", f"0:{source.picture.stream}", "-c:v", "copy"]
    if source.sound:
        arguments += ["-map", f"0:{source.sound.stream}"]
        arguments += ["-af", f"aresample={_SAMPLES},aformat=channel_layouts=stereo,ebur128=framelog=verbose"]
    return [*arguments, "-f", "null", "-"]


def encode(source: Source, measured: Measured, rungs: list[PlannedRung], name: str) -> list[str]:
    """Arguments that make all renditions of a source; files as :func:`outputs` names them."""
    arguments = [*_input(source, name, measured.seconds), "-filter_complex_threads", "2"]
    arguments += ["-filter_complex", ";".join([*_pictures(source, measured, rungs), *_sounds(source, measured, rungs)])]
    for planned in rungs:
        arguments += _rung(planned, with_sound=source.sound is not None)
        arguments += _file(planned.name, measured)
    return [*arguments, *(_sound_alone(measured) if source.sound else [])]


def fit(source: Source, measured: Measured, rungs: list[PlannedRung], names: list[str]) -> list[str]:
    """Arguments that bring rungs which were made elsewhere into our files, and make the rendition with sound alone.

    The picture is copied, so key frames have to lie where ours do. The sound is coded anew, to our loudness and rates;
    that with sound alone is the largest rung's, so that it keeps step with the pictures.

    Args:
        names: a file for each of ``rungs``, which are the smallest first.
    """
    arguments = []
    for name in names:
        arguments += [*INPUT, "-threads", THREADS, "-f", "mov", "-t", f"{measured.seconds:.3f}", "-i", f"file:{name}"]
    last = len(rungs) - 1
    if source.sound:
        chains = [f"[{number}:a:0]{_sound(measured)}[a_{planned.name}]" for number, planned in enumerate(rungs)]
        chains[last] = chains[last].replace(f"[a_{rungs[last].name}]", f",asplit=2[a_{rungs[last].name}][a_{AUDIO}]")
        arguments += ["-filter_complex_threads", "2", "-filter_complex", ";".join(chains)]
    for number, planned in enumerate(rungs):
        arguments += ["-map", f"{number}:v:0", "-c:v", "copy", "-aspect", f"{planned.width}:{planned.height}"]
        # Even sides are not exactly of the source's shape; whoever scaled it may have noted that.
        arguments += ["-bsf:v", "h264_metadata=sample_aspect_ratio=1/1"]
        if source.sound:
            arguments += ["-map", f"[a_{planned.name}]", *_aac(planned.rung.audio_kbps)]
        arguments += _file(planned.name, measured)
    return [*arguments, *(_sound_alone(measured) if source.sound else [])]


def outputs(source: Source, rungs: Iterable[PlannedRung]) -> list[str]:
    """Names of the renditions that a source gets."""
    return [*(planned.name for planned in rungs), *([AUDIO] if source.sound else [])]


def expected_bytes(rungs: Iterable[PlannedRung], seconds: float) -> int:
    """Bytes that all renditions take at most."""
    kbps = AUDIO_KBPS + sum(planned.rung.video_kbps + planned.rung.audio_kbps for planned in rungs)
    # A rate may be passed for some seconds, and boxes come on top.
    return int(kbps * 125 * (seconds + 20) * 1.25)


def _input(source: Source, name: str, seconds: float) -> list[str]:
    """The container is named: what ffprobe saw is what ffmpeg reads. What lies behind ``seconds`` isn't taken."""
    container = source.container.partition(",")[0]
    return [*INPUT, "-threads", THREADS, "-f", container, "-t", f"{seconds:.3f}", "-i", f"file:{name}"]


def _pictures(source: Source, measured: Measured, rungs: list[PlannedRung]) -> list[str]:
    """Filters from the source's picture to ``[v_<rung>]``, each scaled from the next larger one."""
    if not rungs or source.picture is None:
        return []
    down = sorted(rungs, key=lambda planned: planned.rung.short, reverse=True)
    first = f"[0:{source.picture.stream}]"
    if source.picture.is_interlaced:
        first += "yadif,"
    # From the very beginning, and until the sound ends too: gaps show the picture beside them. Cut in between, because
    # a gap of a day before something that isn't taken would be filled all the same.
    # What is shorter than a picture of ours becomes one.
    end = max(measured.seconds, 1 / down[0].fps)
    first += f"fps={down[0].fps}:start_time=0:eof_action=pass,trim=end={end:.3f},tpad=stop=-1:stop_mode=clone"
    chains = []
    for number, planned in enumerate(down):
        larger = down[number - 1] if number else None
        steps = [first] if larger is None else [f"[{larger.name}]"]
        filters = [] if larger is None or larger.fps == planned.fps else [f"fps={planned.fps}"]
        filters.append(f"scale={planned.width}:{planned.height}")
        if larger is None:
            filters += [*(_TO_SDR if source.picture.is_hdr else ()), "format=yuv420p"]
        # Even sides are not exactly of the same shape, and dots that aren't square would tell that.
        filters.append("setsar=1")
        is_last = number == len(down) - 1
        ends = f"[v_{planned.name}]" if is_last else f"split=2[v_{planned.name}][{planned.name}]"
        separator = "," if larger is None else ""
        chains.append(f"{''.join(steps)}{separator}{','.join(filters)}{'' if is_last else ','}{ends}")
    return chains


#: Phones record so; without it their pictures are grey. PQ and HLG have the colours of BT.2020 (ITU-R BT.2100, tables 4
#: and 5), and files that don't say so would be of no colours that can be converted.
_TO_SDR = (
    "setparams=color_primaries=bt2020:colorspace=bt2020nc",
    "zscale=t=linear:npl=100",
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=hable",
    "zscale=t=bt709:m=bt709:r=tv",
)


def _sounds(source: Source, measured: Measured, rungs: list[PlannedRung]) -> list[str]:
    """Filters from the source's sound to ``[a_<rendition>]``: equally loud everywhere, without gaps, as long as all."""
    if source.sound is None:
        return []
    names = outputs(source, rungs)
    chain = f"[0:{source.sound.stream}]{_sound(measured)}"
    return [f"{chain},asplit={len(names)}{''.join(f'[a_{name}]' for name in names)}"]


def _sound(measured: Measured) -> str:
    chain = f"aresample={_SAMPLES}:async=1000:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo"
    if gain := _gain(measured):
        chain += f",volume={gain:.2f}dB,alimiter=limit={_PEAK}:level=false"
    return f"{chain},apad"


def _gain(measured: Measured) -> float:
    """Decibels: one for the whole, so that what was quiet beside what was loud stays so."""
    if measured.loudness is None:
        return 0.0
    return min(_MOST_GAIN, LOUDNESS - measured.loudness)


def picture_codec(rung: Rung, fps: float) -> list[str]:
    """How a picture of ``fps`` is coded on a step of the ladder, with a key frame where each segment begins."""
    arguments = ["-c:v", "libx264", "-preset", rung.preset, "-threads", THREADS]
    arguments += ["-crf", str(rung.crf), *rate(rung)]
    arguments += ["-pix_fmt", "yuv420p", "-profile:v", "high", "-sc_threshold", "0"]
    arguments += ["-g", str(round(fps * SEGMENT_SECONDS))]
    return [*arguments, "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"]


def _rung(planned: PlannedRung, *, with_sound: bool) -> list[str]:
    rung = planned.rung
    arguments = ["-map", f"[v_{planned.name}]", *picture_codec(rung, planned.fps)]
    if with_sound:
        arguments += ["-map", f"[a_{planned.name}]", *_aac(rung.audio_kbps)]
    return arguments


def _sound_alone(measured: Measured) -> list[str]:
    arguments = ["-map", f"[a_{AUDIO}]", *_aac(AUDIO_KBPS), "-frag_duration", str(SEGMENT_SECONDS * 1_000_000)]
    return [*arguments, *_file(AUDIO, measured, flags=FLAGS.replace("+frag_keyframe", ""))]


def rate(rung: Rung) -> list[str]:
    """What keeps a rung's picture below its rate: two seconds of it may be saved up for what moves, one at the start.

    Unless told, x264 begins with all of it saved up: the first segment, which learners wait for, is the largest then.
    """
    kbps = rung.video_kbps
    return ["-maxrate", f"{kbps}k", "-bufsize", f"{2 * kbps}k", "-rc_init_occupancy", f"{kbps}k"]


def _aac(kbps: int) -> list[str]:
    """One channel where two would each get too little."""
    return ["-c:a", "aac", "-b:a", f"{kbps}k", "-ac", "1" if kbps < 64 else "2"]


def _file(name: str, measured: Measured, flags: str = FLAGS) -> list[str]:
    """Nothing of what the source says of itself, such as where it was filmed, goes out."""
    cut = ["-t", f"{measured.seconds:.3f}", "-map_metadata", "-1", "-map_chapters", "-1"]
    return [*cut, "-f", "mp4", "-movflags", flags, f"file:{name}.mp4"]
