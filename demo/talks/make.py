"""Makes the talks into videos: drawn slides, a voice where espeak-ng is there, captions, chapters."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.talks.script import HERE, Talk, read_talk, talks
from demo.talks.slides import draw

__all__ = ["MadeTalk", "can_make", "make_all"]

#: espeak-ng's own: 22 050 samples a second, 16 bits, one channel.
RATE = 22_050
_PAUSE, _WORD = 0.45, 0.42
_VOICES = {"en": "en-gb", "fr": "fr"}


@dataclass(frozen=True)
class MadeTalk:
    """A talk as files. ``vtt`` holds the captions; ``chapters`` begin at so many milliseconds."""

    name: str
    language: str
    title: str
    file: Path
    vtt: str
    chapters: tuple[tuple[int, str], ...]


def can_make() -> bool:
    """Whether ffmpeg is on this machine."""
    return shutil.which("ffmpeg") is not None


def make_all(folder: Path, languages: list[str], say: Callable[[str], object] = print) -> list[MadeTalk]:
    """Make every talk that is not in ``folder`` yet; returns all of them.

    A file is named by what it is made of, so a changed script makes a new one, and an unchanged one is the same file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in talks():
        for language in languages:
            talk = read_talk(name, language)
            if talk is not None:
                made.append(_make(talk, folder, say))
    return made


def _make(talk: Talk, folder: Path, say: Callable[[str], object]) -> MadeTalk:
    has_voice = shutil.which("espeak-ng") is not None
    programs = b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))
    digest = hashlib.sha256(programs + repr((talk, has_voice)).encode()).hexdigest()[:12]
    target = folder / f"{talk.name}-{talk.language}-{digest}.mp4"
    sentences = [(slide, sentence) for slide in talk.slides for sentence in slide.say]
    timing = target.with_suffix(".txt")
    if not (target.is_file() and timing.is_file()):
        say(f"Drawing and speaking “{talk.title}” ({talk.language}) …")
        with tempfile.TemporaryDirectory() as scratch:
            lengths = _film(talk, Path(scratch), has_voice)
            shutil.move(Path(scratch) / "talk.mp4", target)
        timing.write_text("\n".join(map(str, lengths)), encoding="utf-8")
    lengths = [float(line) for line in timing.read_text(encoding="utf-8").split()]
    starts = [sum(lengths[:index]) for index in range(len(lengths))]
    cues = [
        f"{_clock(start)} --> {_clock(start + length)}\n{sentence}\n"
        for start, length, (_slide, sentence) in zip(starts, lengths, sentences, strict=True)
    ]
    chapters, index = [], 0
    for slide in talk.slides:
        chapters.append((int(starts[index]) * 1000, slide.title))
        index += len(slide.say)
    return MadeTalk(talk.name, talk.language, talk.title, target, "WEBVTT\n\n" + "\n".join(cues), tuple(chapters))


def _film(talk: Talk, scratch: Path, has_voice: bool) -> list[float]:
    """Write ``talk.mp4``; returns how long each sentence lasts, in seconds."""
    lengths, frames = [], []
    with wave.open(str(scratch / "voice.wav"), "wb") as voice:
        voice.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        for number, (place, shown, sentence) in enumerate(_steps(talk)):
            samples = _spoken(sentence, talk.language, scratch) if has_voice else b""
            if not samples:
                samples = bytes(2 * int(RATE * _WORD * len(sentence.split())))
            samples += bytes(2 * int(RATE * _PAUSE))
            voice.writeframesraw(samples)
            lengths.append(len(samples) / 2 / RATE)
            picture = scratch / f"{number:03}.png"
            draw(talk, talk.slides[place], place + 1, shown).save(picture)
            frames.append(picture)
    listed = "".join(f"file '{path}'\nduration {length:.3f}\n" for path, length in zip(frames, lengths, strict=True))
    (scratch / "frames.txt").write_text(f"{listed}file '{frames[-1]}'\n", encoding="utf-8")
    inputs = ["-f", "concat", "-safe", "0", "-i", str(scratch / "frames.txt"), "-i", str(scratch / "voice.wav")]
    encoding = ["-vf", "fps=10,format=yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage"]
    sound = ["-c:a", "aac", "-b:a", "96k", "-shortest", "-movflags", "+faststart"]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *inputs, *encoding, "-crf", "20", *sound]
    # Our own slides and voice; nothing of a stranger's is in it.
    subprocess.run([*command, str(scratch / "talk.mp4")], check=True, stdin=subprocess.DEVNULL, timeout=600)  # noqa: S603
    return lengths


def _steps(talk: Talk) -> Iterator[tuple[int, int, str]]:
    """Slide, how many of its lines are uncovered, sentence: the last sentences see them all."""
    for place, slide in enumerate(talk.slides):
        early = max(len(slide.say) - len(slide.lines), 0)
        for index, sentence in enumerate(slide.say):
            yield place, min(max(index + 1 - early, 0), len(slide.lines)), sentence


def _spoken(sentence: str, language: str, scratch: Path) -> bytes:
    """What espeak-ng makes of a sentence, as samples; nothing where it can't."""
    path = scratch / "sentence.wav"
    command = ["espeak-ng", "-v", _VOICES.get(language, language), "-s", "150", "-w", str(path), "--", sentence]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)  # noqa: S603
    if done.returncode or not path.is_file():
        return b""
    with wave.open(str(path), "rb") as found:
        if (found.getframerate(), found.getsampwidth(), found.getnchannels()) != (RATE, 2, 1):
            return b""
        return found.readframes(found.getnframes())


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
