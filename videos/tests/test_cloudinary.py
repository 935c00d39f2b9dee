"""Processing by Cloudinary, from the uploaded file to what learners get; the service is imitated and really codes."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings

from core import clock
from core.models.outbox import OutboxEvent
from videos.actions.delete_video import delete_video
from videos.actions.process_video import process_video
from videos.actions.replace_source import replace_source
from videos.actions.retry_video import retry_video
from videos.actions.sweep_assets import sweep_assets
from videos.cloudinary import client as client_module
from videos.cloudinary.account import asset_name
from videos.models import Video
from videos.processing.boxes import read_index
from videos.simulators.cloudinary import CloudinarySimulator
from videos.storage import video_storage
from videos.tests.media import make_clip, probed
from videos.tests.sending import instructor
from videos.tests.service import processed
from videos.tests.sources import make_source, stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders"), pytest.mark.one_database]

State = Video.State


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Six seconds, 480 × 270, with sound."""
    return make_clip(tmp_path / "film.mp4", seconds=6, size="480x270")


def small(tmp_path: Path, name: str = "small.mp4", **facts: Any) -> Path:
    """A second that is coded in no time."""
    return make_clip(tmp_path / name, **{"seconds": 1, "size": "96x54", "rate": 5, **facts})


def calls(simulator: CloudinarySimulator, ending: str) -> int:
    """How often something was asked for."""
    return sum(path.endswith(ending) for _method, path in simulator.calls)


