"""Videos: where they lie, how much of them, who processes them, how long a link to one works."""

import hmac
from hashlib import sha256

from cms.settings.base import SECRET_KEY, SITE_URL
from cms.settings.env import IS_PRODUCTION, VAR_DIR, env

__all__ = [
    "CLOUDINARY_API_URL",
    "CLOUDINARY_DELIVERY_URL",
    "CLOUDINARY_FOLDER",
    "CLOUDINARY_SIGNATURE",
    "CLOUDINARY_SIMULATOR_URL",
    "CLOUDINARY_URL",
    "CLOUDINARY_WEBHOOK_RATE",
    "VIDEO_ACCEL_PREFIX",
    "VIDEO_APP_LINK_SECONDS",
    "VIDEO_COPIES",
    "VIDEO_COPY_BYTES",
    "VIDEO_COPY_DAYS",
    "VIDEO_COPY_PERSON_BYTES",
    "VIDEO_KEEP_ORIGINALS",
    "VIDEO_LINK_SECONDS",
    "VIDEO_MAX_BYTES",
    "VIDEO_MAX_PIXELS",
    "VIDEO_MAX_SECONDS",
    "VIDEO_MEMORY_BYTES",
    "VIDEO_OPEN_UPLOADS",
    "VIDEO_PIECE_BYTES",
    "VIDEO_PROCESSOR",
    "VIDEO_PROCESS_SECONDS",
    "VIDEO_QUOTA_BYTES",
    "VIDEO_SESSION_DAYS",
    "VIDEO_STREAMS",
    "VIDEO_UPLOAD_FOLDER",
    "VIDEO_UPLOAD_HOURS",
    "VIDEO_WORK_FOLDER",
]

#: Of files, as people are told; and of memory.
_GB = 1000**3
_GIB = 1024**3

#: Pieces of files that are being uploaded, on disk.
VIDEO_UPLOAD_FOLDER = VAR_DIR / "uploads"
#: Hours after its last piece that an upload can be resumed.
VIDEO_UPLOAD_HOURS: int = env.int("VIDEO_UPLOAD_HOURS", default=72)
#: Uploads that one person may have under way, paused ones counted.
VIDEO_OPEN_UPLOADS: int = env.int("VIDEO_OPEN_UPLOADS", default=20)
#: Largest piece that is checked before any of it counts (tus checksums), in bytes; nginx takes no longer ones.
VIDEO_PIECE_BYTES = 16 * 1024 * 1024
#: Largest file, and all files of one person together, in bytes.
VIDEO_MAX_BYTES: int = env.int("VIDEO_MAX_BYTES", default=4 * _GB)
VIDEO_QUOTA_BYTES: int = env.int("VIDEO_QUOTA_BYTES", default=50 * _GB)
#: Longest source in seconds.
VIDEO_MAX_SECONDS: int = env.int("VIDEO_MAX_SECONDS", default=4 * 3600)
#: Largest picture, width times height: 4K as cinemas have it.
VIDEO_MAX_PIXELS: int = env.int("VIDEO_MAX_PIXELS", default=4096 * 2304)
#: Address space of one ffmpeg, in bytes: what a hostile file can make it take.
VIDEO_MEMORY_BYTES: int = env.int("VIDEO_MEMORY_BYTES", default=4 * _GIB)
#: What a processing has made so far, and a copy of its source where that lies elsewhere: needs room for a few videos.
VIDEO_WORK_FOLDER = VAR_DIR / "video-work"
#: Who makes renditions: ``ffmpeg`` on the worker, or ``cloudinary``, which needs ``CLOUDINARY_URL``. Holds for what is
#: uploaded, given another source or processed again from now on.
VIDEO_PROCESSOR: str = env.str("VIDEO_PROCESSOR", default="ffmpeg")
#: Seconds that processing one video may take, all steps together.
VIDEO_PROCESS_SECONDS: int = env.int("VIDEO_PROCESS_SECONDS", default=6 * 3600)
#: Whether what was uploaded is kept once it is processed; an uploader may choose otherwise.
VIDEO_KEEP_ORIGINALS: bool = env.bool("VIDEO_KEEP_ORIGINALS", default=True)
#: Seconds that a link to a video works, at least; longer for long videos, never beyond the enrolment.
VIDEO_LINK_SECONDS: int = env.int("VIDEO_LINK_SECONDS", default=4 * 3600)
#: Seconds that a link works which an app got: it carries all it needs, so it is renewed often.
VIDEO_APP_LINK_SECONDS: int = env.int("VIDEO_APP_LINK_SECONDS", default=1800)
#: Devices of one account that may play at a time.
VIDEO_STREAMS: int = env.int("VIDEO_STREAMS", default=2)
#: Where nginx shows the folder of videos to us alone (X-Accel-Redirect); empty: Python sends the bytes.
VIDEO_ACCEL_PREFIX: str = env.str("VIDEO_ACCEL_PREFIX", default="")
#: Days that a showing (who, when, country, network) is kept; sums and each viewer's own state stay.
VIDEO_SESSION_DAYS: int = env.int("VIDEO_SESSION_DAYS", default=400)
#: Downloads with the learner's name in the picture: how many are made for one person at a time; days that one is kept
#: after it was asked for last; all of them together, and those of one person, in bytes.
VIDEO_COPIES: int = env.int("VIDEO_COPIES", default=3)
VIDEO_COPY_DAYS: int = env.int("VIDEO_COPY_DAYS", default=3)
VIDEO_COPY_BYTES: int = env.int("VIDEO_COPY_BYTES", default=20 * _GIB)
VIDEO_COPY_PERSON_BYTES: int = env.int("VIDEO_COPY_PERSON_BYTES", default=4 * _GIB)

