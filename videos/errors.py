"""Refusals of this room, with codes that the faces show and programs test."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from core.errors import Conflict, DomainError, InvalidInput, NotAllowed, NotFound
from core.formats import file_size

__all__ = [
    "FAILURES",
    "CaptionsNotReadable",
    "ChaptersNotReadable",
    "ChecksumMismatch",
    "CopyFailed",
    "CopyToolsMissing",
    "DiskFull",
    "FileTooLarge",
    "HashMismatch",
    "LinkEnded",
    "LinkExpired",
    "LinkNotValid",
    "LinkOfAnotherBrowser",
    "NoRoomForCopies",
    "PartsMissing",
    "PieceTooLong",
    "ProcessingFailed",
    "QuotaUsedUp",
    "ReportNotPlausible",
    "ReportTooOld",
    "SessionOfAnotherVideo",
    "TooManyCopies",
    "TooManyStreams",
    "TooManyUploads",
    "UploadExpired",
    "UploadIncomplete",
    "UploadNotFound",
    "UploadNotOpen",
    "UploadNotPossible",
    "VideoAlreadyHere",
    "VideoBeyondLimits",
    "VideoCodecRefused",
    "VideoInUse",
    "VideoNotFound",
    "VideoNotReady",
    "VideoOriginalMissing",
    "VideoPictureTooLarge",
    "VideoRefused",
    "VideoServiceNotConfigured",
    "VideoServiceRefused",
    "VideoStillProcessed",
    "VideoTooLong",
    "VideoTooManyFrames",
    "VideoTooManyStreams",
    "VideoUnreadable",
    "VideoWithoutContent",
    "WrongOffset",
    "failure_sentence",
]


class VideoNotFound(NotFound):
    """No such video, or none that this person may know of."""

    code = "video_not_found"
    message = _lazy("There is no such video.")


class VideoNotReady(Conflict):
    """It is uploaded, and can't be watched yet."""

    code = "video_not_ready"
    message = _lazy("This video is still being prepared. Try again in a few minutes.")


class LinkNotValid(NotAllowed):
    """A link to a video's files that we did not make, or that was altered."""

    code = "link_not_valid"
    message = _lazy("This link does not work. Open the lesson's page again.")


class LinkExpired(NotAllowed):
    """Its time is over; the page makes another one."""

    code = "link_expired"
    message = _lazy("This link has expired. Open the lesson's page again.")


class LinkOfAnotherBrowser(NotAllowed):
    """It was made for one browser and came from another."""

    code = "link_of_another_browser"
    message = _lazy("This link was made for another browser. Open the lesson's page in this one.")


class LinkEnded(NotAllowed):
    """What it was given for is over: the enrolment was suspended, or the account plays elsewhere."""

    code = "link_ended"
    message = _lazy("You can no longer watch this here. Open the lesson's page again.")


class TooManyStreams(Conflict):
    """The account plays on as many devices as it may. ``devices`` names them, for the person to choose."""

    code = "too_many_streams"
    message = _lazy("You are watching on other devices already. Stop there, or watch here instead.")

    def __init__(self, devices: Sequence[str] = ()) -> None:
        super().__init__()
        self.devices = tuple(devices)


class ReportNotPlausible(Conflict):
    """A player says that more was played than time has passed for."""

    code = "report_not_plausible"
    message = _lazy("More seconds were reported than can have been played. Leave this report out and send later ones.")


class ReportTooOld(Conflict):
    """It was kept so long that nobody could tell any more whether it came before."""

    code = "report_too_old"
    message = _lazy("This report is too old to be counted. Leave it out.")


class SessionOfAnotherVideo(Conflict):
    """A player reports two videos under one key."""

    code = "session_of_another_video"
    message = _lazy("This showing belongs to another video. Give each showing an id of its own.")


class VideoRefused(InvalidInput):
    """A file that can't become a video, whatever is tried again; base of what processing says."""

    code = "video_refused"
    message = _lazy("This file can't be made into a video.")
    field = "file"


class VideoUnreadable(VideoRefused):
    """Its content is no video or recording, or is damaged beyond reading."""

    code = "video_unreadable"
    message = _lazy(
        "This file is not a video or a recording that can be read. Export it again as MP4, with H.264 and AAC."
    )


class VideoCodecRefused(VideoRefused):
    """A container we read, holding a picture or sound that we don't."""

    code = "video_codec_refused"
    message = _lazy("The picture or the sound is coded in a way that is not taken here. Export it as H.264 and AAC.")


class VideoWithoutContent(VideoRefused):
    """Neither a picture that moves nor sound."""

    code = "video_without_content"
    message = _lazy("There is neither a moving picture nor sound in this file.")


