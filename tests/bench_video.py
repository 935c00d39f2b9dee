"""What processing costs: ``make bench-video``. CPU beside one ffmpeg run written by hand, sizes, key frames.

Everything is measured on two films drawn here: slides that change now and then, and a picture that always moves.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import django

__all__ = ["Film", "main", "sections"]

#: Seconds of each film.
SECONDS = int(os.environ.get("BENCH_VIDEO_SECONDS", "60"))
_DRAWINGS = {
    "slides": "testsrc2=size=1280x720:rate=30,fps=1/8,fps=30",
    "moving": "mandelbrot=size=1280x720:rate=30:end_scale=0.2,noise=alls=4:allf=t",
}


@dataclass
class Film:
    """One that was drawn, and what processing made of it."""

    name: str
    source: Path
    folder: Path
    #: CPU seconds of our processing, all programs together, and of the run written by hand.
    ours: float = 0.0
    by_hand: float = 0.0

    def made(self, name: str) -> Path:
        """A rendition of ours."""
        return self.folder / "made" / f"{name}.mp4"


def main() -> None:
    """Draw, process, print a section for each thing that is measured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    django.setup()
    with tempfile.TemporaryDirectory(prefix="bench-video-") as folder:
        films = [_film(name, drawing, Path(folder)) for name, drawing in _DRAWINGS.items()]
        for film in films:
            film.ours = _cpu(lambda film=film: _process(film))
            film.by_hand = _cpu(lambda film=film: _by_hand(film))
        failed = [section.__name__ for section in sections if not section(films)]
    if failed:
        sys.exit(f"Not as it has to be: {', '.join(failed)}")


def cpu(films: Sequence[Film]) -> bool:
    """CPU seconds a minute of source, ours beside those of one run by hand; the ratio is at most 1.10."""
    minutes = SECONDS / 60
    for film in films:
        print(
            f"cpu    {film.name:8} ours {film.ours / minutes:6.1f} s/min  by hand {film.by_hand / minutes:6.1f} s/min"
        )
    ratio = sum(film.ours for film in films) / sum(film.by_hand for film in films)
    print(f"ratio {ratio:.2f}")
    return ratio <= 1.10


def sizes(films: Sequence[Film]) -> bool:
    """Bytes and rate of every rendition; none above what its rung may have on the whole."""
    from videos.processing.boxes import read_index
    from videos.processing.ladder import AUDIO_KBPS, LADDER

    most = {rung.name: rung.video_kbps + rung.audio_kbps for rung in LADDER} | {"audio": AUDIO_KBPS}
    is_good = True
    for film in films:
        for name, kbps in most.items():
            path = film.made(name)
            index = read_index(path)
            rate = path.stat().st_size * 8 / index.milliseconds
            first = index.segments[0][1]
            is_good &= rate <= kbps * 1.15
            print(f"size   {film.name:8} {name:6} {path.stat().st_size:9} bytes {rate:7.0f} kb/s (cap {kbps:4})")
            print(f"       {'':8} {'':6} header {index.init_bytes} bytes, first segment {first} bytes")
    return is_good


def keyframes(films: Sequence[Film]) -> bool:
    """Every rung has its key frames at the same moments, each fourth second."""
    from videos.processing.ladder import LADDER

    is_good = True
    for film in films:
        moments = {rung.name: _key_moments(film.made(rung.name)) for rung in LADDER}
        expected = [float(second) for second in range(0, SECONDS, 4)]
        same = all(found == expected for found in moments.values())
        is_good &= same
        print(f"keys   {film.name:8} {len(expected)} on each of {len(moments)} rungs: {'equal' if same else moments}")
    return is_good


#: What is printed; each says whether it is as it has to be. Others add theirs here.
sections: list[Callable[[Sequence[Film]], bool]] = [cpu, sizes, keyframes]


def _film(name: str, drawing: str, folder: Path) -> Film:
    source = folder / f"{name}.mp4"
    speech = f"sine=frequency=220:sample_rate=48000:duration={SECONDS},tremolo=f=5:d=0.8"
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k"]
    inputs = ["-f", "lavfi", "-i", drawing, "-f", "lavfi", "-i", speech]
    _run(["ffmpeg", "-v", "error", "-nostdin", "-y", *inputs, "-t", str(SECONDS), *coded, str(source)])
    made = folder / name
    made.mkdir()
    return Film(name, source, made)


def _process(film: Film) -> None:
    """All that a worker does with a source, but for rows and the storage."""
    from uuid import uuid4

    from django.conf import settings

    from videos.actions.process_video import _stills
    from videos.models import Video
    from videos.processing.work import WorkFolder
    from videos.processors.base import Job
    from videos.processors.ffmpeg import FfmpegProcessor

    settings.VIDEO_WORK_FOLDER = film.folder.parent / "work"
    work = WorkFolder(uuid4(), "bench")
    work.open()
    work.source.symlink_to(film.source)
    job = Job(Video(), work, lambda _share: None, deadline=float("inf"))
    from videos.processing.probe import probe

    work.finish("look", probe(work.source).to_data())
    for stage in FfmpegProcessor().stages:
        if stage.name != "look":
            work.finish(stage.name, stage.run(job))
    work.finish("stills", _stills(job))
    work.made.rename(film.folder / "made")


def _by_hand(film: Film) -> None:
    """The same ladder as somebody would type it: one decode, a scaler for each rung, the usual loudness filter."""
    from videos.processing.ladder import LADDER

    names = [rung.name for rung in LADDER]
    graph = [f"[0:v]split={len(names)}{''.join(f'[s{name}]' for name in names)}"]
    for rung in LADDER:
        width = 2 * round(rung.short * 16 / 9 / 2)
        graph.append(f"[s{rung.name}]fps={rung.fps},scale={width}:{rung.short}[v{rung.name}]")
    outputs = [*names, "audio"]
    graph.append(
        f"[0:a]loudnorm=I=-16:TP=-1.5,aresample=48000,asplit={len(outputs)}{''.join(f'[a{n}]' for n in outputs)}"
    )
    flags = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof+global_sidx", "-f", "mp4"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(film.source), "-filter_complex", ";".join(graph)]
    for rung in LADDER:
        command += ["-map", f"[v{rung.name}]", "-c:v", "libx264", "-preset", rung.preset, "-crf", str(rung.crf)]
        command += ["-maxrate", f"{rung.video_kbps}k", "-bufsize", f"{2 * rung.video_kbps}k", "-sc_threshold", "0"]
        command += ["-force_key_frames", "expr:gte(t,n_forced*4)", "-map", f"[a{rung.name}]", "-c:a", "aac"]
        command += ["-b:a", f"{rung.audio_kbps}k", *flags, str(film.folder / f"hand-{rung.name}.mp4")]
    command += ["-map", "[aaudio]", "-c:a", "aac", "-b:a", "24k", *flags, str(film.folder / "hand-audio.mp4")]
    _run(command)


def _cpu(work: Callable[[], None]) -> float:
    """CPU seconds of this process and all that it starts."""
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _key_moments(path: Path) -> list[float]:
    command = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,flags"]
    printed = _run([*command, "-of", "csv=p=0", str(path)])
    lines = [line.split(",") for line in printed.splitlines()]
    return sorted(float(line[0]) for line in lines if line[1].startswith("K"))


def _run(command: Sequence[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