# Cloudinary

#: Where an imitated Cloudinary listens (``make run`` sets it where Cloudinary is wanted and no account is known). Then
#: nothing leaves this machine, whatever else is configured; production refuses it.
CLOUDINARY_SIMULATOR_URL: str = env.str("CLOUDINARY_SIMULATOR_URL", default="").strip().rstrip("/")
#: The account, as their console shows it: ``cloudinary://<key>:<secret>@<cloud>``.
CLOUDINARY_URL: str = env.str("CLOUDINARY_URL", default="").strip()
#: Other regions and addresses of one's own have others.
CLOUDINARY_API_URL: str = env.str("CLOUDINARY_API_URL", default="https://api.cloudinary.com").strip().rstrip("/")
CLOUDINARY_DELIVERY_URL: str = (
    env.str("CLOUDINARY_DELIVERY_URL", default="https://res.cloudinary.com").strip().rstrip("/")
)
#: Hash of signatures: ``sha1``, or ``sha256`` for accounts that take nothing else.
CLOUDINARY_SIGNATURE: str = env.str("CLOUDINARY_SIGNATURE", default="sha1").strip().lower()
#: How names of ours begin there. Everything below it is swept that no processing needs, so two schools in one account
#: have two: left out, it is made of the school's key and address.
CLOUDINARY_FOLDER: str = (
    env.str("CLOUDINARY_FOLDER", default="").strip().strip("/")
    or f"baobab-{hmac.new(SECRET_KEY.encode(), f'cloudinary.{SITE_URL}'.encode(), sha256).hexdigest()[:10]}"
)
#: Notices that one address may send in a minute.
CLOUDINARY_WEBHOOK_RATE: int = env.int("CLOUDINARY_WEBHOOK_RATE", default=300)
if CLOUDINARY_SIMULATOR_URL and not IS_PRODUCTION:
    # Opens nothing but the imitated one.
    CLOUDINARY_URL = "cloudinary://123456789012345:simulator-secret@baobab-simulator"
    CLOUDINARY_API_URL = CLOUDINARY_DELIVERY_URL = CLOUDINARY_SIMULATOR_URL
