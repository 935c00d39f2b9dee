"""``make bench-video``: what processing costs beside one ffmpeg run written by hand, what comes out, how it plays.

Everything is measured on two films drawn here: slides that change now and then, and a picture that always moves. CPU
seconds are those of all programs that were started, so a busy machine shows little in them; both ways take turns.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("BAOBAB_ENV", "test")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from videos.models import Video  # noqa: E402
from videos.processing.command import AUDIO, rate  # noqa: E402
from videos.processing.ladder import AUDIO_KBPS, LADDER, SEGMENT_SECONDS  # noqa: E402

__all__ = ["Film", "main", "sections"]

#: Seconds of each film: a minute is watched, and the line has to be busy until its end.
SECONDS = int(os.environ.get("BENCH_VIDEO_SECONDS", "76"))
#: Ours may cost so many times what the run by hand costs.
MOST_CPU = 1.10
#: A file may have so many times the rate of its rung: boxes come on top of picture and sound.
MOST_RATE = 1.05
_DRAWINGS = {
    "slides": "testsrc2=size=1280x720:rate=30,fps=1/8,fps=30",
    "moving": "mandelbrot=size=1280x720:rate=30:end_scale=0.2,noise=alls=4:allf=t",
}


@dataclass
class Film:
    """One that was drawn, and what processing made of it."""

    name: str
    source: Path
    video: Video
    #: CPU seconds of our processing, all programs together, and of the run written by hand.
    ours: float = 0.0
    by_hand: float = 0.0

    def made(self, name: str) -> Path:
        """A rendition of ours."""
        return _videos() / self.video.folder / f"{name}.mp4"


def main() -> None:
    """Draw, process, print a section for each thing that is measured; exits with 1 when one is not as it has to be."""
    from tests.bench_video_player import player

    with tempfile.TemporaryDirectory(prefix="bench-video-") as folder, _database(), _folders(Path(folder)):
        films = [_film(name, drawing, Path(folder)) for name, drawing in _DRAWINGS.items()]
        for film in films:
            film.ours = _cpu(lambda film=film: _process(film))
            film.by_hand = _cpu(lambda film=film: _by_hand(film))
        failed = [section.__name__ for section in (*sections, player) if not section(films)]
    if failed:
        sys.exit(f"Not as it has to be: {', '.join(failed)}")


def cpu(films: Sequence[Film]) -> bool:
    """CPU seconds a minute of source, ours beside those of one run by hand."""
    minutes = SECONDS / 60
    for film in films:
        print(
            f"cpu    {film.name:8} ours {film.ours / minutes:6.1f} s/min  by hand {film.by_hand / minutes:6.1f} s/min"
        )
    ratio = sum(film.ours for film in films) / sum(film.by_hand for film in films)
    print(f"ratio {ratio:.2f}", flush=True)
    return ratio <= MOST_CPU


def sizes(films: Sequence[Film]) -> bool:
    """Bytes and rate of every rendition; none above what its rung may have on the whole."""
    from videos.processing.boxes import read_index

    most = {rung.name: rung.video_kbps + rung.audio_kbps for rung in LADDER} | {AUDIO: AUDIO_KBPS}
    is_good = True
    for film in films:
        for name, kbps in most.items():
            index = read_index(film.made(name))
            size = film.made(name).stat().st_size
            kbits = size * 8 / index.milliseconds
            # Of sound alone, a twelfth is boxes: each of its 47 frames a second has its length in them.
            is_good &= kbits <= kbps * (MOST_RATE if name != AUDIO else 1.15)
            print(
                f"size   {film.name:8} {name:6} {size:9} bytes {kbits:7.0f} kb/s (cap {kbps:4})   "
                f"header {index.init_bytes}, first segment {index.segments[0][1]}"
            )
    return is_good


def keyframes(films: Sequence[Film]) -> bool:
    """Every rung has its key frames at the same moments, each fourth second."""
    is_good = True
    for film in films:
        moments = {rung.name: _key_moments(film.made(rung.name)) for rung in LADDER}
        expected = [float(second) for second in range(0, SECONDS, SEGMENT_SECONDS)]
        same = all(found == expected for found in moments.values())
        is_good &= same
        print(f"keys   {film.name:8} {len(expected)} on each of {len(moments)} rungs: {'equal' if same else moments}")
    return is_good


def playlists(films: Sequence[Film]) -> bool:
    """The m3u8 package reads the lists as we mean them: each rung, and byte ranges that cover a file to its end."""
    import m3u8

    from videos.playlists import master_playlist, media_playlist

    is_good = True
    for film in films:
        rows = list(film.video.renditions.all())
        rungs = m3u8.loads(master_playlist(film.video, rows)).playlists
        is_good &= [rung.uri for rung in rungs] == [f"{rung.name}.m3u8" for rung in LADDER]
        count = 0
        for row in rows:
            found = m3u8.loads(media_playlist(row))
            lengths = [int(segment.byterange.partition("@")[0]) for segment in found.segments]
            data = film.made(row.name).read_bytes()
            # One fragment after the other, and nothing behind them but ffmpeg's own index of them.
            end = row.segments[0][0] + sum(lengths)
            is_good &= found.is_endlist and data[end + 4 : end + 8] == b"mfra"
            count += len(lengths)
        print(
            f"lists  {film.name:8} {len(rungs)} rungs, {count} byte ranges in {len(rows)} lists: {is_good}", flush=True
        )
    return is_good


#: What is printed of the files; each says whether it is as it has to be. The player's section comes after them.
sections: list[Callable[[Sequence[Film]], bool]] = [cpu, sizes, keyframes, playlists]


@contextmanager
def _database() -> Iterator[None]:
    """A database of its own."""
    setup_test_environment(debug=False)
    creation = connections["default"].creation
    name = connections["default"].settings_dict["NAME"]
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        creation.destroy_test_db(name, verbosity=0)


@contextmanager
def _folders(folder: Path) -> Iterator[None]:
    """Folders of its own for videos and for what is being made."""
    videos: dict[str, Any] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder / "videos"},
    }
    with override_settings(
        STORAGES=settings.STORAGES | {"videos": videos},
        VIDEO_WORK_FOLDER=folder / "work",
        MEDIA_ROOT=folder / "media",
    ):
        for name in ("videos", "work"):
            (folder / name).mkdir()
        yield


def _videos() -> Path:
    return Path(settings.STORAGES["videos"]["OPTIONS"]["location"])


def _film(name: str, drawing: str, folder: Path) -> Film:
    from videos.actions.create_video import create_video

    source, upload = folder / f"{name}.mp4", folder / f"upload-{name}.mp4"
    speech = f"sine=frequency=220:sample_rate=48000:duration={SECONDS},tremolo=f=5:d=0.8"
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k"]
    inputs = ["-f", "lavfi", "-i", drawing, "-f", "lavfi", "-i", speech]
    _run(["ffmpeg", "-v", "error", "-nostdin", "-y", *inputs, "-t", str(SECONDS), *coded, str(source)])
    upload.hardlink_to(source)  # it is moved into the storage
    with override_settings(OUTBOX_DISPATCH_ON_COMMIT=False):  # it is processed when we count
        video = create_video(owner=None, path_or_storage_name=upload, filename=source.name, title=name, language="en")
    return Film(name, source, video)


def _process(film: Film) -> None:
    """All that a worker does with a source, with its rows and the storage."""
    from videos.actions.process_video import process_video

    film.video = process_video(film.video.pk)
    if film.video.state != Video.State.READY:
        sys.exit(f"{film.name}: {film.video.failure} {film.video.failure_detail}")


def _by_hand(film: Film) -> None:
    """The same ladder as somebody would type it: one decode, a scaler for each rung, the usual loudness filter."""
    names = [rung.name for rung in LADDER]
    graph = [f"[0:v]split={len(names)}{''.join(f'[s{name}]' for name in names)}"]
    for rung in LADDER:
        width = 2 * round(rung.short * 16 / 9 / 2)
        graph.append(f"[s{rung.name}]fps={rung.fps},scale={width}:{rung.short}[v{rung.name}]")
    outputs = [*names, AUDIO]
    graph.append(
        f"[0:a]loudnorm=I=-16:TP=-1.5,aresample=48000,asplit={len(outputs)}{''.join(f'[a{n}]' for n in outputs)}"
    )
    flags = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof+global_sidx", "-f", "mp4"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", str(film.source), "-filter_complex", ";".join(graph)]
    for rung in LADDER:
        command += ["-map", f"[v{rung.name}]", "-c:v", "libx264", "-preset", rung.preset, "-crf", str(rung.crf)]
        command += [*rate(rung), "-sc_threshold", "0", "-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"]
        command += ["-map", f"[a{rung.name}]", "-c:a", "aac", "-b:a", f"{rung.audio_kbps}k"]
        command += [*flags, str(film.source.with_name(f"hand-{rung.name}.mp4"))]
    command += ["-map", f"[a{AUDIO}]", "-c:a", "aac", "-b:a", f"{AUDIO_KBPS}k"]
    _run([*command, *flags, str(film.source.with_name("hand-audio.mp4"))])


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
