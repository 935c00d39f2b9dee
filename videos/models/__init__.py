"""Videos and what is made of them, one aggregate a file."""

from videos.models.caption import Caption, Chapter, Passage
from videos.models.marked_copy import COPIES, MarkedCopy
from videos.models.upload import Upload
from videos.models.video import Rendition, Video
from videos.models.watching import QualityDay, StreamLease, Viewer, WatchBatch, WatchSession, WatchTally

__all__ = [
    "COPIES",
    "Caption",
    "Chapter",
    "MarkedCopy",
    "Passage",
    "QualityDay",
    "Rendition",
    "StreamLease",
    "Upload",
    "Video",
    "Viewer",
    "WatchBatch",
    "WatchSession",
    "WatchTally",
]