class VideoTooLong(VideoRefused):
    """It lasts longer than ``VIDEO_MAX_SECONDS``, or says so."""

    code = "video_too_long"
    message = _lazy("This video is longer than the school takes. Cut it into parts and upload each of them.")


class VideoPictureTooLarge(VideoRefused):
    """More pixels than ``VIDEO_MAX_PIXELS``, or a side beyond all use."""

    code = "video_picture_too_large"
    message = _lazy("The picture of this video is too large. Export it again at 4K or less; learners get 720p at most.")


class VideoTooManyFrames(VideoRefused):
    """More pictures a second than any camera of a school makes."""

    code = "video_too_many_frames"
    message = _lazy("This video has too many pictures a second. Export it again with 60 or less.")


class VideoTooManyStreams(VideoRefused):
    """A file with dozens of pictures and sounds."""

    code = "video_too_many_streams"
    message = _lazy("There are too many pictures and sounds in this file. Export it again with one of each.")


class VideoBeyondLimits(VideoRefused):
    """It took more time, memory or room than a video of its length may take, and was stopped."""

    code = "video_beyond_limits"
    message = _lazy(
        "Processing this video took more time, memory or room than a video of its length may take. "
        "Export it again as MP4, with H.264 and AAC."
    )


class VideoOriginalMissing(VideoRefused):
    """The uploaded file is not where it was put, or was dropped."""

    code = "video_original_missing"
    message = _lazy("The uploaded file is gone. Upload it again.")


class VideoStillProcessed(Conflict):
    """Processing can't begin anew while it goes on."""

    code = "video_still_processed"
    message = _lazy("This video is being processed already.")


class ProcessingFailed(DomainError):
    """Not the file's fault as far as we know: a worker died over it again and again."""

    code = "video_processing_failed"
    message = _lazy("Something went wrong several times while this video was processed. Try again, or ask for help.")


class CopyToolsMissing(DomainError):
    """The worker lacks ffmpeg, or what writes names."""

    code = "copy_tools_missing"
    message = _lazy("This school can't write names into videos yet: ffmpeg or Pango is missing. Tell whoever runs it.")


class VideoServiceRefused(ProcessingFailed):
    """The service that processes videos for us said no, and would say so again; the detail has its words."""

    code = "video_service_refused"
    message = _lazy(
        "The service that processes videos for the school did not take this one. "
        "Try again, or ask whoever looks after the school: they see what it said."
    )


class VideoServiceNotConfigured(ProcessingFailed):
    """It doesn't know us: ``CLOUDINARY_URL`` is missing or wrong."""

    code = "video_service_not_configured"
    message = _lazy(
        "The service that processes videos does not know the school. Whoever looks after the school has to set "
        "CLOUDINARY_URL; then process this video again."
    )


#: Codes that :attr:`videos.models.Video.failure` may hold, and what they say.
FAILURES: dict[str, type[DomainError]] = {
    refusal.code: refusal
    for refusal in (
        VideoRefused,
        VideoUnreadable,
        VideoCodecRefused,
        VideoWithoutContent,
        VideoTooLong,
        VideoPictureTooLarge,
        VideoTooManyFrames,
        VideoTooManyStreams,
        VideoBeyondLimits,
        VideoOriginalMissing,
        ProcessingFailed,
        VideoServiceRefused,
        VideoServiceNotConfigured,
    )
}


def failure_sentence(code: str) -> str:
    """Say in the reader's language why processing came to nothing; empty for no code."""
    return str(FAILURES.get(code, ProcessingFailed).message) if code else ""


class CopyFailed(Conflict):
    """A copy with the learner's name could not be made just now."""

    code = "copy_failed"
    message = _lazy("The download could not be prepared. Try again in a few minutes, or tell the school.")

    def __init__(self, failure: str = "") -> None:
        is_known = failure == CopyToolsMissing.code
        super().__init__(message=CopyToolsMissing.message if is_known else None)


class TooManyCopies(Conflict):
    """As many as ``VIDEO_COPIES`` are being made for this person already."""

    code = "too_many_copies"

    def __init__(self) -> None:
        text = ngettext(
            "%(count)s download is being prepared for you already. Wait until it is ready.",
            "%(count)s downloads are being prepared for you already. Wait until one of them is ready.",
            settings.VIDEO_COPIES,
        )
        super().__init__(message=text % {"count": settings.VIDEO_COPIES})


class NoRoomForCopies(Conflict):
    """The school keeps as much of such files as it has room for, or the person has their share."""

    code = "no_room_for_copies"
    message = _lazy("There is no room to prepare this download now. Try a smaller size, or try again tomorrow.")


class UploadNotFound(NotFound):
    """No such upload, or somebody else's."""

    code = "upload_not_found"
    message = _lazy("There is no such upload. Start it anew.")


