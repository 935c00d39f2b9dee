"""Videos that Cloudinary makes: the imitated one, and a worker that comes again and again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from videos.actions.process_video import process_video
from videos.models import Video
from videos.simulators.cloudinary import CloudinarySimulator

__all__ = ["cloudinary", "processed"]


@pytest.fixture
def cloudinary(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CloudinarySimulator]:
    """An empty account at the imitated Cloudinary, which the school uses.

    It codes nothing until it is released, and nobody hears its notices.
    """
    # What is sent again at once is sent at once.
    monkeypatch.setattr("videos.cloudinary.client._PAUSES", (0.0, 0.0))
    with CloudinarySimulator(tmp_path / "cloudinary") as simulator:
        simulator.faults.holds = simulator.faults.drop_notices = True
        settings.VIDEO_PROCESSOR = "cloudinary"
        settings.CLOUDINARY_URL = simulator.account_url
        settings.CLOUDINARY_API_URL = settings.CLOUDINARY_DELIVERY_URL = simulator.url
        yield simulator


def processed(simulator: CloudinarySimulator, video: Video) -> Video:
    """Process a video until it waits no more: each time they have made what was ordered, and the pause is over."""
    for _time in range(5):
        video = process_video(video.pk)
        if video.state not in (Video.State.WAITING, Video.State.PROCESSING):
            break
        assert video.lease is None
        simulator.release()
    return video
