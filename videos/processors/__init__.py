"""Who makes renditions: ffmpeg on our worker, or somebody's service. Which one, the video says."""

from videos.models import Video
from videos.processors.base import Processor

__all__ = ["processor_of"]


def processor_of(video: Video) -> Processor:
    """Return who processes a video."""
    if video.processor == Video.Processor.CLOUDINARY:
        from videos.processors.cloudinary import CloudinaryProcessor

        return CloudinaryProcessor()
    from videos.processors.ffmpeg import FfmpegProcessor

    return FfmpegProcessor()
