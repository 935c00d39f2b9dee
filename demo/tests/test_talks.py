"""The demo school's videos: every talk is whole in each of its languages, becomes a file, and stands in its lesson."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from demo.talks import make as making
from demo.talks.make import make_all
from demo.talks.script import Slide, Talk, read_talk, talks
from demo.talks.slides import SIZE, draw
from interop.management.commands import load_demo

DEMO = Path(settings.BASE_DIR) / "demo"
SHORT = Talk("short", "en", "Short", (Slide("One", ("a", "b"), False, ("Say a.", "Say b.")),))


def test_each_talk_says_the_same_in_each_of_its_languages() -> None:
    for name in talks():
        english, french = read_talk(name, "en"), read_talk(name, "fr")
        assert english
        assert french
        for one, other in zip(english.slides, french.slides, strict=True):
            assert (len(one.lines), len(one.say), one.is_code) == (len(other.lines), len(other.say), other.is_code)
            assert len(one.say) >= len(one.lines), one.title
        assert read_talk(name, "ar") is None


def test_every_place_of_a_talk_is_a_lesson() -> None:
    school = yaml.safe_load((DEMO / "school.yaml").read_text(encoding="utf-8"))
    for place in school["talks"]:
        assert place["talk"] in talks()
        assert (DEMO / "courses" / place["course"] / "episodes" / f"{place['lesson']}.md").is_file()


def test_lines_are_uncovered_one_by_one() -> None:
    covered, open_ = (draw(SHORT, SHORT.slides[0], 1, shown) for shown in (1, 2))
    assert covered.size == SIZE
    assert covered.tobytes() != open_.tobytes()


@pytest.mark.skipif(not making.can_make(), reason="ffmpeg is not installed")
@pytest.mark.parametrize("has_voice", [True, False])
def test_a_talk_becomes_a_film_with_captions(has_voice: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if has_voice and not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed")
    found = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "espeak-ng" and not has_voice else found(name))
    monkeypatch.setattr(making, "talks", lambda: ["first-program"])
    monkeypatch.setattr(making, "read_talk", lambda name, language: SHORT)
    said: list[str] = []
    (talk,) = make_all(tmp_path, ["en"], said.append)
    assert talk.vtt.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:0")
    assert talk.chapters == ((0, "One"),)
    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type,width", "-of", "csv=p=0", str(talk.file)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {line.split(",")[0] for line in probed.stdout.split()} == {"video", "audio"}
    assert make_all(tmp_path, ["en"], said.append) == [talk]
    assert len(said) == 1


def test_without_ffmpeg_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "can_make", lambda: False)
    said: list[str] = []
    assert load_demo.made_talks(said.append) == []
    assert "ffmpeg" in said[0]
