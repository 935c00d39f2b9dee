"""Processing from the uploaded file to what learners get."""

from pathlib import Path

import pytest
from django.conf import settings

from core.models.outbox import OutboxEvent
from videos.actions.process_video import process_video
from videos.models import Video
from videos.processing.boxes import read_index
from videos.storage import video_storage
from videos.tests.media import make_clip, probed
from videos.tests.sources import make_source, stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("video_folders")]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Six seconds, 320 × 180, with sound."""
    return make_clip(tmp_path / "film.mp4", seconds=6)


class TestAFilm:
    def test_becomes_ready_with_everything(self, film: Path) -> None:
        video = process_video(make_source(film).pk)

        assert (video.state, video.progress, video.stage, video.failure) == (Video.State.READY, 100, "", "")
        assert (video.width, video.height, video.has_audio, video.has_picture) == (320, 180, True, True)
        assert video.duration_ms == 6000
        assert (video.lease, video.leased_until, video.tries, video.processor_data) == (None, None, 0, {})
        assert [rendition.name for rendition in video.renditions.all()] == ["audio", "144p"]
        names = {"144p.mp4", "audio.mp4", "poster.webp", "poster.avif", "storyboard.webp"}
        assert stored_files() == {video.original, *(f"{video.folder}/{name}" for name in names)}
        assert (video.poster, video.poster_avif) == (f"{video.folder}/poster.webp", f"{video.folder}/poster.avif")
        assert list(Path(settings.VIDEO_WORK_FOLDER).iterdir()) == []

    def test_rows_say_what_files_hold(self, film: Path) -> None:
        video = process_video(make_source(film).pk)

        rung = video.renditions.get(name="144p")
        path = Path(video_storage().path(rung.file))
        index = read_index(path)
        assert (rung.width, rung.height, rung.fps) == (256, 144, 10)
        assert (rung.bytes, rung.init_bytes, rung.segments) == (path.stat().st_size, index.init_bytes, index.segments)
        assert [segment[2] for segment in rung.segments] == [4000, 2000]
        assert rung.codecs == index.codecs == "avc1.64000b,mp4a.40.2"
        streams = probed(path, "-show_streams")["streams"]
        assert [(stream["codec_name"], stream.get("avg_frame_rate")) for stream in streams] == [
            ("h264", "10/1"),
            ("aac", "0/0"),
        ]

    def test_tells_everybody(self, film: Path) -> None:
        video = process_video(make_source(film, title="Loops").pk)

        event = OutboxEvent.objects.get(name="videos.VideoProcessed")
        assert event.payload["video_key"] == str(video.public_id)
        assert (event.payload["title"], event.payload["uploader_key"]) == ("Loops", str(video.uploaded_by.public_id))

    def test_done_once_it_is_not_done_again(self, film: Path) -> None:
        video = process_video(make_source(film).pk)
        again = process_video(video.pk)
        assert (again.folder, again.ready_at) == (video.folder, video.ready_at)
        assert OutboxEvent.objects.filter(name="videos.VideoProcessed").count() == 1