class UploadExpired(NotFound):
    """Nothing came for so long that what had arrived was thrown away."""

    code = "upload_expired"
    message = _lazy("This upload was left for too long. Start it anew.")


class UploadNotOpen(Conflict):
    """It has ended: everything is here, or the file was refused."""

    code = "upload_not_open"
    message = _lazy("This upload has ended. Start another one.")


class UploadIncomplete(Conflict):
    """Handed in before everything had arrived."""

    code = "upload_incomplete"
    message = _lazy("The file has not arrived completely. Go on with the upload.")


class UploadNotPossible(InvalidInput):
    """What was said about the file makes no sense; ``field`` says which part."""

    code = "upload_not_possible"
    message = _lazy("This can't be uploaded: its size or name is not valid.")


class WrongOffset(Conflict):
    """A piece for another place than the next one: go on at ``offset``, in bytes."""

    code = "wrong_offset"
    message = _lazy("This piece belongs elsewhere: ask how much has arrived, and go on from there.")

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


class PieceTooLong(InvalidInput):
    """More than the file has left, or more than is checked at once."""

    code = "piece_too_long"
    message = _lazy("This piece is longer than what is missing of the file, or than one piece may be.")


class ChecksumMismatch(InvalidInput):
    """A piece was damaged on its way; it was thrown away."""

    code = "checksum_mismatch"
    message = _lazy("A piece of the file was damaged on its way. Send it again.")


class PartsMissing(Conflict):
    """The store lacks some of the parts; ``numbers`` says which."""

    code = "parts_missing"
    message = _lazy("Some parts of the file have not arrived. Go on with the upload.")

    def __init__(self, numbers: Sequence[int] = ()) -> None:
        super().__init__()
        self.numbers = tuple(numbers)


class FileTooLarge(InvalidInput):
    """Larger than ``VIDEO_MAX_BYTES``."""

    code = "file_too_large"
    field = "size"

    def __init__(self, size: int = 0) -> None:
        most = file_size(settings.VIDEO_MAX_BYTES)
        if size:
            text = _("This file has %(size)s; the largest that can be uploaded has %(most)s.")
            super().__init__(message=text % {"size": file_size(size), "most": most})
        else:
            super().__init__(message=_("The largest file that can be uploaded has %(most)s.") % {"most": most})


class QuotaUsedUp(Conflict):
    """The person's videos would take up more than ``VIDEO_QUOTA_BYTES``."""

    code = "quota_used_up"
    field = "size"

    def __init__(self, size: int = 0, left: int = 0) -> None:
        text = _(
            "This file has %(size)s, and %(left)s are left of the %(quota)s for your videos. Delete videos that you "
            "no longer need, or ask the school for more."
        )
        sizes = {"size": size, "left": max(left, 0), "quota": settings.VIDEO_QUOTA_BYTES}
        super().__init__(message=text % {name: file_size(value) for name, value in sizes.items()})


class TooManyUploads(Conflict):
    """As many as ``VIDEO_OPEN_UPLOADS`` are under way already."""

    code = "too_many_uploads"

    def __init__(self) -> None:
        text = _("%(count)s uploads are under way already. Finish or cancel one of them first.")
        super().__init__(message=text % {"count": settings.VIDEO_OPEN_UPLOADS})


class DiskFull(DomainError):
    """No room here for a file of that size."""

    code = "disk_full"
    message = _lazy("The school has no room for this file now. Tell whoever looks after it, and try again later.")


class HashMismatch(VideoRefused):
    """What arrived is not what was sent."""

    code = "hash_mismatch"
    message = _lazy("The file was damaged on its way, or changed while it was sent. Upload it again.")


class VideoAlreadyHere(Conflict):
    """The person uploaded the same file before, as a video called ``title``."""

    code = "video_already_here"

    def __init__(self, title: str = "") -> None:
        super().__init__(message=_("You have uploaded this file before: “%(title)s”. Choose it.") % {"title": title})


class VideoInUse(Conflict):
    """Pages show it: ``count`` of them."""

    code = "video_in_use"

    def __init__(self, count: int = 1) -> None:
        text = ngettext(
            "%(count)s page shows this video. Take it out of there first.",
            "%(count)s pages show this video. Take it out of there first.",
            count,
        )
        super().__init__(message=text % {"count": count})
        self.count = count


class CaptionsNotReadable(InvalidInput):
    """What was sent as captions is none, or too much; the message names the line."""

    code = "captions_not_readable"
    message = _lazy("These captions can't be read. They have to be WebVTT (.vtt) or SubRip (.srt).")
    field = "captions"


class ChaptersNotReadable(InvalidInput):
    """A line of the chapters isn't a time and a title; the message names it."""

    code = "chapters_not_readable"
    message = _lazy("Write a chapter a line: when it begins and what it is called, for example “1:30 Loops”.")
    field = "chapters"