class TestAFilm:
    def test_becomes_ready_with_everything(self, film: Path, cloudinary: CloudinarySimulator) -> None:
        video = make_source(film, title="Loops")
        waiting = process_video(video.pk)
        assert (waiting.state, waiting.stage, waiting.lease) == (State.PROCESSING, "wait", None)
        assert list(cloudinary.assets) == [asset_name(video.public_id, waiting.processor_data["processing"])]

        video = processed(cloudinary, video)

        assert (video.state, video.progress, video.stage, video.failure) == (State.READY, 100, "", "")
        assert (video.width, video.height, video.has_audio, video.processor) == (480, 270, True, "cloudinary")
        assert video.duration_ms == 6000
        assert (video.lease, video.leased_until, video.tries, video.processor_data) == (None, None, 0, {})
        assert [rendition.name for rendition in video.renditions.all()] == ["audio", "144p", "240p"]
        names = {"144p.mp4", "240p.mp4", "audio.mp4", "poster.webp", "poster.avif", "storyboard.webp"}
        assert stored_files() == {video.original, *(f"{video.folder}/{name}" for name in names)}
        assert list(Path(django_settings.VIDEO_WORK_FOLDER).iterdir()) == []
        assert cloudinary.assets == {}
        assert OutboxEvent.objects.get(name="videos.VideoProcessed").payload["title"] == "Loops"

    def test_files_are_as_ffmpeg_on_our_worker_writes_them(
        self, film: Path, tmp_path: Path, cloudinary: CloudinarySimulator, settings: LazySettings
    ) -> None:
        theirs = processed(cloudinary, make_source(film))
        settings.VIDEO_PROCESSOR = "ffmpeg"
        ours = process_video(make_source(make_clip(tmp_path / "again.mp4", seconds=6, size="480x270")).pk)
        assert (ours.processor, ours.state) == ("ffmpeg", State.READY)

        for name in ("144p", "240p"):
            one, other = theirs.renditions.get(name=name), ours.renditions.get(name=name)
            assert (one.width, one.height, one.fps) == (other.width, other.height, other.fps)
            assert (
                [segment[2] for segment in one.segments] == [segment[2] for segment in other.segments] == [4000, 2000]
            )
            index = read_index(Path(video_storage().path(one.file)))
            assert (one.init_bytes, one.segments, one.codecs) == (index.init_bytes, index.segments, index.codecs)
            assert one.codecs.endswith(",mp4a.40.2")
            streams = [probed(Path(video_storage().path(row.file)), "-show_streams")["streams"] for row in (one, other)]
            names = ("codec_name", "width", "height", "sample_aspect_ratio", "avg_frame_rate", "channels")
            told = [[[stream.get(name) for name in names] for stream in both] for both in streams]
            assert told[0] == told[1]
            assert told[0][0][3] == "1:1"
        sound = theirs.renditions.get(name="audio")
        assert abs(sum(segment[2] for segment in sound.segments) - 6000) < 100
        # As loud as ours, within what coding twice changes.
        assert abs(loudness(theirs) - loudness(ours)) < 0.5

    def test_what_is_ordered_keeps_to_our_ladder(self, film: Path, cloudinary: CloudinarySimulator) -> None:
        process_video(make_source(film).pk)
        (asset,) = cloudinary.assets.values()
        assert asset.kind == "authenticated"
        assert list(asset.films) == [
            "ac_aac,af_48000,br_60k,c_scale,fps_10,h_144,ki_4.0,vc_h264:high,w_256",
            "ac_aac,af_48000,br_150k,c_scale,fps_15,h_240,ki_4.0,vc_h264:high,w_426",
        ]

    def test_portrait_and_without_sound(self, tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
        clip = make_clip(tmp_path / "phone.mp4", seconds=2, size="180x320", audio=False)
        video = processed(cloudinary, make_source(clip))
        assert (video.state, video.width, video.height, video.has_audio) == (State.READY, 180, 320, False)
        (rung,) = video.renditions.all()
        assert (rung.name, rung.width, rung.height, rung.codecs) == ("144p", 144, 256, rung.codecs)
        assert "mp4a" not in rung.codecs

    def test_turned_by_the_phone(self, tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
        clip = make_clip(tmp_path / "turned.mp4", seconds=2, size="320x180", rotate=90)
        video = processed(cloudinary, make_source(clip))
        assert (video.state, video.width, video.height) == (State.READY, 180, 320)
        assert [(row.name, row.width, row.height) for row in video.renditions.filter(kind="video")] == [
            ("144p", 144, 256)
        ]

    def test_a_recording_stays_here(self, tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
        clip = make_clip(tmp_path / "talk.mp3", seconds=2, picture=False)
        video = process_video(make_source(clip).pk)
        assert (video.state, video.has_picture) == (State.READY, False)
        assert [row.name for row in video.renditions.all()] == ["audio"]
        assert [path for method, path in cloudinary.calls if not path.endswith("/destroy")] == []

    def test_goes_in_pieces(self, film: Path, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch) -> None:
        size = film.stat().st_size
        monkeypatch.setattr(client_module, "PIECE_BYTES", size // 3)
        cloudinary.least_piece = size // 3
        content = film.read_bytes()
        process_video(make_source(film).pk)
        (asset,) = cloudinary.assets.values()
        assert asset.path.read_bytes() == content
        assert calls(cloudinary, "/video/upload") == -(-size // (size // 3))

    def test_a_piece_that_breaks_is_sent_again(
        self, film: Path, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        size = film.stat().st_size
        monkeypatch.setattr(client_module, "PIECE_BYTES", size // 2 + 1)
        cloudinary.least_piece = size // 2 + 1
        content = film.read_bytes()
        # The question whether it is there, and the first piece, go well.
        cloudinary.faults.after, cloudinary.faults.http_500 = 2, 2
        video = process_video(make_source(film).pk)
        (asset,) = cloudinary.assets.values()
        assert (video.stage, asset.path.read_bytes()) == ("wait", content)
        assert calls(cloudinary, "/video/upload") == 4

    def test_sha256_where_the_account_wants_it(
        self, tmp_path: Path, cloudinary: CloudinarySimulator, settings: LazySettings
    ) -> None:
        settings.CLOUDINARY_SIGNATURE = "sha256"
        assert processed(cloudinary, make_source(small(tmp_path))).state == State.READY


def loudness(video: Video) -> float:
    """Of the sound alone, in LUFS."""
    path = video_storage().path(video.renditions.get(name="audio").file)
    command = ["ffmpeg", "-hide_banner", "-i", f"file:{path}", "-af", "ebur128", "-f", "null", "-"]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", words)[-1])


class TestWhatDoesNotFit:
    def test_other_key_frames_are_made_here(self, film: Path, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.ignores_key_frames = True
        video = processed(cloudinary, make_source(film))
        assert (video.state, video.failure) == (State.READY, "")
        for rung in video.renditions.filter(kind="video"):
            assert [segment[2] for segment in rung.segments] == [4000, 2000]
            assert read_index(Path(video_storage().path(rung.file))).segments == rung.segments

    @pytest.mark.parametrize(
        "sent", [b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", b"\x00\x00\x00\x18ftypisom", b"x" * 5000]
    )
    def test_what_is_no_film_is_made_here(self, sent: bytes, tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
        cloudinary.faults.delivers = (sent, "video/mp4")
        video = processed(cloudinary, make_source(small(tmp_path)))
        assert (video.state, [row.name for row in video.renditions.all()]) == (State.READY, ["audio", "144p"])

    def test_another_film_is_made_here(self, tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
        other = make_clip(tmp_path / "other.mp4", seconds=3, size="320x180")
        cloudinary.faults.delivers = (other.read_bytes(), "video/mp4")
        video = processed(cloudinary, make_source(small(tmp_path)))
        (rung,) = video.renditions.filter(kind="video")
        assert (video.state, video.duration_ms, rung.width, rung.height) == (State.READY, 1000, 96, 54)

    def test_a_shorter_one_of_the_right_size_is_made_here(
        self, tmp_path: Path, cloudinary: CloudinarySimulator
    ) -> None:
        other = small(tmp_path, "other.mp4")
        cloudinary.faults.delivers = (other.read_bytes(), "video/mp4")
        video = processed(cloudinary, make_source(small(tmp_path, seconds=6)))
        assert (video.state, video.duration_ms) == (State.READY, 6000)


class TestDeletedReplacedRetried:
    def test_a_video_that_is_deleted_while_it_waits_is_swept(
        self, tmp_path: Path, cloudinary: CloudinarySimulator
    ) -> None:
        gone = process_video(make_source(small(tmp_path), owner=instructor()).pk)
        stays = process_video(make_source(small(tmp_path, "stays.mp4", rate=6)).pk)
        delete_video(actor=gone.uploaded_by, video=gone)

        assert sweep_assets() == 0  # too young to tell
        with clock.travel(timedelta(minutes=59)):
            cloudinary.shift = 3540
            assert sweep_assets() == 0
        with clock.travel(timedelta(minutes=61)):
            cloudinary.shift = 3660
            assert sweep_assets() == 1
        assert list(cloudinary.assets) == [asset_name(stays.public_id, stays.processor_data["processing"])]

    def test_nothing_else_is_swept(
        self, tmp_path: Path, cloudinary: CloudinarySimulator, settings: LazySettings
    ) -> None:
        gone = process_video(make_source(small(tmp_path), owner=instructor()).pk)
        delete_video(actor=gone.uploaded_by, video=gone)
        settings.CLOUDINARY_FOLDER = "another-school"
        cloudinary.shift = 7200
        with clock.travel(timedelta(hours=2)):
            assert sweep_assets() == 0
        settings.CLOUDINARY_URL = ""
        assert sweep_assets() == 0
        assert len(cloudinary.assets) == 1

    def test_more_than_one_page_of_them(
        self, tmp_path: Path, cloudinary: CloudinarySimulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            gone = process_video(make_source(small(tmp_path, f"{number}.mp4", rate=5 + number), owner=None).pk)
            gone.delete()
        monkeypatch.setattr(client_module, "_PAGE", 2)
        cloudinary.shift = 7200
        with clock.travel(timedelta(hours=2)):
            assert sweep_assets() == 3
        assert cloudinary.assets == {}

    def test_another_source_while_it_waits(self, tmp_path: Path, cloudinary: CloudinarySimulator) -> None:
        video = process_video(make_source(small(tmp_path)).pk)
        before = video.processor_data["processing"]
        other = small(tmp_path, "other.mp4", size="120x80")
        replace_source(actor=video.uploaded_by, video=video, path_or_storage_name=other, filename="other.mp4")

        video = processed(cloudinary, video)

        assert (video.state, video.width, video.height) == (State.READY, 120, 80)
        assert list(cloudinary.assets) == [asset_name(video.public_id, before)]
        cloudinary.shift = 7200
        with clock.travel(timedelta(hours=2)):
            assert sweep_assets() == 1

    def test_processed_again_by_whom_the_school_has_now(
        self, tmp_path: Path, cloudinary: CloudinarySimulator, settings: LazySettings
    ) -> None:
        video = processed(cloudinary, make_source(small(tmp_path), owner=instructor()))
        settings.VIDEO_PROCESSOR, settings.CLOUDINARY_URL = "ffmpeg", ""
        asked = len(cloudinary.calls)
        retry_video(actor=video.uploaded_by, video=video)
        video = process_video(video.pk)
        assert (video.state, video.processor, len(cloudinary.calls)) == (State.READY, "ffmpeg", asked)
